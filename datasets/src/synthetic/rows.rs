//! Which cases are drawn, and what happens to each.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use rand::seq::SliceRandom;

use super::draw::{Draw, Purpose};
use super::generator::Generator;
use super::hazard::{Baseline, Days, Risk};
use super::truth::Truth;
use super::{Design, Options};
use crate::{Cohort, Error};

/// One assessment with its future.
pub(super) struct Assessment {
    pub truth: Truth,
    pub recorded: Vec<u8>,
    pub level: usize,
    pub risk: Risk,
    pub days: Days,
    /// Day on which the police lose the case from sight.
    pub lost: f64,
    pub date: Date,
    /// Number of the case, from 1.
    pub case: usize,
    pub weight: f64,
}

/// How often `progress` is told.
const STEP: usize = 1000;

impl Generator {
    /// Draws a cohort of a design.
    pub(super) fn cohort(&self, options: &Options, progress: &dyn Fn(usize)) -> Result<Cohort, Error> {
        let rows = match options.design {
            Design::Population { rows } => self.population(options.seed, rows, progress),
            Design::CaseControl { cases, controls } => {
                self.case_control(options.seed, cases, controls, progress)
            }
        };
        progress(rows.len());
        self.table(options, &rows)
    }

    /// Assessments as they come; a second assessment follows the first of its case.
    pub(super) fn population(&self, seed: u64, n: usize, progress: &dyn Fn(usize)) -> Vec<Assessment> {
        let mut rows: Vec<Assessment> = Vec::with_capacity(n);
        let mut n_cases = 0;
        for row in 0..n {
            let mut events = Draw::new(seed, Purpose::Events, row);
            // Only every other row can be a second assessment, so nothing hangs on a longer past than the row before.
            let again = events.happens(2.0 * self.params.assessment.again.value) && row % 2 == 1;
            let before = rows.last().filter(|b| again && b.days.lethal > self.baseline().lethal_horizon);
            let (of, since) = match before {
                Some(before) => (row - 1, Some(before.date)),
                None => (row, None),
            };
            n_cases += usize::from(since.is_none());
            let truth = self.truth(&mut Draw::new(seed, Purpose::Truth, of));
            rows.push(Assessment { case: n_cases, ..self.assess(truth, since, &mut events) });
            if rows.len().is_multiple_of(STEP) {
                progress(rows.len());
            }
        }
        rows
    }

    /// Killed and not killed apart: cases by rejection from the population with acceptance `P(killed) / ceiling`, which is exact.
    fn case_control(
        &self,
        seed: u64,
        cases: usize,
        controls: usize,
        progress: &dyn Fn(usize),
    ) -> Vec<Assessment> {
        let prevalence = self.params.lethal.prevalence.value;
        let n = (cases + controls) as f64;
        let mut rows: Vec<Assessment> = Vec::with_capacity(cases + controls);
        let told = |rows: &Vec<Assessment>| {
            if rows.len().is_multiple_of(STEP) {
                progress(rows.len());
            }
        };
        let mut candidate = 0;
        while rows.len() < cases {
            let truth = self.truth(&mut Draw::new(seed, Purpose::CaseTruth, candidate));
            let mut events = Draw::new(seed, Purpose::CaseEvents, candidate);
            let accept = events.uniform();
            let drawn = self.assess(truth, None, &mut events);
            if accept < drawn.risk.lethal / self.params.lethal.ceiling.value {
                rows.push(Assessment {
                    weight: n * prevalence / cases as f64,
                    ..self.killed(drawn, &mut events)
                });
                told(&rows);
            }
            candidate += 1;
        }
        let mut candidate = 0;
        while rows.len() < cases + controls {
            let truth = self.truth(&mut Draw::new(seed, Purpose::Truth, candidate));
            let drawn = self.assess(truth, None, &mut Draw::new(seed, Purpose::Events, candidate));
            if drawn.days.lethal > self.baseline().lethal_horizon {
                rows.push(Assessment { weight: n * (1.0 - prevalence) / controls as f64, ..drawn });
                told(&rows);
            }
            candidate += 1;
        }
        rows.shuffle(&mut Draw::new(seed, Purpose::Order, 0).into_inner());
        rows.iter_mut().enumerate().for_each(|(at, row)| row.case = at + 1);
        rows
    }

    /// The same assessment, given that a killing follows within its horizon.
    fn killed(&self, drawn: Assessment, events: &mut Draw) -> Assessment {
        let certain = Risk { lethal: 1.0, ..drawn.risk };
        Assessment { days: certain.draw(events, &self.baseline()), ..drawn }
    }

    /// Records an assessment and draws its future.
    pub(super) fn assess(&self, truth: Truth, since: Option<Date>, draw: &mut Draw) -> Assessment {
        let recorded = self.recorded(&truth, draw);
        let level = self.level(&recorded, draw);
        let risk = self.risk(&truth, level);
        let days = risk.draw(draw, &self.baseline());
        let (is_lost, lost) = (draw.uniform(), draw.uniform());
        let lost = match is_lost < self.params.follow_up.lost.value {
            true => (lost * (self.baseline().horizon - 1.0)).ceil().max(1.0),
            false => f64::INFINITY,
        };
        let when = &self.params.assessment;
        let date = match since {
            None => when.from.value + whole_days(draw.uniform() * f64::from(when.days.value)),
            Some(first) => {
                let [least, most] = when.again_after.value.map(f64::from);
                first + whole_days(least + draw.uniform() * (most - least + 1.0))
            }
        };
        Assessment { truth, recorded, level, risk, days, lost, date, case: 0, weight: 1.0 }
    }

    pub(super) fn baseline(&self) -> Baseline {
        Baseline::new(&self.params)
    }
}

fn whole_days(days: f64) -> Span {
    (days.floor() as i64).days()
}

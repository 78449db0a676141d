//! The event within several numbers of days.

use amparo_datasets::{FollowedRow, kaplan_meier};

use crate::estimate::{measured, small};
use crate::input::{Input, Scored, Survival};
use crate::measure::{Count, Measure};
use crate::metrics::{ByCase, Components, FollowUp, Z95, horizon_auc};
use crate::reason::{Reason, SmallCell};
use crate::report::{AtHorizon, HorizonRows, Horizons, ScoredHorizons};

/// Groups of the rows by score.
const GROUPS: usize = 5;

/// The section; `None` without days of follow-up, without horizons, and where no score is known of the rows that were lost. `reference` is the name of the score that differences are taken
/// against.
pub(crate) fn horizons(
    input: &Input,
    scored: &[Scored],
    (reference, smallest_cell): (&str, u64),
) -> Option<Horizons> {
    let survival = input.columns().survival.as_ref().filter(|survival| !survival.horizons.is_empty())?;
    scored.iter().find(|one| one.survival.is_some())?;
    let of = Followed { input, survival, cases: ByCase::new(&survival.cluster), smallest_cell };
    let against = scored.iter().find(|one| one.name == reference).map(|one| (reference, of.areas(one)));
    let each = |one: &Scored| {
        let areas = of.areas(one);
        let fifths = of.fifths(one);
        let at = survival.horizons.iter().zip(&areas).enumerate().map(|(k, (&days, area))| AtHorizon {
            days,
            auc: of.area(days, area),
            difference: against
                .as_ref()
                .filter(|(name, _)| *name != one.name)
                .map(|(_, others)| of.difference(days, area, &others[k])),
            by_fifth: (0..GROUPS).map(|fifth| of.observed(days, Some((&fifths, fifth)))).collect(),
        });
        ScoredHorizons { name: one.name.clone(), at: at.collect() }
    };
    let rows = survival.horizons.iter().map(|&days| of.rows(days)).collect();
    Some(Horizons { rows, scored: scored.iter().map(each).collect() })
}

/// The rows of the follow-up.
struct Followed<'a> {
    input: &'a Input,
    survival: &'a Survival,
    cases: ByCase,
    smallest_cell: u64,
}

impl Followed<'_> {
    /// The rows of one horizon.
    fn rows(&self, days: u32) -> HorizonRows {
        let [events, without, lost] = self.counts(days, |_| true).map(|n| Count::new(n, self.smallest_cell));
        HorizonRows { days, events, without, lost, observed: self.observed(days, None) }
    }

    /// Assessments among some rows with the event within some days, in sight through them without it, and lost before.
    fn counts(&self, days: u32, is_in: impl Fn(usize) -> bool) -> [u64; 3] {
        let (horizon, mut counts) = (f64::from(days), [0.0; 3]);
        for row in (0..self.survival.days.len()).filter(|&row| is_in(row)) {
            let (day, happened) = (self.survival.days[row], self.survival.happened[row]);
            let place = if happened && day <= horizon { 0 } else { 1 + usize::from(day < horizon) };
            counts[place] += 1.0;
        }
        counts.map(|n| self.input.columns().repeats.assessments(n))
    }

    /// The area of a score at each horizon; none where the rows have no score.
    fn areas(&self, one: &Scored) -> Vec<Result<Components, Reason>> {
        let Survival { days, happened, weight, horizons, .. } = self.survival;
        let follow_up = FollowUp { days, happened, weight };
        let of = |days: &u32| {
            let score = one.survival.as_ref().ok_or(Reason::NoScoreInFollowUp)?;
            horizon_auc(score, follow_up, f64::from(*days), &self.cases).ok_or(Reason::OneOutcome)
        };
        horizons.iter().map(of).collect()
    }

    /// Why a number on all rows is not shown.
    fn hidden(&self, [events, without, _]: [u64; 3]) -> Option<Reason> {
        let of = |n: u64, of| (n as f64, of);
        small(self.smallest_cell, [of(events, SmallCell::Events), of(without, SmallCell::Rows)], [])
    }

    /// The area of a score, if it may be shown.
    fn area(&self, days: u32, area: &Result<Components, Reason>) -> Measure {
        self.shown(days, area.as_ref().map_err(|reason| *reason), |found| found.auc, Components::interval)
    }

    /// The area of a score less that of the reference, paired by case.
    fn difference(
        &self,
        days: u32,
        area: &Result<Components, Reason>,
        other: &Result<Components, Reason>,
    ) -> Measure {
        let both = area.as_ref().and_then(|a| Ok((a, other.as_ref()?))).map_err(|reason| *reason);
        self.shown(
            days,
            both,
            |(a, b)| a.auc - b.auc,
            |(a, b)| {
                let part =
                    |one: &Components, other: &Components| one.covariance(other).ok_or(Reason::OneCase);
                let variance = part(a, a)? + part(b, b)? - 2.0 * part(a, b)?;
                let half = Z95 * variance.max(0.0).sqrt();
                if half < 1e-12 {
                    return Err(Reason::NoDeviation);
                }
                let value = a.auc - b.auc;
                Ok(((value - half).max(-1.0), (value + half).min(1.0)))
            },
        )
    }

    /// A number on the rows of a horizon, unless these are too few.
    fn shown<T: Copy>(
        &self,
        days: u32,
        found: Result<T, Reason>,
        value: impl Fn(T) -> f64,
        interval: impl Fn(T) -> Result<(f64, f64), Reason>,
    ) -> Measure {
        let counts = self.counts(days, |_| true);
        let found = self.hidden(counts).map_or(found, Err);
        measured(found.map(value), (counts[0] + counts[1], counts[0]), |_| found.and_then(interval))
    }

    /// The fifth of each row by score; `None` where the rows have no score.
    fn fifths(&self, one: &Scored) -> Option<Vec<usize>> {
        let score = one.survival.as_ref()?;
        let mut sorted = score.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let cuts: Vec<f64> = (1..GROUPS).map(|k| sorted[k * sorted.len() / GROUPS]).collect();
        Some(score.iter().map(|score| cuts.partition_point(|cut| cut <= score)).collect())
    }

    /// The Kaplan-Meier share of a fifth, or of all rows.
    fn observed(&self, days: u32, fifth: Option<(&Option<Vec<usize>>, usize)>) -> Measure {
        let of = match fifth {
            None => None,
            Some((None, _)) => return Measure::undefined(Reason::NoScoreInFollowUp),
            Some((Some(of), fifth)) => Some((of, fifth)),
        };
        let is_in = |row: usize| of.is_none_or(|(of, fifth)| of[row] == fifth);
        let Survival { days: day, happened, weight, cluster, .. } = self.survival;
        let rows: Vec<FollowedRow> = (0..day.len())
            .filter(|&row| is_in(row))
            .map(|row| FollowedRow {
                days: day[row],
                happened: happened[row],
                weight: weight[row],
                case: cluster[row],
            })
            .collect();
        let [events, without, lost] = self.counts(days, is_in);
        let n = events + without + lost;
        let hidden = small(
            self.smallest_cell,
            [(n as f64, SmallCell::Rows)],
            [(events as f64, SmallCell::Events), (without as f64, SmallCell::Rows)],
        );
        let risk = kaplan_meier(&rows, f64::from(days)).ok_or(Reason::NobodyInSight);
        let risk = hidden.map_or(risk, Err);
        let interval = |_| risk.and_then(|risk| risk.interval.ok_or(Reason::NoDeviation));
        measured(risk.map(|risk| risk.value), (n, events), interval)
    }
}

#[cfg(test)]
mod tests;

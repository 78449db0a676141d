//! A cohort in numbers, for a person or a machine to look at before anything is fitted.

mod crossed;
mod crossed_page;
mod rate;
mod render;

use std::collections::HashSet;

use jiff::civil::Date;
use serde::Serialize;

pub use crossed::{Crossed, CrossedCell, CrossedIndicator, Period};

use crate::{Cohort, ForeignScore, Group, ScoreLevel};

/// Answers that are shown one by one of an indicator with more of them than a model tells apart: the most frequent ones.
const SHOWN: usize = 8;

/// What a cohort holds, counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// Name for people.
    pub title: String,
    /// The sentence that must stand wherever results appear, if the cases are invented.
    pub synthetic: Option<String>,
    /// Id of the form.
    pub instrument: String,
    /// Number of rows.
    pub rows: usize,
    /// Number of distinct cases.
    pub cases: usize,
    /// First and last day of assessment, where known.
    pub dates: Option<(Date, Date)>,
    /// Number of rows without a day, where other rows have one.
    pub undated: usize,
    /// One an outcome.
    pub outcomes: Vec<OutcomeSummary>,
    /// One an indicator, in the form's order.
    pub indicators: Vec<IndicatorSummary>,
    /// One a group.
    pub groups: Vec<GroupSummary>,
    /// One a score that came with the table.
    pub scores: Vec<ScoreSummary>,
    /// One an outcome: by the answer to each indicator, and by the time of the assessment.
    pub crossed: Vec<Crossed>,
    /// Id of the source, for an imported table.
    pub source: Option<String>,
    /// SHA-256 of the raw table, for an imported table.
    pub input_digest: Option<String>,
    /// Sentences a reader of any result must know.
    pub notes: Vec<String>,
    /// SHA-256 over everything the cohort holds.
    pub fingerprint: String,
}

/// How often each answer was given to one indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorSummary {
    /// Id of the indicator.
    pub id: String,
    /// Its question, in English.
    pub label: String,
    /// One an answer, in code order; `unknown` is the last.
    pub answers: Vec<AnswerCount>,
    /// Share of rows answered `unknown`, in [0, 1].
    pub share_unknown: f64,
}

/// Rows with one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerCount {
    /// Id of the answer.
    pub answer: String,
    /// Number of rows.
    pub n: usize,
}

/// What became of the rows, for one outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutcomeSummary {
    /// Name of the outcome.
    pub name: String,
    /// Days within which the event counts, where the source says.
    pub horizon_days: Option<u32>,
    /// Rows with the event.
    pub events: usize,
    /// Rows followed to the horizon without it.
    pub no_events: usize,
    /// Rows censored before the horizon.
    pub censored: usize,
    /// Rows that the outcome excludes; in no other number here.
    pub excluded: usize,
    /// Share of rows with the event within the horizon, as far as the rows tell: see [`By`].
    pub rate: Rate,
    /// Share of events among the rows with a known outcome, each counted once; `None` where `rate` is the same. Where rows are
    /// censored it overstates the risk.
    pub rate_of_known: Option<Rate>,
}

/// A share with its 95 % interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Rate {
    /// There is one.
    Known {
        /// The share, in [0, 1].
        value: f64,
        /// Lower and upper end; `None` for an estimate of 0 or 1 that is no plain share, for which there is no formula.
        interval: Option<(f64, f64)>,
        /// Rows it is a share of.
        n: usize,
        /// How it was estimated.
        by: By,
    },
    /// It rests on too few rows or events to be shown.
    Suppressed {
        /// Than so many, of rows or of events.
        fewer_than: usize,
    },
    /// There is nothing to take a share of.
    Undefined {
        /// Why.
        reason: String,
    },
}

/// How a share was estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Events in rows, with Wilson's interval ([`wilson`](crate::wilson)).
    Share,
    /// The share with sampling weights; interval by case ([`kaplan_meier`](crate::kaplan_meier) without censoring).
    WeightedShare,
    /// Kaplan-Meier at the horizon ([`kaplan_meier`](crate::kaplan_meier)), because rows are censored.
    KaplanMeier,
}

/// Rows of each label of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupSummary {
    /// Name of the group.
    pub name: String,
    /// One a label, those without a row too.
    pub labels: Vec<LabelCount>,
}

/// Rows with one label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelCount {
    /// The label.
    pub label: String,
    /// Number of rows.
    pub n: usize,
}

/// Range of one score that came with the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreSummary {
    /// Name of the score.
    pub name: String,
    /// Rows that have it.
    pub n: usize,
    /// Smallest and largest value, where any row has one.
    pub range: Option<(f64, f64)>,
    /// Its levels, if it is cut into levels.
    pub levels: Vec<ScoreLevel>,
}

impl Rate {
    /// `k` out of `n`, with Wilson's interval.
    pub fn of(k: usize, n: usize) -> Self {
        if n == 0 {
            return Self::Undefined { reason: "no row with a known outcome".to_owned() };
        }
        let value = k as f64 / n as f64;
        let (low, high) = crate::wilson(value, n as f64);
        Self::Known { value, interval: Some((low, high)), n, by: By::Share }
    }
}

impl Description {
    /// Counts a cohort; where answers or time are crossed with an outcome, cells of fewer than `smallest_cell` rows or events are
    /// suppressed.
    pub fn of(cohort: &Cohort, smallest_cell: usize) -> Self {
        let provenance = cohort.provenance();
        let days = || cohort.dates().unwrap_or_default().iter().flatten().copied();
        let dates = days().min().zip(days().max());
        Self {
            title: provenance.title.clone(),
            synthetic: provenance.synthetic.as_ref().map(|s| s.statement.clone()),
            instrument: cohort.instrument().id().to_owned(),
            rows: cohort.n_rows(),
            cases: cohort.cases().iter().collect::<HashSet<_>>().len(),
            dates,
            undated: cohort.n_undated(),
            outcomes: cohort.outcomes().iter().map(|o| OutcomeSummary::of(cohort, o)).collect(),
            indicators: indicators(cohort),
            groups: cohort.groups().iter().map(group).collect(),
            scores: cohort.scores().iter().map(score).collect(),
            crossed: cohort.outcomes().iter().map(|o| Crossed::of(cohort, o, smallest_cell)).collect(),
            source: provenance.source.clone(),
            input_digest: provenance.input_digest.clone(),
            notes: provenance.notes.clone(),
            fingerprint: cohort.fingerprint(),
        }
    }

    /// The description as text for a terminal, a table an aspect.
    pub fn render(&self) -> String {
        render::render(self)
    }
}

fn indicators(cohort: &Cohort) -> Vec<IndicatorSummary> {
    let indicators = cohort.instrument().indicators();
    let mut counts = indicators.iter().map(|i| vec![0; i.n_answers()]).collect::<Vec<_>>();
    for row in cohort.answers().rows() {
        counts.iter_mut().zip(row).for_each(|(count, code)| count[usize::from(*code)] += 1);
    }
    let mut found = Vec::with_capacity(indicators.len());
    for (indicator, counts) in indicators.iter().zip(counts) {
        let unknown = counts[indicator.n_known()];
        let answers = indicator.answers().iter().zip(counts);
        found.push(IndicatorSummary {
            id: indicator.id.clone(),
            label: indicator.label.en.clone(),
            answers: answers.map(|(a, n)| AnswerCount { answer: a.id.clone(), n }).collect(),
            share_unknown: unknown as f64 / cohort.n_rows() as f64,
        });
    }
    found
}

fn group(group: &Group) -> GroupSummary {
    let count = |label: usize| group.codes.iter().filter(|code| usize::from(**code) == label).count();
    let labels = group.labels.iter().enumerate();
    let labels = labels.map(|(at, label)| LabelCount { label: label.clone(), n: count(at) }).collect();
    GroupSummary { name: group.name.clone(), labels }
}

fn score(score: &ForeignScore) -> ScoreSummary {
    let values = score.values.iter().copied().flatten().collect::<Vec<f64>>();
    let low = values.iter().copied().min_by(f64::total_cmp);
    let high = values.iter().copied().max_by(f64::total_cmp);
    ScoreSummary {
        name: score.name.clone(),
        n: values.len(),
        range: low.zip(high),
        levels: score.levels.clone(),
    }
}

#[cfg(test)]
mod tests;

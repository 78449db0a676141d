//! Answers with what became of each case.

mod assigned;
mod check;
mod classes;
mod fingerprint;
mod outcome;
mod provenance;

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::assigned::{Assigned, AssignedFolds, Division, Side};
#[cfg(feature = "sources")]
pub(crate) use self::classes::names as check_classes;
pub use self::classes::{Classes, MAX_CLASSES};
pub use self::provenance::{LateAnswers, Provenance, Synthetic};
use crate::cases::is_row_case;
use crate::{Answers, CensoringCurve, Error, FollowUpEnd, Instrument, Problem, Problems};

/// What is known of one case about one outcome at its horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Followed for the whole horizon, and it did not happen.
    NoEvent,
    /// It happened within the horizon.
    Event,
    /// Censored before the horizon, without the event so far: nobody knows.
    Censored,
    /// Not asked of this row: it counts for other outcomes, and for this one it is as if it were not there.
    Excluded,
}

/// One outcome of every case.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Short name: `new_assault`.
    pub name: String,
    /// Days within which the event counts; `None` where the source does not say.
    pub horizon_days: Option<u32>,
    /// One status a row.
    pub status: Vec<Status>,
    /// Days to the event, or to the end of follow-up, 0 in a row that is excluded; `None` where the source does not say.
    pub days: Option<Vec<f64>>,
    /// The class of every row, where the outcome is ordered; see [`Classes`].
    pub classes: Option<Classes>,
}

/// One partition of the cases, for measuring how groups are treated. Never an input of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Short name: `children`.
    pub name: String,
    /// The labels that occur or could. [`Group::UNKNOWN`] says that nothing was recorded, and is no label among the others.
    pub labels: Vec<String>,
    /// One index into `labels` a row.
    pub codes: Vec<u16>,
    /// The label that the others are compared with, where one is stated; never [`Group::UNKNOWN`].
    pub reference: Option<String>,
}

impl Group {
    /// The label of rows of which nothing was recorded.
    ///
    /// Such rows are counted and shown. They are compared with no label, and enter nothing that is summed up over labels.
    pub const UNKNOWN: &'static str = "unknown";
}

/// A level of a foreign score: scores of at least `from` are in it, up to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreLevel {
    /// Short name: `high`.
    pub id: String,
    /// Smallest score of the level.
    pub from: f64,
}

/// A score that came with the table (a summed score, an expert's rating), to be evaluated like a version.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignScore {
    /// Short name: `savry_total`.
    pub name: String,
    /// One value a row, larger for more risk; `None` where the table has none.
    pub values: Vec<Option<f64>>,
    /// Its levels from the lowest, if it is cut into levels.
    pub levels: Vec<ScoreLevel>,
    /// Whether the source declares it a probability of the outcome, so that it can be judged as one; then values lie in [0, 1].
    pub is_probability: bool,
}

/// The true probability of an outcome, known only because the cohort is synthetic. No model may read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Oracle {
    /// The outcome it is the truth of.
    pub outcome: String,
    /// One probability a row.
    pub probability: Vec<f64>,
}

/// Everything a [`Cohort`] is made of, before it is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortParts {
    /// The answers, one row a case or re-assessment.
    pub answers: Answers,
    /// Pseudonymous case id of each row; rows of one case share it.
    pub cases: Vec<String>,
    /// Day of each assessment, in some rows unknown; `None` where no row has one.
    pub dates: Option<Vec<Option<Date>>>,
    /// Sampling weight of each row, 1 where the table has none.
    pub weights: Vec<f64>,
    /// Divisions that the table brings with it.
    pub assigned: Assigned,
    /// Outcomes, at least one.
    pub outcomes: Vec<Outcome>,
    /// Partitions for fairness.
    pub groups: Vec<Group>,
    /// Scores that came with the table.
    pub scores: Vec<ForeignScore>,
    /// True probabilities of a synthetic cohort.
    pub oracles: Vec<Oracle>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Answers, outcomes with follow-up, groups, weights, cases and dates of the same rows, checked to agree. Clones share them.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort(Arc<CohortParts>);

/// The rows of a cohort whose outcome is known at the horizon, ready to fit or to judge.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// Rows of the cohort, ascending.
    pub rows: Vec<usize>,
    /// Whether the event happened within the horizon.
    pub events: Vec<bool>,
    /// Sampling weight times the inverse probability of still being in sight.
    pub weights: Vec<f64>,
    /// Rows of the cohort left out because they were censored before the horizon, ascending.
    pub censored: Vec<usize>,
    /// Rows left out because the outcome excludes them.
    pub n_excluded: usize,
}

impl Cohort {
    /// Checks that the parts agree.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every disagreement: lengths, names that occur twice, weights that are not positive, codes
    /// of groups out of range, a status that its days contradict, no row. A reason for which more than three rows are wrong is told once,
    /// with their number and three examples.
    pub fn new(parts: CohortParts) -> Result<Self, Error> {
        Self::numbered(parts, "cohort", |row| row + 1)
    }

    /// The same, where people know what the cohort is read from as `what`, and its rows (from 0) by other numbers.
    pub(crate) fn numbered(
        parts: CohortParts,
        what: impl Into<String>,
        number: impl Fn(usize) -> usize,
    ) -> Result<Self, Error> {
        let mut problems = Problems::default();
        let n = parts.answers.n_rows();
        if n == 0 {
            problems.push(Problem::new("answers", "no row was found, expected at least one"));
        }
        let mut same = |field: String, found: usize| {
            if found != n {
                let message = format!("`{field}` has {found} rows, the answers have {n}");
                problems.push(Problem::new(field, message));
            }
        };
        same("cases".into(), parts.cases.len());
        same("weights".into(), parts.weights.len());
        if let Some(dates) = &parts.dates {
            same("dates".into(), dates.len());
        }
        if let Some(sides) = &parts.assigned.sides {
            same("sides of the split".into(), sides.len());
        }
        if let Some(folds) = &parts.assigned.folds {
            same("folds".into(), folds.codes.len());
        }
        for outcome in &parts.outcomes {
            same(format!("outcome {}", outcome.name), outcome.status.len());
            if let Some(days) = &outcome.days {
                same(format!("outcome {} days", outcome.name), days.len());
            }
            if let Some(classes) = &outcome.classes {
                same(format!("outcome {} classes", outcome.name), classes.codes.len());
            }
        }
        parts.groups.iter().for_each(|g| same(format!("group {}", g.name), g.codes.len()));
        parts.scores.iter().for_each(|s| same(format!("score {}", s.name), s.values.len()));
        parts.oracles.iter().for_each(|o| same(format!("oracle {}", o.outcome), o.probability.len()));
        if parts.dates.as_ref().is_some_and(|dates| n > 0 && dates.iter().all(Option::is_none)) {
            let message = "no row has a day, expected one or more, or a cohort without dates";
            problems.push(Problem::new("dates", message));
        }
        check::names(&parts, &mut problems);
        if problems.0.is_empty() {
            problems = check::values(&parts, number);
        }
        problems.or(what, Self(Arc::new(parts)))
    }

    /// The form that was answered.
    pub fn instrument(&self) -> &Arc<Instrument> {
        self.0.answers.instrument()
    }
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.0.answers.n_rows()
    }
    /// The answers.
    pub fn answers(&self) -> &Answers {
        &self.0.answers
    }
    /// Pseudonymous case ids.
    pub fn cases(&self) -> &[String] {
        &self.0.cases
    }
    /// Whether the table names its cases. Where it does not, each row is a case by its number, which names nobody in another table.
    pub fn names_cases(&self) -> bool {
        !self.cases().iter().all(|case| is_row_case(case))
    }
    /// Day of each assessment, unknown in some rows; `None` where it is unknown in all.
    pub fn dates(&self) -> Option<&[Option<Date>]> {
        self.0.dates.as_deref()
    }
    /// The first and the last day of some rows; `None` where none of them has one.
    ///
    /// # Panics
    /// If a row is not below [`Self::n_rows`].
    pub fn period(&self, rows: impl Iterator<Item = usize>) -> Option<[Date; 2]> {
        let dates = self.dates()?;
        rows.filter_map(|row| dates[row]).fold(None, |period, day| {
            let [first, last] = period.unwrap_or([day, day]);
            Some([first.min(day), last.max(day)])
        })
    }
    /// Number of rows without a day, where other rows have one.
    pub fn n_undated(&self) -> usize {
        self.dates().map_or(0, |dates| dates.iter().filter(|day| day.is_none()).count())
    }
    /// Sampling weights.
    pub fn weights(&self) -> &[f64] {
        &self.0.weights
    }
    /// Divisions that the table brings with it.
    pub fn assigned(&self) -> &Assigned {
        &self.0.assigned
    }
    /// Outcomes.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.0.outcomes
    }
    /// Partitions for fairness.
    pub fn groups(&self) -> &[Group] {
        &self.0.groups
    }
    /// Scores that came with the table.
    pub fn scores(&self) -> &[ForeignScore] {
        &self.0.scores
    }
    /// True probabilities, synthetic cohorts only. For tests and evaluation, never for a model.
    pub fn oracles(&self) -> &[Oracle] {
        &self.0.oracles
    }
    /// Where it comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.0.provenance
    }

    /// The same rows with more scores.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a score that the cohort has already, or one of other rows.
    pub fn with_scores(&self, more: impl IntoIterator<Item = ForeignScore>) -> Result<Self, Error> {
        let mut parts = CohortParts::clone(&self.0);
        parts.scores.extend(more);
        Self::new(parts)
    }

    /// The given rows, in the given order.
    ///
    /// # Panics
    /// If a row is not below `n_rows`.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        fn pick<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|&row| values[row].clone()).collect()
        }
        // All rows as they are: shared, for a cohort of millions is worth no second copy.
        if rows.len() == self.n_rows() && rows.iter().enumerate().all(|(at, row)| at == *row) {
            return self.clone();
        }
        let p = &self.0;
        Self(Arc::new(CohortParts {
            answers: p.answers.select(rows),
            cases: pick(&p.cases, rows),
            dates: p.dates.as_ref().map(|d| pick(d, rows)).filter(|days| days.iter().any(Option::is_some)),
            weights: pick(&p.weights, rows),
            assigned: p.assigned.select(rows),
            outcomes: p
                .outcomes
                .iter()
                .map(|o| Outcome {
                    name: o.name.clone(),
                    horizon_days: o.horizon_days,
                    status: pick(&o.status, rows),
                    days: o.days.as_ref().map(|d| pick(d, rows)),
                    classes: o.classes.as_ref().map(|classes| classes.select(rows)),
                })
                .collect(),
            groups: p.groups.iter().map(|g| Group { codes: pick(&g.codes, rows), ..g.clone() }).collect(),
            scores: p
                .scores
                .iter()
                .map(|s| ForeignScore { values: pick(&s.values, rows), ..s.clone() })
                .collect(),
            oracles: p
                .oracles
                .iter()
                .map(|o| Oracle { outcome: o.outcome.clone(), probability: pick(&o.probability, rows) })
                .collect(),
            provenance: p.provenance.clone(),
        }))
    }

    /// The rows whose outcome is known at the horizon, with weights that make up for the censored ones.
    ///
    /// ```text
    /// w_i = sampling weight_i / G(t_i-)      G: Kaplan-Meier estimate of still being in sight
    /// t_i = day of the event, or the horizon
    /// ```
    /// `G` is estimated with the sampling weights, as everything that is said of the population is. Without follow-up days (or
    /// without censoring) it is 1. A cohort that has censored rows but no days cannot be
    /// weighted; that is refused.
    ///
    /// # Errors
    /// No such outcome; censored rows without days or horizon.
    ///
    /// # References
    /// Robins and Finkelstein, "Correcting for noncompliance and dependent censoring", Biometrics 56, 2000.
    pub fn labelled(&self, outcome: &str) -> Result<Labelled, Error> {
        let outcome = self.outcome(outcome)?;
        let is_censored = |row: &usize| outcome.status[*row] == Status::Censored;
        let censored: Vec<usize> = (0..self.n_rows()).filter(is_censored).collect();
        let n_censored = censored.len();
        let in_sight = match (n_censored, &outcome.days, outcome.horizon_days) {
            (0, _, _) => None,
            (_, Some(days), Some(horizon)) => Some((days, f64::from(horizon), self.in_sight(outcome, days))),
            _ => {
                let message = format!(
                    "outcome `{}` has {n_censored} censored rows; to weight for censoring, it needs both the days of follow-up and a horizon",
                    outcome.name
                );
                return Err(Error::invalid("cohort", Problem::new(&outcome.name, message)));
            }
        };
        let n_excluded = outcome.status.iter().filter(|status| **status == Status::Excluded).count();
        let mut labelled = Labelled { rows: vec![], events: vec![], weights: vec![], censored, n_excluded };
        for (row, status) in outcome.status.iter().enumerate() {
            if matches!(status, Status::Censored | Status::Excluded) {
                continue;
            }
            let g = in_sight
                .as_ref()
                .map_or(1.0, |(days, horizon, in_sight)| in_sight.before(days[row].min(*horizon)));
            labelled.rows.push(row);
            labelled.events.push(*status == Status::Event);
            labelled.weights.push(self.0.weights[row] / g);
        }
        Ok(labelled)
    }

    /// How long the rows of an outcome are in sight; those that are excluded do not count.
    fn in_sight(&self, outcome: &Outcome, days: &[f64]) -> CensoringCurve {
        let end = |status| match status {
            Status::Event => Some(FollowUpEnd::Event),
            Status::Censored => Some(FollowUpEnd::Lost),
            Status::NoEvent => Some(FollowUpEnd::Done),
            Status::Excluded => None,
        };
        let ends = outcome.status.iter().zip(days).zip(self.weights());
        CensoringCurve::of(ends.filter_map(|((&status, &day), &w)| Some((day, w, end(status)?))).collect())
    }
}

#[cfg(test)]
mod tests;

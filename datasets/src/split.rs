//! Ways to hold rows back: fit, calibrate, test; and folds. Always by case, always seeded; or as the table itself divides its rows.

mod assigned;
mod temporal;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

pub use self::assigned::{SharedCases, assigned_folds, examples};
#[cfg(feature = "tables")]
pub(crate) use self::assigned::{on_both_sides, with_several_folds};
pub use self::temporal::{Cuts, Temporal};
use crate::{Cohort, Error, Problem, Status, number_cases};

/// How rows are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// At random, with the same share of events in every part.
    Stratified,
    /// By the day of a case's first assessment: the earliest fit, the latest test. Cases of one day are never divided.
    Temporal,
    /// By the table's own split: its test side is the test part, and its train side is divided at random between the other two, with the
    /// same share of events in both.
    Column,
}

/// Shares and seed of a three-way split; the rest after `fit` and `calibrate` is the test part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// How rows are divided.
    pub method: Method,
    /// Share of cases to fit on, in (0, 1).
    pub fit: f64,
    /// Share of cases to calibrate on, in (0, 1); `fit + calibrate < 1`.
    pub calibrate: f64,
    /// Seed of the division.
    pub seed: u64,
    /// Where a temporal plan cuts, and the gap that it leaves.
    #[serde(default, skip_serializing_if = "Temporal::is_default")]
    pub temporal: Temporal,
    /// What becomes of cases on both sides of the table's own split.
    #[serde(default, skip_serializing_if = "SharedCases::is_default")]
    pub shared_cases: SharedCases,
}

/// Rows of a cohort in three parts, each ascending; no case is in two of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// Rows to fit on.
    pub fit: Vec<usize>,
    /// Rows to calibrate on.
    pub calibrate: Vec<usize>,
    /// Rows nothing has seen.
    pub test: Vec<usize>,
    /// Rows in no part: those in the gap before a temporal test part, and those that the table's own split leaves out.
    pub left_out: Vec<usize>,
    /// Cases on both sides of the table's own split, of which the rows of one side are left out.
    pub shared_cases: Vec<String>,
    /// Where a temporal plan cut.
    pub cuts: Option<Cuts>,
}

impl Plan {
    /// Divides all rows of a cohort.
    ///
    /// # Errors
    /// Shares out of range; a temporal plan for a cohort without dates or with one day only; a cut date or gap in another plan; a plan by
    /// column for a cohort without the table's own split, or with cases on both sides that it does not leave out; no such outcome; a part
    /// left empty.
    pub fn split(&self, cohort: &Cohort, outcome: &str) -> Result<Split, Error> {
        let open = |share: f64| share > 0.0 && share < 1.0;
        if !(open(self.fit) && open(self.calibrate) && open(self.fit + self.calibrate)) {
            let message = format!(
                "the shares fit {} and calibrate {}, and their sum, must lie between 0 and 1",
                self.fit, self.calibrate
            );
            return Err(Error::invalid("split", Problem::new("fit", message)));
        }
        if self.method != Method::Temporal && !self.temporal.is_default() {
            let message = "`test_from` and `gap_days` belong to a temporal split, and the method is another";
            return Err(Error::invalid("split", Problem::new("method", message)));
        }
        if self.method != Method::Column && !self.shared_cases.is_default() {
            let message = "`shared_cases` belongs to a split by column, and the method is another";
            return Err(Error::invalid("split", Problem::new("method", message)));
        }
        let mut parts = match self.method {
            Method::Stratified => self.stratified(cohort, outcome)?,
            Method::Temporal => temporal::split(self, cohort)?,
            Method::Column => assigned::split(self, cohort, outcome)?,
        };
        for (name, part) in
            [("fit", &mut parts.fit), ("calibrate", &mut parts.calibrate), ("test", &mut parts.test)]
        {
            if part.is_empty() {
                let n_rows = cohort.n_rows();
                let message = format!("part `{name}` has no row: {n_rows} rows are too few for these shares");
                return Err(Error::invalid("split", Problem::new(name, message)));
            }
            part.sort_unstable();
        }
        parts.left_out.sort_unstable();
        Ok(parts)
    }

    /// Every stratum divided by the shares.
    fn stratified(&self, cohort: &Cohort, outcome: &str) -> Result<Split, Error> {
        let mut parts = Split::default();
        for cases in strata(cohort, outcome, None, self.seed)? {
            let n = cases.len() as f64;
            let until_fit = (n * self.fit).round() as usize;
            let until_calibrate = (n * (self.fit + self.calibrate)).round() as usize;
            for (at, rows) in cases.into_iter().enumerate() {
                let part = if at < until_fit {
                    &mut parts.fit
                } else if at < until_calibrate {
                    &mut parts.calibrate
                } else {
                    &mut parts.test
                };
                part.extend(rows);
            }
        }
        Ok(parts)
    }
}

impl Split {
    /// Rows of each part, by its name; `left_out` only where rows are left out.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        let all = [
            ("fit", &self.fit),
            ("calibrate", &self.calibrate),
            ("test", &self.test),
            ("left_out", &self.left_out),
        ];
        all.into_iter()
            .map(|(name, rows)| (name, rows.len()))
            .filter(|(name, n)| *name != "left_out" || *n > 0)
            .collect()
    }
}

/// Divides the given rows into `k` folds by case, stratified by outcome; each fold ascending.
///
/// # Errors
/// `k` below 2 or above the number of cases; no such outcome.
pub fn folds(
    cohort: &Cohort,
    rows: &[usize],
    outcome: &str,
    k: usize,
    seed: u64,
) -> Result<Vec<Vec<usize>>, Error> {
    let strata = strata(cohort, outcome, Some(rows), seed)?;
    let n_cases = strata.iter().map(Vec::len).sum::<usize>();
    if k < 2 || k > n_cases {
        let message = format!("{k} folds asked for, expected 2 to {n_cases} (the number of cases)");
        return Err(Error::invalid("folds", Problem::new("folds", message)));
    }
    let mut folds = vec![Vec::new(); k];
    for (at, case) in strata.into_iter().flatten().enumerate() {
        folds[at % k].extend(case);
    }
    folds.iter_mut().for_each(|fold| fold.sort_unstable());
    Ok(folds)
}

/// Cases (as lists of rows) by whether any of their rows has the event, each stratum shuffled.
fn strata(
    cohort: &Cohort,
    outcome: &str,
    rows: Option<&[usize]>,
    seed: u64,
) -> Result<Vec<Vec<Vec<usize>>>, Error> {
    let status = &cohort.outcome(outcome)?.status;
    let mut strata = vec![Vec::new(), Vec::new(), Vec::new()];
    for case in cases(cohort, rows) {
        let has = |wanted| case.iter().any(|&row| status[row] == wanted);
        let stratum = if has(Status::Event) { 0 } else { usize::from(has(Status::NoEvent)) + 1 };
        strata[stratum].push(case);
    }
    let mut random = Pcg64::seed_from_u64(seed);
    strata.iter_mut().for_each(|stratum| stratum.shuffle(&mut random));
    Ok(strata)
}

/// The rows of each case, cases in order of first appearance.
fn cases(cohort: &Cohort, rows: Option<&[usize]>) -> Vec<Vec<usize>> {
    let all: Vec<usize>;
    let rows = match rows {
        Some(rows) => rows,
        None => {
            all = (0..cohort.n_rows()).collect();
            &all
        }
    };
    let (numbers, n_cases) = number_cases(rows.iter().map(|&row| cohort.cases()[row].as_str()));
    let mut cases = vec![Vec::new(); n_cases];
    rows.iter().zip(numbers).for_each(|(&row, case)| cases[case as usize].push(row));
    cases
}

#[cfg(test)]
mod tests;

//! Parts by time: cases first assessed on one day are never divided, and a gap keeps outcomes out of the time of the test.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Plan, Split, cases};
use crate::{Cohort, Error, Problem};

/// What a temporal plan may state besides its shares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Temporal {
    /// First day of the test part. Without it, the shares say where the test part begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_from: Option<Date>,
    /// Days before the test part whose rows are in no part, so that what is fitted and calibrated on was known when the test began: at least
    /// the horizon of the outcome. 0 leaves no gap.
    #[serde(default)]
    pub gap_days: u32,
}

impl Temporal {
    /// Whether nothing is stated.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Divides the cases by the day of their first assessment: the earliest fit, the latest test.
///
/// A cut lies at the day that brings the part nearest to its share, the earlier day of two as near. The order of rows therefore plays no
/// part. Where a first day or a gap is stated, the shares `fit` and `calibrate` say how the cases before both are divided. With a gap, every row dated less than `gap_days` before the first day of the test part, or later, is left out of the other two.
pub(super) fn split(plan: &Plan, cohort: &Cohort) -> Result<Split, Error> {
    let Some(dates) = cohort.dates() else {
        return Err(refuse("method", "a temporal split needs dates, and the cohort has none".to_owned()));
    };
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for rows in cases(cohort, None) {
        if let Some(first) = rows.iter().map(|&row| dates[row]).min() {
            let day = days.entry(first).or_default();
            day.n_cases += 1;
            day.rows.extend(rows);
        }
    }
    let counted: Vec<(Date, usize)> = days.iter().map(|(day, of)| (*day, of.n_cases)).collect();
    if let [(day, n_cases)] = counted[..] {
        let message = format!(
            "all {n_cases} cases were first assessed on {day}, so a temporal split has no days to cut between; \
             `method = \"stratified\"` needs no dates"
        );
        return Err(refuse("method", message));
    }
    let test_from = plan.temporal.test_from.or_else(|| nearest(&counted, plan.fit + plan.calibrate));
    let since = test_from.map(|from| from.saturating_sub(i64::from(plan.temporal.gap_days).days()));
    let fit_until = if plan.temporal.is_default() {
        nearest(&counted, plan.fit)
    } else {
        // The shares say how the cases before the gap are divided: the gap lies at the end of them.
        let before: Vec<(Date, usize)> =
            counted.iter().copied().filter(|(day, _)| since.is_none_or(|since| *day < since)).collect();
        nearest(&before, plan.fit / (plan.fit + plan.calibrate))
    };
    let mut parts = Split::default();
    for (day, of) in days {
        let part = if fit_until.is_none_or(|until| day < until) {
            &mut parts.fit
        } else if test_from.is_none_or(|from| day < from) {
            &mut parts.calibrate
        } else {
            &mut parts.test
        };
        part.extend(of.rows);
    }
    if let Some(since) = since.filter(|_| plan.temporal.gap_days > 0) {
        for part in [&mut parts.fit, &mut parts.calibrate] {
            parts.left_out.extend(part.extract_if(.., |row| dates[*row] >= since));
        }
    }
    Ok(parts)
}

/// Cases first assessed on one day.
#[derive(Default)]
struct Day {
    n_cases: usize,
    rows: Vec<usize>,
}

fn refuse(field: &str, message: String) -> Error {
    Error::invalid("split", Problem::new(field, message))
}

/// The day, of those after the first, before which the share of cases is nearest to the one wanted; `None` with fewer than two days.
fn nearest(days: &[(Date, usize)], share: f64) -> Option<Date> {
    let wanted = share * days.iter().map(|(_, n)| *n as f64).sum::<f64>();
    let mut before = 0.0;
    let mut best: Option<(f64, Date)> = None;
    for pair in days.windows(2) {
        before += pair[0].1 as f64;
        let off = (before - wanted).abs();
        if best.is_none_or(|(least, _)| off < least) {
            best = Some((off, pair[1].0));
        }
    }
    best.map(|(_, day)| day)
}

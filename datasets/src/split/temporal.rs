//! Parts by time: cases first assessed on one day are never divided, and a gap keeps outcomes out of the time of the test.

use std::collections::{BTreeMap, HashSet};

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

/// Where a temporal plan cut a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cuts {
    /// First day of the calibrate part: cases first assessed earlier are fitted on.
    pub calibrate_from: Date,
    /// First day of the test part.
    pub test_from: Date,
    /// Days before `test_from` whose rows are left out of the other two parts.
    pub gap_days: u32,
    /// Cases none of whose rows is in a part, because of the gap.
    pub n_cases_left_out: u64,
    /// Cases in no part because the day of one or more of their rows is unknown, and so perhaps that of the first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_cases_without_day: u64,
    /// Rows of these cases.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_rows_without_day: u64,
}

/// A number that is not written, so that a cohort of which every day is known is recorded as before.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands on a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Divides the cases by the day of their first assessment: the earliest fit, the latest test.
///
/// A cut lies at the day that brings the part nearest to its share, the earlier day of two as near. The order of rows therefore plays no
/// part. Where a first day or a gap is stated, the shares `fit` and `calibrate` say how the cases before both are divided. With a gap,
/// every row dated less than `gap_days` before the first day of the test part, or later, is left out of the other two. A case with a row
/// whose day is unknown is left out whole and counted, because its first day may be that one.
pub(super) fn split(plan: &Plan, cohort: &Cohort) -> Result<Split, Error> {
    let Some(dates) = cohort.dates() else {
        return Err(refuse("method", "a temporal split needs dates, and the cohort has none".to_owned()));
    };
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    let (mut undated, mut n_undated) = (Vec::new(), 0);
    for rows in cases(cohort, None) {
        // No day is less than any, so it is the least of a case that has one without.
        match rows.iter().map(|&row| dates[row]).min().flatten() {
            Some(first) => {
                let day = days.entry(first).or_default();
                day.n_cases += 1;
                day.rows.extend(rows);
            }
            None => {
                n_undated += 1;
                undated.extend(rows);
            }
        }
    }
    let also = match n_undated {
        0 => String::new(),
        n => format!(" ({n} cases with a row whose day is unknown are left out)"),
    };
    let counted: Vec<(Date, usize)> = days.iter().map(|(day, of)| (*day, of.n_cases)).collect();
    if let [(day, n_cases)] = counted[..] {
        let message = format!(
            "all {n_cases} cases were first assessed on {day}, so a temporal split has no days to cut between{also}; \
             `method = \"stratified\"` needs no dates"
        );
        return Err(refuse("method", message));
    }
    let (Some(first), Some(last)) = (days.keys().next().copied(), days.keys().next_back().copied()) else {
        let message = format!(
            "a temporal split needs cases each of whose rows has a day, and the cohort has none{also}"
        );
        return Err(refuse("method", message));
    };
    let empty = |part: &str| {
        let n_days = days.len();
        let message = format!(
            "part `{part}` has no row: the cases were first assessed on {n_days} days from {first} to {last}, which are too few for these \
             shares, this `test_from` and this `gap_days`{also}"
        );
        refuse(part, message)
    };
    let test_from = plan.temporal.test_from.or_else(|| nearest(&counted, plan.fit + plan.calibrate));
    let test_from = test_from.ok_or_else(|| empty("test"))?;
    let since = test_from.saturating_sub(i64::from(plan.temporal.gap_days).days());
    let calibrate_from = if plan.temporal.is_default() {
        nearest(&counted, plan.fit)
    } else {
        // The shares say how the cases before the gap are divided: the gap lies at the end of them.
        let before: Vec<(Date, usize)> = counted.iter().copied().filter(|(day, _)| *day < since).collect();
        nearest(&before, plan.fit / (plan.fit + plan.calibrate))
    };
    let calibrate_from = calibrate_from.ok_or_else(|| empty("calibrate"))?;
    let mut parts = Split::default();
    for (&day, of) in &days {
        let part = if day < calibrate_from.min(test_from) {
            &mut parts.fit
        } else if day < test_from {
            &mut parts.calibrate
        } else {
            &mut parts.test
        };
        part.extend(&of.rows);
    }
    if plan.temporal.gap_days > 0 {
        for part in [&mut parts.fit, &mut parts.calibrate] {
            parts.left_out.extend(part.extract_if(.., |row| dates[*row] >= Some(since)));
        }
    }
    for (name, part) in [("fit", &parts.fit), ("calibrate", &parts.calibrate), ("test", &parts.test)] {
        if part.is_empty() {
            return Err(empty(name));
        }
    }
    let case = |row: &usize| cohort.cases()[*row].as_str();
    let kept: HashSet<&str> = [&parts.fit, &parts.calibrate].into_iter().flatten().map(case).collect();
    let left_out: HashSet<&str> =
        parts.left_out.iter().map(case).filter(|case| !kept.contains(case)).collect();
    parts.cuts = Some(Cuts {
        calibrate_from,
        test_from,
        gap_days: plan.temporal.gap_days,
        n_cases_left_out: left_out.len() as u64,
        n_cases_without_day: n_undated,
        n_rows_without_day: undated.len() as u64,
    });
    parts.left_out.extend(undated);
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

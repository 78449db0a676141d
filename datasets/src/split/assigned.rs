//! Parts and folds as a table's own columns say, and the cases that stand on more than one side.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Plan, Split, strata};
use crate::{Cohort, Error, Problem, Side};

/// Cases that a message names.
const EXAMPLES: usize = 3;

/// What becomes of a case that has rows on both sides of the table's own division.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedCases {
    /// The division is refused, because what is judged on such a case has seen it.
    #[default]
    Refuse,
    /// Its rows on the train side are in no part. For folds: what is judged on a fold is fitted without any row of the fold's cases.
    LeaveOutOfTrain,
    /// Its rows on the test side are in no part. Folds have no such side.
    LeaveOutOfTest,
}

impl SharedCases {
    /// Whether nothing is stated.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The train side divided by the shares `fit` and `calibrate`, of cases at random within outcomes; the test side as it is.
pub(super) fn split(plan: &Plan, cohort: &Cohort, outcome: &str) -> Result<Split, Error> {
    let Some(sides) = &cohort.assigned().sides else {
        let message = "a split by column needs the table's own split, and the cohort has none: its source names no `[split]`";
        return Err(Error::invalid("split", Problem::new("method", message)));
    };
    let shared: BTreeSet<String> =
        on_both_sides(cohort.cases(), sides).into_iter().map(str::to_owned).collect();
    if !shared.is_empty() && plan.shared_cases == SharedCases::Refuse {
        let message = format!(
            "{} cases have rows on both sides of the table's own split, such as {}, so the test would judge a model on cases that it has \
             seen; `shared_cases` states which of their rows are left out: `leave_out_of_train` or `leave_out_of_test`",
            shared.len(),
            examples(shared.iter().map(String::as_str))
        );
        return Err(Error::invalid("split", Problem::new("shared_cases", message)));
    }
    let left_out = match plan.shared_cases {
        SharedCases::LeaveOutOfTest => Side::Test,
        SharedCases::Refuse | SharedCases::LeaveOutOfTrain => Side::Train,
    };
    let (mut parts, mut train) = (Split::default(), Vec::new());
    for (row, (side, case)) in sides.iter().zip(cohort.cases()).enumerate() {
        match side {
            Side::LeftOut => parts.left_out.push(row),
            side if *side == left_out && shared.contains(case) => parts.left_out.push(row),
            Side::Train => train.push(row),
            Side::Test => parts.test.push(row),
        }
    }
    let share = plan.fit / (plan.fit + plan.calibrate);
    for cases in strata(cohort, outcome, Some(&train), plan.seed)? {
        let until_fit = (cases.len() as f64 * share).round() as usize;
        for (at, rows) in cases.into_iter().enumerate() {
            let part = if at < until_fit { &mut parts.fit } else { &mut parts.calibrate };
            part.extend(rows);
        }
    }
    parts.shared_cases = shared.into_iter().collect();
    Ok(parts)
}

/// The folds of a table's own column, in the order of their names, each ascending; rows in no fold are in none.
///
/// # Errors
/// No such column; another number of folds than `k`; cases with rows in more than one fold, if `shared_cases` refuses them.
pub fn assigned_folds(
    cohort: &Cohort,
    k: usize,
    shared_cases: SharedCases,
) -> Result<Vec<Vec<usize>>, Error> {
    let refuse = |field: &str, message: String| Err(Error::invalid("folds", Problem::new(field, message)));
    let Some(assigned) = &cohort.assigned().folds else {
        let message = "folds by column need the table's own folds, and the cohort has none: its source names no `[folds]`";
        return refuse("by", message.to_owned());
    };
    let mut folds = vec![Vec::new(); assigned.names.len()];
    for (row, code) in assigned.codes.iter().enumerate() {
        if let Some(fold) = code.and_then(|code| folds.get_mut(usize::from(code))) {
            fold.push(row);
        }
    }
    // A fold may have lost all its rows to an outcome that is not known.
    let (names, folds): (Vec<&String>, Vec<Vec<usize>>) =
        assigned.names.iter().zip(folds).filter(|(_, rows)| !rows.is_empty()).unzip();
    if folds.len() != k || k < 2 {
        let n = folds.len();
        let names = names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return refuse(
            "folds",
            format!("{k} folds asked for, and the column names {n} with a labelled row: {names}"),
        );
    }
    let shared = with_several_folds(cohort.cases(), &assigned.codes);
    match shared_cases {
        SharedCases::Refuse if !shared.is_empty() => refuse(
            "shared_cases",
            format!(
                "{} cases have rows in more than one of the table's own folds, such as {}, so a fold would judge a model on cases that it \
                 has seen; with `shared_cases = \"leave_out_of_train\"` each fold is judged by models without any row of its cases",
                shared.len(),
                examples(shared.iter().copied())
            ),
        ),
        SharedCases::LeaveOutOfTest => refuse(
            "shared_cases",
            "folds have no test side, expected `refuse` or `leave_out_of_train`".to_owned(),
        ),
        SharedCases::Refuse | SharedCases::LeaveOutOfTrain => Ok(folds),
    }
}

/// Cases with rows on both sides, in the order in which they first appear.
pub(crate) fn on_both_sides<'c>(cases: &'c [String], sides: &[Side]) -> Vec<&'c str> {
    let on = |wanted: Side| -> HashSet<&str> {
        cases.iter().zip(sides).filter(|(_, side)| **side == wanted).map(|(case, _)| case.as_str()).collect()
    };
    let (train, test) = (on(Side::Train), on(Side::Test));
    each_once(cases).filter(|case| train.contains(case) && test.contains(case)).collect()
}

/// Cases with rows in more than one fold, in the order in which they first appear.
pub(crate) fn with_several_folds<'c>(cases: &'c [String], codes: &[Option<u16>]) -> Vec<&'c str> {
    let mut first: HashMap<&str, u16> = HashMap::new();
    let mut several = HashSet::new();
    for (case, code) in cases.iter().zip(codes) {
        if let Some(code) = code
            && first.entry(case).or_insert(*code) != code
        {
            several.insert(case.as_str());
        }
    }
    each_once(cases).filter(|case| several.contains(case)).collect()
}

fn each_once(cases: &[String]) -> impl Iterator<Item = &str> {
    let mut seen = HashSet::new();
    cases.iter().map(String::as_str).filter(move |case| seen.insert(*case))
}

/// The first of some cases, for a message.
pub fn examples<'c>(cases: impl IntoIterator<Item = &'c str>) -> String {
    cases.into_iter().take(EXAMPLES).map(|case| format!("`{case}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

//! What is known beyond the outcome at its horizon: follow-up in days, and a graver outcome of the same rows.

use std::collections::{HashMap, HashSet};

use amparo_datasets::{Cohort, Status, number_cases};
use amparo_evaluation::input::{Repeats, Severe, Survival};
use amparo_models::artefact::Version;
use amparo_training::Data;

/// Follow-up of the held-out cases: their labelled rows, and the rows that were censored before the horizon.
///
/// Cases with lost rows only were divided by no plan, for fits do not use them: no version saw any of them. They stand for the
/// held-out share of their kind, so each weighs as much as that share; after a temporal split, those first assessed as late as
/// the held-out cases stand for themselves.
pub(super) struct FollowUp {
    part: Cohort,
    survival: Survival,
}

impl FollowUp {
    /// `rows` of `data`, the labelled rows of `cohort`, are held out; `temporal`: as the cases first assessed last.
    ///
    /// `None` where the cohort does not know the days to the event or to the end of follow-up.
    pub(super) fn new(cohort: &Cohort, data: &Data, rows: &[usize], temporal: bool) -> Option<Self> {
        let outcome = cohort.outcomes().iter().find(|o| o.name == data.outcome)?;
        let days = outcome.days.as_ref()?;
        let labelled: HashSet<&str> = data.cohort.cases().iter().map(String::as_str).collect();
        let held: HashSet<&str> = data.part(rows).cases().collect();
        let share = held.len() as f64 / labelled.len() as f64;
        let first = first_dates(cohort);
        let since = held.iter().filter_map(|case| first.get(case)).min();
        let weight = |row: usize| {
            let case = cohort.cases()[row].as_str();
            match (held.contains(case), labelled.contains(case)) {
                (true, _) => Some(1.0),
                (false, true) => None,
                (false, false) if temporal => (first.get(case) >= since).then_some(1.0),
                (false, false) => Some(share),
            }
        };
        let (all, weights): (Vec<usize>, Vec<f64>) = (0..cohort.n_rows())
            .filter_map(|row| weight(row).map(|weight| (row, cohort.weights()[row] * weight)))
            .unzip();
        let part = cohort.select(&all);
        let (cluster, _) = number_cases(part.cases().iter().map(String::as_str));
        let survival = Survival {
            days: all.iter().map(|&row| days[row]).collect(),
            happened: all.iter().map(|&row| outcome.status[row] == Status::Event).collect(),
            cluster,
            weight: weights,
            groups: part.groups().iter().map(|group| group.codes.clone()).collect(),
        };
        Some(Self { part, survival })
    }

    /// The log-odds of a version.
    pub(super) fn scores(&self, version: &Version) -> Vec<f64> {
        self.part.answers().rows().map(|row| version.recidivism().score(row)).collect()
    }

    /// The values of a score that came with the cohort, by its place; `None` if a row has none.
    pub(super) fn foreign(&self, at: usize) -> Option<Vec<f64>> {
        self.part.scores()[at].values.iter().copied().collect()
    }

    /// The columns.
    pub(super) fn into_survival(self) -> Survival {
        self.survival
    }
}

/// The outcome of a version's lethality model, where the cohort knows it, once for each repeat.
pub(super) fn severe(
    versions: &[&Version],
    part: &Cohort,
    outcome: &str,
    repeats: Repeats,
) -> Option<Severe> {
    let name = versions.iter().find_map(|version| version.lethality())?.outcome();
    let graver = part.outcomes().iter().find(|o| o.name == name && o.name != outcome)?;
    let happened: Vec<Option<bool>> = graver
        .status
        .iter()
        .map(|status| match status {
            Status::Event => Some(true),
            Status::NoEvent => Some(false),
            Status::Censored => None,
        })
        .collect();
    Some(Severe { outcome: name.to_owned(), happened: happened.repeat(repeats.times()) })
}

/// When each case was first assessed; empty without dates.
fn first_dates(cohort: &Cohort) -> HashMap<&str, jiff::civil::Date> {
    let mut first = HashMap::new();
    for (case, date) in cohort.cases().iter().zip(cohort.dates().unwrap_or_default()) {
        let earliest = first.entry(case.as_str()).or_insert(*date);
        *earliest = (*date).min(*earliest);
    }
    first
}

#[cfg(test)]
mod tests;

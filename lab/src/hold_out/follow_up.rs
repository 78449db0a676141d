//! What is known beyond the outcome at its horizon: follow-up in days, and a graver outcome of the same rows.

use std::collections::{HashMap, HashSet};

use amparo_datasets::{Cohort, Side, Status, number_cases};
use amparo_evaluation::input::{Repeats, Severe, Survival};
use amparo_models::artefact::Version;
use amparo_training::{Data, OutOfFold};

/// Follow-up of the held-out cases: their labelled rows, and the rows that were censored before the horizon.
///
/// Cases with lost rows only were divided by no plan, for fits do not use them: no version saw any of them. They stand for the
/// held-out share of their kind, so each weighs as much as that share; where the division says which of them are of that kind
/// ([`Lost`]), only those do. Rows stand once for each repeat of cross-fitting, as in the other columns.
pub(crate) struct FollowUp {
    part: Cohort,
    /// Where each row's score is among those of its kind.
    places: Vec<Place>,
    repeats: Repeats,
    survival: Survival,
}

/// Which cases with lost rows only are of the kind that is held out; all of them where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lost {
    /// Those first assessed as late as the held-out cases, after a temporal split.
    pub(super) since_first_held_out: bool,
    /// Those on the test side of the table's own split.
    pub(super) on_test_side: bool,
    /// Those in one of the table's own folds.
    pub(super) in_a_fold: bool,
}

/// A row of the data, or one of its censored rows.
#[derive(Clone, Copy)]
enum Place {
    Labelled(usize),
    Censored(usize),
}

impl FollowUp {
    /// `rows` of `data`, the labelled rows of `cohort`, are held out; `lost` says which other cases are of their kind.
    ///
    /// `None` where the cohort does not know the days to the event or to the end of follow-up.
    pub(crate) fn new(
        cohort: &Cohort,
        data: &Data,
        rows: &[usize],
        lost: Lost,
        repeats: Repeats,
    ) -> Option<Self> {
        let outcome = cohort.outcomes().iter().find(|o| o.name == data.outcome)?;
        let days = outcome.days.as_ref()?;
        let labelled: HashSet<&str> = data.cohort.cases().iter().map(String::as_str).collect();
        let held: HashSet<&str> = data.part(rows).cases().collect();
        let of_kind = lost.of_kind(cohort, &held);
        let n_of_kind = labelled.iter().filter(|case| of_kind.contains(*case)).count();
        let share = held.len() as f64 / n_of_kind as f64;
        let weight = |row: usize| {
            let case = cohort.cases()[row].as_str();
            if outcome.status[row] == Status::Excluded || !lost.is_on_side(cohort, row) {
                return None;
            }
            match (held.contains(case), labelled.contains(case)) {
                (true, _) => Some(1.0),
                (false, true) => None,
                (false, false) => of_kind.contains(case).then_some(share),
            }
        };
        let (all, weights): (Vec<usize>, Vec<f64>) = (0..cohort.n_rows())
            .filter_map(|row| weight(row).map(|weight| (row, cohort.weights()[row] * weight)))
            .unzip();
        let (part, times) = (cohort.select(&all), repeats.times());
        let (cluster, _) = number_cases(part.cases().iter().map(String::as_str));
        let happened = |row: &usize| outcome.status[*row] == Status::Event;
        let survival = Survival {
            days: all.iter().map(|&row| days[row]).collect::<Vec<_>>().repeat(times),
            happened: all.iter().map(happened).collect::<Vec<_>>().repeat(times),
            cluster: cluster.repeat(times),
            weight: weights.iter().map(|w| w * repeats.share()).collect::<Vec<_>>().repeat(times),
            groups: part.groups().iter().map(|group| group.codes.repeat(times)).collect(),
        };
        let of_cohort = places(&outcome.status);
        let places = all.iter().filter_map(|&row| of_cohort[row]).collect();
        Some(Self { part, places, repeats, survival })
    }

    /// The log-odds of a version, the same in every repeat.
    pub(super) fn scores(&self, version: &Version) -> Vec<f64> {
        let once: Vec<f64> = self.part.answers().rows().map(|row| version.recidivism().score(row)).collect();
        once.repeat(self.repeats.times())
    }

    /// The log-odds by models that did not see the row's case, one repeat after the other.
    pub(crate) fn out_of_fold<'o>(&self, repeats: impl IntoIterator<Item = &'o OutOfFold>) -> Vec<f64> {
        let of = |out: &'o OutOfFold| {
            self.places.iter().map(|place| match place {
                Place::Labelled(at) => out.log_odds[*at],
                Place::Censored(at) => out.censored[*at],
            })
        };
        repeats.into_iter().flat_map(of).collect()
    }

    /// The values of a score that came with the cohort, by its place; `None` if a row has none.
    pub(super) fn foreign(&self, at: usize) -> Option<Vec<f64>> {
        let once: Option<Vec<f64>> = self.part.scores()[at].values.iter().copied().collect();
        Some(once?.repeat(self.repeats.times()))
    }

    /// The columns.
    pub(crate) fn into_survival(self) -> Survival {
        self.survival
    }
}

impl Lost {
    /// The cases of the kind that is held out, those that are held out among them.
    fn of_kind<'c>(self, cohort: &'c Cohort, held: &HashSet<&'c str>) -> HashSet<&'c str> {
        let first = if self.since_first_held_out { first_dates(cohort) } else { HashMap::new() };
        let since = held.iter().filter_map(|case| first.get(case).copied().flatten()).min();
        let rows = cohort.cases().iter().map(String::as_str).enumerate();
        let of_kind = rows.filter(|(row, case)| {
            first.get(case).copied().flatten() >= since && self.is_on_side(cohort, *row)
        });
        of_kind.map(|(_, case)| case).chain(held.iter().copied()).collect()
    }

    /// Whether the table's own division, where it counts, lets a row stand beside the held-out ones.
    fn is_on_side(self, cohort: &Cohort, row: usize) -> bool {
        let sides = cohort.assigned().sides.as_ref().filter(|_| self.on_test_side);
        let folds = cohort.assigned().folds.as_ref().filter(|_| self.in_a_fold);
        sides.is_none_or(|sides| sides[row] == Side::Test)
            && folds.is_none_or(|folds| folds.codes[row].is_some())
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
            Status::Censored | Status::Excluded => None,
        })
        .collect();
    Some(Severe { outcome: name.to_owned(), happened: happened.repeat(repeats.times()) })
}

/// For each row of a cohort, its place among the labelled rows or among the censored ones; an excluded row is in neither.
fn places(status: &[Status]) -> Vec<Option<Place>> {
    let (mut labelled, mut censored) = (0, 0);
    let place = |status: &Status| {
        let next = |counter: &mut usize| std::mem::replace(counter, *counter + 1);
        match status {
            Status::Censored => Some(Place::Censored(next(&mut censored))),
            Status::Event | Status::NoEvent => Some(Place::Labelled(next(&mut labelled))),
            Status::Excluded => None,
        }
    };
    status.iter().map(place).collect()
}

/// When each case was first assessed, `None` where the day of one of its rows is unknown, as a temporal split has it; empty without dates.
fn first_dates(cohort: &Cohort) -> HashMap<&str, Option<jiff::civil::Date>> {
    let mut first = HashMap::new();
    for (case, date) in cohort.cases().iter().zip(cohort.dates().unwrap_or_default()) {
        let earliest = first.entry(case.as_str()).or_insert(*date);
        *earliest = (*date).min(*earliest);
    }
    first
}

#[cfg(test)]
mod tests;

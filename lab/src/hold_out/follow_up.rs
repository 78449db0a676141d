//! What is known beyond the outcome at its horizon: follow-up in days, and a graver outcome of the same rows.

use amparo_datasets::{Cohort, Status, number_cases};
use amparo_evaluation::input::{Repeats, Severe, Survival};
use amparo_models::artefact::Version;
use amparo_training::{Data, OutOfFold};

/// Follow-up of the held-out rows: the labelled ones, and the rows that were censored before the horizon and go with them
/// ([`Data::censored_with`]), of which no fit saw a case. Rows stand once for each repeat of cross-fitting, as in the other columns.
pub(crate) struct FollowUp {
    part: Cohort,
    /// Where each row's score is among those of its kind.
    places: Vec<Place>,
    repeats: Repeats,
    survival: Survival,
}

/// A row of the data, or one of its censored rows.
#[derive(Clone, Copy)]
enum Place {
    Labelled(usize),
    Censored(usize),
}

impl FollowUp {
    /// `rows` of `data`, the labelled rows of `cohort`, are held out.
    ///
    /// `None` where the cohort does not know the days to the event or to the end of follow-up.
    pub(crate) fn new(cohort: &Cohort, data: &Data, rows: &[usize], repeats: Repeats) -> Option<Self> {
        let outcome = cohort.outcomes().iter().find(|o| o.name == data.outcome)?;
        let days = outcome.days.as_ref()?;
        let mut labelled = vec![false; data.n_rows()];
        rows.iter().for_each(|&row| labelled[row] = true);
        let mut censored = vec![false; data.n_censored()];
        data.censored_with(rows).into_iter().for_each(|row| censored[row] = true);
        let is_held = |place: &Place| match place {
            Place::Labelled(row) => labelled[*row],
            Place::Censored(row) => censored[*row],
        };
        let of_cohort = places(&outcome.status).into_iter().enumerate();
        let held = of_cohort.filter_map(|(row, place)| Some((row, place.filter(is_held)?)));
        let (all, places): (Vec<usize>, Vec<Place>) = held.unzip();
        let (part, times) = (cohort.select(&all), repeats.times());
        let (cluster, _) = number_cases(part.cases().iter().map(String::as_str));
        let happened = |row: &usize| outcome.status[*row] == Status::Event;
        let survival = Survival {
            days: all.iter().map(|&row| days[row]).collect::<Vec<_>>().repeat(times),
            happened: all.iter().map(happened).collect::<Vec<_>>().repeat(times),
            cluster: cluster.repeat(times),
            weight: part.weights().iter().map(|w| w * repeats.share()).collect::<Vec<_>>().repeat(times),
            horizons: quarters(outcome.horizon_days),
            groups: part.groups().iter().map(|group| group.codes.repeat(times)).collect(),
        };
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

/// The days within which the event is looked at unless others are stated: a quarter, half, three quarters and all of the horizon.
fn quarters(horizon: Option<u32>) -> Vec<u32> {
    let mut days: Vec<u32> = horizon.iter().flat_map(|days| [1, 2, 3, 4].map(|k| k * days / 4)).collect();
    days.retain(|days| *days > 0);
    days.dedup();
    days
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

#[cfg(test)]
mod tests;

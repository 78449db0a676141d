//! Which labelled rows a censored row goes with, however the rows are divided.

use std::collections::{BTreeMap, HashMap};

use amparo_datasets::{Cohort, Side};
use jiff::civil::Date;

/// Where the table itself puts a row.
type Place = (Option<Side>, Option<Option<u16>>);

/// The cluster of each labelled row, and of each censored one; a censored row goes wherever a labelled row of its cluster goes.
///
/// A cluster is a case together with the table's own side and fold of its rows. A case without a labelled row gets that of a companion: of the
/// labelled cases of its side and fold it is the one first assessed on the next day that has any (else the last), and companions of one day
/// are taken in turn. Divisions are of labelled rows. By this rule every one of them, by chance, by time or by the table, also divides the
/// censored rows, keeps cases together, and lets no case into a part that ends before it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Companions {
    labelled: Vec<u32>,
    /// `None` for a row on a side or in a fold where its companion has none: it is in no part.
    censored: Vec<Option<u32>>,
    n_clusters: usize,
}

impl Companions {
    pub(super) fn new(labelled: &Cohort, censored: &Cohort) -> Self {
        if censored.n_rows() == 0 {
            return Self::default();
        }
        let mut clusters: HashMap<(&str, Place), u32> = HashMap::new();
        let mut n_clusters = 0;
        let of_labelled = (0..labelled.n_rows()).map(|row| {
            *clusters.entry((&labelled.cases()[row], place(labelled, row))).or_insert_with(|| {
                n_clusters += 1;
                n_clusters - 1
            })
        });
        let of_labelled: Vec<u32> = of_labelled.collect();
        let first = first_days(labelled);
        let mut beside = Beside::new(labelled, &first);
        let first_of_censored = first_days(censored);
        let mut companions: HashMap<&str, Option<&str>> = HashMap::new();
        let of_censored = (0..censored.n_rows()).map(|row| {
            let (case, place) = (censored.cases()[row].as_str(), place(censored, row));
            let companion = *companions.entry(case).or_insert_with(|| match first.get_key_value(case) {
                Some((&case, _)) => Some(case),
                None => beside.next(place, first_of_censored[case]),
            });
            clusters.get(&(companion?, place)).copied()
        });
        Self { censored: of_censored.collect(), labelled: of_labelled, n_clusters: n_clusters as usize }
    }

    /// The cluster of a labelled row.
    pub(crate) fn of_labelled(&self, row: usize) -> u32 {
        // Without censored rows there are no clusters: nothing goes with any row.
        self.labelled.get(row).copied().unwrap_or_default()
    }

    /// The censored rows that go with labelled rows of some clusters, ascending, with their clusters.
    pub(crate) fn with(&self, clusters: &[u32]) -> impl Iterator<Item = (usize, u32)> {
        let mut is_in = vec![false; self.n_clusters.max(1)];
        clusters.iter().for_each(|&cluster| is_in[cluster as usize] = true);
        let rows = self.censored.iter().enumerate();
        rows.filter_map(|(row, cluster)| Some((row, (*cluster)?)))
            .filter(move |(_, cluster)| is_in[*cluster as usize])
    }
}

/// The labelled cases in order of their first day, by place; companions of one day are taken in turn.
struct Beside<'c>(HashMap<Place, BTreeMap<Option<Date>, Turn<'c>>>);

#[derive(Default)]
struct Turn<'c> {
    cases: Vec<&'c str>,
    taken: usize,
}

impl<'c> Beside<'c> {
    fn new(labelled: &'c Cohort, first: &HashMap<&'c str, Option<Date>>) -> Self {
        let mut by_place: HashMap<Place, BTreeMap<Option<Date>, Turn<'c>>> = HashMap::new();
        for (row, case) in labelled.cases().iter().enumerate() {
            let turn = by_place.entry(place(labelled, row)).or_default();
            let cases = &mut turn.entry(first[case.as_str()]).or_default().cases;
            // Rows of a case mostly stand together; one that does not is taken more often, and no harm done.
            if cases.last() != Some(&case.as_str()) {
                cases.push(case);
            }
        }
        Self(by_place)
    }

    /// A companion for a case first assessed on a day; without a day, it is one of the first.
    fn next(&mut self, place: Place, day: Option<Date>) -> Option<&'c str> {
        let days = self.0.get_mut(&place)?;
        let key = days.range(day..).next().or_else(|| days.last_key_value()).map(|(key, _)| *key)?;
        let turn = days.get_mut(&key)?;
        turn.taken += 1;
        Some(turn.cases[(turn.taken - 1) % turn.cases.len()])
    }
}

fn place(cohort: &Cohort, row: usize) -> Place {
    let assigned = cohort.assigned();
    (assigned.sides.as_ref().map(|sides| sides[row]), assigned.folds.as_ref().map(|folds| folds.codes[row]))
}

/// When each case was first assessed; `None` where the day of one of its rows is unknown.
fn first_days(cohort: &Cohort) -> HashMap<&str, Option<Date>> {
    let mut first: HashMap<&str, Option<Date>> = HashMap::new();
    for (row, case) in cohort.cases().iter().enumerate() {
        let day = cohort.dates().and_then(|dates| dates[row]);
        let earliest = first.entry(case).or_insert(day);
        *earliest = (*earliest).min(day);
    }
    first
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

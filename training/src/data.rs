//! What there is to learn from: the rows whose outcome is known, and parts of them.

mod companions;

use amparo_datasets::{Cohort, number_cases, splitmix};

use self::companions::Companions;
use crate::Error;

/// The rows of a cohort whose outcome is known at its horizon; row numbers below are places in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The outcome.
    pub outcome: String,
    /// The rows, in the cohort's order.
    pub cohort: Cohort,
    /// Whether the event happened, one a row.
    pub events: Vec<bool>,
    /// Sampling weight times the inverse probability of not being censored, one a row.
    pub weights: Vec<f64>,
    /// The rows left out because they were censored before the horizon, in the cohort's order. Only fits of hazards see them.
    pub censored: Cohort,
    /// Rows left out because the outcome excludes them.
    pub n_excluded: usize,
    pub(crate) companions: Companions,
}

impl Data {
    /// The labelled rows of a cohort.
    ///
    /// # Errors
    /// See [`Cohort::labelled`].
    pub fn new(cohort: &Cohort, outcome: &str) -> Result<Self, Error> {
        let labelled = cohort.labelled(outcome)?;
        let (known, censored) = (cohort.select(&labelled.rows), cohort.select(&labelled.censored));
        Ok(Self {
            outcome: outcome.to_owned(),
            companions: Companions::new(&known, &censored),
            cohort: known,
            events: labelled.events,
            weights: labelled.weights,
            censored,
            n_excluded: labelled.n_excluded,
        })
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.events.len()
    }

    /// Number of rows left out because they were censored before the horizon.
    pub fn n_censored(&self) -> usize {
        self.censored.n_rows()
    }

    /// The censored rows that go with some rows, as places in [`Data::censored`], ascending.
    ///
    /// A censored row goes with the labelled rows of its case that are on the same of the table's own sides and in the same fold. A case with
    /// censored rows only goes with a companion: a labelled case of the same side and fold, first assessed on the same day or the next one
    /// that has such a case. A model that is fitted on some rows, and perhaps on the censored rows that go with them, has therefore seen no case of those that
    /// go with other rows. Where no labelled row has its side and fold, a censored row goes with none.
    pub fn censored_with(&self, rows: &[usize]) -> Vec<usize> {
        let clusters: Vec<u32> = rows.iter().map(|&row| self.companions.of_labelled(row)).collect();
        self.companions.with(&clusters).map(|(row, _)| row).collect()
    }

    /// Some of the rows and some of the censored ones, each as often as it is named.
    pub(crate) fn with_rows(&self, rows: &[usize], censored: &[usize]) -> Self {
        let (cohort, censored) = (self.cohort.select(rows), self.censored.select(censored));
        Self {
            outcome: self.outcome.clone(),
            companions: Companions::new(&cohort, &censored),
            cohort,
            events: pick(rows, &self.events),
            weights: pick(rows, &self.weights),
            censored,
            n_excluded: self.n_excluded,
        }
    }

    /// As many cases as there are, drawn with replacement by a key, each with all its rows.
    pub(crate) fn resampled(&self, key: u64) -> Self {
        let cases = self.cohort.cases().iter().chain(self.censored.cases());
        let (numbers, n_cases) = number_cases(cases.map(String::as_str));
        let mut times = vec![0_usize; n_cases];
        for draw in 0..n_cases as u64 {
            // The upper half of the product with the number of cases: a whole number below it, all as likely as 64 bits allow.
            let drawn = u128::from(splitmix(key ^ splitmix(draw))) * n_cases as u128;
            times[(drawn >> 64) as usize] += 1;
        }
        let copies = |(row, case): (usize, &u32)| std::iter::repeat_n(row, times[*case as usize]);
        let (labelled, censored) = numbers.split_at(self.n_rows());
        let rows: Vec<usize> = labelled.iter().enumerate().flat_map(copies).collect();
        let censored: Vec<usize> = censored.iter().enumerate().flat_map(copies).collect();
        self.with_rows(&rows, &censored)
    }

    /// Number of rows with the event.
    pub fn n_events(&self) -> usize {
        self.events.iter().filter(|event| **event).count()
    }

    /// Some of the rows, in the given order, with what is known of them.
    ///
    /// # Panics
    /// If a row is not below `n_rows`.
    pub fn part<'a>(&'a self, rows: &'a [usize]) -> LabelledRows<'a> {
        LabelledRows {
            data: self,
            rows,
            events: pick(rows, &self.events),
            weights: pick(rows, &self.weights),
        }
    }
}

/// Some rows of a [`Data`], with what is known of them: one entry a row, in the order of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledRows<'a> {
    data: &'a Data,
    rows: &'a [usize],
    events: Vec<bool>,
    weights: Vec<f64>,
}

impl<'a> LabelledRows<'a> {
    /// The rows, as places in the data.
    pub fn rows(&self) -> &'a [usize] {
        self.rows
    }

    /// Whether the event happened.
    pub fn events(&self) -> &[bool] {
        &self.events
    }

    /// Sampling weight times the inverse probability of not being censored.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    pub(crate) fn into_events_and_weights(self) -> (Vec<bool>, Vec<f64>) {
        (self.events, self.weights)
    }

    /// The answers.
    pub fn answers(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        let answers = self.data.cohort.answers();
        self.rows.iter().map(|&row| answers.row(row))
    }

    /// The case of each row.
    pub fn cases(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let cases = self.data.cohort.cases();
        self.rows.iter().map(|&row| cases[row].as_str())
    }

    /// The rows as a cohort.
    pub fn cohort(&self) -> Cohort {
        self.data.cohort.select(self.rows)
    }

    /// These rows' entries of values that have one for each row of the data.
    ///
    /// # Panics
    /// If there are fewer values than rows of the data.
    pub fn of<T: Copy>(&self, values: &[T]) -> Vec<T> {
        pick(self.rows, values)
    }
}

fn pick<T: Copy>(rows: &[usize], values: &[T]) -> Vec<T> {
    rows.iter().map(|&row| values[row]).collect()
}

/// All rows but those of one fold, ascending.
pub(crate) fn rest(folds: &[Vec<usize>], held: usize) -> Vec<usize> {
    let others = folds.iter().enumerate().filter(|(at, _)| *at != held);
    let mut rows: Vec<usize> = others.flat_map(|(_, rows)| rows.iter().copied()).collect();
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use crate::testing::{data, form};

    #[test]
    fn a_part_keeps_what_belongs_together_in_the_order_asked_for() {
        let rows = [vec![0, 1], vec![1, 0], vec![1, 1], vec![0, 0]];
        let form = form(&[(2, "risk"), (2, "risk")]);
        let data = data(&form, &rows, &[true, false, true, false], &[1.0, 2.0, 3.0, 4.0], &[7, 8, 8, 9]);
        let part = data.part(&[3, 0, 2]);
        assert_eq!(part.events(), [false, true, true]);
        assert!(crate::testing::close(part.weights(), &[4.0, 1.0, 3.0], 0.0));
        assert_eq!(part.answers().collect::<Vec<_>>(), [[0, 0], [0, 1], [1, 1]]);
        assert_eq!(part.cases().collect::<Vec<_>>(), ["c9", "c7", "c8"]);
        assert_eq!(part.cohort().cases(), ["c9", "c7", "c8"]);
        assert_eq!(part.of(&[10, 11, 12, 13]), [13, 10, 12]);
        assert_eq!((part.rows(), data.n_rows()), (&[3, 0, 2][..], 4));
    }
}

//! Held-out rows with what each version and score said of them, one entry a row and version.

use amparo_datasets::Cohort;
use amparo_evaluation::input::{Input, Scored};
use jiff::civil::Date;

use crate::HeldOutRows;

/// What was judged, as columns of one length: the rows of a version in the order of the cohort, repeat after repeat; version after
/// version.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Predictions {
    /// Pseudonymous case id.
    pub case: Vec<String>,
    /// Day of the assessment, unknown in some rows, if the cohort has days.
    pub date: Option<Vec<Option<Date>>>,
    /// Name of the version or of the score, as in the report.
    pub scored: Vec<String>,
    /// Repeat of cross-fitting, from 1; 1 where nothing is repeated.
    pub repeat: Vec<i64>,
    /// Fold that the row was held out in, from 1; `None` if the version was not cross-fitted.
    pub fold: Vec<Option<i64>>,
    /// Log-odds of a version before calibration, value of a score.
    pub score: Vec<f64>,
    /// Probability of the event, in [0, 1]; `None` for a score that is none.
    pub probability: Vec<Option<f64>>,
    /// Level that the probability or the value gives; `None` without levels.
    pub level: Vec<Option<String>>,
    /// Whether the event happened within the horizon.
    pub event: Vec<bool>,
    /// Weight in every number of the report: sampling weight times the inverse probability of not being censored, divided by the
    /// number of repeats.
    pub weight: Vec<f64>,
    /// Label of the row in each group column of the cohort.
    pub groups: Vec<(String, Vec<String>)>,
}

impl Predictions {
    /// Everything that was scored on held-out rows.
    #[must_use]
    pub fn of(held: &HeldOutRows) -> Self {
        let names = held.part.groups().iter().map(|group| (group.name.clone(), Vec::new()));
        let date = held.part.dates().map(|_| Vec::new());
        let mut all = Self { groups: names.collect(), date, ..Self::default() };
        for (scored, folds) in held.scored.iter().zip(&held.folds) {
            all.add(scored, &held.input, &held.part, folds.as_deref());
        }
        for partial in &held.partial {
            all.add(&partial.scored, &partial.input, &partial.part, None);
        }
        all
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.case.len()
    }

    fn add(&mut self, scored: &Scored, input: &Input, part: &Cohort, folds: Option<&[u32]>) {
        let (columns, n) = (input.columns(), part.n_rows());
        let times = columns.repeats.times();
        let level = |row: usize| {
            let levels = scored.levels.as_ref()?;
            levels.ids.get(usize::from(levels.codes[row])).cloned()
        };
        for row in 0..n * times {
            let at = row % n;
            self.case.push(part.cases()[at].clone());
            if let (Some(dates), Some(of_part)) = (&mut self.date, part.dates()) {
                dates.push(of_part[at]);
            }
            self.scored.push(scored.name.clone());
            self.repeat.push((row / n) as i64 + 1);
            self.fold.push(folds.map(|folds| i64::from(folds[row]) + 1));
            self.score.push(scored.score[row]);
            self.probability.push(scored.probability.as_ref().map(|p| p[row]));
            self.level.push(level(row));
            self.event.push(columns.y[row]);
            self.weight.push(columns.weight[row]);
            for ((_, labels), group) in self.groups.iter_mut().zip(part.groups()) {
                labels.push(group.labels[usize::from(group.codes[at])].clone());
            }
        }
    }
}

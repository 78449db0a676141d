//! Sums over the population that explanations compare with.

use amparo_datasets::{Answers, Instrument};
use serde::{Deserialize, Serialize};

use super::Tables;
use super::condition::Condition;
use super::long::{LongFrame, LongSums};
use super::sums::{LeafSums, WeightedRows, leaf_sums};
use crate::scorer::Additive;
use crate::{Error, Model, Scorer};

/// What a version keeps of its fit cohort: how often each answer, and each pattern of a leaf's conditions, occurs.
///
/// Sums only. `smallest_cell` says how few rows stand behind the smallest non-zero sum, so that a reader can judge
/// what it could reveal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// Rows summed.
    pub n_rows: usize,
    /// Sum of their weights.
    pub weight: f64,
    /// Fewest rows behind any non-zero number here.
    pub smallest_cell: u64,
    /// Weight of each answer, by indicator and code.
    pub answers: Vec<Vec<f64>>,
    /// Weight of each pattern, by tree, leaf (depth-first) and pattern; bit `k` of a pattern says that a row meets the
    /// leaf's `k`-th condition. Empty without trees, and of a leaf whose path asks more than
    /// [`TABULATED`](super::TABULATED) indicators.
    pub patterns: Vec<Vec<Vec<f64>>>,
    /// For the leaves with longer paths, one for each different set of questions, in the order in which leaves have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub long: Vec<LongSums>,
}

impl Background {
    /// Sums a population for a scorer.
    ///
    /// `weights` holds one finite number above 0 a row; `scorer` has passed [`Scorer::check`] on the form of `answers`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no row, a number of weights other than of rows, a weight that is not above 0, a path that
    /// asks more than [`MAX_CONDITIONS`](super::MAX_CONDITIONS) indicators, or so many long paths that their sums are too many.
    pub fn of(scorer: &Scorer, answers: &Answers, weights: &[f64]) -> Result<Self, Error> {
        let plain = Self::without_trees(answers, weights)?;
        match scorer.trees() {
            Some(forest) => Ok(plain.with(leaf_sums(forest, answers, weights)?)),
            None => Ok(plain),
        }
    }

    /// Sums a population for many scorers, each forest once, however many hybrids it is the candidate of.
    ///
    /// # Errors
    /// As [`Self::of`], the first that fails.
    pub fn of_each(scorers: &[&Scorer], answers: &Answers, weights: &[f64]) -> Result<Vec<Self>, Error> {
        let plain = Self::without_trees(answers, weights)?;
        let mut all: Vec<Self> = Vec::with_capacity(scorers.len());
        for (at, scorer) in scorers.iter().enumerate() {
            let forest = scorer.trees();
            let before = scorers[..at].iter().position(|other| other.trees() == forest);
            all.push(match (forest, before) {
                (None, _) => plain.clone(),
                (Some(_), Some(before)) => all[before].clone(),
                (Some(forest), None) => plain.clone().with(leaf_sums(forest, answers, weights)?),
            });
        }
        Ok(all)
    }

    fn without_trees(answers: &Answers, weights: &[f64]) -> Result<Self, Error> {
        let n_rows = answers.n_rows();
        if n_rows == 0 || weights.len() != n_rows {
            let problem =
                format!("{n_rows} rows and {} weights, expected as many and at least 1", weights.len());
            return Err(invalid(problem));
        }
        if let Some((row, weight)) = weights.iter().enumerate().find(|(_, w)| !(w.is_finite() && **w > 0.0)) {
            return Err(invalid(format!("weight is {weight}, expected a number above 0 (row {})", row + 1)));
        }
        let mut cells: Vec<Vec<WeightedRows>> = answers
            .instrument()
            .indicators()
            .iter()
            .map(|indicator| vec![WeightedRows::default(); indicator.n_answers()])
            .collect();
        for (row, &weight) in answers.rows().zip(weights) {
            cells.iter_mut().zip(row).for_each(|(cells, &code)| cells[usize::from(code)].add(weight));
        }
        Ok(Self {
            n_rows,
            weight: weights.iter().sum(),
            smallest_cell: cells
                .iter()
                .filter_map(|cells| WeightedRows::smallest(cells))
                .fold(n_rows as u64, u64::min),
            answers: cells.iter().map(|cells| cells.iter().map(|cell| cell.weight).collect()).collect(),
            patterns: Vec::new(),
            long: Vec::new(),
        })
    }

    fn with(self, LeafSums { patterns, long, smallest }: LeafSums) -> Self {
        let smallest_cell = smallest.map_or(self.smallest_cell, |n| n.min(self.smallest_cell));
        Self { patterns, long, smallest_cell, ..self }
    }

    /// Refuses sums that are not those of one population over this scorer's indicators and trees.
    ///
    /// What a single leaf's patterns must fulfil is checked where they are used, by [`Self::pattern_shares`] and
    /// [`Self::long_shares`].
    pub(super) fn check(&self, scorer: &Scorer) -> Result<(), Error> {
        let Self { n_rows, weight, smallest_cell, answers, patterns, long: _ } = self;
        if *n_rows == 0 || !(weight.is_finite() && *weight > 0.0) {
            return Err(invalid(format!(
                "{n_rows} rows of weight {weight}, expected at least 1 row and a weight above 0"
            )));
        }
        if !(1..=*n_rows as u64).contains(smallest_cell) {
            return Err(invalid(format!("smallest cell is {smallest_cell}, expected 1 to {n_rows} rows")));
        }
        let n_indicators = scorer.n_indicators();
        if answers.len() != n_indicators {
            let found = answers.len();
            return Err(invalid(format!("answer sums of {found} indicators, expected {n_indicators}")));
        }
        for (j, sums) in answers.iter().enumerate() {
            if sums.len() > u16::BITS as usize {
                let found = sums.len();
                return Err(invalid(format!("indicator {j} has {found} answer sums, expected at most 16")));
            }
            self.check_total(sums, || format!("answer sums of indicator {j}"))?;
        }
        let n_trees = scorer.trees().map_or(0, |forest| forest.trees.len());
        if patterns.len() != n_trees {
            return Err(invalid(format!("pattern sums of {} trees, expected {n_trees}", patterns.len())));
        }
        Ok(())
    }

    /// Refuses sums over another form.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the first indicator whose number of answers is another.
    pub(crate) fn check_form(&self, instrument: &Instrument) -> Result<(), Error> {
        for (indicator, sums) in instrument.indicators().iter().zip(&self.answers) {
            let (id, found, expected) = (&indicator.id, sums.len(), indicator.n_answers());
            if found != expected {
                return Err(invalid(format!(
                    "indicator `{id}` has {found} answer sums, expected {expected}"
                )));
            }
        }
        Ok(())
    }

    /// Tables of an additive model: `w(x) - E[w]` in closed form.
    pub(super) fn additive(&self, Additive { intercept, weights }: &Additive) -> Result<Tables, Error> {
        let mut base = *intercept;
        let mut values = Vec::with_capacity(weights.len());
        for (j, (table, sums)) in weights.iter().zip(&self.answers).enumerate() {
            if table.len() != sums.len() {
                let (found, expected) = (sums.len(), table.len());
                return Err(invalid(format!("indicator {j} has {found} answer sums, expected {expected}")));
            }
            let total: f64 = sums.iter().sum();
            // Relative to the first answer, so that a table of one value has exactly no effect.
            let first = table[0];
            let mean = first + table.iter().zip(sums).map(|(w, sum)| (w - first) * sum).sum::<f64>() / total;
            base += mean;
            values.push(table.iter().map(|w| w - mean).collect());
        }
        Ok(Tables::Additive { base, values })
    }

    /// The share of the population in each pattern of a leaf, checked against the answer sums.
    pub(super) fn pattern_shares(
        &self,
        conditions: &[Condition],
        sums: &[f64],
        at: impl Fn() -> String,
    ) -> Result<Vec<f64>, Error> {
        let expected = 1 << conditions.len();
        if sums.len() != expected {
            let found = sums.len();
            return Err(invalid(format!("{} has {found} pattern sums, expected {expected}", at())));
        }
        self.check_total(sums, || format!("pattern sums of {}", at()))?;
        for (k, condition) in conditions.iter().enumerate() {
            let meeting = sums.iter().enumerate().filter(|(q, _)| q >> k & 1 == 1);
            let found: f64 = meeting.map(|(_, sum)| sum).sum();
            let expected = condition.weight(&self.answers);
            if !self.close(found, expected) {
                let (at, indicator) = (at(), condition.indicator);
                return Err(invalid(format!(
                    "pattern sums of {at} give its condition on indicator {indicator} a weight of {found}, answer sums {expected}"
                )));
            }
        }
        // Sums in another order round apart: dividing by their own total keeps explanations adding up.
        let total: f64 = sums.iter().sum();
        Ok(sums.iter().map(|sum| sum / total).collect())
    }

    /// The share of the population in each cell of a long frame, checked in the same way.
    pub(super) fn long_shares(
        &self,
        LongFrame { frame, .. }: &LongFrame,
        LongSums { cells, weights }: &LongSums,
        at: impl Fn() -> String,
    ) -> Result<Vec<f64>, Error> {
        if cells.len() != weights.len() {
            let (cells, weights) = (cells.len(), weights.len());
            return Err(invalid(format!("{} have {cells} cells and {weights} weights", at())));
        }
        let n_cells = 1_u64 << frame.dimensions.len();
        let beyond = cells.last().filter(|&&last| u64::from(last) >= n_cells);
        if let Some(cell) = beyond.or_else(|| cells.windows(2).find(|w| w[0] >= w[1]).map(|w| &w[1])) {
            let at = at();
            return Err(invalid(format!("{at} hold cell {cell}, expected ascending ones below {n_cells}")));
        }
        self.check_total(weights, &at)?;
        for (i, dimension) in frame.dimensions.iter().enumerate() {
            let second = cells.iter().zip(weights).filter(|(cell, _)| *cell >> i & 1 == 1);
            let found: f64 = second.map(|(_, weight)| weight).sum();
            let sums = self.answers[dimension.indicator].iter().zip(0..);
            let expected: f64 =
                sums.filter(|(_, code)| dimension.class(*code) == 1).map(|(sum, _)| sum).sum();
            if !self.close(found, expected) {
                let (at, indicator) = (at(), dimension.indicator);
                return Err(invalid(format!(
                    "{at} give one side of indicator {indicator} a weight of {found}, answer sums {expected}"
                )));
            }
        }
        let total: f64 = weights.iter().sum();
        Ok(weights.iter().map(|weight| weight / total).collect())
    }

    fn check_total(&self, sums: &[f64], what: impl Fn() -> String) -> Result<(), Error> {
        if let Some(sum) = sums.iter().find(|sum| !(sum.is_finite() && **sum >= 0.0)) {
            return Err(invalid(format!("{} hold {sum}, expected numbers not below 0", what())));
        }
        let total = sums.iter().sum();
        if !self.close(total, self.weight) {
            return Err(invalid(format!("{} add up to {total}, expected {}", what(), self.weight)));
        }
        Ok(())
    }

    /// Equal but for the rounding of sums over millions of rows.
    fn close(&self, found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-9 * self.weight
    }
}

fn invalid(problem: String) -> Error {
    Error::invalid("background", problem)
}

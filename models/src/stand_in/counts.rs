use amparo_datasets::Answers;

use super::EffectiveRows;

/// How often each answer occurs among the rows of a fit, before small counts are withheld.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    /// Rows, by indicator and code.
    pub rows: Vec<Vec<u64>>,
    /// Events among them.
    pub events: Vec<Vec<u64>>,
    /// Sum of their weights.
    pub weights: Vec<Vec<f64>>,
    /// How many rows of one weight they tell as much as in the fit; see [`EffectiveRows`].
    pub effective: Vec<Vec<f64>>,
}

impl Counts {
    /// Counts rows; `events` and `weights` hold one entry a row, and the fit uses these weights.
    pub fn of(answers: &Answers, events: &[bool], weights: &[f64]) -> Self {
        let sizes: Vec<usize> = answers.instrument().indicators().iter().map(|i| i.n_answers()).collect();
        let zeros = || sizes.iter().map(|&n| vec![0; n]).collect::<Vec<Vec<u64>>>();
        let none = || sizes.iter().map(|&n| vec![0.0; n]).collect();
        let mut counts = Self { rows: zeros(), events: zeros(), weights: none(), effective: none() };
        let mut effective: Vec<Vec<EffectiveRows>> =
            sizes.iter().map(|&n| vec![EffectiveRows::default(); n]).collect();
        for ((row, &event), &weight) in answers.rows().zip(events).zip(weights) {
            for (j, &code) in row.iter().enumerate() {
                let code = usize::from(code);
                counts.rows[j][code] += 1;
                counts.events[j][code] += u64::from(event);
                counts.weights[j][code] += weight;
                effective[j][code].add(weight);
            }
        }
        counts.effective = effective.iter().map(|of| of.iter().map(|rows| rows.number()).collect()).collect();
        counts
    }

    /// The same for a fit that does not use the weights: as many effective rows as rows.
    #[must_use]
    pub fn fitted_alike(self) -> Self {
        let effective = self.rows.iter().map(|of| of.iter().map(|&n| n as f64).collect()).collect();
        Self { effective, ..self }
    }

    /// The whole effective rows of an answer: as many as rows if their weights are equal, and fewer if not.
    pub fn effective_rows(&self, indicator: usize, code: usize) -> u64 {
        EffectiveRows::whole(self.effective[indicator][code]).min(self.rows[indicator][code])
    }
}

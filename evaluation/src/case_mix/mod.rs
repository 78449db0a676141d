//! How rows differ from those that a version's model was fitted on.

mod distance;
mod indicator;

use amparo_datasets::Cohort;
use amparo_models::OutcomeModel;
use amparo_models::artefact::{TrainingRecord, Version};
use amparo_models::learned::Counts;

use self::indicator::Compared;
use crate::error::Error;
use crate::measure::Count;
use crate::metrics::expected_auc;
use crate::report::{CaseMix, IndicatorMix, MixAuc, MixRows, MixScores};

/// Rows of a cohort beside those that the model of a version was fitted on.
#[derive(Debug)]
pub struct Mix<'a> {
    /// Name of the version's scores in the report.
    pub name: String,
    /// The version.
    pub version: &'a Version,
    /// The rows, each once.
    pub part: &'a Cohort,
    /// Whether the event happened, one a row.
    pub events: &'a [bool],
    /// Weights, one a row.
    pub weights: &'a [f64],
    /// The version's scores, one a row.
    pub log_odds: &'a [f64],
    /// Its probability of the event, one a row.
    pub probability: &'a [f64],
}

impl Mix<'_> {
    /// The comparison, with small cells; see [`CaseMix::without_small_cells`].
    ///
    /// # Errors
    /// [`Error::Invalid`] if the pools of the version are not those of the form of the rows, which cannot be once the version read the form.
    pub fn compared(&self) -> Result<CaseMix, Error> {
        let model = self.version.recidivism();
        let training = &self.version.manifest().training;
        let form = self.part.instrument();
        let pooling = model.pooling();
        let answers = pooling
            .answers(self.part.answers())
            .map_err(|error| Error::Invalid { what: "cohort", problems: vec![error.to_string()] })?;
        let counts = Counts::of(&answers, self.events, self.weights);
        let pooled = pooling.form(form);
        let n_compared = pooled.indicators().len();
        let indicators =
            pooled.indicators().iter().enumerate().map(|(j, indicator)| {
                Compared { model, form, j, indicator, counts: &counts }.mix(n_compared)
            });
        let mut indicators: Vec<IndicatorMix> = indicators.collect();
        // Stable: equal ones stay in the form's order.
        indicators.sort_by(|a, b| b.psi.total_cmp(&a.psi));
        Ok(CaseMix {
            name: self.name.clone(),
            fitted: fitted(training, model),
            here: MixRows {
                cohort: self.part.provenance().title.clone(),
                n: self.events.len() as u64,
                events: Some(self.events.iter().filter(|event| **event).count() as u64),
                period: self.part.period(0..self.events.len()).map(|days| days.map(|day| day.to_string())),
            },
            auc: MixAuc {
                declared: ["test", "cross-fitted"]
                    .iter()
                    .find_map(|part| training.metrics.get(*part)?.get("auc").copied()),
                expected: expected_auc(self.probability, self.weights),
            },
            scores: self.scores(model),
            with_unlearned: Count::Exact(self.n_with_unlearned(model)),
            indicators,
        })
    }

    fn scores(&self, model: &OutcomeModel) -> Option<MixScores> {
        let (mut sum, mut above, mut all, mut resolution) = (0.0, 0.0, 0.0, 0.0_f64);
        for (score, weight) in self.log_odds.iter().zip(self.weights) {
            let of = model.percentile(*score).value().copied()?;
            sum += weight * of.percentile;
            above += if of.percentile > 0.9 { *weight } else { 0.0 };
            all += weight;
            resolution = resolution.max(of.resolution);
        }
        Some(MixScores { mean_percentile: sum / all, resolution, above_ninth_decile: above / all })
    }

    fn n_with_unlearned(&self, model: &OutcomeModel) -> u64 {
        let Some(learned) = model.learned() else { return 0 };
        let unlearned: Vec<(usize, u8)> =
            learned.unlearned().filter(|(j, _)| !model.leaves_out(*j)).collect();
        let has_one = |row: &&[u8]| unlearned.iter().any(|&(j, code)| row[j] == code);
        self.part.answers().rows().filter(has_one).count() as u64
    }
}

fn fitted(training: &TrainingRecord, model: &OutcomeModel) -> MixRows {
    MixRows {
        cohort: training.cohort_title.clone(),
        n: model.background().n_rows as u64,
        events: training.sample_size.map(|of| of.n_events),
        period: training.period.clone(),
    }
}

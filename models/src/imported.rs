//! A model that another program has fitted, as tables or trees of answers, and what shows that it is the same model.
//!
//! It is kept in a file of its own until an experiment takes it as a candidate.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use crate::probability::logit;
use crate::scorer::{Additive, Forest, Form};
use crate::{Candidate, Error, Scorer};

/// The family of all models that were fitted elsewhere.
pub const FAMILY: &str = "imported";

/// Format of the file.
const FORMAT: u32 = 1;

/// A model that was fitted elsewhere, over the indicators that it asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    format: u32,
    /// Id of the form.
    pub instrument: String,
    /// SHA-256 of the form.
    pub instrument_digest: String,
    /// The indicators that it asks, in its own order.
    pub asks: Vec<Asked>,
    /// What its sum means.
    pub scale: ImportedScale,
    /// The model, over the indicators of [`Self::asks`].
    pub model: Candidate,
    /// Where it comes from, and what it was compared with.
    pub record: ImportRecord,
}

/// An indicator that an imported model asks, with the answers that it knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The indicator.
    pub indicator: String,
    /// Ids of its answers in the form's order, `unknown` last.
    pub answers: Vec<String>,
}

/// What the sum of an imported model means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportedScale {
    /// Log-odds: the program's probability is `1 / (1 + exp(-sum))`.
    LogOdds,
    /// A mean of shares of events, as of a random forest: the sum is the program's probability.
    Probability,
}

/// Where an imported model comes from, and what shows that nothing was lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportRecord {
    /// Format of the file: `XGBoost JSON`.
    pub source: String,
    /// The program that wrote it, as far as the file says.
    pub program: Option<String>,
    /// SHA-256 of the file.
    pub file_sha256: String,
    /// SHA-256 of the mapping from columns to indicators.
    pub mapping_sha256: String,
    /// What it was compared with.
    pub check: CheckRecord,
    /// Indicators whose declared direction the model does not keep.
    pub against_direction: Vec<String>,
    /// What a reader has to know besides, as whole sentences without a full stop at the end.
    pub notes: Vec<String>,
}

/// How the model was compared with rows that the original program scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRecord {
    /// SHA-256 of the table of these rows.
    pub table_sha256: String,
    /// Rows that were compared.
    pub n_rows: u64,
    /// What was compared: `probability` or `log_odds`.
    pub compared: String,
    /// Largest difference that was found.
    pub largest_difference: f64,
    /// The difference that rounding explains, in the row where the most of it was used.
    pub allowed_there: f64,
}

impl Imported {
    /// Puts a model together.
    ///
    /// # Errors
    /// As [`Self::from_json`].
    pub fn new(
        instrument: &Instrument,
        asks: Vec<Asked>,
        scale: ImportedScale,
        model: Candidate,
        record: ImportRecord,
    ) -> Result<Self, Error> {
        let (id, digest) = (instrument.id().to_owned(), instrument.digest());
        let imported =
            Self { format: FORMAT, instrument: id, instrument_digest: digest, asks, scale, model, record };
        imported.on(instrument)?;
        Ok(imported)
    }

    /// Reads a file of an imported model. Whether it fits a form, [`Self::on`] tells.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is none, or of another format.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let imported: Self = serde_json::from_str(text)
            .map_err(|error| Error::invalid("imported model", error.to_string()))?;
        if imported.format != FORMAT {
            let problem = format!("format is {}, expected {FORMAT}", imported.format);
            return Err(Error::invalid("imported model", problem));
        }
        Ok(imported)
    }

    /// The model on a form that asks all that it asks: the form that it was imported for, or that form without some indicators.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every indicator that is not on the form or has other answers there, or a model that does not fit them.
    pub fn on(&self, form: &Instrument) -> Result<OnForm<'_>, Error> {
        let mut problems = Vec::new();
        let mut places = Vec::with_capacity(self.asks.len());
        for Asked { indicator, answers } in &self.asks {
            let Some(place) = form.position(indicator) else {
                problems.push(format!(
                    "it asks indicator `{indicator}`, which is not among those that are fitted on"
                ));
                continue;
            };
            let found: Vec<&String> = form.indicators()[place].answers().iter().map(|a| &a.id).collect();
            if found != answers.iter().collect::<Vec<_>>() {
                let list = form.indicators()[place].answer_list();
                problems.push(format!(
                    "it knows answers {} to indicator `{indicator}`, expected {list}",
                    answers.join(", ")
                ));
            }
            places.push(place);
        }
        if problems.is_empty() {
            Scorer::from(self.model.clone()).check(&form.only(&places))?;
            return Ok(OnForm { imported: self, places });
        }
        Err(Error::invalid("imported model", problems.join("; ")))
    }
}

/// An imported model with the places of its indicators on a form.
#[derive(Debug, Clone)]
pub struct OnForm<'a> {
    imported: &'a Imported,
    places: Vec<usize>,
}

impl OnForm<'_> {
    /// Places of the indicators that it asks on the form.
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// The model in log-odds, on the form.
    ///
    /// ```text
    /// of log-odds:       score = sum
    /// of probabilities:  score = logit(r) + (sum - r) / (r (1 - r))          r: share of events where it is used, in (0, 1)
    /// ```
    /// A mean of shares is brought to log-odds by the tangent of the logit at `r`, as that of a random forest that is fitted here: the ranking
    /// stays, the score is still a sum, so that it is explained exactly, and the calibrator sees to the rest.
    ///
    /// # Errors
    /// As [`Candidate::additive`].
    pub fn scorer(&self, rate: f64, form: &Instrument) -> Result<Scorer, Error> {
        let candidate = match self.imported.scale {
            ImportedScale::LogOdds => self.imported.model.clone(),
            ImportedScale::Probability => {
                let slope = 1.0 / (rate * (1.0 - rate));
                scaled(&self.imported.model, logit(rate) - rate * slope, slope)?
            }
        };
        Ok(Scorer::from(candidate).widened(&self.places, form))
    }
}

/// `intercept + slope * model`.
fn scaled(model: &Candidate, intercept: f64, slope: f64) -> Result<Candidate, Error> {
    match model.form() {
        Form::Additive(tables) => {
            let by_slope = |table: &Vec<f64>| table.iter().map(|value| slope * value).collect();
            let weights = tables.weights.iter().map(by_slope).collect();
            Candidate::additive(FAMILY, Additive { intercept: intercept + slope * tables.intercept, weights })
        }
        Form::Trees(forest) => {
            let mut trees = forest.trees.clone();
            trees.iter_mut().for_each(|tree| tree.scale(slope));
            let base = intercept + slope * forest.base;
            Candidate::trees(FAMILY, Forest { n_indicators: forest.n_indicators, base, trees })
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

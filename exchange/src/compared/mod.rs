//! Models that are compared and never explained: graphs of ONNX that do not reduce to a sum of terms, such as neural networks.
//!
//! Such a model runs as it is, in ONNX Runtime. What is known of it is what it says of rows. That these are the numbers of the program that made it
//! is shown as for every model that comes in, by rows that this program scored.

mod graph;
mod proof;

use amparo_datasets::{Instrument, Problem, Problems};
use amparo_models::imported::CheckRecord;
use amparo_models::probability::sigmoid;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::check::rows;
use crate::mapping::{Columns, Mapping};
use crate::{Compared, Error};

pub use graph::Graph;
pub use proof::MappedGraph;

/// Format of the file.
const FORMAT: u32 = 1;

/// Rows that are brought to columns at a time.
const BATCH: usize = 1 << 14;

/// What runs a graph: from columns of texts, in which an empty text is a missing number, to one number a row.
pub type Run<'r> = dyn FnMut(&[(String, Vec<String>)]) -> Result<Vec<f64>, Error> + 'r;

/// A file that holds such a model, with all that it takes to run it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedModel {
    format: u32,
    /// Id of the form.
    pub instrument: String,
    /// SHA-256 of the form.
    pub instrument_digest: String,
    /// What the graph predicts.
    pub predicts: Compared,
    /// The mapping from its columns to the indicators of the form, in TOML.
    pub mapping: String,
    /// Where it comes from, and what it was compared with.
    pub record: ComparedRecord,
    /// The graph's file in base64.
    graph: String,
}

/// Where a compared model comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedRecord {
    /// The program that wrote the graph, as far as its file says.
    pub program: Option<String>,
    /// SHA-256 of the graph's file.
    pub file_sha256: String,
    /// What was compared with the program that made it.
    pub check: CheckRecord,
}

impl ComparedModel {
    fn new(
        form: &Instrument,
        graph: &Graph,
        mapping: &str,
        predicts: Compared,
        record: ComparedRecord,
    ) -> Self {
        Self {
            format: FORMAT,
            instrument: form.id().to_owned(),
            instrument_digest: form.digest(),
            predicts,
            mapping: mapping.to_owned(),
            record,
            graph: STANDARD.encode(graph.bytes()),
        }
    }

    /// Reads a file. Whether it fits a form, [`Self::on`] tells.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is none, or of another format, or its graph is not the one that was compared.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let wrong = |place: &str, found: String, expected: String| {
            Error::malformed("compared model", place, found, expected)
        };
        let model: Self = serde_json::from_str(text).map_err(|error| {
            wrong("the file", error.to_string(), "what `amparo import --compare-only` writes".to_owned())
        })?;
        if model.format != FORMAT {
            return Err(wrong("`format`", model.format.to_string(), FORMAT.to_string()));
        }
        let digest = amparo_models::artefact::sha256(&model.bytes()?);
        if digest != model.record.file_sha256 {
            return Err(wrong(
                "`graph`",
                format!("SHA-256 {digest}"),
                format!("{}, the graph that was compared", model.record.file_sha256),
            ));
        }
        Ok(model)
    }

    /// The graph's file.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is not in base64.
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        let decoded = STANDARD.decode(&self.graph);
        decoded.map_err(|error| Error::malformed("compared model", "`graph`", error.to_string(), "base64"))
    }

    /// The model on the form that it was mapped to.
    ///
    /// # Errors
    /// [`Error::Mapping`] for another form; whatever is wrong with graph and mapping.
    pub fn on(&self, form: &Instrument) -> Result<OnForm, Error> {
        if self.instrument_digest != form.digest() {
            let message = format!(
                "the compared model was mapped to form `{}` ({}), expected `{}` ({})",
                self.instrument,
                self.instrument_digest,
                form.id(),
                form.digest()
            );
            return Err(Error::Mapping(Problems::from(Problem::new("instrument", message))));
        }
        let ends = Ends::new(&Graph::read(self.bytes()?)?, &self.mapping, form)?;
        Ok(OnForm { ends, predicts: self.predicts })
    }
}

/// A compared model on a form.
#[derive(Debug, Clone)]
pub struct OnForm {
    ends: Ends,
    predicts: Compared,
}

impl OnForm {
    /// The probability of the event in each row of answer codes of the form, in [0, 1].
    ///
    /// # Errors
    /// What `run` refuses; [`Error::NoPrediction`] with the first row of which it says nothing, or no such number.
    pub fn probabilities<'r>(
        &self,
        rows: impl Iterator<Item = &'r [u8]>,
        run: &mut Run<'_>,
    ) -> Result<Vec<f64>, Error> {
        let places = self.ends.columns.indicators();
        let mut rows = rows.map(|row| places.iter().map(|&place| row[place]).collect::<Vec<u8>>());
        let mut all = Vec::new();
        loop {
            let batch: Vec<Vec<u8>> = rows.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(all);
            }
            let said = self.ends.said(&batch, all.len(), self.predicts, run)?;
            all.extend(said.into_iter().map(|number| match self.predicts {
                Compared::Probability => number,
                Compared::LogOdds => sigmoid(number),
            }));
        }
    }
}

/// The columns of a graph, mapped to a form.
#[derive(Debug, Clone)]
struct Ends {
    inputs: Vec<String>,
    columns: Columns,
}

impl Ends {
    fn new(graph: &Graph, mapping: &str, form: &Instrument) -> Result<Self, Error> {
        let inputs = graph.inputs();
        let columns = Columns::of_inputs(&Mapping::from_toml(mapping)?, &inputs, form)?;
        let told =
            |(name, expected)| Problem::new(name, format!("column `{name}` of the graph holds {expected}"));
        let wrong = Problems(graph.cannot_hold(&columns).into_iter().map(told).collect());
        if wrong.0.is_empty() { Ok(Self { inputs, columns }) } else { Err(Error::Mapping(wrong)) }
    }

    /// What the graph says of rows of codes of the indicators that it asks; `before` rows went before them.
    fn said(
        &self,
        rows: &[Vec<u8>],
        before: usize,
        predicts: Compared,
        run: &mut Run<'_>,
    ) -> Result<Vec<f64>, Error> {
        let said = run(&rows::texts(&self.inputs, &self.columns, rows))?;
        let of = |at: usize| said.get(at).filter(|number| predicts.range().contains(*number));
        match (0..rows.len()).find(|&at| of(at).is_none()) {
            None => Ok(said),
            Some(at) => Err(Error::NoPrediction {
                row: before + at + 1,
                found: said.get(at).map_or("nothing".to_owned(), f64::to_string),
                expected: predicts.expected(),
            }),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

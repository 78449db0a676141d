//! Models that are compared and never explained, beside versions: what they say of the rows of a cohort.

use amparo_datasets::{Answers, ForeignScore, ScoreLevel};
use amparo_exchange::ComparedModel;
use amparo_exchange::compared::Run;
use amparo_models::Protocol;
use amparo_models::protocol::Level;

use crate::Error;

/// What a compared model says of each row of a cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedScores {
    /// Its probabilities, cut into the levels of a protocol.
    pub score: ForeignScore,
    /// Where they come from, as a sentence without a full stop.
    pub note: String,
}

impl ComparedScores {
    /// Runs a model over all rows.
    ///
    /// # Errors
    /// [`Error::Exchange`] for a model of another form, whatever `run` refuses, and a row of which the model says no probability.
    pub fn of(
        name: &str,
        model: &ComparedModel,
        answers: &Answers,
        protocol: &Protocol,
        run: &mut Run<'_>,
    ) -> Result<Self, Error> {
        let probabilities = model.on(answers.instrument())?.probabilities(answers.rows(), run)?;
        let level = |level: &Level| ScoreLevel { id: level.id.clone(), from: level.from_probability };
        let score = ForeignScore {
            name: name.to_owned(),
            values: probabilities.into_iter().map(Some).collect(),
            levels: protocol.levels().iter().map(level).collect(),
            is_probability: true,
        };
        let record = &model.record;
        let program = record.program.as_deref().map_or(String::new(), |program| format!("{program}, "));
        let note = format!(
            "`{name}` is a graph of ONNX ({program}SHA-256 {}) that ran as it is: it is compared, and nobody can say why a case has its score. On {} rows \
             it gave what the program that made it gives, with differences of at most {:.1e} of the {}. That it was fitted on none of these cases is declared, and not proved",
            record.file_sha256,
            record.check.n_rows,
            record.check.largest_difference,
            record.check.compared.replace('_', "-")
        );
        Ok(Self { score, note })
    }
}

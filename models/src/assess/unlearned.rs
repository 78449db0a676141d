//! Answers of a form that a version has not learned from.

use amparo_datasets::Instrument;

use super::Assessment;
use crate::protocol::UnlearnedAnswers;
use crate::unlearned_answer::UnlearnedAnswer;
use crate::{Error, OutcomeModel, Protocol, Reason};

/// The unlearned answers of a form, by calculation, then in the form's order.
///
/// # Errors
/// [`Error::UnlearnedAnswers`] if there are some and the protocol refuses them.
pub(crate) fn unlearned_answers(
    protocol: &Protocol,
    instrument: &Instrument,
    parts: [Option<&OutcomeModel>; 2],
    row: &[u8],
) -> Result<Vec<UnlearnedAnswer>, Error> {
    let mut found = Vec::new();
    for part in parts.into_iter().flatten() {
        let Some(learned) = part.learned() else { continue };
        for (j, (indicator, &code)) in instrument.indicators().iter().zip(row).enumerate() {
            if learned.is_learned(j, code) || part.leaves_out(j) {
                continue;
            }
            let (indicator, answer) =
                (indicator.id.clone(), indicator.answers()[usize::from(code)].id.clone());
            let (fewer_than, compared) = learned.fewer_than(j, code);
            let reason = Reason::UnlearnedAnswer {
                indicator: indicator.clone(),
                answer: answer.clone(),
                fewer_than,
                needed: learned.needed,
                compared,
            };
            found.push(UnlearnedAnswer { outcome: part.outcome().to_owned(), indicator, answer, reason });
        }
    }
    match protocol.unlearned_answers() {
        UnlearnedAnswers::Refuse if !found.is_empty() => {
            Err(Error::UnlearnedAnswers { protocol: protocol.id().to_owned(), answers: found })
        }
        _ => Ok(found),
    }
}

impl Assessment {
    /// Whether the first calculation has learned from the answer to a question.
    pub(crate) fn has_learned(&self, indicator: &str) -> bool {
        let first = &self.recidivism.outcome;
        !self.unlearned_answers.iter().any(|answer| answer.outcome == *first && answer.indicator == indicator)
    }
}

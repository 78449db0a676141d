//! Rules that look at answers, with three outcomes: met, not met, and nobody knows.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use crate::Error;

/// An indicator answered in one of the ways listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Id of the indicator.
    pub indicator: String,
    /// Ids of the answers that meet it; `unknown` only where it is listed.
    pub answers: Vec<String>,
}

/// An answer of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenAnswer {
    /// The question.
    pub indicator: String,
    /// Its answer.
    pub answer: String,
}

/// What a form says about a list of conditions of which any is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// At least one is met, by these answers.
    Met(Vec<GivenAnswer>),
    /// None is met, but these indicators are unknown and could meet one.
    Open(Vec<String>),
    /// None is met, and no unknown answer could change that.
    NotMet,
}

impl Finding {
    /// What a row says about `conditions`.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a condition names an indicator or answer that is not on the form.
    pub fn of(conditions: &[Condition], instrument: &Instrument, row: &[u8]) -> Result<Self, Error> {
        let (mut met, mut open) = (Vec::new(), Vec::new());
        for condition in conditions {
            let j = condition.on(instrument).map_err(|problem| Error::invalid("protocol", problem))?;
            let indicator = &instrument.indicators()[j];
            let Some(answer) = indicator.answer(row[j]) else { continue };
            if condition.answers.contains(&answer.id) {
                met.push(GivenAnswer { indicator: indicator.id.clone(), answer: answer.id.clone() });
            } else if row[j] == indicator.unknown() {
                open.push(indicator.id.clone());
            }
        }
        Ok(match (met.is_empty(), open.is_empty()) {
            (false, _) => Self::Met(met),
            (true, false) => Self::Open(open),
            (true, true) => Self::NotMet,
        })
    }
}

impl Condition {
    /// The place of the indicator on the form, or what is not on it.
    pub(crate) fn on(&self, instrument: &Instrument) -> Result<usize, String> {
        let id = &self.indicator;
        let Some(j) = instrument.position(id) else {
            return Err(format!("indicator `{id}` is not on the form `{}`", instrument.id()));
        };
        let indicator = &instrument.indicators()[j];
        let strange: Vec<String> = self
            .answers
            .iter()
            .filter(|answer| indicator.code(answer).is_none())
            .map(|answer| {
                format!("answer `{answer}` to indicator `{id}` is none of {}", indicator.answer_list())
            })
            .collect();
        if strange.is_empty() { Ok(j) } else { Err(strange.join("; ")) }
    }
}

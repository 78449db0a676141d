//! A case in words, in Spanish and English, put together from the numbers with a fixed glossary.
//!
//! Read by an officer with a frightened person in the room, by a judge, by the woman herself. It proposes a level that a
//! person confirms, says the probability as a number of cases, and names the answers that weigh most compared with the
//! average case. It claims no cause and uses no jargon: [`Glossary`] refuses a phrase that does.
//!
//! No phrase stands in code: all are in `wording/glossary.toml`, so that an authority corrects a sentence there. Data hold
//! reasons as codes ([`Reason`](crate::Reason)); [`Words`] hold all that is said of them, apart from the data.
//!
//! # References
//! - Gigerenzer and Edwards, "Simple tools for understanding risks: from innumeracy to insight", BMJ 327, 2003 (natural
//!   frequencies).

mod answer;
mod difference;
mod fill;
mod glossary;
mod order;
mod pairs;
mod phrases;
mod reason;
mod sentences;
mod share;
mod words;

use amparo_datasets::{Instrument, Text};

use crate::compare::Difference;
use crate::{Assessment, Error, Protocol, Version};

pub use fill::same;
pub use glossary::Glossary;
pub use phrases::Labels;
pub use words::{AskedText, AskedWords, Words};

/// Most answers named on each side of the average case, and most unanswered questions.
pub const MOST: usize = 4;

/// Answers that weigh less than this, in log-odds, are not named: they move the odds by less than 1 %.
pub const LEAST: f64 = 0.01;

/// What a text needs to know about the version that assessed the case.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The form: labels of questions and answers.
    pub instrument: &'a Instrument,
    /// The protocol: labels of levels and marks, cut-points.
    pub protocol: &'a Protocol,
    /// Whether it learned from invented cases.
    pub synthetic: bool,
}

impl<'a> From<&'a Version> for Facts<'a> {
    fn from(version: &'a Version) -> Self {
        Self {
            instrument: version.instrument(),
            protocol: version.protocol(),
            synthetic: version.manifest().training.synthetic_statement().is_some(),
        }
    }
}

/// An assessment in words, by the built-in glossary: a few paragraphs, one a line, and each reason.
///
/// A pure function of glossary, facts and assessment. Answers are named at most [`MOST`] on each side, by size of their
/// value, the form's order among equals.
///
/// # Errors
/// [`Error::Invalid`] if the assessment names an indicator, answer, level or mark that form and protocol do not have.
pub fn words<'a>(facts: impl Into<Facts<'a>>, assessment: &Assessment) -> Result<Words, Error> {
    Glossary::built_in()?.words(facts, assessment)
}

/// The difference of two versions in words, by the built-in glossary: a few sentences, one a line, and its reason if there is
/// one.
///
/// # Errors
/// [`Error::Invalid`] if the difference names what form and protocol do not have.
pub fn difference<'a>(facts: impl Into<Facts<'a>>, difference: &Difference) -> Result<Words, Error> {
    Glossary::built_in()?.words_of_difference(facts, difference)
}

impl Facts<'_> {
    /// The label of a level.
    fn level(&self, id: &str) -> Result<&Text, Error> {
        Ok(&self.protocol.levels()[self.place_of_level(id)?].label)
    }

    /// The place of a level, from the lowest.
    fn place_of_level(&self, id: &str) -> Result<usize, Error> {
        self.protocol.position(id).ok_or_else(|| {
            let protocol = self.protocol.id();
            Error::invalid("wording", format!("level `{id}` is not in protocol `{protocol}`"))
        })
    }

    /// The question of an indicator.
    fn question(&self, id: &str) -> Result<&Text, Error> {
        let place = self.place(id)?;
        Ok(&self.instrument.indicators()[place].label)
    }

    /// An answer to an indicator.
    fn answer(&self, id: &str, answer: &str) -> Result<&Text, Error> {
        let indicator = &self.instrument.indicators()[self.place(id)?];
        let found = indicator.answers().iter().find(|a| a.id == answer).ok_or_else(|| {
            let answers = indicator.answer_list();
            Error::invalid("wording", format!("answer `{answer}` to indicator `{id}` is none of {answers}"))
        })?;
        Ok(&found.label)
    }

    fn place(&self, id: &str) -> Result<usize, Error> {
        self.instrument.position(id).ok_or_else(|| {
            let form = self.instrument.id();
            Error::invalid("wording", format!("indicator `{id}` is not on the form `{form}`"))
        })
    }
}

#[cfg(test)]
mod tests;

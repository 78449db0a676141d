//! All that is said of an assessment, or of the difference of two versions, apart from its data.

use std::collections::BTreeMap;

use amparo_datasets::Text;
use serde::{Deserialize, Serialize};

use super::{Facts, Glossary};
use crate::assess::{Part, Parts};
use crate::compare::Difference;
use crate::{Assessment, Error, Reason};

/// Words that stand beside data: a corrected glossary changes these, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Words {
    /// The proposal in words, a few paragraphs, one a line: plain, no jargon, no claim of cause.
    pub text: Text,
    /// Each reason of the proposal in words, by its place: `next_level.corrections.up.none`, `undetermined_flags.0.reason`.
    pub reasons: BTreeMap<String, Text>,
}

/// Those words in the languages that were asked for; nothing if in none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedWords {
    /// The proposal in words, a few paragraphs, one a line: plain, no jargon, no claim of cause. Left out if no language was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub text: Option<AskedText>,
    /// Each reason of the proposal in words, by its place: `next_level.corrections.up.none`, `undetermined_flags.0.reason`. Left out
    /// with `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub reasons: Option<BTreeMap<String, AskedText>>,
}

/// A text in the languages that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedText {
    /// Spanish.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub es: Option<String>,
    /// English.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub en: Option<String>,
}

impl AskedWords {
    /// In no language.
    pub const NONE: Self = Self { text: None, reasons: None };
}

impl Words {
    /// The same in the languages that were asked for.
    pub fn asked(self, parts: Parts) -> AskedWords {
        let [es, en] = [Part::TextEs, Part::TextEn].map(|language| parts.has(language));
        if !es && !en {
            return AskedWords::NONE;
        }
        let of = |text: Text| AskedText { es: es.then_some(text.es), en: en.then_some(text.en) };
        let reasons = self.reasons.into_iter().map(|(place, text)| (place, of(text))).collect();
        AskedWords { text: Some(of(self.text)), reasons: Some(reasons) }
    }
}

impl Glossary {
    /// An assessment in words, and each of its reasons.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the assessment names an indicator, answer, level or mark that form and protocol do not have.
    pub fn words<'a>(&self, facts: impl Into<Facts<'a>>, assessment: &Assessment) -> Result<Words, Error> {
        let reasons = self.by_place(assessment.reasons());
        Ok(Words { text: self.text(facts, assessment)?, reasons })
    }

    /// The difference of two versions in words, and the reason in it if there is one.
    ///
    /// `facts` are those of the version looked at.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the difference names what form and protocol do not have.
    pub fn words_of_difference<'a>(
        &self,
        facts: impl Into<Facts<'a>>,
        difference: &Difference,
    ) -> Result<Words, Error> {
        let steps =
            difference.level.steps.reason().map(|reason| ("level.steps.undefined".to_owned(), reason));
        let reasons = self.by_place(steps);
        Ok(Words { text: self.difference(facts, difference)?, reasons })
    }

    fn by_place<'r>(
        &self,
        reasons: impl IntoIterator<Item = (String, &'r Reason)>,
    ) -> BTreeMap<String, Text> {
        reasons.into_iter().map(|(place, reason)| (place, self.reason(reason))).collect()
    }
}

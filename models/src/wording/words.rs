//! All that is said of an assessment, or of the difference of two versions, apart from its data.

use std::collections::BTreeMap;

use amparo_datasets::Text;
use serde::{Deserialize, Serialize};

use super::{Facts, Glossary};
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

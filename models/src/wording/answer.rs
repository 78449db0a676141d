//! One answer in words, with the number that was given for it and how many answers weigh the same.

use amparo_datasets::Text;

use super::{Facts, Glossary};
use crate::Error;
use crate::assess::{Contribution, SameEffect, ScoreExplanation};
use crate::compare::IndicatorDifference;

/// An answer of a case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub indicator: &'a str,
    pub answer: &'a str,
    number: Option<f64>,
    same_effect: Option<SameEffect>,
}

impl<'a> From<&'a Contribution> for Given<'a> {
    fn from(of: &'a Contribution) -> Self {
        let (number, same_effect) = (of.number, of.same_effect);
        Self { indicator: &of.indicator, answer: &of.answer, number, same_effect }
    }
}

impl<'a> From<&'a IndicatorDifference> for Given<'a> {
    /// Answers that weigh the same in one version need not in the other: of them nothing is said.
    fn from(of: &'a IndicatorDifference) -> Self {
        Self { indicator: &of.indicator, answer: &of.answer, number: of.number, same_effect: None }
    }
}

impl ScoreExplanation {
    /// The answer to an indicator.
    pub(super) fn given(&self, indicator: &str) -> Result<Given<'_>, Error> {
        let found = self.values.iter().find(|value| value.indicator == indicator);
        let found = found
            .ok_or_else(|| Error::invalid("wording", format!("indicator `{indicator}` has no value")))?;
        Ok(found.into())
    }
}

impl Glossary {
    /// Question and answer.
    pub(super) fn answer(&self, facts: &Facts<'_>, given: Given<'_>) -> Result<Text, Error> {
        let says = &self.phrases;
        let question = facts.question(given.indicator)?;
        let answer = facts.answer(given.indicator, given.answer)?;
        let answer = match given.same_effect {
            Some(SameEffect { answers, of }) if answers > 1 => {
                says.weighs_the_same(answer, &self.number(answers as u64), &self.number(of as u64))
            }
            _ => answer.clone(),
        };
        Ok(match given.number {
            Some(number) => says.answer_of_number(question, &self.decimal(number), &answer),
            None => says.answer(question, &answer),
        })
    }

    /// A number as it was given.
    fn decimal(&self, number: f64) -> Text {
        let text = number.to_string();
        let with = |mark: &str| text.replace('.', mark);
        Text { es: with(&self.decimal.es), en: with(&self.decimal.en) }
    }
}

//! What pairs of answers weigh together, in words.

use amparo_datasets::Text;

use super::fill::joined;
use super::{Facts, Glossary, LEAST, MOST};
use crate::assess::{Pair, ScoreExplanation};
use crate::{Assessment, Error};

impl Glossary {
    /// The pairs that weigh most each way beyond their two answers; no sentence if none were asked for.
    pub(super) fn pairs(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Vec<Text>, Error> {
        let says = &self.phrases;
        let explanation = &assessment.explanation;
        let Some(pairs) = &explanation.interactions else { return Ok(Vec::new()) };
        let higher = self.heaviest_pairs(facts, explanation, pairs, 1.0)?;
        let lower = self.heaviest_pairs(facts, explanation, pairs, -1.0)?;
        let sentences: Vec<Text> =
            [higher.map(|pairs| says.pairs_higher(&pairs)), lower.map(|pairs| says.pairs_lower(&pairs))]
                .into_iter()
                .flatten()
                .collect();
        Ok(if sentences.is_empty() { vec![says.no_pairs()] } else { sentences })
    }

    /// The pairs of at least [`LEAST`] on one side, at most [`MOST`], heaviest first; none if there is none.
    fn heaviest_pairs(
        &self,
        facts: &Facts<'_>,
        explanation: &ScoreExplanation,
        pairs: &[Pair],
        sign: f64,
    ) -> Result<Option<Text>, Error> {
        let mut weighed: Vec<_> = pairs.iter().filter(|pair| sign * pair.value >= LEAST).collect();
        // Stable: equals stay in the form's order.
        weighed.sort_by(|a, b| (sign * b.value).total_cmp(&(sign * a.value)));
        weighed.truncate(MOST);
        let answer = |indicator: &str| self.answer(facts, explanation.given(indicator)?);
        let said = |pair: &&Pair| Ok(self.phrases.pair(&answer(&pair.a)?, &answer(&pair.b)?));
        let said = weighed.iter().map(said).collect::<Result<Vec<_>, Error>>()?;
        Ok(if said.is_empty() { None } else { Some(joined(said, "; ")) })
    }
}

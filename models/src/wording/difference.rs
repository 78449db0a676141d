//! The sentences about the difference of two versions.

use amparo_datasets::Text;

use super::fill::{joined, same};
use super::{Facts, Glossary, LEAST};
use crate::Error;
use crate::compare::{Difference, LevelParts};
use crate::explain::OrReason;

/// A share of a difference below this is none.
const NOTHING: f64 = 1e-9;

impl Glossary {
    /// The paragraphs about a difference; see [`super::difference`].
    pub(super) fn difference<'a>(
        &self,
        facts: impl Into<Facts<'a>>,
        difference: &Difference,
    ) -> Result<Text, Error> {
        let facts = facts.into();
        let mut paragraphs = Vec::new();
        if facts.synthetic {
            paragraphs.push(vec![self.phrases.synthetic()]);
        }
        paragraphs.push(self.two_levels(difference));
        paragraphs.push(self.two_numbers(difference));
        paragraphs.push(self.two_weights(&facts, difference)?);
        let written = paragraphs.into_iter().filter(|sentences| !sentences.is_empty());
        Ok(joined(written.map(|sentences| joined(sentences, " ")), "\n"))
    }

    fn two_levels(&self, difference: &Difference) -> Vec<Text> {
        let says = &self.phrases;
        let [version, other] = [&difference.model, &difference.against].map(|s| same(&s.version));
        let level = &difference.model.level_label;
        let mut sentences = if difference.level.same {
            vec![says.same_level(&version, &other, level)]
        } else {
            vec![says.other_level(&version, level, &other, &difference.against.level_label)]
        };
        if let OrReason::Value(parts) = &difference.level.steps {
            let items = self.things(parts);
            if !items.is_empty() {
                let items = joined(items, "; ");
                let differs = parts.steps != 0;
                sentences.push(if differs { says.what_differs(&items) } else { says.cancels(&items) });
            }
        }
        sentences
    }

    /// What makes the levels differ, the most first; where they are the same, what pulls them apart and evens out.
    fn things(&self, parts: &LevelParts) -> Vec<Text> {
        let says = &self.phrases;
        let sign = parts.steps.signum() as f64;
        let mut things = vec![
            (parts.score, says.of_weights()),
            (parts.calibrator, says.of_number()),
            (parts.cut_points, says.of_limits()),
            (parts.rules, says.of_rules()),
        ];
        things.retain(|(share, _)| {
            let towards = if parts.steps == 0 { share.abs() } else { sign * share };
            towards > NOTHING
        });
        things.sort_by(|(a, _), (b, _)| b.abs().total_cmp(&a.abs()));
        things.into_iter().map(|(_, thing)| thing).collect()
    }

    fn two_numbers(&self, difference: &Difference) -> Vec<Text> {
        let says = &self.phrases;
        let [(version, share), (other, other_share)] = [&difference.model, &difference.against]
            .map(|standing| (same(&standing.version), self.share(standing.probability)));
        let mut sentences = vec![says.two_numbers(&version, &share, &other, &other_share)];
        let [score, calibrator] =
            [difference.probability.score, difference.probability.calibrator].map(|part| part.value.abs());
        sentences.push(if score.max(calibrator) <= NOTHING {
            says.no_difference()
        } else if score >= calibrator {
            says.mostly(&says.of_weights())
        } else {
            says.mostly(&says.of_number())
        });
        sentences
    }

    fn two_weights(&self, facts: &Facts<'_>, difference: &Difference) -> Result<Vec<Text>, Error> {
        let says = &self.phrases;
        let version = same(&difference.model.version);
        let parts = &difference.log_odds;
        let answers =
            |sign: f64| self.heaviest(facts, parts.values.iter().map(|v| (sign * v.difference, v.into())));
        let mut sentences = Vec::new();
        sentences.extend(answers(1.0)?.map(|list| says.weighs_more(&version, &list)));
        sentences.extend(answers(-1.0)?.map(|list| says.weighs_less(&version, &list)));
        if parts.base >= LEAST {
            sentences.push(says.average_higher(&version));
        } else if parts.base <= -LEAST {
            sentences.push(says.average_lower(&version));
        }
        Ok(sentences)
    }
}

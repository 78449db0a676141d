//! The sentences about one case.

use amparo_datasets::Text;

use super::answer::Given;
use super::fill::joined;
use super::share::Of;
use super::{Facts, Glossary, LEAST, MOST};
use crate::assess::{BASELINE, IfAnswered, Interval, LETHALITY, Reading, Undetermined, UnlearnedAnswer};
use crate::calibrator::IntervalKind;
use crate::completion::Certificate;
use crate::explain::OrReason;
use crate::learned::Compared;
use crate::protocol::SPECIAL_RELEVANCE;
use crate::{Assessment, Error, Reason};

impl Glossary {
    /// The paragraphs about an assessment; see [`super::words`].
    pub(super) fn text<'a>(
        &self,
        facts: impl Into<Facts<'a>>,
        assessment: &Assessment,
    ) -> Result<Text, Error> {
        let facts = facts.into();
        let mut paragraphs = Vec::new();
        if facts.synthetic {
            paragraphs.push(vec![self.phrases.synthetic()]);
        }
        paragraphs.push(self.level(&facts, assessment)?);
        paragraphs.push(self.number_of_cases(&facts, assessment));
        paragraphs.push(self.weights(&facts, assessment)?);
        paragraphs.push(self.pairs(&facts, assessment)?);
        paragraphs.push(self.unknown(&facts, assessment)?);
        let written = paragraphs.into_iter().filter(|sentences| !sentences.is_empty());
        Ok(joined(written.map(|sentences| joined(sentences, " ")), "\n"))
    }

    /// The proposed level, what raised it, when to look again, marks.
    fn level(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Vec<Text>, Error> {
        let says = &self.phrases;
        let mut sentences = vec![says.level(facts.level(&assessment.level)?)];
        if !assessment.raised_by.is_empty() {
            sentences.push(says.computed(facts.level(&assessment.computed_level)?));
        }
        for raise in &assessment.raised_by {
            let [from, to] = [facts.level(&raise.from)?, facts.level(&raise.to)?];
            sentences.push(match raise.rule.as_str() {
                BASELINE => says.raise_to_baseline(from, to, &raise.reason),
                _ => says.raise(from, to, &raise.reason),
            });
        }
        if let Some(hours) = assessment.reassess_within_hours {
            let time = match hours {
                hours if hours >= 48 && hours.is_multiple_of(24) => {
                    says.days(&self.number(u64::from(hours / 24)))
                }
                hours => says.hours(&self.number(u64::from(hours))),
            };
            sentences.push(says.reassess(&time));
        }
        if !assessment.flags.is_empty() {
            let marks =
                assessment.flags.iter().map(|flag| self.mark(facts, flag)).collect::<Result<Vec<_>, _>>()?;
            sentences.push(says.marks(&joined(marks, "; ")));
        }
        Ok(sentences)
    }

    /// The probabilities of both models as numbers of cases.
    fn number_of_cases(&self, facts: &Facts<'_>, assessment: &Assessment) -> Vec<Text> {
        let says = &self.phrases;
        let [share, outcome, horizon, low, high] = self.reading(&assessment.recidivism);
        let mut sentences = match assessment.recidivism.interval_kind {
            IntervalKind::Confidence95 => {
                vec![says.frequency(&share, &outcome, &horizon, &low, &high), says.many_cases()]
            }
            IntervalKind::VennAbers => {
                vec![says.frequency_two(&share, &outcome, &horizon, &low, &high), says.many_cases_two()]
            }
        };
        if let OrReason::Value(at) = &assessment.recidivism.percentile {
            sentences.push(says.placed(&self.share(at.percentile)));
        }
        match (&assessment.lethality, facts.protocol.lethality()) {
            (Some(reading), _) => {
                let [share, outcome, horizon, low, high] = self.reading(reading);
                sentences.push(match reading.interval_kind {
                    IntervalKind::Confidence95 => says.lethality(&share, &outcome, &horizon, &low, &high),
                    IntervalKind::VennAbers => says.lethality_two(&share, &outcome, &horizon, &low, &high),
                });
            }
            (None, Some(rules)) => sentences.push(says.no_lethality(&self.outcome(&rules.outcome))),
            (None, None) => {}
        }
        sentences
    }

    fn reading(&self, reading: &Reading) -> [Text; 5] {
        let horizon = match reading.horizon_days {
            Some(days) => self.phrases.within(&self.number(u64::from(days))),
            None => self.phrases.within_follow_up(),
        };
        let [low, high] = self.ends(&reading.interval, reading.probability);
        [self.share(reading.probability), self.outcome(&reading.outcome), horizon, low, high]
    }

    /// Both ends of a range, said of as many cases as `probability` is.
    fn ends(&self, range: &Interval, probability: f64) -> [Text; 2] {
        [range.low, range.high].map(|end| self.end(end, Of::fit(probability)))
    }

    /// The answers that weigh most on each side of the average case.
    fn weights(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Vec<Text>, Error> {
        let says = &self.phrases;
        // Nothing was learned of what an unlearned answer goes with: it is named on its own.
        let values = assessment.explanation.values.iter().filter(|v| assessment.has_learned(&v.indicator));
        let answers = |sign: f64| self.heaviest(facts, values.clone().map(|v| (sign * v.value, v.into())));
        let higher = answers(1.0)?.map_or_else(|| says.none_higher(), |list| says.higher(&list));
        let lower = answers(-1.0)?.map_or_else(|| says.none_lower(), |list| says.lower(&list));
        let order = self.order(facts, assessment)?;
        let unlearned = self.unlearned(facts, assessment)?;
        let left_out = self.left_out(facts, assessment)?;
        let more = order.into_iter().chain(unlearned).chain(left_out);
        Ok([higher, lower].into_iter().chain(more).chain([says.resemblance()]).collect())
    }

    /// The questions that the version was fitted without.
    fn left_out(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Option<Text>, Error> {
        let said = |indicator: &String| Ok(self.phrases.question(facts.question(indicator)?));
        let questions = assessment.left_out.iter().map(said).collect::<Result<Vec<_>, Error>>()?;
        Ok((!questions.is_empty()).then(|| self.phrases.left_out(&joined(questions, "; "))))
    }

    /// The answers that the version has not learned from, of each calculation.
    fn unlearned(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Vec<Text>, Error> {
        let (first, second): (Vec<_>, Vec<_>) = assessment
            .unlearned_answers
            .iter()
            .partition(|unlearned| unlearned.outcome == assessment.recidivism.outcome);
        let mut sentences = Vec::new();
        for (list, is_second) in [(first, false), (second, true)] {
            let Some(Reason::UnlearnedAnswer { needed, .. }) =
                list.first().map(|unlearned| &unlearned.reason)
            else {
                continue;
            };
            let said = |u: &&UnlearnedAnswer| self.answer(facts, assessment.explanation.given(&u.indicator)?);
            let answers = joined(list.iter().map(said).collect::<Result<Vec<_>, Error>>()?, "; ");
            let n = self.number(*needed);
            // Effective rows are at most the rows, so what is said of them holds for the answers with too few rows as well.
            let is_weighted = list.iter().any(|unlearned| {
                matches!(unlearned.reason, Reason::UnlearnedAnswer { compared: Compared::EffectiveRows, .. })
            });
            let says = &self.phrases;
            sentences.push(match (is_second, is_weighted) {
                (false, false) => says.unlearned(&answers, &n),
                (false, true) => says.unlearned_weighted(&answers, &n),
                (true, false) => says.unlearned_second(&answers, &n),
                (true, true) => says.unlearned_weighted_second(&answers, &n),
            });
        }
        Ok(sentences)
    }

    /// The answers with the largest weights of at least [`LEAST`], at most [`MOST`], heaviest first; none if there is none.
    pub(super) fn heaviest<'v>(
        &self,
        facts: &Facts<'_>,
        weighed: impl Iterator<Item = (f64, Given<'v>)>,
    ) -> Result<Option<Text>, Error> {
        let mut weighed: Vec<_> = weighed.filter(|(weight, _)| *weight >= LEAST).collect();
        // Stable: equals stay in the form's order.
        weighed.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        weighed.truncate(MOST);
        let said = weighed.iter().map(|(_, given)| self.answer(facts, *given));
        let answers = said.collect::<Result<Vec<_>, Error>>()?;
        Ok(if answers.is_empty() { None } else { Some(joined(answers, "; ")) })
    }

    /// What the unanswered questions leave open.
    fn unknown(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Vec<Text>, Error> {
        let says = &self.phrases;
        let n = assessment.unknown.len();
        if n == 0 {
            return Ok(Vec::new());
        }
        let first = if let [only] = assessment.unknown.as_slice() {
            says.unknown_one(&says.question(facts.question(only)?))
        } else {
            says.unknown_many(&self.number(n as u64))
        };
        let mut sentences = vec![first, self.open(facts, &assessment.recidivism)];
        match &assessment.if_answered {
            None => sentences.push(says.changes_not_asked()),
            Some(questions) if n > 1 => {
                let items = self.in_order(facts, assessment, questions)?;
                if !items.is_empty() {
                    sentences.push(says.ask_in_order(&joined(items, "; ")));
                }
            }
            Some(_) => {}
        }
        let items = self.undetermined(facts, assessment)?;
        if !items.is_empty() {
            sentences.push(says.not_known(&joined(items, "; ")));
        }
        Ok(sentences)
    }

    /// How far the number, and the level it stands for, could go.
    fn open(&self, facts: &Facts<'_>, reading: &Reading) -> Text {
        let says = &self.phrases;
        let range = reading.if_unknowns.ends();
        let [low, high] = self.ends(&range, reading.probability);
        if reading.if_unknowns.certificate == Certificate::Bounds {
            return says.open_bounds(&low, &high);
        }
        let levels = [range.low, range.high].map(|p| &facts.protocol.levels()[facts.protocol.level_of(p)]);
        if levels[0].id != levels[1].id {
            says.open_level(&low, &high, &levels[0].label, &levels[1].label)
        } else if low == high {
            says.open_nothing()
        } else {
            says.open_number(&low, &high, &levels[0].label)
        }
    }

    /// The questions whose answer could change the result noticeably, at most [`MOST`]: by levels, then by probability.
    fn in_order(
        &self,
        facts: &Facts<'_>,
        assessment: &Assessment,
        questions: &[IfAnswered],
    ) -> Result<Vec<Text>, Error> {
        let says = &self.phrases;
        let now = &assessment.recidivism.probability;
        let place = |level: &str| facts.place_of_level(level);
        let proposed = place(&assessment.level)?;
        let mut open = Vec::new();
        for question in questions {
            let [lowest, highest] = [place(&question.lowest_level)?, place(&question.highest_level)?];
            let steps = proposed.abs_diff(lowest).max(proposed.abs_diff(highest));
            let range = question.probability;
            open.push((steps, (now - range.low).max(range.high - now), question));
        }
        // Stable: equals stay in the form's order, as in `ask_first`.
        open.sort_by(|(a, x, _), (b, y, _)| b.cmp(a).then(y.total_cmp(x)));
        let mut items = Vec::new();
        for (_, _, question) in open {
            let [low, high] = self.ends(&question.probability, *now);
            let label = says.question(facts.question(&question.indicator)?);
            let [lowest, highest] =
                [facts.level(&question.lowest_level)?, facts.level(&question.highest_level)?];
            if question.lowest_level != question.highest_level {
                items.push(says.open_each(&label, &low, &high, lowest, highest));
            } else if low != high {
                items.push(says.open_each_level(&label, &low, &high, lowest));
            }
        }
        items.truncate(MOST);
        Ok(items)
    }

    /// Marks and rules that an answer still missing could bring.
    fn undetermined(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Vec<Text>, Error> {
        // Without a question to ask, nothing that is still to be learned would settle it.
        let open = |u: &&Undetermined| !u.indicators.is_empty();
        let raises = assessment.undetermined_raises.iter().filter(open).map(|u| self.rule(facts, &u.id));
        let flags = assessment.undetermined_flags.iter().filter(open).map(|u| self.mark(facts, &u.id));
        raises.chain(flags).collect()
    }

    fn rule(&self, facts: &Facts<'_>, name: &str) -> Result<Text, Error> {
        let id = match name {
            BASELINE => return Ok(self.phrases.baseline_rule()),
            LETHALITY => return Ok(self.phrases.lethality_rule()),
            floor => floor.strip_prefix("floor:").unwrap_or(floor),
        };
        let floor = facts.protocol.floors().iter().find(|floor| floor.id == id).ok_or_else(|| {
            let protocol = facts.protocol.id();
            Error::invalid("wording", format!("floor `{id}` is not in protocol `{protocol}`"))
        })?;
        Ok(self.phrases.floor_rule(&floor.reason))
    }

    fn mark(&self, facts: &Facts<'_>, id: &str) -> Result<Text, Error> {
        if id == SPECIAL_RELEVANCE {
            return Ok(self.phrases.special_relevance());
        }
        let flag = facts.protocol.flags().iter().find(|flag| flag.id == id).ok_or_else(|| {
            let protocol = facts.protocol.id();
            Error::invalid("wording", format!("mark `{id}` is not in protocol `{protocol}`"))
        })?;
        Ok(flag.label.clone())
    }
}

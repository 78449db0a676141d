//! A scorer with all that turns its score into an answer for one outcome.

use std::borrow::Cow;
use std::collections::BTreeSet;

use amparo_datasets::{Answers, Instrument};

use crate::calibrator::Calibrated;
use crate::completion::{self, Range};
use crate::explain::{
    Background, Context, Interactions, OrReason, Parts, Percentile, Population, Stability, Subsamples,
};
use crate::learned::Learned;
use crate::monotone::Proof;
use crate::never_below::{BaselineAlone, BaselineModel};
use crate::pooling::Pooling;
use crate::{Calibrator, Error, Explain, Explainer, Explanation, Model, NeverBelowBaseline, Scorer};

/// Rows that are pooled and explained together.
const BLOCK: usize = 1024;

/// One outcome's scorer, calibrator and explanation, checked to fit each other and the instrument.
///
/// Rows given to it hold codes of the form; where an indicator is wide, scorer and sums are those of the pooled form
/// ([`Pooling`]), and every method here pools the row itself.
#[derive(Debug, Clone)]
pub struct OutcomeModel {
    outcome: String,
    pooling: Pooling,
    scorer: Scorer,
    calibrator: Calibrator,
    background: Background,
    explainer: Explainer,
    context: Context,
    proof: Proof,
    learned: Option<Learned>,
    /// Places of the indicators that it was fitted without.
    left_out: BTreeSet<usize>,
    /// The baseline of a hybrid, where the level must not be below the one that it alone gives.
    baseline_alone: Option<BaselineAlone>,
}

impl OutcomeModel {
    /// Puts a part together, of a form without wide indicators: checks every table against the instrument, proves monotonicity,
    /// compiles the explanation.
    ///
    /// `exempt` names indicators whose direction is declared not to hold.
    ///
    /// # Errors
    /// The first check that fails; see [`Scorer::check`], [`Calibrator::check`], [`Proof::new`], [`Explainer::new`].
    pub fn new(
        outcome: String,
        scorer: Scorer,
        calibrator: Calibrator,
        background: Background,
        instrument: &Instrument,
        exempt: &BTreeSet<String>,
    ) -> Result<Self, Error> {
        let pooling = Pooling::default();
        Self::pooled(outcome, pooling, (scorer, calibrator, background), instrument, exempt)
    }

    /// The same of any form: scorer and background are those of the form as pooled by `pooling`, `instrument` is the form itself.
    ///
    /// # Errors
    /// As [`Self::new`]; see also [`Pooling::check`].
    pub fn pooled(
        outcome: String,
        pooling: Pooling,
        (scorer, calibrator, background): (Scorer, Calibrator, Background),
        instrument: &Instrument,
        exempt: &BTreeSet<String>,
    ) -> Result<Self, Error> {
        pooling.check(instrument)?;
        let form = pooling.form(instrument);
        scorer.check(&form)?;
        calibrator.check()?;
        let proof = Proof::new(&scorer, &form, exempt)?;
        background.check_form(&form)?;
        let explainer = Explainer::new(&scorer, &background)?;
        let (context, learned, left_out, baseline_alone) = (Context::none(), None, BTreeSet::new(), None);
        Ok(Self {
            outcome,
            pooling,
            scorer,
            calibrator,
            background,
            explainer,
            context,
            proof,
            learned,
            left_out,
            baseline_alone,
        })
    }

    /// The same, no longer said to keep the declared direction of these indicators.
    #[must_use]
    pub fn exempting(mut self, ids: &BTreeSet<String>, instrument: &Instrument) -> Self {
        self.proof = self.proof.without(ids, instrument);
        self.baseline_alone = self.baseline_alone.map(|alone| alone.exempting(ids, instrument));
        self
    }

    /// The same with what is kept of its population; without it, neither stability nor percentiles can be told.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not the population of the background.
    pub fn with_population(self, population: Population) -> Result<Self, Error> {
        let context = Context::new(&self.scorer, &self.background, population)?;
        Ok(Self { context, ..self })
    }

    /// The same with how many fit rows stand behind each answer; without it, no answer is known to be unlearned, and no version
    /// can be published.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the counts are not of this form and population, or an unlearned answer leaves the range of the
    /// answers that it has to count as; see [`crate::learned`].
    pub fn with_learned(self, learned: Learned, instrument: &Instrument) -> Result<Self, Error> {
        learned.check(&self.scorer, (instrument, &self.pooling), &self.background, &self.proof)?;
        Ok(Self { learned: Some(learned), ..self })
    }

    /// The same, said to have been fitted without some indicators.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an id that is not on the form, and for an indicator of which an answer adds something.
    pub fn leaving_out<'i>(
        mut self,
        ids: impl IntoIterator<Item = &'i String>,
        instrument: &Instrument,
    ) -> Result<Self, Error> {
        for id in ids {
            let problem = match instrument.position(id) {
                Some(j) if self.scorer.ignores(j) => {
                    self.left_out.insert(j);
                    continue;
                }
                Some(_) => format!(
                    "indicator `{id}` is said to be left out, but the model of `{}` counts its answers",
                    self.outcome
                ),
                None => format!(
                    "indicator `{id}` is said to be left out, and is not on form `{}`",
                    instrument.id()
                ),
            };
            return Err(Error::invalid("left_out", problem));
        }
        Ok(self)
    }

    /// The same under the clause that the level is never below the one that the baseline alone gives; `exempt` as in [`Self::new`].
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not a hybrid, or the reason is empty; [`Calibrator::check`].
    pub fn never_below(
        self,
        clause: NeverBelowBaseline,
        instrument: &Instrument,
        exempt: &BTreeSet<String>,
    ) -> Result<Self, Error> {
        let form = self.pooling.form(instrument);
        let alone = BaselineAlone::new(clause, &self.scorer, &form, exempt)?;
        Ok(Self { baseline_alone: Some(alone), ..self })
    }

    /// The same model with another calibrator, and another one of its baseline where it is under the clause of [`Self::never_below`].
    ///
    /// # Errors
    /// [`Error::Invalid`] if a calibrator of the baseline is given without the clause, or missing with it; see [`Calibrator::check`].
    pub fn recalibrated(
        mut self,
        calibrator: Calibrator,
        of_baseline: Option<Calibrator>,
    ) -> Result<Self, Error> {
        calibrator.check()?;
        match (&mut self.baseline_alone, of_baseline) {
            (Some(alone), Some(calibrator)) => {
                calibrator.check()?;
                alone.clause.calibrator = calibrator;
            }
            (None, None) => {}
            (alone, _) => {
                let [found, expected] = if alone.is_some() { ["no", "one"] } else { ["a", "none"] };
                let problem =
                    format!("{found} calibrator of the baseline alone is given, expected {expected}");
                return Err(Error::invalid("recalibration", problem));
            }
        }
        Ok(Self { calibrator, ..self })
    }

    /// The clause that the level is never below the one that the baseline alone gives, if the model is under it.
    pub fn never_below_baseline(&self) -> Option<&NeverBelowBaseline> {
        self.baseline_alone.as_ref().map(|alone| &alone.clause)
    }

    /// The baseline as a model of its own, where the model is under the clause.
    pub fn baseline_alone(&self) -> Option<BaselineModel<'_>> {
        self.baseline_alone.as_ref().map(|alone| BaselineModel::new(alone, &self.pooling))
    }

    /// Whether it was fitted without an indicator.
    pub fn leaves_out(&self, indicator: usize) -> bool {
        self.left_out.contains(&indicator)
    }

    /// The indicators that it was fitted on of which it has not learned every answer, each with the ids of these answers: `unknown`
    /// or `a, b`; of many the first, with how many there are. Where there were rows enough, but not by their weights, both numbers
    /// are told: `a [n = 50, n_eff = 6]`. Empty without [`Learned`].
    pub fn unlearned_ids<'i>(&self, instrument: &'i Instrument) -> Vec<(&'i str, String)> {
        self.learned
            .as_ref()
            .map(|learned| learned.unlearned_ids(instrument, |j| !self.leaves_out(j)))
            .unwrap_or_default()
    }

    /// Ids of the indicators that it was fitted without, in the form's order.
    pub fn left_out<'i>(&self, instrument: &'i Instrument) -> impl Iterator<Item = &'i str> {
        self.left_out.iter().map(|&j| instrument.indicators()[j].id.as_str())
    }

    /// How many fit rows stand behind each answer, if that is known.
    pub fn learned(&self) -> Option<&Learned> {
        self.learned.as_ref()
    }

    /// What is kept of the explanations of a population, the rows that the background sums up; see [`Self::with_population`].
    ///
    /// # Errors
    /// [`Error::Additivity`].
    pub fn population_of(
        &self,
        answers: &Answers,
        weights: &[f64],
        subsamples: OrReason<Subsamples>,
    ) -> Result<Population, Error> {
        let rows = answers.rows().zip(self.explain_batch(answers));
        let explained = rows.map(|(row, parts)| Ok((self.score(row), parts?.total.values)));
        Population::of(explained, weights, answers.n_indicators(), subsamples)
    }

    /// Name of the outcome that the probability is of.
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// Which answers to wide indicators have one effect.
    pub fn pooling(&self) -> &Pooling {
        &self.pooling
    }

    /// The model, of rows as [`Pooling::row`] gives them.
    pub fn scorer(&self) -> &Scorer {
        &self.scorer
    }

    /// The map from score to probability.
    pub fn calibrator(&self) -> &Calibrator {
        &self.calibrator
    }

    /// The sums behind the explanation, by the codes of the pooled form.
    pub fn background(&self) -> &Background {
        &self.background
    }

    /// What is kept of the population besides.
    pub fn population(&self) -> &Population {
        self.context.population()
    }

    /// Fewest rows behind any number that is kept of the population and not 0.
    pub fn smallest_cell(&self) -> u64 {
        let of_sums = self.background.smallest_cell;
        let others =
            [self.population().smallest_cell(), self.learned.as_ref().and_then(Learned::smallest_cell)];
        others.into_iter().flatten().fold(of_sums, u64::min)
    }

    /// The indicators proved monotone.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The score of a row, in log-odds.
    pub fn score(&self, row: &[u8]) -> f64 {
        self.scorer.score(&self.pooling.row(row))
    }

    /// The indicators, by place, whose known answers the score does not tell apart: they have no effect.
    pub fn without_effect(&self, instrument: &Instrument) -> Vec<usize> {
        self.scorer.without_effect(&self.pooling.form(instrument))
    }

    /// The probability of a score, with its interval.
    pub fn calibrate(&self, score: f64) -> Calibrated {
        self.calibrator.calibrate(score)
    }

    /// The explanation of a row, refused unless it adds up to the score.
    ///
    /// # Errors
    /// [`Error::Additivity`].
    pub fn explain(&self, row: &[u8]) -> Result<Parts, Error> {
        self.explainer.checked_parts(&self.scorer, &self.pooling.row(row))
    }

    /// The explanations of all rows in order, a block at a time: to the bit those of [`Self::explain`], and faster.
    ///
    /// # Errors
    /// Of each row: [`Error::Additivity`]. Of all that is left, once: what [`Pooling::answers`] refuses.
    pub fn explain_batch<'a>(
        &'a self,
        answers: &'a Answers,
    ) -> Box<dyn Iterator<Item = Result<Parts, Error>> + 'a> {
        if self.pooling.wide().is_empty() {
            return Box::new(self.explained(answers));
        }
        let blocks = (0..answers.n_rows()).step_by(BLOCK);
        Box::new(blocks.flat_map(move |from| {
            let rows: Vec<usize> = (from..answers.n_rows().min(from + BLOCK)).collect();
            match self.pooling.answers(&answers.select(&rows)).map(Cow::into_owned) {
                Ok(pooled) => self.explained(&pooled).collect(),
                Err(error) => vec![Err(error.into())],
            }
        }))
    }

    /// The explanations of rows of the pooled form.
    fn explained<'a>(&'a self, pooled: &'a Answers) -> impl Iterator<Item = Result<Parts, Error>> + 'a {
        let parts = self.explainer.batch(pooled);
        pooled.rows().zip(parts).map(|(row, Parts { total, baseline, candidate })| {
            Ok(Parts { total: total.checked(self.scorer.score(row))?, baseline, candidate })
        })
    }

    /// How far base and values could move with another population of the same kind, or why that is not known.
    ///
    /// `explanation` is that of `row`.
    pub fn stability(&self, row: &[u8], explanation: &Explanation) -> OrReason<Stability> {
        self.context.stability(&self.pooling.row(row), explanation)
    }

    /// Where a score stands among those of the population, or why that is not known.
    pub fn percentile(&self, score: f64) -> OrReason<Percentile> {
        self.context.log_odds(score)
    }

    /// Where each value stands among those of its indicator in the population, or why that is not known.
    pub fn percentiles(&self, explanation: &Explanation) -> OrReason<Vec<Percentile>> {
        self.context.values(explanation)
    }

    /// What pairs of indicators add together, refused unless each row of the matrix adds up to its indicator's value
    /// and the whole to the score.
    ///
    /// Summed up when asked, not looked up; see [`Interactions`].
    ///
    /// # Errors
    /// [`Error::Additivity`].
    pub fn interactions(&self, row: &[u8]) -> Result<Interactions, Error> {
        let row = &*self.pooling.row(row);
        let interactions = Interactions::of(&self.scorer, &self.background, row)?;
        interactions.checked(self.scorer.score(row), &self.explainer.explain(row))
    }

    /// Lowest and highest score over all ways of answering the unknown questions; see [`completion::range`].
    pub fn range(&self, instrument: &Instrument, row: &[u8]) -> Range {
        completion::range(&self.scorer, &self.pooling.form(instrument), &self.proof, &self.pooling.row(row))
    }
}

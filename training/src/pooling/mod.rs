//! How the answers to an indicator with many of them are dealt into pools of one effect, before any family is fitted.
//!
//! 250 municipalities must not get 250 free weights: most would be chance. Instead, for each wide indicator:
//!
//! 1. The effects of its answers, beside all other indicators, are estimated as draws from one normal distribution, so that each
//!    is drawn towards the average effect by as much as its rows leave open; see [`effects`]. The other indicators enter by the
//!    score of a logistic regression on them (`l2 = 1`, directions as the config enforces them), and other wide ones by their
//!    effects, in turn, until none moves by more than 0.001.
//! 2. Answers of similar effects are put in one pool; see [`partition`].
//! 3. Every family is then fitted on pools as on the answers of any indicator. Whoever knew the pool of a row from its own outcome
//!    would take chance for effect once more: so for the fit each row has the pool of the effect that its answer has without
//!    the cases of its own fold, of five. A model that is done has the pools of all rows.
//!
//! Answers that fewer effective rows have than `least_rows` are in no pool and count as the average.
//!
//! # References
//! - Pargent, Pfisterer, Thomas and Bischl, "Regularized target encoding outperforms traditional methods in supervised machine
//!   learning with high cardinality features", Computational Statistics 37, 2022 (effects of a mixed model, cross-fitted).
//! - Gelman and Hill, "Data analysis using regression and multilevel/hierarchical models", 2007, chapter 12 (partial pooling).

mod effects;
mod partition;

use std::borrow::Cow;

use amparo_datasets::{Answers, splitmix};
use amparo_models::Model;
use amparo_models::learned::{Counts, EffectiveRows};
use amparo_models::pooling::{Pooling, Pools};

use crate::families::logistic::{LogisticFit, LogisticParams};
use crate::learned_rule::LearnedRule;
use crate::{Error, Fit, TrainingSet};
use effects::{Effects, Observation};
use partition::Partition;

/// Parts that the cases are dealt into, so that the pool of a row in the fit does not rest on its own outcome.
const FOLDS: usize = 5;
/// Most rounds over the wide indicators, and the largest change of an effect at which they rest.
const ROUNDS: usize = 20;
const REST: f64 = 1e-3;
/// Ridge penalty of the regression on the other indicators.
const L2: f64 = 1.0;

/// A training set as the families see it.
pub(crate) struct Pooled<'a> {
    /// The pools of all rows.
    pub(crate) pooling: Pooling,
    /// The rows on the pooled form, each in the pool that the others of its answer give it.
    pub(crate) set: Cow<'a, TrainingSet>,
}

/// Pools the answers to the wide indicators of a training set; a set without any is given as it is.
///
/// # Errors
/// [`Error::NotConverged`].
pub(crate) fn pooled<'a>(
    set: &'a TrainingSet,
    rule: LearnedRule<'_>,
    seed: u64,
) -> Result<Pooled<'a>, Error> {
    let indicators = set.answers().instrument().indicators();
    let places: Vec<usize> = (0..indicators.len()).filter(|&j| indicators[j].is_wide()).collect();
    if places.is_empty() {
        return Ok(Pooled { pooling: Pooling::default(), set: Cow::Borrowed(set) });
    }
    let counts = Counts::of(set.answers(), set.events(), set.weights());
    let mut wide: Vec<Wide> = places
        .into_iter()
        .map(|j| Wide {
            indicator: j,
            is_learned: (0..counts.rows[j].len())
                .map(|code| counts.effective_rows(j, code) >= rule.least_rows)
                .collect(),
            n_known: indicators[j].n_known(),
            effects: Effects::none(indicators[j].n_known()),
        })
        .collect();
    let of_others = of_narrow(set, rule, &wide)?;
    estimate(set, &of_others, &mut wide)?;
    let folds = folds(set, seed);
    let mut codes = Vec::with_capacity(wide.len());
    let mut pools = Vec::with_capacity(wide.len());
    for (at, one) in wide.iter().enumerate() {
        let rows = one.observations(set, &beside(set, &of_others, &wide, at));
        let (found, codes_of_rows) = one.pools(set, &rows, &folds, rule.least_rows)?;
        pools.push(found);
        codes.push(codes_of_rows);
    }
    let pooling = Pooling::new(pools);
    let form = std::sync::Arc::new(pooling.form(set.answers().instrument()).into_owned());
    let mut of_rows = Vec::with_capacity(set.answers().codes().len());
    for (row, answers) in set.answers().rows().enumerate() {
        let mut pooled = pooling.row(answers).into_owned();
        for (one, codes) in wide.iter().zip(&codes) {
            if let Some(code) = codes[row] {
                pooled[one.indicator] = code;
            }
        }
        of_rows.extend(pooled);
    }
    let of_rows = Answers::from_codes(form, of_rows)?;
    // Their outcome is not known, so no pool rests on it.
    let set = set.with_answers(of_rows, |censored| pooling.answers(censored).map(Cow::into_owned))?;
    Ok(Pooled { pooling, set: Cow::Owned(set) })
}

/// A wide indicator on the way to its pools.
struct Wide {
    indicator: usize,
    /// By code, `unknown` among them.
    is_learned: Vec<bool>,
    n_known: usize,
    effects: Effects,
}

impl Wide {
    /// Whether a row has a known answer that is learned.
    fn has(&self, answers: &[u8]) -> Option<usize> {
        let code = usize::from(answers[self.indicator]);
        (code < self.n_known && self.is_learned[code]).then_some(code)
    }

    /// The rows with a learned known answer; `offsets` holds the score of everything else, one a row. Weights are brought to mean 1.
    fn observations(&self, set: &TrainingSet, offsets: &[f64]) -> Vec<Observation> {
        let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
        let of_row = |(row, answers): (usize, &[u8])| {
            let (event, weight) = (set.events()[row], set.weights()[row] / mean);
            Some(Observation { row, level: self.has(answers)?, event, weight, offset: offsets[row] })
        };
        set.answers().rows().enumerate().filter_map(of_row).collect()
    }

    /// The pools, and by row the pool that it is fitted in.
    ///
    /// A pool in which fewer than `least_rows` effective rows are fitted is joined with the neighbour whose effect is nearer.
    fn pools(
        &self,
        set: &TrainingSet,
        rows: &[Observation],
        folds: &[u8],
        least_rows: u64,
    ) -> Result<(Pools, Vec<Option<u8>>), Error> {
        let Effects { sd, intercept, of_levels, information } = &self.effects;
        let learned: Vec<usize> = (0..self.n_known).filter(|&code| self.is_learned[code]).collect();
        let mut partition = Partition::of(learned.iter().map(|&code| (of_levels[code], information[code])));
        let mut seen = vec![None; set.n_rows()];
        for fold in 0..FOLDS as u8 {
            let others: Vec<&Observation> = rows.iter().filter(|of| folds[of.row] != fold).collect();
            let found = effects::given(&others, self.n_known, *intercept, *sd)?;
            let held = rows.iter().filter(|of| folds[of.row] == fold);
            held.for_each(|of| seen[of.row] = Some(found[of.level]));
        }
        loop {
            let mut fitted = vec![EffectiveRows::default(); partition.n_pools()];
            for (effect, &weight) in seen.iter().zip(set.weights()) {
                if let Some(effect) = *effect {
                    fitted[partition.pool_of(effect)].add(weight);
                }
            }
            match fitted.iter().position(|of| EffectiveRows::whole(of.number()) < least_rows) {
                Some(small) if partition.n_pools() > 1 => partition.join(small),
                _ => break,
            }
        }
        let n_pools = partition.n_pools() as u8;
        let mut of_answers = vec![n_pools; self.n_known];
        learned.iter().zip(partition.pools()).for_each(|(&code, pool)| of_answers[code] = pool as u8);
        let effects = partition.effects().to_vec();
        let pools = Pools { indicator: self.indicator, sd: *sd, effects, of_answers };
        let fitted = |effect: Option<f64>| effect.map(|effect| partition.pool_of(effect) as u8);
        Ok((pools, seen.into_iter().map(fitted).collect()))
    }
}

/// A set on the pooled form.
fn on_pools(set: &TrainingSet, pooling: &Pooling) -> Result<TrainingSet, Error> {
    let pooled = |answers: &Answers| pooling.answers(answers).map(Cow::into_owned);
    Ok(set.with_answers(pooled(set.answers())?, pooled)?)
}

/// The score of each row by the indicators that are not wide; of the wide ones it is known whether they are answered.
fn of_narrow(set: &TrainingSet, rule: LearnedRule<'_>, wide: &[Wide]) -> Result<Vec<f64>, Error> {
    let one_pool = |of: &Wide| Pools {
        indicator: of.indicator,
        sd: 0.0,
        effects: vec![0.0],
        of_answers: vec![0; of.n_known],
    };
    let pooling = Pooling::new(wide.iter().map(one_pool).collect());
    let narrow = on_pools(set, &pooling)?;
    let model = LogisticFit::new(&LogisticParams { l2: L2 }, rule.not_monotone)?.fit(&narrow)?;
    Ok(narrow.answers().rows().map(|row| model.score(row)).collect())
}

/// The score of each row by everything but one of the wide indicators.
fn beside(set: &TrainingSet, of_others: &[f64], wide: &[Wide], but: usize) -> Vec<f64> {
    let all = set.answers().rows().zip(of_others);
    let others = || wide.iter().enumerate().filter(|(at, _)| *at != but).map(|(_, one)| one);
    let effect =
        |one: &Wide, answers: &[u8]| one.has(answers).map_or(0.0, |code| one.effects.of_levels[code]);
    all.map(|(answers, score)| score + others().map(|one| effect(one, answers)).sum::<f64>()).collect()
}

/// Estimates the effects of each wide indicator beside the others, in turn.
fn estimate(set: &TrainingSet, of_others: &[f64], wide: &mut [Wide]) -> Result<(), Error> {
    let mut change = f64::INFINITY;
    for _ in 0..ROUNDS {
        change = 0.0;
        for at in 0..wide.len() {
            let rows = wide[at].observations(set, &beside(set, of_others, wide, at));
            let found = Effects::of(&rows, wide[at].n_known)?;
            let before = std::mem::replace(&mut wide[at].effects, found);
            let moved = before.of_levels.iter().zip(&wide[at].effects.of_levels).map(|(a, b)| (a - b).abs());
            change = moved.fold(change, f64::max);
        }
        // With one wide indicator there is nothing to do in turn.
        if wide.len() == 1 || change <= REST {
            return Ok(());
        }
    }
    let what = "the effects of indicators with many answers";
    Err(Error::NotConverged {
        what,
        iterations: ROUNDS,
        measure: "the largest change of an effect",
        found: change,
        expected: REST,
    })
}

/// The fold of each row; rows of a case are in one.
fn folds(set: &TrainingSet, seed: u64) -> Vec<u8> {
    let n_cases = set.cases().iter().max().map_or(0, |last| *last + 1);
    let mut order: Vec<u32> = (0..n_cases).collect();
    order.sort_by_key(|&case| splitmix(splitmix(seed) ^ u64::from(case)));
    let mut dealt = vec![0; order.len()];
    order.iter().enumerate().for_each(|(at, &case)| dealt[case as usize] = (at % FOLDS) as u8);
    set.cases().iter().map(|&case| dealt[case as usize]).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

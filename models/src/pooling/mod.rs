//! Which answers to an indicator with many of them have one effect.
//!
//! A model tells at most 15 known answers apart. Those to a wide indicator ([`Indicator::is_wide`]: a municipality, an offence
//! code) are therefore dealt into *pools* before anything else is fitted: all answers of a pool have the same effect in every
//! family, so that whoever reads a model reads a dozen effects and not 250. How pools are found is told in `training`; here they
//! are applied: a model is a function of the pooled form, in which a wide indicator is answered with the number of a pool.
//!
//! Known answers that too few fit rows had are in no pool. Together they are one further answer of the pooled form, which counts
//! as the average of the pools as any unlearned answer does; see [`crate::learned`].

mod check;

use std::borrow::Cow;
use std::sync::Arc;

use amparo_datasets::{Answers, Indicator, Instrument};
use serde::{Deserialize, Serialize};

use crate::stand_in::{Counts, EffectiveRows};

/// Most pools of an indicator: with the answers in no pool and `unknown` there are 16 answers on the pooled form.
pub const MAX_POOLS: usize = 14;

/// The pools of every wide indicator of a form; there are none on most forms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pooling {
    wide: Vec<Pools>,
}

/// The pools of one indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pools {
    /// The indicator, by its place on the form.
    pub indicator: usize,
    /// Standard deviation of the effects of its answers, in log-odds, as estimated from the fit rows: 0 if they do not differ.
    pub sd: f64,
    /// Mean effect of the answers of each pool, in log-odds against the average answer, shrunken; ascending.
    pub effects: Vec<f64>,
    /// By code of a known answer its pool, from 0; the number of pools if it is in none.
    pub of_answers: Vec<u8>,
}

/// Answers to a question with many of them that have one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SameEffect {
    /// Number of answers that have it.
    pub answers: usize,
    /// Number of known answers to the question.
    pub of: usize,
}

impl Pools {
    /// Number of pools.
    pub fn n_pools(&self) -> usize {
        self.effects.len()
    }

    /// Number of known answers that are in a pool: those that were learned.
    pub fn n_pooled(&self) -> usize {
        self.of_answers.iter().filter(|pool| usize::from(**pool) < self.n_pools()).count()
    }

    /// Whether some known answers are in no pool.
    pub fn has_rest(&self) -> bool {
        self.n_pooled() < self.of_answers.len()
    }

    /// Known answers on the pooled form: the pools, and one for the answers that are in none.
    pub(crate) fn n_known(&self) -> usize {
        self.n_pools() + usize::from(self.has_rest())
    }

    /// The code on the pooled form.
    fn code(&self, code: u8) -> u8 {
        self.of_answers.get(usize::from(code)).copied().unwrap_or(self.n_known() as u8)
    }

    /// The codes of the answers of a pool; of those in none, if `pool` is the number of pools.
    pub fn members(&self, pool: usize) -> impl Iterator<Item = usize> {
        let of = self.of_answers.iter().enumerate();
        of.filter(move |(_, of)| usize::from(**of) == pool).map(|(code, _)| code)
    }
}

impl Pooling {
    /// Pools of each wide indicator, in the form's order.
    pub fn new(wide: Vec<Pools>) -> Self {
        Self { wide }
    }

    /// The pools of each wide indicator, in the form's order.
    pub fn wide(&self) -> &[Pools] {
        &self.wide
    }

    /// The pools of an indicator, if it is wide.
    pub fn of(&self, indicator: usize) -> Option<&Pools> {
        self.wide.iter().find(|pools| pools.indicator == indicator)
    }

    /// The form as a model sees it: the same one if no indicator is wide.
    pub fn form<'a>(&self, instrument: &'a Instrument) -> Cow<'a, Instrument> {
        if self.wide.is_empty() {
            return Cow::Borrowed(instrument);
        }
        let n_known = |j: usize| self.of(j).map(Pools::n_known);
        Cow::Owned(instrument.pooled(&(0..instrument.indicators().len()).map(n_known).collect::<Vec<_>>()))
    }

    /// A row as a model sees it: the same one if no indicator is wide.
    pub fn row<'a>(&self, row: &'a [u8]) -> Cow<'a, [u8]> {
        if self.wide.is_empty() {
            return Cow::Borrowed(row);
        }
        let mut pooled = row.to_vec();
        for pools in &self.wide {
            pooled[pools.indicator] = pools.code(row[pools.indicator]);
        }
        Cow::Owned(pooled)
    }

    /// Rows as a model sees them: the same ones if no indicator is wide.
    ///
    /// # Errors
    /// [`amparo_datasets::Error::Invalid`] if these are no pools of the form of the rows.
    pub fn answers<'a>(&self, answers: &'a Answers) -> Result<Cow<'a, Answers>, amparo_datasets::Error> {
        if self.wide.is_empty() {
            return Ok(Cow::Borrowed(answers));
        }
        let form = Arc::new(self.form(answers.instrument()).into_owned());
        let codes = answers.rows().flat_map(|row| self.row(row).into_owned()).collect();
        Answers::from_codes(form, codes).map(Cow::Owned)
    }

    /// How often the answers of the pooled form occur, from the counts of the form. The answers that are in no pool have the rows
    /// and events of the one of them that occurs most often, and the effective rows of the one that has most, as each of them alone
    /// is too rare to learn from.
    pub fn counts(&self, counts: &Counts) -> Counts {
        let mut pooled = counts.clone();
        for pools in &self.wide {
            let j = pools.indicator;
            let most = |of: &[u64]| {
                let rows = &counts.rows[j];
                pools.members(pools.n_pools()).max_by_key(|&code| rows[code]).map(|code| of[code])
            };
            let sums = |of: &[u64]| -> Vec<u64> {
                let sum = |pool: usize| pools.members(pool).map(|code| of[code]).sum();
                let unknown = of[pools.of_answers.len()];
                (0..pools.n_pools()).map(sum).chain(most(of)).chain([unknown]).collect()
            };
            pooled.rows[j] = sums(&counts.rows[j]);
            pooled.events[j] = sums(&counts.events[j]);
            let (of, effective) = (&counts.weights[j], &counts.effective[j]);
            let joined = |pool: usize| {
                EffectiveRows::joined(pools.members(pool).map(|code| (of[code], effective[code])))
            };
            let rest = pools
                .has_rest()
                .then(|| pools.members(pools.n_pools()).map(|code| effective[code]).fold(0.0, f64::max));
            let unknown = effective[pools.of_answers.len()];
            pooled.effective[j] = (0..pools.n_pools()).map(joined).chain(rest).chain([unknown]).collect();
            let sum = |pool: usize| pools.members(pool).map(|code| of[code]).sum();
            let unknown = of[pools.of_answers.len()];
            pooled.weights[j] = (0..pools.n_known()).map(sum).chain([unknown]).collect();
        }
        pooled
    }

    /// Among how many answers a known answer to a wide indicator has its effect; `None` for any other answer, and for one that is in
    /// no pool.
    pub fn sharing(&self, indicator: usize, code: u8) -> Option<SameEffect> {
        let pools = self.of(indicator)?;
        let pool = usize::from(*pools.of_answers.get(usize::from(code))?);
        let answers = pools.members(pool).count();
        (pool < pools.n_pools()).then_some(SameEffect { answers, of: pools.of_answers.len() })
    }

    /// The code on the pooled form of an answer.
    pub(crate) fn code(&self, indicator: usize, code: u8) -> u8 {
        self.of(indicator).map_or(code, |pools| pools.code(code))
    }

    /// The codes on the form that an answer of the pooled form stands for.
    pub fn stands_for(&self, indicator: &Indicator, j: usize, pooled: usize) -> Vec<usize> {
        match self.of(j) {
            None => vec![pooled],
            Some(pools) if pooled == pools.n_known() => vec![indicator.n_known()],
            Some(pools) => pools.members(pooled).collect(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

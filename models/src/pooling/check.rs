//! Whether pools are those of a form.

use amparo_datasets::{Indicator, Instrument};

use super::{MAX_POOLS, Pooling, Pools};
use crate::Error;

impl Pooling {
    /// Checks that exactly the wide indicators have pools, and that every number is one.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that does not fit.
    pub fn check(&self, instrument: &Instrument) -> Result<(), Error> {
        let all = instrument.indicators();
        let found: Vec<usize> = self.wide.iter().map(|pools| pools.indicator).collect();
        let expected: Vec<usize> = (0..all.len()).filter(|&j| all[j].is_wide()).collect();
        if found != expected {
            let ids = |of: &[usize]| {
                let id = |&j: &usize| all.get(j).map_or_else(|| j.to_string(), |i| i.id.clone());
                of.iter().map(id).collect::<Vec<_>>().join(", ")
            };
            let (found, expected) = (ids(&found), ids(&expected));
            return Err(invalid(format!(
                "there are pools of the indicators [{found}], expected [{expected}]: those with more than {} known answers",
                amparo_datasets::MAX_TOLD_APART
            )));
        }
        let problems: Vec<String> =
            self.wide.iter().flat_map(|pools| pools.problems(&all[pools.indicator])).collect();
        if problems.is_empty() { Ok(()) } else { Err(invalid(problems.join("; "))) }
    }
}

impl Pools {
    fn problems(&self, indicator: &Indicator) -> Vec<String> {
        let (id, n) = (&indicator.id, self.n_pools());
        let mut found = Vec::new();
        if n > MAX_POOLS {
            found.push(format!("indicator `{id}` has {n} pools, expected at most {MAX_POOLS}"));
        }
        if !(self.sd.is_finite() && self.sd >= 0.0) {
            let sd = self.sd;
            found.push(format!(
                "the effects of indicator `{id}` have standard deviation {sd}, expected 0 or more"
            ));
        }
        if !self.effects.iter().all(|effect| effect.is_finite()) || !self.effects.is_sorted() {
            let effects = &self.effects;
            found.push(format!(
                "the pools of indicator `{id}` have effects {effects:?}, expected numbers that ascend"
            ));
        }
        if self.of_answers.len() != indicator.n_known() {
            let (answers, expected) = (self.of_answers.len(), indicator.n_known());
            found.push(format!(
                "{answers} answers of indicator `{id}` are dealt into pools, expected {expected}"
            ));
        }
        for (code, pool) in self.of_answers.iter().enumerate().filter(|(_, pool)| usize::from(**pool) > n) {
            let answer = indicator.answers().get(code).map_or("", |answer| &answer.id);
            found.push(format!("answer `{answer}` to indicator `{id}` is in pool {pool}, expected 0 to {n}"));
        }
        for pool in (0..n).filter(|&pool| self.members(pool).next().is_none()) {
            found.push(format!("pool {pool} of indicator `{id}` has no answer, expected one or more"));
        }
        found
    }
}

fn invalid(problem: String) -> Error {
    Error::invalid("pools of answers", problem)
}

//! Whose declared directions need not be kept: of every candidate, or of one and of what contains it.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{CandidateParams, Config};

/// The indicators whose declared direction a config does not enforce.
#[derive(Debug, Clone)]
pub(crate) struct NotMonotone {
    of_all: Vec<String>,
    /// By candidate, those that are compared only among them.
    own: BTreeMap<String, Vec<String>>,
}

impl NotMonotone {
    pub(crate) fn of(config: &Config) -> Self {
        let listed = config.candidate.iter().chain(&config.compared_only);
        let own = listed.map(|candidate| (candidate.name.clone(), candidate.not_monotone.clone()));
        Self { of_all: config.not_monotone.clone(), own: own.collect() }
    }

    /// Those of a candidate: of the experiment, its own, and those of the candidate that it rests on, whose score it contains.
    pub(crate) fn of_candidate(&self, name: &str, rests_on: Option<&str>) -> BTreeSet<String> {
        let own = |name: &str| self.own.get(name).into_iter().flatten();
        self.of_all.iter().chain(own(name)).chain(rests_on.into_iter().flat_map(own)).cloned().collect()
    }
}

/// The indicators that a candidate is fitted on without their direction: of the experiment, and its own.
pub(crate) fn fitted_without(config: &Config, candidate: &CandidateParams) -> Vec<String> {
    config.not_monotone.iter().chain(&candidate.not_monotone).cloned().collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

//! Limits on which indicators may meet: be asked on one path of a tree, or be told about together by a table of two.

use std::collections::BTreeSet;

use amparo_datasets::{Instrument, Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::Error;

/// Sets of indicators, by id: all that a path asks for stands in one of them, and so do both indicators of a pair. An indicator in no set is
/// asked for alone, and is in no pair.
///
/// An indicator may be in several sets. It is then asked together with those of any one of them, never with those of two.
///
/// These are the interaction constraints of XGBoost. DIFFERENCE: LightGBM never asks for an indicator in no set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Interactions(pub Vec<Vec<String>>);

impl Interactions {
    /// Notes lists without an entry, and what is listed twice.
    pub(crate) fn check(&self, problems: &mut Problems) {
        let mut refuse = |message: String| problems.push(Problem::new("interactions", message));
        if self.0.is_empty() {
            refuse("`interactions` is an empty list, expected one or more sets of indicators (leave it out to set no limit)".to_owned());
        }
        let sets: Vec<BTreeSet<&String>> = self.0.iter().map(|set| set.iter().collect()).collect();
        for (at, (listed, set)) in self.0.iter().zip(&sets).enumerate() {
            if listed.is_empty() {
                refuse(format!("set {} of `interactions` is empty, expected one or more indicators", at + 1));
            }
            for id in set.iter().filter(|id| listed.iter().filter(|other| other == *id).count() > 1) {
                refuse(format!(
                    "set {} of `interactions` names indicator `{id}` twice, expected once",
                    at + 1
                ));
            }
            if let Some(before) = sets[..at].iter().position(|other| !set.is_empty() && other == set) {
                refuse(format!(
                    "sets {} and {} of `interactions` are the same, expected one of them",
                    before + 1,
                    at + 1
                ));
            }
        }
    }

    /// Refuses indicators that are not on the form that is fitted on.
    ///
    /// # Errors
    /// [`Error::Config`] with all of them.
    pub(crate) fn check_on(&self, form: &Instrument) -> Result<(), Error> {
        let mut problems = Problems::default();
        for (at, set) in self.0.iter().enumerate() {
            for id in set.iter().filter(|id| form.position(id).is_none()) {
                let known: Vec<&str> = form.indicators().iter().map(|i| i.id.as_str()).collect();
                let message = format!(
                    "set {} of `interactions` names indicator `{id}`, expected one that is fitted on: {}",
                    at + 1,
                    known.join(", ")
                );
                problems.push(Problem::new("interactions", message));
            }
        }
        if problems.0.is_empty() { Ok(()) } else { Err(Error::Config(problems)) }
    }
}

/// The sets by places on the form; those of an indicator alone are among them.
#[derive(Debug)]
pub(crate) struct Meeting(Vec<Vec<bool>>);

impl Meeting {
    /// Those of a form; without limits all indicators are one set.
    pub(crate) fn of(limits: Option<&Interactions>, form: &Instrument) -> Self {
        let n = form.indicators().len();
        let Some(Interactions(sets)) = limits else { return Self(vec![vec![true; n]]) };
        let holding = |is_in: &dyn Fn(usize) -> bool| (0..n).map(is_in).collect::<Vec<bool>>();
        let listed = |set: &Vec<String>| holding(&|j| set.contains(&form.indicators()[j].id));
        let mut sets: Vec<Vec<bool>> = sets.iter().map(listed).collect();
        let alone: Vec<usize> = (0..n).filter(|&j| !sets.iter().any(|set| set[j])).collect();
        sets.extend(alone.into_iter().map(|j| holding(&|other| other == j)));
        Self(sets)
    }

    /// Whether two indicators may meet at all.
    pub(crate) fn may_pair(&self, one: usize, other: usize) -> bool {
        self.0.iter().any(|set| set[one] && set[other])
    }

    /// Where a path begins: any set may be the one of the path.
    pub(crate) fn root(&self) -> Vec<usize> {
        (0..self.0.len()).collect()
    }

    /// Whether a path that may be in any of `sets` may ask for an indicator.
    pub(crate) fn may_ask(&self, sets: &[usize], indicator: usize) -> bool {
        sets.iter().any(|&set| self.0[set][indicator])
    }

    /// The sets that a path may be in after it asked for an indicator.
    pub(crate) fn after(&self, sets: &[usize], indicator: usize) -> Vec<usize> {
        sets.iter().copied().filter(|&set| self.0[set][indicator]).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

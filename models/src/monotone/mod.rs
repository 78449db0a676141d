//! Proof that no risk indicator, once present, lowers a score (and no protective one raises it).

use std::collections::BTreeSet;

use amparo_datasets::{Indicator, Instrument, Polarity};

pub use crate::violation::Violation;

use crate::scorer::{Form, Path, Tree};
use crate::{Error, Scorer};

/// The indicators, by position, in which a scorer was proved monotone in the direction of their polarity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof(Vec<bool>);

impl Proof {
    /// Proves that a scorer is monotone in every risk and protective indicator that is not `exempt`.
    ///
    /// `unknown` is not in the order: only known answers are compared. Tables are compared answer by answer. Of each
    /// tree all pairs of leaves are compared that two forms differing in that one answer can fall into: exhaustive for
    /// the tree. Sums of monotone trees are monotone, and so are mixtures of monotone parts, also as computed, because
    /// rounding keeps the order. A hybrid needs both parts monotone, whatever its dial. `scorer` has passed
    /// [`Scorer::check`].
    ///
    /// # Errors
    /// [`Error::NotMonotone`] with the offending answers and path; [`Error::Invalid`] if `exempt` names no indicator.
    pub fn new(scorer: &Scorer, instrument: &Instrument, exempt: &BTreeSet<String>) -> Result<Self, Error> {
        if let Some(id) = exempt.iter().find(|id| instrument.position(id).is_none()) {
            let problem =
                format!("indicator `{id}` is declared not monotone but is not on form `{}`", instrument.id());
            return Err(Error::invalid("monotonicity", problem));
        }
        let terms = scorer.terms();
        let mut proved = vec![false; instrument.indicators().len()];
        for (j, indicator) in instrument.indicators().iter().enumerate() {
            let sign = match indicator.polarity {
                _ if exempt.contains(&indicator.id) => continue,
                Polarity::Neutral => continue,
                Polarity::Risk => 1.0,
                Polarity::Protective => -1.0,
            };
            let question = Question { instrument, indicator, j, sign };
            for term in &terms {
                match &term.form {
                    Form::Additive(tables) => question.table(term.family, &tables.weights[j])?,
                    Form::Trees(forest) => question.trees(&forest.trees)?,
                }
            }
            proved[j] = true;
        }
        Ok(Self(proved))
    }

    /// The same without some indicators.
    #[must_use]
    pub(crate) fn without(mut self, ids: &BTreeSet<String>, instrument: &Instrument) -> Self {
        let indicators = instrument.indicators().iter();
        self.0.iter_mut().zip(indicators).for_each(|(proved, of)| *proved &= !ids.contains(&of.id));
        self
    }

    /// Whether the indicator at this position is proved monotone.
    ///
    /// # Panics
    /// If `indicator` is not below the number of indicators of the form.
    pub fn covers(&self, indicator: usize) -> bool {
        self.0[indicator]
    }

    /// Ids of the indicators proved monotone.
    pub fn indicators<'a>(&'a self, instrument: &'a Instrument) -> impl Iterator<Item = &'a str> {
        instrument.indicators().iter().zip(&self.0).filter(|(_, proved)| **proved).map(|(i, _)| i.id.as_str())
    }
}

/// The path of a violation that no other answer can prevent.
const ANY: &str = "any other answers";

/// One indicator whose direction is in question.
struct Question<'a> {
    instrument: &'a Instrument,
    indicator: &'a Indicator,
    j: usize,
    sign: f64,
}

impl Question<'_> {
    fn table(&self, part: &str, weights: &[f64]) -> Result<(), Error> {
        for to in 1..self.indicator.n_known() {
            let (before, after) = (weights[to - 1], weights[to]);
            if !self.holds(before, after) {
                return Err(self.broken(part.to_owned(), to, (before, after), ANY.to_owned()));
            }
        }
        Ok(())
    }

    fn trees(&self, trees: &[Tree]) -> Result<(), Error> {
        for (number, tree) in trees.iter().enumerate() {
            let leaves = tree.leaves();
            if !leaves.iter().any(|leaf| leaf.path.contains_key(&self.j)) {
                continue;
            }
            let taking = |code: usize| {
                let takes = move |set: &u16| set >> code & 1 == 1;
                leaves.iter().filter(move |leaf| leaf.path.get(&self.j).is_none_or(takes))
            };
            for to in 1..self.indicator.n_known() {
                for before in taking(to - 1) {
                    for after in taking(to).filter(|after| !self.holds(before.value, after.value)) {
                        if let Some(path) = self.shared(&before.path, &after.path) {
                            let values = (before.value, after.value);
                            return Err(self.broken(format!("tree {number}"), to, values, path));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the later answer moves the score the right way, or not at all; never for NaN.
    fn holds(&self, before: f64, after: f64) -> bool {
        self.sign * (after - before) >= 0.0
    }

    /// The other answers under which both leaves are reached, in words; `None` if there are none.
    fn shared(&self, before: &Path, after: &Path) -> Option<String> {
        let both = |i: usize| {
            let of = |path: &Path| path.get(&i).copied().unwrap_or(u16::MAX);
            // What a path leaves open beyond the indicator's last answer is no answer.
            let n_answers = self.instrument.indicators()[i].n_answers();
            u32::from(of(before) & of(after)) & ((1 << n_answers) - 1)
        };
        let others = || before.keys().chain(after.keys()).copied().filter(|&i| i != self.j);
        if others().any(|i| both(i) == 0) {
            return None;
        }
        let words: Vec<String> = others()
            .collect::<BTreeSet<usize>>()
            .into_iter()
            .map(|i| {
                let indicator = &self.instrument.indicators()[i];
                let passes =
                    indicator.answers().iter().enumerate().filter(|(code, _)| both(i) >> code & 1 == 1);
                let ids: Vec<&str> = passes.map(|(_, answer)| answer.id.as_str()).collect();
                format!("{} in {{{}}}", indicator.id, ids.join(", "))
            })
            .collect();
        Some(if words.is_empty() { ANY.to_owned() } else { words.join(", ") })
    }

    fn broken(&self, part: String, to: usize, (score_from, score_to): (f64, f64), path: String) -> Error {
        let answers = self.indicator.answers();
        Error::NotMonotone(Box::new(Violation {
            part,
            indicator: self.indicator.id.clone(),
            from: answers[to - 1].id.clone(),
            to: answers[to].id.clone(),
            score_from,
            score_to,
            path,
        }))
    }
}

#[cfg(test)]
mod tests;

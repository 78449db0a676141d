//! What tells one cohort from another.

use sha2::{Digest, Sha256};

use super::{Assigned, Classes, Cohort, Division, Outcome};
use crate::Error;
use crate::instrument::hex;

impl Cohort {
    /// SHA-256 (hex) over what a model of this outcome can learn from: form, cases, answers, dates, weights and the outcome.
    ///
    /// Groups, scores and other outcomes do not enter it, so a cohort with another group column is still known as the one
    /// that was trained on.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no such outcome.
    pub fn learned_fingerprint(&self, outcome: &str) -> Result<String, Error> {
        Ok(self.digest(std::slice::from_ref(self.outcome(outcome)?), false, &Assigned::default()))
    }

    /// The same, over a division that the table brings with it as well: for a model whose rows were held back by it.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no such outcome.
    pub fn divided_fingerprint(&self, outcome: &str, by: Division) -> Result<String, Error> {
        let Assigned { sides, folds } = self.assigned().clone();
        let assigned = match by {
            Division::Sides => Assigned { sides, folds: None },
            Division::Folds => Assigned { sides: None, folds },
        };
        Ok(self.digest(std::slice::from_ref(self.outcome(outcome)?), false, &assigned))
    }

    /// SHA-256 (hex) over every row and column of the cohort (not its provenance): the same rows, values and order give the same fingerprint.
    pub fn fingerprint(&self) -> String {
        self.digest(self.outcomes(), true, self.assigned())
    }

    /// Over the given outcomes and divisions; with groups, scores and oracles if `whole`.
    fn digest(&self, outcomes: &[Outcome], whole: bool, assigned: &Assigned) -> String {
        let p = &self.0;
        let mut hash = Sha256::new();
        let mut feed = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        let floats = |values: &[f64]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        feed(self.instrument().digest().as_bytes());
        feed(p.answers.codes());
        p.cases.iter().for_each(|case| feed(case.as_bytes()));
        for day in p.dates.iter().flatten() {
            // No day is the empty text, which is none.
            feed(day.map(|day| day.to_string()).unwrap_or_default().as_bytes());
        }
        feed(&floats(&p.weights));
        for outcome in outcomes {
            feed(format!("{} {:?}", outcome.name, outcome.horizon_days).as_bytes());
            feed(&outcome.status.iter().map(|s| *s as u8).collect::<Vec<_>>());
            outcome.days.iter().for_each(|days| feed(&floats(days)));
            // Fed only where there are any, so that a cohort from before keeps its fingerprint.
            if let Some(Classes { ids, from, codes }) = &outcome.classes {
                feed(format!("classes {ids:?} from {from}").as_bytes());
                feed(&codes.iter().map(|code| code.unwrap_or(u8::MAX)).collect::<Vec<_>>());
            }
        }
        for group in p.groups.iter().filter(|_| whole) {
            feed(format!("{} {:?}", group.name, group.labels).as_bytes());
            feed(&group.codes.iter().flat_map(|c| c.to_le_bytes()).collect::<Vec<_>>());
            group.reference.iter().for_each(|reference| feed(format!("reference {reference}").as_bytes()));
        }
        for score in p.scores.iter().filter(|_| whole) {
            feed(format!("{} {:?}", score.name, score.levels).as_bytes());
            // Fed only where it is declared, so that a cohort from before keeps its fingerprint.
            if score.is_probability {
                feed(b"probability");
            }
            score.values.iter().for_each(|v| feed(format!("{v:?}").as_bytes()));
        }
        for oracle in p.oracles.iter().filter(|_| whole) {
            feed(oracle.outcome.as_bytes());
            feed(&floats(&oracle.probability));
        }
        // Fed only where there are any, so that a cohort from before keeps its fingerprint.
        if let Some(sides) = &assigned.sides {
            feed(b"sides");
            feed(&sides.iter().map(|side| *side as u8).collect::<Vec<_>>());
        }
        if let Some(folds) = &assigned.folds {
            feed(format!("folds {:?}", folds.names).as_bytes());
            feed(format!("{:?}", folds.codes).as_bytes());
        }
        hex(&hash.finalize())
    }
}

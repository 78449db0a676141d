//! Whether a model does with unlearned answers what it has to.

use amparo_datasets::Instrument;

use super::{Learned, Rows};
use crate::explain::Background;
use crate::monotone::Proof;
use crate::scorer::{Form, Tree};
use crate::stand_in::sources;
use crate::{Error, Scorer};

impl Learned {
    /// Proves that every unlearned answer stays inside the range of the answers that it counts as.
    ///
    /// In a table its number lies between the lowest and the highest of theirs. In each tree it goes the way of one of them at
    /// every question, so that whatever the other answers are, it ends where that one does. Counts are those of the
    /// population behind the explanation: the same number of rows, and none where no weight is.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first answer of which this does not hold, or counts that are not of this model and form.
    pub(crate) fn check(
        &self,
        scorer: &Scorer,
        instrument: &Instrument,
        background: &Background,
        proof: &Proof,
    ) -> Result<(), Error> {
        self.check_counts(instrument, background)?;
        let terms = scorer.terms();
        for (j, code) in self.unlearned() {
            let indicator = &instrument.indicators()[j];
            let code = usize::from(code);
            let sources = sources(indicator, &self.standing(j), proof.covers(j), code);
            let refuse = |place: String| {
                let answer = &indicator.answers()[code].id;
                Err(invalid(format!(
                    "answer `{answer}` to indicator `{}` was not learned, but it does not count as the learned answers do in \
                     {place}",
                    indicator.id
                )))
            };
            for term in &terms {
                match &term.form {
                    Form::Additive(tables) => {
                        let table = &tables.weights[j];
                        let of_sources = sources.iter().map(|&code| table[code]);
                        let low = of_sources.clone().fold(f64::INFINITY, f64::min);
                        let high = of_sources.fold(f64::NEG_INFINITY, f64::max);
                        if !(low..=high).contains(&table[code]) {
                            return refuse(format!("the table of family `{}`", term.family));
                        }
                    }
                    Form::Trees(forest) => {
                        let strays =
                            |tree: &Tree| !sources.iter().any(|&of| tree.goes_the_same_way(j, code, of));
                        if let Some(number) = forest.trees.iter().position(strays) {
                            return refuse(format!("tree {number}"));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn check_counts(&self, instrument: &Instrument, background: &Background) -> Result<(), Error> {
        let (needed, n) = (self.needed, background.n_rows as u64);
        if needed == 0 {
            return Err(invalid("0 rows are needed, expected at least 1".to_owned()));
        }
        let (found, expected) = (self.answers.len(), instrument.indicators().len());
        if found != expected {
            return Err(invalid(format!("counts of {found} indicators, expected {expected}")));
        }
        for (j, (indicator, counts)) in instrument.indicators().iter().zip(&self.answers).enumerate() {
            let id = &indicator.id;
            if counts.len() != indicator.n_answers() {
                let (found, expected) = (counts.len(), indicator.n_answers());
                return Err(invalid(format!("indicator `{id}` has {found} counts, expected {expected}")));
            }
            let (mut least, mut most) = (0, 0);
            for (count, (answer, &weight)) in
                counts.iter().zip(indicator.answers().iter().zip(&background.answers[j]))
            {
                let (rows, occurs) = match count.rows {
                    Rows::Number(rows) => (rows..=rows, rows > 0),
                    Rows::Few { .. } => (1..=needed.saturating_sub(1), true),
                };
                let is_told = match count.rows {
                    Rows::Number(rows) => rows == 0 || rows >= needed,
                    Rows::Few { fewer_than } => fewer_than == needed && needed > 1 && count.events.is_none(),
                };
                let events = count.events.unwrap_or(0);
                if !is_told || events > *rows.end() || occurs != (weight > 0.0) {
                    return Err(invalid(format!(
                        "answer `{}` to indicator `{id}` has {count:?}, of {needed} rows needed and with weight {weight}",
                        answer.id
                    )));
                }
                least += rows.start();
                most += rows.end();
            }
            if !(least..=most).contains(&n) {
                return Err(invalid(format!(
                    "the rows of indicator `{id}` add up to {least} to {most}, expected {n}"
                )));
            }
        }
        Ok(())
    }
}

fn invalid(problem: String) -> Error {
    Error::invalid("learned answers", problem)
}

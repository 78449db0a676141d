//! Whether a model does with unlearned answers what it has to.

use amparo_datasets::{Indicator, Instrument};

use super::{AnswerCount, Compared, Learned, Rows};
use crate::explain::Background;
use crate::monotone::Proof;
use crate::pooling::Pooling;
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
        (instrument, pooling): (&Instrument, &Pooling),
        background: &Background,
        proof: &Proof,
    ) -> Result<(), Error> {
        self.check_counts(instrument, pooling, background)?;
        self.check_pools(instrument, pooling)?;
        let (terms, form) = (scorer.terms(), pooling.form(instrument));
        for (j, code) in self.unlearned() {
            let (asked, indicator) = (&instrument.indicators()[j], &form.indicators()[j]);
            let answer = &asked.answers()[usize::from(code)].id;
            let code = usize::from(pooling.code(j, code));
            let sources = sources(indicator, &self.standing(asked, j, pooling), proof.covers(j), code);
            let refuse = |place: String| {
                Err(invalid(format!(
                    "answer `{answer}` to indicator `{}` was not learned, but it does not count as the learned answers do in \
                     {place}",
                    asked.id
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

    /// Refuses pools that hold an unlearned answer, or that leave a learned one out.
    fn check_pools(&self, instrument: &Instrument, pooling: &Pooling) -> Result<(), Error> {
        for pools in pooling.wide() {
            let indicator = &instrument.indicators()[pools.indicator];
            for (code, pool) in pools.of_answers.iter().enumerate() {
                let is_pooled = usize::from(*pool) < pools.n_pools();
                if is_pooled != self.is_learned(pools.indicator, code as u8) {
                    let (what, place) =
                        if is_pooled { ("not learned", "in a pool") } else { ("learned", "in no pool") };
                    let answer = &indicator.answers()[code].id;
                    return Err(invalid(format!(
                        "answer `{answer}` to indicator `{}` was {what}, but it is {place}",
                        indicator.id
                    )));
                }
            }
        }
        Ok(())
    }

    fn check_counts(
        &self,
        instrument: &Instrument,
        pooling: &Pooling,
        background: &Background,
    ) -> Result<(), Error> {
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
            for (pooled, &weight) in background.answers[j].iter().enumerate() {
                let mut any_occurs = false;
                let codes = pooling.stands_for(indicator, j, pooled);
                for &code in &codes {
                    let count = counts[code];
                    let (rows, occurs) = match count.rows {
                        Rows::Number(rows) => (rows..=rows, rows > 0),
                        Rows::Few { .. } => (1..=needed.saturating_sub(1), true),
                    };
                    any_occurs |= occurs;
                    if !self.is_told(count) || count.events.unwrap_or(0) > *rows.end() {
                        return Err(invalid(strange(indicator, code, count, needed, weight)));
                    }
                    least += rows.start();
                    most += rows.end();
                }
                if any_occurs != (weight > 0.0) {
                    let first = codes.first().copied().unwrap_or_default();
                    return Err(invalid(strange(indicator, first, counts[first], needed, weight)));
                }
            }
            if !(least..=most).contains(&n) {
                return Err(invalid(format!(
                    "the rows of indicator `{id}` add up to {least} to {most}, expected {n}"
                )));
            }
        }
        Ok(())
    }

    /// Whether a count is one that [`Learned::of`] gives.
    fn is_told(&self, count: AnswerCount) -> bool {
        let is_effective = match (self.compared, count.rows, count.effective) {
            // Some row is one effective row, and no effective row is more than one.
            (Compared::EffectiveRows, Rows::Number(rows), Some(effective)) => {
                (rows.min(1)..=rows).contains(&effective)
            }
            (Compared::EffectiveRows, Rows::Few { .. }, None) | (Compared::Rows, _, None) => true,
            _ => false,
        };
        is_effective
            && match count.rows {
                Rows::Number(rows) => rows == 0 || rows >= self.needed,
                Rows::Few { fewer_than } => {
                    fewer_than == self.needed && self.needed > 1 && count.events.is_none()
                }
            }
    }
}

fn strange(indicator: &Indicator, code: usize, count: AnswerCount, needed: u64, weight: f64) -> String {
    let (answer, id) = (&indicator.answers()[code].id, &indicator.id);
    format!(
        "answer `{answer}` to indicator `{id}` has {count:?}, of {needed} rows needed and with weight {weight}"
    )
}

fn invalid(problem: String) -> Error {
    Error::invalid("learned answers", problem)
}

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, MutexGuard, PoisonError};

use super::chain::Line;
use super::history::current;
use super::reference::check_alias;
use super::verdicts::IN_FORCE;
use super::{LastMoves, ModelRef, Move, Pointed, Registry, not_found};
use crate::Error;
use crate::artefact::time_problem;

impl Registry {
    /// Points an alias to a version, which is read and verified first; gives the line that was added to the history.
    ///
    /// [`IN_FORCE`] moves only to a version whose last verdict passes and compares it with the version in force, if there is
    /// one. A version that was in force before comes back by its own last verdict, whatever it was compared with: going back
    /// does not have to prove that the old version is no worse than the one that is withdrawn.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is not allowed, an empty `by` or `reason`, a time that is none, or no move at
    /// all; [`Error::NotFound`] for an unknown version; [`Error::NotGated`]; what is wrong with the version, its verdict or
    /// the histories.
    pub fn alias(
        &self,
        model: &str,
        alias: &str,
        version: u32,
        by: &str,
        reason: &str,
        at: &str,
    ) -> Result<Move, Error> {
        check_alias(alias)?;
        let mut problems: Vec<String> = [("by", by), ("reason", reason)]
            .iter()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(field, _)| format!("{field} is empty, expected who moves the alias and why"))
            .collect();
        problems.extend(time_problem("at", at));
        if !problems.is_empty() {
            return Err(Error::invalid(format!("move of alias `{alias}`"), problems.join("; ")));
        }
        let digest = self.load(&ModelRef::version(model, version)?)?.digest().to_owned();
        self.add_line(model, |moves: &[Move], _| {
            let from = current(moves, alias).map(|m| m.version);
            if from == Some(version) {
                let problem = format!("it already points to version {version}");
                return Err(Error::invalid(format!("alias `{alias}` of model `{model}`"), problem));
            }
            let verdict = match alias {
                IN_FORCE => Some(self.letting_pass(model, (version, &digest), moves)?.verdict),
                _ => None,
            };
            let [alias, by, reason, at] = [alias, by, reason, at].map(str::to_owned);
            let digest = digest.clone();
            Ok((Move { alias, version, digest, from, verdict, by, reason, at, previous: None }, None))
        })
    }

    /// Where each alias of a model points.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown model, [`Error::Format`] for a broken history.
    pub fn aliases(&self, model: &str) -> Result<BTreeMap<String, u32>, Error> {
        self.versions(model)?;
        self.pointers(model)
    }

    /// Every move of every alias of a model, in order, the chain of digests checked.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown model, [`Error::Format`] naming the line for a broken history.
    pub fn history(&self, model: &str) -> Result<Vec<Move>, Error> {
        self.versions(model)?;
        self.lines(model)
    }

    pub(super) fn pointers(&self, model: &str) -> Result<BTreeMap<String, u32>, Error> {
        Ok(self.last_moves(model)?.of.iter().map(|(alias, last)| (alias.clone(), last.version)).collect())
    }

    /// The last move of an alias.
    pub(super) fn current(&self, model: &str, alias: &str) -> Result<Move, Error> {
        let last = self.last_moves(model)?;
        match (last.of.get(alias), &last.unvouched) {
            (Some(last), Some(problem)) if alias == IN_FORCE => {
                let version = format!("{model}@{}", last.version);
                Err(Error::NotVouched { version, problem: problem.clone() })
            }
            (Some(last), _) => Ok(last.clone()),
            (None, _) => {
                let known = self.aliases(model)?.into_keys().collect();
                Err(not_found("alias", &format!("{model}@{alias}"), "the model has", known))
            }
        }
    }

    /// The last move of each alias, from the history as it is now.
    fn last_moves(&self, model: &str) -> Result<Arc<LastMoves>, Error> {
        let log = history_of(model);
        let mark = self.store.mark(&log)?;
        if let Some(last) = self.known(model, &mark) {
            return Ok(last);
        }
        // Read after the mark: a move in between is in what is kept, and the next mark is another one.
        let moves = self.lines(model)?.into_iter().map(|a_move: Move| (a_move.alias.clone(), a_move));
        let of: BTreeMap<String, Move> = moves.collect();
        let unvouched = match of.get(IN_FORCE).map_or(Ok(()), |in_force| self.vouched(model, in_force)) {
            Ok(()) => None,
            Err(Error::NotVouched { problem, .. }) => Some(problem),
            Err(error) => return Err(error),
        };
        let last = Arc::new(LastMoves { of, unvouched });
        let is_at_hand = self.store.is_at_hand(&log);
        self.pointed().insert(model.to_owned(), Pointed { mark, is_at_hand, last: Arc::clone(&last) });
        Ok(last)
    }

    /// The same, if the history is at hand and has not changed since it was read last.
    pub(super) fn unchanged(&self, model: &str) -> Option<Arc<LastMoves>> {
        let is_at_hand = self.pointed().get(model)?.is_at_hand;
        let mark = is_at_hand.then(|| self.store.mark(&history_of(model)))?;
        self.known(model, &mark.ok()?)
    }

    /// What was read of a history that has this mark.
    fn known(&self, model: &str, mark: &str) -> Option<Arc<LastMoves>> {
        self.pointed().get(model).filter(|known| known.mark == mark).map(|known| Arc::clone(&known.last))
    }

    fn pointed(&self) -> MutexGuard<'_, HashMap<String, Pointed>> {
        self.pointed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn history_of(model: &str) -> String {
    format!("{model}/{}", Move::LOG)
}

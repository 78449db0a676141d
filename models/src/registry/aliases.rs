use std::collections::BTreeMap;

use super::chain::Writer;
use super::history::{History, current};
use super::reference::check_alias;
use super::verdicts::IN_FORCE;
use super::{ModelRef, Move, Registry, not_found};
use crate::Error;
use crate::artefact::{sync_dir, time_problem};

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
        let model_dir = self.dir.join(model);
        let writer = Writer::open(&model_dir)?;
        let from = current(writer.lines(), alias).map(|m| m.version);
        if from == Some(version) {
            let problem = format!("it already points to version {version}");
            return Err(Error::invalid(format!("alias `{alias}` of model `{model}`"), problem));
        }
        let verdict = match alias {
            IN_FORCE => Some(self.letting_pass(model, (version, &digest), writer.lines())?.verdict),
            _ => None,
        };
        let [alias, by, reason, at] = [alias, by, reason, at].map(str::to_owned);
        let a_move =
            writer.append(Move { alias, version, digest, from, verdict, by, reason, at, previous: None })?;
        sync_dir(&model_dir)?;
        Ok(a_move)
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
        Ok(History::read(&self.dir.join(model))?.lines)
    }

    pub(super) fn pointers(&self, model: &str) -> Result<BTreeMap<String, u32>, Error> {
        let history = History::read(&self.dir.join(model))?;
        Ok(history.lines.into_iter().map(|m| (m.alias, m.version)).collect())
    }

    /// The last move of an alias.
    pub(super) fn current(&self, model: &str, alias: &str) -> Result<Move, Error> {
        let history = History::read(&self.dir.join(model))?;
        match current(&history.lines, alias) {
            Some(a_move) => Ok(a_move.clone()),
            None => {
                let known = self.aliases(model)?.into_keys().collect();
                Err(not_found("alias", &format!("{model}@{alias}"), "the model has", known))
            }
        }
    }
}

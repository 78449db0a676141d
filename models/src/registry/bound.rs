//! Which verdicts count for a model: all of them, or those that the bound key has signed.

use amparo_signing::{Note, SigningKey, VerifierKey};

use super::binding::Binding;
use super::history::{Move, current};
use super::verdicts::IN_FORCE;
use super::{Registry, VerdictEntry};
use crate::Error;
use crate::artefact::format;

const TITLE: &str = "amparo verdict v1";

/// Bindings of a model whose signatures hold, each with its key.
#[derive(Debug)]
pub(super) struct Bound {
    model: String,
    bindings: Vec<(Binding, VerifierKey)>,
}

impl Bound {
    /// SHA-256 of each gates file that a version has to pass.
    pub fn gates(&self) -> &[String] {
        self.bindings.last().map_or(&[], |(last, _)| &last.gates)
    }

    /// The key that signs verdicts from now on.
    pub fn key(&self) -> Option<&VerifierKey> {
        self.bindings.last().map(|(_, key)| key)
    }

    /// Whether a verdict is signed by the key that was bound when it was kept. The first key counts for those before it was bound, too.
    pub fn counts(&self, verdict: &VerdictEntry) -> bool {
        let since = self.bindings.iter().rev().find(|(binding, _)| binding.verdicts < verdict.number);
        let key = since.or(self.bindings.first()).map(|(_, key)| key);
        key.is_some_and(|key| verdict.is_signed_by(&self.model, key))
    }
}

impl Registry {
    /// The bindings of a model, if it has any; all signatures hold.
    pub(super) fn bound(&self, model: &str) -> Result<Option<Bound>, Error> {
        self.bound_by(model, self.lines(model)?)
    }

    /// The same, of bindings that were read or are to be added.
    pub(super) fn bound_by(&self, model: &str, bindings: Vec<Binding>) -> Result<Option<Bound>, Error> {
        if bindings.is_empty() {
            return Ok(None);
        }
        let refuse = |problem: String| {
            format(
                &self.place(&format!("{model}/bindings.jsonl")),
                "a history of bindings that holds",
                problem,
            )
        };
        let (verdicts, last) = self.lines_and_last::<VerdictEntry>(model)?;
        let mut bound: Vec<(Binding, VerifierKey)> = Vec::new();
        for binding in bindings {
            let so_far = bound.last().map(|(_, key)| key);
            let key = binding.signed(model, so_far).map_err(refuse)?;
            // The digest of a line stands in the next one.
            let digest = match verdicts.get(binding.verdicts as usize) {
                Some(next) => next.previous.as_ref(),
                None if verdicts.len() == binding.verdicts as usize => last.as_ref(),
                None => {
                    let (found, expected) = (verdicts.len(), binding.verdicts);
                    let number = binding.number;
                    return Err(refuse(format!(
                        "binding {number} follows {expected} verdicts, and there are {found}"
                    )));
                }
            };
            if digest != binding.last_verdict.as_ref() {
                let number = binding.number;
                return Err(refuse(format!(
                    "the verdicts before binding {number} are not those that it was signed with"
                )));
            }
            bound.push((binding, key));
        }
        Ok(Some(Bound { model: model.to_owned(), bindings: bound }))
    }

    /// The move that put the version in force.
    pub(super) fn in_force(&self, model: &str) -> Result<Option<Move>, Error> {
        let moves: Vec<Move> = self.lines(model)?;
        Ok(current(&moves, IN_FORCE).cloned())
    }

    /// Refuses a version in force that whoever can write to the registry may have put there: one that has not passed all bound gates by verdicts
    /// that count, or that is not bound by a key which this registry was opened with.
    pub(super) fn vouched(&self, model: &str, in_force: &Move) -> Result<(), Error> {
        self.vouched_by(model, self.bound(model)?.as_ref(), in_force)
    }

    pub(super) fn vouched_by(
        &self,
        model: &str,
        bound: Option<&Bound>,
        in_force: &Move,
    ) -> Result<(), Error> {
        let refuse = |problem: String| {
            let version = format!("{model}@{}", in_force.version);
            Err(Error::NotVouched { version, problem })
        };
        let Some(bound) = bound else {
            return match self.trusted.is_empty() {
                true => Ok(()),
                false => refuse("the model is bound to no key, expected one that is trusted".to_owned()),
            };
        };
        let is_trusted = |(_, key): &(Binding, VerifierKey)| self.trusted.contains(key);
        if !self.trusted.is_empty() && !bound.bindings.iter().any(is_trusted) {
            let found = bound.key().map(VerifierKey::short).unwrap_or_default();
            return refuse(format!("the model is bound to the key `{found}`, which is not trusted"));
        }
        let verdicts: Vec<VerdictEntry> = self.lines(model)?;
        for gates in bound.gates() {
            let lets_pass = |v: &&VerdictEntry| {
                v.passed && v.digest == in_force.digest && v.gates == *gates && bound.counts(v)
            };
            match verdicts.iter().rev().find(lets_pass) {
                // What stands in the line stands in the verdict.
                Some(verdict) => self.verdict(model, verdict).map(|_| ())?,
                None => {
                    let short = gates.get(..12).unwrap_or(gates);
                    return refuse(format!(
                        "no verdict by the gates with digest {short} that the bound key has signed lets it pass"
                    ));
                }
            }
        }
        Ok(())
    }
}

impl VerdictEntry {
    /// The signed note about a verdict, of which everything is known but the signature.
    pub(super) fn signed(&self, model: &str, key: &SigningKey) -> String {
        let mut note = Note::new(self.text(model));
        note.sign(key);
        note.to_string()
    }

    /// Whether a key has signed the line; no if the signature does not hold.
    pub(super) fn is_signed_by(&self, model: &str, key: &VerifierKey) -> bool {
        let note = self.statement.as_deref().and_then(|statement| Note::parse("statement", statement).ok());
        note.is_some_and(|note| {
            note.text() == self.text(model) && note.is_signed_by(key).is_ok_and(|is_signed| is_signed)
        })
    }

    /// What is signed: all that the line says, and so all lines before.
    fn text(&self, model: &str) -> String {
        let Self { number, version, digest, against, passed, gates, at, verdict, previous, .. } = self;
        let [against, previous] = [against, previous].map(|digest| digest.as_deref().unwrap_or("none"));
        let outcome = if *passed { "passed" } else { "blocked" };
        format!(
            "{TITLE}\n{model}\n{number} {previous}\n{version} {digest}\n{against}\n{gates}\n{outcome}\n{at}\n{verdict}\n"
        )
    }
}

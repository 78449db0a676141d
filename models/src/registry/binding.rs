//! Whose verdicts count for a model, and which gates its version in force has to pass: bound by the key of the gates' owner.
//!
//! ```text
//! R/<model>/bindings.jsonl    every binding, in order; the last one holds
//! ```
//! Until a model is bound, a verdict counts whoever wrote it. From then on, a verdict counts that the bound key has signed, and whoever can
//! write to the registry, and has no key, can put no version in force. A binding is a signed note:
//!
//! ```text
//! amparo gates binding v1
//! <model>
//! <number of the binding> <SHA-256 of the line before, or none>
//! <verifier key>
//! <number of verdicts so far> <SHA-256 of the last of their lines, or none>
//! <SHA-256 of a gates file>      a line for each
//! ```
//! It is signed by the key that it names, and by the key so far, if that is another: so an owner hands over to the next. A verdict counts
//! if it is signed by the key that was bound when it was kept. The verdicts so far are fixed by the digest of the last one, so that a key that
//! was replaced, and then stolen, adds none to them.
//!
//! What this does not tell: whether the last lines of both histories were cut off. Who needs that keeps a copy of them elsewhere.

use amparo_signing::{Note, SigningKey, VerifierKey};
use serde::{Deserialize, Serialize};

use super::chain::Line;
use super::{Registry, VerdictEntry};
use crate::Error;
use crate::artefact::time_problem;

const TITLE: &str = "amparo gates binding v1";

/// One binding, as the history of bindings states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Number of the binding among those of the model, from 1.
    pub number: u32,
    /// The key whose verdicts count from here on: `name+id+base64`.
    pub key: String,
    /// SHA-256 of each gates file that a version has to pass before it is put in force.
    pub gates: Vec<String>,
    /// Number of verdicts on versions of the model so far.
    pub verdicts: u32,
    /// SHA-256 of the line of the last of them, if there is one.
    pub last_verdict: Option<String>,
    /// Who binds.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When, RFC 3339, told by the caller.
    pub at: String,
    /// The signed note.
    pub statement: String,
    /// SHA-256 of the line before, without its line feed; nothing on the first line.
    pub previous: Option<String>,
}

/// What is to be bound.
#[derive(Debug, Clone, Copy)]
pub struct ToBind<'a> {
    /// SHA-256 of each gates file.
    pub gates: &'a [String],
    /// The key of the gates' owner; if the model is bound already, the bound one.
    pub key: &'a SigningKey,
    /// The key that follows it, if another one does.
    pub next: Option<&'a SigningKey>,
    /// Who binds.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
}

impl Registry {
    /// Binds a model to gates and to the key of their owner; gives the line that was added to the history.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty `by` or `reason`, a time that is none, no gates, or another key than the bound one;
    /// [`Error::NotVouched`] if the version in force has no verdict that counts by all of these gates; what is wrong with the histories.
    pub fn bind(&self, model: &str, to_bind: &ToBind<'_>) -> Result<Binding, Error> {
        self.versions(model)?;
        let mut problems: Vec<String> = [("by", to_bind.by), ("reason", to_bind.reason)]
            .iter()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(field, _)| format!("{field} is empty, expected who binds and why"))
            .collect();
        problems.extend(time_problem("at", to_bind.at));
        if to_bind.gates.is_empty() {
            problems.push("no gates found, expected at least one".to_owned());
        }
        if !problems.is_empty() {
            return Err(Error::invalid(format!("binding of model `{model}`"), problems.join("; ")));
        }
        self.add_line(model, |before: &[Binding], previous| {
            let added = self.added(model, to_bind, before, previous)?;
            let mut bindings = before.to_vec();
            bindings.push(added.clone());
            let bound = self.bound_by(model, bindings)?;
            if let (Some(bound), Some(in_force)) = (bound, self.in_force(model)?) {
                self.vouched_by(model, Some(&bound), &in_force)?;
            }
            Ok((added, None))
        })
    }

    /// Every binding of a model, in order, the chain of digests and all signatures checked.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown model, [`Error::Format`] naming the line for a broken history.
    pub fn bindings(&self, model: &str) -> Result<Vec<Binding>, Error> {
        self.versions(model)?;
        let bindings: Vec<Binding> = self.lines(model)?;
        self.bound_by(model, bindings.clone())?;
        Ok(bindings)
    }

    fn added(
        &self,
        model: &str,
        to_bind: &ToBind<'_>,
        before: &[Binding],
        previous: Option<&str>,
    ) -> Result<Binding, Error> {
        let signer = to_bind.key.verifier();
        if let Some(bound) = before.last()
            && bound.key != signer.to_string()
        {
            let problem = format!("key is `{}`, the model is bound to `{}`", signer.short(), bound.key);
            return Err(Error::invalid(format!("binding of model `{model}`"), problem));
        }
        let (verdicts, last_verdict) = self.lines_and_last::<VerdictEntry>(model)?;
        let key = to_bind.next.unwrap_or(to_bind.key);
        let mut binding = Binding {
            number: before.len() as u32 + 1,
            key: key.verifier().to_string(),
            gates: to_bind.gates.to_vec(),
            verdicts: verdicts.len() as u32,
            last_verdict,
            by: to_bind.by.to_owned(),
            reason: to_bind.reason.to_owned(),
            at: to_bind.at.to_owned(),
            statement: String::new(),
            previous: previous.map(str::to_owned),
        };
        let mut note = Note::new(binding.text(model));
        note.sign(key);
        if to_bind.next.is_some() {
            note.sign(to_bind.key);
        }
        binding.statement = note.to_string();
        Ok(binding)
    }
}

impl Binding {
    /// What is signed.
    fn text(&self, model: &str) -> String {
        let Self { number, key, gates, verdicts, last_verdict, previous, .. } = self;
        let [last, previous] = [last_verdict, previous].map(|digest| digest.as_deref().unwrap_or("none"));
        let gates: String = gates.iter().map(|digest| format!("{digest}\n")).collect();
        format!("{TITLE}\n{model}\n{number} {previous}\n{key}\n{verdicts} {last}\n{gates}")
    }

    /// The key that it names, if that key has signed it, and the key so far, if there is one.
    pub(super) fn signed(&self, model: &str, so_far: Option<&VerifierKey>) -> Result<VerifierKey, String> {
        let what = format!("binding {}", self.number);
        let told = |error: amparo_signing::Error| error.to_string();
        let key = VerifierKey::parse(&self.key).map_err(told)?;
        let note = Note::parse(&what, &self.statement).map_err(told)?;
        if note.text() != self.text(model) {
            return Err(format!("{what} does not say what was signed"));
        }
        for signer in std::iter::once(&key).chain(so_far) {
            if !note.is_signed_by(signer).map_err(told)? {
                return Err(format!("{what} is not signed by `{}`", signer.short()));
            }
        }
        Ok(key)
    }
}

impl Line for Binding {
    const LOG: &'static str = "bindings.jsonl";
    const EXPECTED: &'static str = "an unbroken history of bindings";
    const LINE: &'static str = "a binding of gates";

    fn previous(&self) -> Option<&str> {
        self.previous.as_deref()
    }

    fn set_previous(&mut self, digest: Option<String>) {
        self.previous = digest;
    }

    fn problem(&self, before: &[Self]) -> Option<String> {
        let (found, expected) = (self.number, before.len() + 1);
        (found as usize != expected).then(|| format!("has number {found}, expected {expected}"))
    }
}

//! Which entries are to be erased.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::entry::belongs_to;
use crate::{
    CONFIRMATION, ERASURE, Entry, Erasure, Error, Ground, KEY_ROTATION, Log, OWN_VIEW, PROPOSAL, READ,
    Ranges, Statement,
};

/// Most proposals that are erased in one step: others wait no longer than that takes.
const TOGETHER: usize = 5_000;

/// Which proposals are meant; the confirmation and the own view of each go with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Criterion {
    /// All of one case.
    Case(String),
    /// Those of these ids.
    Proposals(Vec<String>),
    /// All that were made before a time, by what the log says of it (`answer.created_at`).
    Before(Timestamp),
}

/// Entries of a log that was verified to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    found: Vec<Found>,
    /// Number of entries that were looked at.
    seen: i64,
    before: Option<Timestamp>,
}

/// Sequences of a proposal, and of what goes with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    proposal: i64,
    confirmation: Option<i64>,
    own_view: Option<i64>,
    reads: Vec<i64>,
}

impl Selection {
    /// How many proposals.
    pub fn proposals(&self) -> usize {
        self.found.len()
    }

    /// How many of them have a confirmation, which goes with them.
    pub fn confirmations(&self) -> usize {
        self.found.iter().filter(|found| found.confirmation.is_some()).count()
    }

    /// How many of them have an own view, which goes with them.
    pub fn own_views(&self) -> usize {
        self.found.iter().filter(|found| found.own_view.is_some()).count()
    }

    /// How many entries say who was shown one of them, which go with them.
    pub fn reads(&self) -> usize {
        self.found.iter().map(|found| found.reads.len()).sum()
    }

    /// The sequences of all of them.
    pub fn entries(&self) -> Ranges {
        sequences(&self.found)
    }

    /// The steps in which they are erased: one, unless they are many thousands. Each is done whole or not at all.
    pub fn erasures(&self, ground: &Ground) -> Vec<Erasure> {
        let step = |found: &[Found]| Erasure {
            entries: sequences(found),
            seen: self.seen,
            ground: ground.clone(),
            before: self.before,
        };
        self.found.chunks(TOGETHER).map(step).collect()
    }
}

fn sequences(found: &[Found]) -> Ranges {
    Ranges::of(found.iter().flat_map(|found| {
        let parts = std::iter::once(found.proposal).chain(found.confirmation).chain(found.own_view);
        parts.chain(found.reads.iter().copied())
    }))
}

impl Log {
    /// Looks for what is to be erased, and verifies the whole log on the way. Nothing of it is empty, but of a time before which there is nothing.
    ///
    /// # Errors
    /// [`Error::NotErased`] if no proposal of the case is there, or not every one that was named, or one was erased already; [`Error::Entry`] if it is not known
    /// when a proposal was made; as [`Log::verify`].
    pub async fn select(&self, criterion: &Criterion) -> Result<Selection, Error> {
        let mut looking = Looking {
            criterion,
            found: Vec::new(),
            at: HashMap::new(),
            known: HashMap::new(),
            by: Vec::new(),
        };
        let verified = self.walk(|entry, _| looking.look(entry)).await?;
        looking.check()?;
        let before = match criterion {
            Criterion::Before(time) => Some(*time),
            _ => None,
        };
        Ok(Selection { found: looking.found, seen: verified.entries, before })
    }
}

struct Looking<'a> {
    criterion: &'a Criterion,
    found: Vec<Found>,
    /// Where in it a proposal is, by its id.
    at: HashMap<String, usize>,
    /// What entries are whose ids were named, and whether each was erased: kind and sequence.
    known: HashMap<String, (String, i64, bool)>,
    /// What was erased before, and by which entry.
    by: Vec<(i64, Ranges)>,
}

impl Looking<'_> {
    fn look(&mut self, entry: &Entry) -> Result<(), Error> {
        if let Criterion::Proposals(ids) = self.criterion
            && ids.contains(&entry.id)
        {
            self.known.insert(entry.id.clone(), (entry.kind.clone(), entry.sequence, entry.is_erased()));
        }
        match entry.kind.as_str() {
            _ if entry.is_erased() => {}
            PROPOSAL if self.is_meant(entry)? => {
                self.at.insert(entry.id.clone(), self.found.len());
                self.found.push(Found { proposal: entry.sequence, ..Found::default() });
            }
            kind @ (CONFIRMATION | OWN_VIEW | READ) => {
                let of = belongs_to(kind, &entry.id).and_then(|id| self.at.get(id));
                if let Some(found) = of.and_then(|at| self.found.get_mut(*at)) {
                    match kind {
                        CONFIRMATION => found.confirmation = Some(entry.sequence),
                        OWN_VIEW => found.own_view = Some(entry.sequence),
                        _ => found.reads.push(entry.sequence),
                    }
                }
            }
            ERASURE => self.by.extend(Statement::read(entry)?.map(|said| (entry.sequence, said.erased))),
            PROPOSAL | KEY_ROTATION => {}
            other => {
                let problem = format!("its kind is `{other}`");
                return Err(Error::Entry { id: entry.id.clone(), problem });
            }
        }
        Ok(())
    }

    fn is_meant(&self, entry: &Entry) -> Result<bool, Error> {
        match self.criterion {
            Criterion::Case(case) => Ok(entry.case_id.as_ref() == Some(case)),
            Criterion::Proposals(ids) => Ok(ids.contains(&entry.id)),
            Criterion::Before(time) => Ok(created_at(entry)? < *time),
        }
    }

    /// Whether all that was named was found.
    fn check(&self) -> Result<(), Error> {
        let refused = |problem: String| Err(Error::NotErased { problem });
        match self.criterion {
            // The case is not named: the sentence may reach an operational log.
            Criterion::Case(_) if self.found.is_empty() => refused(
                "the log holds no proposal of this case: it is unknown, or was erased already".to_owned(),
            ),
            Criterion::Proposals(ids) => ids.iter().try_for_each(|id| match self.known.get(id) {
                None => refused(format!("the log holds no proposal `{id}`")),
                Some((kind, ..)) if kind != PROPOSAL => {
                    refused(format!("entry `{id}` is a {kind}, expected a {PROPOSAL}"))
                }
                Some((_, sequence, true)) => {
                    let by = self.by.iter().find(|(_, erased)| erased.contains(*sequence));
                    let by = by.map(|(by, _)| format!(", as entry {by} says")).unwrap_or_default();
                    refused(format!("proposal `{id}` was erased already{by}"))
                }
                Some(_) => Ok(()),
            }),
            Criterion::Case(_) | Criterion::Before(_) => Ok(()),
        }
    }
}

/// When a proposal was made, by what its body says.
fn created_at(entry: &Entry) -> Result<Timestamp, Error> {
    #[derive(Deserialize)]
    struct Body {
        answer: Answer,
    }
    #[derive(Deserialize)]
    struct Answer {
        created_at: Timestamp,
    }
    let Body { answer } = serde_json::from_str(entry.body()?).map_err(|error| {
        let problem = format!("it does not say when it was made: {error}");
        Error::Entry { id: entry.id.clone(), problem }
    })?;
    Ok(answer.created_at)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// So many proposals, each confirmed by the entry 100,000 after it.
    pub fn selected(n: i64) -> Selection {
        let of = |k| Found { proposal: k, confirmation: Some(100_000 + k), ..Found::default() };
        Selection { found: (1..=n).map(of).collect(), seen: 1_000_000, before: None }
    }
}

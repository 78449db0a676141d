//! Which entries are to be erased.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::entry::proposal_of;
use crate::{
    CONFIRMATION, ERASURE, Entry, Erasure, Error, Ground, KEY_ROTATION, Log, PROPOSAL, Ranges, Statement,
};

/// Most proposals that are erased in one step: others wait no longer than that takes.
const TOGETHER: usize = 5_000;

/// Which proposals are meant; the confirmation of each goes with it.
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
    /// Sequences of the proposals, each with that of its confirmation.
    found: Vec<(i64, Option<i64>)>,
    /// Number of entries that were looked at.
    seen: i64,
    before: Option<Timestamp>,
}

impl Selection {
    /// How many proposals.
    pub fn proposals(&self) -> usize {
        self.found.len()
    }

    /// How many of them have a confirmation, which goes with them.
    pub fn confirmations(&self) -> usize {
        self.found.iter().filter(|(_, confirmation)| confirmation.is_some()).count()
    }

    /// The sequences of all of them.
    pub fn entries(&self) -> Ranges {
        sequences(&self.found)
    }

    /// The steps in which they are erased: one, unless they are many thousands. Each is done whole or not at all.
    pub fn erasures(&self, ground: &Ground) -> Vec<Erasure> {
        let step = |found: &[(i64, Option<i64>)]| Erasure {
            entries: sequences(found),
            seen: self.seen,
            ground: ground.clone(),
            before: self.before,
        };
        self.found.chunks(TOGETHER).map(step).collect()
    }
}

fn sequences(found: &[(i64, Option<i64>)]) -> Ranges {
    Ranges::of(
        found.iter().flat_map(|(proposal, confirmation)| std::iter::once(*proposal).chain(*confirmation)),
    )
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
    found: Vec<(i64, Option<i64>)>,
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
                self.found.push((entry.sequence, None));
            }
            CONFIRMATION => {
                let of = proposal_of(&entry.id).and_then(|id| self.at.remove(id));
                if let Some((_, confirmation)) = of.and_then(|at| self.found.get_mut(at)) {
                    *confirmation = Some(entry.sequence);
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
        Selection { found: (1..=n).map(|k| (k, Some(100_000 + k))).collect(), seen: 1_000_000, before: None }
    }
}

//! What verification finds of the list of proposals: whether each is listed by what its body and the later entries say of it.

use std::collections::{BTreeMap, HashMap};

use crate::entry::proposal_of;
use crate::processors::on_all_processors;
use crate::{CONFIRMATION, Entry, Error, Listed, OWN_VIEW, PROPOSAL, Page, Search, Store, Summary};

/// What does not hold, and of which entry.
type Fault = (i64, String);

/// What the list says of entries that are still to come: the kind of each and the proposal that it is about. Only that much is kept in memory.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    to_come: BTreeMap<i64, (&'static str, String)>,
}

/// What the list says of some entries, and what they say themselves.
#[derive(Debug, Default)]
pub(crate) struct Told {
    listed: HashMap<i64, Listed>,
    summaries: HashMap<i64, Summary>,
}

impl Told {
    /// What is listed from a sequence on, as much as of so many entries; `None` of a log of an edition that keeps no list.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn read(store: &dyn Store, from: i64, limit: u32) -> Result<Option<Vec<Listed>>, Error> {
        match store.list(&Search::default(), Page::from(from, limit)).await {
            Err(Error::WithoutListing { .. }) => Ok(None),
            listed => listed.map(Some),
        }
    }

    /// Beside what the entries say, worked out on all processors.
    pub fn beside(listed: Vec<Listed>, entries: &[Entry]) -> Self {
        let summaries = on_all_processors(entries.iter().collect(), |entry: &Entry| {
            (entry.sequence, Summary::of_entry(entry))
        });
        Self {
            listed: listed.into_iter().map(|listed| (listed.sequence, listed)).collect(),
            summaries: summaries.into_iter().filter_map(|(at, summary)| Some((at, summary?))).collect(),
        }
    }
}

impl Checked {
    /// Takes note of an entry, in order.
    ///
    /// # Errors
    /// What does not hold about it; [`Error::Store`].
    pub async fn note(
        &mut self,
        store: &dyn Store,
        entry: &Entry,
        of: &mut Told,
    ) -> Result<Result<(), Fault>, Error> {
        let sequence = entry.sequence;
        let (listed, summary) = (of.listed.remove(&sequence), of.summaries.remove(&sequence));
        let replaces = summary.as_ref().and_then(|summary| summary.replaces.clone());
        let problem = match (&listed, &summary) {
            (None, None) => None,
            (Some(_), None) if entry.is_erased() => Some("it was erased, and is still listed"),
            (Some(_), None) => Some("it is listed, and is no proposal"),
            (None, Some(_)) => Some("it is a proposal, and is not listed"),
            (Some(listed), Some(summary)) => {
                (listed.summary != *summary).then_some("it is listed by something that its body does not say")
            }
        };
        if let Some(problem) = problem {
            return Ok(Err((sequence, problem.to_owned())));
        }
        for (kind, later) in listed.iter().flat_map(parts) {
            self.to_come.insert(later, (kind, entry.id.clone()));
        }
        let about = match entry.is_erased() {
            true => None,
            false => proposal_of(&entry.kind, &entry.id).map(str::to_owned).or(replaces),
        };
        match (about, self.to_come.remove(&sequence)) {
            (None, None) => Ok(Ok(())),
            (Some(about), Some((kind, of))) if *kind == *entry.kind && of == about => Ok(Ok(())),
            // Listed when the proposal was read already, or maybe of no proposal that is there.
            (Some(about), None) => match says(store, &about, entry).await? {
                true => Ok(Ok(())),
                false => Ok(Err((
                    sequence,
                    format!("the list does not say of its proposal what it is: a {}", entry.kind),
                ))),
            },
            (_, Some((kind, _))) => Ok(Err((
                sequence,
                format!("the list says that it is the {kind} of a proposal, which it is not"),
            ))),
        }
    }

    /// Once all of the log was noted.
    ///
    /// # Errors
    /// What does not hold.
    pub fn end(&self) -> Result<(), Fault> {
        match self.to_come.first_key_value() {
            None => Ok(()),
            Some((sequence, (kind, _))) => Err((
                *sequence,
                format!(
                    "the list says that it is the {kind} of a proposal, and there is no such entry after it"
                ),
            )),
        }
    }
}

/// The later entries that are listed with a proposal.
fn parts(listed: &Listed) -> impl Iterator<Item = (&'static str, i64)> {
    let Listed { confirmation, own_view, replacement, .. } = listed;
    let parts = [(CONFIRMATION, confirmation), (OWN_VIEW, own_view), (PROPOSAL, replacement)];
    parts.map(|(kind, at)| at.map(|at| (kind, at))).into_iter().flatten()
}

/// Whether the list says of a proposal before an entry that the entry is about it, or whether there is nothing to say it of.
async fn says(store: &dyn Store, proposal_id: &str, entry: &Entry) -> Result<bool, Error> {
    let of = store.find(proposal_id).await?;
    let is_listed = |of: &Entry| of.kind == PROPOSAL && !of.is_erased() && of.sequence < entry.sequence;
    let Some(of) = of.filter(is_listed) else { return Ok(true) };
    let listed = store.list(&Search::default(), Page::from(of.sequence, 1)).await?;
    Ok(listed
        .iter()
        .filter(|listed| listed.sequence == of.sequence)
        .flat_map(parts)
        .any(|part| part == (kind(entry), entry.sequence)))
}

fn kind(entry: &Entry) -> &'static str {
    [CONFIRMATION, OWN_VIEW].into_iter().find(|kind| *kind == entry.kind).unwrap_or(PROPOSAL)
}

//! What the store with a fault lists.

use super::faulty::{Fault, FaultyStore};
use crate::memory::listed;
use crate::{Entry, Listed, Page, Search};

impl FaultyStore {
    /// Whether a proposal was replaced, if there is one.
    pub(super) fn is_replaced(&self, entries: &[Entry], proposal: Option<&str>) -> bool {
        self.fault != Fault::ReplacedTwice
            && listed(entries)
                .iter()
                .any(|listed| listed.replacement.is_some() && Some(&*listed.proposal_id) == proposal)
    }

    /// A page of the list, made of the entries each time.
    pub(super) fn listed(&self, entries: &[Entry], search: &Search, page: Page) -> Vec<Listed> {
        let mut all = listed(entries);
        if self.fault == Fault::ErasedIsListed {
            all.extend(entries.iter().filter(|entry| entry.is_erased()).map(|entry| Listed {
                sequence: entry.sequence,
                proposal_id: entry.id.clone(),
                case_id: None,
                summary: Default::default(),
                confirmation: None,
                own_view: None,
                replacement: None,
                replaced_by: None,
            }));
            all.sort_by_key(|listed| listed.sequence);
        }
        let mut search = search.clone();
        match self.fault {
            Fault::Unlisted => all.retain(|listed| listed.sequence != 2),
            Fault::ListedByNoUnit => search.unit = None,
            Fault::WithheldLevelFound => search.without_withheld_levels = false,
            Fault::ReplacedUnsaid => all.iter_mut().for_each(|listed| listed.replaced_by = None),
            _ => {}
        }
        all.retain(|listed| search.finds(listed));
        let newest_first = page.newest_first && self.fault != Fault::ListAlwaysInOrder;
        if newest_first {
            all.reverse();
        }
        let from_the_last = self.fault == Fault::ListPageFromTheLast;
        all.retain(|listed| match page.after {
            None => true,
            Some(after) if from_the_last && listed.sequence == after => true,
            Some(after) if newest_first => listed.sequence < after,
            Some(after) => listed.sequence > after,
        });
        all.truncate(page.limit as usize + usize::from(self.fault == Fault::ListPageTooLong));
        all
    }
}

//! How the texts of a column are made equal to those that a source lists for it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::Source;
use crate::source::Tidying;

/// The texts that a source lists for one column, and what it says about blanks and capitals there.
pub(super) struct Spelling<'s> {
    tidying: Tidying,
    /// By their small letters; filled only where capitals do not matter.
    folded: BTreeMap<String, &'s str>,
}

impl<'s> Spelling<'s> {
    /// What a source says about a column.
    pub fn of(source: &'s Source, column: &str) -> Self {
        let tidying = source.tidying.get(column).copied().unwrap_or_default();
        let listed = if tidying.fold_case { source.listed(column) } else { BTreeSet::new() };
        Self { tidying, folded: listed.into_iter().map(|text| (text.to_lowercase(), text)).collect() }
    }

    /// The text that a cell holds, in the spelling of the source if it lists it.
    pub fn read<'c>(&self, cell: &'c str) -> Cow<'c, str> {
        let text = if self.tidying.trim { cell.trim() } else { cell };
        if !self.tidying.fold_case {
            return text.into();
        }
        self.folded.get(&text.to_lowercase()).map_or(text.into(), |listed| (*listed).to_owned().into())
    }
}

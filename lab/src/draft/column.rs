//! What stands in one column.

use std::collections::BTreeMap;

use amparo_datasets::{ForeignColumn, ForeignKind, Numbers, identity};
use jiff::civil::Date;

use super::days::{self, Written};
use super::{IS_NUMBER, words};

/// Fewest different texts by which a column can be told to hold ids.
const FEWEST_IDS: usize = 20;

/// A column with each of its texts, counted.
pub(super) struct Column<'t> {
    pub name: &'t str,
    pub cells: &'t [String],
    pub kind: &'t ForeignKind,
    /// Rows that hold each text, but for those that stand for nothing.
    pub texts: BTreeMap<&'t str, usize>,
    /// Rows that hold each text that stands for nothing.
    pub nothing: BTreeMap<&'t str, usize>,
    pub holds: Holds,
}

/// What the texts of a column are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Holds {
    /// Nothing in any row, or nothing that can be read.
    Nothing,
    /// Texts.
    Texts,
    /// Numbers, more than two different ones; none where a cell stands for nothing.
    Numbers(Vec<Option<f64>>),
    /// Days, with every way in which all of them can be read.
    Days(Vec<Written>, Vec<Option<Date>>),
}

impl<'t> Column<'t> {
    pub fn of(column: &'t ForeignColumn, numbers: Numbers) -> Self {
        let (mut texts, mut nothing) = (BTreeMap::new(), BTreeMap::new());
        for cell in &column.cells {
            let side = if words::is_nothing(cell) { &mut nothing } else { &mut texts };
            *side.entry(cell.as_str()).or_insert(0) += 1;
        }
        // A typed number is written with a point, whatever the texts of the table do.
        let numbers = if column.kind == ForeignKind::Text { numbers } else { Numbers::default() };
        let mut column = Self {
            name: &column.name,
            cells: &column.cells,
            kind: &column.kind,
            texts,
            nothing,
            holds: Holds::Texts,
        };
        column.holds = column.held(numbers);
        column
    }

    fn held(&self, numbers: Numbers) -> Holds {
        if self.texts.is_empty() {
            return Holds::Nothing;
        }
        let typed_day = *self.kind == ForeignKind::Day;
        let written = days::ways(self.texts.keys().copied(), typed_day);
        if let Some(way) = written.first().copied() {
            let days = self.cells.iter().map(|cell| way.read(cell)).collect();
            return Holds::Days(written, days);
        }
        if self.texts.len() > 2 && self.texts.keys().all(|text| IS_NUMBER(&numbers, text)) {
            return Holds::Numbers(self.cells.iter().map(|cell| numbers.read(cell).ok()).collect());
        }
        Holds::Texts
    }

    /// Rows that hold something.
    pub fn n_filled(&self) -> usize {
        self.texts.values().sum()
    }

    /// Rows that hold nothing.
    pub fn n_nothing(&self) -> usize {
        self.nothing.values().sum()
    }

    /// Whether every row holds another text, as ids do, and numbers that were measured do not.
    pub fn is_unique(&self) -> bool {
        let whole = match &self.holds {
            Holds::Numbers(numbers) => numbers.iter().flatten().all(|number| number.fract().abs() <= 0.0),
            Holds::Texts => true,
            Holds::Days(..) | Holds::Nothing => false,
        };
        whole && self.texts.len() >= FEWEST_IDS && self.texts.len() == self.n_filled()
    }

    /// What a cell holds that identifies a person, if one does.
    pub fn document(&self) -> Option<&'static str> {
        match self.holds {
            Holds::Texts => self.texts.keys().find_map(|text| identity::document(text)),
            _ => None,
        }
    }

    /// Whether every text is a UUID or a digest.
    pub fn is_drawn(&self) -> bool {
        self.holds == Holds::Texts && self.texts.keys().all(|text| identity::is_drawn(text))
    }

    /// The texts with their rows for a comment, the commonest first: `No` 3131, `Sí` 1622.
    pub fn listed(&self, most: usize) -> String {
        let mut all: Vec<(&str, usize)> =
            self.texts.iter().chain(&self.nothing).map(|(t, n)| (*t, *n)).collect();
        all.sort_by_key(|(text, n)| (std::cmp::Reverse(*n), *text));
        let shown = all.iter().take(most).map(|(text, n)| format!("`{}` {n}", text.escape_debug()));
        let more = (all.len() > most).then(|| format!("and {} more", all.len() - most));
        shown.chain(more).collect::<Vec<_>>().join(", ")
    }
}

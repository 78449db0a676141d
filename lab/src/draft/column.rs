//! What stands in one column.

use std::collections::BTreeMap;

use amparo_datasets::{ForeignColumn, ForeignKind, Numbers, identity};
use jiff::civil::Date;

use super::days::{self, Written};
use super::{DraftPlan, IS_NUMBER, Order, words};

/// Fewest different texts by which a column can be told to hold ids.
const FEWEST_IDS: usize = 20;

/// A column with each of its texts, counted.
pub(super) struct Column<'t> {
    pub name: &'t str,
    pub cells: &'t [String],
    pub kind: &'t ForeignKind,
    /// The order that a caller states of its answers.
    pub order: Option<&'t Order<'t>>,
    /// Rows that hold each text, but for those that stand for nothing.
    pub texts: BTreeMap<&'t str, usize>,
    /// Rows that hold each text that stands for nothing, or of which a caller states that it says that nobody knows.
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
    pub fn of(column: &'t ForeignColumn, numbers: Numbers, plan: &DraftPlan<'t>) -> Self {
        let mut texts = BTreeMap::new();
        for cell in &column.cells {
            *texts.entry(cell.as_str()).or_insert(0) += 1;
        }
        let nothing = texts.extract_if(.., |cell, _| plan.is_nothing(column, cell)).collect();
        // A typed number is written with a point, whatever the texts of the table do.
        let numbers = if column.kind == ForeignKind::Text { numbers } else { Numbers::default() };
        let mut column = Self {
            name: &column.name,
            cells: &column.cells,
            kind: &column.kind,
            order: plan.order(&column.name),
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
        // Where the texts are listed or closed, they are the answers, whatever they look like.
        let listed = matches!(self.order, Some(Order::Texts(_)));
        if listed || matches!(self.kind, ForeignKind::Categories { .. }) {
            return Holds::Texts;
        }
        let typed_day = *self.kind == ForeignKind::Day;
        let written = days::ways(self.texts.keys().copied(), typed_day);
        if let Some(way) = written.first().copied() {
            let days = self.cells.iter().map(|cell| self.something(cell).and_then(|cell| way.read(cell)));
            let days = days.collect();
            return Holds::Days(written, days);
        }
        if self.texts.len() > 2 && self.texts.keys().all(|text| IS_NUMBER(&numbers, text)) {
            let read = |cell: &String| self.something(cell).and_then(|cell| numbers.read(cell).ok());
            return Holds::Numbers(self.cells.iter().map(read).collect());
        }
        Holds::Texts
    }

    /// A cell, unless it stands for nothing.
    fn something<'c>(&self, cell: &'c str) -> Option<&'c str> {
        (!self.nothing.contains_key(cell)).then_some(cell)
    }

    /// Whether it holds yes and no as typed values.
    pub fn is_boolean(&self) -> bool {
        let is = |text: &&str| matches!(*text, "true" | "false");
        *self.kind == ForeignKind::Typed && !self.texts.is_empty() && self.texts.keys().all(is)
    }

    /// Every text that is an answer, from least to most where an order is stated or known: those of the rows, and those that a row
    /// may hold by its type.
    pub fn known(&self) -> Vec<&'t str> {
        let mut known: Vec<&str> = match self.kind {
            ForeignKind::Categories { all, .. } => {
                all.iter().map(String::as_str).filter(|text| !self.nothing.contains_key(text)).collect()
            }
            _ if self.is_boolean() => vec!["false", "true"],
            _ => self.texts.keys().copied().collect(),
        };
        known.retain(|text| !words::is_nothing(text) && !words::is_unknown(text));
        let place = |text: &&str| match (self.order, self.kind) {
            (Some(Order::Texts(texts)), _) => {
                texts.iter().position(|stated| says(self.kind, text, stated)).unwrap_or(usize::MAX)
            }
            (_, ForeignKind::Categories { all, ordered: true }) => {
                all.iter().position(|one| one == text).unwrap_or(usize::MAX)
            }
            _ => usize::MAX,
        };
        // No before yes, else small before large numbers, else as the alphabet has it, for no order of it is known.
        let yes = known.iter().all(|text| words::yes(text).is_some());
        let numbers = known.iter().all(|text| IS_NUMBER(&Numbers::default(), text));
        let number = |text: &str| Numbers::default().read(text).unwrap_or(0.0);
        known.sort_by(|a, b| {
            let plain = match (yes, numbers) {
                (true, _) => words::yes(a).cmp(&words::yes(b)),
                (false, true) => number(a).total_cmp(&number(b)),
                (false, false) => std::cmp::Ordering::Equal,
            };
            place(a).cmp(&place(b)).then(plain).then(a.cmp(b))
        });
        known
    }

    /// Whether its answers have an order that everybody knows: numbers, no and yes, or categories that state one.
    pub fn has_an_order(&self) -> bool {
        let in_order = matches!(self.kind, ForeignKind::Categories { ordered: true, .. });
        let known = || self.known().into_iter();
        matches!(self.holds, Holds::Numbers(_))
            || in_order
            || known().all(|text| words::yes(text).is_some())
            || known().all(|text| IS_NUMBER(&Numbers::default(), text))
    }

    /// The direction that its answers are drafted with.
    pub fn polarity(&self) -> &'static str {
        match self.order {
            None => "neutral",
            Some(Order::Texts(_) | Order::Rising) => "risk",
            Some(Order::Falling) => "protective",
        }
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

/// Whether a text that a caller states is what a cell holds: of a typed value, however it is written.
pub(super) fn says(kind: &ForeignKind, cell: &str, stated: &str) -> bool {
    let number = |text: &str| Numbers::default().read(text).ok();
    let same = || number(cell).zip(number(stated)).is_some_and(|(a, b)| (a - b).abs() <= 0.0);
    cell == stated || (*kind == ForeignKind::Typed && (cell.eq_ignore_ascii_case(stated) || same()))
}

//! What a part of the rows gives to an evaluation that is computed elsewhere.
//!
//! Areas under curves, calibration curves and the bootstrap by case need the rows of all parts together: none of them is a sum over parts. So a
//! [`Partial`] holds the rows of its part, without loss and in few bytes, and merging puts rows together. Two properties make merging safe:
//!
//! - The rows of a partial stand in an order that depends on the rows alone (by case, then by all their columns). So any tree of merges, in any
//!   order, gives the same partial, to the last byte, and an evaluation of it the same report, to the last bit.
//! - A case is what its id says: rows of one id in several parts are one case. Rows without ids are cases of their own. Two such rows that are
//!   alike in every column are told apart by nothing, and nothing in an evaluation depends on which of them is which.
//!
//! In memory as in bytes, outcomes take a bit, labels as many bits as their number needs, weights none where all are alike, scores one of three
//! forms (`floats`), and ids of cases what they differ by from the one before (`ids`).

mod about;
mod floats;
mod ids;
mod packed;
mod rows;
mod wire;
mod written;

use std::collections::BTreeSet;

use rayon::prelude::*;

use self::floats::Floats;
use self::packed::Packed;
use self::wire::{Reader, Writer};
use crate::error::Error;

pub use self::about::About;
pub use self::ids::{Ids, Texts};
pub use self::rows::Rows;

/// The rows of a part, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial {
    about: About,
    n_rows: usize,
    n_events: usize,
    events: Packed,
    weights: Option<Floats>,
    cases: Option<Cases>,
    groups: Vec<(Vec<String>, Packed)>,
    scores: Vec<Floats>,
}

/// Most labels of a group column.
pub const MOST_LABELS: usize = 1 << 16;

/// The cases of the rows.
#[derive(Debug, Clone, PartialEq)]
struct Cases {
    n: usize,
    /// Their ids, as they are written.
    ids: Vec<u8>,
    /// Rows of each, less one.
    more: Packed,
}

impl Partial {
    /// The partial of some rows, of which there may be none.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that is wrong with the rows.
    pub fn new(about: About, rows: Rows) -> Result<Self, Error> {
        let problems = problems(&about, &rows);
        if !problems.is_empty() {
            return Err(Error::Invalid { what: "rows", problems });
        }
        Ok(Self::packed(about, rows.ordered()))
    }

    /// The partial of all rows of some partials, whatever the order in which they are given.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a partial; with everything in which they differ; and beyond 4,294,967,295 rows.
    pub fn merged<'p>(partials: impl IntoIterator<Item = &'p Self>) -> Result<Self, Error> {
        let partials: Vec<&Self> = partials.into_iter().collect();
        let problems = differences(&partials);
        if !problems.is_empty() {
            return Err(Error::Invalid { what: "partials", problems });
        }
        let mut with_rows = partials.iter().filter(|one| one.n_rows > 0);
        let (Some(one), two) = (with_rows.next(), with_rows.next()) else {
            return Ok(partials[0].clone());
        };
        let Some(two) = two else { return Ok((*one).clone()) };
        let mut rows = one.rows()?;
        for other in std::iter::once(two).chain(with_rows) {
            append(&mut rows, other.rows()?);
        }
        Ok(Self::packed(one.about.clone(), rows.ordered()))
    }

    /// What the columns are.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Rows with the event.
    #[must_use]
    pub fn n_events(&self) -> usize {
        self.n_events
    }

    /// Distinct cases.
    #[must_use]
    pub fn n_cases(&self) -> usize {
        self.cases.as_ref().map_or(self.n_rows, |cases| cases.n)
    }

    /// The rows as plain columns, in their order.
    ///
    /// # Errors
    /// None for a partial that was made or read here.
    pub fn rows(&self) -> Result<Rows, Error> {
        let cases = self.cases.as_ref().map(|cases| {
            let ids = Ids::read(&mut Reader::new(&cases.ids))?;
            let times = cases.more.iter().map(|more| more as usize + 1);
            Ok((ids, (0..).zip(times).flat_map(|(id, times)| std::iter::repeat_n(id, times)).collect()))
        });
        Ok(Rows {
            events: self.events.iter().map(|event| event == 1).collect(),
            weights: self.weights.as_ref().map(Floats::all),
            cases: cases.transpose()?,
            groups: self
                .groups
                .iter()
                .map(|(labels, codes)| (labels.clone(), codes.iter().map(|code| code as u16).collect()))
                .collect(),
            scores: self.scores.par_iter().map(Floats::all).collect(),
        })
    }

    /// Packs rows that are in their order.
    fn packed(about: About, rows: Rows) -> Self {
        let cases = rows.cases.map(|(ids, of_rows)| {
            // Without any, it is not known of which kind they are.
            let ids = if ids.is_empty() { Ids::Numbers(Vec::new()) } else { ids };
            let mut written = Writer::default();
            ids.write(&mut written);
            let more: Vec<u32> = of_rows.chunk_by(|a, b| a == b).map(|rows| rows.len() as u32 - 1).collect();
            let most = more.iter().copied().max().unwrap_or_default();
            Cases { n: ids.len(), ids: written.0, more: Packed::new(more.into_iter(), most) }
        });
        let codes = |(labels, codes): (Vec<String>, Vec<u16>)| {
            let most = labels.len().saturating_sub(1) as u32;
            (labels, Packed::new(codes.into_iter().map(u32::from), most))
        };
        Self {
            about,
            n_rows: rows.events.len(),
            n_events: rows.events.iter().filter(|event| **event).count(),
            events: Packed::bits(rows.events.into_iter()),
            weights: rows.weights.as_deref().map(Floats::new),
            cases,
            groups: rows.groups.into_iter().map(codes).collect(),
            scores: rows.scores.par_iter().map(|scores| Floats::new(scores)).collect(),
        }
    }

    fn told(&self) -> Vec<(&'static str, String)> {
        self.about.told((self.weights.is_some(), self.cases.is_some()))
    }

    /// The kind of the ids of cases; none without rows, where it is not known.
    fn kind_of_ids(&self) -> Option<u8> {
        self.cases.as_ref().filter(|cases| cases.n > 0)?.ids.first().copied()
    }
}

/// Everything in which partials differ that have to be alike, and whatever else stands against merging them.
fn differences(partials: &[&Partial]) -> Vec<String> {
    let Some(first) = partials.first() else {
        return vec!["there is no partial, expected one or more".to_owned()];
    };
    let mut problems = Vec::new();
    for (at, other) in partials.iter().enumerate().skip(1) {
        for ((what, expected), (_, found)) in first.told().into_iter().zip(other.told()) {
            if found != expected {
                problems.push(format!("{what} of partial {at}: {found}, of partial 0: {expected}"));
            }
        }
    }
    let kinds: BTreeSet<_> = partials.iter().filter_map(|one| one.kind_of_ids()).collect();
    if kinds.len() > 1 {
        problems.push("cases are whole numbers in some partials and texts in others".to_owned());
    }
    let n_rows: usize = partials.iter().map(|one| one.n_rows).sum();
    if n_rows > u32::MAX as usize {
        problems.push(format!("there are {n_rows} rows, expected at most {}", u32::MAX));
    }
    if problems.is_empty() {
        problems.extend(first.about.groups.iter().enumerate().filter_map(|(at, name)| {
            let labels: BTreeSet<_> = partials.iter().flat_map(|one| &one.groups[at].0).collect();
            let n = labels.len();
            (n > MOST_LABELS)
                .then(|| format!("group `{name}` has {n} labels, expected at most {MOST_LABELS}"))
        }));
    }
    problems
}

/// Adds rows with the same columns.
fn append(rows: &mut Rows, other: Rows) {
    rows.events.extend(other.events);
    if let Some((all, other)) = rows.weights.as_mut().zip(other.weights) {
        all.extend(other);
    }
    if let Some(((ids, of_rows), (more, of_more))) = rows.cases.as_mut().zip(other.cases) {
        let first = ids.len() as u32;
        // They are of one kind: that was checked.
        ids.extend(more);
        of_rows.extend(of_more.into_iter().map(|id| first + id));
    }
    rows.scores.iter_mut().zip(other.scores).for_each(|(all, other)| all.extend(other));
    for ((labels, codes), (more, of_more)) in rows.groups.iter_mut().zip(other.groups) {
        let places: Vec<u16> = more
            .into_iter()
            .map(|label| {
                let known = labels.iter().position(|known| *known == label);
                known.unwrap_or_else(|| {
                    labels.push(label);
                    labels.len() - 1
                }) as u16
            })
            .collect();
        codes.extend(of_more.into_iter().map(|code| places[usize::from(code)]));
    }
}

/// Everything that is wrong with rows.
fn problems(about: &About, rows: &Rows) -> Vec<String> {
    let n = rows.events.len();
    let mut problems = Vec::new();
    let mut length = |what: String, found: usize| {
        if found != n {
            problems.push(format!("`{what}` has {found} rows, expected {n}"));
        }
    };
    let scores = || about.scores.iter().zip(&rows.scores);
    let groups = || about.groups.iter().zip(&rows.groups);
    scores().for_each(|((name, _), values)| length(format!("score {name}"), values.len()));
    groups().for_each(|(name, (_, codes))| length(format!("group {name}"), codes.len()));
    rows.weights.iter().for_each(|weights| length("weights".to_owned(), weights.len()));
    rows.cases.iter().for_each(|(_, of_rows)| length("cases".to_owned(), of_rows.len()));
    let mut count = |what: &str, names: usize, columns: usize| {
        if names != columns {
            problems.push(format!("{columns} columns of {what} are given, expected {names}"));
        }
    };
    count("scores", about.scores.len(), rows.scores.len());
    count("groups", about.groups.len(), rows.groups.len());
    problems.extend(about.problems());
    if n > u32::MAX as usize {
        problems.push(format!("there are {n} rows, expected at most {}", u32::MAX));
    }
    let mut each = |what: String, values: &[f64], expected: &str, holds: fn(f64) -> bool| {
        if let Some(row) = values.iter().position(|x| !holds(*x)) {
            problems.push(format!("`{what}` is {}, expected {expected} (row {row})", values[row]));
        }
    };
    for ((name, is_probability), values) in scores() {
        let (expected, holds) = range(*is_probability);
        each(format!("score {name}"), values, expected, holds);
    }
    rows.weights.iter().for_each(|weights| each("weights".to_owned(), weights, "> 0 and finite", is_weight));
    for (name, (labels, codes)) in groups() {
        if let Some(row) = codes.iter().position(|code| usize::from(*code) >= labels.len()) {
            problems.push(format!(
                "group `{name}` has code {}, expected below {} (row {row})",
                codes[row],
                labels.len()
            ));
        }
    }
    if let Some((ids, of_rows)) = &rows.cases
        && let Some(row) = of_rows.iter().position(|id| *id as usize >= ids.len())
    {
        problems.push(format!(
            "`cases` has place {}, expected below {} (row {row})",
            of_rows[row],
            ids.len()
        ));
    }
    problems
}

/// What a score may be.
fn range(is_probability: bool) -> (&'static str, fn(f64) -> bool) {
    if is_probability { ("in [0, 1]", |p| (0.0..=1.0).contains(&p)) } else { ("finite", f64::is_finite) }
}

fn is_weight(weight: f64) -> bool {
    weight > 0.0 && weight.is_finite()
}

#[cfg(test)]
mod tests;

//! The classes of an ordered outcome.

use super::{Outcome, Status};
use crate::{Problem, Problems};

/// Most classes of an ordered outcome.
pub const MAX_CLASSES: usize = 20;

/// The class of each row on an ordered scale (how grave it was, the level that a professional gave), of which some are the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classes {
    /// Names, from the lowest to the highest; 2 to [`MAX_CLASSES`].
    pub ids: Vec<String>,
    /// Place in `ids` of the lowest class that is the event, at least 1: the event is this class or a higher one.
    pub from: u8,
    /// Place in `ids`, one a row; `None` where the class is not known, and always where it is not known whether the event happened.
    pub codes: Vec<Option<u8>>,
}

impl Classes {
    /// The lowest class that is the event.
    ///
    /// # Panics
    /// If `from` is not below the number of classes; in a cohort it is.
    pub fn from_id(&self) -> &str {
        &self.ids[usize::from(self.from)]
    }

    /// Number of rows whose class is not known.
    pub fn n_unknown(&self) -> usize {
        self.codes.iter().filter(|code| code.is_none()).count()
    }

    /// Those of some rows, in the given order.
    ///
    /// # Panics
    /// If a row has no code.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let codes = rows.iter().map(|&row| self.codes[row]).collect();
        Self { ids: self.ids.clone(), from: self.from, codes }
    }
}

/// What is wrong with the names of the classes of an outcome, and with the class from which on it is the event.
pub(crate) fn names(outcome: &str, ids: &[String], from: Option<usize>, problems: &mut Problems) {
    let mut say = |message: String| problems.push(Problem::new(outcome, message));
    let n = ids.len();
    if !(2..=MAX_CLASSES).contains(&n) {
        say(format!("outcome `{outcome}` has {n} classes, expected 2 to {MAX_CLASSES}"));
    }
    if let Some((at, id)) = ids.iter().enumerate().find(|(at, id)| ids[..*at].contains(id)) {
        say(format!("class `{id}` of outcome `{outcome}` is listed twice (place {})", at + 1));
    }
    if let Some(id) = ids.iter().find(|id| id.trim().is_empty() || id.contains('@')) {
        say(format!("class `{id}` of outcome `{outcome}`, expected a name without `@`"));
    }
    match from {
        Some(0) => say(format!(
            "outcome `{outcome}` is the event from its lowest class on, expected a higher one: else it would be the event in every row"
        )),
        Some(from) if from < n => {}
        _ => say(format!(
            "outcome `{outcome}` is the event from a class on that is none of {}",
            ids.join(", ")
        )),
    }
}

/// Classes that contradict the status.
pub(super) fn values(outcome: &Outcome, say: &mut impl FnMut(&str, usize, [&str; 3])) {
    let Outcome { name, status, classes: Some(Classes { ids, from, codes }), .. } = outcome else { return };
    let known = codes.iter().enumerate().filter_map(|(row, code)| Some((row, (*code)?)));
    for (row, code) in known {
        let before = format!("outcome `{name}` has class ");
        let Some(id) = ids.get(usize::from(code)) else {
            say(name, row, [&before, &code.to_string(), &format!(", expected a code below {}", ids.len())]);
            continue;
        };
        let start = &ids[usize::from(*from)];
        let wrong = match status[row] {
            Status::Event if code < *from => format!(" and the event, which begins with `{start}`"),
            Status::NoEvent if code >= *from => format!(" and no event, which begins with `{start}`"),
            Status::Censored => " and is censored, expected no class".to_owned(),
            Status::Excluded => " and is excluded, expected no class".to_owned(),
            Status::Event | Status::NoEvent => continue,
        };
        say(name, row, [&before, &format!("`{id}`"), &wrong]);
    }
}

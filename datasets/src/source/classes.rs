//! The column that holds the class of an ordered outcome.

use std::collections::BTreeMap;

use super::written::{WrittenClasses, WrittenOutcome};
use crate::cohort::check_classes;
use crate::{Problem, Problems};

/// How the class of each row is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassColumn {
    pub column: String,
    /// Names, from the lowest to the highest.
    pub ids: Vec<String>,
    /// Place of the lowest class that is the event.
    pub from: u8,
    /// Text -> place in `ids`.
    pub values: BTreeMap<String, u8>,
    /// Texts of rows whose class is not known.
    pub unknown: Vec<String>,
}

/// The classes of an outcome, if it states any.
pub(super) fn classes(outcome: &WrittenOutcome, problems: &mut Problems) -> Option<ClassColumn> {
    let WrittenClasses { column, from_lowest: ids, from, values: written, unknown } =
        outcome.classes.as_ref()?;
    let name = &outcome.name;
    let place = |id: &String| ids.iter().position(|known| known == id);
    check_classes(name, ids, place(from), problems);
    let mut say = |message: String| problems.push(Problem::new(name, message));
    let mut values = BTreeMap::new();
    for (text, id) in written {
        match place(id) {
            // As many as there may be fit.
            Some(at) => drop(values.insert(text.clone(), at as u8)),
            None => say(format!(
                "outcome `{name}` reads `{text}` as class `{id}`, expected one of {}",
                ids.join(", ")
            )),
        }
    }
    for id in ids.iter().filter(|id| !written.values().any(|read| read == *id)) {
        say(format!("no text is read as class `{id}` of outcome `{name}`, expected one or more"));
    }
    for text in unknown.iter().filter(|text| written.contains_key(*text)) {
        say(format!("outcome `{name}` lists the text `{text}` both under `unknown` and with a class"));
    }
    let (ids, unknown, from) = (ids.clone(), unknown.clone(), place(from).unwrap_or_default() as u8);
    Some(ClassColumn { column: column.clone(), ids, from, values, unknown })
}

//! The fixed phrases, read from TOML and checked once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use amparo_datasets::{Problem, Problems, Text};
use serde::Deserialize;

use super::fill::places;
use super::phrases::{Labels, Phrases};
use crate::Error;

/// Every phrase that a text is put together from, and every label, in both languages.
///
/// Checked when read: none is missing, empty or unknown, each holds exactly the places that are filled in, and no phrase uses
/// a forbidden word.
#[derive(Debug, Clone)]
pub struct Glossary {
    pub(super) phrases: Phrases,
    pub(super) thousands: Text,
    pub(super) decimal: Text,
    labels: Labels,
    outcomes: BTreeMap<String, Text>,
    forbidden: Forbidden,
}

/// The file `wording/glossary.toml`, as built in.
const BUILT_IN: &str = include_str!("../../wording/glossary.toml");

impl Glossary {
    /// The built-in glossary, read once.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all that is wrong with it.
    pub fn built_in() -> Result<&'static Self, Error> {
        static READ: LazyLock<Result<Glossary, Error>> =
            LazyLock::new(|| Glossary::from_toml(BUILT_IN, Path::new("glossary.toml")));
        READ.as_ref().map_err(|error| Error::invalid("built-in glossary", error.to_string()))
    }

    /// Reads a glossary from TOML; `path` is only named in errors.
    ///
    /// # Errors
    /// [`Error::Format`] if it is not such TOML, [`Error::Data`] with all problems otherwise.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, Error> {
        let written: Written = toml::from_str(text).map_err(|e| Error::Format {
            path: path.to_owned(),
            expected: "a glossary",
            message: e.to_string(),
        })?;
        let Written { forbidden, thousands, decimal, outcome, phrase, label } = written;
        let glossary =
            Self { phrases: phrase, labels: label, thousands, decimal, outcomes: outcome, forbidden };
        Ok(glossary.problems().or(format!("glossary `{}`", path.display()), glossary)?)
    }

    /// What stands beside the numbers of a case in a terminal.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The forbidden words that a text uses, as the glossary lists them.
    pub fn forbidden_in(&self, text: &Text) -> Vec<&str> {
        let spanish = self.forbidden.es.iter().filter(|word| uses(&text.es, word));
        let english = self.forbidden.en.iter().filter(|word| uses(&text.en, word));
        spanish.chain(english).map(String::as_str).collect()
    }

    /// An outcome as a thing that happens: `a new reported assault`; one that is not listed, by its name.
    pub(super) fn outcome(&self, name: &str) -> Text {
        match self.outcomes.get(name) {
            Some(text) => text.clone(),
            None => self.phrases.other_outcome(&super::fill::same(name)),
        }
    }

    fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        for (name, text, expected) in self.phrases.all() {
            self.check(&format!("phrase.{name}"), text, expected, &mut problems);
        }
        for (name, text, expected) in self.labels.all() {
            check_places(&format!("label.{name}"), text, expected, &mut problems);
        }
        for (name, text) in &self.outcomes {
            self.check(&format!("outcome.{name}"), text, &[], &mut problems);
        }
        self.check("thousands", &self.thousands, &[], &mut problems);
        self.check("decimal", &self.decimal, &[], &mut problems);
        for (lang, words) in [("es", &self.forbidden.es), ("en", &self.forbidden.en)] {
            if words.iter().any(|word| word.trim_end_matches('*').trim().is_empty()) {
                let message = format!("`forbidden.{lang}` lists an empty word");
                problems.push(Problem::new(format!("forbidden.{lang}"), message));
            }
        }
        problems
    }

    fn check(&self, field: &str, text: &Text, expected: &[&str], problems: &mut Problems) {
        check_places(field, text, expected, problems);
        for word in self.forbidden_in(text) {
            let message = format!("`{field}` uses the forbidden word `{word}`");
            problems.push(Problem::new(field, message));
        }
    }
}

/// Says whether a text is empty in either language, or holds other places than those that are filled in.
fn check_places(field: &str, text: &Text, expected: &[&str], problems: &mut Problems) {
    let expected: BTreeSet<&str> = expected.iter().copied().collect();
    for (lang, phrase) in [("es", &text.es), ("en", &text.en)] {
        let mut say = |message: String| problems.push(Problem::new(field, message));
        if phrase.trim().is_empty() {
            say(format!("`{field}.{lang}` is empty, expected a phrase"));
            continue;
        }
        match places(phrase) {
            Err(problem) => say(format!("`{field}.{lang}`: {problem}")),
            Ok(found) => {
                let found: BTreeSet<&str> = found.into_iter().collect();
                if found != expected {
                    let [found, expected] = [&found, &expected].map(listed);
                    say(format!("`{field}.{lang}` holds {found}, expected {expected}"));
                }
            }
        }
    }
}

fn listed(places: &BTreeSet<&str>) -> String {
    let places: Vec<String> = places.iter().map(|place| format!("{{{place}}}")).collect();
    if places.is_empty() { "no place".to_owned() } else { places.join(", ") }
}

/// Whether a text uses a word, as a whole or, with a star, as a beginning.
fn uses(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let (stem, any_ending) = match word.strip_suffix('*') {
        Some(stem) => (stem, true),
        None => (word.as_str(), false),
    };
    // An empty word is a problem of its own.
    !stem.trim().is_empty()
        && text.match_indices(stem).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            let starts = before.is_none_or(|c| !c.is_alphanumeric());
            starts && (any_ending || after.is_none_or(|c| !c.is_alphanumeric()))
        })
}

/// The TOML as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    forbidden: Forbidden,
    thousands: Text,
    decimal: Text,
    outcome: BTreeMap<String, Text>,
    phrase: Phrases,
    label: Labels,
}

/// Words that no phrase may use, by language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forbidden {
    es: Vec<String>,
    en: Vec<String>,
}

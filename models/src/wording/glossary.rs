//! The fixed phrases, read from TOML and checked once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use amparo_datasets::{Problem, Problems, Text};
use serde::Deserialize;

use super::fill::{fill, places};
use crate::Error;

/// Every phrase that a text is put together from, in both languages.
///
/// Checked when read: no phrase is missing, empty or unknown, each holds exactly the places that are filled in, and none
/// uses a forbidden word.
#[derive(Debug, Clone)]
pub struct Glossary {
    pub(super) phrases: Phrases,
    pub(super) thousands: Text,
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
        let Written { forbidden, thousands, outcome, phrase } = written;
        let glossary = Self { phrases: phrase, thousands, outcomes: outcome, forbidden };
        Ok(glossary.problems().or(format!("glossary `{}`", path.display()), glossary)?)
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
        for (name, text) in &self.outcomes {
            self.check(&format!("outcome.{name}"), text, &[], &mut problems);
        }
        self.check("thousands", &self.thousands, &[], &mut problems);
        for (lang, words) in [("es", &self.forbidden.es), ("en", &self.forbidden.en)] {
            if words.iter().any(|word| word.trim_end_matches('*').trim().is_empty()) {
                let message = format!("`forbidden.{lang}` lists an empty word");
                problems.push(Problem::new(format!("forbidden.{lang}"), message));
            }
        }
        problems
    }

    fn check(&self, field: &str, text: &Text, expected: &[&str], problems: &mut Problems) {
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
        for word in self.forbidden_in(text) {
            let message = format!("`{field}` uses the forbidden word `{word}`");
            problems.push(Problem::new(field, message));
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
    outcome: BTreeMap<String, Text>,
    phrase: Phrases,
}

/// Words that no phrase may use, by language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forbidden {
    es: Vec<String>,
    en: Vec<String>,
}

/// Each phrase with the places it has: a method that cannot be called without filling them all.
macro_rules! phrases {
    ($($name:ident($($place:ident),*);)+) => {
        /// The phrases, by name.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Phrases { $($name: Text,)+ }

        impl Phrases {
            $(
                pub(super) fn $name(&self $(, $place: &Text)*) -> Text {
                    fill(&self.$name, &[$((stringify!($place), $place)),*])
                }
            )+

            fn all(&self) -> Vec<(&'static str, &Text, &'static [&'static str])> {
                vec![$((stringify!($name), &self.$name, &[$(stringify!($place)),*] as &[&str])),+]
            }
        }
    };
}

phrases! {
    synthetic();
    level(level);
    computed(level);
    raise(from, to, reason);
    reassess(time);
    days(n);
    hours(n);
    frequency(share, outcome, horizon, low, high);
    second(share, outcome, horizon, low, high);
    no_second(outcome);
    placed(share);
    many_cases();
    within(days);
    within_follow_up();
    other_outcome(name);
    about_of(n, of);
    about_one_of(n);
    fewer_than_of(n, of);
    more_than_of(n, of);
    one_of(n);
    n_of(n, of);
    fewer_than(n);
    more_than(n);
    higher(answers);
    lower(answers);
    none_higher();
    none_lower();
    resemblance();
    order_holds();
    order_moves(answers);
    answer(question, answer);
    question(question);
    pairs_higher(pairs);
    pairs_lower(pairs);
    no_pairs();
    pair(one, other);
    unknown_one(question);
    unknown_many(n);
    open_level(low, high, lowest, highest);
    open_number(low, high, level);
    open_nothing();
    open_bounds(low, high);
    ask_in_order(items);
    open_each(question, low, high, lowest, highest);
    open_each_level(question, low, high, level);
    not_known(items);
    second_rule();
    floor_rule(reason);
    marks(marks);
    special_relevance();
    same_level(version, other, level);
    other_level(version, level, other, other_level);
    what_differs(items);
    cancels(items);
    two_numbers(version, share, other, other_share);
    mostly(item);
    no_difference();
    weighs_more(version, answers);
    weighs_less(version, answers);
    average_higher(version);
    average_lower(version);
    of_weights();
    of_number();
    of_limits();
    of_rules();
    highest_level();
    lowest_level();
    nothing_correctable();
    never_rises(n);
    never_falls(n);
    stopped(n);
    hangs_on(questions);
    not_ruled_out(questions);
    no_second_here();
    never_below(cut, lowest);
    never_reached(cut, highest);
    other_levels(one, levels, other, other_levels);
}

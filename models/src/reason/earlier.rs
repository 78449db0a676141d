//! Reasons as versions published by earlier editions hold them: four English sentences. Versions never change, so what was
//! written then is read for as long as there are such versions.

use serde::{Deserialize, Deserializer};

use super::Reason;

/// A reason, or a sentence of an earlier edition.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Reason(Reason),
    Sentence(String),
}

/// For fields: `#[serde(deserialize_with = "reason_or_sentence")]`.
pub(crate) fn reason_or_sentence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
    match Written::deserialize(deserializer)? {
        Written::Reason(reason) => Ok(reason),
        Written::Sentence(sentence) => of_sentence(&sentence).ok_or_else(|| {
            serde::de::Error::custom(format!("`{sentence}` is no reason that an edition has written"))
        }),
    }
}

fn of_sentence(sentence: &str) -> Option<Reason> {
    if sentence == "nothing was kept of the population when this version was made" {
        return Some(Reason::PopulationNotKept);
    }
    let numbers = |middle: &str, end: &str| -> Option<[usize; 2]> {
        let (found, expected) = sentence.strip_suffix(end)?.split_once(middle)?;
        Some([found.parse().ok()?, expected.parse().ok()?])
    };
    if let Some([cases, needed]) = numbers(" cases, expected at least ", "") {
        return Some(Reason::TooFewCases { cases, needed });
    }
    if let Some([rows, needed]) = numbers(" rows, expected at least ", "") {
        return Some(Reason::TooFewRows { rows, needed });
    }
    let [cells, most] = numbers(" cells of leaves, expected at most ", ": the trees are deep")?;
    Some(Reason::TreesTooDeep { cells, most })
}

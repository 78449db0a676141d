//! The parts of an assessment that its reader may do without.

use serde::{Deserialize, Serialize};

/// A part of an assessment that is left out if nobody asks for it.
///
/// The results, the level with all that raised it or could raise it, the marks, the unanswered and unlearned questions and the value
/// of each answer are no such parts: they always come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// How far the values could move with another population: `explanation.stability`.
    Stability,
    /// Where each value stands among those of the population: `explanation.percentiles`.
    Percentiles,
    /// What each unanswered question could change, and which to ask first: `if_answered`, `ask_first`.
    IfAnswered,
    /// How far the neighbouring levels are, and which corrections would take the case there: `next_level`.
    NextLevel,
    /// Measures of the proposed level: `measures`.
    Measures,
    /// The advice that the answers call for: `safety_plan`.
    SafetyPlan,
    /// The words in Spanish.
    #[serde(rename = "text.es")]
    TextEs,
    /// The words in English.
    #[serde(rename = "text.en")]
    TextEn,
}

/// A set of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts(u8);

impl Part {
    /// All parts, in the order in which they are documented.
    pub const ALL: [Self; 8] = [
        Self::Stability,
        Self::Percentiles,
        Self::IfAnswered,
        Self::NextLevel,
        Self::Measures,
        Self::SafetyPlan,
        Self::TextEs,
        Self::TextEn,
    ];

    /// Its name, as requests have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stability => "stability",
            Self::Percentiles => "percentiles",
            Self::IfAnswered => "if_answered",
            Self::NextLevel => "next_level",
            Self::Measures => "measures",
            Self::SafetyPlan => "safety_plan",
            Self::TextEs => "text.es",
            Self::TextEn => "text.en",
        }
    }

    /// The part of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

impl Parts {
    /// The whole assessment.
    pub const ALL: Self = Self(u8::MAX);

    /// Whether a part was asked for.
    pub fn has(self, part: Part) -> bool {
        self.0 & 1 << part as u8 != 0
    }
}

impl FromIterator<Part> for Parts {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Self {
        Self(parts.into_iter().fold(0, |set, part| set | 1 << part as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_one_name_everywhere() {
        for part in Part::ALL {
            assert_eq!(serde_json::to_value(part).unwrap_or_default(), part.name());
            assert_eq!(Part::named(part.name()), Some(part));
        }
        assert_eq!(Part::named("text"), None);
    }

    #[test]
    fn a_set_has_what_was_put_into_it() {
        let two: Parts = [Part::NextLevel, Part::TextEn].into_iter().collect();
        let has: Vec<Part> = Part::ALL.into_iter().filter(|part| two.has(*part)).collect();
        assert_eq!(has, [Part::NextLevel, Part::TextEn]);
        assert!(Part::ALL.into_iter().all(|part| Parts::ALL.has(part)));
        assert_eq!(Part::ALL.into_iter().collect::<Parts>(), Parts::ALL);
    }
}

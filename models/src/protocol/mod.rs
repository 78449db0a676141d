//! What a probability means: levels, rules that raise them, measures, periods, advice.

mod check;
mod condition;
mod content;

use std::path::Path;

use amparo_datasets::{Instrument, Name, Problem, Problems, Text, built_in_or_file};

use crate::Error;
use check::Written;

pub use condition::{Condition, Finding, GivenAnswer};
pub use content::{
    Advice, CaseState, Flag, Floor, Lethality, LethalityRule, Level, LevelVariant, SPECIAL_RELEVANCE,
    Trigger, UnlearnedAnswers,
};

/// One edition of the protocol, read from TOML and checked once.
///
/// Cut-points are absolute probabilities, from the lowest level up; the first is 0, they strictly increase and stay
/// below 1. Every level, indicator or state that is named exists, except indicators, which need a form to be checked:
/// see [`Protocol::check_against`].
///
/// ```
/// let protocol = amparo_models::Protocol::named("es-2025")?;
/// assert_eq!(protocol.levels().len(), 4);
/// assert_eq!(protocol.levels()[protocol.level_of(0.143)].id, "low");
/// protocol.check_against(&amparo_datasets::Instrument::named("vpr5.0-h")?)?;
/// # Ok::<(), amparo_models::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Protocol {
    text: String,
    id: String,
    title: Text,
    cut_points: Text,
    outcome: String,
    horizon_days: Option<u32>,
    cumulative_measures: bool,
    unlearned_answers: UnlearnedAnswers,
    levels: Vec<Level>,
    lethality: Option<Lethality>,
    floors: Vec<Floor>,
    flags: Vec<Flag>,
    safety_plan: Vec<Advice>,
    triggers: Vec<Trigger>,
    case_states: Vec<CaseState>,
}

impl Protocol {
    /// The protocols that are built in, by id.
    pub const BUILT_IN: &[(&str, &str)] = &[
        ("es-2019", include_str!("../../protocols/es-2019.toml")),
        ("es-2025", include_str!("../../protocols/es-2025.toml")),
        ("savry-3", include_str!("../../protocols/savry-3.toml")),
        ("compas-2", include_str!("../../protocols/compas-2.toml")),
    ];

    /// A built-in protocol by its id, else the TOML file of that path.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none, it cannot be read, or with all that is wrong with it.
    pub fn named<'a>(name: impl Into<Name<'a>>) -> Result<Self, Error> {
        let name = name.into();
        let text = built_in_or_file("protocol", name, Self::BUILT_IN)?;
        Self::from_toml(&text, &name.path())
    }

    /// Reads a protocol from TOML; `path` is only named in errors.
    ///
    /// # Errors
    /// [`Error::Format`] if it is not such TOML, [`Error::Data`] with all problems otherwise.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, Error> {
        let written: Written = toml::from_str(text).map_err(|e| Error::Format {
            path: path.to_owned(),
            expected: "a protocol",
            message: e.to_string(),
        })?;
        written.check(text, path)
    }

    /// The file, byte for byte: what a version stores.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 (hex) of [`Protocol::text`].
    pub fn digest(&self) -> String {
        crate::digest::sha256(self.text.as_bytes())
    }

    /// Checks that every indicator and answer the protocol names is on the form.
    ///
    /// # Errors
    /// [`Error::Data`] with all that are not.
    pub fn check_against(&self, instrument: &Instrument) -> Result<(), Error> {
        let mut problems = Problems::default();
        for (place, conditions) in self.conditions() {
            for condition in conditions {
                if let Err(message) = condition.on(instrument) {
                    problems.push(Problem::new(&place, format!("{place}: {message}")));
                }
            }
        }
        Ok(problems.or(format!("protocol `{}`", self.id), ())?)
    }

    /// Whether a floor, a mark or a piece of advice reads the answer to an indicator.
    pub fn reads(&self, indicator: &str) -> bool {
        self.conditions()
            .any(|(_, conditions)| conditions.iter().any(|condition| condition.indicator == indicator))
    }

    /// The place, from the lowest, of the level a probability belongs to: the last whose cut-point it reaches.
    ///
    /// `probability` is a number from 0 to 1, as calibrators give it.
    pub fn level_of(&self, probability: f64) -> usize {
        // The first cut-point is 0, so the count of those reached is at least 1.
        self.levels.partition_point(|level| level.from_probability <= probability).saturating_sub(1)
    }

    /// The place, from the lowest, of the level with this id.
    pub fn position(&self, level: &str) -> Option<usize> {
        self.levels.iter().position(|l| l.id == level)
    }

    /// The measures that are mandatory at the level of this place, those of lower levels first where they add up.
    ///
    /// # Panics
    /// If `level` is not below the number of levels.
    pub fn measures(&self, level: usize) -> Vec<&Text> {
        let from = if self.cumulative_measures { 0 } else { level };
        self.levels[from..=level].iter().flat_map(|l| &l.measures).collect()
    }

    /// Name and edition: `es-2025`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Full name.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// Where the cut-points come from.
    pub fn cut_points(&self) -> &Text {
        &self.cut_points
    }

    /// The outcome that the probability is of.
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// Days within which the outcome counts; `None` where the source does not say a number of days.
    pub fn horizon_days(&self) -> Option<u32> {
        self.horizon_days
    }

    /// What is done with a form that has answers which a version has not learned from.
    pub fn unlearned_answers(&self) -> UnlearnedAnswers {
        self.unlearned_answers
    }

    /// The levels, lowest first. Never empty.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// What a high probability of a lethal assault does.
    pub fn lethality(&self) -> Option<&Lethality> {
        self.lethality.as_ref()
    }

    /// Answers that set a lowest level.
    pub fn floors(&self) -> &[Floor] {
        &self.floors
    }

    /// Marks that answers put on a case.
    pub fn flags(&self) -> &[Flag] {
        &self.flags
    }

    /// Advice to choose the safety plan from.
    pub fn safety_plan(&self) -> &[Advice] {
        &self.safety_plan
    }

    /// Events that demand a new assessment, whatever the level.
    pub fn triggers(&self) -> &[Trigger] {
        &self.triggers
    }

    /// States of a case that the case platform keeps; no score depends on them.
    pub fn case_states(&self) -> &[CaseState] {
        &self.case_states
    }

    /// Every list of conditions, with its place in the file.
    fn conditions(&self) -> impl Iterator<Item = (String, &[Condition])> {
        let floors = self.floors.iter().map(|f| (format!("floor `{}`", f.id), f.any.as_slice()));
        let flags = self.flags.iter().map(|f| (format!("flag `{}`", f.id), f.any.as_slice()));
        let plan = self.safety_plan.iter().map(|a| (format!("advice `{}`", a.id), a.any.as_slice()));
        floors.chain(flags).chain(plan)
    }
}

#[cfg(test)]
mod tests;

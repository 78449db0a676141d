//! The form: its indicators and the answers each allows.

mod bins;
mod written;

use std::collections::HashSet;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, Name, Problem, Problems, built_in_or_file};

pub use bins::Bins;

use written::Written;

/// Most known answers an indicator may have, so that a code is a byte with room to spare.
pub const MAX_KNOWN_ANSWERS: usize = 250;

/// Most known answers that a model tells apart one by one, so that a set of them (with `unknown`) fits in 16 bits. An indicator
/// with more is wide ([`Indicator::is_wide`]), and a model tells apart as many pools of its answers at most.
pub const MAX_TOLD_APART: usize = 15;

/// Answers that a message lists of an indicator with more than [`MAX_TOLD_APART`].
const LISTED: usize = 10;

/// The id of the answer that every indicator has: nobody knows, or nobody asked.
pub const UNKNOWN: &str = "unknown";

/// A text in the two languages of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Spanish.
    pub es: String,
    /// English.
    pub en: String,
}

/// A group of indicators, as the form has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Short name, unique in the instrument.
    pub id: String,
    /// Heading.
    pub label: Text,
}

/// One possible answer; its code is its place in the indicator's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Short name, unique in the indicator: `absent`, `severe`, `unknown`.
    pub id: String,
    /// As shown to a person.
    #[serde(flatten)]
    pub label: Text,
}

/// What the presence of an indicator is held to mean for the risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// A later answer in the list never means less risk.
    Risk,
    /// A later answer in the list never means more risk.
    Protective,
    /// No direction is claimed.
    Neutral,
}

/// One question of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Short name, unique in the instrument: `I05`.
    pub id: String,
    /// Id of the factor it belongs to.
    pub factor: String,
    /// What its presence is held to mean.
    pub polarity: Polarity,
    /// Whether the fact asked for can change from now on (support, addiction), unlike history or age.
    pub correctable: bool,
    /// The question, as shown to a person.
    pub label: Text,
    answers: Vec<Answer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bins: Option<Bins>,
}

impl Indicator {
    /// The numbers that stand for its answers, if it asks for a number.
    pub fn bins(&self) -> Option<&Bins> {
        self.bins.as_ref()
    }

    /// The code of the answer that a number stands for.
    ///
    /// # Errors
    /// What was expected: a number of its bins, or one of its answers if it asks for none.
    pub fn code_of_number(&self, number: f64) -> Result<u8, String> {
        let Some(bins) = &self.bins else { return Err(format!("one of {}", self.answer_list())) };
        bins.answer(number).and_then(|answer| self.code(answer)).ok_or_else(|| bins.range())
    }

    /// All answers in code order: the known ones from least to most, then `unknown`.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Number of answers, `unknown` among them.
    pub fn n_answers(&self) -> usize {
        self.answers.len()
    }

    /// Number of answers without `unknown`.
    pub fn n_known(&self) -> usize {
        self.answers.len() - 1
    }

    /// Whether it has more known answers than a model tells apart one by one ([`MAX_TOLD_APART`]): a municipality, an offence code.
    pub fn is_wide(&self) -> bool {
        self.n_known() > MAX_TOLD_APART
    }

    /// The code of `unknown`: the last one.
    pub fn unknown(&self) -> u8 {
        self.n_known() as u8
    }

    /// The code of an answer, if the indicator has it.
    pub fn code(&self, answer: &str) -> Option<u8> {
        self.answers.iter().position(|a| a.id == answer).map(|at| at as u8)
    }

    /// The answer behind a code, if the indicator has it.
    pub fn answer(&self, code: u8) -> Option<&Answer> {
        self.answers.get(usize::from(code))
    }

    /// The ids of all answers, for messages: `absent, present, unknown`; of a wide indicator the first ones and `unknown`, with how
    /// many there are.
    pub fn answer_list(&self) -> String {
        let ids = |answers: &[Answer]| answers.iter().map(|a| a.id.as_str()).collect::<Vec<_>>().join(", ");
        if self.is_wide() {
            return format!("{}, ... ({} in all), {UNKNOWN}", ids(&self.answers[..LISTED]), self.n_known());
        }
        ids(&self.answers)
    }
}

/// A form, versioned: the ordered list of its indicators.
///
/// Read from TOML (see the files in `instruments/`), checked once: ids are unique, every factor named exists,
/// every indicator has 2 to 250 known answers and `unknown` is added as the last one. One with more than 15 is neutral and not
/// correctable.
///
/// ```
/// let vpr = amparo_datasets::Instrument::named("vpr5.0-h")?;
/// assert_eq!(vpr.indicators().len(), 37);
/// assert_eq!(vpr.indicators()[0].answer_list(), "absent, mild, severe, very_severe, unknown");
/// # Ok::<(), amparo_datasets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Instrument {
    id: String,
    title: Text,
    source: String,
    factors: Vec<Factor>,
    indicators: Vec<Indicator>,
}

impl Instrument {
    /// The instruments that are built in, by id.
    pub const BUILT_IN: &[(&str, &str)] = &[
        ("vpr5.0-h", include_str!("../instruments/vpr5.0-h.toml")),
        ("savry", include_str!("../instruments/savry.toml")),
        ("compas", include_str!("../instruments/compas.toml")),
    ];

    /// A built-in instrument by its id, else the TOML file of that path.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Io`], or all that is wrong with the file.
    pub fn named<'a>(name: impl Into<Name<'a>>) -> Result<Self, Error> {
        let name = name.into();
        let text = built_in_or_file("instrument", name, Self::BUILT_IN)?;
        Self::from_toml(&text, &name.path())
    }

    /// Reads an instrument from TOML; `path` is only named in errors.
    ///
    /// # Errors
    /// [`Error::Format`] if it is not such TOML, [`Error::Invalid`] with all problems otherwise.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, Error> {
        let written: Written = toml::from_str(text).map_err(|e| Error::Format {
            path: path.to_owned(),
            expected: "an instrument",
            message: e.to_string(),
        })?;
        written.check(path)
    }

    /// Name and edition of the form: `vpr5.0-h`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Full name.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// Where the form is published.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The factors, in the form's order.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// The indicators, in the form's order: the column order of every table of answers.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// The place of an indicator in the form.
    pub fn position(&self, indicator: &str) -> Option<usize> {
        self.indicators.iter().position(|i| i.id == indicator)
    }

    /// The form with some of its indicators, in the order of their places. It has the id of the whole and another digest.
    ///
    /// # Panics
    /// If a place is not one of an indicator.
    pub fn only(&self, places: &[usize]) -> Self {
        let indicators = places.iter().map(|&place| self.indicators[place].clone()).collect();
        Self { indicators, ..self.clone() }
    }

    /// The same form to a model that tells pools of answers apart, where `pools` has a number for an indicator: its known answers are
    /// as many pools, `pool_1` and so on.
    ///
    /// # Panics
    /// If there is not one entry an indicator.
    #[must_use]
    pub fn pooled(&self, pools: &[Option<usize>]) -> Self {
        assert_eq!(pools.len(), self.indicators.len(), "one entry an indicator");
        let mut form = self.clone();
        for (indicator, n) in form.indicators.iter_mut().zip(pools) {
            let Some(n) = *n else { continue };
            let unknown = indicator.answers.pop();
            let label = |at: usize| Text { es: format!("grupo {at}"), en: format!("pool {at}") };
            let pools = (1..=n).map(|at| Answer { id: format!("pool_{at}"), label: label(at) });
            indicator.answers = pools.chain(unknown).collect();
            indicator.bins = None;
        }
        form
    }

    /// SHA-256 (hex) of the instrument as canonical JSON: the same form, however its file is laid out.
    pub fn digest(&self) -> String {
        #[expect(
            clippy::expect_used,
            reason = "a tree of strings is always JSON; a made-up digest would match another form"
        )]
        let canonical = serde_json::to_vec(self).expect("strings are JSON");
        hex(&Sha256::digest(canonical))
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The instrument as it stands in JSON: answers written out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    id: String,
    title: Text,
    source: String,
    factors: Vec<Factor>,
    indicators: Vec<Indicator>,
}

impl Stored {
    fn unchecked(self) -> Instrument {
        let Self { id, title, source, factors, indicators } = self;
        Instrument { id, title, source, factors, indicators }
    }

    fn check(&self, problems: &mut Problems) {
        let mut factors = HashSet::new();
        for factor in &self.factors {
            if !factors.insert(factor.id.as_str()) {
                problems.push(Problem::new(&factor.id, format!("factor `{}` is listed twice", factor.id)));
            }
        }
        if self.indicators.is_empty() {
            problems.push(Problem::new("indicator", "no indicator is listed, expected at least one"));
        }
        let mut ids = HashSet::new();
        for indicator in &self.indicators {
            let id = &indicator.id;
            let mut say = |message: String| problems.push(Problem::new(id, message));
            if !ids.insert(id.as_str()) {
                say(format!("indicator `{id}` is listed twice"));
            }
            if !factors.contains(indicator.factor.as_str()) {
                say(format!("indicator `{id}` names factor `{}`, which is not listed", indicator.factor));
            }
            let answers = &indicator.answers;
            let known = answers.len().saturating_sub(1);
            if !(2..=MAX_KNOWN_ANSWERS).contains(&known) {
                say(format!("indicator `{id}` has {known} known answers, expected 2 to {MAX_KNOWN_ANSWERS}"));
            }
            if known > MAX_TOLD_APART {
                if indicator.polarity != Polarity::Neutral {
                    let found = if indicator.polarity == Polarity::Risk { "risk" } else { "protective" };
                    say(format!(
                        "indicator `{id}` has {known} known answers and the polarity `{found}`, expected `neutral`: no direction is \
                         enforced over more than {MAX_TOLD_APART} answers"
                    ));
                }
                if indicator.correctable {
                    say(format!(
                        "indicator `{id}` has {known} known answers and is correctable, expected `correctable = false`: no correction \
                         is looked for among more than {MAX_TOLD_APART} answers"
                    ));
                }
            }
            if answers.last().is_none_or(|a| a.id != UNKNOWN) {
                say(format!("the last answer of indicator `{id}` is not `{UNKNOWN}`"));
            }
            for message in indicator.bins.iter().flat_map(|bins| bins.problems(id, answers)) {
                say(message);
            }
            let mut seen = HashSet::new();
            for answer in answers {
                if !seen.insert(answer.id.as_str()) {
                    say(format!("indicator `{id}` lists answer `{}` twice", answer.id));
                }
            }
        }
    }
}

impl From<Instrument> for Stored {
    fn from(Instrument { id, title, source, factors, indicators }: Instrument) -> Self {
        Self { id, title, source, factors, indicators }
    }
}

impl TryFrom<Stored> for Instrument {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let mut problems = Problems::default();
        stored.check(&mut problems);
        problems.or(format!("instrument `{}`", stored.id), stored.unchecked())
    }
}

#[cfg(test)]
mod tests;

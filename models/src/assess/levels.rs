//! The proposed level of any form: what [`super::rules`] decides, without its reasons.

use amparo_datasets::Instrument;

use crate::protocol::LethalityRule;
use crate::{Error, OutcomeModel, Protocol};

/// The parts and rules that make a level of a form.
pub(super) struct Levels<'a> {
    pub protocol: &'a Protocol,
    pub recidivism: &'a OutcomeModel,
    /// The lethality model with its rules; `None` if either is missing, as the level does not depend on it then.
    pub lethality: Option<(&'a OutcomeModel, &'a [LethalityRule])>,
    /// Answers that set a lowest level.
    floors: Vec<Held>,
}

/// A floor's condition: one of the answers to the indicator sets at least the level.
struct Held {
    at_least: usize,
    indicator: usize,
    codes: Vec<u8>,
}

/// Where a form ends up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// The proposed level, from the lowest.
    pub level: usize,
    /// The probability of a new assault.
    pub probability: f64,
}

impl<'a> Levels<'a> {
    /// # Errors
    /// [`Error::Invalid`] if a floor names an indicator or answer that is not on the form.
    pub fn new(
        protocol: &'a Protocol,
        instrument: &Instrument,
        recidivism: &'a OutcomeModel,
        lethality: Option<&'a OutcomeModel>,
    ) -> Result<Self, Error> {
        let mut floors = Vec::new();
        for floor in protocol.floors() {
            for condition in &floor.any {
                let j = condition.on(instrument).map_err(|problem| Error::invalid("protocol", problem))?;
                let codes = condition.answers.iter().filter_map(|id| instrument.indicators()[j].code(id));
                floors.push(Held { at_least: floor.at_least, indicator: j, codes: codes.collect() });
            }
        }
        let rules = protocol.lethality().map(|lethality| lethality.rules.as_slice());
        Ok(Self { protocol, recidivism, lethality: lethality.zip(rules), floors })
    }

    pub fn place(&self, row: &[u8]) -> Placed {
        let probability = self.recidivism.calibrate(self.recidivism.score(row)).probability;
        let lethal =
            self.lethality.map(|(part, rules)| at_least(rules, part.calibrate(part.score(row)).probability));
        let floors = self.floors.iter().filter(|f| f.codes.contains(&row[f.indicator])).map(|f| f.at_least);
        let raised = floors.chain(lethal.flatten()).max().unwrap_or(0);
        Placed { level: self.protocol.level_of(probability).max(raised), probability }
    }

    /// Whether an answer to an indicator sets at least `level`, whatever else is answered.
    pub fn sets_floor(&self, level: usize, indicator: usize, code: u8) -> bool {
        let floors = self.floors.iter().filter(|f| f.indicator == indicator && f.at_least >= level);
        floors.flat_map(|floor| &floor.codes).any(|&of| of == code)
    }

    /// The answers to an indicator, which is not wide, that set at least `level`, whatever else is answered.
    pub fn floor_at(&self, level: usize, indicator: usize) -> u16 {
        let floors = self.floors.iter().filter(|f| f.indicator == indicator && f.at_least >= level);
        floors.flat_map(|floor| &floor.codes).fold(0, |set, code| set | 1 << code)
    }

    pub fn id(&self, level: usize) -> String {
        self.protocol.levels()[level].id.clone()
    }
}

/// The level that the lethality rule reached by a probability sets. No rule sets a lower level than the one before it.
pub(super) fn at_least(rules: &[LethalityRule], probability: f64) -> Option<usize> {
    rules[..rules.partition_point(|rule| rule.from_probability <= probability)]
        .last()
        .map(|rule| rule.at_least)
}

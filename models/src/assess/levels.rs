//! The proposed level of any form: what [`super::rules`] decides, without its reasons.

use amparo_datasets::Instrument;

use super::level_model::LevelModel;
use crate::{Error, OutcomeModel, Protocol};

/// The parts and rules that make a level of a form.
pub(super) struct Levels<'a> {
    pub protocol: &'a Protocol,
    recidivism: LevelModel<'a>,
    /// The other models whose level counts if it is higher: the baseline alone where a clause says so, and the lethality model where there
    /// are rules for it.
    others: Vec<LevelModel<'a>>,
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
        let lethal = lethality.zip(protocol.lethality());
        let lethal = lethal.map(|(part, of)| LevelModel::lethality(part, &of.rules));
        let others = LevelModel::baseline(recidivism, protocol).into_iter().chain(lethal).collect();
        Ok(Self { protocol, recidivism: LevelModel::recidivism(recidivism, protocol), others, floors })
    }

    /// The models that give a level, of which the highest counts; the recidivism model is the first.
    pub fn models(&self) -> impl Iterator<Item = &LevelModel<'a>> {
        std::iter::once(&self.recidivism).chain(&self.others)
    }

    pub fn place(&self, row: &[u8]) -> Placed {
        let probability = self.recidivism.probability(self.recidivism.score(row));
        let others = self.others.iter().map(|model| model.level_of(model.score(row)));
        let floors = self.floors.iter().filter(|f| f.codes.contains(&row[f.indicator])).map(|f| f.at_least);
        let level = others.chain(floors).fold(self.recidivism.level_at(probability), usize::max);
        Placed { level, probability }
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

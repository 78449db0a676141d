//! Sets of corrections by increasing size.

use amparo_datasets::{Instrument, Polarity};

use super::Way;
use super::bound::{Gains, Swap, codes_at};
use crate::assess::level_model::LevelModel;
use crate::assess::levels::Levels;
use crate::completion::{self, Open, ROUNDING, Terms, codes};

/// What came of the search.
pub(super) enum Outcome {
    /// The row with a smallest set of corrections made.
    Found(Vec<u8>),
    /// No set does it.
    Impossible,
    /// The limit was reached; no set of fewer than `at_least` does it.
    CutOff { at_least: usize },
}

/// The score of one model that gives a level, turned so that higher is where the search wants to go.
struct Side<'a> {
    model: LevelModel<'a>,
    terms: Terms,
    gains: Gains,
}

/// Most models that give a level: recidivism, its baseline, lethality.
const MOST_SIDES: usize = 3;

pub(super) struct Search<'a> {
    levels: &'a Levels<'a>,
    level: usize,
    row: &'a [u8],
    way: Way,
    open: Vec<Open>,
    /// All swaps, those that could move the first score most first.
    swaps: Vec<Swap>,
    /// One a model, in the order of [`Levels::models`].
    sides: Vec<Side<'a>>,
    /// By slot, downwards: the answer given sets a floor that has to go.
    forced: Vec<bool>,
    /// Upwards: a swap that meets a floor above the level.
    floor: Option<Swap>,
    /// Downwards: a floor that no correction lifts.
    stuck: bool,
    max_sets: usize,
    tried: usize,
    seen: usize,
}

/// The limit was reached.
struct Stop;

impl<'a> Search<'a> {
    pub fn new(
        levels: &'a Levels<'a>,
        instrument: &Instrument,
        level: usize,
        row: &'a [u8],
        mut open: Vec<Open>,
        way: Way,
        max_sets: usize,
    ) -> Self {
        let (mut forced, mut stuck, mut floor) = (vec![false; open.len()], false, None);
        for (j, &given) in row.iter().enumerate() {
            let Some(slot) = open.iter().position(|open| open.indicator == j) else {
                stuck |= way == Way::Down && levels.sets_floor(level, j, given);
                continue;
            };
            let now = 1_u16 << given;
            match way {
                Way::Up => {
                    let meets = levels.floor_at(level + 1, j);
                    let met = nearest(open[slot].allowed & meets & !now, given).next();
                    floor = floor.or(met.map(|code| Swap { slot, code }));
                }
                Way::Down => {
                    let meets = levels.floor_at(level, j);
                    // An answer that sets a floor is none to go to, and none to stay at.
                    forced[slot] = meets & now != 0;
                    stuck |= open[slot].allowed & !meets == 0;
                    open[slot].allowed &= !meets | now;
                }
            }
        }
        let now = codes_at(row, &open);
        let sign = if way == Way::Up { 1.0 } else { -1.0 };
        // Only answers that are the same on the pooled form are open: no wide indicator is correctable.
        let terms_of = |model: &LevelModel| Terms::of(model.scorer, &model.pooled(row), &open, sign);
        let terms: Vec<Terms> = levels.models().map(terms_of).collect();
        let mut swaps = Self::needed(levels, instrument, &open, &now, &forced, way);
        let gains = Gains::of_each(&terms[0], &now, &swaps);
        let mut order: Vec<usize> = (0..swaps.len()).collect();
        order.sort_by(|a, b| gains[*b].total_cmp(&gains[*a]).then(a.cmp(b)));
        swaps = order.into_iter().map(|at| swaps[at]).collect();
        let side = |(terms, &model)| Side { model, gains: Gains::new(&terms, &now, &swaps), terms };
        let sides = terms.into_iter().zip(levels.models()).map(side).collect();
        Self {
            levels,
            level,
            row,
            way,
            swaps,
            sides,
            forced,
            floor,
            stuck,
            open,
            max_sets,
            tried: 0,
            seen: 0,
        }
    }

    /// Sets that were tried.
    pub fn tried(&self) -> usize {
        self.tried
    }

    pub fn run(&mut self) -> Outcome {
        if self.stuck {
            return Outcome::Impossible;
        }
        if let Some(swap) = self.floor {
            let mut changed = self.row.to_vec();
            changed[self.open[swap.slot].indicator] = swap.code;
            if self.does(&changed) {
                return Outcome::Found(changed);
            }
        }
        if self.out_of_reach() {
            return Outcome::Impossible;
        }
        let n_forced = self.forced.iter().filter(|forced| **forced).count();
        for size in n_forced.max(1)..=self.open.len() {
            match self.choose(0, size, n_forced, [0.0; MOST_SIDES], &mut Vec::new()) {
                Ok(None) => {}
                Ok(Some(chosen)) => return Outcome::Found(self.eased(&chosen)),
                Err(Stop) => return Outcome::CutOff { at_least: size },
            }
        }
        Outcome::Impossible
    }

    /// Whether not even changing whatever one likes, for each model on its own, is enough: by branch and bound.
    fn out_of_reach(&self) -> bool {
        !self.possible(|_, side| completion::highest(&side.terms, 20_000).bound + ROUNDING)
    }

    /// The swaps that may be needed: where all models are proved monotone in an indicator, only the one that goes
    /// furthest the wanted way, as it does at least as much as the others whatever else is changed.
    fn needed(
        levels: &Levels,
        instrument: &Instrument,
        open: &[Open],
        now: &[u8],
        forced: &[bool],
        way: Way,
    ) -> Vec<Swap> {
        let mut swaps = Vec::new();
        for (slot, (open, &now)) in open.iter().zip(now).enumerate() {
            let (j, others) = (open.indicator, open.allowed & !(1 << now));
            let indicator = &instrument.indicators()[j];
            let furthest = match (indicator.polarity, way) {
                (Polarity::Risk, Way::Up) | (Polarity::Protective, Way::Down) => {
                    Some(indicator.unknown() - 1)
                }
                (Polarity::Risk, Way::Down) | (Polarity::Protective, Way::Up) => Some(0),
                (Polarity::Neutral, _) => None,
            };
            let proved = levels.models().all(|model| model.proof.covers(j));
            match furthest.filter(|_| proved) {
                // It is the answer given: nothing to be gained here.
                Some(code) if code == now && !forced[slot] => {}
                Some(code) if others >> code & 1 == 1 => swaps.push(Swap { slot, code }),
                // Unproved, or the furthest answer sets a floor.
                _ => swaps.extend(nearest(others, now).map(|code| Swap { slot, code })),
            }
        }
        swaps
    }

    /// Whether the level could change if each model scores up to its bound, turned as the search wants it; a bound is asked for only
    /// where the models before leave it open.
    fn possible(&self, bound: impl Fn(usize, &Side<'_>) -> f64) -> bool {
        let level = |(k, side): (usize, &Side<'_>)| {
            let bound = bound(k, side);
            side.model.level_of(if self.way == Way::Up { bound } else { -bound })
        };
        let mut levels = self.sides.iter().enumerate().map(level);
        match self.way {
            Way::Up => levels.any(|to| to > self.level),
            Way::Down => levels.all(|to| to < self.level),
        }
    }

    /// Goes through the sets of `r` more swaps from the `i`-th on; `forced` slots still have to be among them.
    fn choose(
        &mut self,
        i: usize,
        r: usize,
        forced: usize,
        gained: [f64; MOST_SIDES],
        chosen: &mut Vec<usize>,
    ) -> Result<Option<Vec<usize>>, Stop> {
        if r == 0 {
            return Ok(self.try_set(chosen).then(|| chosen.clone()));
        }
        for at in i..self.swaps.len() {
            if forced > r || self.sides[0].gains.most(at, r).is_none() {
                return Ok(None);
            }
            self.seen += 1;
            if self.seen > self.max_sets {
                return Err(Stop);
            }
            // All sides have the same swaps, so there is a most of each.
            let most = |side: &Side<'_>| side.gains.most(at, r).unwrap_or(f64::INFINITY);
            if !self.possible(|k, side| side.gains.now + gained[k] + most(side) + ROUNDING) {
                return Ok(None);
            }
            let slot = self.swaps[at].slot;
            if chosen.iter().any(|&c| self.swaps[c].slot == slot) {
                continue;
            }
            let mut gained = gained;
            gained.iter_mut().zip(&self.sides).for_each(|(sum, side)| *sum += side.gains.gain(at));
            chosen.push(at);
            let found =
                self.choose(at + 1, r - 1, forced - usize::from(self.forced[slot]), gained, chosen)?;
            chosen.pop();
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Whether a set does it: by the few terms that it can change, and if these leave it open, by the whole form.
    fn try_set(&mut self, chosen: &[usize]) -> bool {
        let mut now = codes_at(self.row, &self.open);
        chosen.iter().for_each(|&at| now[self.swaps[at].slot] = self.swaps[at].code);
        if !self.possible(|_, side| side.terms.value(&now) + ROUNDING) {
            self.tried += 1;
            return false;
        }
        let changed = self.changed(&now);
        self.does(&changed)
    }

    fn changed(&self, codes: &[u8]) -> Vec<u8> {
        let mut changed = self.row.to_vec();
        self.open.iter().zip(codes).for_each(|(open, code)| changed[open.indicator] = *code);
        changed
    }

    fn does(&mut self, changed: &[u8]) -> bool {
        self.tried += 1;
        let level = self.levels.place(changed).level;
        if self.way == Way::Up { level > self.level } else { level < self.level }
    }

    /// The same corrections, each taken only as far as it has to go: in the form's order, again and again until none can
    /// go back further, since one that went back may let another do so where directions are not proved.
    fn eased(&mut self, chosen: &[usize]) -> Vec<u8> {
        let mut now = codes_at(self.row, &self.open);
        chosen.iter().for_each(|&at| now[self.swaps[at].slot] = self.swaps[at].code);
        // Ends: what moves comes nearer to the given answer, or takes an earlier code just as near.
        loop {
            let before = now.clone();
            (0..now.len()).for_each(|slot| self.ease(slot, &mut now));
            if now == before {
                return self.changed(&now);
            }
        }
    }

    /// Takes one correction back as far as the others, as they are, let it.
    fn ease(&mut self, slot: usize, now: &mut [u8]) {
        let (given, found) = (self.row[self.open[slot].indicator], now[slot]);
        if found == given {
            return;
        }
        for code in nearest(self.open[slot].allowed & !(1 << given), given) {
            now[slot] = code;
            if code == found || self.does(&self.changed(now)) {
                return;
            }
        }
    }
}

/// The codes of a set, those next to `from` first.
fn nearest(set: u16, from: u8) -> impl Iterator<Item = u8> {
    let mut found: Vec<u8> = codes(set).collect();
    found.sort_by_key(|code| (code.abs_diff(from), *code));
    found.into_iter()
}

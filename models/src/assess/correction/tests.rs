#![expect(clippy::unwrap_used, reason = "tests")]

mod clause;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::{Instrument, Polarity};
use proptest::prelude::*;

use super::*;
use crate::Model;
use crate::calibrator::Platt;
use crate::explain::Background;
use crate::protocol::Finding;
use crate::testing::{
    Draw, form, instrument, instrument_of, points, population, protocol_text, scorers, tree_candidate,
};
use crate::{Calibrator, OutcomeModel, Points, Protocol, Scorer};

/// Four levels.
const LEVELS: [(&str, f64); 4] = [("l0", 0.0), ("l1", 0.1), ("l2", 0.5), ("l3", 0.8)];

/// Lethality rules, and two floors whose answers lie in the middle.
const RULES: &str = r#"
[lethality]
outcome = "lethal"
horizon_days = 365
rule = [
  { from_probability = 0.4, at_least = "l1", special_relevance = true, reason = { es = "h1", en = "h1" } },
  { from_probability = 0.9, at_least = "l2", special_relevance = true, reason = { es = "h2", en = "h2" } },
]
[[floor]]
id = "middle"
at_least = "l2"
any = [{ indicator = "I2", answers = ["a1"] }, { indicator = "I1", answers = ["unknown"] }]
reason = { es = "f", en = "f" }
[[floor]]
id = "first"
at_least = "l1"
any = [{ indicator = "I3", answers = ["a0", "a2"] }]
reason = { es = "g", en = "g" }
"#;

/// The levels, the lethality rules and the first `n_floors` floors.
fn protocol(n_floors: usize) -> Protocol {
    let end = RULES.match_indices("[[floor]]").nth(n_floors).map_or(RULES.len(), |(at, _)| at);
    let text = protocol_text("new_assault", Some(320), &LEVELS) + &RULES[..end];
    let protocol = Protocol::from_toml(&text, Path::new("small.toml")).unwrap();
    assert_eq!(protocol.floors().len(), n_floors);
    protocol
}

/// The same form with these answers marked as correctable.
fn marked(of: &Instrument, correctable: impl Fn(usize) -> bool) -> Arc<Instrument> {
    let mut form = serde_json::to_value(of).unwrap();
    for (j, indicator) in form["indicators"].as_array_mut().unwrap().iter_mut().enumerate() {
        indicator["correctable"] = correctable(j).into();
    }
    Arc::new(serde_json::from_value(form).unwrap())
}

/// A part about which nothing is proved.
fn part(outcome: &str, draw: &mut Draw, form: &Arc<Instrument>, scorer: Scorer) -> OutcomeModel {
    let all = form.indicators().iter().map(|i| i.id.clone()).collect();
    part_but(outcome, draw, form, scorer, &all)
}

/// A part that is proved monotone but in these indicators.
fn part_but(
    outcome: &str,
    draw: &mut Draw,
    form: &Arc<Instrument>,
    scorer: Scorer,
    exempt: &BTreeSet<String>,
) -> OutcomeModel {
    let (answers, weights) = population(draw, form, 5);
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let platt = Platt { intercept: 1.0, slope: 1.0, covariance: [0.0; 3] };
    OutcomeModel::new(outcome.to_owned(), scorer, Calibrator::Platt(platt), background, form, exempt).unwrap()
}

struct Case {
    protocol: Protocol,
    form: Arc<Instrument>,
    recidivism: OutcomeModel,
    lethality: Option<OutcomeModel>,
    row: Vec<u8>,
}

impl Case {
    fn drawn(seed: u64) -> Self {
        let mut draw = Draw::new(seed);
        let marks = draw.below(64);
        let form_of = marked(&instrument(6), |j| marks >> j & 1 == 1);
        let scorer = |draw: &mut Draw| {
            let at = draw.below(5);
            scorers(draw, &form_of).swap_remove(at)
        };
        let (first, second) = (scorer(&mut draw), scorer(&mut draw));
        let recidivism = part("new_assault", &mut draw, &form_of, first);
        let lethality = (draw.below(2) == 0).then(|| part("lethal", &mut draw, &form_of, second));
        let row = form(&mut draw, &form_of);
        Self {
            protocol: protocol(if draw.below(2) == 0 { 2 } else { 0 }),
            form: form_of,
            recidivism,
            lethality,
            row,
        }
    }

    /// The same, with points in the order of the polarities, which is proved for all indicators or all but one.
    fn proved(seed: u64) -> Self {
        let case = Self::drawn(seed);
        let mut draw = Draw::new(seed ^ 1);
        let mut part = |outcome: &str| {
            let mut points = points(&mut draw, &case.form);
            for (table, indicator) in points.points.iter_mut().zip(case.form.indicators()) {
                let known = &mut table[..indicator.n_known()];
                known.sort_unstable();
                if indicator.polarity == Polarity::Protective {
                    known.reverse();
                }
            }
            let exempt = BTreeSet::from([format!("I{}", 1 + draw.below(12))]);
            let exempt = exempt.into_iter().filter(|id| case.form.position(id).is_some()).collect();
            part_but(outcome, &mut draw, &case.form, Scorer::from(points), &exempt)
        };
        let (recidivism, lethality) = (part("new_assault"), case.lethality.as_ref().map(|_| part("lethal")));
        Self { recidivism, lethality, ..case }
    }

    /// The proposed level, from the protocol's own words.
    fn level(&self, row: &[u8]) -> usize {
        let probability = |part: &OutcomeModel| part.calibrate(part.score(row)).probability;
        let mut level = self.protocol.level_of(probability(&self.recidivism));
        if let Some(clause) = self.recidivism.never_below_baseline() {
            let score = Scorer::from(self.recidivism.scorer().baseline().unwrap().clone()).score(row);
            level = level.max(self.protocol.level_of(clause.calibrator.calibrate(score).probability));
        }
        if let Some(lethality) = &self.lethality {
            let reached = |r: &&crate::protocol::LethalityRule| r.from_probability <= probability(lethality);
            let rules = &self.protocol.lethality().unwrap().rules;
            level = rules.iter().filter(reached).map(|rule| rule.at_least).fold(level, usize::max);
        }
        for floor in self.protocol.floors() {
            if matches!(Finding::of(&floor.any, &self.form, row).unwrap(), Finding::Met(_)) {
                level = level.max(floor.at_least);
            }
        }
        level
    }

    /// All forms that correct answers of this one, itself among them.
    fn corrected(&self) -> Vec<Vec<u8>> {
        let mut forms = vec![self.row.clone()];
        for (j, indicator) in self.form.indicators().iter().enumerate() {
            if indicator.correctable && self.row[j] != indicator.unknown() {
                forms = forms
                    .iter()
                    .flat_map(|row| {
                        (0..indicator.unknown()).map(|code| {
                            let mut row = row.clone();
                            row[j] = code;
                            row
                        })
                    })
                    .collect();
            }
        }
        forms
    }

    fn corrections(&self, max_sets: usize) -> [Correction; 2] {
        let levels =
            Levels::new(&self.protocol, &self.form, &self.recidivism, self.lethality.as_ref()).unwrap();
        let level = self.level(&self.row);
        assert_eq!(levels.place(&self.row).level, level);
        [Way::Up, Way::Down].map(|way| correction(&levels, &self.form, level, &self.row, way, max_sets))
    }

    /// What is wrong with a correction, by trying everything.
    fn fault(&self, correction: &Correction, way: Way) -> Option<String> {
        let now = self.level(&self.row);
        let does = |row: &[u8]| if way == Way::Up { self.level(row) > now } else { self.level(row) < now };
        let size = |row: &[u8]| row.iter().zip(&self.row).filter(|(a, b)| a != b).count();
        let least = self.corrected().iter().filter(|row| does(row)).map(|row| size(row)).min();
        let smallest = match (correction, least) {
            (Correction::Smallest(smallest), Some(least)) if smallest.changes.len() == least => smallest,
            (Correction::Impossible(_), None) => return None,
            (Correction::CutOff(CorrectionCutOff { at_least, .. }), least)
                if least.is_none_or(|least| least >= *at_least) =>
            {
                return None;
            }
            _ => return Some(format!("{correction:?}, expected {least:?}")),
        };
        let mut row = self.row.clone();
        for change in &smallest.changes {
            let j = self.form.position(&change.indicator)?;
            let indicator = &self.form.indicators()[j];
            let (from, to) = (indicator.code(&change.from)?, indicator.code(&change.to)?);
            if !indicator.correctable || from != row[j] || [from, to].contains(&indicator.unknown()) {
                return Some(format!("{change:?}"));
            }
            row[j] = to;
        }
        for j in 0..row.len() {
            // None goes further than it has to.
            let nearer = (0..self.form.indicators()[j].unknown()).filter(|code| {
                *code != self.row[j] && code.abs_diff(self.row[j]) < row[j].abs_diff(self.row[j])
            });
            for code in nearer {
                let mut eased = row.clone();
                eased[j] = code;
                if does(&eased) {
                    return Some(format!("{smallest:?}: code {code} of {j} is enough"));
                }
            }
        }
        let probability = self.recidivism.calibrate(self.recidivism.score(&row)).probability;
        let right = does(&row)
            && smallest.level == format!("l{}", self.level(&row))
            && (smallest.probability - probability).abs() <= 0.0
            && smallest.minimal;
        (!right).then(|| format!("{smallest:?}"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_smaller_set_does_it_and_this_one_does(seed: u64) {
        for case in [Case::drawn(seed), Case::proved(seed), Case::under_clause(seed)] {
            let [up, down] = case.corrections(MAX_SETS);
            prop_assert_eq!(case.fault(&up, Way::Up), None);
            prop_assert_eq!(case.fault(&down, Way::Down), None);
            let cut_off = [&up, &down].into_iter().any(|c| matches!(c, Correction::CutOff(_)));
            prop_assert!(!cut_off);
            // Cut off early, what is said is still true.
            let [up, down] = case.corrections(3);
            prop_assert_eq!(case.fault(&up, Way::Up), None);
            prop_assert_eq!(case.fault(&down, Way::Down), None);
        }
    }
}

#[test]
fn one_correction_that_goes_back_lets_another_go_back() {
    // Drawn once by the property above: after `I6` had gone back, `I2` could do so too.
    let case = Case::drawn(4_821_888_244_151_837_389);
    let [up, down] = case.corrections(MAX_SETS);
    assert_eq!((case.fault(&up, Way::Up), case.fault(&down, Way::Down)), (None, None));
}

#[test]
fn a_wrong_correction_is_seen() {
    let (mut larger, mut sizes) = (0, BTreeSet::new());
    for seed in 0..200 {
        let case = Case::drawn(seed);
        for (found, way) in case.corrections(MAX_SETS).into_iter().zip([Way::Up, Way::Down]) {
            let none = Correction::Impossible(NoCorrection { none: Reason::HighestLevel, sets_tried: 0 });
            let Correction::Smallest(smallest) = found else {
                assert_eq!(case.fault(&none, way), None);
                continue;
            };
            assert!(case.fault(&none, way).is_some());
            sizes.insert(smallest.changes.len());
            let wrong = |slip: &dyn Fn(&mut SmallestSet)| {
                let mut wrong = smallest.clone();
                slip(&mut wrong);
                case.fault(&Correction::Smallest(wrong), way).is_some()
            };
            assert!(wrong(&|s| _ = s.changes.pop()));
            assert!(wrong(&|s| s.probability += 1e-9));
            assert!(wrong(&|s| s.level.push('1')));
            assert!(wrong(&|s| s.changes[0].to = "unknown".to_owned()));
            assert!(wrong(&|s| s.changes[0].from = s.changes[0].to.clone()));
            // A superfluous change.
            let open = case.form.indicators().iter().zip(&case.row).find(|(i, code)| {
                **code != i.unknown() && smallest.changes.iter().all(|c| c.indicator != i.id)
            });
            if let Some((indicator, code)) = open {
                let id = |code: u8| indicator.answers()[usize::from(code)].id.clone();
                let more = Change {
                    indicator: indicator.id.clone(),
                    from: id(*code),
                    to: id((code + 1) % indicator.unknown()),
                };
                assert!(wrong(&|s| s.changes.push(more.clone())));
                larger += 1;
            }
        }
    }
    assert!(larger > 50 && sizes.contains(&1) && sizes.contains(&2), "{larger} {sizes:?}");
}

/// `n` questions with two answers, all correctable, of one point each; the score is half the points minus 3.
fn additive(n: usize, row: Vec<u8>) -> Case {
    let form = marked(&instrument_of(&vec![(2, Polarity::Risk); n]), |_| true);
    let scorer = Scorer::from(Points { points: vec![vec![0, 1, 0]; n], offset: -3.0, scale: 0.5 });
    let recidivism = part("new_assault", &mut Draw::new(1), &form, scorer);
    Case { protocol: protocol(0), form, recidivism, lethality: None, row }
}

fn reason(correction: &Correction) -> Option<&Reason> {
    match correction {
        Correction::Impossible(NoCorrection { none, .. }) => Some(none),
        Correction::CutOff(CorrectionCutOff { limit, .. }) => Some(limit),
        Correction::Smallest(_) => None,
    }
}

#[test]
fn ten_of_thirty_answers_are_found_at_once() {
    // Probability sigmoid(1 - 3 + n / 2): 0.1 is reached at no answer, 0.5 at four, 0.8 at seven (sigmoid(1.5) = 0.82).
    let mut row = vec![0; 30];
    row[..13].fill(1);
    let [up, down] = additive(30, row).corrections(MAX_SETS);
    assert_eq!(reason(&up), Some(&Reason::HighestLevel));
    let Correction::Smallest(down) = down else { panic!("{down:?}") };
    assert_eq!((down.changes.len(), down.level.as_str(), down.sets_tried), (7, "l2", 1));
}

#[test]
fn at_the_lowest_level_and_with_nothing_to_correct_that_is_said() {
    let case = additive(3, vec![2; 3]);
    let [up, down] = case.corrections(MAX_SETS);
    // sigmoid(-2) = 0.12 is l1.
    assert_eq!(reason(&up), Some(&Reason::NothingCorrectable));
    assert_eq!(reason(&down), Some(&Reason::NothingCorrectable));
    let scorer = Scorer::from(Points { points: vec![vec![0, 1, 0]; 3], offset: -5.0, scale: 0.5 });
    let recidivism = part("new_assault", &mut Draw::new(1), &case.form, scorer);
    let case = Case { recidivism, row: vec![0; 3], ..case };
    let [up, down] = case.corrections(MAX_SETS);
    // sigmoid(1 - 5 + 1.5) = 0.08
    assert_eq!(reason(&up), Some(&Reason::NeverRises { correctable: 3 }));
    assert_eq!(reason(&down), Some(&Reason::LowestLevel));
}

#[test]
fn a_constant_model_is_never_corrected() {
    let case = additive(4, vec![0, 1, 0, 2]);
    let scorer = Scorer::from(Points { points: vec![vec![1; 3]; 4], offset: -1.0, scale: 0.25 });
    let recidivism = part("new_assault", &mut Draw::new(1), &case.form, scorer);
    let [up, down] = (Case { recidivism, ..case }).corrections(MAX_SETS);
    assert_eq!(reason(&up), Some(&Reason::NeverRises { correctable: 3 }));
    assert_eq!(reason(&down), Some(&Reason::NeverFalls { correctable: 3 }));
}

#[test]
fn a_floor_on_an_answer_that_stays_holds_the_level() {
    let case = additive(3, vec![1, 1, 1]);
    // I2 sets a floor of l2.
    let free = Case { protocol: protocol(1), ..case };
    let Correction::Smallest(down) = &free.corrections(MAX_SETS)[1] else { panic!() };
    assert_eq!(down.changes.iter().map(|c| c.indicator.as_str()).collect::<Vec<_>>(), ["I2"]);
    let form = marked(&free.form, |j| j != 1);
    let held = Case { form, ..free };
    let down = &held.corrections(MAX_SETS)[1];
    assert_eq!(reason(down), Some(&Reason::NeverFalls { correctable: 2 }));
    assert_eq!(held.fault(down, Way::Down), None);
}

#[test]
fn a_limit_is_said_with_what_is_proved_up_to_it() {
    // Interactions that no bound sees: a score that only the whole set of answers moves.
    let case = additive(12, vec![0; 12]);
    let mut nodes = Vec::new();
    for j in 0..12 {
        use crate::scorer::Node;
        nodes.push(Node::Split { indicator: j, set: 1, left: 2 * j + 1, right: 2 * j + 2 });
        nodes.push(Node::Leaf(-2.0));
    }
    nodes.push(crate::scorer::Node::Leaf(2.0));
    let forest = crate::Forest { n_indicators: 12, base: 0.0, trees: vec![crate::scorer::Tree { nodes }] };
    let recidivism = part("new_assault", &mut Draw::new(1), &case.form, Scorer::from(tree_candidate(forest)));
    let case = Case { recidivism, ..case };
    let [up, _] = case.corrections(20_000);
    let Correction::Smallest(all) = &up else { panic!("{up:?}") };
    assert_eq!(all.changes.len(), 12);
    let [up, _] = case.corrections(MAX_SETS);
    let Correction::CutOff(CorrectionCutOff { at_least, .. }) = up else { panic!("{up:?}") };
    assert!(at_least > 3, "{at_least}");
    assert_eq!(case.fault(&up, Way::Up), None);
    assert_eq!(reason(&up), Some(&Reason::SearchStopped { sets: 5_000 }));
    // A bound that were wrong would be seen.
    let limit = Reason::SearchStopped { sets: 5_000 };
    let wrong = Correction::CutOff(CorrectionCutOff { limit, at_least: 13, sets_tried: 0 });
    assert!(case.fault(&wrong, Way::Up).is_some());
}

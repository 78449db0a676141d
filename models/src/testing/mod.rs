//! For tests, of this crate and others: small instruments, populations and scorers drawn from a seed, and [`small`] versions
//! made by hand.

#![expect(clippy::unwrap_used, reason = "tests")]

mod protocol;
pub mod small;
pub mod two_questions;

use std::sync::Arc;

use amparo_datasets::testing::{self as datasets, Question, Scale};
use amparo_datasets::{Answers, Instrument, Polarity};

use crate::learned::{Counts, Learned};
use crate::scorer::{Candidate, Node, Tree};
pub use protocol::protocol_text;

use crate::{Additive, Forest, Hybrid, Points, Scorer};

/// A tiny generator (SplitMix64): the same seed draws the same things everywhere.
pub struct Draw(u64);

impl Draw {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Largest absolute difference; infinite if a difference is not a number or the lengths differ.
pub fn worst(found: &[f64], expected: &[f64]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    found
        .iter()
        .zip(expected)
        .map(|(f, e)| (f - e).abs())
        .map(|e| if e.is_nan() { f64::INFINITY } else { e })
        .fold(0.0, f64::max)
}

/// `n` indicators `I1`, `I2`, ... with 2, 3, 4, 2, 15, 3, 2 known answers and mixed polarities, in turn.
pub fn instrument(n: usize) -> Arc<Instrument> {
    use Polarity::{Neutral, Protective, Risk};
    const KINDS: [(usize, Polarity); 7] =
        [(2, Risk), (3, Protective), (4, Risk), (2, Neutral), (15, Risk), (3, Neutral), (2, Protective)];
    instrument_of(&KINDS.iter().copied().cycle().take(n).collect::<Vec<_>>())
}

/// Indicators `I1`, `I2`, ... of the given numbers of known answers (`a0`, `a1`, ...) and polarities.
pub fn instrument_of(kinds: &[(usize, Polarity)]) -> Arc<Instrument> {
    let question = |(j, &(known, polarity)): (usize, &(usize, Polarity))| {
        Question::new(&format!("I{}", j + 1), polarity, Scale::of(known))
    };
    datasets::instrument("small", &kinds.iter().enumerate().map(question).collect::<Vec<_>>())
}

/// A form: each answer alike, `unknown` among them.
pub fn form(draw: &mut Draw, instrument: &Instrument) -> Vec<u8> {
    instrument.indicators().iter().map(|i| draw.below(i.n_answers()) as u8).collect()
}

/// A population whose indicators hang together (half of a row repeats the code before it), with positive weights.
pub fn population(draw: &mut Draw, of: &Arc<Instrument>, n_rows: usize) -> (Answers, Vec<f64>) {
    let mut codes = Vec::new();
    for _ in 0..n_rows {
        let mut row = form(draw, of);
        for j in 1..row.len() {
            if draw.below(2) == 0 {
                row[j] = row[j - 1].min(of.indicators()[j].unknown());
            }
        }
        codes.extend(row);
    }
    let weights = (0..n_rows).map(|_| draw.between(0.1, 3.0)).collect();
    (Answers::from_codes(Arc::clone(of), codes).unwrap(), weights)
}

/// Counts by which every answer that occurs is learned; no row is an event.
pub fn learned(answers: &Answers) -> Learned {
    let n = answers.n_rows();
    Learned::of(&Counts::of(answers, &vec![false; n], &vec![1.0; n]), 1)
}

/// Every form there is.
pub fn all_forms(instrument: &Instrument) -> Vec<Vec<u8>> {
    let step = |forms: Vec<Vec<u8>>, n: usize| {
        let with = |form: &Vec<u8>, code: usize| [form.as_slice(), &[code as u8]].concat();
        forms.iter().flat_map(|form| (0..n).map(|code| with(form, code)).collect::<Vec<_>>()).collect()
    };
    instrument.indicators().iter().map(|i| i.n_answers()).fold(vec![Vec::new()], step)
}

/// Points from -3 to 5 for each answer.
pub fn points(draw: &mut Draw, instrument: &Instrument) -> Points {
    let table = |n: usize, draw: &mut Draw| (0..n).map(|_| draw.below(9) as i32 - 3).collect();
    Points {
        points: instrument.indicators().iter().map(|i| table(i.n_answers(), draw)).collect(),
        offset: draw.between(-3.0, 0.0),
        scale: draw.between(0.05, 0.5),
    }
}

/// Weights from -2 to 2 for each answer.
pub fn logistic(draw: &mut Draw, instrument: &Instrument) -> Additive {
    let table = |n: usize, draw: &mut Draw| (0..n).map(|_| draw.between(-2.0, 2.0)).collect();
    Additive {
        intercept: draw.between(-3.0, 0.0),
        weights: instrument.indicators().iter().map(|i| table(i.n_answers(), draw)).collect(),
    }
}

/// A candidate of the family `logistic`.
pub fn additive_candidate(tables: Additive) -> Candidate {
    Candidate::additive("logistic", tables).unwrap()
}

/// A candidate of the family `forest`.
pub fn tree_candidate(forest: Forest) -> Candidate {
    Candidate::trees("forest", forest).unwrap()
}

/// A tree up to `depth` questions deep that asks only `asked`, again and again on one path if it comes to that.
pub fn tree(draw: &mut Draw, instrument: &Instrument, asked: &[usize], depth: usize) -> Tree {
    let mut nodes = Vec::new();
    grow(draw, instrument, asked, depth, &mut nodes);
    Tree { nodes }
}

fn grow(draw: &mut Draw, form: &Instrument, asked: &[usize], depth: usize, nodes: &mut Vec<Node>) -> usize {
    let at = nodes.len();
    nodes.push(Node::Leaf(draw.between(-1.0, 1.0)));
    if depth > 0 && !asked.is_empty() && draw.below(6) > 0 {
        let indicator = asked[draw.below(asked.len())];
        // Any set, the empty and the full one among them.
        let set = draw.below(1 << form.indicators()[indicator].n_answers()) as u16;
        let left = grow(draw, form, asked, depth - 1, nodes);
        let right = grow(draw, form, asked, depth - 1, nodes);
        nodes[at] = Node::Split { indicator, set, left, right };
    }
    at
}

/// Three trees up to five questions deep, a constant tree that asks, and a single leaf.
pub fn forest(draw: &mut Draw, instrument: &Instrument, asked: &[usize]) -> Forest {
    let mut trees: Vec<Tree> = (0..3).map(|_| tree(draw, instrument, asked, 5)).collect();
    let mut constant = tree(draw, instrument, asked, 3);
    for node in &mut constant.nodes {
        if let Node::Leaf(value) = node {
            *value = 0.25;
        }
    }
    trees.extend([constant, Tree { nodes: vec![Node::Leaf(draw.between(-1.0, 1.0))] }]);
    Forest { n_indicators: instrument.indicators().len(), base: draw.between(-2.0, 0.0), trees }
}

/// A scorer of each family: points, logistic, forest, hybrid of logistic, hybrid of forest.
///
/// The forests leave one indicator in three unused.
pub fn scorers(draw: &mut Draw, instrument: &Instrument) -> Vec<Scorer> {
    let n = instrument.indicators().len();
    let asked: Vec<usize> = (0..n).filter(|_| draw.below(3) > 0).collect();
    let logistic_candidate = additive_candidate(logistic(draw, instrument));
    let forest_candidate = tree_candidate(forest(draw, instrument, &asked));
    let hybrid = |candidate: Candidate, draw: &mut Draw| {
        Scorer::from(Hybrid::new(draw.between(0.0, 1.0), points(draw, instrument), candidate).unwrap())
    };
    vec![
        Scorer::from(points(draw, instrument)),
        Scorer::from(additive_candidate(logistic(draw, instrument))),
        Scorer::from(tree_candidate(forest(draw, instrument, &asked))),
        hybrid(logistic_candidate, draw),
        hybrid(forest_candidate, draw),
    ]
}

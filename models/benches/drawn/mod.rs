//! Random forests and populations, the same for every run of a benchmark.

use std::sync::Arc;

use amparo_datasets::testing::{self as datasets, Question, Scale};
use amparo_datasets::{Answers, Instrument, Polarity};
use amparo_models::scorer::{Node, Tree};
use amparo_models::{Candidate, Forest, Scorer};

const N_INDICATORS: usize = 40;

/// SplitMix64.
pub struct Draw(pub u64);

impl Draw {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }
}

/// 40 indicators of two answers and `unknown`.
pub fn instrument() -> Arc<Instrument> {
    let question = |j: usize| Question::new(&format!("I{j}"), Polarity::Neutral, Scale::binary());
    datasets::instrument("bench", &(1..=N_INDICATORS).map(question).collect::<Vec<_>>())
}

/// Rows in which what is present comes together: a quarter present, a tenth unknown.
pub fn codes(draw: &mut Draw, n_rows: usize) -> Vec<u8> {
    let mut codes = Vec::with_capacity(n_rows * N_INDICATORS);
    for _ in 0..n_rows {
        let severity = 0.5 * draw.unit();
        for _ in 0..N_INDICATORS {
            let at = draw.unit();
            codes.push(if at < 0.1 { 2 } else { u8::from(at < 0.1 + 0.9 * severity) });
        }
    }
    codes
}

/// Answers of as many such rows.
pub fn population(draw: &mut Draw, instrument: &Arc<Instrument>, n_rows: usize) -> Answers {
    Answers::from_codes(Arc::clone(instrument), codes(draw, n_rows)).unwrap()
}

/// Random trees; `skew` above 0 asks the first indicators more often and ends branches early.
pub fn forest(draw: &mut Draw, trees: usize, depth: usize, skew: f64) -> Scorer {
    let trees = (0..trees)
        .map(|_| {
            let mut nodes = Vec::new();
            grow(draw, depth, skew, &mut Vec::new(), &mut nodes);
            Tree { nodes }
        })
        .collect();
    Scorer::from(
        Candidate::trees("forest", Forest { n_indicators: N_INDICATORS, base: -1.0, trees }).unwrap(),
    )
}

fn grow(draw: &mut Draw, depth: usize, skew: f64, asked: &mut Vec<usize>, nodes: &mut Vec<Node>) -> usize {
    let at = nodes.len();
    nodes.push(Node::Leaf(0.2 * draw.unit() - 0.1));
    let ends = skew > 0.0 && !asked.is_empty() && draw.below(6) == 0;
    if depth == 0 || ends {
        return at;
    }
    let indicator = loop {
        let indicator = (N_INDICATORS as f64 * draw.unit().powf(1.0 + skew)) as usize;
        if !asked.contains(&indicator) {
            break indicator;
        }
    };
    asked.push(indicator);
    let set = [0b001, 0b011, 0b010, 0b101][draw.below(4)];
    let left = grow(draw, depth - 1, skew, asked, nodes);
    let right = grow(draw, depth - 1, skew, asked, nodes);
    asked.pop();
    nodes[at] = Node::Split { indicator, set, left, right };
    at
}

//! How fast explanations are: `cargo bench -p amparo-models --bench explain [-- --quick --passes=5]`.
//!
//! Random forests over 40 indicators of two answers and `unknown`, as unfavourable as a forest can be: all trees full,
//! each question drawn anew, so that hardly any leaves share their questions. See `README.md` beside this file.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "prints what it measures, on data it draws itself"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use amparo_datasets::{Answers, Instrument};
use amparo_models::explain::Background;
use amparo_models::scorer::{Node, Tree};
use amparo_models::{Explain, Explainer, Forest, Model, Scorer};

const N_INDICATORS: usize = 40;

fn main() {
    let quick = std::env::args().any(|arg| arg == "--quick");
    let rows = if quick { 2_000 } else { 10_000 };
    let passes = std::env::args().find_map(|arg| arg.strip_prefix("--passes=")?.parse().ok()).unwrap_or(1);
    let mut draw = Draw(1);
    let instrument = instrument();
    let population = population(&mut draw, &instrument, 40_000);
    let cases = Answers::from_codes(Arc::clone(&instrument), population_codes(&mut draw, rows)).unwrap();

    println!("growth with the forest, {} background rows", population.n_rows());
    head();
    let shapes: &[_] = if quick {
        &[(200, 6)]
    } else {
        &[(200, 3), (200, 4), (200, 5), (200, 6), (50, 6), (100, 6), (300, 6)]
    };
    for &(trees, depth) in shapes {
        measure(&forest(&mut draw, trees, depth, 0.0), &population, &cases, passes);
    }
    println!("\ngrown like boosted trees: some questions asked more often, one branch in six ends at each");
    head();
    measure(&forest(&mut draw, 200, 6, 1.0), &population, &cases, passes);
    measure(&forest(&mut draw, 300, 6, 1.0), &population, &cases, passes);
    if !quick {
        println!("\nflat in the size of the background: one forest");
        head();
        let forest = forest(&mut draw, 200, 6, 0.0);
        for n in [100, 1_000, 10_000, 40_000] {
            measure(&forest, &population.select(&(0..n).collect::<Vec<_>>()), &cases, passes);
        }
    }
}

fn head() {
    println!(
        "trees  leaves  background   sum  compile  tables  one row, us         batch, us/row  score  error"
    );
    println!("                     rows    ms       ms     MiB  best   p50   p99     raw  checked     us");
}

/// One line of the table.
///
/// Each time is the best of `passes`, so that one pass on a machine of one's own and the best of several on a shared
/// one tell about the same.
fn measure(scorer: &Scorer, population: &Answers, cases: &Answers, passes: usize) {
    let weights = vec![1.0; population.n_rows()];
    let (sum, background) = timed(|| Background::of(scorer, population, &weights).unwrap());
    let (compile, explainer) = timed(|| Explainer::new(scorer, &background).unwrap());

    let mut single = vec![f64::INFINITY; cases.n_rows()];
    let mut error = 0.0_f64;
    for _ in 0..passes {
        for (row, best) in cases.rows().zip(&mut single) {
            let (time, explanation) = timed(|| explainer.explain(black_box(row)));
            *best = best.min(time);
            let sum = explanation.base + explanation.values.iter().sum::<f64>();
            error = error.max((sum - scorer.score(row)).abs());
        }
    }
    single.sort_by(f64::total_cmp);
    let us = |share: f64| single[((single.len() - 1) as f64 * share) as usize] * 1e6;

    let a_row = |run: &dyn Fn()| {
        (0..passes).map(|_| timed(run).0).fold(f64::INFINITY, f64::min) * 1e6 / cases.n_rows() as f64
    };
    let raw = a_row(&|| explainer.batch(cases).for_each(|parts| drop(black_box(parts))));
    let checked = a_row(&|| {
        for (row, parts) in cases.rows().zip(explainer.batch(cases)) {
            black_box(parts.total.checked(scorer.score(row)).unwrap());
        }
    });
    let score = a_row(&|| {
        cases.rows().for_each(|row| {
            black_box(scorer.score(row));
        })
    });

    let Scorer::Forest(forest) = scorer else { unreachable!() };
    let leaves: usize = forest.trees.iter().map(|tree| tree.leaves().len()).sum();
    println!(
        "{:5}  {leaves:6}  {:10}  {:4.0}  {:7.0}  {:6.1}  {:4.1}  {:4.1}  {:4.1}  {raw:6.2}  {checked:7.2}  {score:5.2}  {error:.0e}",
        forest.trees.len(),
        population.n_rows(),
        sum * 1e3,
        compile * 1e3,
        explainer.table_bytes() as f64 / f64::from(1 << 20),
        us(0.0),
        us(0.5),
        us(0.99),
    );
}

fn timed<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = run();
    (start.elapsed().as_secs_f64(), result)
}

/// SplitMix64.
struct Draw(u64);

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

fn instrument() -> Arc<Instrument> {
    let mut text = String::from(
        "id = \"bench\"\nsource = \"bench\"\ntitle = { es = \"b\", en = \"b\" }\n\
         factor = [{ id = \"f\", label = { es = \"f\", en = \"f\" } }]\n[answers]\n\
         yes_no = [{ id = \"no\", es = \"no\", en = \"no\" }, { id = \"yes\", es = \"si\", en = \"yes\" }]\n",
    );
    for j in 1..=N_INDICATORS {
        writeln!(
            text,
            "[[indicator]]\nid = \"I{j}\"\nfactor = \"f\"\npolarity = \"neutral\"\ncorrectable = false\n\
             label = {{ es = \"i\", en = \"i\" }}\nanswers = \"yes_no\""
        )
        .unwrap();
    }
    Arc::new(Instrument::from_toml(&text, Path::new("bench.toml")).unwrap())
}

/// Rows in which what is present comes together: a quarter present, a tenth unknown.
fn population_codes(draw: &mut Draw, n_rows: usize) -> Vec<u8> {
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

fn population(draw: &mut Draw, instrument: &Arc<Instrument>, n_rows: usize) -> Answers {
    Answers::from_codes(Arc::clone(instrument), population_codes(draw, n_rows)).unwrap()
}

/// Random trees; `skew` above 0 asks the first indicators more often and ends branches early.
fn forest(draw: &mut Draw, trees: usize, depth: usize, skew: f64) -> Scorer {
    let trees = (0..trees)
        .map(|_| {
            let mut nodes = Vec::new();
            grow(draw, depth, skew, &mut Vec::new(), &mut nodes);
            Tree { nodes }
        })
        .collect();
    Scorer::Forest(Forest { n_indicators: N_INDICATORS, base: -1.0, trees })
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

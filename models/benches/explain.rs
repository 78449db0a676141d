//! How fast explanations are: `cargo bench -p amparo-models --bench explain [-- --quick --passes=5]`.
//!
//! Random forests over 40 indicators of two answers and `unknown`, as unfavourable as a forest can be: all trees full,
//! each question drawn anew, so that hardly any leaves share their questions. See `README.md` beside this file.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "prints what it measures, on data it draws itself"
)]

mod drawn;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use amparo_datasets::Answers;
use amparo_models::explain::Background;
use amparo_models::{Explain, Explainer, Model, Scorer};
use drawn::{Draw, codes, forest, instrument, population};

fn main() {
    let quick = std::env::args().any(|arg| arg == "--quick");
    let rows = if quick { 2_000 } else { 10_000 };
    let passes = std::env::args().find_map(|arg| arg.strip_prefix("--passes=")?.parse().ok()).unwrap_or(1);
    let mut draw = Draw(1);
    let instrument = instrument();
    let population = population(&mut draw, &instrument, 40_000);
    let cases = Answers::from_codes(Arc::clone(&instrument), codes(&mut draw, rows)).unwrap();

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

    let trees = &scorer.trees().unwrap().trees;
    let leaves: usize = trees.iter().map(|tree| tree.leaves().len()).sum();
    println!(
        "{:5}  {leaves:6}  {:10}  {:4.0}  {:7.0}  {:6.1}  {:4.1}  {:4.1}  {:4.1}  {raw:6.2}  {checked:7.2}  {score:5.2}  {error:.0e}",
        trees.len(),
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

//! How often nominal 95 % intervals cover the truth: `cargo bench -p amparo-evaluation --bench coverage`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement")]

#[path = "../tests/it/common.rs"]
mod common;
#[path = "../tests/it/simulate.rs"]
mod simulate;

use rayon::prelude::*;

/// 1,000 cohorts of 800 cases, 400 replicates each.
fn main() {
    let trials: Vec<_> =
        (1_000_000..1_001_000_u64).into_par_iter().map(|seed| simulate::trial(seed, 800, 400)).collect();
    println!("| interval | covers | none |\n|---|---|---|");
    for (at, (name, _)) in trials[0].iter().enumerate() {
        let known: Vec<bool> = trials.iter().filter_map(|trial| trial[at].1).collect();
        let share = known.iter().filter(|covers| **covers).count() as f64 / known.len() as f64;
        println!("| {name} | {:.1} % | {} |", 100.0 * share, trials.len() - known.len());
    }
}

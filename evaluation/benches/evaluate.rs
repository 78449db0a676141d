//! How long the quickstart's evaluation takes: `cargo bench -p amparo-evaluation`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement")]

#[path = "../tests/it/common.rs"]
mod common;

use std::time::Instant;

use amparo_evaluation::evaluate;
use amparo_evaluation::input::{Columns, GroupColumn, Input};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use common::{context, version};

/// Eight versions on 8,000 rows with six group columns, in 1,000 replicates.
fn main() {
    let n = 8000;
    let mut rng = Pcg64::seed_from_u64(1);
    let truth: Vec<f64> = (0..n).map(|_| rng.random_range(0.01..0.4)).collect();
    let y = truth.iter().map(|p| rng.random_range(0.0..1.0) < *p).collect();
    let groups = (0..6)
        .map(|g| GroupColumn {
            name: format!("group {g}"),
            labels: (0..2 + g).map(|label| format!("label {label}")).collect(),
            codes: (0..n).map(|_| rng.random_range(0..2 + g) as u16).collect(),
            reference: None,
        })
        .collect();
    let versions: Vec<_> = (0..8)
        .map(|v| {
            let noisy = truth.iter().map(|p| p * rng.random_range(0.5..1.5)).collect();
            version(&format!("v{v}"), Some(f64::from(v) / 7.0), noisy)
        })
        .collect();
    let columns = Columns {
        y,
        weight: vec![1.0; n],
        cluster: (0..n as u32).collect(),
        groups,
        oracle: Some(truth),
        ..Columns::default()
    };
    let input = Input::new(columns).unwrap();
    let start = Instant::now();
    let report = evaluate(&input, &versions, context("v0", 1000), &|_| ()).unwrap();
    let json = serde_json::to_string(&report).unwrap();
    println!("{:.1} s, {} KB of JSON", start.elapsed().as_secs_f64(), json.len() / 1024);
}

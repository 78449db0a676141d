//! How long evaluations take: `cargo bench -p amparo-evaluation --bench evaluate`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement")]

#[path = "../tests/it/common.rs"]
mod common;

use std::time::Instant;

use amparo_evaluation::input::{Columns, GroupColumn, Input, Scored};
use amparo_evaluation::metrics::Metric;
use amparo_evaluation::{evaluate, evaluate_only};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use common::{context, version};

fn main() {
    many_replicates();
    quickstart();
}

/// Two versions on 50,000 rows with a column of 40 labels: recall and false-positive rate at three levels, AUC and Brier score, for every label
/// and all rows, with gaps, their change between the versions, and simultaneous intervals.
fn many_replicates() {
    let (input, versions) = rows(50_000, &[40], 2);
    let four = [Metric::Recall, Metric::FalsePositiveRate, Metric::Auc, Metric::Brier];
    for replicates in [1_000, 10_000] {
        let (start, cpu) = (Instant::now(), cpu_seconds());
        evaluate_only(&input, &versions, context("v0", replicates), &four, &|_| ()).unwrap();
        let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        println!(
            "{replicates} paired replicates: {seconds:.1} s ({cpu:.1} s of processor), peak memory {}",
            peak_memory()
        );
    }
}

/// Eight versions on 8,000 rows with six group columns, everything there is, in 1,000 replicates.
fn quickstart() {
    let (input, versions) = rows(8_000, &[2, 3, 4, 5, 6, 7], 8);
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let report = evaluate(&input, &versions, context("v0", 1_000), &|_| ()).unwrap();
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let json = serde_json::to_string(&report).unwrap();
    println!(
        "quickstart: {seconds:.1} s ({cpu:.1} s of processor), {} KB of JSON, peak memory {}",
        json.len() / 1024,
        peak_memory()
    );
}

fn rows(n: usize, labels: &[u16], n_versions: u32) -> (Input, Vec<Scored>) {
    let mut rng = Pcg64::seed_from_u64(1);
    let truth: Vec<f64> = (0..n).map(|_| rng.random_range(0.01..0.4)).collect();
    let y = truth.iter().map(|p| rng.random_range(0.0..1.0) < *p).collect();
    let groups = labels
        .iter()
        .map(|&n_labels| GroupColumn {
            name: format!("group of {n_labels}"),
            labels: (0..n_labels).map(|label| format!("label {label}")).collect(),
            codes: (0..n).map(|_| rng.random_range(0..n_labels)).collect(),
            ..GroupColumn::default()
        })
        .collect();
    let versions = (0..n_versions)
        .map(|v| {
            let noisy = truth.iter().map(|p| p * rng.random_range(0.5..1.5)).collect();
            version(&format!("v{v}"), Some(f64::from(v) / f64::from(n_versions)), noisy)
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
    (Input::new(columns).unwrap(), versions)
}

/// Seconds of processor time of this process so far, over all threads, where the system tells: what a busy machine does not change.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Peak resident memory of this process so far, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |kb| kb.trim().to_owned())
}

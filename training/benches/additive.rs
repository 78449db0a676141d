//! One additive model on what `additive.py` wrote:
//! `cargo bench -p amparo-training --bench additive -- FOLDER ROUNDS PAIRS ALGORITHM`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measures, on data made for it")]

mod drawn;

use std::path::PathBuf;

use amparo_training::families::additive::{AdditiveFit, AdditiveParams, Algorithm};

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let folder: PathBuf = args.next().unwrap().into();
    let [rounds, pairs] = [(); 2].map(|()| args.next().unwrap().parse().unwrap());
    let algorithm = if args.next().unwrap() == "exact" { Algorithm::Exact } else { Algorithm::Fast };
    let params = AdditiveParams {
        rounds,
        learning_rate: 0.015,
        l2: 0.0,
        min_weight: 0.0001,
        interactions: None,
        pairs,
        algorithm,
        early_stopping: None,
    };
    let every: Vec<String> = drawn::instrument().indicators().iter().map(|i| i.id.clone()).collect();
    // The peer is not bound either.
    drawn::measure(&AdditiveFit::new(&params, 1, &every).unwrap(), &folder);
}

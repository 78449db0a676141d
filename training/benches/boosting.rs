//! One fit of trees on what `measure.py` wrote: `cargo bench -p amparo-training --bench boosting -- FOLDER TREES DEPTH`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measures, on data made for it")]

mod drawn;

use std::path::PathBuf;

use amparo_training::boosting::BoostedParams;
use amparo_training::families::boosted::BoostedFit;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let folder: PathBuf = args.next().unwrap().into();
    let [trees, depth] = [(); 2].map(|()| args.next().unwrap().parse().unwrap());
    let params = BoostedParams {
        trees,
        depth,
        learning_rate: 0.05,
        l2: 5.0,
        min_child_weight: 3.0,
        rows: 0.8,
        indicators: 0.8,
        interactions: None,
        offset: None,
        early_stopping: None,
    };
    let every: Vec<String> = drawn::instrument().indicators().iter().map(|i| i.id.clone()).collect();
    // Peers are not bound either.
    drawn::measure(&BoostedFit::new(&params, 1, &every).unwrap(), &folder);
}

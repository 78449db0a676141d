//! One elastic net on what `elastic_net.py` wrote: `cargo bench -p amparo-training --bench elastic_net -- FOLDER FOLDS LAMBDAS`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measures, on data made for it")]

mod drawn;

use std::path::PathBuf;

use amparo_training::families::elastic_net::{
    CrossValidation, ElasticNetFit, ElasticNetParams, Lambda, Rule,
};

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let folder: PathBuf = args.next().unwrap().into();
    let [folds, n_lambdas] = [(); 2].map(|()| args.next().unwrap().parse().unwrap());
    let by = CrossValidation { folds, n_lambdas, min_ratio: 1e-4, rule: Rule::LeastLoss };
    let params = ElasticNetParams { l1_ratio: 0.5, lambda: Lambda::Chosen(by) };
    let every: Vec<String> = drawn::instrument().indicators().iter().map(|i| i.id.clone()).collect();
    // The peer is not bound either.
    drawn::measure(&ElasticNetFit::new(&params, 1, &every).unwrap(), &folder);
}

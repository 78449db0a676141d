//! One forest and some rows to explain, for `callgrind` to count: `.ci/instructions.py` runs it.
//!
//! `instructions MODE N` explains N rows in `counted`; drawing and compiling stand outside of it.

#![expect(clippy::unwrap_used, reason = "runs on data it draws itself")]

mod drawn;

use std::hint::black_box;
use std::sync::Arc;

use amparo_datasets::Answers;
use amparo_models::explain::Background;
use amparo_models::{Explain, Explainer, Scorer};
use drawn::{Draw, codes, forest, instrument, population};

/// Rows that there are to explain: a block of a batch, and one.
const MOST: usize = 2_049;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let (mode, n) = (args.next().unwrap(), args.next().unwrap().parse::<usize>().unwrap());
    assert!(n <= MOST, "{n} rows, expected at most {MOST}");
    let mut draw = Draw(1);
    let instrument = instrument();
    let background = population(&mut draw, &instrument, 1_000);
    let rows = codes(&mut draw, MOST);
    let scorer = forest(&mut draw, 200, 6, 0.0);
    let explainer = explainer(&scorer, &background);
    let cases =
        Answers::from_codes(Arc::clone(&instrument), rows[..n * instrument.indicators().len()].to_vec())
            .unwrap();
    counted(&mode, &scorer, &explainer, &cases);
}

/// What is counted: a function of its own, so that `callgrind` can be told to count while it runs.
#[inline(never)]
fn counted(mode: &str, scorer: &Scorer, explainer: &Explainer, cases: &Answers) {
    match mode {
        "row" => cases.rows().for_each(|row| drop(black_box(explainer.explain(black_box(row))))),
        "checked" => cases
            .rows()
            .for_each(|row| drop(black_box(explainer.checked_parts(scorer, black_box(row)).unwrap()))),
        "batch" => explainer.batch(black_box(cases)).for_each(|parts| drop(black_box(parts))),
        other => panic!("mode `{other}` is none of row, checked, batch"),
    }
}

fn explainer(scorer: &Scorer, background: &Answers) -> Explainer {
    let weights = vec![1.0; background.n_rows()];
    Explainer::new(scorer, &Background::of(scorer, background, &weights).unwrap()).unwrap()
}

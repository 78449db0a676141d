//! Judges scores that no version of Amparo made: rows of a CSV file with a case, an outcome, a probability and a group.
//!
//! ```sh
//! cargo run --release --example judge_your_own_scores -- examples/own-scores.csv own-report
//! ```
#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use amparo_evaluation::evaluate;
use amparo_evaluation::input::{Columns, GroupColumn, Input, Kind, Levels, Scored};
use amparo_evaluation::report::{Context, HeldOut, Report};
use amparo_lab::documents;
use amparo_models::artefact::sha256;
use amparo_models::probability::logit;

/// From this probability on, a case is at level `high`.
pub const HIGH: f64 = 0.4;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [table, out] = args.as_slice() else {
        return Err("expected two arguments: SCORES.csv OUT".into());
    };
    let report = judge(&std::fs::read_to_string(table)?)?;
    let overall = &report.scored[0].overall;
    for key in ["auc", "observed_expected", "recall@high", "false_positive_rate@high"] {
        let measure = &overall[key];
        println!("{key}: {:?} {:?}", measure.value(), measure.interval());
    }
    std::fs::create_dir_all(out)?;
    for (name, text) in documents::of_report(&report, "report")? {
        std::fs::write(Path::new(out).join(name), text)?;
    }
    Ok(())
}

/// Evaluates the rows of a table `case,outcome,probability,group`, where the outcome is `yes` or `no`.
///
/// # Errors
/// If a row cannot be read, or the rows cannot be evaluated (one class only, a probability that is none).
pub fn judge(table: &str) -> Result<Report, Box<dyn Error>> {
    let (mut columns, mut probability) = (Columns::default(), Vec::new());
    let (mut cases, mut codes) = (BTreeMap::new(), Vec::new());
    for line in table.lines().skip(1) {
        let [case, outcome, score, group] = line.split(',').collect::<Vec<_>>()[..] else {
            return Err(format!("`{line}` has not four cells").into());
        };
        // Rows of one case are resampled together.
        let next = cases.len() as u32;
        columns.cluster.push(*cases.entry(case).or_insert(next));
        columns.y.push(outcome == "yes");
        columns.weight.push(1.0);
        codes.push(u16::from(group == "b"));
        probability.push(score.parse::<f64>()?);
    }
    let labels = vec!["a".to_owned(), "b".to_owned()];
    columns.groups = vec![GroupColumn { name: "group".to_owned(), labels, codes, ..GroupColumn::default() }];
    let levels = Levels {
        ids: vec!["low".to_owned(), "high".to_owned()],
        codes: probability.iter().map(|p| u8::from(*p >= HIGH)).collect(),
        cuts: vec![HIGH],
        labels: None,
        intensity: None,
        reassess_days: None,
    };
    let digest = format!("sha256:{}", sha256(table.as_bytes()));
    let own = Scored {
        name: "own scores".to_owned(),
        kind: Kind::Version {
            digest: digest.clone(),
            family: "own".to_owned(),
            dial: None,
            more_unknown: None,
        },
        score: probability.iter().map(|&p| logit(p)).collect(),
        levels: Some(levels),
        probability: Some(probability),
        survival: None,
    };
    let context = Context {
        cohort: "own scores".to_owned(),
        synthetic: Some("Synthetic: the table of this example is made up.".to_owned()),
        notes: Vec::new(),
        held_out: HeldOut::stated("all rows; whoever made the scores has not used them"),
        outcome: "reoffended".to_owned(),
        horizon_days: None,
        censored_left_out: 0,
        excluded_left_out: 0,
        fingerprint: digest,
        seed: 1,
        replicates: 1000,
        subject: own.name.clone(),
        reference: own.name.clone(),
        smallest_cell: 10,
        bins: 10,
        margin: Some(0.05),
        pairwise: false,
    };
    Ok(evaluate(&Input::new(columns)?, &[own], context, &|_| ())?)
}

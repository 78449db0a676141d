//! Log-odds of a scorer, added up in the order in which the version itself adds, so that they are the same to the last bit.

use amparo_models::scorer::{Form, Scorer};

use super::builder::{Builder, Value};
use super::codes::Codes;
use super::tables::{additive, points};
use super::trees;

/// What a scorer is made of, as values in the graph.
pub struct Score {
    /// Its log-odds.
    pub log_odds: Value,
    /// Those of the baseline that it is or holds.
    pub baseline: Option<Value>,
}

impl Score {
    /// Of rows as the scorer reads them.
    pub fn of(graph: &mut Builder, name: &str, codes: &Codes, scorer: &Scorer) -> Self {
        let baseline = scorer.baseline().map(|p| points(graph, &format!("{name}_baseline"), codes, p));
        let candidate = scorer.candidate().map(|candidate| {
            let name = format!("{name}_candidate");
            match candidate.form() {
                Form::Additive(tables) => additive(graph, &name, codes, &tables),
                Form::Trees(forest) => trees::sum(graph, &name, codes, forest),
            }
        });
        let log_odds = match (&baseline, candidate) {
            (Some(baseline), Some(candidate)) => {
                let share = graph.double(&format!("{name}_baseline_share"), 1.0 - scorer.dial());
                let dial = graph.double(&format!("{name}_dial"), scorer.dial());
                let of_baseline = graph.op("Mul", &format!("{name}_baseline_part"), &[&share, baseline]);
                let of_candidate = graph.op("Mul", &format!("{name}_candidate_part"), &[&dial, &candidate]);
                graph.op("Add", &format!("{name}_blend"), &[&of_baseline, &of_candidate])
            }
            (Some(baseline), None) => baseline.clone(),
            (None, Some(candidate)) => candidate,
            // No scorer is without both.
            (None, None) => graph.double(&format!("{name}_nothing"), f64::NAN),
        };
        Self { log_odds, baseline }
    }
}

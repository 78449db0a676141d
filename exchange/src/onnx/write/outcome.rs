//! One outcome's model in the graph: score, probability, and the levels that follow.

use amparo_datasets::Instrument;
use amparo_models::protocol::LethalityRule;
use amparo_models::{OutcomeModel, Protocol, Version};

use super::builder::{Builder, Value};
use super::codes::Codes;
use super::score::Score;
use super::{level, probability};

/// A model in the graph.
pub struct Outcome<'a> {
    part: &'a OutcomeModel,
    name: &'static str,
    /// Its score.
    pub log_odds: Value,
    /// Its calibrated probability.
    pub probability: Value,
    baseline: Option<Value>,
}

impl<'a> Outcome<'a> {
    /// Puts a model into the graph.
    pub fn of(
        graph: &mut Builder,
        name: &'static str,
        codes: &Codes,
        part: &'a OutcomeModel,
        instrument: &Instrument,
    ) -> Self {
        let codes = codes.pooled(graph, name, part.pooling(), instrument);
        let Score { log_odds, baseline } = Score::of(graph, name, &codes, part.scorer());
        let probability = probability::of(graph, &format!("{name}_calibrator"), &log_odds, part.calibrator());
        Self { part, name, log_odds, probability, baseline }
    }

    /// The level of its probability by the cut-points.
    pub fn level(&self, graph: &mut Builder, protocol: &Protocol) -> Value {
        let name = format!("{}_level", self.name);
        level::by_cut_points(graph, &name, &self.log_odds, self.part.calibrator(), protocol)
    }

    /// The level of the baseline alone, where a clause says that the proposed one is never below it.
    pub fn baseline_level(&self, graph: &mut Builder, protocol: &Protocol) -> Option<Value> {
        let (clause, baseline) = (self.part.never_below_baseline()?, self.baseline.as_ref()?);
        let name = format!("{}_baseline_level", self.name);
        Some(level::by_cut_points(graph, &name, baseline, &clause.calibrator, protocol))
    }

    /// The level that lethality rules set.
    pub fn rule_level(&self, graph: &mut Builder, rules: &[LethalityRule]) -> Value {
        let name = format!("{}_rules", self.name);
        level::by_rules(graph, &name, &self.log_odds, self.part.calibrator(), rules)
    }
}

/// How many answers of each row the models have not learned from; one that neither has learned from counts twice.
pub fn unlearned(graph: &mut Builder, codes: &Codes, version: &Version) -> Value {
    let parts = [Some(version.recidivism()), version.lethality()];
    let count = |j: usize, code: usize| {
        let of_part = |part: &&OutcomeModel| {
            !part.leaves_out(j) && part.learned().is_some_and(|learned| !learned.is_learned(j, code as u8))
        };
        parts.iter().flatten().filter(|part| of_part(part)).count() as i64
    };
    let table = codes.by_answer(count);
    let table = graph.integers("unlearned", &[table.len()], &table);
    let each = codes.gather(graph, "unlearned_of_answers", &table);
    graph.by_row("ReduceSum", "unlearned_of_row", &each)
}

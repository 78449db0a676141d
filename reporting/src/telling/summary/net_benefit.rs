//! What acting on a version's probabilities is worth, at the level that stands for all.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::{DecisionPoint, ScoredReport};

use crate::telling::lang::tell;
use crate::telling::number::Unit;
use crate::telling::view::{View, excludes_zero, key_level};

pub(super) fn sentences(view: &View<'_>, one: &ScoredReport) -> Vec<String> {
    sentence(view, one).into_iter().collect()
}

/// `None` without levels, cut-point or decision curve.
fn sentence(view: &View<'_>, one: &ScoredReport) -> Option<String> {
    let lang = view.lang;
    let level = key_level(one)?;
    let cut = one.levels.iter().find(|row| row.level == level)?.cut?;
    let level = view.level(level);
    let distance = |point: &&DecisionPoint| (point.threshold - cut).abs();
    let point = one.decision.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let words = |measure: &Measure| view.numbers.measure(Unit::PerThousand, measure, false);
    let worth = match excludes_zero(&point.net_benefit) {
        Some(true) => lang.pick("más que no actuar en ninguno", "more than acting on no case"),
        Some(false) => lang.pick("menos que no actuar en ninguno", "less than acting on no case"),
        None => {
            lang.pick("no se distingue de no actuar en ninguno", "it cannot be told from acting on no case")
        }
    };
    Some(tell!(
        lang,
        "Beneficio neto de actuar con {} a partir del umbral {} (el más próximo al punto de corte del nivel {level}), por 1000 casos: {}; {worth}. Actuar en todos los casos: {}.",
        "Net benefit of acting with {} from the threshold {} upwards (the closest to the cut-point of level {level}), per 1,000 cases: {}; {worth}. Acting on every case: {}.";
        one.name,
        view.numbers.value(Unit::Share, point.threshold),
        words(&point.net_benefit),
        words(&point.treat_all)
    ))
}

//! Levels: of log-odds by the scores from which each cut-point is reached, and of answers that set a lowest level.
//!
//! Where a probability meets a cut-point is found ahead of time, with the version's own calibrator: a runtime's `exp` may round another
//! way than ours, which must not decide a level.

use amparo_datasets::Instrument;
use amparo_models::protocol::{Floor, LethalityRule};
use amparo_models::{Calibrator, Protocol};

use super::builder::{Builder, Value};
use super::codes::Codes;
use super::probability::reached;
use crate::Error;

/// No score of a model is this far from 0.
const FARTHEST: f64 = 1e12;

/// The level that a probability gives by the cut-points of the protocol.
pub fn by_cut_points(
    graph: &mut Builder,
    name: &str,
    score: &Value,
    calibrator: &Calibrator,
    protocol: &Protocol,
) -> Value {
    // The lowest level starts at 0.
    let cuts: Vec<f64> = protocol.levels()[1..].iter().map(|level| level.from_probability).collect();
    let from = scores_from(calibrator, &cuts);
    reached(graph, name, score, &from, false)
}

/// The level that the last lethality rule sets which is reached; the lowest one if none is.
pub fn by_rules(
    graph: &mut Builder,
    name: &str,
    score: &Value,
    calibrator: &Calibrator,
    rules: &[LethalityRule],
) -> Value {
    let cuts: Vec<f64> = rules.iter().map(|rule| rule.from_probability).collect();
    let last = reached(graph, name, score, &scores_from(calibrator, &cuts), false);
    let levels: Vec<i64> = std::iter::once(0).chain(rules.iter().map(|rule| rule.at_least as i64)).collect();
    let levels = graph.integers(&format!("{name}_levels"), &[levels.len()], &levels);
    graph.op("Gather", &format!("{name}_level"), &[&levels, &last])
}

/// The highest level that an answer sets.
///
/// # Errors
/// [`Error::Models`] if a floor names an indicator that is not on the form.
pub fn by_floors(
    graph: &mut Builder,
    codes: &Codes,
    floors: &[Floor],
    instrument: &Instrument,
) -> Result<Value, Error> {
    let mut set: Vec<Vec<i64>> = codes.n_answers.iter().map(|&n| vec![0; n]).collect();
    for floor in floors {
        for condition in &floor.any {
            let Some(j) = instrument.position(&condition.indicator) else {
                let problem =
                    format!("indicator `{}` of floor `{}` is not on the form", condition.indicator, floor.id);
                return Err(amparo_models::Error::invalid("protocol", problem).into());
            };
            let answers = condition.answers.iter().filter_map(|id| instrument.indicators()[j].code(id));
            for code in answers {
                let level = &mut set[j][usize::from(code)];
                *level = (*level).max(floor.at_least as i64);
            }
        }
    }
    let table = set.concat();
    let table = graph.integers("floors", &[table.len()], &table);
    let each = codes.gather(graph, "floors_of_answers", &table);
    Ok(graph.by_row("ReduceMax", "floor", &each))
}

/// For each cut-point the lowest score whose calibrated probability reaches it, to the last bit: negative infinity if every score's does, infinity if
/// none's does.
pub fn scores_from(calibrator: &Calibrator, cuts: &[f64]) -> Vec<f64> {
    cuts.iter().map(|&cut| lowest(|score| calibrator.calibrate(score).probability >= cut)).collect()
}

/// The lowest number of which a rising claim holds.
fn lowest(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut below, mut from) = (-FARTHEST, FARTHEST);
    if holds(below) {
        return f64::NEG_INFINITY;
    }
    if !holds(from) {
        return f64::INFINITY;
    }
    loop {
        let middle = f64::midpoint(below, from);
        if !(below < middle && middle < from) {
            return from;
        }
        if holds(middle) { from = middle } else { below = middle }
    }
}

#[cfg(test)]
mod tests {
    use amparo_models::calibrator::{Isotonic, Platt};

    use super::*;

    #[test]
    fn the_score_of_a_cut_point_is_found_to_the_last_bit() {
        let platt = Calibrator::Platt(Platt { intercept: -0.7, slope: 1.3, covariance: [0.0; 3] });
        for cut in [1e-9, 0.05, 0.3, 0.5, 0.999] {
            let at = scores_from(&platt, &[cut])[0];
            assert!(platt.calibrate(at).probability >= cut, "{cut}");
            assert!(platt.calibrate(at.next_down()).probability < cut, "{cut}");
        }
    }

    #[test]
    fn a_cut_point_out_of_reach_is_never_reached() {
        let curve = vec![0.1, 0.2];
        let isotonic = Isotonic {
            scores: vec![-1.0, 1.0],
            low: curve.clone(),
            high: curve.clone(),
            probabilities: curve,
        };
        let found = scores_from(&Calibrator::Isotonic(isotonic), &[0.05, 0.1, 0.2, 0.3]);
        assert_eq!(found[0].to_bits(), f64::NEG_INFINITY.to_bits());
        assert_eq!(found[1].to_bits(), f64::NEG_INFINITY.to_bits());
        // The line rounds up to its end a little before it.
        assert!((found[2] - 1.0).abs() <= 1e-15, "{}", found[2]);
        assert_eq!(found[3].to_bits(), f64::INFINITY.to_bits());
    }
}

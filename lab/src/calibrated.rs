//! Scores of anybody, calibrated.

use amparo_models::Calibrator;
use amparo_training::calibrate::Method;

use crate::Error;

/// A rising curve from scores to probabilities, by the method of that name, fitted to scores of rows that the model behind them has not seen.
///
/// All columns are of one length, one entry a row; scores are finite, weights > 0.
///
/// # Errors
/// [`Error::NoCalibration`] for a name that is none; columns of other lengths and scores or weights out of range, all of them; what the method refuses: see
/// [`Method::fit`].
pub fn calibrated(
    method: &str,
    scores: &[f64],
    events: &[bool],
    weights: &[f64],
) -> Result<Calibrator, Error> {
    let mut problems = Vec::new();
    let found = Method::ALL.into_iter().find(|known| known.name() == method);
    if found.is_none() {
        let known = Method::ALL.map(Method::name).join(", ");
        problems.push(format!("`method` is `{method}`, expected one of {known}"));
    }
    for (name, n) in [("events", events.len()), ("weights", weights.len())] {
        if n != scores.len() {
            problems.push(format!("`{name}` has {n} entries, the scores have {}", scores.len()));
        }
    }
    if let Some(row) = scores.iter().position(|score| !score.is_finite()) {
        problems.push(format!("score {row} is {}, expected a finite number", scores[row]));
    }
    if let Some(row) = weights.iter().position(|weight| !(weight.is_finite() && *weight > 0.0)) {
        problems.push(format!("weight {row} is {}, expected a finite number above 0", weights[row]));
    }
    match found.filter(|_| problems.is_empty()) {
        Some(method) => Ok(method.fit(scores, events, weights, "event")?),
        None => Err(Error::NoCalibration { problems: problems.join("; ") }),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_curve_rises_with_the_scores_and_keeps_the_share_of_events() {
        let scores: Vec<f64> = (0..60).map(|row| f64::from(row) / 10.0 - 3.0).collect();
        let events: Vec<bool> = (0..60).map(|row| row * 7 % 60 < row).collect();
        let weights = vec![1.0; 60];
        let share = events.iter().filter(|event| **event).count() as f64 / 60.0;
        for method in Method::ALL.map(Method::name) {
            let curve = calibrated(method, &scores, &events, &weights).unwrap();
            let p: Vec<f64> = scores.iter().map(|&score| curve.calibrate(score).probability).collect();
            assert!(p.windows(2).all(|two| two[0] <= two[1]), "{method}");
            let mean = p.iter().sum::<f64>() / 60.0;
            assert!((mean - share).abs() <= 0.02, "{method}: {mean} for {share}");
            assert!((p[0] - share).abs() > 0.02, "{method} is no constant");
        }
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        let refused = calibrated("plat", &[f64::NAN, 1.0], &[true], &[0.0, 1.0]).unwrap_err().to_string();
        for part in ["`plat`", "`events` has 1 entries", "score 0 is NaN", "weight 0 is 0"] {
            assert!(refused.contains(part), "{refused}");
        }
        let falling = calibrated("platt", &[0.0, 1.0, 2.0, 3.0], &[true, true, false, false], &[1.0; 4]);
        assert!(falling.is_err());
    }
}

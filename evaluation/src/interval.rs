//! Intervals from bootstrap replicates: percentiles for what moves either way, a radius for what noise only adds to.

use crate::ledger::Ledger;
use crate::measure::Measure;
use crate::reason::Reason;

/// Largest share of replicates that may be undefined.
const MAX_UNDEFINED: f64 = 0.01;

/// Why a ledger gives no interval: more than 1 % of the resamples undefined, or all alike.
pub(crate) fn unusable(ledger: Ledger<'_>) -> Option<Reason> {
    let (undefined, drawn) = (ledger.undefined(), ledger.drawn());
    if f64::from(undefined) > MAX_UNDEFINED * f64::from(drawn) {
        return Some(Reason::UndefinedInResamples { undefined, drawn });
    }
    ledger.is_constant().then_some(Reason::SameInResamples)
}

/// The percentile interval of a value that moves either way: the 2.5 % and 97.5 % quantiles of its resampled values.
///
/// # References
/// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
pub(crate) fn percentile(value: f64, ledger: Ledger<'_>, (n, events): (u64, u64)) -> Measure {
    match unusable(ledger) {
        Some(reason) => Measure::Point { value, n, events, reason },
        None => {
            Measure::Value { value, low: ledger.quantile(0.025), high: ledger.quantile(0.975), n, events }
        }
    }
}

/// The interval of a value that noise moves by no more than the 95 % quantile of a ledger of bounds.
///
/// ```text
/// [ends(-q), ends(q)]      q = 95 % quantile of N(resampled - observed)
/// ```
/// For a seminorm N of signed deviations, `|N(observed) - N(true)| <= N(observed - true)`, and the resamples say how large the right side
/// gets. So the interval holds where the truth is 0, too, where the percentiles of N itself never reach it.
pub(crate) fn within(
    value: f64,
    ledger: Ledger<'_>,
    (n, events): (u64, u64),
    end: impl Fn(f64) -> f64,
) -> Measure {
    match unusable(ledger) {
        Some(reason) => Measure::Point { value, n, events, reason },
        None => {
            let q = ledger.quantile(0.95);
            Measure::Value { value, low: end(-q), high: end(q), n, events }
        }
    }
}

/// A measure from its value on the rows as they are and its values on the resamples (NaN: undefined there).
///
/// The 2.5 % and 97.5 % quantiles, interpolated linearly. There is no interval when more than 1 % of the replicates are undefined, or when
/// all agree: then resampling cannot say how uncertain the value is.
///
/// # References
/// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
pub(crate) fn measure(value: f64, mut replicates: Vec<f64>, n: u64, events: u64) -> Measure {
    let drawn = replicates.len();
    replicates.retain(|v| v.is_finite());
    let undefined = drawn - replicates.len();
    if undefined as f64 > MAX_UNDEFINED * drawn as f64 {
        let reason = Reason::UndefinedInResamples { undefined: undefined as u32, drawn: drawn as u32 };
        return Measure::Point { value, n, events, reason };
    }
    replicates.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&replicates, 0.025), quantile(&replicates, 0.975));
    if replicates.first().zip(replicates.last()).is_none_or(|(first, last)| first >= last) {
        return Measure::Point { value, n, events, reason: Reason::SameInResamples };
    }
    Measure::Value { value, low, high, n, events }
}

/// Quantile of sorted values, interpolated linearly (type 7 of Hyndman and Fan, 1996); NaN without values.
pub(crate) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len().max(1) - 1) as f64;
    let below = at as usize;
    match (sorted.get(below), sorted.get(below + 1)) {
        (Some(a), Some(b)) => a + (at - below as f64) * (b - a),
        (Some(a), None) => *a,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_numpy() {
        // numpy.percentile([0, 1, 4, 9, 16, 25, 36, 49, 64, 81], [2.5, 97.5]) -> [0.225, 77.175]
        let squares: Vec<f64> = (0..10).rev().map(|i| f64::from(i * i)).collect();
        let Some((low, high)) = measure(30.0, squares, 10, 5).interval() else { panic!("no interval") };
        assert!((low - 0.225).abs() <= 1e-12 && (high - 77.175).abs() <= 1e-12);
        // A wrong answer would fail: the plain extremes are 0 and 81.
        assert!((high - 81.0).abs() > 1.0);
    }

    #[test]
    fn undefined_and_constant_replicates_give_no_interval() {
        let mut replicates: Vec<f64> = (0..100).map(f64::from).collect();
        replicates[0] = f64::NAN;
        assert!(measure(1.0, replicates.clone(), 10, 5).interval().is_some());
        replicates[1] = f64::NAN;
        assert_eq!(
            measure(1.0, replicates, 10, 5).reason(),
            Some(Reason::UndefinedInResamples { undefined: 2, drawn: 100 })
        );
        assert!(measure(1.0, vec![1.0; 100], 10, 5).interval().is_none());
    }
}

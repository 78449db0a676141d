//! Intervals from bootstrap replicates: percentiles for what moves either way, a radius for what noise only adds to.

use super::quantile_sketch::Sketch;
use crate::measure::Measure;
use crate::reason::Reason;

/// Largest share of replicates that may be undefined.
const MAX_UNDEFINED: f64 = 0.01;

/// Lower and upper bound of a 95 % interval, or why there is none.
pub(crate) type Interval = Result<(f64, f64), Reason>;

/// The measure of a value, if it has one, with its interval, if that exists: every measure is made here.
///
/// `rests_on` is the number of rows and of events behind the value.
pub(crate) fn measured(
    value: Result<f64, Reason>,
    rests_on: (u64, u64),
    interval: impl FnOnce(f64) -> Interval,
) -> Measure {
    let (n, events) = rests_on;
    // A sum over nothing is -0.0, and nobody wants to read that.
    let plain = |number: f64| number + 0.0;
    match value {
        Err(reason) => Measure::Undefined { reason },
        Ok(value) => match interval(value) {
            Ok((low, high)) => {
                Measure::Value { value: plain(value), low: plain(low), high: plain(high), n, events }
            }
            Err(reason) => Measure::Point { value: plain(value), n, events, reason },
        },
    }
}

/// Why a sketch gives no interval: more than 1 % of the resamples undefined, or all alike.
pub(super) fn unusable(sketch: Sketch<'_>) -> Option<Reason> {
    let (undefined, drawn) = (sketch.undefined(), sketch.drawn());
    if f64::from(undefined) > MAX_UNDEFINED * f64::from(drawn) {
        return Some(Reason::UndefinedInResamples { undefined, drawn });
    }
    sketch.is_constant().then_some(Reason::SameInResamples)
}

/// The percentile interval of a value that moves either way: the 2.5 % and 97.5 % quantiles of its resampled values.
///
/// # References
/// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
pub(super) fn percentile(sketch: Sketch<'_>) -> Interval {
    unusable(sketch).map_or_else(|| Ok((sketch.quantile(0.025), sketch.quantile(0.975))), Err)
}

/// The interval of a value that noise moves by no more than the 95 % quantile of a sketch of bounds.
///
/// ```text
/// [end(-q), end(q)]      q = 95 % quantile of N(resampled - observed)
/// ```
/// For a seminorm N of signed deviations, `|N(observed) - N(true)| <= N(observed - true)`, and the resamples say how large the right side
/// gets. So the interval holds where the truth is 0, too, where the percentiles of N itself never reach it.
pub(super) fn within(sketch: Sketch<'_>, end: impl Fn(f64) -> f64) -> Interval {
    if let Some(reason) = unusable(sketch) {
        return Err(reason);
    }
    let q = sketch.quantile(0.95);
    Ok((end(-q), end(q)))
}

/// The percentile interval from the values on the resamples themselves (NaN: undefined there).
///
/// The 2.5 % and 97.5 % quantiles, interpolated linearly. There is no interval when more than 1 % of the replicates are undefined, or when
/// all agree: then resampling cannot say how uncertain the value is.
///
/// # References
/// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
pub(crate) fn of_replicates(mut replicates: Vec<f64>) -> Interval {
    let drawn = replicates.len();
    replicates.retain(|v| v.is_finite());
    let undefined = drawn - replicates.len();
    if undefined as f64 > MAX_UNDEFINED * drawn as f64 {
        return Err(Reason::UndefinedInResamples { undefined: undefined as u32, drawn: drawn as u32 });
    }
    replicates.sort_by(f64::total_cmp);
    if replicates.first().zip(replicates.last()).is_none_or(|(first, last)| first >= last) {
        return Err(Reason::SameInResamples);
    }
    Ok((quantile(&replicates, 0.025), quantile(&replicates, 0.975)))
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
    fn a_zero_has_no_sign() {
        let nothing: f64 = std::iter::empty::<f64>().sum();
        assert!(nothing.is_sign_negative(), "a sum over nothing");
        let found = measured(Ok(nothing), (10, 5), |value| Ok((value, value)));
        let Measure::Value { value, low, high, .. } = found else { panic!("{found:?}") };
        assert!([value, low, high].iter().all(|number| number.is_sign_positive()));
    }

    #[test]
    fn quantiles_match_numpy() {
        // numpy.percentile([0, 1, 4, 9, 16, 25, 36, 49, 64, 81], [2.5, 97.5]) -> [0.225, 77.175]
        let squares: Vec<f64> = (0..10).rev().map(|i| f64::from(i * i)).collect();
        let Ok((low, high)) = of_replicates(squares) else { panic!("no interval") };
        assert!((low - 0.225).abs() <= 1e-12 && (high - 77.175).abs() <= 1e-12);
        // A wrong answer would fail: the plain extremes are 0 and 81.
        assert!((high - 81.0).abs() > 1.0);
    }

    #[test]
    fn undefined_and_constant_replicates_give_no_interval() {
        let mut replicates: Vec<f64> = (0..100).map(f64::from).collect();
        replicates[0] = f64::NAN;
        assert!(of_replicates(replicates.clone()).is_ok());
        replicates[1] = f64::NAN;
        let undefined = Reason::UndefinedInResamples { undefined: 2, drawn: 100 };
        assert_eq!(of_replicates(replicates.clone()), Err(undefined));
        assert_eq!(of_replicates(vec![1.0; 100]), Err(Reason::SameInResamples));
        // A measure keeps its value where it has no interval.
        let found = measured(Ok(1.0), (10, 5), |_| of_replicates(replicates));
        assert_eq!(found, Measure::Point { value: 1.0, n: 10, events: 5, reason: undefined });
    }
}

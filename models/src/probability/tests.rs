//! Against values to 20 digits:
//! `python3 -c "from mpmath import *; mp.dps = 40; x = mpf('0.25'); print(1 / (1 + exp(-x)), log1p(exp(x)))"` and
//! `log(p) - log1p(-p)` of the double nearest to each `p`.

#![expect(clippy::excessive_precision, reason = "as the oracle prints them")]

use super::{logit, sigmoid, softplus};
use crate::testing::{Draw, worst};

/// Score, sigmoid, softplus.
const CURVES: &[(f64, f64, f64)] = &[
    (-40.0, 4.248_354_255_291_588_977_3e-18, 4.248_354_255_291_588_986_3e-18),
    (-1.5, 0.182_425_523_806_356_340_39, 0.201_413_277_982_752_409_5),
    (0.0, 0.5, std::f64::consts::LN_2),
    (0.25, 0.562_176_500_885_798_104_03, 0.825_939_419_878_843_562_21),
    (3.0, 0.952_574_126_822_433_219_12, 3.048_587_351_573_742_058_8),
    (36.7, 0.999_999_999_999_999_884_82, 36.700_000_000_000_000_115),
    (700.0, 1.0, 700.0),
];

const LOGITS: &[(f64, f64)] = &[
    (1e-300, -690.775_527_898_213_705_18),
    (1e-9, -20.723_265_835_946_411_093),
    (0.143, -1.790_593_288_337_872_605_3),
    (0.25, -1.098_612_288_668_109_691_4),
    (0.500_000_1, 3.999_999_997_894_629_942_1e-7),
    (0.9, 2.197_224_577_336_219_629_5),
    (0.999_999, 13.815_509_557_935_018_411),
];

/// Relative error, NaN-safe; absolute where the expected value is below 1e-6.
fn relative(found: f64, expected: f64) -> f64 {
    worst(&[found], &[expected]) / expected.abs().max(1e-6)
}

#[test]
fn curves_agree_with_high_precision() {
    for &(x, probability, loss) in CURVES {
        assert!(relative(sigmoid(x), probability) <= 4e-16, "sigmoid({x}) = {:e}", sigmoid(x));
        assert!(relative(softplus(x), loss) <= 4e-16, "softplus({x}) = {:e}", softplus(x));
    }
    for &(p, score) in LOGITS {
        assert!(worst(&[logit(p)], &[score]) <= 4e-16 * score.abs().max(1.0), "logit({p}) = {:e}", logit(p));
    }
}

#[test]
fn the_tails_keep_their_digits() {
    let found = [sigmoid(-40.0), softplus(-40.0)];
    let expected = [4.248_354_255_291_588_977_3e-18, 4.248_354_255_291_588_986_3e-18];
    assert!(worst(&found, &expected) <= 1e-33);
    // The naive forms lose them all, and the same check sees it.
    let naive = [1.0 - 1.0 / (1.0 + libm::exp(-40.0)), libm::log(1.0 + libm::exp(-40.0))];
    assert!(worst(&naive, &expected) > 1e-33);
}

#[test]
fn nothing_overflows() {
    for x in [710.0, 1e6, f64::MAX, f64::INFINITY] {
        assert!(worst(&[sigmoid(x), sigmoid(-x), softplus(-x)], &[1.0, 0.0, 0.0]) <= 1e-300, "{x}");
    }
    assert!(worst(&[softplus(1e6), softplus(f64::MAX)], &[1e6, f64::MAX]) <= 0.0);
    assert!((2e-324..3e-308).contains(&sigmoid(-745.0)));
    // The textbook softplus does overflow.
    assert!(worst(&[libm::log(1.0 + libm::exp(1e6))], &[1e6]) > 0.0);
}

#[test]
fn symmetric_and_inverse() {
    let mut draw = Draw::new(1);
    for _ in 0..10_000 {
        let x = draw.between(-30.0, 30.0);
        let (p, q) = (sigmoid(x), sigmoid(-x));
        assert!(worst(&[p + q, softplus(x) - softplus(-x)], &[1.0, x]) <= 1e-14, "{x}");
        let low = p.min(q);
        assert!(relative(sigmoid(logit(low)), low) <= 1e-13, "{x}");
        assert!(worst(&[logit(1.0 - p)], &[-logit(p)]) <= 1e-15 / low, "{x}");
    }
}

#[test]
fn the_ends_are_infinite_and_not_numbers_stay_so() {
    assert!(logit(0.0) == f64::NEG_INFINITY && logit(1.0) == f64::INFINITY);
    assert!(sigmoid(f64::NAN).is_nan() && softplus(f64::NAN).is_nan() && logit(-0.1).is_nan());
}

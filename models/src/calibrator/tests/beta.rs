use super::*;
use crate::calibrator::Beta;

/// A covariance of (a, b, c): of two directions, so that it is singular, as that of an exponent held at 0.
fn covariance(draw: &mut Draw) -> [f64; 6] {
    let [x, y] = [0, 1].map(|_| [0, 1, 2].map(|_| draw.between(-0.5, 0.5)));
    let of = |i: usize, j: usize| x[i] * x[j] + y[i] * y[j];
    [of(0, 0), of(0, 1), of(0, 2), of(1, 1), of(1, 2), of(2, 2)]
}

/// A curve, in one of three draws with an exponent of 0.
pub(super) fn random(draw: &mut Draw) -> Beta {
    let bounded = draw.below(3);
    let mut exponent = |at| if bounded == at { 0.0 } else { draw.between(0.1, 3.0) };
    let (a, b) = (exponent(0), exponent(1));
    Beta { a, b, c: draw.between(-3.0, 3.0), covariance: covariance(draw) }
}

const BETA_BY_HAND: [f64; 3] =
    [0.182_530_940_156_964_865_12, 0.108_861_891_164_365_994_30, 0.289_838_749_077_520_076_04];

#[test]
fn beta_by_hand() {
    // python3 -c "
    // from mpmath import *; mp.dps = 40
    // a, b, c, x = mpf('0.8'), mpf('1.3'), mpf('-0.4'), mpf('-1.5')
    // s = 1 / (1 + exp(-x)); u, v = log(s), -log(1 - s)
    // m = c + a * u + b * v; h = mpf('1.959963984540054') * sqrt(u*u*mpf('0.04') + v*v*mpf('0.09') + mpf('0.01') + 2 * (u*v*mpf('0.02') + u*mpf('0.005') - v*mpf('0.01')))
    // print(1 / (1 + 1 / (exp(c) * s**a / (1 - s)**b)), 1 / (1 + exp(h - m)), 1 / (1 + exp(-h - m)))"
    let covariance = [0.04, 0.02, 0.005, 0.09, -0.01, 0.01];
    let beta = Beta { a: 0.8, b: 1.3, c: -0.4, covariance };
    let calibrator = Calibrator::Beta(beta.clone());
    calibrator.check().unwrap();
    assert!(worst(&numbers(calibrator.calibrate(-1.5)), &BETA_BY_HAND) <= 1e-15);
    // With the exponents exchanged it is another curve, without their covariance another interval.
    let exchanged = Calibrator::Beta(Beta { a: 1.3, b: 0.8, ..beta.clone() });
    assert!(worst(&numbers(exchanged.calibrate(-1.5)), &BETA_BY_HAND) > 1e-2);
    let independent = Calibrator::Beta(Beta { covariance: [0.04, 0.0, 0.005, 0.09, -0.01, 0.01], ..beta });
    assert!(worst(&numbers(independent.calibrate(-1.5)), &BETA_BY_HAND) > 1e-3);
}

#[test]
fn with_equal_exponents_it_is_the_logistic_curve() {
    // Var(c + a score) of (a, b, c) with a = b known to be one number: u + v is the score.
    let equal = |covariance| Calibrator::Beta(Beta { a: 2.0, b: 2.0, c: -1.0, covariance });
    let one_number = equal([0.09, 0.09, 0.01, 0.09, 0.01, 0.04]);
    one_number.check().unwrap();
    for score in [-800.0, -40.0, -1.0, 0.0, 0.5, 3.0, 40.0, 800.0] {
        let (beta, logistic) = (one_number.calibrate(score), Calibrator::Platt(platt()).calibrate(score));
        assert!(worst(&numbers(beta), &numbers(logistic)) <= 1e-14, "{score}: {beta:?} {logistic:?}");
    }
    let other = Calibrator::Platt(Platt { slope: 2.1, ..platt() });
    assert!(worst(&numbers(other.calibrate(-1.0)), &numbers(one_number.calibrate(-1.0))) > 1e-3);
}

#[test]
fn the_score_at_some_log_odds_is_the_lowest_that_reaches_them() {
    let mut draw = Draw::new(5);
    for _ in 0..300 {
        let (beta, wanted) = (random(&mut draw), draw.between(-6.0, 6.0));
        match beta.score_at(wanted) {
            Some(at) => {
                assert!(beta.log_odds(at) >= wanted, "{beta:?} {at}");
                assert!(beta.log_odds(at.next_down()) < wanted, "{beta:?} {at}");
            }
            None if beta.a == 0.0 => assert!(wanted <= beta.c, "{beta:?} {wanted}"),
            None => assert!(beta.b == 0.0 && wanted >= beta.c, "{beta:?} {wanted}"),
        }
    }
    let beta = Beta { a: 0.0, b: 1.0, c: 0.2, covariance: [0.0; 6] };
    // ln(1 + exp(x)) = 0.5 at x = ln(exp(0.5) - 1); below a log-odds of 0.2 there is nothing.
    let expected = (0.5_f64.exp() - 1.0).ln();
    assert!(worst(&[beta.score_at(0.7).unwrap()], &[expected]) <= 1e-12);
    assert!(worst(&[beta.score_at(0.8).unwrap()], &[expected]) > 1e-2);
    assert_eq!(beta.score_at(0.2), None);
}

#[test]
fn what_is_no_beta_curve_is_refused() {
    let of = |change: fn(&mut Beta)| {
        let mut curve = Beta { a: 1.0, b: 1.0, c: 0.0, covariance: [0.1, 0.0, 0.0, 0.1, 0.0, 0.1] };
        change(&mut curve);
        Calibrator::Beta(curve).check().map_err(|error| error.to_string())
    };
    assert_eq!(of(|_| ()), Ok(()));
    assert_eq!(of(|b| b.a = 0.0), Ok(()));
    let exponents =
        |text: &str| Err(format!("calibrator: {text}, expected numbers of at least 0, one of them above 0"));
    assert_eq!(of(|b| (b.a, b.b) = (0.0, 0.0)), exponents("a is 0 and b is 0"));
    assert_eq!(of(|b| b.a = -0.1), exponents("a is -0.1 and b is 1"));
    assert_eq!(of(|b| b.b = f64::NAN), exponents("a is 1 and b is NaN"));
    assert_eq!(of(|b| b.c = f64::INFINITY), Err("calibrator: c is inf, expected a finite number".to_owned()));
    for change in [
        (|b| b.covariance[0] = -0.1) as fn(&mut Beta),
        |b| b.covariance[1] = 0.2,
        |b| b.covariance[2] = 0.2,
        |b| b.covariance[4] = -0.2,
        |b| b.covariance[5] = f64::NAN,
        // Each pair of them could be, all three cannot.
        |b| b.covariance = [0.1, 0.09, -0.09, 0.1, 0.09, 0.1],
    ] {
        let message = of(change).unwrap_err();
        assert!(message.starts_with("calibrator: covariance is ["), "{message}");
    }
}

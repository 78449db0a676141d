//! The chi-square distribution, for degrees of freedom that are whole.

use std::f64::consts::PI;

/// The probability that a chi-square variable is at least `x`, for `x >= 0`.
///
/// ```text
/// Q(x; k) = Q(x; k - 2) + (x/2)^(k/2 - 1) exp(-x/2) / Gamma(k/2)
/// Q(x; 2) = exp(-x/2)        Q(x; 1) = erfc(sqrt(x/2))
/// ```
///
/// # Panics
/// If `degrees` is 0.
///
/// # References
/// Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.4.4, 26.4.5 and 26.4.8.
pub(crate) fn upper_tail(x: f64, degrees: u32) -> f64 {
    assert!(degrees > 0, "a chi-square variable has at least 1 degree of freedom");
    let half = x / 2.0;
    // The first term of the recurrence, Q(x; 1) or Q(x; 2), and what is added to it for two more degrees.
    let (mut tail, mut step, first) = if degrees % 2 == 1 {
        (libm::erfc(half.sqrt()), 2.0 * (half / PI).sqrt() * libm::exp(-half), 3)
    } else {
        (libm::exp(-half), half * libm::exp(-half), 4)
    };
    for of in (first..=degrees).step_by(2) {
        tail += step;
        step *= half / (f64::from(of) / 2.0);
    }
    tail.min(1.0)
}

/// The number that a chi-square variable exceeds with probability `share`, in (0, 1).
///
/// # Panics
/// If `degrees` is 0.
pub(crate) fn upper_quantile(share: f64, degrees: u32) -> f64 {
    let mut high = 1.0;
    while upper_tail(high, degrees) > share {
        high *= 2.0;
    }
    let mut low = 0.0;
    // Half of the interval is lost each time: 60 times leave none that floating point could tell apart.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if upper_tail(middle, degrees) > share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::{upper_quantile, upper_tail};

    /// Of the table of percentage points in any textbook (and scipy 1.16's `chi2.isf`), to the digits shown.
    const TABLE: [(f64, u32, f64); 8] = [
        (0.05, 1, 3.841_458_820_694),
        (0.05, 2, 5.991_464_547_108),
        (0.01, 3, 11.344_866_730_144),
        (0.05, 4, 9.487_729_036_781),
        (0.001, 5, 20.515_005_652_433),
        (0.95, 7, 2.167_349_909_298),
        (0.5, 10, 9.341_817_765_592),
        (0.05, 249, 286.807_794_444_232),
    ];

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (share, degrees, expected) in TABLE {
            let found = upper_quantile(share, degrees);
            assert!(
                (found - expected).abs() <= 1e-9 * expected,
                "{share} of {degrees}: {found}, not {expected}"
            );
            // One degree more would be seen.
            assert!((upper_quantile(share, degrees + 1) - expected).abs() > 0.2);
        }
    }

    #[test]
    fn the_tail_falls_from_one_to_zero() {
        for degrees in 1..=250 {
            assert!((upper_tail(0.0, degrees) - 1.0).abs() <= 1e-15);
            let tails: Vec<f64> = (0..100).map(|at| upper_tail(f64::from(at) * 10.0, degrees)).collect();
            assert!(tails.windows(2).all(|pair| pair[0] >= pair[1] - 1e-12), "{degrees}");
            assert!(tails[99] <= 1e-9, "{degrees}");
        }
    }
}

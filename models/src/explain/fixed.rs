//! Log-odds as whole multiples of a power of two: sums that are the same in any order.

use crate::Error;

/// Most that all roundings of one explanation may come to: a quarter of what
/// [`ADDITIVITY`](crate::model::ADDITIVITY) allows.
const MAX_ROUNDING: f64 = 2.5e-10;

/// Sums stay within 2^62 units, so that the roundings behind them fit as well.
const SUM_BITS: i32 = 62;

/// Numbers in units of `2^-bits`.
///
/// ```text
/// bits: the most with largest * 2^bits <= 2^62          largest bounds every sum of some of the numbers
/// error of a sum of n rounded numbers <= n / 2 * 2^-bits
/// ```
/// Integers add up to the same bits in any order and however they are put together before, so a table can be laid out
/// anew without changing a published value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fixed {
    per_unit: f64,
    unit: f64,
}

impl Fixed {
    /// Units for sums of up to `n` numbers that stay within `largest`.
    ///
    /// # Errors
    /// [`Error::Invalid`] if rounding could add up to more than [`MAX_ROUNDING`], or `largest` is not finite: leaf values
    /// that are may add up to what is not.
    pub(super) fn new(largest: f64, n: usize) -> Result<Self, Error> {
        if !largest.is_finite() {
            let problem = format!("leaf values add up to {largest}, expected a finite number");
            return Err(Error::invalid("explanation tables", problem));
        }
        let (_, exponent) = libm::frexp(largest);
        let bits = if largest > 0.0 { (SUM_BITS - exponent).min(SUM_BITS) } else { SUM_BITS };
        let unit = libm::ldexp(1.0, -bits);
        let rounding = n as f64 / 2.0 * unit;
        if rounding <= MAX_ROUNDING {
            return Ok(Self { per_unit: libm::ldexp(1.0, bits), unit });
        }
        let problem = format!(
            "leaf values of up to {largest:e} in all, in {n} table entries a row, would round by {rounding:.1e}, expected \
             at most {MAX_ROUNDING:e}"
        );
        Err(Error::invalid("explanation tables", problem))
    }

    /// The nearest multiple, ties to even.
    pub(super) fn units(self, log_odds: f64) -> i64 {
        (log_odds * self.per_unit).round_ties_even() as i64
    }

    /// Back to log-odds.
    pub(super) fn log_odds(self, units: i64) -> f64 {
        units as f64 * self.unit
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Fixed, MAX_ROUNDING};
    use crate::model::ADDITIVITY;
    use crate::testing::Draw;

    /// Numbers as a forest of 300 trees has them, and how far their sum in units is from their sum.
    fn rounded(fixed: Fixed, seed: u64) -> f64 {
        let mut draw = Draw::new(seed);
        let numbers: Vec<f64> = (0..100_000).map(|_| draw.between(-0.01, 0.01)).collect();
        let units: i64 = numbers.iter().map(|&number| fixed.units(number)).sum();
        (fixed.log_odds(units) - numbers.iter().sum::<f64>()).abs()
    }

    #[test]
    fn the_unit_is_the_finest_that_holds_every_sum() {
        // 300 trees of values up to 10: 6000 is between 2^12 and 2^13, and 2^62 / 2^13 is 2^49.
        let fixed = Fixed::new(6_000.0, 115_200).unwrap();
        assert!((fixed.unit * 2.0_f64.powi(49) - 1.0).abs() <= 0.0);
        assert_eq!(fixed.units(6_000.0) + fixed.units(1e-9), (6_000_i64 << 49) + 562_950);
        assert!(fixed.units(6_000.0).checked_add(115_200 / 2).unwrap() < 1 << 62);
        // Twice as much in all is too much for as many entries, and not for a few.
        let refused = Fixed::new(2e4, 115_200).unwrap_err().to_string();
        assert_eq!(
            refused,
            "explanation tables: leaf values of up to 2e4 in all, in 115200 table entries a row, would round by \
             4.1e-10, expected at most 2.5e-10"
        );
        assert!(Fixed::new(2e4, 1_000).is_ok() && Fixed::new(0.0, 1).is_ok());
        // Found by fuzzing: two finite leaves of the largest number there is add up to more.
        let refused = Fixed::new(2.0 * f64::MAX, 1).unwrap_err().to_string();
        assert_eq!(refused, "explanation tables: leaf values add up to inf, expected a finite number");
        assert!(Fixed::new(f64::NAN, 1).is_err() && Fixed::new(f64::MAX, 1).is_err());
    }

    #[test]
    fn coarser_units_would_not_do() {
        for seed in 0..5 {
            let error = rounded(Fixed::new(1_000.0, 100_000).unwrap(), seed);
            assert!(error <= MAX_ROUNDING, "{error:e}");
            let coarse = Fixed { per_unit: 2.0_f64.powi(24), unit: 2.0_f64.powi(-24) };
            let error = rounded(coarse, seed);
            assert!(error > ADDITIVITY, "{error:e}");
        }
    }
}

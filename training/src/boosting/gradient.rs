//! Derivatives of the log loss, as whole numbers.

use std::ops::{Add, AddAssign, Sub};

/// Sums of the first and second derivative over some rows, in units of a [`Scale`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub g: i64,
    pub h: i64,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.g += other.g;
        self.h += other.h;
    }
}

impl Add for Sums {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl Sub for Sums {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { g: self.g - other.g, h: self.h - other.h }
    }
}

/// The derivatives of one row, in units of a [`Scale`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Derivatives {
    pub g: i32,
    pub h: i32,
}

impl Derivatives {
    /// Those of a row that counts several times.
    pub(super) fn times(self, n: u16) -> Self {
        Self { g: self.g * i32::from(n), h: self.h * i32::from(n) }
    }
}

impl From<Derivatives> for Sums {
    fn from(one: Derivatives) -> Self {
        Self { g: i64::from(one.g), h: i64::from(one.h) }
    }
}

/// The unit in which derivatives are whole numbers: a power of 2 such that the heaviest row uses nearly all of 31 bits.
///
/// A row is off by at most half a unit, which is 2^-30 of the largest weight: less than `f32`, which LightGBM and XGBoost
/// keep derivatives in, is off for the same row. 2^32 rows fit into a sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale(f64);

impl Scale {
    pub(crate) fn of(largest_weight: f64) -> Self {
        Self(2_f64.powi(30 - largest_weight.log2().ceil() as i32))
    }

    /// The sums as numbers.
    pub(crate) fn real(self, sums: Sums) -> (f64, f64) {
        (sums.g as f64 / self.0, sums.h as f64 / self.0)
    }

    /// Second derivatives in whole units.
    pub(crate) fn whole(self, real: f64) -> f64 {
        real * self.0
    }
}

/// What became of a row and how much it counts: weight (above 0), negative for rows without the event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Target(f32);

impl Target {
    pub(crate) fn new(event: bool, weight: f64) -> Self {
        let weight = weight as f32;
        Self(if event { weight } else { -weight })
    }

    pub(crate) fn is_event(self) -> bool {
        self.0 > 0.0
    }

    pub(crate) fn weight(self) -> f64 {
        f64::from(self.0.abs())
    }

    /// The derivatives at log-odds `s`.
    pub(crate) fn derivatives(self, s: f64, scale: Scale) -> Derivatives {
        let (weight, event) = (f64::from(self.0.abs()), f64::from(u8::from(self.is_event())));
        let (p, weight) = (sigmoid(s), weight * scale.0);
        Derivatives { g: rounded(weight * (p - event)), h: rounded(weight * p * (1.0 - p)) }
    }

    /// The derivatives of half the squared error of a share of events.
    pub(super) fn of_share(self, share: f64, scale: Scale) -> Derivatives {
        let (weight, event) = (self.weight() * scale.0, f64::from(u8::from(self.is_event())));
        Derivatives { g: rounded(weight * (share - event)), h: rounded(weight) }
    }
}

/// The nearest whole number, by adding half a unit: `as` cuts off towards 0.
fn rounded(x: f64) -> i32 {
    (x + 0.5_f64.copysign(x)) as i32
}

/// `1 / (1 + exp(-s))` within 2^-32, in a fraction of the time that all 53 bits take; only additions, multiplications and
/// divisions, so that all machines agree.
fn sigmoid(s: f64) -> f64 {
    // Beyond, the probability is within 2^-57 of 0 or 1.
    let x = -s.clamp(-40.0, 40.0);
    // exp(x) = 2^n exp(r), with n a whole number and |r| <= ln 2 / 2.
    const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 x 2^52: what is added to it is rounded to a whole number
    let n = (x * std::f64::consts::LOG2_E + ROUND) - ROUND;
    let r = x - n * std::f64::consts::LN_2;
    let power = f64::from_bits(((n as i64 + 1023) as u64) << 52);
    // Taylor's series to r^8; the rest is below 2e-10 of the value.
    let series =
        [1.0 / 40_320.0, 1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let exp = series.iter().fold(0.0, |sum, term| sum * r + term) * power;
    1.0 / (1.0 + exp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sigmoid_is_within_its_bound_of_the_exact_one() {
        let error = |f: fn(f64) -> f64| {
            let at = |i: i32| f64::from(i) / 1_000.0;
            (-60_000..=60_000).map(at).map(|s| (f(s) - 1.0 / (1.0 + libm::exp(-s))).abs()).fold(0.0, f64::max)
        };
        assert!(error(sigmoid) <= 2_f64.powi(-32), "{:e}", error(sigmoid));
        assert!(error(|s| sigmoid(s + 1e-8)) > 2_f64.powi(-32));
    }

    #[test]
    fn derivatives_are_within_a_unit_of_the_real_ones() {
        for largest in [0.3, 1.0, 2.0, 37.5] {
            let scale = Scale::of(largest);
            for (event, weight, s) in
                [(true, largest, -2.0), (false, largest, 3.0), (true, largest / 1e3, 0.1)]
            {
                let found = Target::new(event, weight).derivatives(s, scale);
                let weight = f64::from(weight as f32);
                let p = 1.0 / (1.0 + libm::exp(-s));
                let (g, h) = (weight * (p - f64::from(u8::from(event))), weight * p * (1.0 - p));
                // Half a unit by rounding, 2^-32 of at most 2^30 units by the sigmoid.
                assert!((f64::from(found.g) - scale.whole(g)).abs() <= 0.75, "{found:?}");
                assert!((f64::from(found.h) - scale.whole(h)).abs() <= 0.75, "{found:?}");
                assert!(found.g != 0 && found.h > 0);
            }
        }
    }

    #[test]
    fn the_heaviest_row_does_not_overflow() {
        for largest in [1.0, 1.000_001, 1.999, 2.0, 1e-6, 1e9] {
            let scale = Scale::of(largest);
            for (event, s) in [(true, -50.0), (false, 50.0)] {
                let found = Target::new(event, largest).derivatives(s, scale);
                let units = f64::from(largest as f32) * scale.0;
                assert!((f64::from(found.g.abs()) - units).abs() <= 1.0, "{largest}: {found:?}");
            }
            assert!(scale.0 * largest > 2_f64.powi(29), "and uses its bits");
        }
    }
}

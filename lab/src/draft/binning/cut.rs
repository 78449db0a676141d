//! Cut-points as a person would write them.

/// Most decimals of a cut-point that is shorter than the number above it.
const DECIMALS: i32 = 15;

/// The number above `below` and not above `above` that is written with the fewest digits, as near to the middle as these allow: 25 between
/// 24 and 25, 10 between 8 and 12, 24.4 between 24.37 and 24.52.
///
/// Both are finite, and `below` is less than `above`.
pub(super) fn cut(below: f64, above: f64) -> f64 {
    let middle = below / 2.0 + above / 2.0;
    let size = below.abs().max(above.abs());
    let digits = libm::log10(size).floor() as i32 + 1;
    for decimals in -digits..=DECIMALS {
        let near = rounded(middle, decimals);
        let next = rounded(near + libm::exp10(f64::from(-decimals)), decimals);
        if let Some(cut) = [near, next].into_iter().find(|cut| below < *cut && *cut <= above) {
            // Minus zero is zero.
            return cut + 0.0;
        }
    }
    above
}

/// The multiple of `10^-decimals` that is nearest, as its digits are read.
fn rounded(number: f64, decimals: i32) -> f64 {
    let digits = match usize::try_from(decimals) {
        Ok(decimals) => format!("{number:.decimals$}"),
        Err(_) => format!("{}e{}", (number / libm::exp10(f64::from(-decimals))).round(), -decimals),
    };
    digits.parse().unwrap_or(number)
}

/// A number as TOML and people read it.
pub(in super::super) fn written(number: f64) -> String {
    // A whole number of more than 64 bits would be none in TOML.
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_short_and_separate() {
        for (below, above, expected) in [
            (24.0, 25.0, "25"),
            (8.0, 12.0, "10"),
            (24.37, 24.52, "24.4"),
            (1234.0, 1871.0, "1600"),
            (0.0, 1.0, "1"),
            (-1.0, 0.0, "0"),
            (-3.0, 4.0, "0"),
            (-25.0, -24.0, "-24"),
            (0.1, 0.1 + 0.2, "0.2"),
            (0.0712, 0.07147, "0.0713"),
            (0.0, 1e-9, "0.000000001"),
            (99.0, 1001.0, "1000"),
            (-1e300, 1e300, "0"),
            (1e15, 1e16, "1e16"),
            (1.7e142, 2.4e142, "2e142"),
        ] {
            let found = cut(below, above);
            assert!(below < found && found <= above, "{below} {found} {above}");
            assert_eq!(written(found), expected, "{below} {above}");
        }
    }

    #[test]
    fn neighbours_that_only_their_last_bit_parts_are_parted() {
        for below in [0.1, 1.0, 1e9 + 0.1, 3.0, 1e-300, 1e200] {
            let above = f64::next_up(below);
            assert!((cut(below, above) - above).abs() <= 0.0, "{below}");
            assert!((written(above).parse::<f64>().unwrap_or(0.0) - above).abs() <= 0.0, "{below}");
        }
    }

    /// No number with fewer digits lies between: all multiples of the next larger power of ten are tried.
    #[test]
    fn no_shorter_number_would_do() {
        for (below, above) in [(24.0, 25.0), (8.0, 12.0), (17.0, 23.0), (131.0, 158.0), (101.0, 109.0)] {
            let found = cut(below, above);
            let step = if (found % 10.0).abs() <= 0.0 { 100.0 } else { 10.0 };
            let shorter = (0..=20).map(|n| f64::from(n) * step).find(|n| below < *n && *n <= above);
            assert_eq!(shorter, None, "{below} {above}: {found}");
        }
    }
}

//! What is kept of a number's values on the resamples: a histogram that fits itself to their range.

use rayon::prelude::*;

/// Bins of a sketch.
const BINS: usize = 512;
/// Narrowest bin, as a power of two: rounding noise is not resolved.
const FINEST: i32 = -44;
/// A bin is at least this much narrower than its value, as a power of two, so that its number is exact.
const LONGEST: i32 = 50;
/// Bin edges stand off the round numbers, so that rounding never decides the bin of a share such as 1/4.
const OFFSET: f64 = 0.361_803_398_874_989_5;
/// A range, against the larger bound or 1, that is rounding and not variation.
const ROUNDING: f64 = 1e-12;

/// Quantile sketches of many numbers, fed with batches of values; memory does not grow with the number of values.
///
/// Bins have a width of `2^e` on a grid that is the same for all numbers, and `e` is the smallest at which all values so far fit into 512 bins:
/// when a value falls outside, bins are merged by pairs. So the state depends on the set of values alone, not on their order, and a
/// quantile, interpolated within its bin, is off by at most one width: 1/255 of the values' range.
#[derive(Debug)]
pub(crate) struct Sketches {
    heads: Vec<Head>,
    bins: Vec<u16>,
}

/// The quantile sketch of one number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sketch<'a> {
    head: &'a Head,
    bins: &'a [u16],
}

#[derive(Debug, Clone, Copy)]
struct Head {
    low: f64,
    high: f64,
    exponent: i32,
    /// `2^-exponent`.
    scale: f64,
    /// Number of the first bin, which holds the lowest value.
    first: i64,
    count: u32,
    /// Values that are exactly 0: resamples on which a comparison came out equal.
    zeros: u32,
    undefined: u32,
}

impl Sketches {
    /// So many empty sketches.
    pub(crate) fn new(n: usize) -> Self {
        let empty = Head {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            exponent: FINEST,
            scale: libm::ldexp(1.0, -FINEST),
            first: 0,
            count: 0,
            zeros: 0,
            undefined: 0,
        };
        Self { heads: vec![empty; n], bins: vec![0; n * BINS] }
    }

    /// Adds `n_values` values to every sketch: `value(sketch, i)`; one that is not finite counts as undefined.
    pub(crate) fn add(&mut self, n_values: usize, value: impl Fn(usize, usize) -> f64 + Sync) {
        self.heads
            .par_iter_mut()
            .zip(self.bins.par_chunks_exact_mut(BINS))
            .enumerate()
            .with_min_len(16)
            .for_each(|(sketch, (head, bins))| (0..n_values).for_each(|i| head.push(bins, value(sketch, i))));
    }

    /// One of them.
    pub(crate) fn at(&self, sketch: usize) -> Sketch<'_> {
        Sketch { head: &self.heads[sketch], bins: &self.bins[sketch * BINS..][..BINS] }
    }
}

impl Sketch<'_> {
    /// Values seen, undefined ones included.
    pub(crate) fn drawn(self) -> u32 {
        self.head.count + self.head.undefined
    }

    /// Values that were undefined.
    pub(crate) fn undefined(self) -> u32 {
        self.head.undefined
    }

    /// Whether no two values differ by more than rounding.
    pub(crate) fn is_constant(self) -> bool {
        let Head { low, high, count, .. } = *self.head;
        count == 0 || high - low <= ROUNDING * low.abs().max(high.abs()).max(1.0)
    }

    /// The value that a share `q` of the defined values lies below; NaN without any.
    pub(crate) fn quantile(self, q: f64) -> f64 {
        let Head { low, high, exponent, scale, first, count, zeros, .. } = *self.head;
        let width = libm::ldexp(1.0, exponent);
        let of_zero = number(0.0, scale) - first;
        let mut wanted = q * f64::from(count);
        for (bin, &n) in self.bins.iter().enumerate() {
            let n = f64::from(n);
            if wanted < n {
                // Equality is a value of its own, not a place within a bin: spread over one, it would look like a difference.
                if bin as i64 == of_zero && 2 * zeros >= n as u32 {
                    return 0.0;
                }
                return ((first + bin as i64) as f64 * width - OFFSET + width * wanted / n).clamp(low, high);
            }
            wanted -= n;
        }
        if count == 0 { f64::NAN } else { high }
    }

    /// Standard deviation of the defined values, from whole numbers; NaN without any.
    pub(crate) fn sd(self) -> f64 {
        let (sum, squares) =
            self.bins.iter().enumerate().fold((0_u64, 0_u64), |(sum, squares), (bin, &n)| {
                let (bin, n) = (bin as u64, u64::from(n));
                (sum + n * bin, squares + n * bin * bin)
            });
        let n = f64::from(self.head.count);
        let (mean, square) = (sum as f64 / n, squares as f64 / n);
        libm::ldexp(1.0, self.head.exponent) * (square - mean * mean).max(0.0).sqrt()
    }
}

impl Head {
    fn push(&mut self, bins: &mut [u16], value: f64) {
        if !value.is_finite() {
            self.undefined += 1;
            return;
        }
        self.count += 1;
        self.zeros += u32::from(value == 0.0);
        if !(self.low <= value && value <= self.high) {
            self.stretch(bins, value);
        }
        bins[(number(value, self.scale) - self.first) as usize] += 1;
    }

    /// Makes room for a value outside the range.
    fn stretch(&mut self, bins: &mut [u16], value: f64) {
        let is_first = self.low > self.high;
        (self.low, self.high) = (self.low.min(value), self.high.max(value));
        let size = libm::ilogb(self.low.abs().max(self.high.abs()).max(1.0));
        let mut exponent = self.exponent.max(size - LONGEST);
        let mut scale = libm::ldexp(1.0, -exponent);
        while number(self.high, scale) - number(self.low, scale) >= BINS as i64 {
            (exponent, scale) = (exponent + 1, scale / 2.0);
        }
        let first = number(self.low, scale);
        if !is_first {
            merge(bins, self.first, exponent - self.exponent, first);
        }
        (self.exponent, self.scale, self.first) = (exponent, scale, first);
    }
}

/// Number of the bin that a value is in, at so many bins for each unit.
fn number(value: f64, scale: f64) -> i64 {
    ((value + OFFSET) * scale).floor() as i64
}

/// Moves counts of bins `2^by` times narrower, from number `from` on, to the bins from number `to` on.
fn merge(bins: &mut [u16], from: i64, by: i32, to: i64) {
    let last = bins.iter().rposition(|n| *n > 0).map_or(0, |last| last + 1);
    let old: Vec<u16> = bins[..last].to_vec();
    bins[..last].fill(0);
    for (bin, n) in old.into_iter().enumerate().filter(|(_, n)| *n > 0) {
        bins[(((from + bin as i64) >> by) - to) as usize] += n;
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::*;

    fn filled(values: &[f64]) -> Sketches {
        let mut sketches = Sketches::new(1);
        sketches.add(values.len(), |_, i| values[i]);
        sketches
    }

    /// Quantile by sorting.
    fn sorted_quantile(values: &[f64], q: f64) -> f64 {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[(q * (sorted.len() - 1) as f64).round() as usize]
    }

    #[test]
    fn quantiles_are_those_of_sorting_within_one_width() {
        let mut rng = Pcg64::seed_from_u64(1);
        for scale in [1e-9, 1.0, 3e7] {
            let values: Vec<f64> = (0..4000)
                .map(|_| scale * ((0..6).map(|_| rng.random_range(-1.0..1.0)).sum::<f64>() + 0.7))
                .collect();
            let sketches = filled(&values);
            let sketch = sketches.at(0);
            let range = sorted_quantile(&values, 1.0) - sorted_quantile(&values, 0.0);
            for q in [0.0, 0.025, 0.5, 0.95, 0.975, 1.0] {
                let error = (sketch.quantile(q) - sorted_quantile(&values, q)).abs();
                // Two neighbouring values may differ by more than a width in the tails.
                assert!(error <= range / 120.0, "{scale} {q}: {error} of {range}");
            }
            // A wrong answer would fail: the quantile next to it.
            assert!((sketch.quantile(0.975) - sorted_quantile(&values, 0.9)).abs() > range / 120.0);
            // Six uniforms on (-1, 1) have variance 2.
            let sd = sketch.sd() / scale;
            assert!((sd - 2.0_f64.sqrt()).abs() <= 0.06, "{sd}");
        }
    }

    #[test]
    fn the_order_of_values_does_not_matter() {
        let mut values: Vec<f64> = (0..500).map(|i| f64::from((i * 7919) % 503) / 97.0 - 1.0).collect();
        let forward = filled(&values);
        values.reverse();
        let backward = filled(&values);
        values.sort_by(f64::total_cmp);
        let rising = filled(&values);
        for other in [backward, rising] {
            assert_eq!(forward.bins, other.bins);
            assert_eq!(forward.heads[0].first, other.heads[0].first);
            assert_eq!(forward.heads[0].exponent, other.heads[0].exponent);
        }
        values[7] += 1.0;
        assert_ne!(filled(&values).bins, forward.bins);
    }

    #[test]
    fn undefined_and_constant_values_are_seen() {
        let sketches = filled(&[0.25, f64::NAN, 0.25 + 1e-16, f64::INFINITY]);
        let sketch = sketches.at(0);
        assert_eq!((sketch.drawn(), sketch.undefined()), (4, 2));
        assert!(sketch.is_constant());
        assert!(!filled(&[0.25, 0.2501]).at(0).is_constant());
        assert!(filled(&[]).at(0).is_constant() && filled(&[]).at(0).quantile(0.5).is_nan());
    }
}

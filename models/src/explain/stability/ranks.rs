//! The places of values by absolute value, now and in the resamples.

use std::sync::LazyLock;

use amparo_datasets::{SPLITMIX_STEP, splitmix};

use super::{DEGREES_OF_FREEDOM, Lanes, RESAMPLES, SUBSAMPLES, TAIL};

/// Resamples that are worked on at a time.
const BLOCK: usize = 8;

const _: () = assert!(RESAMPLES.is_multiple_of(BLOCK), "blocks are whole");

/// One number a resample.
type Moved = [f64; RESAMPLES];

/// Places by absolute value, 1 for the largest; the first among equals.
pub(super) struct Ranks {
    pub(super) now: Vec<usize>,
    /// First and last place in 95 % of the resamples, and the present one.
    pub(super) ranges: Vec<(usize, usize)>,
}

impl Ranks {
    /// Two values trade places in a resample only if what they move by is more than what they lie apart. Most pairs lie so far
    /// apart that no resample can turn them (see [`Pair`]), and are counted without being drawn.
    pub(super) fn of(values: &[f64], deviations: &[Lanes]) -> Self {
        let n = values.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| values[b].abs().total_cmp(&values[a].abs()));
        let mut now = vec![0; n];
        order.iter().enumerate().for_each(|(place, &j)| now[j] = place + 1);
        // What may come before a value in some resample and not in others, beside what always does.
        let mut always_before = vec![0_u16; n];
        let mut sometimes = Vec::new();
        for i in 0..n {
            for j in i + 1..n {
                match (Pair { values: [values[i], values[j]], deviations: [&deviations[i], &deviations[j]] })
                    .settled()
                {
                    Some(true) => always_before[j] += 1,
                    Some(false) => always_before[i] += 1,
                    None => sometimes.push((i, j)),
                }
            }
        }
        let mut moved: Vec<Option<Box<Moved>>> = vec![None; n];
        for &(i, j) in &sometimes {
            for at in [i, j] {
                moved[at].get_or_insert_with(|| sizes(values[at], &deviations[at]));
            }
        }
        // Places less 1, by value and resample.
        let mut places: Vec<[u16; RESAMPLES]> =
            always_before.iter().map(|&before| [before; RESAMPLES]).collect();
        for &(i, j) in &sometimes {
            let (Some(a), Some(b)) = (&moved[i], &moved[j]) else { unreachable!("both were moved") };
            let (left, right) = places.split_at_mut(j);
            for (((i, j), a), b) in left[i].iter_mut().zip(&mut right[0]).zip(a.iter()).zip(b.iter()) {
                // The first one stands before its equals.
                let second = a < b;
                *i += u16::from(second);
                *j += u16::from(!second);
            }
        }
        let ranges = places.iter().zip(&now).map(|(places, &now)| range(places, now)).collect();
        Self { now, ranges }
    }
}

/// The places of one value in 95 % of the resamples, and its present one.
///
/// A value near 0 is farther from it in most resamples: its own place may be beyond theirs.
fn range(places: &[u16; RESAMPLES], now: usize) -> (usize, usize) {
    let mut sorted = *places;
    let (_, &mut from, above) = sorted.select_nth_unstable(TAIL);
    let (_, &mut to, _) = above.select_nth_unstable(RESAMPLES - 2 - 2 * TAIL);
    ((usize::from(from) + 1).min(now), (usize::from(to) + 1).max(now))
}

/// How far from 0 a value is in each resample.
fn sizes(value: f64, deviations: &Lanes) -> Box<Moved> {
    let mut sizes = Box::new([0.0; RESAMPLES]);
    for (sizes, draws) in sizes.as_chunks_mut::<BLOCK>().0.iter_mut().zip(&DRAWS.by_subsample) {
        let mut sums = [0.0; BLOCK];
        // Each resample adds up its subsamples in their order.
        for (times, d) in draws.iter().zip(deviations) {
            sums.iter_mut().zip(times).for_each(|(sum, times)| *sum += times * d);
        }
        *sizes = sums.map(|sum| (value + sum).abs());
    }
    sizes
}

/// Two values, the one that the form lists first in front.
struct Pair<'a> {
    values: [f64; 2],
    deviations: [&'a Lanes; 2],
}

impl Pair<'_> {
    /// Whether the first comes before the second in every resample (`true`), in none (`false`), or that depends (nothing).
    ///
    /// With `s` and `t` the signs of the two values `v` and `w`, `d` and `e` their deviations, and `r` how often each
    /// subsample is drawn:
    ///
    /// ```text
    /// |v + r.d| - |w + r.e| >= s (v + r.d) - max(t (w + r.e), -t (w + r.e))
    ///                       >= min( |v| - |w| - |r| |s d - t e|,  |v| + |w| - |r| |s d + t e| )
    /// ```
    /// by the inequality of Cauchy and Schwarz, and the other way round with `w` before `v`.
    fn settled(&self) -> Option<bool> {
        let Self { values: [v, w], deviations: [d, e] } = self;
        let (s, t) = (v.signum(), w.signum());
        let reach = |t: f64| {
            let square: f64 = d.iter().zip(*e).map(|(d, e)| (s * d - t * e) * (s * d - t * e)).sum();
            DRAWS.longest * square.sqrt()
        };
        // Numbers are rounded; what is as close as that is drawn.
        let margin = 1e-9 * (v.abs() + w.abs());
        let (gap, sum) = (v.abs() - w.abs(), v.abs() + w.abs());
        let settled = gap.abs() - reach(t) > margin && sum - reach(-t) > margin;
        settled.then_some(gap > 0.0)
    }
}

/// How often each subsample is drawn, times 16/15.
pub(super) struct Draws {
    /// By block of resamples and subsample.
    by_subsample: Vec<[[f64; BLOCK]; SUBSAMPLES]>,
    /// Euclidean length of the longest resample.
    longest: f64,
}

impl Draws {
    /// By resample.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = Lanes> {
        let resample = |block: &[[f64; BLOCK]; SUBSAMPLES], r| std::array::from_fn(|k| block[k][r]);
        self.by_subsample.iter().flat_map(move |block| (0..BLOCK).map(move |r| resample(block, r)))
    }
}

/// The same draws for every row, version and machine.
pub(super) static DRAWS: LazyLock<Draws> = LazyLock::new(|| {
    let mut random = SplitMix(0x414d_5041_524f);
    let mut by_subsample = vec![[[0.0; BLOCK]; SUBSAMPLES]; RESAMPLES / BLOCK];
    let mut longest = 0.0_f64;
    for block in &mut by_subsample {
        for r in 0..BLOCK {
            for _ in 0..DEGREES_OF_FREEDOM {
                block[random.below_16()][r] += 1.0;
            }
            let mut square = 0.0;
            for times in block.iter_mut() {
                times[r] = times[r] * SUBSAMPLES as f64 / DEGREES_OF_FREEDOM as f64;
                square += times[r] * times[r];
            }
            longest = longest.max(square.sqrt());
        }
    }
    Draws { by_subsample, longest }
});

/// SplitMix64 with a fixed seed.
struct SplitMix(u64);

impl SplitMix {
    fn below_16(&mut self) -> usize {
        let drawn = splitmix(self.0);
        self.0 = self.0.wrapping_add(SPLITMIX_STEP);
        (drawn >> 60) as usize
    }
}

//! The places of values by absolute value, now and in the resamples.

use std::sync::LazyLock;

use amparo_datasets::{SPLITMIX_STEP, splitmix};

use super::{DEGREES_OF_FREEDOM, Lanes, RESAMPLES, SUBSAMPLES, TAIL};

/// Resamples that are worked on at a time.
const BLOCK: usize = 8;

const _: () = assert!(RESAMPLES.is_multiple_of(BLOCK) && BLOCK.is_multiple_of(4), "blocks are whole");

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
        let mut drawn: Vec<Option<Box<Drawn>>> = vec![None; n];
        for &(i, j) in &sometimes {
            for at in [i, j] {
                drawn[at].get_or_insert_with(|| Drawn::of(values[at], &deviations[at], always_before[at]));
            }
        }
        for &(i, j) in &sometimes {
            let (left, right) = drawn.split_at_mut(j);
            let (Some(a), Some(b)) = (&mut left[i], &mut right[0]) else { unreachable!("both were drawn") };
            a.beside(b);
        }
        let range = |((drawn, &before), &now): ((&Option<Box<Drawn>>, &u16), &usize)| {
            let (from, to) = match drawn {
                Some(drawn) => drawn.range(n),
                // Nothing trades places with it.
                None => (usize::from(before), usize::from(before)),
            };
            // A value near 0 is farther from it in most resamples: its own place may be beyond theirs.
            ((from + 1).min(now), (to + 1).max(now))
        };
        let ranges = drawn.iter().zip(&always_before).zip(&now).map(range).collect();
        Self { now, ranges }
    }
}

/// A value that trades places with another one in some resample.
#[derive(Clone)]
struct Drawn {
    /// How far from 0 it is in each resample.
    sizes: [f64; RESAMPLES],
    /// Its places less 1.
    places: [u16; RESAMPLES],
}

impl Drawn {
    /// A value behind those that come before it in every resample.
    fn of(value: f64, deviations: &Lanes, always_before: u16) -> Box<Self> {
        let mut drawn = Box::new(Self { sizes: [0.0; RESAMPLES], places: [always_before; RESAMPLES] });
        for (sizes, draws) in drawn.sizes.as_chunks_mut::<BLOCK>().0.iter_mut().zip(&DRAWS.by_subsample) {
            let mut sums = [0.0; BLOCK];
            // Each resample adds up its subsamples in their order.
            for (times, d) in draws.iter().zip(deviations) {
                sums.iter_mut().zip(times).for_each(|(sum, times)| *sum += times * d);
            }
            *sizes = sums.map(|sum| (value + sum).abs());
        }
        drawn
    }

    /// Puts one of the two behind the other in each resample; the first stands before its equals.
    fn beside(&mut self, later: &mut Self) {
        let places = self.places.iter_mut().zip(&mut later.places);
        for (((i, j), a), b) in places.zip(&self.sizes).zip(&later.sizes) {
            let second = a < b;
            *i += u16::from(second);
            *j += u16::from(!second);
        }
    }

    /// The first and the last of its places, of `n`, in 95 % of the resamples: less 1, as they are.
    fn range(&self, n: usize) -> (usize, usize) {
        // Four counts of each place: most resamples have the same one, and would wait for one another to count it.
        let mut times = vec![[0_u16; 4]; n];
        for places in self.places.as_chunks::<4>().0 {
            places.iter().enumerate().for_each(|(at, &place)| times[usize::from(place)][at] += 1);
        }
        // The place of a resample in the order of its places.
        let place_of = |resample: usize| {
            let mut before = 0;
            let reaches = |times: &[u16; 4]| {
                before += usize::from(times.iter().sum::<u16>());
                before > resample
            };
            times.iter().position(reaches).unwrap_or(n)
        };
        (place_of(TAIL), place_of(RESAMPLES - 1 - TAIL))
    }
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

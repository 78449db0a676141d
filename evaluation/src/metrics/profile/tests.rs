#![expect(clippy::unwrap_used, reason = "tests")]

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::*;
use crate::estimate::multiplicities;
use crate::metrics::lowess::Curve;
use crate::metrics::smooth_ece::{field, with_width};
use crate::metrics::{curve_distance, ece, murphy, smooth_ece};

const BINS: u32 = 10;

/// Rows of a probability that is a little too timid; label 1 has one row in five, and no row has label 2.
struct Rows {
    p: Vec<f64>,
    y: Vec<bool>,
    codes: Vec<u16>,
    weight: Vec<f64>,
}

fn rows(n: u32) -> Rows {
    let part = |i: u32, by: f64| (f64::from(i) * by).fract();
    let p: Vec<f64> = (1..=n).map(|i| 0.02 + 0.7 * part(i, 0.618_033_988_749_895).powi(2)).collect();
    let y = (1..=n).zip(&p).map(|(i, p)| part(i, 0.754_877_666) < p + 0.3 * (p - 0.2) * p).collect();
    let codes = (0..n).map(|i| u16::from(i % 5 == 2)).collect();
    Rows { p, y, codes, weight: (0..n).map(|i| 1.0 + f64::from(i % 3) / 2.0).collect() }
}

impl Rows {
    fn listed(&self, times: &[u32]) -> Vec<(u32, f64)> {
        let all = self.weight.iter().zip(times).enumerate();
        all.filter(|(_, (_, t))| **t > 0).map(|(row, (w, t))| (row as u32, w * f64::from(*t))).collect()
    }

    fn all(&self) -> Vec<(u32, f64)> {
        self.listed(&vec![1; self.p.len()])
    }

    fn profile(&self) -> Profile {
        Profile::new(&self.p, &self.y, &self.all(), &self.codes, 3, BINS)
    }

    /// Probability, outcome and weight of the rows of a label under multiplicities.
    fn of(&self, label: u16, times: &[u32]) -> (Vec<f64>, Vec<bool>, Vec<f64>) {
        let kept = (0..self.p.len()).filter(|row| self.codes[*row] == label);
        let mut out = (Vec::new(), Vec::new(), Vec::new());
        for row in kept {
            out.0.push(self.p[row]);
            out.1.push(self.y[row]);
            out.2.push(self.weight[row] * f64::from(times[row]));
        }
        out
    }
}

#[test]
fn points_are_the_metrics_themselves_by_label() {
    let rows = rows(800);
    let profile = rows.profile();
    for label in [0, 1] {
        let (p, y, w) = rows.of(label, &[1; 800]);
        let (off, parts) = (curve_distance(&p, &y, &w).unwrap(), murphy(&p, &y, &w, BINS).unwrap());
        let expected = [
            ece(&p, &y, &w, BINS).unwrap(),
            smooth_ece(&p, &y, &w).unwrap(),
            off.ici,
            off.e50,
            off.e90,
            off.emax,
            parts.reliability,
            parts.resolution,
            parts.uncertainty,
        ];
        let found = profile.point(usize::from(label)).map(Option::unwrap);
        let other = profile.point(1 - usize::from(label)).map(Option::unwrap);
        for ((found, expected), other) in found.iter().zip(expected).zip(other) {
            assert!((found - expected).abs() <= 1e-12, "{found} {expected}");
            // A wrong answer would fail: the other label's.
            assert!((other - expected).abs() > 1e-6, "{other} {expected}");
        }
    }
    assert!(profile.point(2).iter().all(Option::is_none) && profile.curve(2).is_empty());
}

#[test]
fn the_rows_as_they_are_give_the_point_and_no_distance() {
    let rows = rows(800);
    let profile = rows.profile();
    let mut out = Vec::new();
    let resample = profile.resample(&rows.all());
    resample.measures(&mut out);
    for label in [0, 1] {
        for (found, expected) in out[label].iter().zip(profile.point(label)) {
            assert!(
                (found[0] - expected.unwrap()).abs() <= 1e-6 && found[1] <= 1e-6,
                "{found:?} {expected:?}"
            );
        }
        let at: Vec<f64> = profile.curve(label).iter().map(|(_, rate)| *rate).collect();
        let moved = resample.curve(label);
        assert!(moved.len() == at.len() && at.iter().zip(&moved).all(|(a, b)| (a - b).abs() <= 1e-6));
    }
    assert!(out[2].iter().flatten().all(|v| v.is_nan()));
    assert!(profile.resample(&[]).curve(0).is_empty());
}

/// 95 % quantile.
fn q95(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() * 95 / 100]
}

/// Distances of ECE, smECE, ICI and Emax on a resample, without any approximation but the bins and the width of all rows.
fn exactly(rows: &Rows, label: u16, times: &[u32]) -> [f64; 4] {
    let [here, there] = [&vec![1; rows.p.len()], times].map(|times| {
        let (p, y, w) = rows.of(label, times);
        Distinct::of(&p, &y, &w)
    });
    let width = with_width(&here).unwrap().1;
    let fields = [&here, &there].map(|d| (field(d, width), d.total()));
    let ((a, wa), (b, wb)) = (&fields[0], &fields[1]);
    let smooth = a.iter().zip(b).map(|(a, b)| (a[0] / wa - b[0] / wb).abs()).sum::<f64>() / a.len() as f64;
    let curves = [Curve::new(&here).unwrap(), Curve::new(&there).unwrap()];
    let off: Vec<f64> = here.x.iter().map(|p| (curves[0].at(*p) - curves[1].at(*p)).abs()).collect();
    let ici = off.iter().zip(&here.weight).map(|(off, w)| off * w).sum::<f64>() / here.total();
    let bins = binned(&here, BINS);
    let mut moved = vec![0.0; bins.sums.len()];
    for ((p, _, _), bin) in here.iter().zip(&bins.of) {
        let of = |d: &Distinct| {
            d.x.binary_search_by(|x| x.total_cmp(&p))
                .map_or(0.0, |i| (d.sum[i] - d.weight[i] * p) / d.total())
        };
        moved[*bin] += of(&there) - of(&here);
    }
    [moved.iter().map(|v: &f64| v.abs()).sum(), smooth, ici, off.into_iter().fold(0.0, f64::max)]
}

#[test]
fn distances_are_those_of_exact_refits() {
    let n = 1500;
    let rows = rows(n);
    let profile = rows.profile();
    let (mut found, mut exact, mut changes) = (vec![Vec::new(); 8], vec![Vec::new(); 8], vec![Vec::new(); 8]);
    for replicate in 0..200 {
        let times = multiplicities(5, replicate, n as usize);
        let mut out = Vec::new();
        profile.replicate(&rows.listed(&times), &mut out);
        for label in [0, 1] {
            let (out, point) = (&out[usize::from(label)], profile.point(usize::from(label)));
            let refit = exactly(&rows, label, &times);
            for (i, (measure, refit)) in [0, 1, 2, 5].into_iter().zip(refit).enumerate() {
                let i = 4 * usize::from(label) + i;
                found[i].push(out[measure][1]);
                changes[i].push((out[measure][0] - point[measure].unwrap()).abs());
                exact[i].push(refit);
            }
        }
    }
    // ECE, smECE, ICI, Emax of 1,200 rows, then of 300: means of the distances, whose quantiles are noisier.
    let tolerance = [0.01, 0.02, 0.03, 0.04, 0.01, 0.02, 0.03, 0.04];
    for (i, tolerance) in tolerance.into_iter().enumerate() {
        let off = |values: &[f64]| (values.iter().sum::<f64>() / exact[i].iter().sum::<f64>() - 1.0).abs();
        assert!(off(&found[i]) <= tolerance, "{i}: {}", off(&found[i]));
        let (found, exact) = (q95(found[i].clone()), q95(exact[i].clone()));
        assert!((found / exact - 1.0).abs() <= 0.12, "{i}: {found} for {exact}");
        // A wrong answer would fail: how much the measure itself changes is not how far the deviations move.
        assert!(off(&changes[i]) > 0.2, "{i}: {}", off(&changes[i]));
    }
}

/// `n` rows whose probability is the true one.
fn calibrated(n: u32, seed: u64) -> Rows {
    let mut rng = Pcg64::seed_from_u64(seed);
    let p: Vec<f64> = (0..n).map(|_| 0.02 + 0.7 * rng.random::<f64>().powi(2)).collect();
    let y = p.iter().map(|p| rng.random::<f64>() < *p).collect();
    Rows { codes: vec![0; p.len()], weight: vec![1.0; p.len()], p, y }
}

#[test]
fn intervals_of_magnitudes_cover_zero_at_calibration() {
    let (n, simulations, replicates) = (300, 200, 200);
    let checked = [0, 1, 2, 5, 6];
    let (mut covers, mut percentile) = ([0; 5], [0; 5]);
    for seed in 0..simulations {
        let rows = calibrated(n, 777_000 + 13 * seed);
        let profile = Profile::new(&rows.p, &rows.y, &rows.all(), &rows.codes, 1, BINS);
        let mut drawn = Vec::new();
        for replicate in 0..replicates {
            let times = multiplicities(seed, replicate, n as usize);
            profile.replicate(&rows.listed(&times), &mut drawn);
        }
        for (at, measure) in checked.into_iter().enumerate() {
            let point = profile.point(0)[measure].unwrap();
            let point = if NOISE[measure] == Noise::Square { point.sqrt() } else { point };
            covers[at] += u64::from(point <= q95(drawn.iter().map(|all| all[measure][1]).collect()));
            let mut values: Vec<f64> = drawn.iter().map(|all| all[measure][0]).collect();
            values.sort_by(f64::total_cmp);
            percentile[at] += u64::from(values[values.len() / 40] <= 1e-9);
        }
    }
    // ECE, smECE, ICI, Emax, reliability: over 2,000 simulations 0.939 to 0.958; 200 are known to 0.016.
    assert!(covers.iter().all(|hits| hits * 100 >= 90 * simulations), "{covers:?}");
    // A wrong answer would fail: percentile intervals of what is never negative do not cover 0.
    assert!(percentile.iter().all(|hits| hits * 100 < 50 * simulations), "{percentile:?}");
}

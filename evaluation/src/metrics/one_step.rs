//! Recalibration within groups on a resample, by one step of Newton's method from the fit on all rows.

use std::sync::Arc;

use amparo_models::probability::sigmoid;

use super::recalibration::{Blocks, Line, Recalibration};
use crate::reason::Reason;

/// Gradient and curvature of each row at its label's own fit: what a step needs, without an exponential a resample.
///
/// ```text
/// theta* = theta^ + H*(theta^)^-1 g*(theta^)      g*, H* summed over the resample
/// ```
/// A full refit of every group on every resample costs more than the rest of an evaluation. The step differs from
/// it by the square of the estimate's error, the order that a percentile interval neglects anyway.
///
/// # References
/// Schucany and Wang, One-step bootstrapping for smooth iterative procedures, Journal of the Royal Statistical Society B 53, 1991.
#[derive(Debug, Clone)]
pub(crate) struct OneStep {
    fits: Vec<Recalibration>,
    /// Mean log-odds of each label under the curvature of its fit: a slope's equation is taken around it, so that log-odds that hardly differ
    /// still tell a slope.
    centres: Vec<f64>,
    /// A row's residuals at slope and intercept and at the intercept alone, then the two h, which only scale a step: single precision will
    /// do for them, and millions of rows have such terms for every version and group column.
    rows: Vec<([f64; 2], [f32; 2])>,
    /// A row's log-odds.
    blocks: Arc<Blocks>,
}

/// Residual, residual x, h, h x, h x^2 at slope and intercept; then residual and h at the intercept alone.
const SUMS: usize = 7;

impl OneStep {
    /// Fits each label on the listed rows; `codes` has the label of each row.
    pub(crate) fn new(
        blocks: &Arc<Blocks>,
        y: &[bool],
        rows: &[(u32, f64)],
        codes: &[u16],
        n_labels: usize,
    ) -> Self {
        let mut by_label = vec![Vec::new(); n_labels];
        for &row in rows {
            by_label[usize::from(codes[row.0 as usize])].push(row);
        }
        let fits: Vec<Recalibration> = by_label.iter().map(|rows| blocks.fit(y, rows)).collect();
        let terms: Vec<_> = (0..y.len())
            .map(|row| terms(&fits[usize::from(codes[row])], blocks.log_odds(row), y[row]))
            .collect();
        let centre = |rows: &Vec<(u32, f64)>| {
            let (mut all, mut first) = (0.0, 0.0);
            for &(row, w) in rows {
                let h = w * f64::from(terms[row as usize].1[0]);
                all += h;
                first += h * blocks.log_odds(row as usize);
            }
            first / all
        };
        Self { fits, centres: by_label.iter().map(centre).collect(), rows: terms, blocks: Arc::clone(blocks) }
    }

    /// The fit of each label on all rows.
    pub(crate) fn whole(&self) -> &[Recalibration] {
        &self.fits
    }

    /// The fit of each label on the listed rows; a part that has no fit on all rows has none here.
    pub(crate) fn fits(&self, rows: &[(u32, f64)], codes: &[u16]) -> Vec<Recalibration> {
        let mut sums = vec![[0.0; SUMS]; self.fits.len()];
        for &(row, w) in rows {
            let (row, label) = (row as usize, usize::from(codes[row as usize]));
            let ([r, r1], curvatures) = self.rows[row];
            let ([h, h1], x) = (curvatures.map(f64::from), self.blocks.log_odds(row) - self.centres[label]);
            let terms = [r, r * x, h, h * x, h * x * x, r1, h1];
            for (sum, term) in sums[label].iter_mut().zip(terms) {
                *sum += w * term;
            }
        }
        let fits = self.fits.iter().zip(&self.centres).zip(&sums);
        fits.map(|((fit, centre), sums)| step(fit, *centre, sums)).collect()
    }
}

fn terms(fit: &Recalibration, x: f64, y: bool) -> ([f64; 2], [f32; 2]) {
    let at = |a: f64, b: f64| {
        let (m, rest) = (sigmoid(a + b * x), sigmoid(-a - b * x));
        (if y { rest } else { -m }, (m * rest) as f32)
    };
    // Without a fit the terms are never used.
    let (r, h) = fit.line.map_or((0.0, 0.0), |line| at(line.intercept, line.slope));
    let (r1, h1) = fit.intercept.map_or((0.0, 0.0), |a| at(a, 1.0));
    ([r, r1], [h, h1])
}

/// One step from a fit, with the sums of the slope's equation around `centre`.
fn step(fit: &Recalibration, centre: f64, &[ga, gb, haa, hab, hbb, g1, h1]: &[f64; SUMS]) -> Recalibration {
    let determinant = haa * hbb - hab * hab;
    // One distinct probability in the resample: relative to its terms, whatever the scale of the weights.
    let is_regular = determinant > 1e-12 * haa * hbb;
    let line = fit.line.and_then(|line| {
        if !is_regular {
            return Err(Reason::NoSlope);
        }
        let (at_centre, slope) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        Ok(Line { intercept: line.intercept + at_centre - slope * centre, slope: line.slope + slope })
    });
    let intercept =
        fit.intercept.and_then(|a| if h1 > 0.0 { Ok(a + g1 / h1) } else { Err(Reason::NoWeight) });
    Recalibration { line, intercept }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::*;

    #[test]
    fn a_step_lands_where_a_full_refit_does() {
        let mut rng = Pcg64::seed_from_u64(3);
        let n = 2000;
        let p: Vec<f64> = (0..n).map(|_| rng.random_range(0.02..0.6)).collect();
        let y: Vec<bool> = p.iter().map(|p| rng.random_range(0.0..1.0) < *p).collect();
        let codes = vec![0; n];
        let blocks = Arc::new(Blocks::new(&p));
        let whole: Vec<(u32, f64)> = (0..n as u32).map(|row| (row, 1.0)).collect();
        let from = blocks.fit(&y, &whole);
        let step = OneStep::new(&blocks, &y, &whole, &codes, 1);
        let (mut error, mut moved) = (0.0_f64, 0.0_f64);
        for _ in 0..50 {
            let mut times = vec![0.0; n];
            (0..n).for_each(|_| times[rng.random_range(0..n)] += 1.0);
            let rows: Vec<(u32, f64)> = times
                .iter()
                .enumerate()
                .filter(|(_, w)| **w > 0.0)
                .map(|(row, w)| (row as u32, *w))
                .collect();
            let (refit, stepped) = (blocks.fit(&y, &rows), step.fits(&rows, &codes)[0]);
            let slope = |fit: &Recalibration| fit.line.map_or(f64::NAN, |line| line.slope);
            let parts = |fit: &Recalibration| [slope(fit), fit.intercept.unwrap_or(f64::NAN)];
            for ((refit, stepped), from) in parts(&refit).into_iter().zip(parts(&stepped)).zip(parts(&from)) {
                error = error.max((refit - stepped).abs());
                moved = moved.max((refit - from).abs());
            }
        }
        // A step of the wrong size or none at all would be off by a share of what the resamples move.
        assert!(error <= 0.1 * moved && moved > 0.05, "{error} {moved}");
    }
}

//! Recalibration within groups on a resample, by one step of Newton's method from the fit on all rows.

use std::sync::Arc;

use libm::exp;

use super::recalibration::{Blocks, Recalibration};

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
        let fits: Vec<Recalibration> = by_label.iter().map(|rows| blocks.fit(y, rows, None)).collect();
        let rows = (0..y.len())
            .map(|row| terms(&fits[usize::from(codes[row])], blocks.log_odds(row), y[row]))
            .collect();
        Self { fits, rows, blocks: Arc::clone(blocks) }
    }

    /// The fit of each label on the listed rows; a part that has no fit on all rows has none here.
    pub(crate) fn fits(&self, rows: &[(u32, f64)], codes: &[u16]) -> Vec<Recalibration> {
        let mut sums = vec![[0.0; SUMS]; self.fits.len()];
        for &(row, w) in rows {
            let row = row as usize;
            let ([r, r1], curvatures) = self.rows[row];
            let ([h, h1], x) = (curvatures.map(f64::from), self.blocks.log_odds(row));
            let terms = [r, r * x, h, h * x, h * x * x, r1, h1];
            for (sum, term) in sums[usize::from(codes[row])].iter_mut().zip(terms) {
                *sum += w * term;
            }
        }
        self.fits.iter().zip(&sums).map(|(fit, sums)| step(fit, sums)).collect()
    }
}

fn terms(fit: &Recalibration, x: f64, y: bool) -> ([f64; 2], [f32; 2]) {
    let happened = if y { 1.0 } else { 0.0 };
    let at = |a: f64, b: f64| {
        let m = 1.0 / (1.0 + exp(-(a + b * x)));
        (happened - m, (m * (1.0 - m)) as f32)
    };
    // Without a fit the terms are never used; any finite number will do.
    let (r, h) = at(fit.slope_intercept.unwrap_or(0.0), fit.slope.unwrap_or(1.0));
    let (r1, h1) = at(fit.intercept.unwrap_or(0.0), 1.0);
    ([r, r1], [h, h1])
}

fn step(fit: &Recalibration, &[ga, gb, haa, hab, hbb, g1, h1]: &[f64; SUMS]) -> Recalibration {
    let determinant = haa * hbb - hab * hab;
    let regular = determinant > 1e-12 * haa * hbb;
    let moved = |from: Option<f64>, by: f64| from.filter(|_| regular).map(|from| from + by);
    Recalibration {
        slope: moved(fit.slope, (haa * gb - hab * ga) / determinant),
        slope_intercept: moved(fit.slope_intercept, (hbb * ga - hab * gb) / determinant),
        intercept: fit.intercept.filter(|_| h1 > 0.0).map(|a| a + g1 / h1),
    }
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
        let Some(blocks) = Blocks::new(&p).map(Arc::new) else { panic!("all within (0, 1)") };
        let whole: Vec<(u32, f64)> = (0..n as u32).map(|row| (row, 1.0)).collect();
        let from = blocks.fit(&y, &whole, None);
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
            let (refit, stepped) = (blocks.fit(&y, &rows, None), step.fits(&rows, &codes)[0]);
            let parts = |fit: &Recalibration| [fit.slope, fit.intercept].map(|part| part.unwrap_or(f64::NAN));
            for ((refit, stepped), from) in parts(&refit).into_iter().zip(parts(&stepped)).zip(parts(&from)) {
                error = error.max((refit - stepped).abs());
                moved = moved.max((refit - from).abs());
            }
        }
        // A step of the wrong size or none at all would be off by a share of what the resamples move.
        assert!(error <= 0.1 * moved && moved > 0.05, "{error} {moved}");
    }
}

//! Cleveland's locally weighted linear regression, and the smooth calibration curve it gives.

use super::distinct::{Distinct, sort};

/// Share of the rows in each local fit.
const SPAN: f64 = 2.0 / 3.0;
/// Values nearer than this share of the range to the last fit are interpolated.
const STEP: f64 = 0.01;
/// Above so many distinct values, local fits run on as many cells of equal width.
const MOST: usize = 1 << 16;

/// The smooth of `y` at each row's `x`: R's `lowess(x, y, f = 2/3, iter = 0)`, with weights.
///
/// ```text
/// at x: least squares of y on x with weights w (1 - |x_j - x|^3 / h^3)^3,  h the distance of the nearest 2/3 of the rows
/// ```
/// Slices have one entry a row; `x` and `y` finite, weights >= 0. Fits are made at values at least 1 % of the range apart and
/// interpolated linearly in between, and tied rows share one value, as in R. A row without weight takes the curve's value too;
/// `None` if no row has weight.
///
/// DIFFERENCE: R knows no weights. Here whole weights give what as many copies of the row give; of other weights, the nearest
/// neighbours are those that hold more than `2/3 W - u`, with `u` the smallest weight or 1. Above 65,536 distinct values they are
/// averaged in so many cells first, which moves a curve by less than 1e-5.
///
/// # References
/// Cleveland, Robust locally weighted regression and smoothing scatterplots, Journal of the American Statistical Association 74, 1979.
#[must_use]
pub fn lowess(x: &[f64], y: &[f64], weight: &[f64]) -> Option<Vec<f64>> {
    let mut rows: Vec<_> = weight.iter().enumerate().map(|(row, w)| (row as u32, *w)).collect();
    sort(x, &mut rows);
    let curve = Curve::new(&Distinct::new(x, &rows, |row| y[row]))?;
    Some(x.iter().map(|x| curve.at(*x)).collect())
}

/// The smooth, as the points between which it is linear.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    knots: Vec<(f64, f64)>,
}

impl Curve {
    /// `None` without rows of positive weight.
    pub(crate) fn new(distinct: &Distinct) -> Option<Self> {
        let coarse = (distinct.x.len() > MOST).then(|| coarse(distinct));
        let distinct = coarse.as_ref().unwrap_or(distinct);
        let x = &distinct.x;
        let (mut knots, mut at) = (Vec::new(), 0);
        while at < x.len() {
            knots.push((x[at], fit(distinct, x[at])));
            let cut = x[at] + STEP * distinct.range();
            let next = at + x[at..].partition_point(|x| *x <= cut);
            // The last value within the step, or the next one if there is none; the end is always fitted.
            at = (at + 1).max(next - 1);
        }
        (!knots.is_empty()).then_some(Self { knots })
    }

    /// The smooth at a value; beyond the ends, that of the end.
    pub(crate) fn at(&self, x: f64) -> f64 {
        let next = self.knots.partition_point(|knot| knot.0 < x);
        match (next.checked_sub(1).map(|i| self.knots[i]), self.knots.get(next)) {
            (Some(last), Some(next)) => {
                let share = (x - last.0) / (next.0 - last.0);
                share * next.1 + (1.0 - share) * last.1
            }
            (Some(end), None) => end.1,
            (None, next) => next.map_or(0.0, |first| first.1),
        }
    }
}

/// Half-width of the window around a value: the distance within which the nearest 2/3 of the weight lies.
pub(crate) fn half_width(distinct: &Distinct, at: f64) -> f64 {
    let Distinct { x, weight, unit, .. } = distinct;
    let enough = (SPAN * distinct.total() + 1e-7).max(2.0 * unit) - unit;
    let (mut from, mut to) = (x.partition_point(|x| *x < at), x.partition_point(|x| *x < at));
    let (mut inside, mut half) = (0.0, 0.0);
    while inside <= enough {
        let (left, right) = (from.checked_sub(1).map(|i| at - x[i]), x.get(to).map(|x| x - at));
        match (left, right) {
            (Some(left), right) if right.is_none_or(|right| left < right) => {
                from -= 1;
                inside += weight[from];
                half = left;
            }
            (_, Some(right)) => {
                inside += weight[to];
                to += 1;
                half = right;
            }
            _ => break,
        }
    }
    half
}

/// Tricube of a distance as a share of the half-width, flat at both ends as in Cleveland's program.
pub(crate) fn tricube(distance: f64, half: f64) -> f64 {
    if distance <= 0.001 * half {
        return 1.0;
    }
    if distance > 0.999 * half {
        return 0.0;
    }
    let u = distance / half;
    let v = 1.0 - u * u * u;
    v * v * v
}

/// The local line's value at `at`.
fn fit(distinct: &Distinct, at: f64) -> f64 {
    let half = half_width(distinct, at);
    let from = distinct.x.partition_point(|x| *x < at - half);
    let near: Vec<(f64, f64, f64)> = distinct.x[from..]
        .iter()
        .zip(&distinct.weight[from..])
        .zip(&distinct.sum[from..])
        .take_while(|((x, _), _)| **x <= at + half)
        .map(|((x, w), sum)| (*x, tricube((x - at).abs(), half), w, sum))
        .map(|(x, k, w, sum)| (x, k * w, k * sum))
        .collect();
    let sum = |term: &dyn Fn(&(f64, f64, f64)) -> f64| near.iter().map(term).sum::<f64>();
    let all = sum(&|(_, k, _)| *k);
    let mean = sum(&|(x, k, _)| k * x) / all;
    let spread = sum(&|(x, k, _)| k * (x - mean) * (x - mean)) / all;
    // Values that hardly differ give a level, no slope.
    let tilt = if spread.sqrt() > 0.001 * distinct.range() { (at - mean) / spread } else { 0.0 };
    sum(&|(x, _, ky)| ky * (1.0 + tilt * (x - mean))) / all
}

/// Averages of values in [`MOST`] cells of equal width.
fn coarse(distinct: &Distinct) -> Distinct {
    let mut out = Distinct { x: Vec::new(), weight: Vec::new(), sum: Vec::new(), unit: distinct.unit };
    let (low, width) = (distinct.x.first().copied().unwrap_or(0.0), distinct.range() / MOST as f64);
    let mut last = None;
    for (x, w, sum) in distinct.iter() {
        let cell = Some(((x - low) / width) as usize);
        match (out.x.last_mut(), out.weight.last_mut(), out.sum.last_mut()) {
            (Some(mean), Some(weight), Some(total)) if cell == last => {
                *weight += w;
                *mean += (x - *mean) * w / *weight;
                *total += sum;
            }
            _ => {
                out.x.push(x);
                out.weight.push(w);
                out.sum.push(sum);
            }
        }
        last = cell;
    }
    out
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::metrics::samples::{P, SMOOTH, Y, largest};

    #[test]
    fn is_that_of_r() {
        // R: lowess(p, y, iter = 0)$y, which is by rising p
        let y = Y.map(f64::from);
        let mut found = lowess(&P, &y, &[1.0; 60]).unwrap();
        found.sort_by(f64::total_cmp);
        assert!(largest(&found, &SMOOTH) <= 1e-12, "{}", largest(&found, &SMOOTH));
        // A wrong answer would fail: the same with a weight for one row.
        let mut weight = [1.0; 60];
        weight[8] = 3.0;
        let mut weighted = lowess(&P, &y, &weight).unwrap();
        weighted.sort_by(f64::total_cmp);
        assert!(largest(&weighted, &SMOOTH) > 1e-3);
    }

    #[test]
    fn whole_weights_are_copies_and_their_order_does_not_matter() {
        let y = Y.map(f64::from);
        let weight: Vec<f64> = (0..60).map(|i| f64::from(i % 3 + 1)).collect();
        let copies: Vec<usize> = (0..60).rev().flat_map(|i| vec![i; i % 3 + 1]).collect();
        let (x, t): (Vec<f64>, Vec<f64>) = copies.iter().map(|i| (P[*i], y[*i])).unzip();
        let by_copy = lowess(&x, &t, &vec![1.0; x.len()]).unwrap();
        let by_weight = lowess(&P, &y, &weight).unwrap();
        let expected: Vec<f64> = copies.iter().map(|i| by_weight[*i]).collect();
        assert!(largest(&by_copy, &expected) <= 1e-12, "{}", largest(&by_copy, &expected));
        // Not so without the rule for one row: a scale of the weights moves the window only by a row.
        let halves: Vec<f64> = weight.iter().map(|w| w / 2.0).collect();
        assert!(largest(&lowess(&P, &y, &halves).unwrap(), &by_weight) <= 1e-12);
    }

    #[test]
    fn many_values_in_cells_give_the_same_curve() {
        let n = 70_000_u32;
        let x: Vec<f64> = (0..n).map(|i| (f64::from(i) * 0.618_033_988_749_895).fract().powi(2)).collect();
        let y: Vec<f64> = x
            .iter()
            .enumerate()
            .map(|(i, x)| f64::from(u8::from((i as f64 * 0.754_877_666).fract() < x * x)))
            .collect();
        let weight = vec![1.0; x.len()];
        let distinct = {
            let mut rows: Vec<_> = (0..n).map(|row| (row, 1.0)).collect();
            sort(&x, &mut rows);
            Distinct::new(&x, &rows, |row| y[row])
        };
        assert!(distinct.x.len() > MOST && coarse(&distinct).x.len() < MOST);
        let exact: Vec<f64> = [0.01, 0.2, 0.5, 0.9].iter().map(|x| fit(&distinct, *x)).collect();
        let cells: Vec<f64> = [0.01, 0.2, 0.5, 0.9].iter().map(|x| fit(&coarse(&distinct), *x)).collect();
        assert!(largest(&exact, &cells) <= 1e-5, "{}", largest(&exact, &cells));
        assert!(lowess(&x, &y, &weight).unwrap().iter().all(|y| y.is_finite()));
    }

    #[test]
    fn few_or_equal_values_have_a_curve() {
        assert_eq!(lowess(&[0.3; 4], &[0.0, 1.0, 1.0, 1.0], &[1.0; 4]).unwrap(), [0.75; 4]);
        assert_eq!(lowess(&[0.3], &[1.0], &[0.5]).unwrap(), [1.0]);
        assert!(lowess(&[0.3], &[1.0], &[0.0]).is_none());
    }
}

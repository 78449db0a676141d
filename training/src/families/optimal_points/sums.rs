//! The loss of a card: logistic regression on the sum of its points.

use amparo_models::probability::{sigmoid, softplus};

use super::kinds::Kinds;

/// Most Newton steps.
const STEPS: usize = 60;
/// Square of a step in the metric of the curvature, per unit of weight, below which the loss does not move.
const REST: f64 = 1e-15;

/// Weight of the rows without and with the event by sum of points, from the lowest sum up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sums {
    pub(super) lowest: i32,
    pub(super) cells: Vec<[f64; 2]>,
}

/// What a point is worth, and what that costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Worth {
    /// Log-odds of a sum of 0.
    pub(super) offset: f64,
    /// Log-odds of a point.
    pub(super) scale: f64,
    /// Mean log loss.
    pub(super) loss: f64,
}

impl Worth {
    /// Before anything is known of a card: the log loss of the share of events.
    pub(super) fn unknown(kinds: &Kinds) -> Self {
        let offset = kinds.base_log_odds();
        let share = sigmoid(offset);
        Self { offset, scale: 0.0, loss: softplus(offset) - share * offset }
    }
}

impl Sums {
    /// The offset and the scale of least loss, searched from others that are not far; none if the outcome does not rise with the sum.
    ///
    /// Sums are a few dozen numbers however many rows there are. Where a threshold on the sum separates events from the rest, the search
    /// ends at a loss near 0.
    pub(super) fn worth(&self, from: Worth) -> Option<Worth> {
        let occupied = || {
            let cells = self.cells.iter().enumerate().filter(|(_, [n, e])| n + e > 0.0);
            cells.map(|(at, &[n, e])| (f64::from(self.lowest) + at as f64, n, e))
        };
        let total: f64 = occupied().map(|(_, n, e)| n + e).sum();
        let middle = occupied().map(|(x, n, e)| (n + e) * x).sum::<f64>() / total;
        let reach = occupied().map(|(x, ..)| (x - middle).abs()).fold(0.0, f64::max);
        // Of one sum alone nothing rises.
        occupied().nth(1)?;
        let (mut a, mut b) = (from.offset + from.scale * middle, from.scale);
        for _ in 0..STEPS {
            let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (x, n, e) in occupied() {
                let x = x - middle;
                let p = sigmoid(a + b * x);
                let (g, h) = ((n + e) * p - e, (n + e) * p * (1.0 - p));
                ga += g;
                gb += g * x;
                haa += h;
                hab += h * x;
                hbb += h * x * x;
            }
            let determinant = haa * hbb - hab * hab;
            // No curvature is left where events are separated.
            if determinant <= 0.0 {
                break;
            }
            let (da, db) = ((hab * gb - hbb * ga) / determinant, (hab * ga - haa * gb) / determinant);
            // No score moves by more than 2 in a step, so that Newton's method does not leap from a far start.
            let most = da.abs() + db.abs() * reach;
            let share = if most > 2.0 { 2.0 / most } else { 1.0 };
            a += share * da;
            b += share * db;
            if -(ga * da + gb * db) <= REST * total {
                break;
            }
        }
        if b.is_nan() || b <= 0.0 {
            return None;
        }
        let loss: f64 = occupied()
            .map(|(x, n, e)| {
                let s = a + b * (x - middle);
                (n + e) * softplus(s) - e * s
            })
            .sum();
        Some(Worth { offset: a - b * middle, scale: b, loss: loss / total })
    }
}

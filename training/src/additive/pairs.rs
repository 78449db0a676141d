//! Which pairs of indicators say more together than each by itself.

use std::collections::BTreeSet;

use super::column::Pace;
use super::purify::purified;
use super::rows::Rows;

/// The two indicators of a pair, the first one before the second on the form.
pub(super) type Places = (usize, usize);

/// The strongest pairs of the columns of some rows, at most `wanted`, by how far a table about them would lower the loss.
///
/// Where the tables of the indicators have gone, each way to answer two of them has sums `G` and `H` of first and second
/// derivatives over its rows. What of a Newton step there is about both together is its purified part by the weights `H`; taking it
/// lowers the quadratic model of the loss by half of
///
/// ```text
/// strength = sum over cells of H pair^2           pair: the purified part of -G / (H + l2)
/// ```
/// Noise alone makes a strength of about one for each degree of freedom, so pairs are ranked by strength less those; ties
/// keep the order of the form. All pairs are measured in one pass over the rows (FAST by Lou et al. looks at two cuts of each pair;
/// tables of a handful of answers can be measured as they are).
///
/// # References
/// Lou, Caruana, Gehrke and Hooker, "Accurate intelligible models with pairwise interactions", KDD 2013.
pub(super) fn strongest(
    rows: &Rows,
    pairs: &[Places],
    tables: &[f64],
    pace: Pace,
    wanted: usize,
) -> Vec<Places> {
    let (first, second) = rows.derivatives(tables);
    let [first, second] = [first, second].map(|of_rows| rows.real(&rows.co_occurrence(&of_rows)));
    let mut ranked: Vec<(f64, Places)> = pairs
        .iter()
        .map(|&(a, b)| {
            let cells = || rows.cells(a).flat_map(|x| rows.cells(b).map(move |y| x * rows.n_cells() + y));
            let of = |sums: &[f64]| cells().map(|cell| sums[cell]).collect::<Vec<f64>>();
            (excess(&of(&first), &of(&second), rows.cells(b).len(), pace), (a, b))
        })
        .collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut chosen: Vec<Places> = ranked.into_iter().take(wanted).map(|(_, places)| places).collect();
    chosen.sort_unstable();
    chosen
}

/// Strength less degrees of freedom of one pair.
fn excess(first: &[f64], second: &[f64], width: usize, pace: Pace) -> f64 {
    let counts = |h: f64| h > 0.0 && h >= pace.min_weight;
    let weights: Vec<f64> = second.iter().map(|&h| if counts(h) { h } else { 0.0 }).collect();
    let step = |(&g, &h): (&f64, &f64)| if counts(h) { -g / (h + pace.l2) } else { 0.0 };
    let steps: Vec<f64> = first.iter().zip(second).map(step).collect();
    let pair = purified(&steps, &weights, width).pair;
    let strength: f64 = pair.iter().zip(&weights).map(|(value, weight)| weight * value * value).sum();
    let cells = || (0..weights.len()).filter(|&cell| weights[cell] > 0.0);
    let n_first = cells().map(|cell| cell / width).collect::<BTreeSet<usize>>().len();
    let n_second = cells().map(|cell| cell % width).collect::<BTreeSet<usize>>().len();
    // Cells less what both effects and the mean take up; where the cells with rows hang together in parts, it is more.
    strength - (cells().count() + 1).saturating_sub(n_first + n_second) as f64
}

#[cfg(test)]
mod tests;

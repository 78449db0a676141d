//! How many bins: by cross-validation.

use amparo_datasets::splitmix;

use super::counted::{Cell, Groups, Rows};
use super::optimal::{Direction, partitions};

/// Folds of the cross-validation, if there are as many cases.
pub(super) const FOLDS: usize = 10;

/// The log loss of one number of bins on rows that its cut-points and rates have not seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Validated {
    /// Mean over the rows of all folds.
    pub loss: f64,
    /// How much more than that of the best number of bins.
    pub behind: f64,
    /// Standard error of that difference over folds; `None` with one fold.
    pub error: Option<f64>,
}

/// Cross-validated losses of 1 to `most` bins; `None` where some fold has no such bins.
///
/// ```text
/// loss(k)    sum over folds of the losses of its rows under the bins of the other folds / sum of weights
/// behind(k)  loss(k) - least loss
/// error(k)   sd over folds of (mean loss of k - mean loss of the best) / sqrt(folds)               sd with folds - 1
/// ```
/// Cut-points are searched anew in each fold, with a share of `least` as large as that of the rows that are left. Cases, not rows, are dealt
/// to the folds, those with the event and those without in turn, in an order drawn from the seed.
pub(super) fn validated(
    rows: &Rows,
    groups: &Groups,
    limits: (usize, usize),
    direction: Direction,
    seed: u64,
) -> Vec<Option<Validated>> {
    let (least, most) = limits;
    let (folds, n_folds) = dealt(rows, seed);
    let least = (least * (n_folds - 1)).div_ceil(n_folds);
    // By number of bins and fold: the sum of losses.
    let mut losses: Vec<Vec<Option<f64>>> = vec![vec![]; most];
    let mut weights = Vec::new();
    for fold in 0..n_folds {
        let fitted = groups.cells(rows, |row| folds[row] != fold);
        let held_out = groups.cells(rows, |row| folds[row] == fold);
        let of_bins = |cells: &[Cell]| cells.iter().map(Cell::rate).collect::<Vec<f64>>();
        for (found, losses) in partitions(&fitted, least, most, direction).iter().zip(&mut losses) {
            losses.push(found.as_ref().map(|found| {
                let rates = of_bins(&found.bins(&fitted));
                found.bins(&held_out).iter().zip(&rates).map(|(cell, rate)| cell.loss_at(*rate)).sum()
            }));
        }
        weights.push(held_out.iter().map(|cell| cell.weight).sum::<f64>());
    }
    let all: Vec<Option<Vec<f64>>> = losses.into_iter().map(|folds| folds.into_iter().collect()).collect();
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / weights.iter().sum::<f64>();
    let best = all.iter().flatten().min_by(|a, b| mean(a).total_cmp(&mean(b))).cloned();
    let Some(best) = best else { return vec![None; most] };
    let one = |losses: Vec<f64>| {
        let differences: Vec<f64> = losses
            .iter()
            .zip(&best)
            .zip(&weights)
            .map(|((loss, best), weight)| (loss - best) / weight)
            .collect();
        let n = n_folds as f64;
        let centre = differences.iter().sum::<f64>() / n;
        let squares: f64 = differences.iter().map(|d| (d - centre) * (d - centre)).sum();
        Validated {
            loss: mean(&losses),
            behind: mean(&losses) - mean(&best),
            error: (n_folds > 1).then(|| (squares / (n - 1.0) / n).sqrt()),
        }
    };
    all.into_iter().map(|losses| losses.map(one)).collect()
}

/// The fewest bins, of two or more, that are not behind the best number by more than one standard error.
///
/// DIFFERENCE: the usual rule takes the standard error of the least loss itself. Folds differ much more in who is in them than in how far
/// two numbers of bins are apart, so that it would nearly always take two bins.
///
/// # References
/// Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984, section 3.4.3, for the usual rule.
pub(super) fn taken(validated: &[Option<Validated>]) -> Option<usize> {
    let close = |of: &Validated| of.behind <= of.error.unwrap_or(0.0);
    let at = validated.iter().skip(1).position(|of| of.as_ref().is_some_and(close));
    // If one bin is the best, none of more may be as good: then the least loss decides.
    let least = || {
        let of_more =
            validated.iter().enumerate().skip(1).filter_map(|(at, of)| Some((at, of.as_ref()?.loss)));
        of_more.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at - 1)
    };
    at.or_else(least).map(|at| at + 2)
}

/// The fold of each row, and the number of folds.
fn dealt(rows: &Rows, seed: u64) -> (Vec<usize>, usize) {
    let n_cases = rows.cases.iter().max().map_or(0, |last| *last as usize + 1);
    let mut has_event = vec![false; n_cases];
    for (case, event) in rows.cases.iter().zip(&rows.events) {
        has_event[*case as usize] |= event;
    }
    let mut order: Vec<usize> = (0..n_cases).collect();
    let drawn = splitmix(seed);
    order.sort_by_key(|case| (has_event[*case], splitmix(drawn.wrapping_add(*case as u64)), *case));
    let n_folds = FOLDS.min(n_cases);
    let mut of_cases = vec![0; n_cases];
    order.iter().enumerate().for_each(|(at, case)| of_cases[*case] = at % n_folds);
    (rows.cases.iter().map(|case| of_cases[*case as usize]).collect(), n_folds)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn rows(n: usize, event: impl Fn(usize) -> bool) -> Rows {
        Rows {
            numbers: (0..n).map(|row| (row % 40) as f64).collect(),
            events: (0..n).map(event).collect(),
            weights: vec![1.0; n],
            cases: (0..n).map(|row| (row / 2) as u32).collect(),
        }
    }

    /// Whether something happens, with a probability that hangs on the number alone.
    fn drawn(row: usize, probability: f64) -> bool {
        (splitmix(row as u64) >> 11) as f64 / (1_u64 << 53) as f64 <= probability
    }

    #[test]
    fn no_case_is_in_two_folds_and_each_fold_has_its_share_of_events() {
        let rows = rows(400, |row| row % 4 < 2);
        let (folds, n) = dealt(&rows, 3);
        assert_eq!(n, FOLDS);
        assert!(folds.chunks(2).all(|case| case[0] == case[1]));
        for fold in 0..n {
            let of_fold: Vec<usize> = (0..400).filter(|row| folds[*row] == fold).collect();
            assert_eq!((of_fold.len(), of_fold.iter().filter(|row| rows.events[**row]).count()), (40, 20));
        }
        assert_ne!(dealt(&rows, 4).0, folds);
    }

    #[test]
    fn as_many_bins_are_taken_as_there_are_steps() {
        let of = |probability: fn(usize) -> f64| {
            let rows = rows(8000, |row| drawn(row, probability(row % 40)));
            let groups = Groups::of(&rows, 100);
            taken(&validated(&rows, &groups, (20, 6), Direction::Rising, 1)).unwrap()
        };
        assert_eq!(of(|number| if number < 25 { 0.2 } else { 0.5 }), 2);
        assert_eq!(of(|number| [0.1, 0.35, 0.6][usize::from(number >= 10) + usize::from(number >= 30)]), 3);
        assert_eq!(of(|number| [0.1, 0.3, 0.5, 0.8][number / 10]), 4);
    }

    /// What is lost in the rows that bins were found on flatters them, and the more so the more bins there are.
    #[test]
    fn bins_lose_more_on_rows_that_they_have_not_seen() {
        let rows = rows(2000, |row| drawn(row, if row % 40 < 20 { 0.3 } else { 0.6 }));
        let groups = Groups::of(&rows, 100);
        let found = validated(&rows, &groups, (5, 8), Direction::Rising, 1);
        let found: Vec<f64> = found.iter().map(|of| of.as_ref().unwrap().loss).collect();
        let seen = partitions(&groups.cells(&rows, |_| true), 5, 8, Direction::Rising);
        let seen: Vec<f64> = seen.iter().map(|found| found.as_ref().unwrap().loss / 2000.0).collect();
        let flattered: Vec<f64> = found.iter().zip(&seen).map(|(found, seen)| found - seen).collect();
        assert!(
            flattered[0] > 0.0 && flattered[2] > flattered[1] && flattered[7] > flattered[2],
            "{flattered:?}"
        );
        // But the one step that there is shows on other rows too.
        assert!(found[1] < found[0] - 0.02, "{found:?}");
    }
}

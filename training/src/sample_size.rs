//! Whether there are enough rows for a fit, before it is made.

use amparo_datasets::MAX_TOLD_APART;
use amparo_models::artefact::SampleSizeRecord;

use crate::LabelledRows;

/// Shrinkage that a fit should be expected to have at least.
const LEAST_SHRINKAGE: f64 = 0.9;
/// Optimism in Nagelkerke's R2 that a fit should be expected to have at most.
const MOST_OPTIMISM: f64 = 0.05;
/// Half the width of the interval of the share of events.
const HALF_WIDTH: f64 = 0.05;
/// Assumed share of the largest Cox-Snell R2 where nothing is known.
const ASSUMED: f64 = 0.15;
/// As in the paper.
const Z: f64 = 1.96;

/// What a model with one number an answer may be expected to be worth on the rows that it is fitted on.
///
/// With n rows, share of events f, p numbers and an assumed Cox-Snell R2 (adjusted for optimism) R:
///
/// ```text
/// max R      = 1 - (f^f (1 - f)^(1 - f))^2                     R = 0.15 max R
/// shrinkage  S with n (S - 1) ln(1 - R / S) = p, in (R, 1)
/// optimism   (R / S - R) / max R                                in Nagelkerke's R2
/// rows       the largest of   p / ((S - 1) ln(1 - R / S)) at S = 0.9,
///                             the same at S = R / (R + 0.05 max R),
///                             (1.96 / 0.05)^2 f (1 - f)
/// ```
/// Rows and events are counted, not weighted. An indicator with many answers counts as many numbers as it has pools at most. Trees have no
/// such numbers: they need more events than this says (van der Ploeg et al.: ten times as many and more). `None` without an indicator of which two
/// answers occur.
///
/// # References
/// Riley et al., "Calculating the sample size required for developing a clinical prediction model", BMJ 368, 2020, m441, figures 2 to 4.
/// Van der Ploeg, Austin and Steyerberg, "Modern modelling techniques are data hungry", BMC Medical Research Methodology 14, 2014.
pub(crate) fn sample_size(rows: &LabelledRows<'_>, left_out: &[usize]) -> Option<SampleSizeRecord> {
    let n_events = rows.events().iter().filter(|event| **event).count() as u64;
    let n_rows = rows.events().len() as u64;
    let n_parameters = parameters(rows, left_out);
    (n_parameters > 0 && n_events > 0 && n_events < n_rows).then(|| of(n_rows, n_events, n_parameters))
}

fn of(n_rows: u64, n_events: u64, n_parameters: u64) -> SampleSizeRecord {
    let (n, p) = (n_rows as f64, n_parameters as f64);
    let share = n_events as f64 / n;
    let most = most_r2(share);
    let r2 = ASSUMED * most;
    let shrinkage = shrinkage(n, p, r2);
    let second = r2 / (r2 + MOST_OPTIMISM * most);
    let third = (Z / HALF_WIDTH).powi(2) * share * (1.0 - share);
    let least = rows_for(LEAST_SHRINKAGE, p, r2).max(rows_for(second, p, r2)).max(third);
    SampleSizeRecord {
        n_rows,
        n_events,
        n_parameters,
        r2,
        shrinkage,
        optimism: shrinkage.map(|s| (r2 / s - r2) / most),
        least_rows: least.ceil() as u64,
    }
}

/// The largest Cox-Snell R2 at a share of events.
fn most_r2(share: f64) -> f64 {
    let loss = share * libm::log(share) + (1.0 - share) * libm::log(1.0 - share);
    1.0 - libm::exp(2.0 * loss)
}

/// Rows at which p numbers are expected to have the shrinkage `s`, which is above `r2` and below 1.
fn rows_for(s: f64, p: f64, r2: f64) -> f64 {
    p / ((s - 1.0) * libm::log1p(-r2 / s))
}

/// The shrinkage at which that many rows are needed: rows rise with it, from none at `r2` without bound towards 1.
fn shrinkage(n: f64, p: f64, r2: f64) -> Option<f64> {
    let (mut low, mut high) = (r2, 1.0);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if rows_for(middle, p, r2) > n { high = middle } else { low = middle }
    }
    // Closer to the end than that, the assumed R2 itself would be all noise.
    (low > r2 * 1.000_001).then_some(low)
}

/// Numbers of a model with one an answer, without its intercept.
fn parameters(rows: &LabelledRows<'_>, left_out: &[usize]) -> u64 {
    let mut occurs: Vec<Vec<bool>> = Vec::new();
    for row in rows.answers() {
        occurs.resize(row.len(), Vec::new());
        for (codes, &code) in occurs.iter_mut().zip(row) {
            codes.resize(codes.len().max(usize::from(code) + 1), false);
            codes[usize::from(code)] = true;
        }
    }
    let numbers = |codes: &Vec<bool>| {
        let n = codes.iter().filter(|occurs| **occurs).count();
        n.min(MAX_TOLD_APART + 1).saturating_sub(1) as u64
    };
    let asked = occurs.iter().enumerate().filter(|(j, _)| !left_out.contains(j));
    asked.map(|(_, codes)| numbers(codes)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, data, form};

    #[test]
    fn the_published_example_comes_out() {
        // The help of `pmsampsize` (Ensor, Martin and Riley): 24 parameters, prevalence 0.174, Cox-Snell R2 0.288: 623, 662 and 221 rows.
        let (p, share, r2) = (24.0, 0.174, 0.288);
        let most = most_r2(share);
        let second = r2 / (r2 + MOST_OPTIMISM * most);
        let third = (Z / HALF_WIDTH).powi(2) * share * (1.0 - share);
        let found = [rows_for(0.9, p, r2), rows_for(second, p, r2), third].map(f64::ceil);
        assert!(close(&found, &[623.0, 662.0, 221.0], 0.0), "{found:?}");
        // Its maximum R2 and its second shrinkage, as printed there.
        assert!(close(&[most, second], &[0.603, 0.905], 5e-4));
        // Natural logarithms and the adjusted R2 matter.
        let other = [p / ((0.9 - 1.0) * (1.0 - r2 / 0.9_f64).log10()), p / ((0.9 - 1.0) * (1.0 - r2).ln())];
        assert!(other.iter().all(|rows| (rows.ceil() - 623.0).abs() > 10.0), "{other:?}");
    }

    #[test]
    fn the_shrinkage_is_the_one_that_needs_these_rows() {
        for (n, events, p) in [(500, 80, 24), (12_000, 2_000, 120), (900, 20, 10)] {
            let record = of(n, events, p);
            let s = record.shrinkage.unwrap_or(f64::NAN);
            // The heuristic shrinkage of Van Houwelingen and Le Cessie from a likelihood ratio, which the equation is solved for.
            let ratio = -(n as f64) * (1.0 - record.r2 / s).ln();
            assert!((1.0 - p as f64 / ratio - s).abs() <= 1e-9, "{record:?}");
            assert!((1.0 - p as f64 / ratio - (s + 0.01)).abs() > 1e-3);
        }
        // With exactly the rows of the first criterion it is 0.9.
        let r2 = 0.05;
        let n = rows_for(0.9, 30.0, r2);
        assert!(close(&[shrinkage(n, 30.0, r2).unwrap_or(0.0)], &[0.9], 1e-9));
        assert!(!close(&[shrinkage(n * 1.05, 30.0, r2).unwrap_or(0.0)], &[0.9], 1e-9));
    }

    #[test]
    fn enough_is_said_to_be_enough() {
        let few = of(400, 60, 40);
        let more = few.least_rows + 20;
        let enough = of(more, more * 60 / 400, 40);
        assert!(!few.is_enough() && enough.is_enough());
        assert!(
            few.to_string().contains("more than there are")
                && !enough.to_string().contains("more than there are")
        );
        assert!(enough.shrinkage.is_some_and(|s| s >= 0.899), "{enough:?}");
        assert!((few.events_per_parameter() - 1.5).abs() <= 0.0);
    }

    #[test]
    fn numbers_are_the_answers_that_occur_less_one() {
        let form = form(&[(2, "risk"), (3, "risk"), (2, "risk")]);
        // Of the first all three answers with `unknown` occur, of the second two of four, of the third one.
        let rows = [vec![0, 0, 1], vec![1, 2, 1], vec![2, 0, 1]];
        let data = data(&form, &rows, &[true, false, true], &[1.0, 1.0, 1.0], &[0, 1, 2]);
        let of = |left_out: &[usize]| {
            sample_size(&data.part(&[0, 1, 2]), left_out).map(|record| record.n_parameters)
        };
        assert_eq!((of(&[]), of(&[0]), of(&[0, 1])), (Some(3), Some(1), None));
    }
}

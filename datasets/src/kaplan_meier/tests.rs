#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::testing::close;

const DAYS: [f64; 14] = [5.0, 6.0, 6.0, 2.5, 4.0, 9.0, 10.0, 10.0, 12.0, 3.0, 7.0, 8.0, 1.0, 6.0];
const HAPPENED: [u8; 14] = [1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1];
const WEIGHTS: [f64; 14] = [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0];

fn rows(weights: &[f64]) -> Vec<FollowedRow> {
    let rows = DAYS.iter().zip(HAPPENED).zip(weights).zip(0..);
    rows.map(|(((days, happened), weight), case)| FollowedRow {
        days: *days,
        happened: happened == 1,
        weight: *weight,
        case,
    })
    .collect()
}

fn numbers(risk: Risk) -> [f64; 3] {
    let (low, high) = risk.interval.unwrap();
    [risk.value, low, high]
}

// lifelines 0.30.0: k = KaplanMeierFitter().fit(days, happened); 1 - k.predict(h) and the ends of k.confidence_interval_ at h.
#[test]
fn estimate_and_interval_are_those_of_lifelines() {
    let rows = rows(&[1.0; 14]);
    let at_6 = numbers(kaplan_meier(&rows, 6.0).unwrap());
    let at_10 = numbers(kaplan_meier(&rows, 10.0).unwrap());
    assert!(close(&at_6, &[0.45, 0.231_788_908_283_386_83, 0.742_158_475_946_044], 1e-12), "{at_6:?}");
    let expected = [0.725, 0.424_564_256_448_768_16, 0.950_995_647_438_549_3];
    assert!(close(&at_10, &expected, 1e-12), "{at_10:?}");
    // The mistakes: censored rows left out (8 of 9), or taken for rows without the event (8 of 14).
    assert!(!close(&at_10[..1], &[8.0 / 9.0], 0.1) && !close(&at_10[..1], &[8.0 / 14.0], 0.1));
}

#[test]
fn weights_count_in_the_estimate_as_in_lifelines() {
    // k.fit(days, happened, weights=weights)
    let risk = kaplan_meier(&rows(&WEIGHTS), 10.0).unwrap();
    assert!(close(&[risk.value], &[0.694_725_028_058_361_4], 1e-12), "{risk:?}");
    assert!(!close(&[risk.value], &[0.725], 0.01));
}

#[test]
fn a_case_of_many_rows_is_one_case_of_their_weight() {
    let weighted = rows(&WEIGHTS);
    let copies = |row: &FollowedRow| vec![FollowedRow { weight: 1.0, ..*row }; row.weight as usize];
    let repeated: Vec<FollowedRow> = weighted.iter().flat_map(copies).collect();
    let (one, other) = (kaplan_meier(&weighted, 10.0).unwrap(), kaplan_meier(&repeated, 10.0).unwrap());
    assert!(close(&numbers(one), &numbers(other), 1e-12));
    // Taken for cases of their own, the rows would look more certain than they are.
    let apart = repeated.iter().zip(0..).map(|(row, case)| FollowedRow { case, ..*row }).collect::<Vec<_>>();
    let apart = numbers(kaplan_meier(&apart, 10.0).unwrap());
    assert!(!close(&apart, &numbers(one), 0.05), "{apart:?}");
}

/// `sum over cases of (w d log S / d w)^2`, by moving each weight a little.
#[test]
fn the_variance_is_that_of_the_derivatives() {
    let mut rows = rows(&WEIGHTS);
    rows.iter_mut().for_each(|row| row.case /= 2);
    let log_survival = |rows: &[FollowedRow]| (1.0 - kaplan_meier(rows, 10.0).unwrap().value).ln();
    let mut of_case = [0.0; 7];
    for at in 0..rows.len() {
        let moved = |by: f64| {
            let mut rows = rows.clone();
            rows[at].weight += by;
            log_survival(&rows)
        };
        of_case[rows[at].case as usize] += rows[at].weight * (moved(1e-5) - moved(-1e-5)) / 2e-5;
    }
    let sd = of_case.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
    let log = log_survival(&rows);
    let end = |z: f64| 1.0 - (log * (z * sd / log.abs()).exp()).exp();
    let [value, low, high] = numbers(kaplan_meier(&rows, 10.0).unwrap());
    assert!(close(&[low, high], &[end(-Z), end(Z)], 1e-8), "{low} {high}");
    assert!(low < value && value < high && !close(&[low], &[end(-0.99 * Z)], 1e-4));
}

#[test]
fn without_censoring_it_is_the_weighted_share_of_events() {
    let row = |case: u32| match case % 4 {
        0 => FollowedRow { days: f64::from(case), happened: true, weight: 2.0, case },
        _ => FollowedRow { days: 30.0, happened: false, weight: 1.0, case },
    };
    let rows: Vec<FollowedRow> = (0..20).map(row).collect();
    let risk = kaplan_meier(&rows, 30.0).unwrap();
    assert!(close(&[risk.value], &[10.0 / 25.0], 1e-12), "{risk:?}");
    assert!(!close(&[risk.value], &[5.0 / 20.0], 0.1));
}

#[test]
fn the_ends_and_what_nobody_saw() {
    let row = |days: f64, happened: bool, case: u32| FollowedRow { days, happened, weight: 0.1, case };
    assert_eq!(
        kaplan_meier(&[row(5.0, false, 0), row(9.0, false, 1)], 8.0),
        Some(Risk { value: 0.0, interval: None })
    );
    // The last in sight has the event, whatever the weights sum to.
    let all = [row(3.0, false, 0), row(4.0, true, 1), row(5.0, true, 2)];
    assert_eq!(kaplan_meier(&all, 8.0), Some(Risk { value: 1.0, interval: None }));
    // Everybody was lost before day 8, one after another: what came then is not known.
    assert_eq!(kaplan_meier(&[row(5.0, true, 0), row(7.0, false, 1)], 8.0), None);
    assert_eq!(kaplan_meier(&[], 8.0), None);
}

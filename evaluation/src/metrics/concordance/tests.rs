#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

const SCORE: [f64; 12] = [0.3, 0.1, 0.4, 0.2, 0.6, 0.3, 0.2, 0.5, 0.1, 0.9, 0.4, 0.4];
const DAYS: [f64; 12] = [5.0, 8.0, 8.0, 12.0, 3.0, 20.0, 20.0, 15.0, 30.0, 2.0, 8.0, 30.0];
const HAPPENED: [u8; 12] = [1, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1, 1];
const W: [f64; 12] = [1.0, 2.0, 1.0, 0.5, 1.5, 1.0, 1.0, 3.0, 1.0, 0.25, 1.0, 2.0];
const CASE: [u32; 12] = [1, 1, 2, 3, 4, 4, 4, 5, 6, 7, 8, 9];

fn of(score: &[f64], weight: &[f64], case: &[u32]) -> Concordance {
    let happened = HAPPENED.map(|e| e == 1);
    let follow_up = FollowUp { days: &DAYS, happened: &happened, weight };
    concordance(score, follow_up, &[0; 12], 1, &ByCase::new(case))[0].unwrap()
}

#[test]
fn equals_lifelines_and_survival() {
    // lifelines 0.30.0: concordance_index(days, [-s for s in score], happened) -> 0.7547169811320755
    // R survival: m = concordance(Surv(days, happened) ~ score, reverse = TRUE, weights = w, cluster = case);
    // c(m$concordance, sqrt(m$var)): without weights and cluster, with weights, with both
    let single: [u32; 12] = std::array::from_fn(|row| row as u32);
    let expected = [
        (of(&SCORE, &[1.0; 12], &single), [0.754_716_981_132_075_5, 0.112_427_089_586_958_43]),
        (of(&SCORE, &W, &single), [0.677_777_777_777_777_8, 0.153_918_809_271_590_35]),
        (of(&SCORE, &W, &CASE), [0.677_777_777_777_777_8, 0.137_970_722_140_590_64]),
    ];
    for (found, [value, error]) in expected {
        let distance = (found.value - value).abs().max((found.standard_error - error).abs());
        assert!(distance <= 1e-12, "{found:?}, expected {value} and {error}");
        assert_eq!((found.n, found.events), (12, 8));
    }
    // A wrong answer would fail: low for high.
    let upside_down = of(&SCORE.map(|s| -s), &[1.0; 12], &single);
    assert!((upside_down.value - 0.754_716_981_132_075_5).abs() > 0.1);
}

#[test]
fn an_interval_or_a_reason() {
    let single: [u32; 12] = std::array::from_fn(|row| row as u32);
    let (low, high) = of(&SCORE, &[1.0; 12], &single).interval().unwrap();
    assert!(
        (low - (0.754_716_981_132_075_5 - 1.959_963_984_540_054 * 0.112_427_089_586_958_43)).abs() <= 1e-9
    );
    assert!(
        (high - (0.754_716_981_132_075_5 + 1.959_963_984_540_054 * 0.112_427_089_586_958_43)).abs() <= 1e-9
    );
    let constant = of(&[1.0; 12], &[1.0; 12], &single);
    assert!((constant.value - 0.5).abs() <= 1e-12);
    assert_eq!(constant.interval(), Err(Reason::NoDeviation));
    let nobody = FollowUp { days: &[1.0, 2.0], happened: &[false, false], weight: &[1.0, 1.0] };
    assert_eq!(concordance(&[0.0, 1.0], nobody, &[0, 0], 1, &ByCase::new(&[0, 1])), [None]);
}

proptest! {
    #[test]
    fn agrees_with_all_pairs(rows in prop::collection::vec((0u8..5, 0u8..6, any::<bool>(), 1u8..4, 0u16..2, 0u32..5), 1..40)) {
        let score: Vec<f64> = rows.iter().map(|r| f64::from(r.0)).collect();
        let days: Vec<f64> = rows.iter().map(|r| f64::from(r.1)).collect();
        let happened: Vec<bool> = rows.iter().map(|r| r.2).collect();
        let weight: Vec<f64> = rows.iter().map(|r| f64::from(r.3)).collect();
        let codes: Vec<u16> = rows.iter().map(|r| r.4).collect();
        let case: Vec<u32> = rows.iter().map(|r| r.5).collect();
        let follow_up = FollowUp { days: &days, happened: &happened, weight: &weight };
        let found = concordance(&score, follow_up, &codes, 2, &ByCase::new(&case));
        for label in 0..2u16 {
            let (mut won, mut pairs) = (0.0, 0.0);
            let mut of_case = [[0.0; 2]; 5];
            for i in 0..rows.len() {
                for j in 0..rows.len() {
                    let sooner = days[i] < days[j] || (rows[i].1 == rows[j].1 && !happened[j]);
                    if happened[i] && sooner && codes[i] == label && codes[j] == label {
                        let w = weight[i] * weight[j];
                        let c = if score[i] > score[j] { 1.0 } else if score[i] < score[j] { 0.0 } else { 0.5 };
                        (won, pairs) = (won + w * c, pairs + w);
                        for case in [case[i], case[j]] {
                            of_case[case as usize][0] += w * c;
                            of_case[case as usize][1] += w;
                        }
                    }
                }
            }
            let found = found[usize::from(label)];
            prop_assert_eq!(found.is_some(), pairs > 0.0);
            if let Some(found) = found {
                let value = won / pairs;
                let error = of_case.iter().map(|[n, d]| ((n - value * d) / pairs).powi(2)).sum::<f64>().sqrt();
                prop_assert!((found.value - value).abs() <= 1e-12 && (found.standard_error - error).abs() <= 1e-9);
            }
        }
    }
}

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// Rows drawn by a fixed generator: days, whether the event happened then, weight, score and case.
struct Rows {
    days: Vec<f64>,
    happened: Vec<bool>,
    weight: Vec<f64>,
    score: Vec<f64>,
    case: Vec<u32>,
}

fn drawn(n: usize, seed: u64) -> Rows {
    let mut state = seed;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut rows = Rows { days: vec![], happened: vec![], weight: vec![], score: vec![], case: vec![] };
    for row in 0..n {
        let score = next(12) as f64;
        // Ties in days and scores; riskier rows end sooner.
        rows.days.push((next(40) as f64 * (1.0 - score / 30.0)).floor());
        rows.happened.push(next(3) > 0);
        rows.weight.push(1.0 + next(4) as f64 / 2.0);
        rows.score.push(score);
        rows.case.push((row / 2) as u32);
    }
    rows
}

impl Rows {
    fn area(&self, horizon: f64) -> Option<Components> {
        let follow_up = FollowUp { days: &self.days, happened: &self.happened, weight: &self.weight };
        horizon_auc(&self.score, follow_up, horizon, &ByCase::new(&self.case))
    }

    /// Being in sight just before a day, from the definition: a product over all earlier days, each from all rows.
    fn in_sight(&self, day: f64) -> f64 {
        let mut before: Vec<f64> = self.days.iter().copied().filter(|d| *d < day).collect();
        before.sort_by(f64::total_cmp);
        before.dedup();
        let kept = |at: f64| {
            let sum = |of: &dyn Fn(usize) -> bool| -> f64 {
                (0..self.days.len()).filter(|&row| of(row)).map(|row| self.weight[row]).sum()
            };
            let is_at = |row: usize| (self.days[row] - at).abs() <= 0.0;
            let lost = sum(&|row| is_at(row) && !self.happened[row]);
            let later = sum(&|row| self.days[row] > at);
            if lost > 0.0 { 1.0 - lost / (lost + later) } else { 1.0 }
        };
        before.into_iter().map(kept).product()
    }

    /// The area from its definition, pair by pair; `weighted` for the losses or not.
    fn by_pairs(&self, horizon: f64, weighted: bool) -> f64 {
        let (mut won, mut all) = (0.0, 0.0);
        for i in (0..self.days.len()).filter(|&i| self.happened[i] && self.days[i] <= horizon) {
            let g = if weighted { self.in_sight(self.days[i]) } else { 1.0 };
            for j in 0..self.days.len() {
                let event = self.happened[j] && self.days[j] <= horizon;
                if event || self.days[j] < horizon {
                    continue;
                }
                let pair = self.weight[i] / g * self.weight[j];
                all += pair;
                won += pair
                    * match self.score[i].total_cmp(&self.score[j]) {
                        std::cmp::Ordering::Greater => 1.0,
                        std::cmp::Ordering::Equal => 0.5,
                        std::cmp::Ordering::Less => 0.0,
                    };
            }
        }
        won / all
    }
}

#[test]
fn it_is_the_sum_over_all_pairs() {
    let mut furthest: f64 = 0.0;
    for seed in 0..20 {
        let rows = drawn(120, seed);
        for horizon in [5.0, 12.0, 20.0, 27.5] {
            let found = rows.area(horizon).unwrap().auc;
            let error = (found - rows.by_pairs(horizon, true)).abs();
            assert!(error <= 1e-12, "{seed} {horizon}: {error}");
            furthest = furthest.max((found - rows.by_pairs(horizon, false)).abs());
        }
    }
    assert!(furthest > 1e-3, "losses that were not weighted for would be seen: {furthest}");
}

#[test]
fn without_losses_it_is_the_area_of_the_event_by_then() {
    let rows = drawn(200, 3);
    let all = Rows { happened: vec![true; 200], ..rows };
    let events: Vec<bool> = all.days.iter().map(|day| *day <= 12.0).collect();
    let expected = crate::metrics::auc(&all.score, &events, &all.weight).unwrap();
    let found = all.area(12.0).unwrap().auc;
    assert!((found - expected).abs() <= 1e-12, "{found} {expected}");
    let later: Vec<bool> = all.days.iter().map(|day| *day <= 13.0).collect();
    let other = crate::metrics::auc(&all.score, &later, &all.weight).unwrap();
    assert!((found - other).abs() > 1e-4, "another day would be seen");
}

#[test]
fn a_row_followed_through_the_last_day_counts_and_one_lost_before_does_not() {
    let area = |days: [f64; 3]| {
        let rows = Rows {
            days: days.to_vec(),
            happened: vec![true, false, false],
            weight: vec![1.0; 3],
            score: vec![2.0, 3.0, 1.0],
            case: vec![0, 1, 2],
        };
        rows.area(10.0).map(|found| found.auc)
    };
    // The event is above one of two, then above the only one that is left.
    assert_eq!(area([4.0, 10.0, 12.0]), Some(0.5));
    assert_eq!(area([4.0, 9.0, 12.0]), Some(1.0));
    // Nobody without the event is in sight.
    assert_eq!(area([4.0, 9.0, 9.0]), None);
    assert_eq!(area([11.0, 10.0, 12.0]), None, "no event by then");
}

#[test]
fn losses_that_hang_on_nothing_leave_it_where_it_is() {
    // Exponential days whose rate rises with the score, cut off at random: the area of all days is met, the one of labelled rows is not.
    let (n, horizon) = (20_000, 1.0);
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / 2_f64.powi(53)
    };
    let score: Vec<f64> = (0..n).map(|_| uniform() * 3.0).collect();
    let days: Vec<f64> = score.iter().map(|s| -libm::log(uniform()) / libm::exp(s - 2.0)).collect();
    let lost: Vec<f64> = (0..n).map(|_| -libm::log(uniform()) / 1.5).collect();
    let case: Vec<u32> = (0..n as u32).collect();
    let whole = Rows {
        days: days.clone(),
        happened: vec![true; n],
        weight: vec![1.0; n],
        score: score.clone(),
        case: case.clone(),
    };
    let cut = Rows {
        days: days.iter().zip(&lost).map(|(a, b)| a.min(*b)).collect(),
        happened: days.iter().zip(&lost).map(|(a, b)| a <= b).collect(),
        weight: vec![1.0; n],
        score,
        case,
    };
    let (whole, found) = (whole.area(horizon).unwrap(), cut.area(horizon).unwrap());
    let error = found.standard_error().unwrap();
    assert!((found.auc - whole.auc).abs() <= 4.0 * error, "{} {} {error}", found.auc, whole.auc);
    assert!((0.001..0.01).contains(&error), "{error}");
}

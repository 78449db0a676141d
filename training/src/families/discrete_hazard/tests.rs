use amparo_models::Model;

use super::*;
use crate::families::cox::{CoxFit, CoxParams};
use crate::families::newton::Objective;
use crate::testing::{close, drawn, drawn_times, followed_set, form, uniform};

const NEUTRAL: [&str; 4] = ["neutral"; 4];

fn fit(l2: f64, intervals: Intervals) -> DiscreteHazardFit {
    DiscreteHazardFit::new(&DiscreteHazardParams { l2, intervals }, &[]).unwrap()
}

fn ends(days: &[u32]) -> Intervals {
    Intervals::Ends(days.to_vec())
}

/// Minus the log likelihood as its definition says it: one Bernoulli observation for each interval of each row.
fn by_definition(followed: &Followed, ends: &[f64], baselines: &[f64], linear: &dyn Fn(&[u8]) -> f64) -> f64 {
    let mut total = 0.0;
    for (i, row) in followed.answers.rows().enumerate() {
        let (mut start, day) = (0.0, followed.days[i]);
        for (end, baseline) in ends.iter().zip(baselines) {
            let hazard = 1.0 - (-(baseline + linear(row)).exp()).exp();
            if followed.events[i] && day <= *end {
                total -= followed.weights[i] * hazard.ln();
                break;
            }
            if !followed.events[i] && day < (start + end) / 2.0 {
                break;
            }
            total -= followed.weights[i] * (1.0 - hazard).ln();
            start = *end;
        }
    }
    total
}

#[test]
fn the_loss_and_its_derivatives_are_those_of_the_definition() {
    let followed = drawn_times(NEUTRAL, 200, 40).followed().unwrap();
    let timeline = Timeline::new(vec![5.0, 15.0, 40.0], &followed).unwrap();
    let columns = Columns::of_form(followed.answers.instrument(), &[]);
    let of_row = |row| columns.of_row(row).map(|k| 3 + k - 1).collect();
    let rows: Vec<Vec<usize>> = followed.answers.rows().map(of_row).collect();
    let loss = PersonPeriods { rows: &rows, weights: &followed.weights, timeline: &timeline };
    let n = 3 + columns.bounds.len() - 1;
    let at: Vec<f64> = (0..n).map(|k| if k < 3 { -1.5 } else { 0.0 } + uniform(k + 7) - 0.5).collect();
    let value = |at: &[f64]| {
        let linear = |row: &[u8]| columns.of_row(row).map(|k| at[2 + k]).sum::<f64>();
        by_definition(&followed, &timeline.ends, &at[..3], &linear)
    };
    assert!(close(&[loss.value(&at)], &[value(&at)], 1e-9));
    let moved = |k: usize, by: f64| {
        let mut to = at.clone();
        to[k] += by;
        to
    };
    let (gradient, hessian) = loss.derivatives(&at);
    for k in 0..n {
        let slope = (value(&moved(k, 1e-4)) - value(&moved(k, -1e-4))) / 2e-4;
        assert!(close(&[gradient[k]], &[slope], 1e-5), "{k}: {} {slope}", gradient[k]);
        let (ahead, behind) = (loss.derivatives(&moved(k, 1e-4)).0, loss.derivatives(&moved(k, -1e-4)).0);
        for l in k..n {
            let curve = (ahead[l] - behind[l]) / 2e-4;
            assert!(close(&[hessian[l * n + k]], &[curve], 1e-5), "{k} {l}: {} {curve}", hessian[l * n + k]);
        }
    }
    assert!(gradient.iter().any(|g| g.abs() > 1.0) && hessian.iter().any(|h| h.abs() > 1.0));
}

#[test]
fn nothing_near_the_fit_is_better() {
    let set = drawn_times(NEUTRAL, 200, 40);
    let followed = set.followed().unwrap();
    let fitted = fit(1.0, ends(&[5, 15, 40])).fit(&set).unwrap();
    let objective = |baselines: &[f64], tables: &[Vec<f64>]| {
        let linear = |row: &[u8]| row.iter().zip(tables).map(|(&a, of)| of[usize::from(a)]).sum::<f64>();
        let squares = |of: &Vec<f64>| {
            let known = &of[..of.len() - 1];
            known.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum::<f64>() + of[known.len()].powi(2)
        };
        let penalty: f64 = tables.iter().map(squares).sum();
        by_definition(&followed, &fitted.ends, baselines, &linear) + penalty / 2.0
    };
    let (baselines, tables) = (&fitted.baselines, &fitted.hazards.log_ratios);
    let least = objective(baselines, tables);
    for by in [-1e-3, 1e-3] {
        for k in 0..3 {
            let mut other = baselines.clone();
            other[k] += by;
            assert!(objective(&other, tables) > least, "baseline {k}");
        }
        for (j, of) in tables.iter().enumerate() {
            for answer in 1..of.len() {
                let mut other = tables.clone();
                other[j][answer] += by;
                assert!(objective(baselines, &other) > least, "{j} {answer}");
            }
        }
    }
}

#[test]
fn without_effects_each_interval_has_the_share_of_those_who_entered_it() {
    // By day 10: 2 of 8, and one censored early, who is not counted, one late, who is. By day 20: 1 of 4.
    let times = [4.0, 10.0, 3.0, 6.0, 14.0, 25.0, 30.0, 20.0];
    let events = [true, true, false, false, true, false, true, false];
    let times: Vec<(f64, bool)> = times.into_iter().zip(events).collect();
    let set = followed_set(&form(&[(2, "risk")]), &vec![vec![0]; 8], &times, 20, &[1.5; 8]);
    let fitted = fit(1.0, ends(&[10, 20])).fit(&set).unwrap();
    let shares: Vec<f64> = fitted.baselines.iter().map(|a| 1.0 - (-a.exp()).exp()).collect();
    assert!(close(&shares, &[2.0 / 7.0, 1.0 / 4.0], 1e-9), "{shares:?}");
    assert!(!close(&shares[..1], &[2.0 / 8.0], 1e-2) && !close(&shares[..1], &[2.0 / 6.0], 1e-2));
    let risk = 1.0 - (5.0 / 7.0) * (3.0 / 4.0);
    assert!(close(&[fitted.hazards.mean_risk, fitted.hazards.risk(&[0])], &[risk; 2], 1e-9));
}

#[test]
fn with_an_interval_a_day_it_is_near_cox() {
    let set = drawn_times(NEUTRAL, 2_000, 20);
    let days: Vec<u32> = (1..=20).collect();
    let discrete = fit(1.0, Intervals::Ends(days)).fit(&set).unwrap().hazards;
    let cox = CoxFit::new(&CoxParams { l2: 1.0 }, &[]).unwrap().fit(&set).unwrap();
    assert!(close(&discrete.log_ratios.concat(), &cox.log_ratios.concat(), 0.02), "{discrete:?} {cox:?}");
    assert!(
        close(&[discrete.mean_risk], &[cox.mean_risk], 0.003),
        "{} {}",
        discrete.mean_risk,
        cox.mean_risk
    );
    // One interval knows less, and is not the same.
    let one = fit(1.0, ends(&[20])).fit(&set).unwrap().hazards;
    assert!(!close(&one.log_ratios.concat(), &cox.log_ratios.concat(), 0.02));
}

#[test]
fn a_count_gives_intervals_of_equal_events() {
    let set = drawn_times(NEUTRAL, 400, 30);
    let followed = set.followed().unwrap();
    let found = Intervals::Count(4).ends(&followed).unwrap();
    assert_eq!((found.len(), found[3]), (4, 30.0));
    let timeline = Timeline::new(found, &followed).unwrap();
    let events =
        |k: usize| timeline.lived.iter().zip(&timeline.events).filter(|(l, e)| **l == k && **e).count();
    let counts: Vec<usize> = (0..4).map(events).collect();
    let all: usize = counts.iter().sum();
    assert!(counts.iter().all(|n| n.abs_diff(all / 4) <= all / 12), "{counts:?}");
    // Days with many events make them fewer; each still has one.
    let few = Intervals::Count(100).ends(&followed).unwrap();
    assert!(few.len() > 10 && few.len() <= 30, "{few:?}");
    assert!(Timeline::new(few, &followed).is_ok());
}

#[test]
fn intervals_that_cannot_be_are_refused() {
    let of = |intervals: Intervals| {
        DiscreteHazardFit::new(&DiscreteHazardParams { l2: 1.0, intervals }, &[]).unwrap_err().to_string()
    };
    let expected = "expected a number from 1 to 100, or 1 to 100 days that ascend from above 0";
    assert_eq!(of(Intervals::Count(0)), format!("config: `intervals` is 0, {expected}"));
    assert_eq!(of(ends(&[])), format!("config: `intervals` is 0 days, {expected}"));
    assert_eq!(of(ends(&[30, 30])), format!("config: `intervals` is [30, 30], {expected}"));
    assert_eq!(of(ends(&[0, 30])), format!("config: `intervals` is [0, 30], {expected}"));
    let set = drawn_times(NEUTRAL, 100, 30);
    let error = fit(1.0, ends(&[10, 20])).fit(&set).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: `intervals` is [10, 20], expected that the last one ends at the horizon, day 30"
    );
    let times = [(4.0, true), (25.0, true), (30.0, false), (30.0, false)];
    let set = followed_set(&form(&[(2, "risk")]), &vec![vec![0]; 4], &times, 30, &[1.0; 4]);
    let error = fit(1.0, ends(&[10, 20, 30])).fit(&set).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: no row has the event after day 10 and by day 20, expected one or more in each interval"
    );
}

#[test]
fn a_cohort_without_days_is_refused_before_the_fit_and_in_it() {
    let outcome = |days: bool| Outcome {
        name: "again".to_owned(),
        horizon_days: Some(30),
        status: vec![],
        days: days.then(Vec::new),
        classes: None,
    };
    let learner = fit(1.0, ends(&[10, 20]));
    let error = learner.check_outcome(&outcome(false)).unwrap_err().to_string();
    assert!(error.contains("has no days to the event"), "{error}");
    assert!(
        learner
            .check_outcome(&outcome(true))
            .unwrap_err()
            .to_string()
            .contains("ends at the horizon, day 30")
    );
    assert!(fit(1.0, ends(&[10, 30])).check_outcome(&outcome(true)).is_ok());
    assert!(matches!(learner.fit(&drawn(NEUTRAL, 100)), Err(Error::NotFollowed { .. })));
}

#[test]
fn the_candidate_is_additive_directions_are_kept_and_its_notes_name_the_intervals() {
    let set = drawn_times(["protective", "protective", "risk", "neutral"], 300, 40);
    let learner = fit(1.0, ends(&[10, 40]));
    let (scorer, Noted { notes, .. }) = learner.learn_with_notes(&set).unwrap();
    assert_eq!(scorer, learner.learn(&set).unwrap());
    let fitted = learner.fit(&set).unwrap();
    let row = set.answers().row(0);
    assert!(close(&[scorer.score(row)], &[fitted.hazards.additive().score(row)], 0.0));
    let falls = |of: &Vec<f64>| of[..of.len() - 1].windows(2).all(|pair| pair[1] <= pair[0]);
    assert!(falls(&fitted.hazards.log_ratios[0]) && falls(&fitted.hazards.log_ratios[1]));
    let free = learner.fit(&drawn_times(NEUTRAL, 300, 40)).unwrap();
    assert!(!falls(&free.hazards.log_ratios[0]));
    assert!(
        notes.len() == 3 && notes[2].contains("by day 10, ") && notes[2].ends_with("by day 40"),
        "{notes:?}"
    );
}

use std::sync::Arc;

use amparo_models::Model;
use amparo_models::probability::sigmoid;

use super::*;
use crate::testing::{close, drawn, drawn_times, followed_set, form, uniform};

const NEUTRAL: [&str; 4] = ["neutral"; 4];

fn fit(l2: f64, exempt: &[&str]) -> CoxFit {
    let exempt: Vec<String> = exempt.iter().map(|id| (*id).to_owned()).collect();
    CoxFit::new(&CoxParams { l2 }, &exempt).unwrap()
}

/// Minus Efron's log partial likelihood, as its definition says it, with the ratio of each row.
fn by_definition(followed: &Followed, ratio: &dyn Fn(&[u8]) -> f64) -> f64 {
    let rows: Vec<(f64, bool, f64, f64)> = followed
        .answers
        .rows()
        .enumerate()
        .map(|(i, row)| (followed.days[i], followed.events[i], followed.weights[i], ratio(row)))
        .collect();
    let mut days: Vec<f64> = rows.iter().filter(|row| row.1).map(|row| row.0).collect();
    days.sort_by(f64::total_cmp);
    days.dedup();
    let mut total = 0.0;
    for day in days {
        let dead: Vec<_> = rows.iter().filter(|row| row.1 && (row.0 - day).abs() <= 0.0).collect();
        let at_risk: f64 = rows.iter().filter(|row| row.0 >= day).map(|row| row.2 * row.3).sum();
        let tied: f64 = dead.iter().map(|row| row.2 * row.3).sum();
        let mean = dead.iter().map(|row| row.2).sum::<f64>() / dead.len() as f64;
        for l in 0..dead.len() {
            total += mean * (at_risk - l as f64 / dead.len() as f64 * tied).ln();
        }
        total -= dead.iter().map(|row| row.2 * row.3.ln()).sum::<f64>();
    }
    total
}

/// Two risk questions of two answers; the second one lowers the risk. Ten days, so that most events are tied.
fn two_questions(n: usize) -> TrainingSet {
    let form = form(&[(2, "risk"), (2, "risk")]);
    let rows: Vec<Vec<u8>> =
        (0..n).map(|i| (0..2).map(|j| u8::from(uniform(i * 5 + j) < 0.4)).collect()).collect();
    let time = |(i, row): (usize, &Vec<u8>)| {
        let rate = 0.08 * (0.8 * f64::from(row[0]) - 0.7 * f64::from(row[1])).exp();
        let event = (-uniform(i * 5 + 2).ln() / rate).ceil();
        let end = (14.0 * uniform(i * 5 + 3)).ceil();
        (event.min(end), event <= end)
    };
    let times: Vec<(f64, bool)> = rows.iter().enumerate().map(time).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + uniform(i * 5 + 4)).collect();
    followed_set(&form, &rows, &times, 10, &weights)
}

/// The least objective over two steps, the second at least `least`, by ever finer search along the axes.
fn brute_force(set: &TrainingSet, l2: f64, least: f64) -> [f64; 2] {
    let followed = set.followed().unwrap();
    let objective = |at: [f64; 2]| {
        let ratio = |row: &[u8]| (at[0] * f64::from(row[0]) + at[1] * f64::from(row[1])).exp();
        by_definition(&followed, &ratio) + l2 / 2.0 * (at[0] * at[0] + at[1] * at[1])
    };
    let (mut at, mut step) = ([0.0, 0.0], 0.5);
    let mut best = objective(at);
    while step > 1e-7 {
        let before = at;
        for axis in 0..2 {
            for way in [-step, step] {
                let mut to = at;
                to[axis] += way;
                let value = objective(to);
                if to[1] >= least && value < best {
                    (at, best) = (to, value);
                }
            }
        }
        if close(&before, &at, 0.0) {
            step /= 2.0;
        }
    }
    at
}

#[test]
fn on_two_questions_it_meets_brute_force() {
    let set = two_questions(60);
    assert!(set.followed().unwrap().n_censored > 10);
    let free = fit(1.0, &["Q1", "Q2"]).fit(&set).unwrap();
    let found = [free.log_ratios[0][1], free.log_ratios[1][1]];
    let expected = brute_force(&set, 1.0, f64::NEG_INFINITY);
    assert!(close(&found, &expected, 1e-5), "{found:?} {expected:?}");
    assert!(expected[1] < -0.2, "the direction does bind: {expected:?}");
    let bound = fit(1.0, &[]).fit(&set).unwrap();
    let found = [bound.log_ratios[0][1], bound.log_ratios[1][1]];
    let expected = brute_force(&set, 1.0, 0.0);
    assert!(close(&found, &expected, 1e-5), "{found:?} {expected:?}");
    assert!(close(&found[1..], &[0.0], 0.0), "exactly on the bound");
    // Cutting the free solution off at the bound is not the bounded solution.
    assert!(!close(&[free.log_ratios[0][1], 0.0], &expected, 1e-3));
}

#[test]
fn dropping_the_censored_rows_or_their_days_gives_other_ratios() {
    let set = two_questions(60);
    let mut followed = set.followed().unwrap();
    let expected = fit(1.0, &["Q1", "Q2"]).hazards(&followed).unwrap().log_ratios;
    // As if whoever was censored had been followed to the horizon.
    for (day, _) in followed.days.iter_mut().zip(&followed.events).filter(|(_, event)| !**event) {
        *day = 10.0;
    }
    let wrong = fit(1.0, &["Q1", "Q2"]).hazards(&followed).unwrap().log_ratios;
    assert!(!close(&wrong.concat(), &expected.concat(), 1e-2), "{wrong:?} {expected:?}");
}

#[test]
fn the_derivatives_are_those_of_the_definition() {
    let followed = drawn_times(NEUTRAL, 200, 40).followed().unwrap();
    let columns = Columns::of_form(followed.answers.instrument(), &[]);
    let rows: Vec<Vec<usize>> =
        followed.answers.rows().map(|row| columns.of_row(row).map(|k| k - 1).collect()).collect();
    let likelihood = PartialLikelihood::new(&rows, &followed);
    let n = columns.bounds.len() - 1;
    let at: Vec<f64> = (0..n).map(|k| uniform(k + 7) - 0.5).collect();
    let value = |at: &[f64]| {
        let ratio = |row: &[u8]| columns.of_row(row).map(|k| at[k - 1]).sum::<f64>().exp();
        by_definition(&followed, &ratio)
    };
    use crate::families::newton::Objective;
    assert!(close(&[likelihood.value(&at)], &[value(&at)], 1e-9));
    let moved = |k: usize, by: f64| {
        let mut to = at.clone();
        to[k] += by;
        to
    };
    let (gradient, hessian) = likelihood.derivatives(&at);
    for k in 0..n {
        let slope = (value(&moved(k, 1e-4)) - value(&moved(k, -1e-4))) / 2e-4;
        assert!(close(&[gradient[k]], &[slope], 1e-5), "{k}: {} {slope}", gradient[k]);
        let ahead = likelihood.derivatives(&moved(k, 1e-4)).0;
        let behind = likelihood.derivatives(&moved(k, -1e-4)).0;
        for l in k..n {
            let curve = (ahead[l] - behind[l]) / 2e-4;
            assert!(close(&[hessian[l * n + k]], &[curve], 1e-5), "{k} {l}");
        }
    }
    assert!(gradient.iter().any(|g| g.abs() > 1.0) && hessian.iter().any(|h| h.abs() > 1.0));
}

#[test]
fn without_effects_the_baseline_is_that_of_the_rows_at_risk() {
    // Day 1: 2 of 6 have it, one is censored; day 3: 1 of 3; the others are followed to day 5.
    let times = [(1.0, true), (1.0, true), (1.0, false), (3.0, true), (9.0, false), (7.0, true)];
    let form = form(&[(2, "risk")]);
    let set = followed_set(&form, &vec![vec![0]; 6], &times, 5, &[2.0; 6]);
    let hazards = fit(1.0, &[]).fit(&set).unwrap();
    let (efron, breslow) = (1.0 / 6.0 + 1.0 / 5.0 + 1.0 / 3.0, 2.0 / 6.0 + 1.0 / 3.0);
    assert!(close(&[hazards.log_cumulative.exp()], &[efron], 1e-12));
    assert!(!close(&[hazards.log_cumulative.exp()], &[breslow], 1e-2), "Breslow's takes no account of ties");
    let risk = 1.0 - (-efron).exp();
    assert!(close(
        &[hazards.mean_risk, hazards.risk(&[0]), sigmoid(hazards.additive().score(&[0]))],
        &[risk; 3],
        1e-12
    ));
}

#[test]
fn the_score_is_the_log_odds_at_the_mean_risk_and_near_it() {
    let set = drawn_times(NEUTRAL, 400, 10);
    let hazards = fit(1.0, &[]).fit(&set).unwrap();
    let additive = hazards.additive();
    let mut worst: f64 = 0.0;
    for row in set.answers().rows() {
        let risk = hazards.risk(row);
        let gap = (risk / (1.0 - risk)).ln() - additive.score(row);
        // A convex curve above its tangent.
        assert!(gap >= -1e-12);
        worst = worst.max(gap);
        if (risk - hazards.mean_risk).abs() < 0.02 {
            assert!(gap < 1e-3, "{risk} {gap}");
        }
    }
    assert!(worst > 0.1 && worst < 1.0, "{worst}");
    assert!(hazards.slope() > 1.05 && hazards.slope() < 1.3, "{}", hazards.slope());
}

#[test]
fn weights_are_repeated_rows_where_nothing_is_tied() {
    let form = form(&[(2, "risk")]);
    let rows: Vec<Vec<u8>> = (0..40).map(|i| vec![u8::from(i % 3 == 0)]).collect();
    let times: Vec<(f64, bool)> = (0..40).map(|i| (1.0 + uniform(i) * 10.0, i % 2 == 0)).collect();
    let weights: Vec<f64> = (0..40).map(|i| if i % 4 == 1 { 2.0 } else { 1.0 }).collect();
    let twice: Vec<usize> = (0..40).flat_map(|i| vec![i; weights[i] as usize]).collect();
    let of = |set: &TrainingSet, l2: f64| fit(l2, &["Q1"]).fit(set).unwrap().log_ratios[0][1];
    let weighted = of(&followed_set(&form, &rows, &times, 8, &weights), 1.0);
    let (rows2, times2): (Vec<_>, Vec<_>) = twice.iter().map(|&i| (rows[i].clone(), times[i])).unzip();
    // The penalty counts against as many rows as there are, and the weighted rows without events are the only ones repeated.
    let repeated =
        of(&followed_set(&form, &rows2, &times2, 8, &vec![1.0; rows2.len()]), rows2.len() as f64 / 40.0);
    assert!(close(&[weighted], &[repeated], 1e-8), "{weighted} {repeated}");
    let ignored = of(&followed_set(&form, &rows, &times, 8, &[1.0; 40]), 1.0);
    assert!(!close(&[ignored], &[repeated], 1e-3));
}

#[test]
fn directions_are_kept_and_bind() {
    let bound =
        fit(1.0, &[]).fit(&drawn_times(["protective", "protective", "risk", "neutral"], 300, 40)).unwrap();
    let falls = |of: &Vec<f64>| of[..of.len() - 1].windows(2).all(|pair| pair[1] <= pair[0]);
    assert!(falls(&bound.log_ratios[0]) && falls(&bound.log_ratios[1]));
    let free = fit(1.0, &[]).fit(&drawn_times(NEUTRAL, 300, 40)).unwrap();
    assert!(!falls(&free.log_ratios[0]));
}

#[test]
fn a_set_without_days_is_refused() {
    let error = fit(1.0, &[]).fit(&drawn(NEUTRAL, 100)).unwrap_err().to_string();
    assert_eq!(
        error,
        "outcome `again` has no days of follow-up up to a horizon, which a hazard is learned from"
    );
}

#[test]
fn an_outcome_without_days_or_horizon_is_refused_before_the_fit() {
    let cohort = |days: bool, horizon: bool| Outcome {
        name: "again".to_owned(),
        horizon_days: horizon.then_some(30),
        status: vec![],
        days: days.then(Vec::new),
        classes: None,
    };
    let of = |days, horizon| {
        fit(1.0, &[]).check_outcome(&cohort(days, horizon)).map_err(|error| error.to_string())
    };
    assert_eq!(of(true, true), Ok(()));
    for (days, horizon, missing) in [
        (false, true, "no days to the event or to the end of follow-up"),
        (true, false, "no horizon"),
        (false, false, "neither days to the event or to the end of follow-up nor a horizon"),
    ] {
        let error = of(days, horizon).unwrap_err();
        assert!(error.starts_with(&format!("config: outcome `again` has {missing}, and ")), "{error}");
    }
}

#[test]
fn the_candidate_is_additive_and_its_notes_say_what_was_followed() {
    let set = drawn_times(NEUTRAL, 200, 40);
    let learner: Arc<dyn Learn> = Arc::new(fit(1.0, &[]));
    let (scorer, Noted { notes, .. }) = learner.learn_with_notes(&set).unwrap();
    assert_eq!(scorer, learner.learn(&set).unwrap());
    let hazards = fit(1.0, &[]).fit(&set).unwrap();
    let row = set.answers().row(0);
    assert!(close(&[scorer.score(row)], &[hazards.additive().score(row)], 0.0));
    let n = set.followed().unwrap().n_censored;
    assert!(notes[0].contains(&format!("the {n} that were censored")) && n > 50, "{notes:?}");
}

#[test]
fn a_penalty_out_of_range_is_refused() {
    let error = CoxFit::new(&CoxParams { l2: 0.0 }, &[]).unwrap_err().to_string();
    assert_eq!(error, "config: `l2` is 0, expected a number above 0");
}

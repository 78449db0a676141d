//! What hazards are for: follow-up that is cut short. And that nothing held back gets into a fit by the censored rows.

use std::collections::HashSet;

use amparo_datasets::split::folds;
use amparo_datasets::synthetic::{Design, NEW_ASSAULT, Options, generate};
use amparo_datasets::{Cohort, CohortParts, Outcome, Status};
use amparo_models::Model;
use amparo_models::probability::sigmoid;

use crate::data::rest;
use crate::families::Hazards;
use crate::families::cox::{CoxFit, CoxParams};
use crate::families::discrete_hazard::{DiscreteHazardFit, DiscreteHazardParams, Intervals};
use crate::families::logistic::{LogisticFit, LogisticParams};
use crate::testing::{OUTCOME, close, experiment, followed_cohort, form, uniform};
use crate::{Data, Experiment, Fit, TrainingSet, out_of_fold, pipeline};

const ROWS: usize = 40_000;
const HORIZON: u32 = 100;
/// Far below anything that would show.
const L2: f64 = 1e-3;

/// Two risk questions that multiply a constant hazard. `last_day` gives the last day of follow-up by the first answer and a number from 0 to 1.
fn simulated(last_day: fn(u8, f64) -> f64) -> Data {
    let rows: Vec<Vec<u8>> =
        (0..ROWS).map(|i| (0..2).map(|j| u8::from(uniform(i * 5 + j) < 0.4)).collect()).collect();
    let time = |(i, row): (usize, &Vec<u8>)| {
        let event = -uniform(i * 5 + 2).ln() / rate(row);
        let end = last_day(row[0], uniform(i * 5 + 3));
        (event.min(end), event <= end)
    };
    let times: Vec<(f64, bool)> = rows.iter().enumerate().map(time).collect();
    let (weights, cases) = (vec![1.0; ROWS], (0..ROWS).collect::<Vec<_>>());
    let form = form(&[(2, "risk"), (2, "risk")]);
    Data::new(&followed_cohort(&form, &rows, &times, (HORIZON, &weights, &cases)), OUTCOME).unwrap()
}

fn rate(row: &[u8]) -> f64 {
    0.002 * (0.8 * f64::from(row[0]) + 0.5 * f64::from(row[1])).exp()
}

/// The mean risk of those with each answer to the first question, of whom 40 % have the second answer to the other one.
fn by_first(risk: impl Fn(&[u8]) -> f64) -> [f64; 2] {
    [0, 1].map(|first| 0.6 * risk(&[first, 0]) + 0.4 * risk(&[first, 1]))
}

/// Truth; logistic regression of the rows with a known outcome, without weights and with those that make up for censoring; Cox's
/// regression; hazards in ten intervals.
fn risks(data: &Data) -> [[f64; 2]; 5] {
    let set = |data: &Data| TrainingSet::new(data, &(0..data.n_rows()).collect::<Vec<_>>(), "all").unwrap();
    let logistic = |data: &Data| {
        let model = LogisticFit::new(&LogisticParams { l2: L2 }, &[]).unwrap().fit(&set(data)).unwrap();
        by_first(|row| sigmoid(model.score(row)))
    };
    let of = |hazards: &Hazards| by_first(|row| hazards.risk(row));
    let cox = CoxFit::new(&CoxParams { l2: L2 }, &[]).unwrap().fit(&set(data)).unwrap();
    let params = DiscreteHazardParams { l2: L2, intervals: Intervals::Count(10) };
    let discrete = DiscreteHazardFit::new(&params, &[]).unwrap().fit(&set(data)).unwrap();
    [
        by_first(|row| 1.0 - (-f64::from(HORIZON) * rate(row)).exp()),
        logistic(&Data { weights: vec![1.0; data.n_rows()], ..data.clone() }),
        logistic(data),
        of(&cox),
        of(&discrete.hazards),
    ]
}

#[test]
fn hazards_take_out_the_bias_of_short_follow_up_also_where_it_depends_on_answers() {
    // Those with the second answer are followed for 0 to 125 days, the others to the horizon.
    let data = simulated(|first, drawn| if first == 1 { 125.0 * drawn } else { 200.0 });
    let [truth, complete, weighted, cox, discrete] = risks(&data);
    // The figures of `docs/families.md`, all but the last also by NumPy and lifelines on the same draws.
    assert!(close(&truth, &[0.2211, 0.4235], 1e-4), "{truth:?}");
    assert!(close(&complete, &[0.2206, 0.6923], 1e-4), "{complete:?}");
    assert!(close(&weighted, &[0.1918, 0.6445], 1e-4), "{weighted:?}");
    assert!(close(&cox, &[0.2206, 0.4201], 1e-4), "{cox:?}");
    assert!(close(&discrete, &[0.2206, 0.4201], 2e-3), "{discrete:?}");
    // Hazards take the bias out. Dropping who was not followed long enough leaves events, mostly; weights by one curve for everybody give
    // that back on the whole in part, and to the wrong rows.
    assert!(close(&cox, &truth, 0.01) && close(&discrete, &truth, 0.01));
    assert!(!close(&complete, &truth, 0.2) && !close(&weighted, &truth, 0.2));
}

#[test]
fn where_follow_up_does_not_depend_on_answers_weights_take_it_out_as_well() {
    let data = simulated(|_, drawn| 125.0 * drawn);
    let [truth, complete, weighted, cox, discrete] = risks(&data);
    assert!(close(&complete, &[0.4545, 0.6923], 1e-4), "{complete:?}");
    assert!(close(&weighted, &[0.2179, 0.4254], 1e-4), "{weighted:?}");
    assert!(close(&cox, &[0.2202, 0.4207], 1e-4), "{cox:?}");
    for found in [weighted, cox, discrete] {
        assert!(close(&found, &truth, 0.01), "{found:?} {truth:?}");
    }
    assert!(!close(&complete, &truth, 0.2));
}

/// 120 cases of two rows each, of which some have a censored row and some have nothing else.
fn with_censored() -> Data {
    let rows: Vec<Vec<u8>> =
        (0..240).map(|i| (0..2).map(|j| u8::from(uniform(i * 5 + j) < 0.5)).collect()).collect();
    let time = |i: usize| match i {
        _ if i.is_multiple_of(7) || (80..120).contains(&i) => (45.0 * uniform(i * 5 + 3), false),
        _ if uniform(i * 5 + 2) < 0.3 + 0.3 * f64::from(rows[i][0]) => {
            ((100.0 * uniform(i * 5 + 4)).ceil(), true)
        }
        _ => (100.0, false),
    };
    let times: Vec<(f64, bool)> = (0..240).map(time).collect();
    let cases: Vec<usize> = (0..240).map(|i| i / 2).collect();
    let form = form(&[(2, "risk"), (2, "risk")]);
    Data::new(&followed_cohort(&form, &rows, &times, (100, &[1.0; 240], &cases)), OUTCOME).unwrap()
}

#[test]
fn a_row_is_scored_by_hazards_that_did_not_see_its_case_censored_or_not() {
    let data = with_censored();
    let boosted = "trees = 2\ndepth = 1\nlearning_rate = 0.1\nl2 = 1.0\nmin_child_weight = 1.0\nrows = 1.0\nindicators = 1.0";
    let text = experiment(boosted, "platt", "");
    let text = text.text().replace("family = \"logistic\"", "family = \"cox\"");
    let experiment = Experiment::from_toml(&text).unwrap();
    let all: Vec<usize> = (0..data.n_rows()).collect();
    for (repeat, found) in out_of_fold(&experiment, &data, &|| {}).unwrap().iter().enumerate() {
        let folds = folds(&data.cohort, &all, OUTCOME, 5, 11 + 1 + repeat as u64).unwrap();
        let mut n_censored = 0;
        for (held, rows) in folds.iter().enumerate() {
            let others = rest(&folds, held);
            let set = TrainingSet::new(&data, &others, "the rest").unwrap();
            let model = experiment.learners[1].learn(&set).unwrap();
            let (seen, scored) = (data.censored_with(&others), data.censored_with(rows));
            let cases = |rows: &[usize]| -> HashSet<String> {
                rows.iter().map(|&row| data.censored.cases()[row].clone()).collect()
            };
            assert!(cases(&seen).is_disjoint(&cases(&scored)));
            assert_eq!(set.followed().unwrap().n_censored, seen.len());
            assert_eq!(seen.len() + scored.len(), data.n_censored());
            let of = |answers: &amparo_datasets::Answers, rows: &[usize]| -> Vec<f64> {
                rows.iter().map(|&row| model.score(answers.row(row))).collect()
            };
            let kept = |rows: &[usize], from: &[f64]| rows.iter().map(|&row| from[row]).collect::<Vec<_>>();
            let labelled = of(data.cohort.answers(), rows);
            assert!(close(&kept(rows, &found[1].log_odds), &labelled, 0.0), "{held}");
            let censored = of(data.censored.answers(), &scored);
            assert!(close(&kept(&scored, &found[1].censored), &censored, 0.0), "{held}");
            n_censored += scored.len();
            // The censored rows do count: without them it is another model.
            let without = Data::new(&data.cohort, OUTCOME).unwrap();
            let other =
                experiment.learners[1].learn(&TrainingSet::new(&without, &others, "the rest").unwrap());
            assert!((other.unwrap().score(&[1, 1]) - model.score(&[1, 1])).abs() > 1e-3);
        }
        assert_eq!(n_censored, data.n_censored());
    }
}

const TIMES: &str = "name = \"times\"\nfamily = \"cox\"\nl2 = 1.0";
const STEPS: &str = "name = \"steps\"\nfamily = \"discrete_hazard\"\nl2 = 1.0\nintervals = [30, 90]";

/// An experiment on the synthetic cohort.
fn config(one: &str, other: &str) -> String {
    format!(
        "name = \"vpr\"\ninstrument = \"vpr5.0-h\"\nprotocol = \"es-2025\"\noutcome = \"new_assault\"\nseed = 1\ninner_folds = 3\nleast_rows = 1\n\
         calibration = \"platt\"\nholdout = {{ kind = \"cross_fit\", folds = 3, repeats = 1 }}\n[[candidate]]\n{one}\n[[candidate]]\n{other}\n"
    )
}

#[test]
fn censored_cases_count_as_seen_where_a_hazard_was_fitted_on_them() {
    let cohort = generate(&Options { seed: 5, design: Design::Population { rows: 1_000 } }, &|_| {}).unwrap();
    let binary = |name: &str| format!("name = \"{name}\"\nfamily = \"logistic\"\nl2 = 1.0");
    let seen = |one: &str| {
        let experiment = Experiment::from_toml(&config(one, &binary("second"))).unwrap();
        let trained = pipeline::train(&experiment, &cohort, None, &|_: &str| {}).unwrap();
        (trained.seen_censored().map(|cohort| cohort.n_rows()), trained.data.n_censored())
    };
    let (of_times, n_censored) = seen(TIMES);
    assert!(of_times == Some(n_censored) && n_censored > 10, "{of_times:?} {n_censored}");
    assert_eq!(seen(&binary("first")).0, None);
}

#[test]
fn a_cohort_without_days_is_refused_with_the_names_of_candidate_and_outcome() {
    let cohort = generate(&Options { seed: 5, design: Design::Population { rows: 400 } }, &|_| {}).unwrap();
    let without = |outcome: &Outcome| Outcome {
        days: None,
        status: outcome
            .status
            .iter()
            .map(|status| if *status == Status::Censored { Status::Excluded } else { *status })
            .collect(),
        ..outcome.clone()
    };
    let parts = CohortParts {
        answers: cohort.answers().clone(),
        cases: cohort.cases().to_vec(),
        dates: None,
        weights: cohort.weights().to_vec(),
        assigned: cohort.assigned().clone(),
        outcomes: cohort.outcomes().iter().map(without).collect(),
        groups: vec![],
        scores: vec![],
        oracles: vec![],
        provenance: cohort.provenance().clone(),
    };
    let experiment = Experiment::from_toml(&config(TIMES, STEPS)).unwrap();
    let of = |cohort: &Cohort| match pipeline::train(&experiment, cohort, None, &|_: &str| {}) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    let error = of(&Cohort::new(parts).unwrap());
    for candidate in ["times", "steps"] {
        let expected = format!(
            "candidate `{candidate}`: outcome `{NEW_ASSAULT}` has no days to the event or to the end of follow-up"
        );
        assert!(error.contains(&expected), "{error}");
    }
    let error = of(&cohort);
    assert!(
        error.contains("candidate `steps`: `intervals` is [30, 90], expected") && !error.contains("`times`"),
        "{error}"
    );
}

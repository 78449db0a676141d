use amparo_models::Model;
use amparo_models::probability::sigmoid;

use super::*;
use crate::testing::{close, drawn, form, training_set, uniform};

mod against_linfa;

const NEUTRAL: [&str; 4] = ["neutral"; 4];
const DIRECTED: [&str; 4] = ["risk", "risk", "protective", "neutral"];

fn fit(l2: f64, exempt: &[&str]) -> LogisticFit {
    let exempt: Vec<String> = exempt.iter().map(|id| (*id).to_owned()).collect();
    LogisticFit::new(&LogisticParams { l2 }, &exempt).unwrap()
}

/// The intercept, then per indicator its steps and the weight of `unknown`.
fn parameters(model: &Additive) -> Vec<f64> {
    let of = |weights: &Vec<f64>| {
        let known = &weights[..weights.len() - 1];
        let steps: Vec<f64> = known.windows(2).map(|pair| pair[1] - pair[0]).collect();
        [steps, vec![weights[known.len()]]].concat()
    };
    std::iter::once(model.intercept).chain(model.weights.iter().flat_map(of)).collect()
}

/// Thermometer-coded rows, without a column for the intercept, in the order of [`parameters`].
fn thermometer(set: &TrainingSet) -> Vec<Vec<f64>> {
    let indicators = set.answers().instrument().indicators();
    let of_row = |row: &[u8]| {
        let of = |(indicator, &code): (&amparo_datasets::Indicator, &u8)| {
            let unknown = indicator.unknown();
            let steps = (1..unknown).map(|grade| f64::from(u8::from(code >= grade && code < unknown)));
            steps.chain(std::iter::once(f64::from(u8::from(code == unknown)))).collect::<Vec<f64>>()
        };
        indicators.iter().zip(row).flat_map(of).collect()
    };
    set.answers().rows().map(of_row).collect()
}

/// scikit-learn 1.9.1 on the draws of [`drawn`], thermometer-coded:
///
/// ```text
/// cols = []
/// for j, n in enumerate(N):
///     for g in range(1, n - 1): cols.append((X[:, j] >= g) & (X[:, j] < n - 1))
///     cols.append(X[:, j] == n - 1)
/// m = LogisticRegression(C=1/2.0, tol=1e-12, max_iter=10000, solver="newton-cholesky")
/// m.fit(np.array(cols, float).T, y, sample_weight=w / w.mean());  m.intercept_, m.coef_
/// ```
const SKLEARN: [f64; 11] = [
    -1.6792741817346812,
    1.0565296414912944,
    -0.29530555826123317,
    0.42900604148480187,
    0.8673430251154519,
    -0.10121233985715555,
    -0.10952961546285367,
    -0.35287903207869276,
    0.4845536248096763,
    -0.39519035837362293,
    -0.7208819351967664,
];

/// The same without `sample_weight`.
const SKLEARN_UNWEIGHTED: [f64; 11] = [
    -1.759252931566036,
    0.9443427996293833,
    -0.3978650893746606,
    0.530988520739184,
    0.7886878691582347,
    -0.11279766089603985,
    0.034353910682511424,
    -0.09844197475941716,
    0.45563870180837257,
    -0.3819783248284208,
    -0.7006137031820392,
];

#[test]
fn without_bounds_it_is_scikit_learns() {
    let neutral = fit(2.0, &[]).fit(&drawn(NEUTRAL, 400)).unwrap();
    assert!(close(&parameters(&neutral), &SKLEARN, 1e-9), "{:?}", parameters(&neutral));
    let exempt = fit(2.0, &["Q1", "Q2", "Q3"]).fit(&drawn(DIRECTED, 400)).unwrap();
    assert_eq!(exempt, neutral, "neutral and not enforced are the same");
}

#[test]
fn without_bounds_and_weights_too() {
    let weighted = drawn(NEUTRAL, 400);
    let rows: Vec<Vec<u8>> = weighted.answers().rows().map(<[u8]>::to_vec).collect();
    let alike =
        training_set(weighted.answers().instrument(), &rows, weighted.events(), &vec![3.0; rows.len()]);
    let found = parameters(&fit(2.0, &[]).fit(&alike).unwrap());
    assert!(close(&found, &SKLEARN_UNWEIGHTED, 1e-9), "{found:?}");
    assert!(!close(&found, &SKLEARN, 1e-2), "the weights matter");
    let other_penalty = parameters(&fit(2.1, &[]).fit(&alike).unwrap());
    assert!(!close(&other_penalty, &SKLEARN_UNWEIGHTED, 1e-3), "and so does the penalty");
}

#[test]
fn the_first_answer_weighs_nothing_and_a_grade_sums_its_steps() {
    let model = fit(2.0, &[]).fit(&drawn(NEUTRAL, 400)).unwrap();
    assert!(model.weights.iter().all(|weights| close(&weights[..1], &[0.0], 0.0)));
    let second = &model.weights[1];
    assert!(close(&second[1..], &[SKLEARN[3], SKLEARN[3] + SKLEARN[4], SKLEARN[5]], 1e-9));
    let by_hand = SKLEARN[0] + SKLEARN[1] + SKLEARN[3] + SKLEARN[4] + SKLEARN[7] + SKLEARN[10];
    assert!(close(&[model.score(&[1, 2, 2, 3])], &[by_hand], 1e-9));
}

/// Largest violation of the conditions of an optimum, per row: a free parameter's gradient is 0, a bound one's does not
/// point inside. Written from the objective in the documentation, not from the solver.
fn worst_condition(set: &TrainingSet, model: &Additive, l2: f64, sign: &[f64]) -> f64 {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    let columns = thermometer(set);
    let at = parameters(model);
    let mut gradient: Vec<f64> =
        at.iter().enumerate().map(|(k, x)| if k == 0 { 0.0 } else { l2 * x }).collect();
    for (((row, codes), &event), &w) in
        columns.iter().zip(set.answers().rows()).zip(set.events()).zip(set.weights())
    {
        let residual = w / mean * (sigmoid(model.score(codes)) - f64::from(u8::from(event)));
        gradient[0] += residual;
        row.iter().enumerate().for_each(|(k, x)| gradient[k + 1] += residual * x);
    }
    let mut worst = 0.0_f64;
    for ((&x, &g), &sign) in at.iter().zip(&gradient).zip(sign) {
        let inside = sign * x;
        let violation = if sign.abs() < 0.5 {
            g.abs()
        } else if inside < 0.0 {
            f64::INFINITY
        } else if inside > 0.0 {
            g.abs()
        } else {
            (-sign * g).max(0.0)
        };
        assert!(!violation.is_nan());
        worst = worst.max(violation);
    }
    worst / set.n_rows() as f64
}

/// Signs of the parameters' bounds for [`DIRECTED`]: 1 at least zero, -1 at most zero, 0 free.
const SIGNS: [f64; 11] = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0];

#[test]
fn with_bounds_the_conditions_of_an_optimum_hold() {
    // Turned round, so that bounds bind: what rises in the draws must not rise here.
    for (polarities, signs, binding) in [
        (DIRECTED, SIGNS, 0),
        (
            ["protective", "protective", "risk", "protective"],
            [0.0, -1.0, 0.0, -1.0, -1.0, 0.0, 1.0, 0.0, -1.0, -1.0, 0.0],
            5,
        ),
    ] {
        let set = drawn(polarities, 400);
        let model = fit(2.0, &[]).fit(&set).unwrap();
        let at = parameters(&model);
        let at_bound = at.iter().zip(&signs).filter(|(x, s)| s.abs() > 0.5 && x.abs() <= 0.0);
        assert_eq!(at_bound.count(), binding, "{model:?}");
        assert!(worst_condition(&set, &model, 2.0, &signs) <= 1e-10);
    }
}

#[test]
fn a_perturbed_solution_fails_the_conditions() {
    let set = drawn(["protective", "protective", "risk", "protective"], 400);
    let signs = [0.0, -1.0, 0.0, -1.0, -1.0, 0.0, 1.0, 0.0, -1.0, -1.0, 0.0];
    let model = fit(2.0, &[]).fit(&set).unwrap();
    let mut inside = model.clone();
    inside.weights[0][1] -= 1e-4;
    assert!(worst_condition(&set, &inside, 2.0, &signs) > 1e-10, "off the bound");
    let mut outside = model.clone();
    outside.weights[0][1] += 1e-12;
    assert!(worst_condition(&set, &outside, 2.0, &signs) > 1e-10, "over the bound");
    let mut shifted = model;
    shifted.intercept += 1e-6;
    assert!(worst_condition(&set, &shifted, 2.0, &signs) > 1e-10, "intercept");
}

/// Two risk questions without unknown answers, of which the second lowers the risk in the data.
fn two_questions() -> TrainingSet {
    let form = form(&[(2, "risk"), (2, "risk")]);
    let rows: Vec<Vec<u8>> =
        (0..300).map(|i| (0..2).map(|j| u8::from(uniform(i * 5 + j) < 0.4)).collect()).collect();
    let share = |row: &[u8]| 0.3 + 0.3 * f64::from(row[0]) - 0.2 * f64::from(row[1]);
    let events: Vec<bool> = rows.iter().enumerate().map(|(i, row)| uniform(i * 5 + 4) < share(row)).collect();
    training_set(&form, &rows, &events, &vec![1.0; rows.len()])
}

/// The least objective over `(intercept, first step, second step >= 0)`, by ever finer search along the axes.
fn brute_force(set: &TrainingSet, l2: f64) -> [f64; 3] {
    let objective = |at: [f64; 3]| {
        let of = |(row, &event): (&[u8], &bool)| {
            let s = at[0] + at[1] * f64::from(row[0]) + at[2] * f64::from(row[1]);
            (1.0 + s.exp()).ln() - if event { s } else { 0.0 }
        };
        let sum: f64 = set.answers().rows().zip(set.events()).map(of).sum();
        sum + l2 / 2.0 * (at[1] * at[1] + at[2] * at[2])
    };
    let (mut at, mut step) = ([0.0, 0.0, 0.0], 1.0);
    let mut best = objective(at);
    while step > 1e-7 {
        let before = at;
        for axis in 0..3 {
            for way in [-step, step] {
                let mut to = at;
                to[axis] += way;
                let value = objective(to);
                if to[1] >= 0.0 && to[2] >= 0.0 && value < best {
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
    let set = two_questions();
    let model = fit(1.0, &[]).fit(&set).unwrap();
    let found = [model.intercept, model.weights[0][1], model.weights[1][1]];
    let expected = brute_force(&set, 1.0);
    assert!(close(&found, &expected, 1e-5), "{found:?} {expected:?}");
    assert!(close(&found[2..], &[0.0], 0.0), "exactly on the bound");
    let free = fit(1.0, &["Q1", "Q2"]).fit(&set).unwrap();
    assert!(free.weights[1][1] < -0.3, "which does bind");
    // Cutting the unbounded solution off at the bound is not the bounded solution.
    assert!(!close(&[free.intercept, free.weights[0][1], 0.0], &expected, 1e-2));
}

#[test]
fn answers_that_never_occur_weigh_nothing() {
    let model = fit(1.0, &[]).fit(&two_questions()).unwrap();
    assert!(model.weights.iter().all(|weights| close(&weights[2..], &[0.0], 1e-12)));
}

#[test]
fn a_penalty_out_of_range_is_refused() {
    for (l2, found) in [(0.0, "0"), (-2.0, "-2"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let error = LogisticFit::new(&LogisticParams { l2 }, &[]).unwrap_err().to_string();
        assert_eq!(error, format!("config: `l2` is {found}, expected a number above 0"));
    }
}

#[test]
fn separated_events_have_a_finite_fit_because_of_the_penalty() {
    let rows: Vec<Vec<u8>> = (0..100).map(|i| vec![(i % 2) as u8]).collect();
    let events: Vec<bool> = (0..100).map(|i| i % 2 == 1).collect();
    let set = training_set(&form(&[(2, "risk")]), &rows, &events, &vec![1.0; 100]);
    let model = fit(0.01, &[]).fit(&set).unwrap();
    assert!(model.weights[0][1] > 5.0 && model.weights[0][1] < 20.0);
    assert!(worst_condition(&set, &model, 0.01, &[0.0, 1.0, 0.0]) <= 1e-10);
}

#[test]
fn a_penalty_lost_in_rounding_is_named() {
    // The two questions have the same answers in every row.
    let rows: Vec<Vec<u8>> = (0..100).map(|i| vec![(i % 2) as u8; 2]).collect();
    let events: Vec<bool> = (0..100).map(|i| i % 3 == 1).collect();
    let set = training_set(&form(&[(2, "risk"), (2, "neutral")]), &rows, &events, &vec![1.0; 100]);
    let error = fit(1e-16, &[]).fit(&set).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: `l2` is 1e-16, which cannot tell answers apart that always go together; expected a larger number"
    );
    assert!(fit(1e-6, &[]).fit(&set).is_ok());
}

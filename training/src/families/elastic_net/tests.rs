use std::collections::BTreeSet;

use amparo_models::monotone::Proof;
use amparo_models::probability::{sigmoid, softplus};

use super::*;
use crate::families::logistic::{LogisticFit, LogisticParams};
use crate::testing::{close, drawn, form, training_set, uniform};

mod folds;

/// Ordered questions have steps, the neutral one a weight for each answer.
const DIRECTED: [&str; 4] = ["risk", "risk", "protective", "neutral"];
const AGAINST: [&str; 4] = ["protective", "protective", "risk", "neutral"];
const ALL: [&str; 3] = ["Q1", "Q2", "Q3"];

const BY_FOLDS: CrossValidation =
    CrossValidation { folds: 4, n_lambdas: 12, min_ratio: 0.01, rule: Rule::LeastLoss };

fn fit(l1_ratio: f64, lambda: Lambda, exempt: &[&str]) -> ElasticNetFit {
    let exempt: Vec<String> = exempt.iter().map(|id| (*id).to_owned()).collect();
    ElasticNetFit::new(&ElasticNetParams { l1_ratio, lambda }, 7, &exempt).unwrap()
}

/// The intercept, the steps of the first three questions and the weights of the fourth.
fn parameters(model: &Additive) -> Vec<f64> {
    let of = |(j, table): (usize, &Vec<f64>)| -> Vec<f64> {
        let unknown = table.len() - 1;
        let before = |at: usize| if j < 3 { table[at - 1] } else { 0.0 };
        (1..unknown).map(|at| table[at] - before(at)).chain([table[unknown]]).collect()
    };
    std::iter::once(model.intercept).chain(model.weights.iter().enumerate().flat_map(of)).collect()
}

/// Rows as columns of 0 and 1 in the order of [`parameters`], the first for the intercept.
fn columns(set: &TrainingSet) -> Vec<Vec<f64>> {
    let indicators = set.answers().instrument().indicators();
    let of_row = |row: &[u8]| -> Vec<f64> {
        let of = |(j, (indicator, &code)): (usize, (&amparo_datasets::Indicator, &u8))| -> Vec<f64> {
            let unknown = indicator.unknown();
            let is = |at: u8| if j < 3 { code >= at && code < unknown } else { code == at };
            (1..unknown).map(is).chain([code == unknown]).map(|is| f64::from(u8::from(is))).collect()
        };
        std::iter::once(1.0).chain(indicators.iter().zip(row).enumerate().flat_map(of)).collect()
    };
    set.answers().rows().map(of_row).collect()
}

/// What is minimised, from its formula.
fn objective(set: &TrainingSet, at: &[f64], lambda: f64, l1_ratio: f64) -> f64 {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    let loss = |((x, &event), w): ((&Vec<f64>, &bool), &f64)| {
        let s: f64 = x.iter().zip(at).map(|(x, b)| x * b).sum();
        w / mean * (softplus(s) - if event { s } else { 0.0 })
    };
    let columns = columns(set);
    let sum: f64 = columns.iter().zip(set.events()).zip(set.weights()).map(loss).sum();
    let penalty = at[1..].iter().map(|b| l1_ratio * b.abs() + (1.0 - l1_ratio) / 2.0 * b * b);
    sum / set.n_rows() as f64 + lambda * penalty.sum::<f64>()
}

/// By how much the conditions of an optimum are missed at most, from the formula of the objective; `signs` are those of bounds.
fn worst_condition(set: &TrainingSet, at: &[f64], lambda: f64, l1_ratio: f64, signs: &[f64]) -> f64 {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    let mut gradient = vec![0.0; at.len()];
    for ((x, &event), w) in columns(set).iter().zip(set.events()).zip(set.weights()) {
        let s: f64 = x.iter().zip(at).map(|(x, b)| x * b).sum();
        let residual = w / mean * (sigmoid(s) - f64::from(u8::from(event))) / set.n_rows() as f64;
        gradient.iter_mut().zip(x).for_each(|(g, x)| *g += residual * x);
    }
    let (l1, l2) = (lambda * l1_ratio, lambda * (1.0 - l1_ratio));
    let of = |k: usize| {
        let (b, sign, slope) = (at[k], signs[k], gradient[k] + l2 * at[k]);
        if k == 0 {
            gradient[0].abs()
        } else if b * sign < 0.0 {
            f64::INFINITY
        } else if b.abs() > 0.0 {
            (slope + l1 * b.signum()).abs()
        } else if sign.abs() > 0.5 {
            (-sign * slope - l1).max(0.0)
        } else {
            (slope.abs() - l1).max(0.0)
        }
    };
    (0..at.len()).map(of).fold(0.0, |worst, miss| if miss <= worst { worst } else { miss })
}

const FREE: [f64; 11] = [0.0; 11];
/// Signs of the bounds of [`DIRECTED`], in the order of [`parameters`]; those of [`AGAINST`] are the opposite.
const SIGNS: [f64; 11] = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0];

/// scikit-learn 1.9.1 on the draws of [`drawn`], coded as in [`columns`] without the first:
///
/// ```text
/// m = LogisticRegression(solver="saga", penalty="elasticnet", C=1 / (n * lambda), l1_ratio=l1_ratio, tol=1e-13, max_iter=200000)
/// m.fit(C, y, sample_weight=w / w.mean());  m.intercept_, m.coef_
/// ```
const SKLEARN: [(f64, f64, [f64; 11]); 3] = [
    (
        0.01,
        0.5,
        [
            -1.701588291628429,
            0.9416117448385581,
            -0.20796291334687222,
            0.3848682090327184,
            0.7660250304907795,
            0.0,
            0.0,
            -0.16001296839117213,
            0.3942105072549617,
            0.0,
            -0.5644001201474393,
        ],
    ),
    (
        0.003,
        1.0,
        [
            -1.8171168970973064,
            1.1440222035894285,
            -0.20779273323304487,
            0.44076926743917816,
            0.9444873192785712,
            0.0,
            -0.006062540600243153,
            -0.2652707380667699,
            0.47174448210743275,
            0.0,
            -0.7765989223225239,
        ],
    ),
    (
        0.03,
        0.9,
        [
            -1.367180718474818,
            0.5450180976268947,
            0.0,
            0.0175306166913167,
            0.3866157319356249,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            -0.011836771432778961,
        ],
    ),
];

#[test]
fn without_bounds_it_is_scikit_learns_and_no_worse() {
    let set = drawn(DIRECTED, 400);
    for (lambda, l1_ratio, expected) in SKLEARN {
        let found = parameters(&fit(l1_ratio, Lambda::Of(lambda), &ALL).fit(&set).unwrap().tables);
        assert!(close(&found, &expected, 1e-6), "{lambda}: {found:?}");
        let [ours, theirs] = [&found, &expected.to_vec()].map(|at| objective(&set, at, lambda, l1_ratio));
        assert!(ours <= theirs + 1e-12, "{ours} {theirs}");
        let zeros = |at: &[f64]| at.iter().map(|b| b.abs() <= 0.0).collect::<Vec<bool>>();
        assert_eq!(zeros(&found), zeros(&expected), "the same weights are exactly 0");
        let other = parameters(&fit(l1_ratio, Lambda::Of(lambda * 1.1), &ALL).fit(&set).unwrap().tables);
        assert!(!close(&other, &expected, 1e-3), "the penalty matters");
        assert!(objective(&set, &other, lambda, l1_ratio) > theirs + 1e-7, "and the objective shows it");
    }
}

#[test]
fn the_conditions_of_an_optimum_hold_with_bounds_and_without() {
    for (polarities, exempt, signs) in
        [(DIRECTED, &ALL[..], FREE), (DIRECTED, &[], SIGNS), (AGAINST, &[], SIGNS.map(|sign| -sign))]
    {
        let set = drawn(polarities, 400);
        for l1_ratio in [0.05, 0.5, 1.0] {
            for lambda in [0.2, 0.02, 0.002, 0.0002] {
                let at = parameters(&fit(l1_ratio, Lambda::Of(lambda), exempt).fit(&set).unwrap().tables);
                let worst = worst_condition(&set, &at, lambda, l1_ratio, &signs);
                assert!(worst <= 1e-8, "{polarities:?}, {l1_ratio}, {lambda}: {worst:e}");
            }
        }
    }
}

#[test]
fn weights_that_are_a_little_off_fail_the_conditions() {
    let set = drawn(AGAINST, 400);
    let signs = SIGNS.map(|sign| -sign);
    let at = parameters(&fit(0.5, Lambda::Of(0.002), &[]).fit(&set).unwrap().tables);
    let held = (1..11).find(|&k| signs[k].abs() > 0.5 && at[k].abs() <= 0.0).unwrap();
    for (k, by) in [(0, 1e-6), (4, 1e-6), (held, 1e-6 * signs[held]), (held, -1e-15 * signs[held])] {
        let mut other = at.clone();
        other[k] += by;
        assert!(worst_condition(&set, &other, 0.002, 0.5, &signs) > 1e-8, "{k}, {by}");
    }
}

/// Newton's method finds the same tables: nearly all of the penalty is on squares, and two answers are the same in either coding.
#[test]
fn with_squares_alone_it_is_the_family_logistic() {
    let set = drawn(["risk", "protective", "protective", "risk"], 400);
    let logistic = LogisticFit::new(&LogisticParams { l2: 2.0 }, &[]).unwrap().fit(&set).unwrap();
    let found = fit(1e-9, Lambda::Of(2.0 / 400.0), &[]).fit(&set).unwrap().tables;
    let all = |model: &Additive| [vec![model.intercept], model.weights.concat()].concat();
    assert!(close(&all(&found), &all(&logistic), 1e-6), "{found:?} {logistic:?}");
    let more = fit(1e-3, Lambda::Of(2.0 / 400.0), &[]).fit(&set).unwrap().tables;
    assert!(!close(&all(&more), &all(&logistic), 1e-5), "the rest of the penalty shows");
}

#[test]
fn the_largest_penalty_is_the_smallest_that_leaves_no_weight() {
    for polarities in [DIRECTED, AGAINST] {
        let set = drawn(polarities, 400);
        let of = |lambda| fit(0.7, Lambda::Of(lambda), &[]).fit(&set).unwrap();
        let largest = of(1.0).largest_lambda;
        let at = of(largest * (1.0 + 1e-6));
        assert!(close(&at.tables.weights.concat(), &[0.0; 14], 0.0), "{at:?}");
        assert!(close(&[at.tables.intercept], &[logit(set.base_rate())], 1e-7));
        assert_eq!(at.zero_answers(set.answers().instrument()).len(), 10, "all but the first answers");
        let below = of(largest * 0.99);
        assert!(below.zero_answers(set.answers().instrument()).len() < 10, "{below:?}");
    }
}

#[test]
fn answers_of_weight_zero_are_named() {
    let set = drawn(DIRECTED, 400);
    let model = fit(0.9, Lambda::Of(0.03), &ALL).fit(&set).unwrap();
    let zero = model.zero_answers(set.answers().instrument());
    let ids = |j: usize| -> Vec<&str> {
        set.answers().instrument().indicators()[j].answers().iter().map(|a| a.id.as_str()).collect()
    };
    let (first, second, third, fourth) = (ids(0), ids(1), ids(2), ids(3));
    let expected = [
        ("Q1", first[2]),
        ("Q2", second[3]),
        ("Q3", third[1]),
        ("Q3", third[2]),
        ("Q4", fourth[1]),
        ("Q4", fourth[2]),
    ];
    assert_eq!(zero, expected);
}

#[test]
fn every_model_passes_its_check_and_is_proved_monotone() {
    for n in [60, 150, 400] {
        for polarities in [DIRECTED, AGAINST] {
            for lambda in [Lambda::Of(1e-4), Lambda::Chosen(BY_FOLDS)] {
                let set = drawn(polarities, n);
                let scorer = fit(0.5, lambda, &[]).learn(&set).unwrap();
                scorer.check(set.answers().instrument()).unwrap();
                let proof = Proof::new(&scorer, set.answers().instrument(), &BTreeSet::new());
                assert!(proof.is_ok(), "{n} rows: {}", proof.unwrap_err());
                assert_eq!(scorer.family(), "elastic_net");
            }
        }
    }
    let set = drawn(AGAINST, 400);
    let scorer = fit(0.5, Lambda::Of(1e-4), &ALL).learn(&set).unwrap();
    assert!(Proof::new(&scorer, set.answers().instrument(), &BTreeSet::new()).is_err(), "the bounds matter");
}

#[test]
fn rows_that_are_alike_count_as_often_as_they_are_there() {
    let set = drawn(DIRECTED, 200);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let instrument = set.answers().instrument();
    let (times, weights) = (70, vec![1.0; 200]);
    let repeated = |times: usize| {
        let rows: Vec<Vec<u8>> = (0..times).flat_map(|_| rows.clone()).collect();
        let (events, weights) = (set.events().repeat(times), weights.repeat(times));
        fit(0.5, Lambda::Of(0.01), &[]).fit(&training_set(instrument, &rows, &events, &weights)).unwrap()
    };
    let (once, often) = (repeated(1), repeated(times));
    assert!(close(&parameters(&once.tables), &parameters(&often.tables), 1e-6));
    assert!(!close(
        &parameters(&once.tables),
        &parameters(&fit(0.5, Lambda::Of(0.01), &[]).fit(&set).unwrap().tables),
        1e-3
    ));
}

#[test]
fn events_that_are_told_apart_have_a_finite_fit() {
    let rows: Vec<Vec<u8>> = (0..100).map(|i| vec![(i % 2) as u8]).collect();
    let events: Vec<bool> = (0..100).map(|i| i % 2 == 1).collect();
    let set = training_set(&form(&[(2, "risk")]), &rows, &events, &[1.0; 100]);
    let model = fit(1.0, Lambda::Of(1e-4), &[]).fit(&set).unwrap();
    // The gradient of the mean loss by the step, p / 2 on either side, is the penalty.
    let step = model.tables.weights[0][1];
    assert!(close(&[sigmoid(-step / 2.0) / 2.0], &[1e-4], 1e-8), "{step}");
    assert!(close(&[model.tables.intercept], &[-step / 2.0], 1e-4));
}

#[test]
fn where_nothing_may_have_an_effect_nothing_has() {
    let set = drawn(["neutral"; 4], 400);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(|row| vec![row[0].min(1)]).collect();
    let against = training_set(&form(&[(2, "protective")]), &rows, set.events(), &[1.0; 400]);
    let model = fit(0.5, Lambda::Chosen(BY_FOLDS), &[]).fit(&against).unwrap();
    assert!(close(&model.tables.weights[0], &[0.0; 3], 0.0), "{model:?}");
    assert!(close(&[model.tables.intercept], &[logit(against.base_rate())], 1e-7));
}

#[test]
fn everything_out_of_range_is_named_at_once() {
    let by = CrossValidation { folds: 2, n_lambdas: 1, min_ratio: 1.0, rule: Rule::LeastLoss };
    let params = ElasticNetParams { l1_ratio: 0.0, lambda: Lambda::Chosen(by) };
    let error = ElasticNetFit::new(&params, 1, &[]).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: 4 problems\n  - `l1_ratio` is 0, expected above 0 and at most 1\
         \n  - `lambda.folds` is 2, expected 3 to 50\
         \n  - `lambda.n_lambdas` is 1, expected 2 to 1000\
         \n  - `lambda.min_ratio` is 1, expected a number between 0 and 1"
    );
    for lambda in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let params = ElasticNetParams { l1_ratio: 1.0, lambda: Lambda::Of(lambda) };
        let error = ElasticNetFit::new(&params, 1, &[]).unwrap_err().to_string();
        assert_eq!(error, format!("config: `lambda` is {lambda}, expected a number above 0"));
    }
}

#[test]
fn a_config_says_which_penalty_or_how_to_choose_it() {
    let read =
        |text: &str| toml::from_str::<ElasticNetParams>(text).map_err(|error| error.message().to_owned());
    assert_eq!(
        read("l1_ratio = 0.5\nlambda = 1"),
        Ok(ElasticNetParams { l1_ratio: 0.5, lambda: Lambda::Of(1.0) })
    );
    let chosen =
        "l1_ratio = 1.0\nlambda = { folds = 4, n_lambdas = 12, min_ratio = 0.01, rule = \"least_loss\" }";
    assert_eq!(read(chosen), Ok(ElasticNetParams { l1_ratio: 1.0, lambda: Lambda::Chosen(BY_FOLDS) }));
    for wrong in
        ["lambda = \"cv\"", "lambda = { folds = 4, n_lambdas = 12, min_ratio = 0.01, rule = \"best\" }"]
    {
        assert_eq!(
            read(&format!("l1_ratio = 1.0\n{wrong}")).unwrap_err(),
            "expected a number, or { folds = ..., n_lambdas = ..., min_ratio = ..., rule = \"least_loss\" or \
             \"one_standard_error\" }"
        );
    }
}

/// The unit of all sums follows the heaviest row, so that a gradient of the others is known to fewer digits.
#[test]
fn with_a_row_that_weighs_far_more_than_the_others_it_rests_at_an_optimum() {
    let set = drawn(DIRECTED, 400);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let weights: Vec<f64> =
        (0..400).map(|row| if row == 0 { 60_000.0 } else { 1.0 + uniform(row * 10) }).collect();
    let set = training_set(set.answers().instrument(), &rows, set.events(), &weights);
    for lambda in [0.01, 0.001, 0.0001] {
        let found = parameters(&fit(0.5, Lambda::Of(lambda), &ALL).fit(&set).unwrap().tables);
        let best = objective(&set, &found, lambda, 0.5);
        // No step to either side is better by more than rounding.
        for k in 0..found.len() {
            for step in [-1e-2, 1e-2] {
                let mut other = found.clone();
                other[k] += step;
                let worse = objective(&set, &other, lambda, 0.5) - best;
                assert!(worse > -1e-6, "{lambda}: {k} by {step} is better by {worse}");
            }
        }
    }
}

use amparo_datasets::Status;
use amparo_models::Model;

use super::*;
use crate::testing::{
    BEGIN, CLASSES, OUTCOME, classed_cohort, close, drawn, drawn_classes, form, training_set,
};
use crate::{Data, Fit};

const NEUTRAL: [&str; 4] = ["neutral"; 4];
const DIRECTED: [&str; 4] = ["risk", "risk", "protective", "neutral"];

fn fit(l2: f64) -> ProportionalOddsFit {
    ProportionalOddsFit::new(&ProportionalOddsParams { l2 }, &[]).unwrap()
}

/// The thresholds, then per indicator its steps and the weight of `unknown`.
fn parameters(model: &ProportionalOdds) -> Vec<f64> {
    let of = |weights: &Vec<f64>| {
        let known = &weights[..weights.len() - 1];
        let steps: Vec<f64> = known.windows(2).map(|pair| pair[1] - pair[0]).collect();
        [steps, vec![weights[known.len()]]].concat()
    };
    model.thresholds.of_classes.iter().copied().chain(model.weights.iter().flat_map(of)).collect()
}

/// scipy 1.17.1, `minimize(.., method="BFGS")` of the penalised likelihood with weights `w / w.mean()` and `l2 = 2`, thermometer-coded, on the rows of
/// [`drawn_classes`] whose class is known.
const SCIPY: [f64; 13] = [
    -0.721627313902607,
    0.6491687684045673,
    1.7728148721241752,
    0.878929294625797,
    0.10872095719302204,
    -0.027152970585179036,
    0.7739379670358086,
    -0.3660819852131813,
    -0.15235043555342623,
    -0.10737715855308326,
    0.3270778155539018,
    -0.08513129281175127,
    -0.4113080814002319,
];

/// The same without weights.
const SCIPY_UNWEIGHTED: [f64; 13] = [
    -0.5457057547878084,
    0.7937372233669946,
    1.9150935661324051,
    0.8094157771700525,
    0.032358692473879964,
    0.091113134936667,
    0.6873975933117491,
    -0.34194145730504905,
    -0.0622647873682811,
    0.11683981583525756,
    0.18799045436476264,
    0.024477011180591347,
    -0.28248003541242367,
];

#[test]
fn it_is_the_least_penalised_loss_as_another_program_finds_it() {
    let model = fit(2.0).fit(&drawn_classes(NEUTRAL, 400, 2)).unwrap();
    let found = parameters(&model);
    assert!(close(&found, &SCIPY, 2e-6), "{found:?}");
    assert!(!close(&found, &SCIPY_UNWEIGHTED, 1e-3), "weights count");
    assert!(!close(&parameters(&fit(2.1).fit(&drawn_classes(NEUTRAL, 400, 2)).unwrap()), &SCIPY, 1e-3));
}

#[test]
fn thresholds_and_effects_that_rows_were_drawn_by_come_back() {
    let model = fit(1.0).fit(&drawn_classes(NEUTRAL, 40_000, 1)).unwrap();
    // Steps of the answers as they were drawn; `unknown` and the other answers add nothing.
    let truth = [BEGIN.as_slice(), &[0.7, 0.0], &[0.4, 0.4, 0.0], &[-0.3, 0.0], &[0.5, -0.5, 0.0]].concat();
    let found = parameters(&model);
    assert!(close(&found, &truth, 0.1), "{found:?}");
    // A logistic regression of one class alone has one threshold; that of another class is not among them.
    assert!(!close(&found[..3], &[BEGIN[1], BEGIN[1], BEGIN[1]], 0.5));
}

#[test]
fn the_score_is_about_the_class_from_which_on_it_is_the_event() {
    let of = |from: u8| fit(2.0).fit(&drawn_classes(NEUTRAL, 400, from)).unwrap();
    let (low, high) = (of(1), of(3));
    assert_eq!(low.weights, high.weights, "whatever the event, the same is learned of the classes");
    assert_eq!(low.thresholds.of_classes, high.thresholds.of_classes);
    let row = [1, 2, 0, 1];
    let f: f64 = low.weights.iter().zip(row).map(|(of, code)| of[usize::from(code)]).sum();
    let t = &low.thresholds.of_classes;
    let score = |model: &ProportionalOdds| model.additive().score(&row);
    assert!(close(&[score(&low), score(&high)], &[f - t[0], f - t[2]], 1e-12));
    assert!(!close(&[score(&low)], &[score(&high)], 0.5));
}

#[test]
fn directions_are_kept_and_thresholds_ascend() {
    for n in [80, 200, 400] {
        let model = fit(0.01).fit(&drawn_classes(DIRECTED, n, 2)).unwrap();
        let [first, second, third, _] = &model.weights[..] else { panic!("four questions") };
        assert!(first[1] >= 0.0 && second[1] >= 0.0 && second[2] >= second[1] && third[1] <= 0.0);
        assert!(model.thresholds.of_classes.windows(2).all(|pair| pair[0] < pair[1]));
        // Against the truth, they hold effects at 0, which are far from it where nothing is declared.
        let against =
            fit(0.01).fit(&drawn_classes(["protective", "protective", "risk", "neutral"], n, 2)).unwrap();
        assert!(close(&[against.weights[0][1]], &[0.0], 0.0), "{:?}", against.weights);
        let free = fit(0.01).fit(&drawn_classes(NEUTRAL, n, 2)).unwrap();
        assert!(free.weights[0][1] > 0.3, "{:?}", free.weights);
    }
}

#[test]
fn with_two_classes_it_is_a_logistic_regression() {
    let set = drawn(NEUTRAL, 400);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let classes: Vec<(u8, bool)> = set.events().iter().map(|event| (u8::from(*event), true)).collect();
    let cohort =
        classed_cohort(set.answers().instrument(), &rows, &classes, (&["no", "yes"], 1, set.weights()));
    let data = Data::new(&cohort, OUTCOME).unwrap();
    let of_classes = TrainingSet::new(&data, &(0..400).collect::<Vec<_>>(), "the test").unwrap();
    let found = fit(2.0).fit(&of_classes).unwrap().additive();
    let params = super::super::logistic::LogisticParams { l2: 2.0 };
    let logistic = super::super::logistic::LogisticFit::new(&params, &[]).unwrap().fit(&set).unwrap();
    let all = |model: &Additive| [vec![model.intercept], model.weights.concat()].concat();
    assert!(close(&all(&found), &all(&logistic), 1e-8));
}

/// Rows whose class is not known are left out and counted; nothing is made of them.
#[test]
fn a_missing_class_is_left_out_of_the_fit_and_counted() {
    let set = drawn_classes(NEUTRAL, 400, 2);
    let (scorer, noted) = fit(2.0).learn_with_notes(&set).unwrap();
    let record = noted.ordered.unwrap();
    assert_eq!((record.n_rows, record.n_without_class), (362, 38));
    assert_eq!((record.classes.as_slice(), record.from.as_str()), (&CLASSES.map(str::to_owned)[..], "grave"));
    assert!(noted.notes[0].contains("362 rows whose class is known (38 others"), "{:?}", noted.notes);
    let known: Vec<usize> = (0..400).filter(|i| crate::testing::uniform(i * 10 + 6) >= 0.1).collect();
    let only = set.select(&known, "the test").unwrap();
    let (same, without) = fit(2.0).learn_with_notes(&only).unwrap();
    assert_eq!(without.ordered.unwrap().n_without_class, 0);
    let row = [1, 2, 0, 1];
    assert!(close(&[scorer.score(&row)], &[same.score(&row)], 1e-12));
}

/// For any answers whatever, classes have probabilities of 0 or more that sum to 1, and each is what the likelihood says.
#[test]
fn classes_never_cross() {
    let set = drawn_classes(NEUTRAL, 400, 2);
    let (scorer, noted) = fit(0.001).learn_with_notes(&set).unwrap();
    let record = noted.ordered.unwrap();
    let sigmoid = amparo_models::probability::sigmoid;
    for i in 0..3 * 4 * 3 * 4_u8 {
        let row = [i % 3, i / 3 % 4, i / 12 % 3, i / 36];
        let found = record.probabilities(scorer.score(&row), sigmoid);
        assert!(found.iter().all(|p| *p > 0.0) && close(&[found.iter().sum()], &[1.0], 1e-12));
    }
    // Two regressions, one for each threshold by itself, do cross: that is what one shared sum is for.
    let apart = |from: u8| {
        let set = drawn_classes(NEUTRAL, 60, from);
        let params = super::super::logistic::LogisticParams { l2: 0.001 };
        super::super::logistic::LogisticFit::new(&params, &[]).unwrap().fit(&set).unwrap()
    };
    let (low, high) = (apart(2), apart(3));
    let crossed = (0..3 * 4 * 3 * 4_u8).map(|i| [i % 3, i / 3 % 4, i / 12 % 3, i / 36]);
    assert!(crossed.filter(|row| high.score(row) > low.score(row)).count() > 0);
}

#[test]
fn without_classes_or_without_a_row_of_one_it_says_so() {
    let form = form(&[(2, "neutral")]);
    let rows = [vec![0], vec![1], vec![0], vec![1]];
    let set = training_set(&form, &rows, &[true, false, false, true], &[1.0; 4]);
    let error = fit(1.0).learn(&set).unwrap_err().to_string();
    assert!(error.contains("`again` has no ordered classes"), "{error}");
    let of = |classes: &[(u8, bool)]| {
        let cohort = classed_cohort(&form, &rows, classes, (&CLASSES[..3], 1, &[1.0; 4]));
        let data = Data::new(&cohort, OUTCOME).unwrap();
        let outcome = cohort.outcome(OUTCOME).unwrap();
        assert!(fit(1.0).check_outcome(outcome).is_ok());
        assert!(outcome.status.contains(&Status::Event));
        let set = TrainingSet::new(&data, &[0, 1, 2, 3], "the test").unwrap();
        fit(1.0).learn(&set).map_err(|error| error.to_string())
    };
    assert!(of(&[(0, true), (1, true), (2, true), (1, true)]).is_ok());
    let error = of(&[(0, true), (1, true), (2, false), (1, true)]).unwrap_err();
    assert_eq!(
        error,
        "class `grave` of outcome `again` has no row among the 3 that are fitted on and whose class is known, expected one or more of each class"
    );
    let mut outcome = amparo_datasets::Outcome {
        name: OUTCOME.to_owned(),
        horizon_days: None,
        status: vec![],
        days: None,
        classes: None,
    };
    let error = fit(1.0).check_outcome(&outcome).unwrap_err().to_string();
    assert!(error.contains("a source states them with `classes`"), "{error}");
    outcome.classes = Some(amparo_datasets::Classes { ids: vec![], from: 1, codes: vec![] });
    assert!(fit(1.0).check_outcome(&outcome).is_ok());
}

use std::sync::Arc;

use amparo_datasets::Instrument;
use amparo_models::Model;

use super::*;
use crate::testing::{close, drawn, form, training_set};

fn fit(unit: f64, exempt: &[&str]) -> PointsFit {
    let exempt: Vec<String> = exempt.iter().map(|id| (*id).to_owned()).collect();
    PointsFit::new(&PointsParams { unit, smoothed: false }, &exempt).unwrap()
}

/// See `weighted_ratios_match_python`.
const PYTHON_RATIOS: [f64; 20] = [
    1.0655027769194014,
    0.07518755134378063,
    -0.300912474958168,
    0.09766970190402388,
    0.3504089349766083,
    0.11929297329621416,
    1.3053010442919724,
    0.11707415912403807,
    0.12051862362355943,
    0.1400973311406449,
    -0.2069330460580945,
    0.07720859508738492,
    -0.37564944757046487,
    0.08149685112740682,
    0.542848585480336,
    0.09376230413936279,
    -0.008969011304916818,
    0.10075095039114759,
    -0.7452735026191553,
    0.1312857823117329,
];
const PYTHON_TAU2: f64 = 0.3105322782594556;

/// Rows of a one-question form: for each code, non-events and events.
fn counts(form: &Arc<Instrument>, counts: &[(usize, usize)]) -> TrainingSet {
    let (mut rows, mut events) = (vec![], vec![]);
    for (code, &(without, with)) in counts.iter().enumerate() {
        rows.extend(std::iter::repeat_n(vec![code as u8], without + with));
        events.extend((0..without + with).map(|row| row < with));
    }
    training_set(form, &rows, &events, &vec![1.0; rows.len()])
}

/// Absent: 80 without, 20 with the event; present: 10 and 10; nobody unknown. By hand:
/// b = ln(10.5 * 80.5 / (10.5 * 20.5)) = 1.367832, v = 1/10.5 + 1/10.5 + 1/20.5 + 1/80.5 = 0.251679,
/// tau^2 = b^2 - v = 1.619286, shrunk = b * tau^2 / (tau^2 + v) = 1.183833: 12 points of 0.1, 5 of 0.25.
/// The sum of points takes two values, so the line meets both shares: offset ln(20/80), scale * 12 = ln 4.
#[test]
fn one_question_by_hand() {
    let set = counts(&form(&[(2, "risk")]), &[(80, 20), (10, 10)]);
    let ratios = odds_ratios(&set, 0);
    assert!(close(&[ratios[0].log, 1.0 / ratios[0].precision], &[1.367_832, 0.251_679], 1e-6));
    assert!(close(&[spread(ratios.iter())], &[1.619_286], 1e-6));
    assert!(close(&[ratios[0].shrunk(1.619_286)], &[1.183_833], 1e-6));
    assert!(close(&[ratios[0].shrunk(0.251_679)], &[1.367_832 / 2.0], 1e-6), "as much spread as noise: half");
    let points = fit(0.1, &[]).fit(&set).unwrap();
    assert_eq!(points.points, [[0, 12, 0]]);
    assert!(close(&[points.offset, points.scale], &[0.25_f64.ln(), 4.0_f64.ln() / 12.0], 1e-9));
    assert_eq!(fit(0.25, &[]).fit(&set).unwrap().points, [[0, 5, 0]]);
}

/// The Physicians' Health Study: 104 of 11,037 on aspirin and 189 of 11,034 on placebo had a heart attack. Published: log
/// odds ratio 0.605, standard error 0.123 (Agresti, "Categorical data analysis", 2nd edition, 2002, section 3.1).
#[test]
fn a_published_odds_ratio_is_met_but_for_the_half_cases() {
    let set = counts(&form(&[(2, "risk")]), &[(10_933, 104), (10_845, 189)]);
    let ratio = &odds_ratios(&set, 0)[0];
    assert!(close(&[ratio.log, (1.0 / ratio.precision).sqrt()], &[0.605, 0.123], 2.5e-3));
    assert!(!close(&[-ratio.log], &[0.605], 2.5e-3), "aspirin against placebo");
}

#[test]
fn the_crude_ratio_would_fail_the_hand_worked_example() {
    let set = counts(&form(&[(2, "risk")]), &[(80, 20), (10, 10)]);
    let crude = (10.0 * 80.0 / (10.0 * 20.0_f64)).ln();
    let ratio = &odds_ratios(&set, 0)[0];
    assert!(!close(&[ratio.log], &[crude], 1e-2), "half a case in each cell");
    assert!(!close(&[ratio.shrunk(1.619_286)], &[ratio.log], 1e-2), "shrunken");
}

/// Computed with numpy 2.4.6 on the draws of [`drawn`], `w = w / w.mean()`:
///
/// ```text
/// for j in range(4):
///     c = lambda k, e: w[(X[:, j] == k) & (y == e)].sum() + 0.5
///     for k in range(1, N[j]):
///         b = log(c(k, 1) * c(0, 0) / (c(k, 0) * c(0, 1)))
///         v = 1 / c(k, 1) + 1 / c(0, 0) + 1 / c(k, 0) + 1 / c(0, 1)
/// tau2 = sum(b * b / v - 1) / sum(1 / v)
/// ```
#[test]
fn weighted_ratios_match_python() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 400);
    let found: Vec<f64> =
        (0..4).flat_map(|j| odds_ratios(&set, j)).flat_map(|r| [r.log, 1.0 / r.precision]).collect();
    assert!(close(&found, &PYTHON_RATIOS, 1e-9), "{found:?}");
    let tau2 = spread((0..4).flat_map(|j| odds_ratios(&set, j)).collect::<Vec<_>>().iter());
    assert!(close(&[tau2], &[PYTHON_TAU2], 1e-9), "{tau2}");
}

#[test]
fn grades_are_pooled_where_they_fall_back() {
    let graded = form(&[(4, "risk")]);
    // The shares rise, fall back and rise again: 1/10, 5/10, 3/10, 8/10.
    let set = counts(&graded, &[(900, 100), (500, 500), (700, 300), (200, 800)]);
    let of = |points: Points| points.points[0].clone();
    let free = of(fit(0.1, &["Q1"]).fit(&set).unwrap());
    assert!(free[1] > free[2], "without the bound the second grade is below the first: {free:?}");
    let bound = of(fit(0.1, &[]).fit(&set).unwrap());
    assert!(
        bound[1] == bound[2] && bound[2] < bound[3] && bound[1] < free[1] && bound[2] > free[2],
        "{bound:?}"
    );
}

#[test]
fn a_grade_below_the_first_answer_gets_no_points() {
    let set = counts(&form(&[(3, "risk"), (2, "risk")][..1]), &[(500, 500), (900, 100), (200, 800)]);
    let points = fit(0.1, &[]).fit(&set).unwrap();
    assert_eq!(points.points[0][1], 0);
    assert!(points.points[0][2] > 0);
}

#[test]
fn protective_answers_take_points_off_and_never_add() {
    let set = counts(&form(&[(3, "protective")]), &[(500, 500), (700, 300), (900, 100)]);
    let points = fit(0.1, &[]).fit(&set).unwrap();
    let [first, some, much, _] = points.points[0][..] else { panic!("four answers") };
    assert!(first == 0 && some < 0 && much < some, "{points:?}");
    let set = counts(&form(&[(2, "protective"), (2, "risk")][..1]), &[(900, 100), (500, 500)]);
    assert_eq!(fit(0.1, &[]).fit(&set).unwrap().points[0], [0, 0, 0], "against its declared direction");
    assert!(fit(0.1, &["Q1"]).fit(&set).unwrap().points[0][1] > 0, "unless that is not enforced");
}

#[test]
fn unknown_has_points_of_its_own_in_any_direction() {
    let risk = form(&[(2, "risk")]);
    let above = fit(0.1, &[]).fit(&counts(&risk, &[(800, 200), (600, 400), (300, 700)])).unwrap();
    assert!(above.points[0][2] > above.points[0][1], "more than `present`");
    let below = fit(0.1, &[]).fit(&counts(&risk, &[(800, 200), (300, 700), (950, 50)])).unwrap();
    assert!(below.points[0][2] < 0, "less than `absent`");
}

#[test]
fn an_answer_that_never_occurs_weighs_nothing() {
    let graded = form(&[(4, "risk")]);
    let set = counts(&graded, &[(950, 50), (0, 0), (800, 200), (0, 0)]);
    let [_, first, second, third, unknown] = fit(0.1, &[]).fit(&set).unwrap().points[0][..] else {
        panic!("five answers")
    };
    assert_eq!((first, unknown), (0, 0));
    assert!(second > 0 && third == second, "a grade nobody had gets the points of the grade below it");
    let ratios = odds_ratios(&set, 0);
    assert!(close(&[spread(ratios.iter())], &[spread(ratios[1..2].iter())], 0.0), "no say in the spread");
}

#[test]
fn half_a_case_in_an_empty_line_would_have_made_it_risky() {
    // What plain half cases make of a line of nothing where 5 % have the event: even odds.
    let (without, with) = (950.5_f64, 50.5_f64);
    assert!((0.5 * without / (0.5 * with)).ln() > 2.9);
    let none_first = counts(&form(&[(2, "neutral")]), &[(0, 0), (950, 50)]);
    assert!(odds_ratios(&none_first, 0).iter().all(|r| close(&[r.log, r.precision], &[0.0, 0.0], 0.0)));
}

#[test]
fn without_any_effect_the_baseline_is_the_base_rate() {
    let set = counts(&form(&[(2, "risk")]), &[(70, 30), (70, 30), (70, 30)]);
    let points = fit(0.1, &[]).fit(&set).unwrap();
    assert_eq!(points.points, [[0, 0, 0]]);
    let scores: Vec<f64> = (0..3).map(|code| points.score(&[code])).collect();
    assert!(close(&scores, &[logit(0.3); 3], 1e-12));
    assert!(points.scale > 0.0, "still a scorer that passes its check");
}

#[test]
fn the_mean_prediction_is_the_base_rate() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 400);
    let mean = |points: &Points| {
        let of = |row| amparo_models::probability::sigmoid(points.score(row));
        let sum: f64 = set.answers().rows().zip(set.weights()).map(|(row, w)| w * of(row)).sum();
        sum / set.weights().iter().sum::<f64>()
    };
    let fitted = fit(0.1, &[]).fit(&set).unwrap();
    assert!(close(&[mean(&fitted)], &[set.base_rate()], 1e-9));
    let shifted = Points { offset: fitted.offset + 0.01, ..fitted };
    assert!(!close(&[mean(&shifted)], &[set.base_rate()], 1e-9));
}

#[test]
fn the_size_of_the_population_behind_the_weights_changes_nothing() {
    let small = drawn(["risk", "risk", "protective", "neutral"], 400);
    let rows: Vec<Vec<u8>> = small.answers().rows().map(<[u8]>::to_vec).collect();
    let again = |factor: f64| {
        let weights: Vec<f64> = small.weights().iter().map(|w| w * factor).collect();
        fit(0.1, &[])
            .fit(&training_set(small.answers().instrument(), &rows, small.events(), &weights))
            .unwrap()
    };
    let (one, large) = (again(1.0), again(1024.0));
    assert_eq!(one.points, large.points);
    assert!(close(&[one.offset, one.scale], &[large.offset, large.scale], 1e-9));
    let alike = vec![1.0; rows.len()];
    let unweighted =
        fit(0.1, &[]).fit(&training_set(small.answers().instrument(), &rows, small.events(), &alike));
    assert_ne!(unweighted.unwrap().points, one.points, "the weights themselves do matter");
}

#[test]
fn a_sum_that_separates_the_events_is_refused() {
    let set = counts(&form(&[(2, "risk")]), &[(50, 0), (0, 50)]);
    let error = fit(0.1, &[]).fit(&set).unwrap_err();
    assert_eq!(
        error.to_string(),
        "logistic regression on one number has no best slope: a threshold separates events from the rest"
    );
}

#[test]
fn one_class_is_refused_before_any_fit() {
    let form = form(&[(2, "risk")]);
    let data = crate::testing::data(
        &form,
        &[vec![0], vec![1], vec![1]],
        &[false, true, true],
        &[1.0; 3],
        &[0, 1, 2],
    );
    for (rows, message) in [
        (
            vec![1, 2],
            "outcome `again` has 2 events among 2 rows of the fit part, expected at least one event and one non-event",
        ),
        (
            vec![0],
            "outcome `again` has 0 events among 1 rows of the fit part, expected at least one event and one non-event",
        ),
        (
            vec![],
            "outcome `again` has 0 events among 0 rows of the fit part, expected at least one event and one non-event",
        ),
    ] {
        assert_eq!(TrainingSet::new(&data, &rows, "the fit part").unwrap_err().to_string(), message);
    }
    assert!(TrainingSet::new(&data, &[0, 1], "the fit part").is_ok());
}

#[test]
fn a_unit_out_of_range_is_refused() {
    for (unit, found) in
        [(0.0, "0"), (-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf"), (1e-9, "0.000000001")]
    {
        let error = PointsFit::new(&PointsParams { unit, smoothed: false }, &[]).unwrap_err().to_string();
        assert_eq!(error, format!("config: `unit` is {found}, expected 0.001 to 10"));
    }
}

/// Absent: 20 without the event; present: 10 with it. The line meets the smoothed shares (0 + 1) / (20 + 2) and (10 + 1) / (10 + 2).
#[test]
fn smoothed_targets_give_a_scale_where_points_separate_the_classes() {
    let set = counts(&form(&[(2, "risk")]), &[(20, 0), (0, 10)]);
    let of = |smoothed| PointsFit::new(&PointsParams { unit: 0.1, smoothed }, &[]).unwrap().fit(&set);
    let refused = of(false).unwrap_err().to_string();
    assert!(refused.contains("a threshold separates events from the rest"), "{refused}");
    let points = of(true).unwrap();
    let at = |answer: u8| 1.0 / (1.0 + (-points.score(&[answer])).exp());
    assert!(close(&[at(0), at(1)], &[1.0 / 22.0, 11.0 / 12.0], 1e-9));
    assert!(!close(&[at(0), at(1)], &[0.0, 1.0], 1e-2));
}

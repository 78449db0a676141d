//! Cards that differ from another one only so much.

use super::*;
use crate::calibrate::logistic_line;

const POLARITIES: [&str; 4] = ["risk", "risk", "protective", "neutral"];

fn card(points: &[(&str, &[(&str, i32)])]) -> BTreeMap<String, BTreeMap<String, i32>> {
    let of = |answers: &[(&str, i32)]| {
        answers.iter().map(|&(answer, points)| (answer.to_owned(), points)).collect()
    };
    points.iter().map(|&(indicator, answers)| (indicator.to_owned(), of(answers))).collect()
}

fn near(changes: usize, by: i32, points: BTreeMap<String, BTreeMap<String, i32>>) -> OptimalPointsParams {
    OptimalPointsParams { in_force: Some(InForce { changes, by, points }), ..params(20, 5) }
}

/// The id of an answer by its code.
fn id(set: &TrainingSet, j: usize, code: usize) -> String {
    set.answers().instrument().indicators()[j].answers()[code].id.clone()
}

/// One point for each answer to the first two questions, which are ill judged, and none for the others.
fn crude(set: &TrainingSet) -> BTreeMap<String, BTreeMap<String, i32>> {
    let one = |j: usize, n: usize| (1..n).map(|code| (id(set, j, code), 1)).collect();
    BTreeMap::from([("Q1".to_owned(), one(0, 2)), ("Q2".to_owned(), one(1, 3))])
}

fn tables(set: &TrainingSet) -> Vec<Vec<i32>> {
    let mut tables: Vec<Vec<i32>> =
        set.answers().instrument().indicators().iter().map(|i| vec![0; i.n_answers()]).collect();
    tables[0][1] = 1;
    (tables[1][1], tables[1][2]) = (1, 1);
    tables
}

fn apart(points: &Points, from: &[Vec<i32>]) -> Vec<i32> {
    let all = points.points.iter().flatten().zip(from.iter().flatten());
    all.map(|(a, b)| (a - b).abs()).filter(|d| *d > 0).collect()
}

#[test]
fn a_card_differs_only_so_much() {
    let set = drawn(POLARITIES, 600);
    let mut losses = Vec::new();
    for (changes, by) in [(1, 1), (2, 1), (4, 1), (20, 5)] {
        let points = fit(&near(changes, by, crude(&set)), &[]).fit(&set).unwrap();
        let apart = apart(&points, &tables(&set));
        assert!((1..=changes).contains(&apart.len()) && apart.iter().all(|d| *d <= by), "{points:?}");
        losses.push(log_loss(&points, &set));
    }
    assert!(losses.is_sorted_by(|a, b| a > b), "the limits bind: {losses:?}");
    // Without limits to speak of it is as good as a card from nothing.
    let free = log_loss(&fit(&params(20, 5), &[]).fit(&set).unwrap(), &set);
    assert!(close(&losses[3..], &[free], 2e-4), "{losses:?} {free}");
    assert!(!close(&losses[..1], &[free], 2e-4));
}

/// Every choice of at most two answers and of at most two points for each.
#[test]
fn no_card_so_near_is_better() {
    let set = drawn(POLARITIES, 400);
    let exempt = ["Q1", "Q2", "Q3", "Q4"];
    let found = log_loss(&fit(&near(2, 2, crude(&set)), &exempt).fit(&set).unwrap(), &set);
    let tables = tables(&set);
    let places: Vec<(usize, usize)> =
        (0..4).flat_map(|j| (1..tables[j].len()).map(move |code| (j, code))).collect();
    let (mut least, mut others) = (f64::INFINITY, 0);
    for (at, &(j, code)) in places.iter().enumerate() {
        for &(k, other) in &places[at..] {
            for (d, e) in (-2..=2).flat_map(|d| (-2..=2).map(move |e| (d, e))) {
                let mut tables = tables.clone();
                tables[j][code] += d;
                if (k, other) != (j, code) {
                    tables[k][other] += e;
                }
                let model = Points { points: tables, offset: 0.0, scale: 1.0 };
                let sums: Vec<f64> = set.answers().rows().map(|row| model.sum(row) as f64).collect();
                let line = logistic_line(&sums, set.events(), set.weights()).unwrap();
                if line.slope > 0.0 {
                    let loss = log_loss(&Points { offset: line.intercept, scale: line.slope, ..model }, &set);
                    others += usize::from(loss > found + 1e-4);
                    least = least.min(loss);
                }
            }
        }
    }
    assert!(close(&[found], &[least], 1e-9), "{found} {least}");
    assert!(others > 1_000, "most cards are worse: {others}");
}

#[test]
fn a_card_that_does_not_fit_is_refused_with_everything_that_is_wrong() {
    let set = drawn(POLARITIES, 100);
    let form = set.answers().instrument();
    let first = id(&set, 0, 0);
    let (two, three) = (id(&set, 1, 1), id(&set, 1, 2));
    let points = card(&[
        ("Q1", &[(&first, 2), ("perhaps", 1)]),
        ("Q2", &[(&two, 3), (&three, 1)]),
        ("Q9", &[("yes", 1)]),
    ]);
    let asked = fit(&near(2, 2, points.clone()), &[]);
    let error = Learn::check(&asked, form).unwrap_err().to_string();
    for said in [
        format!("answer `{first}` to indicator `Q1` has 2 points, expected 0"),
        "answer `perhaps` to indicator `Q1` is none of".to_owned(),
        format!(
            "risk indicator `Q2` has 3 points for `{two}` and 1 for `{three}` after it, expected no fewer"
        ),
        "indicator `Q9` is not on form `small`".to_owned(),
    ] {
        assert!(error.contains(&said), "{error}");
    }
    assert_eq!(asked.fit(&set).unwrap_err().to_string(), error, "a fit says the same");
    let exempt = fit(&near(2, 2, card(&[("Q2", &[(&two, 3), (&three, 1)])])), &["Q2"]);
    assert!(Learn::check(&exempt, form).is_ok());
}

#[test]
fn a_card_in_force_keeps_to_the_limits_itself() {
    let set = drawn(POLARITIES, 100);
    let (two, unknown) = (id(&set, 1, 1), id(&set, 0, 2));
    let points = card(&[("Q1", &[(&unknown, -9)]), ("Q2", &[(&two, 6)])]);
    let asked = OptimalPointsParams { lines: 1, indicators: Some(1), ..near(2, 2, points) };
    let error = Learn::check(&fit(&asked, &["Q2"]), set.answers().instrument()).unwrap_err().to_string();
    for said in [
        "has 3 lines, expected at most `lines` = 1".to_owned(),
        "has lines of 2 indicators, expected at most `indicators` = 1".to_owned(),
        format!(
            "gives -9 points in the line of answer `{unknown}` to indicator `Q1`, expected at most `largest` = 5"
        ),
        format!(
            "gives 6 points in the line of answer `{two}` to indicator `Q2`, expected at most `largest` = 5"
        ),
    ] {
        assert!(error.contains(&said), "{error}");
    }
}

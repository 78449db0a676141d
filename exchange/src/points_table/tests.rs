#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::testing::{file, max_error, sum};

const TOML: &str = include_str!("../../tests/files/points.toml");
const CSV: &str = include_str!("../../tests/files/points.csv");

/// The points of a case, as somebody with a pencil would add them.
fn points(age: Option<f64>, priors: Option<f64>, weapon: &Value, children: Option<f64>) -> f64 {
    let mut points = -6.0;
    if age.is_some_and(|age| age < 25.0) {
        points += 3.0;
    }
    if let Some(n) = priors {
        points += if (2.0..5.0).contains(&n) { 2.0 } else { 0.0 };
        points += if n > 1.0 && n <= 3.0 { 0.5 } else { 0.0 };
    }
    points += match weapon {
        Value::Text(text) if text == "knife" => 1.0,
        Value::Missing => 0.5,
        Value::Number(_) => 4.0,
        _ => 0.0,
    };
    points - children.unwrap_or(0.0)
}

#[test]
fn points_add_up_as_on_paper() {
    let models = [TOML, CSV].map(|text| read(text.as_bytes()).unwrap());
    let value = |x: Option<f64>| x.map_or(Value::Missing, Value::Number);
    let (mut largest, mut wrong) = (0.0_f64, 0.0_f64);
    for age in [None, Some(24.9), Some(25.0)] {
        for priors in [None, Some(1.0), Some(1.5), Some(2.0), Some(3.0), Some(4.9), Some(5.0)] {
            for weapon in
                [Value::Missing, Value::Text("knife".into()), Value::Text("none".into()), Value::Number(2.0)]
            {
                for children in [None, Some(0.0), Some(3.0)] {
                    let row = [value(age), value(priors), weapon.clone(), value(children)];
                    let expected = points(age, priors, &weapon, children) / 2.5;
                    for model in &models {
                        assert_eq!(model.inputs, ["age", "prior_counts", "weapon", "children"]);
                        largest = largest.max((sum(model, &row) - expected).abs());
                        wrong = wrong.max((sum(model, &row) - expected * 2.5).abs());
                    }
                }
            }
        }
    }
    assert!(largest <= 1e-12, "{largest}");
    assert!(wrong > 1.0);
}

#[test]
fn a_card_of_fasterrisk_says_what_it_said() {
    let text = String::from_utf8(file("points-fasterrisk.toml")).unwrap();
    let error = |text: &str| max_error(&read(text.as_bytes()).unwrap(), "points-fasterrisk.toml", "sums");
    assert!(error(&text) <= 1e-12, "{}", error(&text));
    assert!(error(&text.replacen("at_least", "above", 1)) > 0.1);
}

#[test]
fn the_examples_in_the_documentation_are_read() {
    let source = include_str!("mod.rs");
    let block = |kind: &str| -> String {
        let start = source.find(&format!("//! ```{kind}\n")).unwrap();
        let lines = source[start..].lines().skip(1).take_while(|line| *line != "//! ```");
        lines.map(|line| format!("{}\n", line.trim_start_matches("//!").trim_start())).collect()
    };
    let [mut toml, csv] = ["toml", "csv"].map(|kind| read(block(kind).as_bytes()).unwrap());
    toml.origin = csv.origin.clone();
    assert_eq!(toml, csv);
    assert_eq!(toml.terms.len(), 5);
}

#[test]
fn broken_cards_are_refused_with_their_place() {
    let toml = |row: &str| format!("intercept = 0\nmultiplier = 1\n[[points]]\ncolumn = \"a\"\n{row}\n");
    let csv = |rows: &str| format!("column,equals,at_most,missing,points,multiplier\n{rows}");
    for (text, expected) in [
        (toml("points = 1"), "row 1 of points, column `a`: 0 tests"),
        (toml("points = 1\nequals = 1\nbelow = 2"), "2 tests"),
        (toml("equals = 1"), "no points"),
        (toml("points = nan\nequals = 1"), "a finite number of points"),
        (toml("points = 1\nequals = inf"), "not finite"),
        (toml("points = 1\nbelow = nan"), "a bound that is not finite"),
        (toml("points = 1\nbelow = 1\nat_most = 1"), "one upper bound"),
        (toml("points = 1\nabove = 1\nat_least = 1"), "one lower bound"),
        (toml("points = 1\nabove = 1\nbelow = 1"), "an interval that holds no number"),
        (toml("points = 1\nat_least = 2\nat_most = 1"), "an interval that holds no number"),
        (toml("points = 1\nper_unit = 1"), "`per_unit` beside"),
        (toml("points = 1\nmissing = false"), "`missing = false`"),
        (toml("points = 1\nequal = 1"), "line 6: unknown field `equal`"),
        (toml("points = 1\nequals = [1]"), "`equals` is a number or a text"),
        ("intercept = 0\n[[points]]\ncolumn = \"a\"".to_owned(), "missing field"),
        ("intercept = 0\nmultiplier = 0\n[[points]]\ncolumn = \"a\"".to_owned(), "multiplier: `0`"),
        ("intercept = 0\nmultiplier = 1\npoints = []".to_owned(), "points: no row"),
        (csv("a,1,,,1,\n"), "a first row without a column"),
        (csv(",,,,1,1\n,,,,1,1\n"), "line 3, `column`: a second row"),
        (csv(",,,,1,\n"), "line 2, `multiplier`: nothing"),
        (csv(",1,,,1,1\n"), "a test without a column"),
        (csv(",,,,1,1\na,1,,,x,\n"), "line 3, `points`: `x`"),
        (csv(",,,,1,1\na,1,,yes,1,\n"), "line 3, `missing`: `yes`"),
        (csv(",,,,1,1\na,1,,,1,3\n"), "in the row without a column only"),
        (csv(",,,,1,1\na,1\n"), "line 3"),
        (csv(""), "the end of the file"),
        ("column,points,column\n".to_owned(), "the column `column`"),
        ("column,points,other\n".to_owned(), "the column `other`"),
    ] {
        let message = read(text.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn nesting_has_a_limit() {
    for deep in ["[", "{a="] {
        assert!(read(format!("points = {}", deep.repeat(200_000)).as_bytes()).is_err());
    }
    assert!(read(format!("[{}]", "a.".repeat(200_000)).as_bytes()).is_err());
}

#[test]
fn broken_files_are_refused_without_a_panic() {
    for text in [TOML, CSV] {
        let refused = crate::testing::broken(text.as_bytes(), |bytes| read(bytes).is_ok());
        assert!(refused > text.len() / 14, "{refused}");
    }
}

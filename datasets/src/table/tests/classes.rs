//! Tables with an ordered outcome.

use std::path::Path;

use super::import::{HEADER, SOURCE, read_as};
use crate::{Cohort, Error, Source};

const NAME: &str = "name = \"again\"";

/// The class stands in the column of the sum, and the event begins with `from`.
fn outcome(from: &str) -> String {
    format!(
        "{NAME}\nclasses = {{ column = \"sum\", from_lowest = [\"none\", \"injury\", \"grave\"], from = \"{from}\", \
         values = {{ 0 = \"none\", 1 = \"injury\", 2 = \"grave\" }}, unknown = [\"\", \"-9\"] }}"
    )
}

const NO_SCORE: (&str, &str) =
    ("[[score]]\nname = \"sum\"\ncolumn = \"sum\"\nunknown = [\"\", \"-9\"]\n", "");

fn read(from: &str, rows: &[(&str, &str, &str)], time: bool) -> Result<Cohort, String> {
    let lines = rows
        .iter()
        .enumerate()
        .map(|(at, (again, ever, sum))| format!("{},31/01/2025,,yes,0,no,{again},{ever},f,{sum}\n", at + 1));
    let table = format!("{HEADER}0,01/01/2025,test,,,,,,,\n{}", lines.collect::<String>());
    let mut outcome = outcome(from);
    let rules = (SOURCE.find("rules = [").unwrap(), SOURCE.find("\n]\n").unwrap() + 2);
    let rules = &SOURCE[rules.0..rules.1];
    let simple = "rules = [{ when = { again = \"0\" }, status = \"no_event\" }, { when = { again = \"1\" }, status = \"event\" }]";
    if time {
        outcome.push_str("\nhorizon_days = 10\ntime = { column = \"ever\", unit = \"days\" }");
    }
    let rules = (rules, if time { simple } else { rules });
    read_as(&[(NAME, &outcome), NO_SCORE, rules], &table)
}

fn codes(cohort: &Cohort) -> Vec<Option<u8>> {
    cohort.outcomes()[0].classes.clone().unwrap().codes
}

#[test]
fn a_class_is_read_with_the_outcome_and_a_missing_one_stays_missing() {
    let rows = [("0", "0", "0"), ("1", "1", "2"), ("1", "1", ""), ("0", "0", "-9"), ("1", "1", "1")];
    let cohort = read("injury", &rows, false).unwrap();
    assert_eq!(codes(&cohort), [Some(0), Some(2), None, None, Some(1)]);
    assert_eq!(cohort.outcomes()[0].classes.as_ref().unwrap().from_id(), "injury");
    assert_eq!(
        cohort.provenance().notes[2],
        "outcome `again` is ordered, and is the event from `injury` on: 1 none, 1 injury, 1 grave, and 2 rows whose class is not known"
    );
}

#[test]
fn a_class_that_is_not_listed_or_contradicts_the_outcome_is_told_with_its_row() {
    let said = read("injury", &[("0", "0", "0"), ("0", "0", "3")], false).unwrap_err();
    assert!(said.contains("column `sum` holds `3`, expected one of `0`, `1`, `2` (row 3)"), "{said}");
    let said = read("grave", &[("0", "0", "2"), ("1", "1", "1")], false).unwrap_err();
    assert!(said.contains("has class `grave` and no event, which begins with `grave` (row 2)"), "{said}");
    assert!(said.contains("has class `injury` and the event, which begins with `grave` (row 3)"), "{said}");
}

#[test]
fn at_a_horizon_the_class_is_what_it_was_by_then() {
    // The event on day 5 and on day 20 of 10; censored on day 3; followed to day 10.
    let rows = [("1", "5", "2"), ("1", "20", "2"), ("0", "3", "0"), ("0", "10", "0")];
    let cohort = read("injury", &rows, true).unwrap();
    assert_eq!(codes(&cohort), [Some(2), Some(0), None, Some(0)], "all but the lowest class are the event");
    let note = "outcome `again`, 1 rows whose event came after the horizon: they are in the lowest class at the horizon";
    assert!(cohort.provenance().notes.iter().any(|found| found == note), "{:?}", cohort.provenance().notes);
    let rows = [("1", "5", "2"), ("1", "20", "2"), ("0", "3", "0"), ("0", "10", "1")];
    let cohort = read("grave", &rows, true).unwrap();
    assert_eq!(codes(&cohort), [Some(2), None, None, Some(1)], "it may have been an injury by then, or none");
}

#[test]
fn a_source_states_classes_that_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let wrong = outcome("some")
        .replace("\"grave\"]", "\"grave\", \"none\"]")
        .replace("2 = \"grave\"", "2 = \"killed\", -9 = \"none\"");
    std::fs::write(directory.path().join("form.toml"), super::import::numeric_form("0", "99")).unwrap();
    let text = SOURCE.replace(NAME, &wrong).replace("column = \"a\"", "column = \"sum\"");
    let Err(Error::Invalid { problems, .. }) =
        Source::from_toml(&text, &directory.path().join(Path::new("toy.toml")))
    else {
        panic!("accepted")
    };
    assert_eq!(
        problems.0.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "class `none` of outcome `again` is listed twice (place 4)",
            "outcome `again` is the event from a class on that is none of none, injury, grave, none",
            "outcome `again` reads `2` as class `killed`, expected one of none, injury, grave, none",
            "no text is read as class `grave` of outcome `again`, expected one or more",
            "outcome `again` lists the text `-9` both under `unknown` and with a class",
            "indicator `A` reads column `sum`, which is never an answer: it is outcome `again`",
        ]
    );
}

use super::forms::{PLAN, age, reoffended, table};
use super::*;

fn said(table: &ForeignTable, plan: &BinsPlan<'_>) -> String {
    propose_bins(table, plan).unwrap_err().to_string()
}

#[test]
fn every_column_that_is_not_there_is_named_at_once() {
    let table = table(100, &[("years", &|row| age(row).to_string()), ("event", &reoffended)]);
    let plan = BinsPlan { weight: Some("w"), case: Some("id"), only: &[("set", "train")], ..PLAN };
    let said = said(&table, &plan);
    for name in ["age", "reoffended", "w", "id", "set"] {
        let expected = format!("the table has no column `{name}`, expected one of `years`, `event`");
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn texts_that_are_no_numbers_are_named_with_their_rows() {
    let cell = |row: usize| match row {
        3 => "30 años".to_owned(),
        5 | 9 => "no consta".to_owned(),
        _ => age(row).to_string(),
    };
    let heavy = |row: usize| if row == 8 { "0" } else { "1" }.to_owned();
    let table = table(100, &[("age", &cell), ("reoffended", &reoffended), ("w", &heavy)]);
    let found = said(&table, &BinsPlan { weight: Some("w"), unknown: &["-9"], ..PLAN });
    for expected in [
        "column `age` holds `30 años` in 1 row, expected a number, or that the text is stated to be unknown (row 4)",
        "column `age` holds `no consta` in 2 rows, expected a number, or that the text is stated to be unknown (row 6)",
        "weight `w` is `0`, expected a number above 0 (row 9)",
        "column `age` never holds `-9`, which is stated to be unknown",
    ] {
        assert!(found.contains(expected), "{found}");
    }
    // Rows that are not asked for may hold anything.
    let only = BinsPlan { unknown: &["no consta"], ..PLAN };
    assert!(said(&table, &only).contains("30 años"));
}

#[test]
fn too_few_events_are_counted_and_so_are_those_that_are_needed() {
    let rare = |row: usize| if row.is_multiple_of(25) { "yes" } else { "no" }.to_owned();
    let years = |row: usize| age(row).to_string();
    let few = table(200, &[("age", &years), ("reoffended", &rare)]);
    assert!(
        said(&few, &PLAN).contains(
            "8 rows with outcome `reoffended` and 192 without it are too few for two bins of 10 each: 20 of both are needed"
        ),
        "{}",
        said(&few, &PLAN)
    );
    assert!(propose_bins(&few, &BinsPlan { least_events: 1, ..PLAN }).is_ok());
    let one_class = table(200, &[("age", &years), ("reoffended", &|_| "no".to_owned())]);
    let stated = BinsPlan { outcome: ("reoffended", Some("no")), ..PLAN };
    assert!(
        said(&one_class, &stated)
            .contains("happened in 200 of 200 rows that count, expected some with and some without")
    );
}

#[test]
fn what_cannot_be_cut_is_refused() {
    let one = table(200, &[("age", &|_| "30".to_owned()), ("reoffended", &reoffended)]);
    assert!(said(&one, &PLAN).contains("no cut of column `age` leaves 10 rows with the outcome"));
    // The young reoffend more often here: nothing rises.
    let falling = table(
        2000,
        &[("age", &|row| f64::from(u8::from(age(row) >= 25.0)).to_string()), ("reoffended", &reoffended)],
    );
    let rising = BinsPlan { direction: Some(Direction::Rising), ..PLAN };
    assert!(
        said(&falling, &rising).contains("on either side, and rates that rise"),
        "{}",
        said(&falling, &rising)
    );
    let three = BinsPlan { n_bins: Some(3), ..PLAN };
    assert!(said(&falling, &three).contains(
        "there are no 3 bins of column `age` with 10 events each whose rates fall; there are 2 at most"
    ));
}

#[test]
fn a_plan_that_means_nothing_is_refused() {
    let table = table(100, &[("age", &|row| age(row).to_string()), ("reoffended", &reoffended)]);
    let plan = BinsPlan { least_events: 0, most_bins: 16, n_bins: Some(1), ..PLAN };
    let found = said(&table, &plan);
    for expected in
        ["least_events is 0", "most_bins is 16, expected 2 to 15", "n_bins is 1, expected 2 to 16"]
    {
        assert!(found.contains(expected), "{found}");
    }
    let itself = BinsPlan { outcome: ("age", Some("30")), ..PLAN };
    assert!(said(&table, &itself).contains("`age` is the column and the outcome, expected two columns"));
    let never = BinsPlan { outcome: ("reoffended", Some("maybe")), ..PLAN };
    assert!(said(&table, &never).contains("column `reoffended` never holds `maybe`"));
}

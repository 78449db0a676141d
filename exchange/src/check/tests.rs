use super::*;
use crate::foreign::Term;
use crate::lowered::lowered;
use crate::small::{columns, form, held, model};
use crate::testing::sum;

/// The probes of the model as a table, each with what the original program says of it.
fn scored_by(original: &ForeignModel) -> (Vec<(String, Vec<String>)>, Vec<String>) {
    let (read, columns) = (model(), columns());
    let lowered = lowered(&read, &columns, &form()).unwrap();
    let table = probes(&read, &columns, &lowered);
    let rows = rows::codes(
        &read.inputs,
        read.arithmetic,
        &columns,
        &scored(&named(&table), &vec![String::new(); table[0].1.len()]),
        &mut Problems::default(),
    );
    let predict =
        |row: &Vec<u8>| sigmoid(sum(original, &held(&columns, original.inputs.len(), row))).to_string();
    let predictions = rows.iter().map(predict).collect();
    (table, predictions)
}

fn named(table: &[(String, Vec<String>)]) -> Vec<(&str, &[String])> {
    table.iter().map(|(name, cells)| (name.as_str(), cells.as_slice())).collect()
}

fn scored<'a>(columns: &'a [(&'a str, &'a [String])], predictions: &'a [String]) -> Scored<'a> {
    Scored { columns, predictions, compared: Compared::Probability }
}

fn compared(table: &[(String, Vec<String>)], predictions: &[String]) -> Result<Agreement, String> {
    let (read, columns) = (model(), columns());
    let lowered = lowered(&read, &columns, &form()).unwrap();
    let found = agreement(&read, &columns, &lowered, &scored(&named(table), predictions));
    found.map_err(|error| error.to_string())
}

#[test]
fn probes_that_the_program_scored_show_that_the_model_is_the_same() {
    let (table, predictions) = scored_by(&model());
    let found = compared(&table, &predictions).unwrap();
    assert_eq!(found.n_rows, predictions.len());
    assert!(found.largest_difference <= found.allowed_there.max(1e-15), "{found:?}");
    assert!(found.allowed_there < 1e-6, "{found:?}");
}

#[test]
fn a_program_that_says_something_else_of_one_answer_is_found() {
    // What is lost most easily: where a missing value goes.
    let mut other = model();
    if let Term::Table { values, .. } = &mut other.terms[2] {
        values[0] += 1e-5;
    }
    let (table, predictions) = scored_by(&other);
    let told = compared(&table, &predictions).unwrap_err();
    assert!(told.contains("the probability is") && told.contains("nothing was imported"), "{told}");
}

#[test]
fn rows_that_do_not_show_every_answer_do_not_suffice() {
    let (mut table, mut predictions) = scored_by(&model());
    let missing: Vec<usize> = (0..predictions.len()).filter(|&row| table[0].1[row].is_empty()).collect();
    assert!(!missing.is_empty());
    for row in missing.into_iter().rev() {
        predictions.remove(row);
        table.iter_mut().for_each(|(_, cells)| {
            cells.remove(row);
        });
    }
    let told = compared(&table, &predictions).unwrap_err();
    assert!(told.contains("no row has `A` = `unknown`") && told.contains("`--probes`"), "{told}");
}

#[test]
fn everything_that_is_wrong_with_the_rows_is_told_at_once() {
    let (mut table, mut predictions) = scored_by(&model());
    predictions[2] = "high".to_owned();
    predictions[3] = "-0.25".to_owned();
    let b = table.iter_mut().find(|(name, _)| name == "b").unwrap();
    b.1[4] = "25".to_owned();
    let told = compared(&table, &predictions).unwrap_err();
    assert!(told.contains("prediction is `high`, expected a probability from 0 to 1 (row 3)"), "{told}");
    assert!(
        told.contains("no answer is mapped to `b1` = `") && told.contains("with `b` = `25` (row 5)"),
        "{told}"
    );
    assert!(told.contains("prediction is `-0.25`, expected a probability from 0 to 1 (row 4)"), "{told}");
    table.remove(0);
    assert!(compared(&table, &predictions).unwrap_err().contains("the table has no column `a`"));
}

#[test]
fn a_mean_of_shares_is_compared_as_a_probability_only() {
    let (table, predictions) = scored_by(&model());
    let (read, columns) = (ForeignModel { scale: Scale::Probability, ..model() }, columns());
    let lowered = lowered(&read, &columns, &form()).unwrap();
    let named = named(&table);
    let as_log_odds = Scored { compared: Compared::LogOdds, ..scored(&named, &predictions) };
    let told = agreement(&read, &columns, &lowered, &as_log_odds).unwrap_err().to_string();
    assert!(told.contains("a mean of shares"), "{told}");
}

#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};

use super::*;
use crate::testing::{agrees, broken, file, max_error};

/// Log-odds taken back from a probability.
const TOLERANCE: f64 = 1e-12;

fn changed(edit: impl Fn(&mut Json)) -> Vec<u8> {
    let mut document: Json = serde_json::from_slice(&file("ebm.json")).unwrap();
    edit(&mut document["ebm"]);
    serde_json::to_vec(&document).unwrap()
}

#[test]
fn a_model_says_what_its_program_said() {
    let model = read(&file("ebm.json")).unwrap();
    agrees(&model, "ebm.json", "sums", TOLERANCE);
    let notes = [
        "the probability is that of the class `yes`",
        "no row of training lacked `code`, so that a missing value adds nothing",
        "no row of training lacked `ord`, so that a missing value adds nothing",
    ];
    assert_eq!(model.origin.notes, notes);
}

#[test]
fn cuts_of_pairs_and_texts_of_numbers_count() {
    let wrong = |edit: fn(&mut Json)| max_error(&read(&changed(edit)).unwrap(), "ebm.json", "sums");
    // A cut moved by a hair, in the list for single columns and in that for pairs.
    assert!(wrong(|ebm| ebm["features"][0]["cuts"][0][0] = json!(0.500_000_1)) > 0.01);
    assert!(wrong(|ebm| ebm["features"][0]["cuts"][1][0] = json!(5.500_000_1)) > 0.01);
    assert!(wrong(|ebm| ebm["features"][2]["categories"][0][0] = json!("1.0")) > 0.01);
    assert!(wrong(|ebm| ebm["features"][1]["categories"][0][0] = json!("unseen")) > 0.01);
}

#[test]
fn what_has_no_exact_meaning_is_refused_with_the_reason() {
    type Edit = fn(&mut Json);
    let cases: [(Edit, &str); 16] = [
        (|ebm| ebm["outputs"][0]["task"] = json!("regression"), "ebm.outputs[0].task: the task `regression`"),
        (|ebm| ebm["outputs"][0]["classes"] = json!([0, 1, 2]), "a model of 3 classes"),
        (|ebm| ebm["outputs"][0]["link"] = json!("identity"), "the link `identity`"),
        (|ebm| ebm["outputs"] = json!([]), "several outputs"),
        (|ebm| ebm["intercept"] = json!([1, 2]), "a list of 2, expected one number"),
        (|ebm| ebm["terms"][4]["term_features"] = json!(["num", "cat", "ord"]), "a term of 3 columns"),
        (|ebm| ebm["terms"][4]["term_features"] = json!(["num", "x"]), "names of `features`"),
        (|ebm| ebm["terms"][4]["term_features"] = json!(["num", "num"]), "names of `features`"),
        (|ebm| ebm["features"][1]["name"] = json!("num"), "features of different names"),
        (|ebm| ebm["terms"][0]["scores"] = json!([0, 1]), "ebm.terms[0].scores: 2 items, expected 14"),
        (|ebm| ebm["terms"][4]["scores"][2] = json!([0, 1]), "ebm.terms[4].scores[2]: 2 items"),
        (|ebm| ebm["terms"][0]["scores"][3] = json!("-inf"), "the text `-inf`"),
        (|ebm| ebm["features"][0]["cuts"][0][0] = json!(9), "cuts that rise"),
        (|ebm| ebm["features"][0]["type"] = json!("text"), "`continuous`"),
        (|ebm| ebm["features"][0]["cuts"] = json!([]), "expected bins"),
        (|ebm| ebm["features"][1]["categories"][0][0] = json!("1e+16"), "very large or very small"),
    ];
    for (edit, expected) in cases {
        let message = read(&changed(edit)).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn broken_files_are_refused_without_a_panic() {
    let bytes = file("ebm.json");
    let refused = broken(&bytes, |bytes| read(bytes).is_ok());
    assert!(refused > bytes.len() / 7, "{refused}");
}

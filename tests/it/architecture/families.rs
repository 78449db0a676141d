//! A family of models is met as terms: whoever analyses a scorer cannot tell how it was fitted.

use super::tree::{code, rust};

/// Families that have a name of their own; the baseline's, `points`, is a word of the form as well.
const FAMILIES: [&str; 3] = ["logistic", "forest", "hybrid"];

/// Where scorers are taken apart, where they are fitted, and where a report is made up for tests.
const MAY_KNOW: [&str; 3] = ["models/src/scorer/", "training/src/", "reporting/src/made_up/"];

fn may_know(file: &str) -> bool {
    MAY_KNOW.iter().any(|place| file.starts_with(place))
}

/// The families that a text asks for by name.
fn asked(text: &str) -> Vec<&'static str> {
    FAMILIES.into_iter().filter(|family| text.contains(&format!("\"{family}\""))).collect()
}

#[test]
fn no_analysis_asks_for_a_family_by_name() {
    let mut known = 0;
    for krate in
        ["datasets", "models", "training", "evaluation", "reporting", "lab", "journal", "serving", ""]
    {
        for (file, text) in code(krate) {
            let asked = asked(&text);
            assert!(may_know(&file) || asked.is_empty(), "`{file}` names {asked:?}");
            known += asked.len();
        }
    }
    assert!(known >= FAMILIES.len(), "the search finds those that may");
    assert_eq!(asked("if scorer.family() == \"forest\" {"), ["forest"]);
}

/// The compiler keeps everybody else from a match on the kinds of scorers and candidates as long as they are private.
#[test]
fn what_a_scorer_is_made_of_is_private() {
    let text = |name: &str| {
        let files = rust("models/src/scorer");
        files.into_iter().find(|(file, _)| file.ends_with(name)).map(|(_, text)| text).unwrap()
    };
    let (scorer, candidate) = (text("scorer/mod.rs"), text("scorer/candidate.rs"));
    assert!(scorer.contains("pub struct Scorer(Kind);") && scorer.contains("\nenum Kind {"));
    assert!(candidate.contains("    fitted: Fitted,") && candidate.contains("\npub(super) enum Fitted {"));
}

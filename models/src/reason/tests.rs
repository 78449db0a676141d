#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::Reason;
use crate::explain::{OrReason, Undefined};

#[test]
fn a_reason_is_an_object_with_a_code() {
    for (reason, expected) in [
        (Reason::HighestLevel, json!({"code": "highest_level"})),
        (
            Reason::TooFewCases { cases: 312, needed: 800 },
            json!({"code": "too_few_cases", "cases": 312, "needed": 800}),
        ),
        (
            Reason::DependsOnUnknown { indicators: vec!["I1".to_owned(), "I2".to_owned()] },
            json!({"code": "depends_on_unknown", "indicators": ["I1", "I2"]}),
        ),
        (
            Reason::NeverBelow { cut_point: 0.1, lowest: 0.1 + 0.2 },
            json!({"code": "never_below", "cut_point": 0.1, "lowest": 0.1 + 0.2}),
        ),
    ] {
        assert_eq!(serde_json::to_value(&reason).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Reason>(&expected.to_string()).unwrap(), reason);
    }
    let unknown = serde_json::from_value::<Reason>(json!({"code": "because"})).unwrap_err().to_string();
    assert!(unknown.contains("unknown variant `because`"), "{unknown}");
}

#[test]
fn sentences_of_earlier_editions_are_read() {
    let read = |sentence: &str| {
        let text = json!({"undefined": sentence}).to_string();
        serde_json::from_str::<OrReason<f64>>(&text).ok().and_then(|read| read.reason().cloned())
    };
    for (sentence, expected) in [
        ("nothing was kept of the population when this version was made", Reason::PopulationNotKept),
        ("312 cases, expected at least 800", Reason::TooFewCases { cases: 312, needed: 800 }),
        ("7 rows, expected at least 10", Reason::TooFewRows { rows: 7, needed: 10 }),
        (
            "3000000 cells of leaves, expected at most 2097152: the trees are deep",
            Reason::TreesTooDeep { cells: 3_000_000, most: 2_097_152 },
        ),
    ] {
        assert_eq!(read(sentence), Some(expected), "{sentence}");
    }
    for other in ["", "too few", "x cases, expected at least 800", "312 cases, expected at least 800 or so"] {
        assert_eq!(read(other), None, "{other}");
    }
    let refused = serde_json::from_value::<Undefined>(json!({"undefined": "too few"})).unwrap_err();
    assert_eq!(refused.to_string(), "`too few` is no reason that an edition has written");
}

//! Cohorts of one outcome.

use crate::{Answers, Assigned, CohortParts, Outcome, Provenance, Status};

/// Parts of a cohort with one outcome that has no horizon, weights of 1, and nothing else.
pub fn one_outcome(answers: Answers, cases: Vec<String>, name: &str, status: Vec<Status>) -> CohortParts {
    CohortParts {
        weights: vec![1.0; cases.len()],
        answers,
        cases,
        dates: None,
        assigned: Assigned::default(),
        outcomes: vec![Outcome {
            name: name.to_owned(),
            horizon_days: None,
            status,
            days: None,
            classes: None,
        }],
        groups: vec![],
        scores: vec![],
        oracles: vec![],
        provenance: Provenance {
            title: "made up for a test".to_owned(),
            synthetic: None,
            source: None,
            input_digest: None,
            notes: vec![],
            late_answers: vec![],
        },
    }
}

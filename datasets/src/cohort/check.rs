//! Whether the parts of a cohort agree.

use std::collections::HashSet;

use super::{CohortParts, Group, Status};
use crate::{Problem, Problems};

/// Names that occur twice, and true probabilities of no outcome.
pub(super) fn names(parts: &CohortParts, problems: &mut Problems) {
    let mut twice = |what: &str, names: Vec<&str>| {
        let mut seen = HashSet::new();
        for name in names.into_iter().filter(|name| !seen.insert(*name)) {
            problems.push(Problem::new(name, format!("{what} `{name}` is listed twice")));
        }
    };
    twice("outcome", parts.outcomes.iter().map(|o| o.name.as_str()).collect());
    twice("group", parts.groups.iter().map(|g| g.name.as_str()).collect());
    twice("score", parts.scores.iter().map(|s| s.name.as_str()).collect());
    twice("true probability of", parts.oracles.iter().map(|o| o.outcome.as_str()).collect());
    if let Some(folds) = &parts.assigned.folds {
        twice("fold", folds.names.iter().map(String::as_str).collect());
    }
    for group in &parts.groups {
        let what = format!("in group `{}` the label", group.name);
        twice(&what, group.labels.iter().map(String::as_str).collect());
    }
    for group in &parts.groups {
        let name = &group.name;
        let known: Vec<&str> =
            group.labels.iter().map(String::as_str).filter(|label| *label != Group::UNKNOWN).collect();
        if known.is_empty() {
            let message =
                format!("group `{name}` has no label besides `{}`, expected one or more", Group::UNKNOWN);
            problems.push(Problem::new(name, message));
        }
        if let Some(reference) = group.reference.as_deref().filter(|reference| !known.contains(reference)) {
            let message =
                format!("reference `{reference}` of group `{name}` is none of {}", known.join(", "));
            problems.push(Problem::new(name, message));
        }
    }
    for oracle in &parts.oracles {
        let name = &oracle.outcome;
        if !parts.outcomes.iter().any(|outcome| outcome.name == *name) {
            problems.push(Problem::new(name, format!("true probability of `{name}`, which is no outcome")));
        }
    }
}

/// Values that cannot be, by row.
pub(super) fn values(parts: &CohortParts, problems: &mut Problems) {
    if parts.dates.as_ref().is_some_and(|dates| dates.iter().all(Option::is_none)) {
        problems.push(Problem::new("dates", "no row has a day, expected one or more, or a cohort without dates"));
    }
    let mut say = |field: &str, row: usize, message: String| {
        problems.push(Problem::new(field, message).at_row(row + 1));
    };
    for (row, weight) in parts.weights.iter().enumerate() {
        if !(weight.is_finite() && *weight > 0.0) {
            say("weights", row, format!("weight {weight} is not a positive number"));
        }
    }
    for (row, case) in parts.cases.iter().enumerate() {
        if case.is_empty() {
            say("cases", row, "the case id is empty".into());
        }
    }
    for outcome in &parts.outcomes {
        let Some(days) = &outcome.days else { continue };
        for (row, (status, day)) in outcome.status.iter().zip(days).enumerate() {
            let name = &outcome.name;
            if *status == Status::Excluded {
                continue;
            }
            if !(day.is_finite() && *day >= 0.0) {
                say(name, row, format!("outcome `{name}` is followed for {day} days, expected 0 or more"));
                continue;
            }
            let Some(horizon) = outcome.horizon_days else { continue };
            let within = *day <= f64::from(horizon);
            match status {
                Status::Event if !within => {
                    say(
                        name,
                        row,
                        format!(
                            "outcome `{name}` is an event at day {day}, after its horizon of {horizon} days"
                        ),
                    );
                }
                Status::NoEvent if *day < f64::from(horizon) => say(
                    name,
                    row,
                    format!(
                        "outcome `{name}` is no event but was followed for {day} of {horizon} days, expected `censored`"
                    ),
                ),
                Status::Censored if *day >= f64::from(horizon) => say(
                    name,
                    row,
                    format!(
                        "outcome `{name}` is censored but was followed for {day} of {horizon} days, expected `no_event`"
                    ),
                ),
                _ => {}
            }
        }
    }
    for group in &parts.groups {
        for (row, code) in group.codes.iter().enumerate() {
            if usize::from(*code) >= group.labels.len() {
                let message =
                    format!("code {code} of group `{}` is not below {}", group.name, group.labels.len());
                say(&group.name, row, message);
            }
        }
    }
    if let Some(folds) = &parts.assigned.folds {
        for (row, code) in folds.codes.iter().enumerate() {
            if let Some(code) = code.filter(|code| usize::from(*code) >= folds.names.len()) {
                say("folds", row, format!("code {code} of the folds is not below {}", folds.names.len()));
            }
        }
    }
    for score in &parts.scores {
        for (row, value) in score.values.iter().enumerate() {
            if value.is_some_and(|v| !v.is_finite()) {
                say(&score.name, row, format!("score `{}` is not a finite number", score.name));
            } else if score.is_probability && value.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
                let found = value.unwrap_or_default();
                let message = format!(
                    "score `{}` is {found}, expected a value between 0 and 1: the source declares it a probability",
                    score.name
                );
                say(&score.name, row, message);
            }
        }
    }
    for oracle in &parts.oracles {
        for (row, p) in oracle.probability.iter().enumerate() {
            if !(0.0..=1.0).contains(p) {
                say(&oracle.outcome, row, format!("true probability {p} is not between 0 and 1"));
            }
        }
    }
}

//! Whether the parts of a cohort agree.

use std::collections::HashSet;

use super::classes;
use super::{AssignedFolds, Classes, CohortParts, Group, Oracle, Outcome, Status};
use crate::error::Causes;
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
    for outcome in &parts.outcomes {
        if let Some(Classes { ids, from, .. }) = &outcome.classes {
            classes::names(&outcome.name, ids, Some(usize::from(*from)), problems);
        }
    }
    for oracle in &parts.oracles {
        let name = &oracle.outcome;
        if !parts.outcomes.iter().any(|outcome| outcome.name == *name) {
            problems.push(Problem::new(name, format!("true probability of `{name}`, which is no outcome")));
        }
    }
}

/// Values that cannot be, each reason once; rows are named by the number that `number` gives to the place of each.
pub(super) fn values(parts: &CohortParts, number: impl Fn(usize) -> usize) -> Problems {
    let mut causes = Causes::default();
    let mut say = |field: &str, row: usize, [before, found, after]: [&str; 3]| {
        causes.push(field, before, found.to_owned(), after, number(row));
    };
    for (row, weight) in parts.weights.iter().enumerate() {
        if !(weight.is_finite() && *weight > 0.0) {
            say("weights", row, ["weight ", &weight.to_string(), " is not a positive number"]);
        }
    }
    for (row, case) in parts.cases.iter().enumerate() {
        if case.is_empty() {
            say("cases", row, ["the case id is ", "empty", ""]);
        }
    }
    for outcome in &parts.outcomes {
        follow_up(outcome, &mut say);
        classes::values(outcome, &mut say);
    }
    for Group { name, labels, codes, .. } in &parts.groups {
        let after = format!(" of group `{name}` is not below {}", labels.len());
        for (row, code) in codes.iter().enumerate().filter(|(_, code)| usize::from(**code) >= labels.len()) {
            say(name, row, ["code ", &code.to_string(), &after]);
        }
    }
    if let Some(AssignedFolds { names, codes }) = &parts.assigned.folds {
        let after = format!(" of the folds is not below {}", names.len());
        for (row, code) in codes.iter().enumerate() {
            if let Some(code) = code.filter(|code| usize::from(*code) >= names.len()) {
                say("folds", row, ["code ", &code.to_string(), &after]);
            }
        }
    }
    for score in &parts.scores {
        let before = format!("score `{}` is ", score.name);
        for (row, value) in score.values.iter().enumerate().filter_map(|(row, value)| Some((row, (*value)?)))
        {
            if !value.is_finite() {
                say(&score.name, row, [&before, &value.to_string(), ", expected a finite number"]);
            } else if score.is_probability && !(0.0..=1.0).contains(&value) {
                let after = ", expected a value between 0 and 1: the source declares it a probability";
                say(&score.name, row, [&before, &value.to_string(), after]);
            }
        }
    }
    for Oracle { outcome, probability } in &parts.oracles {
        let after = format!(" of `{outcome}` is not between 0 and 1");
        for (row, p) in probability.iter().enumerate().filter(|(_, p)| !(0.0..=1.0).contains(*p)) {
            say(outcome, row, ["true probability ", &p.to_string(), &after]);
        }
    }
    causes.into_problems()
}

/// Days of follow-up that cannot be, or that contradict the status.
fn follow_up(outcome: &Outcome, say: &mut impl FnMut(&str, usize, [&str; 3])) {
    let Outcome { name, horizon_days, status, days, .. } = outcome;
    let followed = format!("outcome `{name}` is followed for ");
    let horizon = horizon_days.map(f64::from).zip(*horizon_days);
    for (row, (status, day)) in status.iter().zip(days.iter().flatten()).enumerate() {
        if *status == Status::Excluded {
            continue;
        }
        let found = day.to_string();
        if !(day.is_finite() && *day >= 0.0) {
            say(name, row, [&followed, &found, " days, expected 0 or more"]);
            continue;
        }
        let Some((end, horizon)) = horizon else { continue };
        let (before, after) = match status {
            Status::Event if *day > end => {
                ("an event at day ", format!(", after its horizon of {horizon} days"))
            }
            Status::NoEvent if *day < end => {
                ("no event but was followed for ", format!(" of {horizon} days, expected `censored`"))
            }
            Status::Censored if *day >= end => {
                ("censored but was followed for ", format!(" of {horizon} days, expected `no_event`"))
            }
            _ => continue,
        };
        say(name, row, [&format!("outcome `{name}` is {before}"), &found, &after]);
    }
}

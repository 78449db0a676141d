//! What a config can be told to be wrong about by itself.

use amparo_datasets::split::{Method as SplitMethod, SharedCases};
use amparo_datasets::{Problem, Problems, Text};
use amparo_models::artefact::FoldsBy;
use amparo_models::registry::check_name;

use super::{Config, Holdout, HybridParams, Position, hybrid_name};
use crate::families::{families_of_points, gives_points};

/// Notes everything that does not hold together, but for the parameters of the candidates, which their families check.
pub(crate) fn check(config: &Config, problems: &mut Problems) {
    holdout(&config.holdout, problems);
    if config.inner_folds < 2 {
        let message = format!("`inner_folds` is {}, expected 2 or more", config.inner_folds);
        problems.push(Problem::new("inner_folds", message));
    }
    for (indicator, _) in config.accept_leak.iter().filter(|(_, reason)| reason.trim().is_empty()) {
        let message = format!(
            "`accept_leak.{indicator}` is empty, expected the reason why it is fitted on all the same"
        );
        problems.push(Problem::new("accept_leak", message));
    }
    if let Some(optimism) = config.optimism {
        optimism.check(&config.holdout, problems);
    }
    if config.least_rows < 1 {
        problems.push(Problem::new("least_rows", "`least_rows` is 0, expected 1 or more"));
    }
    if config.candidate.is_empty() {
        problems.push(Problem::new("candidate", "no `[[candidate]]` is listed, expected one or more"));
    }
    match &config.tuning {
        Some(tuning) => tuning.check(problems),
        None => {
            let all = config.candidate.iter().chain(&config.compared_only);
            for candidate in all.filter(|c| c.compare_only || !c.search.is_empty()) {
                let key = if candidate.compare_only { "compare_only" } else { "search" };
                let message = format!(
                    "candidate `{}`: `{key}` is for `amparo tune`, expected a section `[tuning]` that says how",
                    candidate.name
                );
                problems.push(Problem::new("tuning", message));
            }
        }
    }
    for candidate in config.candidate.iter().chain(&config.compared_only) {
        if let Err(error) = check_name("candidate", &candidate.name) {
            problems.push(Problem::new("candidate.name", error.to_string()));
        }
    }
    config.hybrid.iter().for_each(|h| hybrid(h, config, problems));
    let compared_only = config.compared_only.iter().map(|c| c.name.clone());
    let names: Vec<String> = config.names().chain(compared_only).collect();
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            problems.push(Problem::new("candidate.name", format!("candidate `{name}` is listed twice")));
        }
    }
}

fn inside(x: f64) -> bool {
    x > 0.0 && x < 1.0
}

fn holdout(holdout: &Holdout, problems: &mut Problems) {
    match *holdout {
        Holdout::Split { method, fit, calibrate, temporal, shared_cases } => {
            if method != SplitMethod::Temporal && !temporal.is_default() {
                let message = "`holdout.temporal` is given, expected only with `method = \"temporal\"`";
                problems.push(Problem::new("holdout.temporal", message));
            }
            if method != SplitMethod::Column && !shared_cases.is_default() {
                let message = "`holdout.shared_cases` is given, expected only with `method = \"column\"`";
                problems.push(Problem::new("holdout.shared_cases", message));
            }
            if !(inside(fit) && inside(calibrate) && inside(fit + calibrate)) {
                let message = format!(
                    "`holdout.fit` {fit} and `holdout.calibrate` {calibrate} must each and together lie between 0 and 1"
                );
                problems.push(Problem::new("holdout.fit", message));
            }
        }
        Holdout::CrossFit { folds, repeats, by, shared_cases } => {
            if folds < 2 {
                let message = format!("`holdout.folds` is {folds}, expected 2 or more");
                problems.push(Problem::new("holdout.folds", message));
            }
            if repeats < 1 {
                let message = format!("`holdout.repeats` is {repeats}, expected 1 or more");
                problems.push(Problem::new("holdout.repeats", message));
            }
            if by == FoldsBy::Column && repeats > 1 {
                let message = format!(
                    "`holdout.repeats` is {repeats}, expected 1: the table's own folds are there once"
                );
                problems.push(Problem::new("holdout.repeats", message));
            }
            if by != FoldsBy::Column && !shared_cases.is_default() {
                let message = "`holdout.shared_cases` is given, expected only with `by = \"column\"`";
                problems.push(Problem::new("holdout.shared_cases", message));
            }
            if shared_cases == SharedCases::LeaveOutOfTest {
                let message = "`holdout.shared_cases` is `leave_out_of_test`, expected `refuse` or `leave_out_of_train`: folds have no test side";
                problems.push(Problem::new("holdout.shared_cases", message));
            }
        }
    }
}

fn hybrid(hybrid: &HybridParams, config: &Config, problems: &mut Problems) {
    let blends = format!("hybrid of `{}` and `{}`", hybrid.baseline, hybrid.candidate);
    let family = |name: &str| config.candidate.iter().find(|c| c.name == name).map(|c| c.family.as_str());
    let expected = families_of_points();
    for (end, name) in [("baseline", &hybrid.baseline), ("candidate", &hybrid.candidate)] {
        let message = match (end, family(name)) {
            (_, None) if config.compared_only.iter().any(|c| c.name == *name) => {
                format!("{blends}: `{name}` is `compare_only`, expected a candidate that can be published")
            }
            (_, None) => {
                let known: Vec<&str> = config.candidate.iter().map(|c| c.name.as_str()).collect();
                format!("{blends}: no candidate has the name `{name}`, expected one of {}", known.join(", "))
            }
            ("baseline", Some(found)) if !gives_points(found) => {
                format!("{blends}: its baseline is of family `{found}`, expected {expected}")
            }
            ("candidate", Some(found)) if gives_points(found) => {
                format!("{blends}: its candidate is of family `{found}`, expected any but {expected}")
            }
            _ => continue,
        };
        problems.push(Problem::new(format!("hybrid.{end}"), message));
    }
    let is_silent = |reason: &Text| reason.es.trim().is_empty() || reason.en.trim().is_empty();
    if hybrid.never_below_baseline.as_ref().is_some_and(is_silent) {
        let message = format!(
            "{blends}: the reason `never_below_baseline` is empty, expected a sentence in `es` and in `en`"
        );
        problems.push(Problem::new("hybrid.never_below_baseline", message));
    }
    if hybrid.dials.is_none() && !hybrid.stacked {
        let message = format!(
            "{blends}: neither `dials` nor `stacked` is given, expected `dials = [0.5]` or `stacked = true`"
        );
        problems.push(Problem::new("hybrid.dials", message));
    }
    for position in hybrid.positions() {
        if let Position::At(dial) = position
            && !inside(dial)
        {
            let message =
                format!("{blends}: dial {dial} is not between 0 and 1 (the ends are the two candidates)");
            problems.push(Problem::new("hybrid.dials", message));
        } else if let Err(error) = check_name("candidate", &hybrid_name(&hybrid.candidate, position)) {
            problems.push(Problem::new("hybrid.dials", format!("{blends}: {error}")));
        }
    }
}

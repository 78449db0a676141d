//! Checks at the door: every problem at once, with the name, what was found and what was expected.

use std::collections::BTreeSet;

use crate::input::{Columns, GroupColumn, Input, Kind, Levels, Scored};
use crate::report::Context;
use crate::{MAX_REPLICATES, MIN_REPLICATES};

/// Problems of the rows.
pub(crate) fn columns(columns: &Columns) -> Vec<String> {
    let n = columns.y.len();
    let mut problems = Vec::new();
    let events = columns.y.iter().filter(|y| **y).count();
    if events == 0 || events == n {
        problems.push(format!("`y` has {events} events in {n} rows, expected both outcomes"));
    }
    length(&mut problems, "weight", columns.weight.len(), n);
    length(&mut problems, "cluster", columns.cluster.len(), n);
    each(&mut problems, "weight", &columns.weight, "> 0 and finite", |w| w.is_finite() && w > 0.0);
    if let Some(oracle) = &columns.oracle {
        length(&mut problems, "oracle", oracle.len(), n);
        each(&mut problems, "oracle", oracle, "in [0, 1]", |p| (0.0..=1.0).contains(&p));
    }
    let mut names = BTreeSet::new();
    for group in &columns.groups {
        if !names.insert(&group.name) {
            problems.push(format!("group `{}` is given twice", group.name));
        }
        self::group(&mut problems, group, n);
    }
    problems
}

/// Problems of the scores and of the context, given checked rows.
pub(crate) fn evaluation(input: &Input, scored: &[Scored], context: &Context) -> Vec<String> {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for one in scored {
        if !names.insert(one.name.as_str()) {
            problems.push(format!("scored `{}` is given twice", one.name));
        }
        check_scored(&mut problems, one, input.n_rows());
    }
    if !names.contains(context.reference.as_str()) {
        let known: Vec<_> = names.into_iter().collect();
        problems.push(format!(
            "reference `{}` is none of the scored: {}",
            context.reference,
            known.join(", ")
        ));
    }
    if !(MIN_REPLICATES..=MAX_REPLICATES).contains(&context.replicates) {
        let found = context.replicates;
        problems.push(format!("`replicates` is {found}, expected {MIN_REPLICATES} to {MAX_REPLICATES}"));
    }
    if context.bins < 2 {
        problems.push(format!("`bins` is {}, expected at least 2", context.bins));
    }
    problems
}

/// Problems of one group column.
pub(crate) fn group(problems: &mut Vec<String>, group: &GroupColumn, n: usize) {
    let name = &group.name;
    length(problems, &format!("group {name}"), group.codes.len(), n);
    if group.labels.iter().collect::<BTreeSet<_>>().len() != group.labels.len() {
        problems.push(format!("group `{name}` has a label twice"));
    }
    if let Some(row) = group.codes.iter().position(|code| usize::from(*code) >= group.labels.len()) {
        let found = group.codes[row];
        problems.push(format!(
            "group `{name}` has code {found}, expected below {} (row {row})",
            group.labels.len()
        ));
    }
    if let Some(reference) = &group.reference
        && !group.labels.contains(reference)
    {
        problems.push(format!(
            "reference `{reference}` of group `{name}` is none of {}",
            group.labels.join(", ")
        ));
    }
}

fn check_scored(problems: &mut Vec<String>, scored: &Scored, n: usize) {
    let name = &scored.name;
    length(problems, &format!("score of {name}"), scored.score.len(), n);
    each(problems, &format!("score of {name}"), &scored.score, "finite", f64::is_finite);
    match (&scored.kind, &scored.probability) {
        (Kind::Version { .. }, Some(p)) => {
            length(problems, &format!("probability of {name}"), p.len(), n);
            each(problems, &format!("probability of {name}"), p, "in [0, 1]", |p| (0.0..=1.0).contains(&p));
        }
        (Kind::Version { .. }, None) => {
            problems.push(format!("version `{name}` has no probability, expected one a row"))
        }
        (Kind::Foreign, Some(_)) => {
            problems.push(format!("foreign column `{name}` has a probability, expected none"))
        }
        (Kind::Foreign, None) => {}
    }
    if let Kind::Version { dial: Some(dial), .. } = scored.kind
        && !(0.0..=1.0).contains(&dial)
    {
        problems.push(format!("`dial` of `{name}` is {dial}, expected in [0, 1]"));
    }
    if let Some(levels) = &scored.levels {
        check_levels(problems, name, levels, n);
    }
}

fn check_levels(problems: &mut Vec<String>, name: &str, levels: &Levels, n: usize) {
    let ids = &levels.ids;
    length(problems, &format!("levels of {name}"), levels.codes.len(), n);
    if ids.len() < 2
        || ids.iter().collect::<BTreeSet<_>>().len() != ids.len()
        || ids.iter().any(|id| id.contains('@'))
    {
        problems.push(format!(
            "levels of `{name}` are {}, expected two or more distinct ids without `@`",
            ids.join(", ")
        ));
    }
    if let Some(row) = levels.codes.iter().position(|code| usize::from(*code) >= ids.len()) {
        let found = levels.codes[row];
        problems
            .push(format!("levels of `{name}` has code {found}, expected below {} (row {row})", ids.len()));
    }
    let rising = levels.cuts.windows(2).all(|pair| pair[0] < pair[1]);
    if levels.cuts.len() + 1 != ids.len() || !rising || !levels.cuts.iter().all(|cut| cut.is_finite()) {
        problems.push(format!(
            "cuts of `{name}` are {:?}, expected {} finite rising numbers",
            levels.cuts,
            ids.len().saturating_sub(1)
        ));
    }
    if let Some(intensity) = &levels.intensity {
        let within = intensity.iter().all(|q| (0.0..=1.0).contains(q));
        let rising = intensity.windows(2).all(|pair| pair[0] <= pair[1]);
        if intensity.len() != ids.len() || !within || !rising {
            problems.push(format!(
                "intensities of `{name}` are {intensity:?}, expected {} numbers in [0, 1] that never decrease",
                ids.len()
            ));
        }
    }
}

fn length(problems: &mut Vec<String>, name: &str, found: usize, expected: usize) {
    if found != expected {
        problems.push(format!("`{name}` has {found} rows, expected {expected}"));
    }
}

fn each(problems: &mut Vec<String>, name: &str, values: &[f64], expected: &str, holds: impl Fn(f64) -> bool) {
    let bad: Vec<usize> = (0..values.len()).filter(|row| !holds(values[*row])).collect();
    if let Some(first) = bad.first() {
        problems.push(format!(
            "`{name}` is {}, expected {expected} (row {first}; {} such rows)",
            values[*first],
            bad.len()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn all_problems_are_reported_at_once() {
        let bad = Columns {
            y: vec![true, true],
            weight: vec![0.0, f64::NAN],
            cluster: vec![1],
            groups: vec![GroupColumn {
                name: "g".into(),
                labels: vec!["a".into()],
                codes: vec![0, 3],
                reference: Some("z".into()),
            }],
            oracle: Some(vec![1.5, 0.5]),
            ..Columns::default()
        };
        let Err(Error::Invalid { problems, .. }) = Input::new(bad) else { panic!("accepted") };
        assert_eq!(
            problems,
            [
                "`y` has 2 events in 2 rows, expected both outcomes",
                "`cluster` has 1 rows, expected 2",
                "`weight` is 0, expected > 0 and finite (row 0; 2 such rows)",
                "`oracle` is 1.5, expected in [0, 1] (row 0; 1 such rows)",
                "group `g` has code 3, expected below 1 (row 1)",
                "reference `z` of group `g` is none of a",
            ]
        );
    }

    #[test]
    fn good_rows_have_no_problem() {
        let good = Columns {
            y: vec![true, false],
            weight: vec![1.0, 2.0],
            cluster: vec![9, 4],
            ..Columns::default()
        };
        let input = Input::new(good);
        assert!(input.is_ok_and(|input| input.cases() == [1, 0] && input.n_cases() == 2));
    }
}

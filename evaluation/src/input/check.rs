//! Checks at the door: every problem at once, with the name, what was found and what was expected.

use std::collections::{BTreeMap, BTreeSet};

use super::{Columns, GroupColumn, Input, Kind, Levels, Scored, Survival};

/// Problems of the rows.
pub(super) fn columns(columns: &Columns) -> Vec<String> {
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
    if let Some(strata) = &columns.strata {
        length(&mut problems, "strata", strata.len(), n);
        strata_by_case(&mut problems, strata, &columns.cluster);
    }
    if let Some(severe) = &columns.severe {
        length(&mut problems, &format!("severe {}", severe.outcome), severe.happened.len(), n);
    }
    if let Some(survival) = &columns.survival {
        check_survival(&mut problems, survival, &columns.groups);
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

/// Problems of the scores, given checked rows.
pub(super) fn scored(scored: &[Scored], input: &Input) -> Vec<String> {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for one in scored {
        if !names.insert(one.name.as_str()) {
            problems.push(format!("scored `{}` is given twice", one.name));
        }
        check_scored(&mut problems, one, input);
    }
    problems
}

/// Problems of one group column.
pub(super) fn group(problems: &mut Vec<String>, group: &GroupColumn, n: usize) {
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
    for unknown in group.unknown.iter().filter(|unknown| !group.labels.contains(unknown)) {
        problems.push(format!("`unknown` of group `{name}` has `{unknown}`, which is none of its labels"));
    }
    if group.labels.iter().all(|label| !group.is_known(label)) {
        problems.push(format!("group `{name}` has no label of rows of which something was recorded"));
    }
    reference(problems, group);
    for label in group.pairs.iter().flatten().filter(|label| !is_compared(group, label)) {
        problems.push(format!("`pairs` of group `{name}` has `{label}`, expected one of {}", known(group)));
    }
}

/// What is wrong with the reference label of a group column.
pub(super) fn reference(problems: &mut Vec<String>, group: &GroupColumn) {
    if let Some(reference) = group.reference.as_ref().filter(|label| !is_compared(group, label)) {
        let name = &group.name;
        problems.push(format!("reference `{reference}` of group `{name}` is none of {}", known(group)));
    }
}

fn is_compared(group: &GroupColumn, label: &String) -> bool {
    group.labels.contains(label) && group.is_known(label)
}

/// The labels that can be compared.
fn known(group: &GroupColumn) -> String {
    let known = group.labels.iter().filter(|label| group.is_known(label));
    known.map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn check_scored(problems: &mut Vec<String>, scored: &Scored, input: &Input) {
    let (name, n) = (&scored.name, input.n_rows());
    length(problems, &format!("score of {name}"), scored.score.len(), n);
    each(problems, &format!("score of {name}"), &scored.score, "finite", f64::is_finite);
    match (&scored.kind, &scored.probability) {
        (_, Some(p)) => {
            length(problems, &format!("probability of {name}"), p.len(), n);
            each(problems, &format!("probability of {name}"), p, "in [0, 1]", |p| (0.0..=1.0).contains(&p));
        }
        (Kind::Version { .. }, None) => {
            problems.push(format!("version `{name}` has no probability, expected one a row"))
        }
        (Kind::Candidate { .. }, None) => {
            problems.push(format!("candidate `{name}` has no probability, expected one a row"))
        }
        (Kind::Foreign, None) => {}
    }
    if let Kind::Version { dial: Some(dial), .. } = &scored.kind {
        if !(0.0..=1.0).contains(&dial.position) {
            problems.push(format!("`dial` of `{name}` is {}, expected in [0, 1]", dial.position));
        }
        if dial.baseline.is_none() && dial.candidate.is_none() {
            problems.push(format!(
                "`dial` of `{name}` has neither a baseline nor a candidate, expected one at least"
            ));
        }
    }
    if let Kind::Version { more_unknown: Some(share), .. } = &scored.kind
        && !(0.0..=1.0).contains(share)
    {
        problems.push(format!("`more_unknown` of `{name}` is {share}, expected in [0, 1]"));
    }
    if let Some(levels) = &scored.levels {
        check_levels(problems, name, levels, n);
    }
    if let Some(follow_up) = &scored.survival {
        let what = format!("score of the follow-up of {name}");
        let rows = input.columns().survival.as_ref().map_or(0, |survival| survival.days.len());
        length(problems, &what, follow_up.len(), rows);
        each(problems, &what, follow_up, "finite", f64::is_finite);
    }
}

/// A case has one stratum: it is drawn as a whole.
fn strata_by_case(problems: &mut Vec<String>, strata: &[u32], cluster: &[u32]) {
    let mut of_case = BTreeMap::new();
    for (row, (stratum, case)) in strata.iter().zip(cluster).enumerate() {
        let first = *of_case.entry(case).or_insert(stratum);
        if first != stratum {
            problems.push(format!(
                "`strata` has {stratum} for case {case} that has {first}, expected one stratum a case (row {row})"
            ));
            return;
        }
    }
}

fn check_survival(problems: &mut Vec<String>, survival: &Survival, groups: &[GroupColumn]) {
    let n = survival.days.len();
    each(problems, "days of the follow-up", &survival.days, ">= 0 and finite", |days| {
        days.is_finite() && days >= 0.0
    });
    let rising = survival.horizons.windows(2).all(|pair| pair[0] < pair[1]);
    if !rising || survival.horizons.first() == Some(&0) {
        problems.push(format!("horizons are {:?}, expected rising days above 0", survival.horizons));
    }
    length(problems, "happened of the follow-up", survival.happened.len(), n);
    length(problems, "cluster of the follow-up", survival.cluster.len(), n);
    length(problems, "weight of the follow-up", survival.weight.len(), n);
    each(problems, "weight of the follow-up", &survival.weight, "> 0 and finite", |w| {
        w.is_finite() && w > 0.0
    });
    if survival.groups.len() != groups.len() {
        let (found, expected) = (survival.groups.len(), groups.len());
        problems.push(format!("the follow-up has {found} group columns, expected {expected}"));
    }
    for (codes, column) in survival.groups.iter().zip(groups) {
        let column =
            GroupColumn { codes: codes.clone(), reference: None, pairs: Vec::new(), ..column.clone() };
        group(problems, &GroupColumn { name: format!("{} of the follow-up", column.name), ..column }, n);
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
                ..GroupColumn::default()
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
    fn strata_severe_outcomes_and_follow_up_are_checked() {
        let bad = Columns {
            y: vec![true, false, true],
            weight: vec![1.0; 3],
            cluster: vec![1, 1, 2],
            strata: Some(vec![0, 1, 1]),
            severe: Some(crate::input::Severe { outcome: "death".into(), happened: vec![None] }),
            survival: Some(Survival {
                days: vec![-1.0, 5.0],
                happened: vec![true],
                cluster: vec![1, 2],
                weight: vec![1.0, 1.0],
                groups: vec![vec![0, 0]],
                horizons: vec![30, 30],
            }),
            ..Columns::default()
        };
        let Err(Error::Invalid { problems, .. }) = Input::new(bad) else { panic!("accepted") };
        assert_eq!(
            problems,
            [
                "`strata` has 1 for case 1 that has 0, expected one stratum a case (row 1)",
                "`severe death` has 1 rows, expected 3",
                "`days of the follow-up` is -1, expected >= 0 and finite (row 0; 1 such rows)",
                "horizons are [30, 30], expected rising days above 0",
                "`happened of the follow-up` has 1 rows, expected 2",
                "the follow-up has 1 group columns, expected 0",
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

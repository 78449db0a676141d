//! Files of gates and of waivers.

use super::super::Waivers;
use super::*;
use crate::input::{Columns, GroupColumn, Input};

fn said<T>(result: Result<T, crate::Error>) -> String {
    result.err().map_or_else(|| "no error".to_owned(), |error| error.to_string())
}

#[test]
fn every_file_that_comes_with_the_program_is_read() {
    for (id, text) in Gates::BUILT_IN {
        let gates = Gates::from_toml(text).unwrap_or_else(|e| panic!("{id}: {e}"));
        assert_eq!(gates.id, *id);
    }
    let sample = Gates::from_toml(include_str!("../../../gates/sample.toml")).unwrap();
    let waivers = Waivers::from_toml(include_str!("../../../gates/waivers.toml")).unwrap();
    assert_eq!(said(waivers.check(&sample, "vpr@4")), "no error");
    let owners: Vec<&str> = sample.gates().iter().take(2).map(|gate| gate.owner.as_str()).collect();
    assert_eq!(owners, ["whoever answers for the model", "the statistics unit"]);
}

#[test]
fn all_problems_of_a_file_are_said_at_once_with_their_lines() {
    let text = written(&[
        "kind = \"value\"\nmetric = \"aucc\"",
        "kind = \"gap\"\nmetric = \"recall@high\"\nmargin = 0.0",
        "kind = \"difference\"\nmetric = \"calibration_slope\"\nmargin = -1\nat_least = 1",
        "kind = \"values\"\nmetric = \"auc\"\nlabels = [\"x\", \"x\"]",
        "kind = \"value\"\nmetric = \"auc\"\nat_least = 2\nat_most = 1\nmargin = 1",
        "kind = \"change\"\nmetric = \"auc\"\nowner = \" \"",
        "kind = \"value\"\nmetric = \"auc\"\nat_least = nan",
    ])
    .replace("format = 1", "format = 2")
    .replace("name = \"g6\"", "name = \"g5\"")
    .replacen("es = \"t\"", "es = \"\"", 1);
    let said = said(Gates::from_toml(&text));
    for problem in [
        "gates: 17 problems\n",
        "`format` is 2, expected 1",
        "`title.es` is empty",
        "gate `g0` (line 5): metric `aucc` is none of ",
        "gate `g0` (line 5): expected `at_least`, `at_most` or both",
        "gate `g1` (line 10): `margin` is 0, expected above 0",
        "gate `g2` (line 16): `at_least` belongs to the kind `value`",
        "gate `g2` (line 16): `margin` is -1, expected 0 or more",
        "gate `g2` (line 16): a difference in this metric is neither better nor worse",
        "gate `g3` (line 23): `kind` is `values`, expected value, difference, gap, change or directions",
        "gate `g3` (line 23): `labels` without `group`",
        "gate `g3` (line 23): `labels` has one twice",
        "gate `g4` (line 29): `at_least` is 2, expected no more than `at_most`, 1",
        "gate `g4` (line 29): `margin` belongs to the other kinds",
        "gate `g5` (line 37): `owner` is empty",
        "gate `g5` (line 37): expected `margin`, as for every gate of kind `change`",
        "gate `g5` (line 43): there is another gate of this name",
        "gate `g5` (line 43): `at_least` is NaN, expected a finite number",
    ] {
        assert!(said.contains(problem), "`{problem}` is not in\n{said}");
    }
}

#[test]
fn what_is_no_such_file_is_refused_where_it_goes_wrong() {
    let text = written(&["kind = \"value\"\nmetric = \"auc\"\nat_leats = 1"]);
    let message = said(Gates::from_toml(&text));
    assert!(
        message.contains("line 10, column 1") && message.contains("unknown field `at_leats`"),
        "{message}"
    );
    assert!(said(Gates::from_toml(HEAD)).contains("no `[[gate]]` found"));
    assert!(said(Waivers::from_toml("format = 1\n[[waiver]]\ngate = \"g\"")).contains("missing field"));
    assert!(said(Waivers::from_toml("format = 3")).contains("`format` is 3, expected 1"));
}

#[test]
fn all_names_that_mean_nothing_here_are_said_at_once() {
    let gates = gates(&[
        "kind = \"value\"\nmetric = \"recall\"\nat_least = 0.1",
        "kind = \"value\"\nmetric = \"recall@low\"\nat_least = 0.1",
        "kind = \"value\"\nmetric = \"auc@high\"\nat_least = 0.1\ngroup = \"races\"",
        "kind = \"gap\"\nmetric = \"ppv@high\"\nmargin = 0.1\ngroup = \"sex\"\nlabels = [\"man\", \"mann\"]",
        "kind = \"gap\"\nmetric = \"log_loss\"\nmargin = 0.1\ngroup = \"sex x age\"\nlabels = [\"man x old\"]",
        "kind = \"value\"\nmetric = \"level_share@low\"\nat_least = 0.1\ngroup = \"age x sex\"",
    ]);
    let (sex, age) = (["man".to_owned(), "woman".to_owned()], ["old".to_owned()]);
    let groups: [(&str, &[String]); 2] = [("sex", &sex), ("age", &age)];
    let said = said(gates.check(&groups, &["low", "high"]));
    for problem in [
        "gates: 6 problems\n",
        "gate `g0` (line 5): metric `recall` belongs to a level, expected one of `recall@high`",
        "gate `g1` (line 11): `recall@low` has a level of which the metric knows nothing, expected one of `recall@high`",
        "gate `g2` (line 17): metric `auc` belongs to no level, found `@high`",
        "gate `g2` (line 17): group `races` is no group column of the cohort, it has sex, age",
        "gate `g3` (line 24): label `mann` is none of `sex`: man, woman",
        "gate `g4` (line 32): no gap is taken in metric `log_loss`, expected one of ",
    ] {
        assert!(said.contains(problem), "`{problem}` is not in\n{said}");
    }
}

#[test]
fn all_problems_of_waivers_are_said_at_once() {
    let gates = gates(&["kind = \"value\"\nmetric = \"auc\"\nat_least = 0.1"]);
    let one = |gate: &str, version: &str, reason: &str| {
        format!(
            "[[waiver]]\ngate = \"{gate}\"\nversion = \"{version}\"\nreason = \"{reason}\"\nby = \"ana\"\n"
        )
    };
    let text =
        format!("format = 1\n{}{}{}", one("g0", "m@2", "r"), one("g0", "m@1", ""), one("g9", "m@2", "r"));
    let waivers = Waivers::from_toml(&text).unwrap();
    let said = said(waivers.check(&gates, "m@2"));
    for problem in [
        "waivers: 4 problems\n",
        "waiver of `g0` (line 7): `version` is `m@1`, expected `m@2`: a waiver is for one version",
        "waiver of `g0` (line 7): `reason` is empty",
        "waiver of `g0` (line 7): it is waived twice",
        "waiver of `g9` (line 12): it is none of the gates g0",
    ] {
        assert!(said.contains(problem), "`{problem}` is not in\n{said}");
    }
}

#[test]
fn intersections_that_gates_name_become_columns() {
    let column = |name: &str, codes: Vec<u16>| GroupColumn {
        name: name.to_owned(),
        labels: vec!["x".to_owned(), "y".to_owned()],
        codes,
        ..GroupColumn::default()
    };
    let input = || {
        let groups = vec![column("a", vec![0, 1, 1]), column("b", vec![1, 0, 1])];
        let (y, weight, cluster) = (vec![true, false, true], vec![1.0; 3], vec![0, 1, 2]);
        Input::new(Columns { y, weight, cluster, groups, ..Columns::default() }).unwrap()
    };
    let of = |group: &str| {
        gates(&[&format!("kind = \"gap\"\nmetric = \"recall@high\"\nmargin = 0.1\ngroup = \"{group}\"")])
    };
    let crossed = of("a x b").with_compared(input()).unwrap();
    let column = &crossed.columns().groups[2];
    assert_eq!((column.name.as_str(), &column.codes), ("a x b", &vec![1, 2, 3]));
    assert_eq!(column.labels[1], "x x y");
    // Once there, it is not added again; a column that is there stays as it is.
    assert_eq!(of("a x b").with_compared(crossed.clone()).unwrap(), crossed);
    assert_eq!(of("b").with_compared(input()).unwrap(), input());
    assert!(
        said(of("a x c").with_compared(input())).contains("group `a x c` is none of the rows' group columns")
    );
}

#[test]
fn what_a_gate_compares_must_be_clear() {
    let gap = |rest: &str| format!("kind = \"gap\"\nmetric = \"recall@high\"\nmargin = 0.1\n{rest}");
    let value = "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.1\npairwise = true";
    let of = [
        value.to_owned(),
        gap("reference = \"a\"\npairwise = true"),
        gap("group = \"g\"\nlabels = [\"a\"]\npairwise = true"),
        gap("group = \"g\"\nlabels = [\"a\"]\nreference = \"a\""),
        gap("group = \"g\"\nlabels = [\"a\", \"b\", \"c\"]"),
    ];
    let said_of_file = said(Gates::from_toml(&written(&of.each_ref().map(String::as_str))));
    for problem in [
        "gates: 6 problems\n",
        "gate `g0` (line 5): `pairwise` belongs to the kinds `gap` and `change`",
        "gate `g1` (line 12): `reference` without `group`",
        "gate `g1` (line 12): `reference` and `pairwise` exclude each other",
        "gate `g2` (line 20): `pairwise` with one label in `labels`",
        "gate `g3` (line 29): `labels` has only the reference label `a`",
        "gate `g4` (line 38): `labels` has 3, expected `reference` or `pairwise`",
    ] {
        assert!(said_of_file.contains(problem), "`{problem}` is not in\n{said_of_file}");
    }
    let known = ["a".to_owned(), "b".to_owned(), "unknown".to_owned()];
    let gates = gates(&[
        &gap("group = \"g\"\nlabels = [\"a\", \"unknown\"]"),
        &gap("group = \"g\"\nreference = \"z\""),
        "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.1\ngroup = \"g\"\nlabels = [\"unknown\"]",
    ]);
    let said = said(gates.check(&[("g", &known)], &["low", "high"]));
    for problem in [
        "gates: 2 problems\n",
        "gate `g0` (line 5): label `unknown` says that nothing was recorded, and is compared with no label",
        "gate `g1` (line 13): reference `z` is none of `g`: a, b, unknown",
    ] {
        assert!(said.contains(problem), "`{problem}` is not in\n{said}");
    }
}

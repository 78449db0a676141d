#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use amparo_datasets::Instrument;

use super::{Finding, Protocol};

/// A protocol with two levels and nothing else; `more` is appended.
fn small(more: &str) -> String {
    format!(
        r#"
id = "small"
title = {{ es = "t", en = "t" }}
cut_points = {{ es = "c", en = "c" }}
outcome = "new_assault"
cumulative_measures = true
unlearned_answers = "flag"
[[level]]
id = "low"
label = {{ es = "bajo", en = "low" }}
from_probability = 0.0
measures = [{{ es = "a", en = "a" }}]
[[level]]
id = "high"
label = {{ es = "alto", en = "high" }}
from_probability = 0.5
measures = [{{ es = "b", en = "b" }}]
{more}"#
    )
}

fn read(text: &str) -> Result<Protocol, String> {
    Protocol::from_toml(text, Path::new("p.toml")).map_err(|e| e.to_string())
}

#[test]
fn built_in_protocols_fit_their_forms_and_outcomes() {
    let expected = [
        ("es-2019", "vpr5.0-h", "new_assault", Some(320), 5),
        ("es-2025", "vpr5.0-h", "new_assault", Some(320), 4),
        ("savry-3", "savry", "recidivism_2015", None, 3),
        ("compas-2", "compas", "two_year_recid", Some(730), 2),
    ];
    assert_eq!(Protocol::BUILT_IN.len(), expected.len());
    for ((name, _), (id, form, outcome, days, n)) in Protocol::BUILT_IN.iter().zip(expected) {
        let protocol = Protocol::named(name).unwrap();
        assert_eq!((protocol.id(), *name), (id, id));
        assert_eq!((protocol.outcome(), protocol.horizon_days()), (outcome, days));
        assert_eq!(protocol.levels().len(), n);
        protocol.check_against(&Instrument::named(form).unwrap()).unwrap();
    }
}

#[test]
fn spanish_editions_say_that_the_cut_points_are_not_the_real_ones_and_have_a_real_plan() {
    for name in ["es-2019", "es-2025"] {
        let protocol = Protocol::named(name).unwrap();
        assert!(protocol.cut_points().en.contains("never published"));
        assert!(protocol.cut_points().es.contains("nunca se publicaron"));
        assert!(protocol.safety_plan().len() >= 12);
        assert!(protocol.triggers().iter().any(|t| t.id == "living_together_again"));
        let lethality = protocol.lethality().unwrap();
        let medium = protocol.position("medium").unwrap();
        assert!(lethality.rules.iter().all(|rule| rule.special_relevance && rule.at_least >= medium));
        assert!(protocol.floors().is_empty(), "no floor was published");
    }
}

#[test]
fn periods_are_those_of_the_protocol() {
    let hours = |name: &str| -> Vec<Option<u32>> {
        Protocol::named(name).unwrap().levels().iter().map(|l| l.reassess_within_hours).collect()
    };
    let days = |n: u32| Some(24 * n);
    assert_eq!(hours("es-2019"), [days(90), days(60), days(30), days(7), Some(72)]);
    assert_eq!(hours("es-2025"), [days(60), days(30), days(7), Some(72)]);
    assert_eq!(hours("savry-3"), [None, None, None]);
}

#[test]
fn only_the_2025_edition_splits_the_lowest_level_and_supervises() {
    let (old, new) = (Protocol::named("es-2019").unwrap(), Protocol::named("es-2025").unwrap());
    let variants: Vec<&str> = new.levels()[0].variants.iter().map(|v| v.id.as_str()).collect();
    assert_eq!(variants, ["judicial_measures", "no_judicial_measures"]);
    assert!(old.levels().iter().all(|l| l.variants.is_empty()));
    assert!(new.levels()[1..].iter().all(|l| l.variants.is_empty()));
    assert!(new.case_states().iter().any(|s| s.id == "supervised"));
}

#[test]
fn a_level_starts_exactly_at_its_cut_point() {
    let protocol = Protocol::named("es-2019").unwrap();
    for (level, cut) in [(1, 0.07), (2, 0.16), (3, 0.35), (4, 0.6_f64)] {
        assert_eq!(protocol.level_of(cut), level);
        assert_eq!(protocol.level_of(cut.next_down()), level - 1);
        assert_eq!(protocol.level_of(cut.next_up()), level);
    }
    assert_eq!((protocol.level_of(0.0), protocol.level_of(1.0)), (0, 4));
}

#[test]
fn measures_add_up_only_where_the_protocol_says_so() {
    let words = |protocol: &Protocol, level: usize| -> Vec<String> {
        protocol.measures(level).iter().map(|m| m.en.clone()).collect()
    };
    let adding = read(&small("")).unwrap();
    assert_eq!((words(&adding, 0), words(&adding, 1)), (vec!["a".into()], vec!["a".into(), "b".into()]));
    let alone =
        read(&small("").replace("cumulative_measures = true", "cumulative_measures = false")).unwrap();
    assert_eq!(words(&alone, 1), ["b"]);
}

#[test]
fn the_text_is_kept_and_digested_byte_for_byte() {
    let text = small("# a comment\n");
    let protocol = read(&text).unwrap();
    assert_eq!(protocol.text(), text);
    let other = read(&small("# another comment\n")).unwrap();
    assert_ne!(protocol.digest(), other.digest());
    // printf 'abc' | sha256sum
    let abc = Protocol { text: "abc".to_owned(), ..other };
    assert_eq!(abc.digest(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn all_problems_are_listed_at_once() {
    let text = r#"
id = ""
title = { es = "t", en = "" }
cut_points = { es = "c", en = "c" }
outcome = "new_assault"
horizon_days = 0
cumulative_measures = true
unlearned_answers = "flag"
[[level]]
id = "low"
label = { es = "bajo", en = "low" }
from_probability = 0.1
reassess_within_hours = 24
measures = []
[[level]]
id = "high"
label = { es = "alto", en = "high" }
from_probability = 0.1
reassess_within_hours = 48
measures = [{ es = " ", en = "b" }]
[[level]]
id = "high"
label = { es = "alto", en = "high" }
from_probability = nan
measures = []
[lethality]
outcome = "lethal"
horizon_days = 365
[[lethality.rule]]
from_probability = 0.0
at_least = "low"
special_relevance = true
reason = { es = "r", en = "r" }
[[floor]]
id = "f"
at_least = "top"
any = []
reason = { es = "r", en = "r" }
[[flag]]
id = "special_relevance"
label = { es = "l", en = "l" }
any = [{ indicator = "I30", answers = [] }, { indicator = "I30", answers = ["present"] }]
[[safety_plan]]
id = "a"
always = true
any = [{ indicator = "I30", answers = ["present"] }]
text = { es = "t", en = "t" }
[[safety_plan]]
id = "a"
text = { es = "t", en = "t" }
[[trigger]]
id = ""
label = { es = "t", en = "t" }
"#;
    let expected = "protocol `p.toml`: 21 problems
  - `id` is empty, expected a name
  - title is empty in `en`
  - `horizon_days` is 0, expected at least 1
  - level `high` is listed twice
  - level `low` is the lowest and starts at 0.1, expected 0
  - measure of level `high` is empty in `es`
  - level `high` starts at 0.1, expected above 0.1 (level `low`) and below 1
  - level `high` is reassessed within 48 hours, expected at most the 24 of level `low`
  - level `high` starts at NaN, expected above 0.1 (level `high`) and below 1
  - level `high` has no period of reassessment, but level `high` has one
  - lethality rule 1 starts at 0, expected above 0 and below 1
  - lethality rule 1 sets level `low`, which is the lowest: it raises nothing
  - floor `f` has no condition, expected at least one in `any`
  - floor `f` sets level `top`, expected one of low, high, high
  - flag `special_relevance` lists no answer to indicator `I30`
  - flag `special_relevance` names indicator `I30` twice
  - flag `special_relevance` is set by the lethality rules, expected another id
  - advice `a` is listed twice
  - advice `a` has both `always` and `any`, expected one of them
  - advice `a` has no condition, expected at least one in `any`
  - a trigger has an empty id";
    assert_eq!(read(text).unwrap_err(), expected);
}

#[test]
fn one_level_is_not_a_protocol() {
    let text = small("");
    let one = &text[..text.rfind("[[level]]").unwrap()];
    assert_eq!(read(one).unwrap_err(), "protocol `p.toml`: 1 levels are listed, expected at least 2");
}

#[test]
fn unknown_keys_are_refused() {
    let error = read(&small("[quota]\nhigh = 179\n")).unwrap_err();
    assert!(error.starts_with("`p.toml` is not a protocol: "), "{error}");
    assert!(error.contains("unknown field `quota`"), "{error}");
}

#[test]
fn a_protocol_that_does_not_exist_is_named_with_those_that_do() {
    let error = Protocol::named("es-2031").unwrap_err().to_string();
    assert_eq!(
        error,
        "no protocol `es-2031`: it is neither built in (es-2019, es-2025, savry-3, compas-2) nor a file"
    );
}

#[test]
fn everything_that_is_not_on_the_form_is_listed() {
    let protocol = read(&small(
        r#"
[[floor]]
id = "f"
at_least = "high"
any = [{ indicator = "I04", answers = ["mild", "present", "often"] }]
reason = { es = "r", en = "r" }
[[safety_plan]]
id = "a"
any = [{ indicator = "I99", answers = ["present"] }]
text = { es = "t", en = "t" }
"#,
    ))
    .unwrap();
    let expected = "protocol `small`: 2 problems
  - floor `f`: answer `mild` to indicator `I04` is none of absent, present, unknown; answer `often` to indicator `I04` is none of absent, present, unknown
  - advice `a`: indicator `I99` is not on the form `vpr5.0-h`";
    let vpr = Instrument::named("vpr5.0-h").unwrap();
    assert_eq!(protocol.check_against(&vpr).unwrap_err().to_string(), expected);
}

#[test]
fn conditions_tell_unknown_from_absent() {
    let vpr = Instrument::named("vpr5.0-h").unwrap();
    let protocol = Protocol::named("es-2025").unwrap();
    let minors = &protocol.flags().iter().find(|f| f.id == "minors_at_risk").unwrap().any;
    let (a, b) = (vpr.position("I30").unwrap(), vpr.position("I31").unwrap());
    let finding = |i30: u8, i31: u8| {
        let mut row = vec![0; vpr.indicators().len()];
        (row[a], row[b]) = (i30, i31);
        Finding::of(minors, &vpr, &row).unwrap()
    };
    assert_eq!(finding(0, 0), Finding::NotMet);
    assert_eq!(finding(2, 0), Finding::Open(vec!["I30".to_owned()]));
    assert!(matches!(finding(2, 1), Finding::Met(met) if met.len() == 1 && met[0].indicator == "I31"));
}

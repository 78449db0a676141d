//! Verdicts of gates in words.
#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_evaluation::gates::testing::{
    IN_WORDS, answered, few, gap, gates, judged, one, report, scored, table, three, value, waiver,
    with_directions,
};
use amparo_evaluation::gates::{Ask, Finding, KeptVerdict, Waivers};
use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::{Reason, SmallCell};
use amparo_evaluation::report::{Gap, GroupTable, LeftOut, MaxMinDifference, Measures, Report};

use super::{Block, Lang};

const KEY: &str = "recall@high";
const GAP: &str = "kind = \"gap\"\nmetric = \"recall@high\"\nmargin = 0.05";
const CHANGE: &str = "kind = \"change\"\nmetric = \"recall@high\"\nmargin = 0.03";
const AT_LEAST: &str = "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.7";

/// A finding in words, as a gate of any kind but `change` tells it.
fn words(finding: &Finding, lang: Lang) -> String {
    super::finding(finding, Ask::Gap { margin: 0.1 }, lang)
}

/// What the only finding of a gate says in both languages.
fn first(report: &Report, rest: &str) -> [String; 2] {
    let (_, findings) = answered(report, rest);
    [words(&findings[0], Lang::Es), words(&findings[0], Lang::En)]
}

fn holds(told: &str, said: &[&str]) {
    for said in said {
        assert!(told.contains(said), "`{said}` is not in {told}");
    }
}

fn absent(label: &str) -> Gap {
    gap(label, KEY, value(0.0, -0.04, 0.04), None)
}

fn of(tables: Vec<GroupTable>) -> Report {
    report(scored("new", Measures::new(), tables), None, Vec::new())
}

fn auc(measure: Measure) -> Report {
    report(scored("new", one("auc", measure), Vec::new()), None, Vec::new())
}

/// What a whole verdict says.
fn told(waivers: &Waivers, lang: Lang) -> String {
    let (report, gates) = three();
    format!("{:?}", super::verdict(&judged(&report, &gates, waivers), lang))
}

#[test]
fn the_outcome_is_one_sentence() {
    let (report, gates) = three();
    let verdict = judged(&report, &gates, &Waivers::default());
    let said = "new does not pass: of 3 gates, 1 pass, 1 block, 1 cannot tell and 0 are waived";
    assert_eq!(super::outcome(&verdict, Lang::En), said);
    holds(&super::outcome(&verdict, Lang::Es), &["new no pasa: de 3 condiciones"]);
}

#[test]
fn a_waiver_says_what_became_of_it() {
    let all = Waivers::new(["g0", "g1", "g2"].map(waiver).into());
    let english = [
        "not needed: the gate passes (ana): looked at one by one",
        "refused: what blocks cannot be waived (ana)",
        "waived: these rows cannot tell (ana)",
    ];
    holds(&told(&all, Lang::En), &english);
    holds(&told(&all, Lang::Es), &["rechazada: una condición que bloquea no se puede dispensar (ana)"]);
}

#[test]
fn what_the_source_notes_stands_above_the_gates() {
    let (mut report, gates) = three();
    report.context.notes = vec!["no person has confirmed the outcome".to_owned()];
    let verdict = judged(&report, &gates, &Waivers::default());
    for (lang, lead) in [(Lang::Es, "nota"), (Lang::En, "note")] {
        let blocks = super::verdict(&verdict, lang);
        let leads = blocks.iter().filter_map(|block| match block {
            Block::Item { lead, paragraphs } => Some((lead.as_str(), paragraphs[0].as_str())),
            _ => None,
        });
        assert_eq!(leads.collect::<Vec<_>>()[0], (lead, "no person has confirmed the outcome"));
    }
    assert!(!told(&Waivers::default(), Lang::En).contains("\"note\""));
}

#[test]
fn a_verdict_of_the_older_format_is_told_in_its_own_words() {
    let kept = KeptVerdict::from_json(IN_WORDS).unwrap();
    for (lang, said) in [
        (Lang::En, ["BLOCK", "g0: AUC: blocks", "why: because (o)", "new does not pass: of 1 gates"]),
        (Lang::Es, ["BLOQUEA", "g0: AUC: bloquea", "motivo: porque sí (o)", "new no pasa: de 1 condiciones"]),
    ] {
        holds(&format!("{:?}", super::kept_verdict(&kept, lang)), &said);
    }
}

#[test]
fn verdicts_speak_spanish_in_full() {
    let waivers = Waivers::new(vec![waiver("g2")]);
    let spanish = told(&waivers, Lang::Es);
    let said =
        ["PASA", "BLOQUEA", "DISPENSADA", "se pide al menos 0,7", "100 filas, 40 sucesos", "frente a old"];
    holds(&spanish, &said);
    for english in ["passes", "blocks", "asked", "rows", "against", "gates", "outcome", "why"] {
        assert!(!spanish.contains(english), "{english}\n{spanish}");
    }
    holds(&told(&waivers, Lang::En), &["asked for at least 0.7", "100 rows, 40 events"]);
}

#[test]
fn a_missing_number_says_why() {
    let point = Measure::Point { value: 0.9, n: 50, events: 20, reason: Reason::SameInResamples };
    holds(&first(&auc(few()), AT_LEAST)[0], &["suprimido: menos de 10 sucesos"]);
    holds(&first(&auc(few()), AT_LEAST)[1], &["suppressed: fewer than 10 events"]);
    holds(&first(&auc(point), AT_LEAST)[1], &["the same in every resample"]);
    let nothing = report(scored("new", Measures::new(), Vec::new()), None, Vec::new());
    holds(&first(&nothing, AT_LEAST)[1], &["not in the report"]);
    let [es, en] = first(&auc(value(0.8, 0.7, 0.9)), "kind = \"difference\"\nmetric = \"auc\"\nmargin = 0.5");
    holds(&en, &["there is no version in force to compare with"]);
    holds(&es, &["no hay versión vigente"]);
    let mut gap = absent("b");
    gap.simultaneous = None;
    holds(&first(&of(vec![table("sex", &["a", "b"], vec![gap])]), GAP)[1], &["no simultaneous interval"]);
}

#[test]
fn gaps_that_cannot_tell_are_named_with_their_labels() {
    let wide = gap("b", KEY, value(0.0, -0.2, 0.2), None);
    let gaps = vec![wide, gap("c", KEY, few(), None), absent("d")];
    let verdict =
        judged(&of(vec![table("race", &["a", "b", "c", "d"], gaps)]), &gates(&[GAP]), &Waivers::default());
    let said = |lang| super::answered(&verdict.results[0], lang);
    let english = [
        "cannot tell (2 of 3)",
        "race: b minus a",
        "race: c minus a: no number (suppressed: fewer than 10 events)",
    ];
    holds(&said(Lang::En), &english);
    holds(&said(Lang::Es), &["no se puede saber (2 de 3)", "race: b menos a: 0,0000 [-0,2000; 0,2000]"]);
}

/// A gap now, the same gap in the version in force, and its change.
fn grown(now: Measure, before: Measure, change: Measure) -> Report {
    let new = table("sex", &["a", "b"], vec![gap("b", KEY, now, Some(change))]);
    let old = table("sex", &["a", "b"], vec![gap("b", KEY, before, None)]);
    let old = scored("old", Measures::new(), vec![old]);
    report(scored("new", Measures::new(), vec![new]), Some(old), Vec::new())
}

#[test]
fn the_interval_of_a_growth_is_not_taken_for_that_of_the_gap() {
    let (wide, narrow) = (value(-0.3, -0.34, -0.26), value(-0.1, -0.14, -0.06));
    let (_, findings) = answered(&grown(wide, narrow, value(-0.2, -0.23, -0.17)), CHANGE);
    let said = "sex: b minus a: -0.3000, growth [0.1700, 0.2300], 100 rows, 40 events";
    assert_eq!(super::finding(&findings[0], Ask::Change { margin: 0.0 }, Lang::En), said);
    let still = || value(0.0, -0.02, 0.02);
    holds(&first(&grown(still(), still(), few()), CHANGE)[1], &["suppressed: fewer than 10 events"]);
    holds(&first(&grown(still(), still(), value(0.5, 0.4, 0.6)), CHANGE)[1], &["contradict"]);
}

#[test]
fn labels_that_a_gate_passes_over_are_named() {
    let mut race = table("race", &["a", "b", "unknown"], vec![absent("b")]);
    race.unknown = vec!["unknown".to_owned()];
    let left_out = vec![LeftOut { label: "c".to_owned(), reason: Reason::suppressed(10, SmallCell::Events) }];
    race.max_min_differences = vec![MaxMinDifference {
        metric: "equalised_odds@high".to_owned(),
        highest: "a".to_owned(),
        lowest: "b".to_owned(),
        worst: String::new(),
        left_out,
        measure: value(0.05, 0.0, 0.08),
        ratio: few(),
    }];
    let odds = "kind = \"value\"\nmetric = \"equalised_odds@high\"\nat_most = 0.1\ngroup = \"race\"";
    let verdict = judged(&of(vec![race]), &gates(&[GAP, odds]), &Waivers::default());
    let said = |gate: usize, lang| super::answered(&verdict.results[gate], lang);
    for (gate, ends) in [
        (0, ". Left out are race: unknown (not recorded: no label among others)"),
        (1, ". Left out are race: c (suppressed: fewer than 10 events)"),
    ] {
        assert!(said(gate, Lang::En).ends_with(ends), "{}", said(gate, Lang::En));
    }
    holds(&said(0, Lang::Es), &["Quedan fuera race: unknown (no consta"]);
}

#[test]
fn contradicted_directions_are_counted_and_named() {
    let gates = gates(&["kind = \"directions\""]);
    let verdict = judged(&with_directions(), &gates, &Waivers::default());
    let said = super::answered(&verdict.results[0], Lang::En);
    let expected = "Declared directions that the rows of the fit contradict, asked for at most 0 contradicted directions: blocks: \
                    2 of 4 indicators examined; I01: declared as risk, -0.0500 per answer [-0.0700, -0.0300]; \
                    I02: declared as protective, 0.0600 per answer [0.0400, 0.0800]";
    assert_eq!(said.replace('\u{2212}', "-"), expected);
    let spanish = super::answered(&verdict.results[0], Lang::Es);
    holds(&spanish, &["bloquea: 2 de 4 indicadores examinados; I01: declarado como riesgo"]);
}

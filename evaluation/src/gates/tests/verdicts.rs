//! Verdicts and waivers.

use super::super::Answer::{Block, CannotTell, Pass};
use super::super::WaiverOutcome::{Lifts, NotNeeded, Refused};
use super::super::{KeptVerdict, Waiver};
use super::*;
use crate::Error;

/// One gate that passes (`g0`), one that blocks (`g1`), one that cannot tell (`g2`).
fn three() -> (Report, Gates) {
    let overall = BTreeMap::from([
        ("auc".to_owned(), value(0.8, 0.75, 0.85)),
        ("brier".to_owned(), value(0.3, 0.28, 0.32)),
        ("observed_expected".to_owned(), value(1.0, 0.7, 1.3)),
    ]);
    let gates = gates(&[
        "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.7",
        "kind = \"value\"\nmetric = \"brier\"\nat_most = 0.2",
        "kind = \"value\"\nmetric = \"observed_expected\"\nat_most = 1.2",
    ]);
    let old = scored("old", Measures::new(), Vec::new());
    (report(scored("new", overall, Vec::new()), Some(old), Vec::new()), gates)
}

/// Without the gate that blocks.
fn two() -> (Report, Gates) {
    let (report, _) = three();
    let gates = gates(&[
        "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.7",
        "kind = \"value\"\nmetric = \"observed_expected\"\nat_most = 1.2",
    ]);
    (report, gates)
}

fn waiver(gate: &str) -> Waiver {
    let [gate, version, reason, by] = [gate, "new@2", "looked at one by one", "ana"].map(str::to_owned);
    Waiver { gate, version, reason, by }
}

fn in_the_way(verdict: &Verdict) -> Vec<&str> {
    verdict.in_the_way().map(|gate| gate.name.as_str()).collect()
}

#[test]
fn what_blocks_and_what_cannot_tell_stand_in_the_way() {
    let (report, gates) = three();
    let verdict = judged(&report, &gates, &Waivers::default());
    assert!(!verdict.passed);
    let answers: Vec<_> = verdict.results.iter().map(|gate| gate.answer).collect();
    assert_eq!(answers, [Pass, Block, CannotTell]);
    assert_eq!(in_the_way(&verdict), ["g1", "g2"]);
    assert_eq!(
        telling::outcome(&verdict, Lang::En),
        "new does not pass: of 3 gates, 1 pass, 1 block, 1 cannot tell and 0 are waived"
    );
    assert!(
        telling::outcome(&verdict, Lang::Es).starts_with("new no pasa: de 3 condiciones"),
        "{}",
        telling::outcome(&verdict, Lang::Es)
    );
}

#[test]
fn a_waiver_lifts_what_cannot_tell_and_nothing_else() {
    let (report, gates) = two();
    assert!(!judged(&report, &gates, &Waivers::default()).passed);
    let waived = judged(&report, &gates, &Waivers::new(vec![waiver("g1")]));
    assert!(waived.passed && waived.results[1].waived && waived.results[1].answer == CannotTell);
    assert!(waived.waivers[0].outcome == Lifts && waived.waivers[0].waiver == waiver("g1"));

    let (report, gates) = three();
    let all = Waivers::new(["g0", "g1", "g2"].map(waiver).into());
    let verdict = judged(&report, &gates, &all);
    assert!(!verdict.passed);
    assert_eq!(in_the_way(&verdict), ["g1"]);
    let outcomes: Vec<_> = verdict.waivers.iter().map(|record| record.outcome).collect();
    assert_eq!(outcomes, [NotNeeded, Refused, Lifts]);
    let told = |lang| -> String { format!("{:?}", telling::verdict(&verdict, lang)) };
    for said in [
        "not needed: the gate passes (ana): looked at one by one",
        "refused: what blocks cannot be waived (ana)",
        "waived: these rows cannot tell (ana)",
    ] {
        assert!(told(Lang::En).contains(said), "{said}");
    }
    assert!(told(Lang::Es).contains("rechazada: una condición que bloquea no se puede dispensar (ana)"));
}

#[test]
fn what_the_source_notes_stands_above_the_gates() {
    let (mut report, gates) = three();
    report.context.notes = vec!["no person has confirmed the outcome".to_owned()];
    let verdict = judged(&report, &gates, &Waivers::default());
    for (lang, lead) in [(Lang::Es, "nota"), (Lang::En, "note")] {
        let blocks = telling::verdict(&verdict, lang);
        let leads = blocks.iter().filter_map(|block| match block {
            telling::Block::Item { lead, paragraphs } => Some((lead.as_str(), paragraphs[0].as_str())),
            _ => None,
        });
        assert_eq!(leads.collect::<Vec<_>>()[0], (lead, "no person has confirmed the outcome"));
    }
    report.context.notes.clear();
    let without = telling::verdict(&judged(&report, &gates, &Waivers::default()), Lang::En);
    assert!(!format!("{without:?}").contains("\"note\""));
}

#[test]
fn a_verdict_holds_what_it_is_bound_to() {
    let (report, gates) = three();
    let verdict = judged(&report, &gates, &Waivers::default());
    assert_eq!((verdict.version.name.as_str(), verdict.version.digest.as_str()), ("new", "digest of new"));
    assert_eq!(verdict.against.as_ref().unwrap().digest, "digest of old");
    assert_eq!(verdict.gates.text, gates.text());
    assert_eq!(verdict.gates.digest, amparo_models::artefact::sha256(gates.text().as_bytes()));
    assert_eq!((verdict.at.as_str(), verdict.code_version.as_str()), AT);
    assert_eq!(verdict.context, report.context);
    // Its own reference is nobody to be compared with.
    let (mut alone, _) = three();
    alone.context.reference = "new".into();
    assert_eq!(judged(&alone, &gates, &Waivers::default()).against, None);
}

#[test]
fn a_verdict_survives_its_json_and_another_format_is_refused() {
    let (report, gates) = three();
    let verdict = judged(&report, &gates, &Waivers::new(vec![waiver("g2")]));
    let json = serde_json::to_string(&verdict).unwrap();
    assert_eq!(Verdict::from_json(&json).as_ref(), Ok(&verdict));
    let newer = json.replacen("\"format\":3", "\"format\":4", 1);
    assert_eq!(Verdict::from_json(&newer), Err(Error::Format { found: 4, expected: 3 }));
    // The format before did not say which labels are passed over.
    let before = json.replacen("\"format\":3", "\"format\":2", 1).replace(",\"passed_over\":[]", "");
    let read = Verdict::from_json(&before).unwrap();
    assert_eq!((read.format, read.results), (2, verdict.results));
    let more = json.replacen("\"passed\"", "\"more\":1,\"passed\"", 1);
    assert!(matches!(Verdict::from_json(&more), Err(Error::Unreadable { .. })));
}

/// A verdict as format 1 wrote it, with its words.
const IN_WORDS: &str = r#"{
  "format": 1,
  "passed": false,
  "text": {"es": "new no pasa: de 1 condiciones", "en": "new does not pass: of 1 gates"},
  "version": {"name": "new", "digest": "d"},
  "against": null,
  "at": "2026-01-02T03:04:05Z",
  "code_version": "0.1.0",
  "gates": {"id": "old-gates", "title": {"es": "t", "en": "t"}, "owner": "o", "digest": "g", "text": ""},
  "waivers": [],
  "context": {"cohort": "made up", "synthetic": "Made up.", "held_out": "all", "outcome": "again", "horizon_days": null,
    "censored_left_out": 0, "excluded_left_out": 0, "fingerprint": "f", "seed": 1, "replicates": 100, "reference": "new", "smallest_cell": 10,
    "bins": 10, "margin": 0.05, "pairwise": false},
  "rows": {"n": 100, "cases": 100, "events": 40, "weighted": false,
    "base_rate": {"state": "undefined", "reason": "not computed"}},
  "results": [{"name": "g0", "owner": "o", "reason": {"es": "porque sí", "en": "because"}, "metric": "auc", "group": null,
    "labels": [], "ask": {"kind": "value", "at_least": 0.7, "at_most": null}, "answer": "block", "waived": false,
    "findings": [], "text": {"es": "AUC: bloquea", "en": "AUC: blocks"}}]
}"#;

#[test]
fn a_verdict_of_the_older_format_is_told_in_its_own_words() {
    assert_eq!(Verdict::from_json(IN_WORDS), Err(Error::Format { found: 1, expected: 3 }));
    let kept = KeptVerdict::from_json(IN_WORDS).unwrap();
    assert_eq!(kept.gates().id, "old-gates");
    for (lang, said) in [
        (Lang::En, ["BLOCK", "g0: AUC: blocks", "why: because (o)", "new does not pass: of 1 gates"]),
        (Lang::Es, ["BLOQUEA", "g0: AUC: bloquea", "motivo: porque sí (o)", "new no pasa: de 1 condiciones"]),
    ] {
        let told = format!("{:?}", telling::kept_verdict(&kept, lang));
        assert!(said.iter().all(|words| told.contains(words)), "{told}");
    }
    let none = IN_WORDS.replacen("\"format\": 1", "\"format\": 0", 1);
    assert_eq!(KeptVerdict::from_json(&none), Err(Error::Format { found: 0, expected: 3 }));
    // What this format writes is read as itself.
    let (report, gates) = three();
    let verdict = judged(&report, &gates, &Waivers::default());
    let json = serde_json::to_string(&verdict).unwrap();
    assert_eq!(KeptVerdict::from_json(&json), Ok(KeptVerdict::Current(Box::new(verdict))));
}

/// English words that a Spanish verdict must not hold.
#[test]
fn verdicts_speak_spanish_in_full() {
    let (report, gates) = three();
    let verdict = judged(&report, &gates, &Waivers::new(vec![waiver("g2")]));
    let told = format!("{:?}", telling::verdict(&verdict, Lang::Es));
    for said in
        ["PASA", "BLOQUEA", "DISPENSADA", "se pide al menos 0,7", "100 filas, 40 sucesos", "frente a old"]
    {
        assert!(told.contains(said), "{said}\n{told}");
    }
    for english in ["passes", "blocks", "asked", "rows", "against", "gates", "outcome", "why"] {
        assert!(!told.contains(english), "{english}\n{told}");
    }
    let english = format!("{:?}", telling::verdict(&verdict, Lang::En));
    assert!(
        english.contains("asked for at least 0.7") && english.contains("100 rows, 40 events"),
        "{english}"
    );
}

#[test]
fn only_a_version_is_judged() {
    let (mut report, gates) = three();
    let refused =
        |report: &Report, name: &str| Verdict::new(report, name, &gates, &Waivers::default(), AT).is_err();
    assert!(refused(&report, "gone") && !refused(&report, "new"));
    report.scored[0].kind = Kind::Foreign;
    assert!(refused(&report, "new"));
}

//! Verdicts and waivers.

use super::super::Answer::{Block, CannotTell, Pass};
use super::super::Waiver;
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
        verdict.text.en,
        "new does not pass: of 3 gates, 1 pass, 1 block, 1 cannot tell and 0 are waived"
    );
    assert!(verdict.text.es.starts_with("new no pasa: de 3 condiciones"), "{}", verdict.text.es);
}

#[test]
fn a_waiver_lifts_what_cannot_tell_and_nothing_else() {
    let (report, gates) = two();
    assert!(!judged(&report, &gates, &Waivers::default()).passed);
    let waived = judged(&report, &gates, &Waivers::new(vec![waiver("g1")]));
    assert!(waived.passed && waived.results[1].waived && waived.results[1].answer == CannotTell);
    assert!(waived.waivers[0].used && waived.waivers[0].waiver == waiver("g1"));

    let (report, gates) = three();
    let all = Waivers::new(["g0", "g1", "g2"].map(waiver).into());
    let verdict = judged(&report, &gates, &all);
    assert!(!verdict.passed);
    assert_eq!(in_the_way(&verdict), ["g1"]);
    let used: Vec<_> = verdict.waivers.iter().map(|record| (record.used, &*record.text.en)).collect();
    let expected = [
        (false, "not needed: the gate passes"),
        (false, "refused: what blocks cannot be waived"),
        (true, "waived: these rows cannot tell"),
    ];
    assert_eq!(used, expected);
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
    assert_eq!(Verdict::from_json(&json), Ok(verdict));
    let newer = json.replacen("\"format\":1", "\"format\":2", 1);
    assert_eq!(Verdict::from_json(&newer), Err(Error::Format { found: 2, expected: 1 }));
    let more = json.replacen("\"passed\"", "\"more\":1,\"passed\"", 1);
    assert!(matches!(Verdict::from_json(&more), Err(Error::Unreadable { .. })));
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

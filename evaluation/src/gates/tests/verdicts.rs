//! Verdicts and waivers.

use super::super::Answer::{Block, CannotTell, Pass};
use super::super::KeptVerdict;
use super::super::WaiverOutcome::{Lifts, NotNeeded, Refused};
use super::super::testing::{IN_WORDS, three, waiver};
use super::*;
use crate::Error;

/// Without the gate that blocks.
fn two() -> (Report, Gates) {
    let (report, _) = three();
    let gates = gates(&[
        "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.7",
        "kind = \"value\"\nmetric = \"observed_expected\"\nat_most = 1.2",
    ]);
    (report, gates)
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
}

#[test]
fn a_verdict_holds_what_it_is_bound_to() {
    let (report, gates) = three();
    let verdict = judged(&report, &gates, &Waivers::default());
    assert_eq!(
        (verdict.version.name.as_str(), verdict.version.digest.as_deref()),
        ("new", Some("digest of new"))
    );
    assert_eq!(verdict.against.as_ref().unwrap().digest.as_deref(), Some("digest of old"));
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

#[test]
fn a_verdict_of_the_older_format_is_read() {
    assert_eq!(Verdict::from_json(IN_WORDS), Err(Error::Format { found: 1, expected: 3 }));
    let kept = KeptVerdict::from_json(IN_WORDS).unwrap();
    assert_eq!(kept.gates().id, "old-gates");
    let none = IN_WORDS.replacen("\"format\": 1", "\"format\": 0", 1);
    assert_eq!(KeptVerdict::from_json(&none), Err(Error::Format { found: 0, expected: 3 }));
    // What this format writes is read as itself.
    let (report, gates) = three();
    let verdict = judged(&report, &gates, &Waivers::default());
    let json = serde_json::to_string(&verdict).unwrap();
    assert_eq!(KeptVerdict::from_json(&json), Ok(KeptVerdict::Current(Box::new(verdict))));
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

/// Scores of no version get the same answers, and a verdict that is bound to no version.
#[test]
fn scores_of_anybody_are_judged_alike() {
    let (mut report, gates) = three();
    let expected = judged(&report, &gates, &Waivers::default());
    report.scored.iter_mut().for_each(|scored| scored.kind = Kind::Foreign);
    let found = Verdict::on_scores(&report, "new", &gates, &Waivers::default(), AT).unwrap();
    assert_eq!((&found.results, found.passed), (&expected.results, expected.passed));
    assert_eq!(
        (found.version.digest.as_ref(), found.against.as_ref().unwrap().digest.as_ref()),
        (None, None)
    );
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(Verdict::from_json(&json), Ok(found));
    assert!(!json.contains("\"digest\":null"));
    assert!(Verdict::on_scores(&report, "gone", &gates, &Waivers::default(), AT).is_err());
}

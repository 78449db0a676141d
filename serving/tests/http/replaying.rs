use std::collections::BTreeSet;
use std::path::Path;

use amparo_journal::Entry;
use amparo_models::Registry;
use amparo_models::testing::small::{draft_under_clause, draft_with_a_pair};
use amparo_models::wording::Glossary;
use amparo_serving::replay;
use serde_json::{Value, json};

use crate::support::{Service, draft, form, form_with};

const GLOSSARY: &str = include_str!("../../../models/wording/glossary.toml");

/// Answers an entry again, with the built-in glossary.
fn replay(registry: &Registry, entry: &Entry) -> Result<replay::Replay, amparo_serving::Error> {
    replay::Replayer::new(registry, Glossary::built_in().unwrap()).replay(entry)
}

#[tokio::test]
async fn a_proposal_stands_when_answered_again() {
    let service = Service::start().await;
    for answers in [
        json!({"A": "present", "B": "severe", "C": "unknown"}),
        json!({"A": "absent", "B": "mild", "C": "present"}),
    ] {
        let p = service.post("/v1/assessments", &form_with("answers", answers)).await.json();
        let entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
        let again = replay(service.app.registry(), &entry).unwrap();
        assert_eq!((again.differences.len(), again.additions.len()), (0, 0), "{again:?}");
        assert_eq!(again.text_differences, []);
        assert_eq!((again.model.as_str(), again.version), ("vpr", 1));
        assert_eq!(again.code_version, amparo_serving::CODE_VERSION);
    }
}

#[tokio::test]
async fn a_proposal_under_the_clause_stands_and_a_version_without_it_shows() {
    let service = Service::start().await;
    service.app.registry().publish(&draft_under_clause("clause")).unwrap();
    let p = service.post("/v1/assessments", &form_with("model", json!("clause@1"))).await.json();
    let raised = &p["raised_by"][0];
    assert_eq!((&raised["rule"], &raised["reason"]["en"]), (&json!("baseline"), &json!("so it was agreed")));
    assert_eq!(p["baseline"]["level"], p["level"]);
    assert!(p["text"]["en"].as_str().unwrap().contains("so it was agreed"), "{}", p["text"]["en"]);
    let entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
    let again = replay(service.app.registry(), &entry).unwrap();
    assert_eq!((again.differences.len(), again.additions.len()), (0, 0), "{again:?}");
    // The same model without the clause.
    let dir = tempfile::tempdir().unwrap();
    let other = Registry::create(dir.path().join("registry")).unwrap();
    other.publish(&draft_with_a_pair("clause")).unwrap();
    let differences = replay(&other, &entry).unwrap().differences;
    let found: BTreeSet<&str> = differences.iter().map(|d| d.field.as_str()).collect();
    for field in ["baseline", "level", "receipt.version_digest"] {
        assert!(found.contains(field), "{field} {found:?}");
    }
    assert!(!found.contains("recidivism.probability"), "{found:?}");
}

#[tokio::test]
async fn another_version_or_another_answer_shows() {
    let service = Service::start().await;
    let p = service.post("/v1/assessments", &form()).await.json();
    let mut entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
    let fields = |registry: &Registry, entry: &Entry| -> BTreeSet<String> {
        replay(registry, entry).unwrap().differences.into_iter().map(|d| d.field).collect()
    };

    let dir = tempfile::tempdir().unwrap();
    let other = Registry::create(dir.path().join("registry")).unwrap();
    other.publish(&draft("vpr", -2.5)).unwrap();
    let found = fields(&other, &entry);
    for field in
        ["recidivism.probability", "recidivism.log_odds", "explanation.base", "receipt.version_digest"]
    {
        assert!(found.contains(field), "{field} {found:?}");
    }
    assert!(
        !found.contains("receipt.answers_digest") && !found.contains("receipt.code_version"),
        "{found:?}"
    );

    let mut body: Value = serde_json::from_str(entry.body().unwrap()).unwrap();
    body["request"]["answers"]["C"] = json!("absent");
    entry.body = Some(body.to_string());
    let found = fields(service.app.registry(), &entry);
    for field in ["recidivism.if_unknowns.high", "unknown", "receipt.answers_digest"] {
        assert!(found.contains(field), "{field} {found:?}");
    }
    assert!(!found.contains("receipt.version_digest"), "{found:?}");
}

#[tokio::test]
async fn a_log_of_an_older_edition_stands_when_all_it_holds_comes_out_again() {
    let service = Service::start().await;
    let p = service.post("/v1/assessments", &form()).await.json();
    let mut entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
    let logged: Value = serde_json::from_str(entry.body().unwrap()).unwrap();
    let mut older = logged.clone();
    for (place, field) in [
        ("/answer", "if_answered"),
        ("/answer", "text"),
        ("/answer", "reasons"),
        ("/answer/recidivism/if_unknowns", "certificate"),
        ("/answer/explanation/values/1", "model_part"),
        ("/answer/receipt", "protocol_digest"),
    ] {
        let removed = older.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(field);
        assert!(removed.is_some(), "{place}/{field}");
    }
    entry.body = Some(older.to_string());
    let again = replay(service.app.registry(), &entry).unwrap();
    assert_eq!(again.differences, []);
    let expected = [
        "explanation.values.1.model_part",
        "if_answered",
        "reasons",
        "receipt.protocol_digest",
        "recidivism.if_unknowns.certificate",
        "text",
    ];
    let additions: BTreeSet<&str> = again.additions.iter().map(String::as_str).collect();
    assert_eq!(additions, BTreeSet::from(expected));

    // What an older edition said and this one does not, and a last bit, are differences all the same.
    let probability = logged["answer"]["recidivism"]["probability"].as_f64().unwrap();
    let next = f64::from_bits(probability.to_bits() + 1);
    older["answer"]["recidivism"]["probability"] = json!(next);
    older["answer"]["score"] = json!(7);
    entry.body = Some(older.to_string());
    let mut again = replay(service.app.registry(), &entry).unwrap();
    again.differences.sort_by(|a, b| a.field.cmp(&b.field));
    let found: Vec<_> =
        again.differences.iter().map(|d| (d.field.as_str(), d.logged.clone(), d.replayed.clone())).collect();
    let expected =
        [("recidivism.probability", json!(next), json!(probability)), ("score", json!(7), Value::Null)];
    assert_eq!(found, expected);

    // A version with no lethal reading would be another version, not an older edition.
    let mut without = logged;
    without["answer"].as_object_mut().unwrap().remove("lethality");
    entry.body = Some(without.to_string());
    let again = replay(service.app.registry(), &entry).unwrap();
    assert_eq!(again.differences[0].field, "lethality");
}

/// Corrects a sentence of every proposal and the words of a reason.
fn corrected() -> Glossary {
    let mut text = GLOSSARY.to_owned();
    for (from, to) in [
        ("Proposed level of risk: {level}.", "Level of risk that is proposed: {level}."),
        ("depends on unknown answers: {questions}", "depends on answers that are not known: {questions}"),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    Glossary::from_toml(&text, Path::new("corrected.toml")).unwrap()
}

#[tokio::test]
async fn after_a_corrected_glossary_the_text_differs_and_nothing_else() {
    let service = Service::start().await;
    let p = service.post("/v1/assessments", &form()).await.json();
    let entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
    let again = replay::Replayer::new(service.app.registry(), &corrected()).replay(&entry).unwrap();
    assert_eq!((again.differences, again.additions), (vec![], vec![]));
    let fields: Vec<&str> = again.text_differences.iter().map(|d| d.field.as_str()).collect();
    // The form leaves C unanswered, on which a mark and a floor that would not raise hang.
    assert_eq!(fields, ["reasons.undetermined_flags.0.reason.en", "text.en"]);
    let said = &again.text_differences[1];
    assert_eq!(said.logged, p["text"]["en"]);
    let expected = p["text"]["en"]
        .as_str()
        .unwrap()
        .replace("Proposed level of risk: high.", "Level of risk that is proposed: high.");
    assert_eq!(said.replayed, json!(expected));
    assert_ne!(said.logged, said.replayed);
}

#[tokio::test]
async fn a_changed_number_or_reason_is_no_matter_of_words() {
    let service = Service::start().await;
    let p = service.post("/v1/assessments", &form()).await.json();
    let mut entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
    let mut body: Value = serde_json::from_str(entry.body().unwrap()).unwrap();
    let probability = body["answer"]["recidivism"]["probability"].as_f64().unwrap();
    let next = f64::from_bits(probability.to_bits() + 1);
    body["answer"]["recidivism"]["probability"] = json!(next);
    body["answer"]["undetermined_flags"][0]["reason"]["indicators"] = json!(["A"]);
    entry.body = Some(body.to_string());
    for glossary in [&corrected(), Glossary::built_in().unwrap()] {
        let again = replay::Replayer::new(service.app.registry(), glossary).replay(&entry).unwrap();
        let mut found: Vec<(&str, &Value, &Value)> =
            again.differences.iter().map(|d| (d.field.as_str(), &d.logged, &d.replayed)).collect();
        found.sort_by_key(|(field, ..)| *field);
        let expected = [
            ("recidivism.probability", &json!(next), &json!(probability)),
            ("undetermined_flags.0.reason.indicators.0", &json!("A"), &json!("C")),
        ];
        assert_eq!(found, expected);
    }
    let again = replay(service.app.registry(), &entry).unwrap();
    assert_eq!(again.text_differences, []);
}

#[tokio::test]
async fn a_log_with_words_in_the_place_of_reasons_stands() {
    let service = Service::start().await;
    let p = service.post("/v1/assessments", &form()).await.json();
    let mut entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
    let mut body: Value = serde_json::from_str(entry.body().unwrap()).unwrap();
    let reasons = body["answer"].as_object_mut().unwrap().remove("reasons").unwrap();
    for (place, words) in reasons.as_object().unwrap() {
        let place = format!("/answer/{}", place.replace('.', "/"));
        *body.pointer_mut(&place).unwrap() = words.clone();
    }
    entry.body = Some(body.to_string());
    let again = replay(service.app.registry(), &entry).unwrap();
    assert_eq!((again.differences, again.text_differences), (vec![], vec![]));
    assert_eq!(again.additions, ["reasons"]);
    let again = replay::Replayer::new(service.app.registry(), &corrected()).replay(&entry).unwrap();
    assert_eq!(again.differences, []);
    let fields: Vec<&str> = again.text_differences.iter().map(|d| d.field.as_str()).collect();
    assert_eq!(fields, ["undetermined_flags.0.reason", "text.en"]);
}

#[tokio::test]
async fn a_confirmation_is_not_replayed() {
    let service = Service::start().await;
    let p = service.post("/v1/assessments", &form()).await.json();
    let id = p["proposal_id"].as_str().unwrap();
    let body = json!({"officer": {"id": "o-41"}, "level": "high"});
    service.post(&format!("/v1/assessments/{id}/confirmation"), &body).await;
    let entry = service.app.log().find(&format!("{id}/confirmation")).await.unwrap().unwrap();
    let error = replay(service.app.registry(), &entry).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("cannot replay `{id}/confirmation`: it is a confirmation, expected a proposal")
    );
}

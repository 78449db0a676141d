//! A question with many answers: as any other to a client, and one line of the explanation.

use std::collections::BTreeSet;
use std::sync::Arc;

use amparo_datasets::testing::{Question, Scale, instrument};
use amparo_datasets::{Answers, Polarity};
use amparo_models::calibrator::Platt;
use amparo_models::explain::{Background, Deal, Subsamples};
use amparo_models::pooling::{Pooling, Pools};
use amparo_models::testing::{learned, small};
use amparo_models::wording::Glossary;
use amparo_models::{Calibrator, Draft, OutcomeModel, Points, Scorer};
use amparo_serving::replay::Replayer;
use serde_json::{Value, json};

use crate::support::{Service, form_with};

/// Known answers to the question, in three pools by turns.
const TOWNS: usize = 20;

/// The small version with a question about the town instead of its second one, under the name `towns`.
pub fn wide_draft() -> Draft {
    let form = instrument(
        "small",
        &[
            Question::new("A", Polarity::Risk, Scale::binary()),
            Question::new("B", Polarity::Neutral, Scale::of(TOWNS)),
            Question::new("C", Polarity::Risk, Scale::binary()).labelled("menores", "minors").correctable(),
        ],
    );
    let row = |row: usize| [row % 2, row % (TOWNS + 1), row / 2 % 2].map(|code| code as u8);
    let answers = Answers::from_codes(Arc::clone(&form), (0..840).flat_map(row).collect()).unwrap();
    let of_answers = (0..TOWNS).map(|town| (town % 3) as u8).collect();
    let pooling =
        Pooling::new(vec![Pools { indicator: 1, sd: 0.4, effects: vec![-0.5, 0.0, 0.5], of_answers }]);
    let points = vec![vec![0, 4, 1], vec![0, 1, 3, 1], vec![0, 1, 0]];
    let scorer = Scorer::from(Points { points, offset: -3.0, scale: 0.5 });
    let weights = [1.0; 840];
    let pooled = pooling.answers(&answers).unwrap().into_owned();
    let background = Background::of(&scorer, &pooled, &weights).unwrap();
    let deal = Deal::of(&(0..840).map(|case| case.to_string()).collect::<Vec<_>>());
    let subsamples = Subsamples::of(&scorer, &pooled, &weights, &deal).unwrap();
    let platt = Calibrator::Platt(Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] });
    let made = (scorer, platt, background);
    let part = OutcomeModel::pooled("assault".to_owned(), pooling, made, &form, &BTreeSet::new()).unwrap();
    let population = part.population_of(&answers, &weights, subsamples).unwrap();
    let recidivism =
        part.with_population(population).unwrap().with_learned(learned(&answers), &form).unwrap();
    let lethality = None;
    Draft { recidivism, lethality, instrument: form, ..small::draft("towns", -3.0) }
}

/// The request of a case in a town.
pub fn case_in(town: &str) -> Value {
    let mut request = form_with("model", json!("towns@1"));
    request["answers"] = json!({ "A": "present", "B": town, "C": "absent" });
    request
}

#[tokio::test]
async fn an_answer_is_told_with_those_that_weigh_the_same() {
    let service = Service::start().await;
    service.app.registry().publish(&wide_draft()).unwrap();
    let mut log_odds = Vec::new();
    for (town, answers) in [("a0", 7), ("a1", 7), ("a19", 7), ("a17", 6), ("unknown", 0)] {
        let reply = service.post("/v1/assessments", &case_in(town)).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let proposal = reply.json();
        let value = &proposal["explanation"]["values"][1];
        assert_eq!(value["answer"], town);
        match answers {
            0 => assert!(value.get("same_effect").is_none()),
            n => assert_eq!(value["same_effect"], json!({ "answers": n, "of": TOWNS })),
        }
        log_odds.push(proposal["recidivism"]["log_odds"].as_f64().unwrap());
        let id = proposal["proposal_id"].as_str().unwrap();
        let entry = service.app.log().find(id).await.unwrap().unwrap();
        let again =
            Replayer::new(service.app.registry(), Glossary::built_in().unwrap()).replay(&entry).unwrap();
        let found = (again.differences.len(), again.text_differences.len(), again.additions.len());
        assert_eq!(found, (0, 0, 0), "{again:?}");
    }
    // -3 + 0.5 x (4 + points of the pool).
    let expected = [-1.0, -0.5, -0.5, 0.5, -0.5];
    assert!(
        log_odds.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= 1e-12),
        "{log_odds:?}"
    );
}

#[tokio::test]
async fn an_answer_that_is_none_is_refused_with_the_first_of_those_there_are() {
    let service = Service::start().await;
    service.app.registry().publish(&wide_draft()).unwrap();
    let reply = service.post("/v1/assessments", &case_in("a20")).await;
    assert_eq!(reply.status, 422);
    let message = "answer `a20` to indicator `B` is none of a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, ... (20 in all), unknown";
    assert!(reply.text.contains(message), "{}", reply.text);
}

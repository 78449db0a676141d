use super::*;
use crate::Model;
use crate::testing::Draw;

fn record() -> ImportRecord {
    ImportRecord {
        source: "XGBoost JSON".to_owned(),
        program: Some("xgboost 3.2.0".to_owned()),
        file_sha256: "a".repeat(64),
        mapping_sha256: "b".repeat(64),
        check: CheckRecord {
            table_sha256: "c".repeat(64),
            n_rows: 10,
            compared: "probability".to_owned(),
            largest_difference: 1e-8,
            allowed_there: 1e-7,
        },
        against_direction: Vec::new(),
        notes: Vec::new(),
    }
}

/// A model that asks the third and the first of four indicators.
fn imported(instrument: &amparo_datasets::Instrument, scale: ImportedScale) -> Imported {
    let asks = [0, 2].map(|j: usize| {
        let indicator = &instrument.indicators()[j];
        let answers = indicator.answers().iter().map(|answer| answer.id.clone()).collect();
        Asked { indicator: indicator.id.clone(), answers }
    });
    let weights = vec![vec![0.01, 0.02, 0.03], vec![0.0, 0.05, 0.10, 0.15, 0.2]];
    let model = Candidate::additive(FAMILY, Additive { intercept: 0.1, weights }).unwrap();
    Imported::new(instrument, asks.to_vec(), scale, model, record()).unwrap()
}

#[test]
fn a_model_of_log_odds_keeps_its_sum_on_every_form_that_asks_what_it_asks() {
    let form = crate::testing::instrument(4);
    let model = imported(&form, ImportedScale::LogOdds);
    let score = |row: &[u8], form: &amparo_datasets::Instrument| {
        model.on(form).unwrap().scorer(0.5, form).unwrap().score(row)
    };
    let whole = score(&[1, 3, 4, 0], &form);
    assert!((whole - (0.1 + 0.02 + 0.2)).abs() <= 1e-15, "{whole}");
    assert!((score(&[1, 0, 3, 0], &form) - whole).abs() > 0.04, "another answer has another score");
    let narrow = form.only(&[0, 2, 3]);
    assert!((score(&[1, 4, 0], &narrow) - whole).abs() <= 1e-15);
}

#[test]
fn a_share_becomes_log_odds_by_the_tangent_at_the_rate() {
    let form = crate::testing::instrument(4);
    let model = imported(&form, ImportedScale::Probability);
    let scorer = model.on(&form).unwrap().scorer(0.3, &form).unwrap();
    let mut draw = Draw::new(3);
    for _ in 0..50 {
        let row = crate::testing::form(&mut draw, &form);
        let share =
            0.1 + [0.01, 0.02, 0.03][usize::from(row[0])] + [0.0, 0.05, 0.1, 0.15, 0.2][usize::from(row[2])];
        let expected = (0.3_f64 / 0.7).ln() + (share - 0.3) / 0.21;
        assert!((scorer.score(&row) - expected).abs() <= 1e-12);
        assert!((scorer.score(&row) - share).abs() > 0.1, "a share is no log-odds");
    }
}

#[test]
fn it_comes_back_from_its_file_and_refuses_another_form() {
    let form = crate::testing::instrument(4);
    let model = imported(&form, ImportedScale::LogOdds);
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(Imported::from_json(&text).unwrap(), model);
    let error = model.on(&form.only(&[1, 2])).unwrap_err().to_string();
    assert!(error.contains("it asks indicator `I1`, which is not among those that are fitted on"), "{error}");
    let other = crate::testing::instrument_of(&[(3, amparo_datasets::Polarity::Risk); 4]);
    let error = model.on(&other).unwrap_err().to_string();
    assert!(
        error.contains("it knows answers a0, a1, unknown to indicator `I1`, expected a0, a1, a2, unknown"),
        "{error}"
    );
    for (broken, expected) in [
        (text.replace("\"format\":1", "\"format\":2"), "format is 2, expected 1"),
        (text[..40].to_owned(), "EOF"),
    ] {
        let error = Imported::from_json(&broken).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

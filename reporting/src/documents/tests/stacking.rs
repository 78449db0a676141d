//! The card of a stacked blend.

use amparo_models::artefact::{StackedLoss, StackingRecord, TrainingRecord};

use crate::documents::{Subject, card};
use crate::telling::Lang;

#[test]
fn the_card_states_how_a_stacked_dial_was_chosen() {
    let stacking = StackingRecord {
        folds: 5,
        baseline: 0.321_4,
        candidate: 0.574_3,
        intercept: -0.6,
        log_loss: 0.330_01,
        compared: vec![
            StackedLoss { dial: 0.0, log_loss: 0.351_23 },
            StackedLoss { dial: 1.0, log_loss: 0.334_56 },
        ],
    };
    let record = TrainingRecord { stacking: Some(stacking), ..super::record() };
    let subject = Subject { dial: 0.641, ..super::subject(&record) };
    let [en, es] = [Lang::En, Lang::Es].map(|lang| card(&subject, None, lang));
    for said in
        ["The dial, 0.641,", "weigh 0.321", "candidate 0.574", "| 0.000 | 0.35123 |", "| 0.641 | 0.33001 |"]
    {
        assert!(en.contains(said), "{said}: {en}");
    }
    assert!(es.contains("El dial, 0,641,") && es.contains("| 1,000 | 0,33456 |"), "{es}");
    // A dial that the config states was not chosen.
    assert!(
        !card(&Subject { dial: 0.5, ..super::subject(&super::record()) }, None, Lang::En)
            .contains("The dial,")
    );
}

//! Where the number stands, and whether the order holds.

use super::{Made, small};
use crate::Assessment;
use crate::assess::{ExplanationStability, StableValue};
use crate::explain::{OrReason, Percentile};

/// A case whose door and window weigh upwards; `ranges` are the ranks of door, window and dog.
fn said(ranges: [(usize, usize); 3], percentile: f64) -> amparo_datasets::Text {
    let made: Made = small();
    let mut assessment: Assessment = made.assess(&[1, 2, 0]);
    let ids = ["A", "B", "C"].into_iter().zip([2, 1, 3]).zip(ranges);
    let values = ids.map(|((id, rank), (rank_from, rank_to))| StableValue {
        indicator: id.to_owned(),
        sd: 0.1,
        low: 0.0,
        high: 1.0,
        sign_holds: true,
        rank,
        rank_from,
        rank_to,
    });
    assessment.explanation.stability = Some(OrReason::Value(ExplanationStability {
        subsamples: 16,
        degrees_of_freedom: 15,
        resamples: 400,
        base_sd: 0.1,
        values: values.collect(),
    }));
    assessment.recidivism.percentile = OrReason::Value(Percentile { percentile, resolution: 0.0 });
    super::text(made.facts(), &assessment).unwrap()
}

#[test]
fn an_order_that_was_not_asked_for() {
    let made: Made = small();
    let mut assessment = made.assess(&[1, 2, 0]);
    let text = |assessment: &Assessment| super::text(made.facts(), assessment).unwrap();
    assert!(!text(&assessment).en.contains("not asked"));
    assessment.explanation.stability = None;
    let said = text(&assessment);
    let sentence = "It was not asked whether these answers would stay in the same order with other cases to compare with.";
    assert!(said.en.contains(sentence), "{}", said.en);
    assert!(said.es.contains("No se ha pedido comprobar si, con otros casos de comparación"), "{}", said.es);
    // One answer alone has no order.
    assessment.explanation.values.iter_mut().skip(1).for_each(|v| v.value = 0.0);
    assert!(!text(&assessment).en.contains("not asked"));
}

#[test]
fn an_order_that_holds() {
    let text = said([(2, 2), (1, 1), (3, 3)], 0.93);
    let holds = "Con otros casos de comparación, estas respuestas seguirían en el mismo orden. Lo que pesa";
    assert!(text.es.contains(holds), "{}", text.es);
    let holds =
        "With other cases to compare with, these answers would stay in the same order. What an answer";
    assert!(text.en.contains(holds), "{}", text.en);
    let placed =
        "La cifra de este caso es más alta que la de unos 93 de cada 100 casos con los que se compara.";
    assert!(text.es.contains(placed), "{}", text.es);
    let placed = "The number of this case is higher than that of about 93 of 100 cases it is compared with.";
    assert!(text.en.contains(placed), "{}", text.en);
}

#[test]
fn an_order_that_could_change() {
    let text = said([(1, 2), (1, 2), (3, 3)], 0.004);
    let moves = "podría cambiar el orden de estas respuestas: «Puerta»: sí; «Ventana»: mucho. ";
    let other = "podría cambiar el orden de estas respuestas: «Ventana»: mucho; «Puerta»: sí. ";
    assert!(text.es.contains(moves) || text.es.contains(other), "{}", text.es);
    assert!(text.en.contains("the order of these answers could change: "), "{}", text.en);
    assert!(text.en.contains("higher than that of about 1 of 250 cases it is compared with"), "{}", text.en);
    // The dog weighs downwards: that it could change places with the window changes no order.
    let text = said([(2, 2), (1, 1), (1, 3)], 0.5);
    assert!(text.es.contains("en el mismo orden"), "{}", text.es);
}

#[test]
fn what_is_not_known_is_not_said() {
    let text = small().text(&[1, 2, 0]);
    assert!(!text.es.contains("comparación") && !text.es.contains("con los que se compara"), "{}", text.es);
}

//! Indicators that seem to tell the outcome and were accepted, in the card of a version.

use amparo_models::artefact::{AcceptedLeak, DatedAfter, Leak, OnlyWith};

use crate::telling::{Lang, tell};

/// What was found about one of them, and why it was accepted.
pub(super) fn line(accepted: &AcceptedLeak, lang: Lang) -> String {
    let AcceptedLeak { leak: Leak { outcome, indicator, auc, only_with, dated_after }, reason } = accepted;
    let mut found = Vec::new();
    if let Some(DatedAfter { n_rows, n_dated }) = dated_after {
        found.push(tell!(
            lang,
            "en {n_rows} de las {n_dated} filas está fechado después de la valoración",
            "in {n_rows} of {n_dated} rows it is dated after the assessment"
        ));
    }
    if let Some(auc) = auc {
        found.push(tell!(
            lang,
            "por sí solo ordena los casos según {outcome} con un AUC de {auc:.3}",
            "by itself it ranks cases by {outcome} with an AUC of {auc:.3}"
        ));
    }
    if let Some(OnlyWith { answer, n_rows, n_events }) = only_with {
        let answer = match answer {
            Some(answer) => tell!(lang, "la respuesta {answer}", "the answer {answer}"),
            None => lang.pick("cualquier respuesta conocida", "any known answer").to_owned(),
        };
        found.push(tell!(
            lang,
            "{n_events} de las {n_rows} filas con {answer} tienen el resultado {outcome}",
            "{n_events} of {n_rows} rows with {answer} have the outcome {outcome}"
        ));
    }
    let found = found.join("; ");
    tell!(lang, "{indicator}: {found}. Razón: {reason}", "{indicator}: {found}. Reason: {reason}")
}

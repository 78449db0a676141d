//! How the score of a version becomes a probability, in its card.

use amparo_models::artefact::{CohortRecord, RecalibrationRecord, TriedCalibration};

use super::markdown::Markdown;
use super::subject::Subject;
use crate::telling::number::Numbers;
use crate::telling::{Lang, tell};

/// The method, what it was chosen among, and what the intervals of the version are.
pub(super) fn calibration(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    recalibration(subject, lang, page);
    let Some(record) = &subject.record.calibration else { return };
    let method = &record.method;
    match record.folds {
        Some(folds) => page.paragraph(&tell!(
            lang,
            "La puntuación se convierte en probabilidad con el método {method}, el de menor pérdida logarítmica en las filas de calibración: se repartieron por casos en {folds} partes y cada parte se evaluó con lo ajustado en las otras.",
            "The score becomes a probability by the method {method}, that of the least log loss on the calibration rows: they were dealt by case into {folds} folds, and each fold was judged by what was fitted on the others."
        )),
        None => page.paragraph(&tell!(
            lang,
            "La puntuación se convierte en probabilidad con el método {method}, sin comparación con otros.",
            "The score becomes a probability by the method {method}, which was not compared with others."
        )),
    }
    if !record.tried.is_empty() {
        let header = [lang.pick("método", "method"), lang.pick("pérdida logarítmica", "log loss")];
        let rows = record.tried.iter().map(|tried| vec![tried.method.clone(), loss(tried, lang)]);
        page.table(&header.map(str::to_owned), rows);
    }
    if subject.calibrator == "venn_abers" {
        page.paragraph(lang.pick(
            "Los dos extremos que acompañan a cada probabilidad son los de la predicción de Venn-Abers: lo que dicen las filas de calibración si el caso se les añade sin el resultado y si se les añade con él. Uno de los dos está calibrado sean cuales sean las puntuaciones; no son un intervalo de confianza del 95 %.",
            "The two ends beside each probability are those of Venn-Abers prediction: what the calibration rows say if the case is added to them without the outcome, and with it. One of the two is calibrated whatever the scores are; they are no 95 % confidence interval.",
        ));
    }
}

/// What the version was recalibrated from and on.
fn recalibration(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let Some(RecalibrationRecord { of, of_digest, cohort, n_events, folds, other_cases_declared, .. }) =
        &subject.record.recalibration
    else {
        return;
    };
    let CohortRecord { title, fingerprint, n_rows, .. } = cohort;
    page.paragraph(&tell!(
        lang,
        "Recalibrada: el modelo es el de {of} (huella {of_digest}), ajustado con los datos de arriba; solo el calibrador es nuevo, ajustado con {n_rows} filas, {n_events} de ellas con el resultado, de la cohorte {title} (huella {fingerprint}). En esa cohorte se evalúa con ajuste cruzado en {folds} partes de los casos. Las cifras del modelo antes de recalibrarlo están en la ficha de {of}.",
        "Recalibrated: the model is that of {of} (digest {of_digest}), fitted on the data above; only the calibrator is new, fitted on {n_rows} rows, {n_events} of them with the outcome, of the cohort {title} (fingerprint {fingerprint}). On that cohort it is judged by cross-fitting in {folds} parts of the cases. The numbers of the model before it was recalibrated stand on the card of {of}."
    ));
    if *other_cases_declared {
        page.paragraph(lang.pick(
            "Que el modelo no se ajustó con ninguno de esos casos lo declaró quien recalibró; no está demostrado.",
            "That the model was fitted on none of these cases was declared by whoever recalibrated; it is not proved.",
        ));
    }
}

/// The loss of a method, or why there is none.
fn loss(tried: &TriedCalibration, lang: Lang) -> String {
    match (tried.log_loss, &tried.problem) {
        (Some(loss), _) => Numbers { lang }.fixed(loss, 5),
        (None, Some(problem)) => {
            tell!(lang, "no se pudo ajustar: {problem}", "it could not be fitted: {problem}")
        }
        (None, None) => lang.pick("no consta", "not recorded").to_owned(),
    }
}

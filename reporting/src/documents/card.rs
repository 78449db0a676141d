//! The model card of a version: when it is published, from what is known then; after an evaluation, with its evidence.

use amparo_datasets::split::Cuts;
use amparo_evaluation::report::{Report, VersionDirections};
use amparo_models::artefact::SampleSizeRecord;
use amparo_models::learned::Compared;

use super::calibration::calibration;
use super::evidence::{self, open};
use super::leaks;
use super::markdown::Markdown;
use super::stacking::stacking;
use super::subject::{Subject, WideIndicator};
use crate::telling::number::Numbers;
use crate::telling::view::View;
use crate::telling::words::Words;
use crate::telling::{Lang, directions, summary, tell};

/// The card in Markdown, under the headings of Mitchell et al.; without a report, the evaluation's parts say that there is none yet.
///
/// All results are the subject's own, whatever other versions the report holds; the reference appears only where the subject is
/// compared with it, and is named there.
///
/// # References
/// Mitchell et al., Model Cards for Model Reporting, FAT* 2019.
#[must_use]
pub fn card(subject: &Subject<'_>, report: Option<&Report>, lang: Lang) -> String {
    let view = report.map(|report| View::new(report, lang));
    let mut page = Markdown::default();
    page.heading(1, &subject.name);
    evidence::banner(&mut page, subject.record.synthetic_statement());
    page.heading(2, lang.pick("Detalles del modelo", "Model details"));
    details(subject, lang, &mut page);
    page.heading(2, lang.pick("Uso previsto", "Intended use"));
    intended_use(lang, &mut page);
    page.heading(2, lang.pick("Factores", "Factors"));
    page.paragraph(lang.pick(
        "El modelo solo utiliza los indicadores del formulario. Las variables de grupo sirven para evaluarlo, no para puntuar, salvo que el propio formulario pregunte por ellas.",
        "The model uses only the indicators of the form. Group variables serve to evaluate it, not to score, unless the form itself asks about them.",
    ));
    with_report(view.as_ref(), lang, &mut page, evidence::groups);
    page.heading(2, lang.pick("Métricas", "Metrics"));
    match &view {
        Some(view) => evidence::procedure(view, &mut page),
        None => declared(subject, lang, &mut page),
    }
    page.heading(2, lang.pick("Datos de evaluación", "Evaluation data"));
    with_report(view.as_ref(), lang, &mut page, evidence::data);
    page.heading(2, lang.pick("Datos de entrenamiento", "Training data"));
    training(subject, lang, &mut page);
    page.heading(2, lang.pick("Análisis cuantitativo", "Quantitative analyses"));
    with_report(view.as_ref(), lang, &mut page, |view, page| quantitative(view, subject, page));
    page.heading(2, lang.pick("Consideraciones éticas", "Ethical considerations"));
    ethics(subject, lang, &mut page);
    page.heading(2, lang.pick("Advertencias y recomendaciones", "Caveats and recommendations"));
    caveats(subject, lang, &mut page);
    page.finish()
}

/// A part that needs a report, or the sentence that there is none.
fn with_report(
    view: Option<&View<'_>>,
    lang: Lang,
    page: &mut Markdown,
    part: impl FnOnce(&View<'_>, &mut Markdown),
) {
    match view {
        Some(view) => part(view, page),
        None => page.markup(lang.pick(
            "La versión no se había evaluado cuando se publicó. `amparo evaluate` escribe la ficha con los resultados.",
            "The version had not been evaluated when it was published. `amparo evaluate` writes the card with the results.",
        )),
    }
}

fn details(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let record = subject.record;
    let dial = Numbers { lang }.fixed(subject.dial, 2);
    let pick = |es: &str, en: &str| lang.pick(es, en).to_owned();
    let mut terms = vec![
        (
            pick("Modelo", "Model"),
            tell!(lang, "{}, dial {dial}, calibrador {}", "{}, dial {dial}, {} calibrator"; subject.family, subject.calibrator),
        ),
        (
            pick("Resultado", "Outcome"),
            match record.horizon_days {
                Some(days) => tell!(lang, "{} en {days} días", "{} within {days} days"; record.outcome),
                None => record.outcome.clone(),
            },
        ),
    ];
    if let Some(reason) = subject.never_below_baseline {
        terms.push((
            pick("Cláusula sobre el nivel", "Clause on the level"),
            tell!(
                lang,
                "el nivel nunca queda por debajo del que da la base por sí sola, con su propio calibrador ({})",
                "the level is never below the one that the baseline alone gives, with a calibrator of its own ({})";
                lang.pick(&reason.es, &reason.en)
            ),
        ));
    }
    let known = [
        (("Fecha de publicación", "Published"), subject.published_at.as_ref()),
        (("Huella (digest)", "Digest"), subject.digest.as_ref()),
        (("Formulario", "Instrument"), subject.instrument.as_ref()),
        (("Protocolo", "Protocol"), subject.protocol.as_ref()),
        (("Programa", "Program"), Some(&record.code_version)),
    ];
    terms.extend(known.into_iter().filter_map(|((es, en), text)| Some((pick(es, en), text?.clone()))));
    page.terms(terms);
    page.markup(&open(
        lang,
        "persona responsable, contacto y licencia de los datos.",
        "the person responsible, a contact, and the licence of the data.",
    ));
}

fn intended_use(lang: Lang, page: &mut Markdown) {
    page.paragraph(lang.pick(
        "El sistema responde con una propuesta: una probabilidad, un nivel y la contribución de cada indicador. Una persona confirma el nivel, puede elevarlo con un motivo y toma la decisión. Ninguna decisión puede basarse únicamente en la propuesta.",
        "The system answers with a proposal: a probability, a level and the contribution of each indicator. A person confirms the level, may raise it with a reason, and makes the decision. No decision may rest on the proposal alone.",
    ));
    page.markup(&open(
        lang,
        "el servicio, sus usuarios y los usos excluidos en su jurisdicción.",
        "the service, its users, and the uses excluded in its jurisdiction.",
    ));
}

fn training(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let record = subject.record;
    let mut items = vec![tell!(
        lang,
        "Cohorte: {} (huella {}).",
        "Cohort: {} (fingerprint {}).";
        record.cohort_title,
        record.cohort_fingerprint
    )];
    items.extend(
        record
            .n_rows
            .iter()
            .map(|(part, n)| tell!(lang, "Filas de la parte {part}: {n}.", "Rows of the {part} part: {n}.")),
    );
    if let Some(cuts) = &record.cuts {
        let Cuts {
            calibrate_from,
            test_from,
            gap_days,
            n_cases_left_out,
            n_cases_without_day,
            n_rows_without_day,
        } = cuts;
        items.push(tell!(
            lang,
            "División por la fecha de la primera valoración: la parte calibrate empieza el {calibrate_from} y la parte test el {test_from}.",
            "Division by the date of the first assessment: the calibrate part begins on {calibrate_from}, the test part on {test_from}."
        ));
        items.push(match gap_days {
            0 => lang
                .pick("No se deja ningún intervalo antes de la parte test.", "No gap is left before the test part.")
                .to_owned(),
            _ => tell!(
                lang,
                "Las filas de los {gap_days} días anteriores a la parte test, o posteriores, no están en las otras partes; {n_cases_left_out} casos no están en ninguna.",
                "Rows dated in the {gap_days} days before the test part, or later, are in neither of the other parts; {n_cases_left_out} cases are in no part."
            ),
        });
        if *n_cases_without_day > 0 {
            items.push(tell!(
                lang,
                "De {n_cases_without_day} casos ({n_rows_without_day} filas) no se conoce el día de alguna valoración: no están en ninguna parte.",
                "Of {n_cases_without_day} cases ({n_rows_without_day} rows), the day of an assessment is unknown: they are in no part."
            ));
        }
    }
    items.extend(record.sample_size.as_ref().map(|record| sample_size(record, lang)));
    if let Some(lethality) = &record.lethality {
        items.push(tell!(
            lang,
            "Cohorte del modelo de letalidad: {}, {} filas (huella {}).",
            "Cohort of the lethality model: {}, {} rows (fingerprint {}).";
            lethality.title,
            lethality.n_rows,
            lethality.fingerprint
        ));
    }
    items.push(tell!(
        lang,
        "Las explicaciones comparan cada caso con una población de {} filas. La menor suma guardada representa a {} de ellas.",
        "Explanations compare each case with a population of {} rows. The smallest sum that is kept stands for {} of them.";
        subject.background,
        subject.smallest_cell
    ));
    page.list(items);
    wide(subject, lang, page);
    unlearned(subject, lang, page);
    accepted_leaks(subject, lang, page);
    directions(subject, lang, page);
    stacking(subject, lang, page);
    calibration(subject, lang, page);
}

/// How far the rows that were fitted on carry a model.
fn sample_size(record: &SampleSizeRecord, lang: Lang) -> String {
    let SampleSizeRecord { n_events, n_parameters, shrinkage, optimism, least_rows, .. } = record;
    let each = record.events_per_parameter();
    let expected = match (shrinkage, optimism) {
        (Some(shrinkage), Some(optimism)) => tell!(
            lang,
            "sin penalización, la contracción esperada es {shrinkage:.2} y el optimismo esperado del R2 de Nagelkerke, {optimism:.3}",
            "without a penalty, its expected shrinkage is {shrinkage:.2} and its expected optimism in Nagelkerke's R2 {optimism:.3}"
        ),
        _ => lang
            .pick(
                "sin penalización, no cabe esperar que diga nada de otras filas",
                "without a penalty, it would be expected to tell nothing about other rows",
            )
            .to_owned(),
    };
    tell!(
        lang,
        "Tamaño de la muestra de ajuste: {n_events} filas con el resultado; un modelo con un número por respuesta tiene {n_parameters} números, {each:.1} filas con el resultado por cada uno; {expected}. Se aconsejan {least_rows} filas o más (Riley et al. 2020). Los modelos de árboles necesitan más.",
        "Size of the fitted sample: {n_events} rows with the outcome; a model with one number an answer has {n_parameters} numbers, {each:.1} such rows each; {expected}. {least_rows} rows or more are advised (Riley et al. 2020). Models of trees need more."
    )
}

/// The indicators that seem to tell the outcome and were fitted on all the same.
fn accepted_leaks(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    if subject.record.accepted_leaks.is_empty() {
        return;
    }
    page.paragraph(lang.pick(
        "Estos indicadores parecen decir el resultado, y no anunciarlo. Se aprendió de ellos porque quien entrenó lo aceptó por la razón que sigue:",
        "These indicators seem to tell the outcome rather than foretell it. They were fitted on because whoever trained accepted them for the reason that follows:",
    ));
    page.list(subject.record.accepted_leaks.iter().map(|accepted| leaks::line(accepted, lang)));
}

/// Where the rows contradict a declared direction, and what ends without an effect.
fn directions(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let of = VersionDirections::new(&subject.name, &subject.record.directions, subject.effects.clone());
    page.paragraph(&directions::introduction(&of, lang));
    if !of.contradicted.is_empty() {
        page.list(of.contradicted.iter().map(|direction| directions::contradiction(direction, lang)));
    }
    if let Some(sentence) = directions::without_effect(&of, lang) {
        page.paragraph(&sentence);
    }
    if let Some(sentence) = directions::left_out(&of, lang) {
        page.paragraph(&sentence);
    }
}

/// The indicators with many answers, one line each.
fn wide(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    if subject.wide.is_empty() {
        return;
    }
    page.paragraph(lang.pick(
        "Las preguntas siguientes tienen muchas respuestas. Las de efecto parecido están en un mismo grupo y tienen el mismo efecto en el modelo. Los efectos son log-odds respecto de la respuesta media, estimados como extracciones de una distribución normal: cuantas menos filas tiene una respuesta, más se acerca su efecto al medio.",
        "The following questions have many answers. Those of similar effect are in one pool, and have the same effect in the model. Effects are log-odds against the average answer, estimated as draws from one normal distribution: the fewer rows an answer has, the nearer its effect is to the average.",
    ));
    page.list(subject.wide.iter().map(|of| {
        let learned: usize = of.pools.iter().map(|(_, n)| n).sum();
        let numbers = Numbers { lang };
        let pool = |(effect, n): &(f64, usize)| format!("{} ({n})", numbers.fixed(*effect, 3));
        let pools = of.pools.iter().map(pool).collect::<Vec<_>>().join(", ");
        let WideIndicator { outcome, indicator, n_answers, .. } = of;
        let sd = numbers.fixed(of.sd, 3);
        tell!(
            lang,
            "{outcome}: {indicator}, {learned} respuestas aprendidas de {n_answers}, desviación típica de los efectos {sd}; efecto de cada grupo (respuestas): {pools}.",
            "{outcome}: {indicator}, {learned} answers learned of {n_answers}, standard deviation of the effects {sd}; effect of each pool (answers): {pools}."
        )
    }));
}

/// The answers that the version has not learned from.
fn unlearned(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let Some(needed) = subject.needed_rows else { return };
    let rows = match subject.compared {
        Compared::Rows => lang.pick("filas del ajuste", "rows of the fit"),
        Compared::EffectiveRows => lang.pick(
            "filas efectivas del ajuste (por sus pesos, tamaño muestral efectivo de Kish)",
            "effective rows of the fit (by their weights, Kish's effective sample size)",
        ),
    };
    if subject.unlearned.is_empty() {
        page.paragraph(&tell!(
            lang,
            "Cada respuesta del formulario la tienen al menos {needed} {rows}.",
            "At least {needed} {rows} have each answer of the form."
        ));
        return;
    }
    page.paragraph(&tell!(
        lang,
        "Menos de {needed} {rows} tienen las respuestas siguientes. De ellas no se ha aprendido: cada una tiene el efecto medio de las respuestas aprendidas a la misma pregunta, y toda propuesta que se apoye en una la nombra.",
        "Fewer than {needed} {rows} have the following answers. They were not learned: each has the average effect of the learned answers to the same question, and every proposal that rests on one names it."
    ));
    page.list(subject.unlearned.iter().cloned());
}

/// What the version declared when it was published.
fn declared(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let record = subject.record;
    if record.metrics.is_empty() {
        page.markup(lang.pick(
            "No hay métricas: las filas de evaluación se obtienen por ajuste cruzado, que `amparo evaluate` repite.",
            "There are no metrics: the evaluation rows come from cross-fitting, which `amparo evaluate` repeats.",
        ));
        return;
    }
    page.markup(lang.pick(
        "Estos valores son de filas no utilizadas en el entrenamiento y no llevan intervalos; `amparo evaluate` los calcula.",
        "These values are from rows not used in training and have no intervals; `amparo evaluate` computes them.",
    ));
    if record.metrics.contains_key("optimism-corrected") {
        page.markup(lang.pick(
            "Solo los de la parte `apparent` son de las filas del ajuste; `optimism-corrected` son esos mismos menos su optimismo medio, según tantos remuestreos de los casos como indica `resamples`.",
            "Only those of the part `apparent` are from the rows of the fit; `optimism-corrected` are the same less their mean optimism, by as many resamples of the cases as `resamples` says.",
        ));
    }
    let lines = record.metrics.iter().flat_map(|(part, metrics)| {
        metrics.iter().map(move |(metric, value)| format!("{part}: {metric} {value:.4}"))
    });
    page.list(lines);
}

/// The subject's own results, and how it compares with the reference.
fn quantitative(view: &View<'_>, subject: &Subject<'_>, page: &mut Markdown) {
    let lang = view.lang;
    let Some(one) = evidence::scores(view, subject) else {
        evidence::absent(view, page);
        return;
    };
    for fact in summary::summary(view, one) {
        page.heading(3, &fact.term);
        page.list(fact.sentences);
    }
    page.heading(3, lang.pick("Todas las filas", "All rows"));
    evidence::measures(view, one, page);
    page.heading(3, lang.pick("Resultados por grupo", "Unitary results"));
    evidence::by_group(view, one, false, page);
    page.heading(3, lang.pick("Resultados por intersección de grupos", "Intersectional results"));
    evidence::by_group(view, one, true, page);
}

fn ethics(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    page.list([
        tell!(
            lang,
            "El error más grave es asignar un nivel bajo antes de una agresión; lo mide la proporción de sucesos en el nivel más bajo.",
            "The most serious error is a low level before an assault; the proportion of events in the lowest level measures it."
        ),
        tell!(
            lang,
            "Quien confirma una propuesta tiende a aceptarla. Debe vigilarse, por unidad, la proporción de niveles que se elevan.",
            "A person who confirms a proposal tends to accept it. The proportion of levels that are raised should be monitored by unit."
        ),
        tell!(
            lang,
            "La versión no contiene filas de ningún caso, solo sumas y tablas. El menor número de filas detrás de cualquiera de ellas es {}.",
            "The version holds no row of any case, only sums and tables. The smallest number of rows behind any of them is {}.";
            subject.smallest_cell
        ),
    ]);
}

fn caveats(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let cut_points = lang.pick(subject.cut_points[0], subject.cut_points[1]).to_owned();
    let cases = tell!(
        lang,
        "Las probabilidades valen para casos como los de la cohorte, valorados del mismo modo.",
        "The probabilities are valid for cases like those of the cohort, assessed in the same way."
    );
    let protection = Words::new(lang).protection_hides_risk.to_owned();
    page.list(subject.record.notes.iter().cloned().chain([cut_points, cases, protection]));
}

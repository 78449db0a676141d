//! The model card of a version: when it is published, from what is known then; after an evaluation, with its evidence.

use super::markdown::Markdown;
use super::{Subject, evidence, open};
use crate::html::view::View;
use crate::html::{Lang, say, summary};
use crate::reason::Reason;
use crate::report::Report;

/// The card in Markdown, under the headings of Mitchell et al.; without a report, the evaluation's parts say that there is none yet.
///
/// # References
/// Mitchell et al., Model Cards for Model Reporting, FAT* 2019.
#[must_use]
pub fn card(subject: &Subject<'_>, report: Option<&Report>, lang: Lang) -> String {
    let mut page = Markdown::default();
    page.heading(1, &subject.name);
    let record = subject.record;
    evidence::banner(&mut page, record.synthetic_statement());
    page.heading(2, lang.pick("Detalles del modelo", "Model details"));
    details(subject, lang, &mut page);
    page.heading(2, lang.pick("Uso previsto", "Intended use"));
    page.say(lang.pick(
        "Responde con una propuesta: una probabilidad, un nivel y lo que aporta cada indicador. Una persona confirma el nivel, puede elevarlo con un motivo, y decide. Ninguna decisión puede apoyarse solo en ella.",
        "It answers with a proposal: a probability, a level and what each indicator adds. A person confirms the level, may raise it with a reason, and decides. No decision may rest on it alone.",
    ));
    page.raw(&open(
        lang,
        "servicio, usuarios y usos fuera de lo previsto en su jurisdicción.",
        "the service, its users, and uses out of scope in its jurisdiction.",
    ));
    let view = report.map(|report| View::new(report, lang));
    let none = lang.pick(
        "Sin evaluar cuando se publicó: `amparo evaluate` escribe la ficha con sus cifras.",
        "Not evaluated when it was published: `amparo evaluate` writes the card with its numbers.",
    );
    page.heading(2, lang.pick("Factores", "Factors"));
    page.say(lang.pick(
        "El modelo solo ve los indicadores del formulario; los grupos sirven para juzgarlo, no para puntuar, salvo que el propio formulario los pregunte.",
        "The model sees the form's indicators only; groups serve to judge it, not to score, unless the form itself asks.",
    ));
    match &view {
        Some(view) => evidence::groups(view, &mut page),
        None => page.raw(none),
    }
    page.heading(2, lang.pick("Métricas", "Metrics"));
    match &view {
        Some(view) => evidence::procedure(view, &mut page),
        None => declared(subject, lang, &mut page),
    }
    page.heading(2, lang.pick("Datos de evaluación", "Evaluation data"));
    match &view {
        Some(view) => evidence::data(view, &mut page),
        None => page.raw(none),
    }
    page.heading(2, lang.pick("Datos de entrenamiento", "Training data"));
    training(subject, lang, &mut page);
    page.heading(2, lang.pick("Análisis cuantitativo", "Quantitative analyses"));
    match &view {
        Some(view) => quantitative(view, subject, &mut page),
        None => page.raw(none),
    }
    page.heading(2, lang.pick("Consideraciones éticas", "Ethical considerations"));
    page.list([
        say!(
            lang,
            "El error más costoso es un nivel bajo antes de una agresión: léase la proporción de sucesos en el nivel más bajo.",
            "The costliest error is a low level before an assault: read the share of events in the lowest level."
        ),
        say!(
            lang,
            "Quien confirma tiende a aceptar lo propuesto; la proporción de niveles elevados, por unidad, debe vigilarse.",
            "Whoever confirms tends to accept what is proposed; the share of levels raised, by unit, must be watched."
        ),
        say!(
            lang,
            "La versión no contiene filas de casos: solo sumas y tablas; detrás de la menor hay {} filas.",
            "The version holds no row of any case: sums and tables only; the fewest rows behind any of them: {}.";
            subject.smallest_cell
        ),
    ]);
    page.heading(2, lang.pick("Advertencias y recomendaciones", "Caveats and recommendations"));
    let cut_points = lang.pick(subject.cut_points[0], subject.cut_points[1]).to_owned();
    let cases = say!(
        lang,
        "Una probabilidad habla de casos como los de la cohorte, evaluados del mismo modo.",
        "A probability speaks of cases like those of the cohort, assessed the same way."
    );
    let protection = say!(
        lang,
        "Los niveles deciden la protección, y la protección evita agresiones: con datos de un sistema en uso, toda medida de acierto subestima a una versión que protegió bien.",
        "Levels decide protection, and protection prevents assaults: on data from a system in use, every measure of accuracy understates a version that protected well."
    );
    page.list(record.notes.iter().cloned().chain([cut_points, cases, protection]));
    page.finish()
}

fn details(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let record = subject.record;
    let dial = view_number(lang, subject.dial);
    let pick = |es: &str, en: &str| lang.pick(es, en).to_owned();
    let mut terms = vec![
        (
            pick("Modelo", "Model"),
            say!(lang, "{}, dial {dial}, calibrador {}", "{}, dial {dial}, {} calibrator"; subject.family, subject.calibrator),
        ),
        (
            pick("Resultado", "Outcome"),
            match record.horizon_days {
                Some(days) => say!(lang, "{} en {days} días", "{} within {days} days"; record.outcome),
                None => record.outcome.clone(),
            },
        ),
    ];
    let known = [
        (("Publicado", "Published"), subject.published_at.as_ref()),
        (("Digest", "Digest"), subject.digest.as_ref()),
        (("Formulario", "Instrument"), subject.instrument.as_ref()),
        (("Protocolo", "Protocol"), subject.protocol.as_ref()),
        (("Programa", "Program"), Some(&record.code_version)),
    ];
    terms.extend(known.into_iter().filter_map(|((es, en), text)| Some((pick(es, en), text?.clone()))));
    page.terms(terms);
    page.raw(&open(
        lang,
        "responsable, contacto y licencia de los datos.",
        "who is responsible, contact, and licence of the data.",
    ));
}

fn training(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let record = subject.record;
    let mut items = vec![say!(
        lang,
        "cohorte: {} (huella {})",
        "cohort: {} (fingerprint {})";
        record.cohort_title,
        record.cohort_fingerprint
    )];
    items.extend(
        record
            .n_rows
            .iter()
            .map(|(part, n)| say!(lang, "filas de la parte {part}: {n}", "rows of the {part} part: {n}")),
    );
    if let Some(second) = &record.lethality {
        items.push(say!(
            lang,
            "cohorte de la segunda lectura: {}, {} filas (huella {})",
            "cohort of the second reading: {}, {} rows (fingerprint {})";
            second.title,
            second.n_rows,
            second.fingerprint
        ));
    }
    items.push(say!(
        lang,
        "las explicaciones se comparan con {} filas; la menor suma guardada representa a {} de ellas",
        "explanations compare with {} rows; the smallest sum kept stands for {} of them";
        subject.background,
        subject.smallest_cell
    ));
    page.list(items);
}

fn declared(subject: &Subject<'_>, lang: Lang, page: &mut Markdown) {
    let record = subject.record;
    if record.metrics.is_empty() {
        page.raw(lang.pick(
            "Ninguna: las filas se apartaron por ajuste cruzado, que `amparo evaluate` repite.",
            "None: rows were held back by cross-fitting, which `amparo evaluate` repeats.",
        ));
        return;
    }
    page.raw(lang.pick(
        "Valores en filas no aprendidas, sin intervalos: para estos, `amparo evaluate`.",
        "Values on rows not learned from, without intervals: for those, `amparo evaluate`.",
    ));
    let lines = record.metrics.iter().flat_map(|(part, metrics)| {
        metrics.iter().map(move |(metric, value)| format!("{part}: {metric} {value:.4}"))
    });
    page.list(lines);
}

fn quantitative(view: &View<'_>, subject: &Subject<'_>, page: &mut Markdown) {
    let lang = view.lang;
    for fact in summary::summary(view) {
        page.heading(3, fact.term);
        page.list(fact.sentences);
    }
    let Some(one) = evidence::scores(view, subject) else {
        page.say(&view.numbers.not_known(Reason::NotInReport));
        return;
    };
    page.heading(3, lang.pick("Todas las filas", "All rows"));
    evidence::measures(view, one, page);
    page.heading(3, lang.pick("Resultados por grupo", "Unitary results"));
    evidence::by_group(view, one, false, page);
    page.heading(3, lang.pick("Resultados por intersección de grupos", "Intersectional results"));
    evidence::by_group(view, one, true, page);
}

fn view_number(lang: Lang, value: f64) -> String {
    crate::html::number::Numbers { lang }.fixed(value, 2)
}

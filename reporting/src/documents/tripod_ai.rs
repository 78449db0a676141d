//! The items of TRIPOD+AI that an evaluation answers, with what the evidence says to each.

mod items;
use amparo_evaluation::report::Report;
use items::{ITEMS, ItemAnswer, What};

use super::evidence::{self, open};
use super::markdown::Markdown;
use super::subject::{Run, Subject};
use crate::telling::view::View;
use crate::telling::{Lang, summary, tell};

/// Every item for evaluation studies, by number, in Markdown: filled from the evidence, or left open for the authority.
///
/// Items that are about development only (9a, 12b, 12c, 15, 22, 27a, 27b) are not of an evaluation and are left out.
///
/// # References
/// Collins et al., TRIPOD+AI statement: updated guidance for reporting clinical prediction models that use regression or machine
/// learning methods, BMJ 385, 2024, e078378. The wording of the items is ours.
#[must_use]
pub fn tripod_ai(report: &Report, subject: &Subject<'_>, run: &Run<'_>, lang: Lang) -> String {
    let view = View::new(report, lang);
    let mut page = Markdown::default();
    page.heading(1, &tell!(lang, "TRIPOD+AI: {}", "TRIPOD+AI: {}"; subject.name));
    evidence::banner(&mut page, report.context.synthetic.as_deref());
    page.paragraph(lang.pick(
        "Este documento contiene los apartados de la guía que corresponden a un estudio de evaluación. La numeración es la de la guía; la redacción es nuestra.",
        "This document contains the items of the guideline that apply to an evaluation study. The numbers are the guideline's; the wording is ours.",
    ));
    for item in ITEMS {
        page.heading(2, &format!("{}. {}", item.number, lang.pick(item.es, item.en)));
        match item.answer {
            ItemAnswer::Open(es, en) => page.markup(&open(lang, es, en)),
            ItemAnswer::Known(es, en) => page.paragraph(lang.pick(es, en)),
            ItemAnswer::Both(es, en, open_es, open_en) => {
                page.paragraph(lang.pick(es, en));
                page.markup(&open(lang, open_es, open_en));
            }
            ItemAnswer::Evidence(what) => fill(what, &view, subject, run, &mut page),
        }
    }
    page.finish()
}

fn fill(what: What, view: &View<'_>, subject: &Subject<'_>, run: &Run<'_>, page: &mut Markdown) {
    let lang = view.lang;
    let context = &view.report.context;
    let record = subject.record;
    let one = evidence::scores(view, subject);
    match what {
        What::Title => page.paragraph(&tell!(
            lang,
            "Evaluación de {} ({}) para la predicción de «{}».",
            "Evaluation of {} ({}) for the prediction of \u{201c}{}\u{201d}.";
            subject.name,
            subject.family,
            context.outcome
        )),
        What::Background => {
            page.paragraph(&tell!(
                lang,
                "La versión se compara con {}.",
                "The version is compared with {}.";
                context.reference
            ));
            page.markup(&open(lang, "por qué se evalúa y qué otros modelos existen.", "why it is evaluated, and which other models exist."));
        }
        What::Sources => {
            page.terms([
                (lang.pick("entrenamiento", "development").to_owned(), format!("{} ({})", record.cohort_title, record.cohort_fingerprint)),
                (lang.pick("evaluación", "evaluation").to_owned(), format!("{} ({})", context.cohort, context.fingerprint)),
            ]);
            page.markup(&open(lang, "de dónde proceden los datos, por qué se eligieron y a quién representan.", "where the data come from, why they were chosen, and whom they represent."));
        }
        What::Outcome => {
            evidence::data(view, page);
            page.markup(&open(lang, "cómo y cuándo se comprueba el resultado, y si se hace igual en todos los grupos.", "how and when the outcome is ascertained, and whether this is the same in all groups."));
        }
        What::Missing => page.paragraph(&tell!(
            lang,
            "Una respuesta desconocida se trata como una respuesta más y no se imputa. Filas censuradas que se excluyeron porque el seguimiento terminó antes del horizonte: {}. Filas excluidas de este resultado: {}.",
            "An unknown answer is treated as an answer of its own and is not imputed. Censored rows that were left out because follow-up ended before the horizon: {}. Rows excluded from this outcome: {}.";
            view.numbers.count(context.censored_left_out),
            view.numbers.count(context.excluded_left_out)
        )),
        What::Measures => evidence::procedure(view, page),
        What::Calculation if context.held_out.is_cross_fitted(&subject.name) => page.paragraph(&tell!(
            lang,
            "Las predicciones no son de la versión publicada (huella {}), sino de modelos que su configuración ajusta sin el caso que puntúan (ajuste cruzado). El formulario es {}.",
            "The predictions are not those of the published version (digest {}), but those of models that its config fits without the case they score (cross-fitting). The form is {}.";
            subject.digest.as_deref().unwrap_or("\u{2013}"),
            subject.instrument.as_deref().unwrap_or("\u{2013}")
        )),
        What::Calculation => page.paragraph(&tell!(
            lang,
            "Las predicciones son de la versión publicada (huella {}). El formulario es {}.",
            "The predictions are those of the published version (digest {}). The form is {}.";
            subject.digest.as_deref().unwrap_or("\u{2013}"),
            subject.instrument.as_deref().unwrap_or("\u{2013}")
        )),
        What::Fairness => {
            page.paragraph(lang.pick(
                "Las variables de grupo no entran en el modelo. Las diferencias entre grupos se miden con intervalos simultáneos y una prueba de equivalencia.",
                "Group variables do not enter the model. Differences between groups are measured with simultaneous intervals and an equivalence test.",
            ));
            evidence::groups(view, page);
        }
        What::Versus => {
            page.paragraph(&tell!(
                lang,
                "El resultado en el entrenamiento es {}; en la evaluación es {}. Las filas de evaluación son: {}.",
                "The outcome in development is {}; in the evaluation it is {}. The evaluation rows are: {}.";
                record.outcome,
                context.outcome,
                lang.of(&context.held_out.text())
            ));
            page.markup(&open(lang, "las diferencias de ámbito, de casos incluidos y de forma de rellenar el formulario.", "the differences in setting, in the cases included, and in how the form was filled in."));
        }
        What::Code => page.paragraph(&tell!(lang, "El programa es {}. La huella SHA-256 de report.json es {}.", "The program is {}. The SHA-256 digest of report.json is {}."; run.code_version, run.report_digest)),
        What::Participants => evidence::data(view, page),
        What::Characteristics => {
            evidence::groups(view, page);
            page.markup(&open(lang, "las fechas clave, la protección recibida y la duración del seguimiento.", "the key dates, the protection received, and the duration of follow-up."));
        }
        What::Sizes => {
            let parts = record.n_rows.iter().map(|(part, n)| tell!(lang, "entrenamiento, parte {part}: {n} filas", "development, {part} part: {n} rows"));
            let rows = &view.report.rows;
            let here = tell!(
                lang,
                "evaluación: {} filas, {} con el resultado",
                "evaluation: {} rows, {} with the outcome";
                view.numbers.count(rows.n),
                view.numbers.count(rows.events)
            );
            page.list(parts.chain([here]));
        }
        What::Performance => match one {
            Some(one) => {
                evidence::measures(view, one, page);
                evidence::by_group(view, one, false, page);
                evidence::by_group(view, one, true, page);
            }
            None => evidence::absent(view, page),
        },
        What::Interpretation => {
            match one {
                Some(one) => page.list(summary::summary(view, one).into_iter().flat_map(|fact| fact.sentences)),
                None => evidence::absent(view, page),
            }
            match one.filter(|one| !one.groups.is_empty()) {
                Some(one) => evidence::discrimination(view, one, page),
                None => page.paragraph(view.words.no_groups),
            }
            page.markup(&open(lang, "qué significan estos resultados para los objetivos y en relación con estudios anteriores.", "what these results mean for the objectives, and in relation to previous studies."));
        }
        What::Limitations => {
            let limits = [
                lang.pick(subject.cut_points[0], subject.cut_points[1]).to_owned(),
                view.words.intervals.to_owned(),
                view.words.protection_hides_risk.to_owned(),
            ];
            page.list(record.notes.iter().cloned().chain(limits));
        }
    }
}

/// The numbers of the items.
#[cfg(test)]
pub(super) fn item_numbers() -> Vec<&'static str> {
    ITEMS.iter().map(|item| item.number).collect()
}

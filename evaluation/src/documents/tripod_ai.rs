//! The items of TRIPOD+AI that an evaluation answers, with what the evidence says to each.

mod items;

use super::markdown::Markdown;
use super::{Run, Subject, evidence, open};
use crate::html::view::View;
use crate::html::{Lang, say, summary};
use crate::reason::Reason;
use crate::report::Report;
use items::{Answer, ITEMS};

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
    page.heading(1, &say!(lang, "TRIPOD+AI: {}", "TRIPOD+AI: {}"; subject.name));
    evidence::banner(&mut page, report.context.synthetic.as_deref());
    page.say(lang.pick(
        "Apartados de la guía que corresponden a un estudio de evaluación. La numeración es la de la guía; su redacción, nuestra.",
        "Items of the guideline that belong to an evaluation study. The numbers are the guideline's; the wording is ours.",
    ));
    for item in ITEMS {
        page.heading(2, &format!("{}. {}", item.number, lang.pick(item.es, item.en)));
        match item.answer {
            Answer::Open(es, en) => page.raw(&open(lang, es, en)),
            Answer::Known(es, en) => page.say(lang.pick(es, en)),
            Answer::Both(es, en, open_es, open_en) => {
                page.say(lang.pick(es, en));
                page.raw(&open(lang, open_es, open_en));
            }
            Answer::Evidence(what) => fill(what, &view, subject, run, &mut page),
        }
    }
    page.finish()
}

/// What of the evidence answers an item.
#[derive(Debug, Clone, Copy)]
enum What {
    Title,
    Background,
    Sources,
    Outcome,
    Missing,
    Measures,
    Calculation,
    Fairness,
    Versus,
    Code,
    Participants,
    Characteristics,
    Sizes,
    Performance,
    Interpretation,
    Limitations,
}

fn fill(what: What, view: &View<'_>, subject: &Subject<'_>, run: &Run<'_>, page: &mut Markdown) {
    let lang = view.lang;
    let context = &view.report.context;
    let record = subject.record;
    let one = evidence::scores(view, subject);
    let absent = |page: &mut Markdown| page.say(&view.numbers.not_known(Reason::NotInReport));
    match what {
        What::Title => page.say(&say!(
            lang,
            "Evaluación de {} ({}) para predecir «{}».",
            "Evaluation of {} ({}) to predict \u{201c}{}\u{201d}.";
            subject.name,
            subject.family,
            context.outcome
        )),
        What::Background => {
            page.say(&say!(
                lang,
                "Se compara con {} y con las demás versiones del informe.",
                "It is compared with {} and the other versions of the report.";
                context.reference
            ));
            page.raw(&open(lang, "por qué se evalúa, y qué otros modelos hay.", "why it is evaluated, and which other models there are."));
        }
        What::Sources => {
            page.terms([
                (lang.pick("entrenamiento", "development").to_owned(), format!("{} ({})", record.cohort_title, record.cohort_fingerprint)),
                (lang.pick("evaluación", "evaluation").to_owned(), format!("{} ({})", context.cohort, context.fingerprint)),
            ]);
            page.raw(&open(lang, "origen de los datos, por qué estos, y a quién representan.", "where the data come from, why these, and whom they represent."));
        }
        What::Outcome => {
            evidence::data(view, page);
            page.raw(&open(lang, "cómo y cuándo se comprueba el resultado, y si es igual en todos los grupos.", "how and when the outcome is ascertained, and whether alike in all groups."));
        }
        What::Missing => page.say(&say!(
            lang,
            "Una respuesta desconocida es una respuesta más y no se imputa. Se excluyeron {} filas por seguimiento incompleto.",
            "An unknown answer is an answer of its own and is not imputed. {} rows were left out because follow-up was too short.";
            view.numbers.count(context.censored_left_out)
        )),
        What::Measures => evidence::procedure(view, page),
        // The description of the rows begins so; see `held_out` of the report.
        What::Calculation if context.held_out.starts_with("cross-fitting") => page.say(&say!(
            lang,
            "No con la versión publicada (digest {}), sino con modelos que su configuración ajusta sin el caso que puntúan (ajuste cruzado), sobre el formulario {}.",
            "Not by the published version (digest {}) but by models that its config fits without the case they score (cross-fitting), on the form {}.";
            subject.digest.as_deref().unwrap_or("\u{2013}"),
            subject.instrument.as_deref().unwrap_or("\u{2013}")
        )),
        What::Calculation => page.say(&say!(
            lang,
            "Con la versión publicada, digest {}, sobre el formulario {}.",
            "By the published version, digest {}, on the form {}.";
            subject.digest.as_deref().unwrap_or("\u{2013}"),
            subject.instrument.as_deref().unwrap_or("\u{2013}")
        )),
        What::Fairness => {
            page.say(lang.pick(
                "Los grupos no entran en el modelo; se miden las diferencias entre ellos con intervalos simultáneos y una prueba de equivalencia.",
                "Groups do not enter the model; gaps between them are measured with simultaneous intervals and an equivalence test.",
            ));
            evidence::groups(view, page);
        }
        What::Versus => {
            page.say(&say!(
                lang,
                "Resultado en entrenamiento: {}; en evaluación: {}. Filas: {}.",
                "Outcome in development: {}; in evaluation: {}. Rows: {}.";
                record.outcome,
                context.outcome,
                context.held_out
            ));
            page.raw(&open(lang, "diferencias de ámbito, de casos incluidos y de forma de rellenar el formulario.", "differences in setting, in the cases included, and in how the form was filled in."));
        }
        What::Code => page.say(&say!(lang, "Programa {}; report.json SHA-256 {}.", "Program {}; report.json SHA-256 {}."; run.code_version, run.report_digest)),
        What::Participants => evidence::data(view, page),
        What::Characteristics => {
            evidence::groups(view, page);
            page.raw(&open(lang, "fechas clave, medidas de protección recibidas y tiempo de seguimiento.", "key dates, protection received, and time of follow-up."));
        }
        What::Sizes => {
            let parts = record.n_rows.iter().map(|(part, n)| say!(lang, "entrenamiento, parte {part}: {n} filas", "development, {part} part: {n} rows"));
            let rows = &view.report.rows;
            let here = say!(
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
            None => absent(page),
        },
        What::Interpretation => {
            page.list(summary::summary(view).into_iter().flat_map(|fact| fact.sentences));
            match one.filter(|one| !one.groups.is_empty()) {
                Some(one) => evidence::discrimination(view, one, page),
                None => page.say(view.words.no_groups),
            }
            page.raw(&open(lang, "qué significa esto para los objetivos y frente a estudios anteriores.", "what this means for the objectives, and against previous studies."));
        }
        What::Limitations => {
            let limits = [
                lang.pick(subject.cut_points[0], subject.cut_points[1]).to_owned(),
                view.words.intervals.to_owned(),
                lang.pick(
                    "Los niveles deciden la protección, y la protección evita agresiones: con datos de un sistema en uso, toda medida de acierto subestima a una versión que protegió bien.",
                    "Levels decide protection, and protection prevents assaults: on data from a system in use, every measure of accuracy understates a version that protected well.",
                )
                .to_owned(),
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

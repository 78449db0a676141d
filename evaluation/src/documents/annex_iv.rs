//! The evaluation parts of the technical documentation that Annex IV of the AI Act asks for.

use super::markdown::Markdown;
use super::{Run, Subject, evidence, open};
use crate::definitions::Definition;
use crate::html::summary;
use crate::html::view::View;
use crate::html::{Lang, say};
use crate::reason::Reason;
use crate::report::{Report, ScoredReport, split_key};

/// Points 2(g), 3 and 4 of Annex IV in Markdown; what the evidence does not show is left open for the authority.
///
/// # References
/// Regulation (EU) 2024/1689 (Artificial Intelligence Act), Article 11 and Annex IV.
#[must_use]
pub fn annex_iv(report: &Report, subject: &Subject<'_>, run: &Run<'_>, lang: Lang) -> String {
    let view = View::new(report, lang);
    let mut page = Markdown::default();
    page.heading(
        1,
        lang.pick(
            "Documentación técnica: evaluación (Reglamento (UE) 2024/1689, anexo IV, puntos 2 g), 3 y 4)",
            "Technical documentation: evaluation (Regulation (EU) 2024/1689, Annex IV, points 2(g), 3 and 4)",
        ),
    );
    evidence::banner(&mut page, report.context.synthetic.as_deref());
    page.say(&say!(
        lang,
        "Versión documentada: {}. Cifras de report.json; las demás partes del anexo IV no son de la evaluación y no están aquí.",
        "Version documented: {}. Numbers from report.json; the other parts of Annex IV are not about the evaluation and are not here.";
        subject.name
    ));
    let one = evidence::scores(&view, subject);
    point_2g(&view, one, subject, run, &mut page);
    point_3(&view, one, subject, &mut page);
    point_4(&view, &mut page);
    page.finish()
}

fn point_2g(
    view: &View<'_>,
    one: Option<&ScoredReport>,
    subject: &Subject<'_>,
    run: &Run<'_>,
    page: &mut Markdown,
) {
    let lang = view.lang;
    page.heading(2, lang.pick("Punto 2 g). Validación y prueba", "Point 2(g). Validation and testing"));
    page.heading(3, lang.pick("Procedimientos", "Procedures"));
    evidence::procedure(view, page);
    page.heading(
        3,
        lang.pick(
            "Datos de validación y prueba, y sus características",
            "Validation and testing data, and their characteristics",
        ),
    );
    evidence::data(view, page);
    evidence::groups(view, page);
    page.raw(&open(
        lang,
        "cómo se recogieron los casos, a quién representan y a quién no, y por qué son adecuados.",
        "how the cases were collected, whom they represent and whom not, and why they are suitable.",
    ));
    page.heading(3, lang.pick("Exactitud", "Accuracy"));
    match one {
        Some(one) => evidence::measures(view, one, page),
        None => page.say(&view.numbers.not_known(Reason::NotInReport)),
    }
    page.heading(3, lang.pick("Solidez", "Robustness"));
    page.list([
        say!(
            lang,
            "Cada cifra lleva su intervalo: cuánto se movería con otros casos de la misma clase.",
            "Each number has its interval: how much it would move with other cases of the same kind."
        ),
        say!(
            lang,
            "Una respuesta desconocida es una respuesta; cada propuesta dice entre qué probabilidades se movería si se conociera.",
            "An unknown answer is an answer; each proposal says between which probabilities it would move if it were known."
        ),
        say!(
            lang,
            "Al cargarse, la versión recalcula sus casos de prueba y se niega a servir si difieren.",
            "When loaded, the version recomputes its probes and refuses to serve if they differ."
        ),
    ]);
    page.raw(&open(
        lang,
        "pruebas frente a errores de registro, cambios de población y uso indebido.",
        "tests against errors of recording, changes of population, and misuse.",
    ));
    page.heading(
        3,
        lang.pick("Efectos potencialmente discriminatorios", "Potentially discriminatory impacts"),
    );
    match one.filter(|one| !one.groups.is_empty()) {
        Some(one) => evidence::discrimination(view, one, page),
        None => page.say(view.words.no_groups),
    }
    page.heading(3, lang.pick("Registro de pruebas", "Test log"));
    evidence::log(view, run, page);
    let trained = subject.record;
    page.say(&say!(
        lang,
        "La versión se entrenó con {} (huella {}).",
        "The version was trained on {} (fingerprint {}).";
        trained.cohort_title,
        trained.cohort_fingerprint
    ));
    page.raw(&open(
        lang,
        "nombre, cargo, fecha y firma de las personas responsables de las pruebas.",
        "name, role, date and signature of the persons responsible for the tests.",
    ));
    page.raw(&open(
        lang,
        "pruebas de los cambios predeterminados del punto 2 f), si los hay.",
        "tests of the pre-determined changes of point 2(f), if any.",
    ));
}

fn point_3(view: &View<'_>, one: Option<&ScoredReport>, subject: &Subject<'_>, page: &mut Markdown) {
    let lang = view.lang;
    page.heading(
        2,
        lang.pick(
            "Punto 3. Funcionamiento, capacidades y límites",
            "Point 3. Functioning, capabilities and limitations",
        ),
    );
    page.heading(3, lang.pick("Nivel de exactitud global", "Overall level of accuracy"));
    page.list(summary::summary(view).into_iter().flat_map(|fact| fact.sentences));
    page.heading(
        3,
        lang.pick(
            "Grado de exactitud para personas o grupos determinados",
            "Degrees of accuracy for specific persons or groups",
        ),
    );
    match one.filter(|one| !one.groups.is_empty()) {
        Some(one) => {
            evidence::by_group(view, one, false, page);
            evidence::by_group(view, one, true, page);
        }
        None => page.say(view.words.no_groups),
    }
    page.heading(3, lang.pick("Límites conocidos", "Known limitations"));
    page.list(
        subject
            .record
            .notes
            .iter()
            .cloned()
            .chain([lang.pick(subject.cut_points[0], subject.cut_points[1]).to_owned()]),
    );
    page.heading(
        3,
        lang.pick(
            "Resultados no deseados previsibles y fuentes de riesgo",
            "Foreseeable unintended outcomes and sources of risk",
        ),
    );
    page.list([
        say!(
            lang,
            "Un nivel bajo antes de una agresión: véase la proporción de sucesos en el nivel más bajo.",
            "A low level before an assault: see the share of events in the lowest level."
        ),
        say!(
            lang,
            "Aceptar sin más lo propuesto: la proporción de niveles elevados por las personas se obtiene del registro del servicio.",
            "Accepting what is proposed without more: the share of levels raised by people is drawn from the service's log."
        ),
        say!(
            lang,
            "Diferencias entre grupos que estos datos no permiten descartar: véase el punto 2 g).",
            "Gaps between groups that these data cannot rule out: see point 2(g)."
        ),
    ]);
    page.raw(&open(
        lang,
        "riesgos para la salud, la seguridad y los derechos fundamentales en su uso.",
        "risks to health, safety and fundamental rights in its use.",
    ));
    page.heading(
        3,
        lang.pick(
            "Supervisión humana (artículo 14) y datos de entrada",
            "Human oversight (Article 14) and input data",
        ),
    );
    let unknown = view.numbers.not_known(Reason::NotInReport);
    page.list([
        say!(
            lang,
            "Cada propuesta debe confirmarla una persona, que puede elevar el nivel con un motivo y nunca bajarlo; cada propuesta explica qué aporta cada respuesta.",
            "Each proposal is to be confirmed by a person, who may raise the level with a reason and never lower it; each proposal explains what each answer adds."
        ),
        say!(
            lang,
            "Datos de entrada: las respuestas del formulario {}; el protocolo es {}.",
            "Input data: the answers to the form {}; the protocol is {}.";
            subject.instrument.as_ref().unwrap_or(&unknown),
            subject.protocol.as_ref().unwrap_or(&unknown)
        ),
    ]);
    page.raw(&open(
        lang,
        "quién supervisa, con qué formación y con qué tiempo.",
        "who oversees, with what training and how much time.",
    ));
}

fn point_4(view: &View<'_>, page: &mut Markdown) {
    let lang = view.lang;
    page.heading(
        2,
        lang.pick(
            "Punto 4. Idoneidad de las métricas",
            "Point 4. Appropriateness of the performance metrics",
        ),
    );
    page.say(lang.pick(
        "El sistema ordena casos, da una probabilidad y asigna niveles con cortes absolutos; por eso se juzgan por separado el orden, la calibración, lo que hacen los niveles y la igualdad entre grupos. Ninguna cifra las resume.",
        "The system ranks cases, gives a probability and assigns levels by absolute cuts; so ranking, calibration, what the levels do and equality between groups are judged separately. No single number sums them up.",
    ));
    let used = |one: &&Definition| {
        view.report
            .scored
            .iter()
            .any(|scored| scored.overall.keys().any(|key| split_key(key).0 == one.metric))
    };
    page.terms(view.report.definitions.iter().filter(used).map(|one| {
        (
            lang.pick(&one.title.es, &one.title.en).to_string(),
            lang.pick(&one.reading.es, &one.reading.en).to_string(),
        )
    }));
    page.raw(&open(
        lang,
        "por qué los umbrales y márgenes elegidos son los adecuados.",
        "why the thresholds and margins chosen are the right ones.",
    ));
}

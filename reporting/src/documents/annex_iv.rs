//! The evaluation parts of the technical documentation that Annex IV of the AI Act asks for.

use amparo_evaluation::definitions::Definition;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Report, ScoredReport, split_key};

use super::evidence::{self, open};
use super::markdown::Markdown;
use super::subject::{Run, Subject};
use crate::telling::summary;
use crate::telling::view::View;
use crate::telling::{Lang, tell};

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
    page.paragraph(&tell!(
        lang,
        "Versión documentada: {}. Las cifras proceden de report.json. Las demás partes del anexo IV no tratan de la evaluación y no se incluyen.",
        "Version documented: {}. The numbers are those of report.json. The other parts of Annex IV are not about the evaluation and are not included.";
        subject.name
    ));
    let one = evidence::scores(&view, subject);
    point_2g(&view, one, subject, run, &mut page);
    point_3(&view, one, subject, &mut page);
    point_4(&view, one, &mut page);
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
    page.markup(&open(
        lang,
        "cómo se recogieron los casos, a quién representan y a quién no, y por qué son adecuados.",
        "how the cases were collected, whom they represent, whom they do not, and why they are suitable.",
    ));
    page.heading(3, lang.pick("Exactitud", "Accuracy"));
    match one {
        Some(one) => evidence::measures(view, one, page),
        None => evidence::absent(view, page),
    }
    page.heading(3, lang.pick("Solidez", "Robustness"));
    page.list([
        tell!(
            lang,
            "Cada cifra lleva su intervalo, que indica cuánto variaría con otros casos de la misma población.",
            "Each number has its interval, which shows how much it would vary with other cases from the same population."
        ),
        tell!(
            lang,
            "Una respuesta desconocida se trata como una respuesta más. Cada propuesta indica entre qué probabilidades variaría el resultado si se conociera.",
            "An unknown answer is treated as an answer of its own. Each proposal states the range of probabilities that the result could take if the answer were known."
        ),
        tell!(
            lang,
            "Al cargarse, la versión recalcula sus formularios de prueba y no se utiliza si los resultados difieren.",
            "When a version is loaded, it recomputes its probe forms, and it is not used if the results differ."
        ),
    ]);
    page.markup(&open(
        lang,
        "las pruebas frente a errores de registro, cambios de la población y usos indebidos.",
        "the tests against recording errors, changes in the population, and misuse.",
    ));
    page.heading(
        3,
        lang.pick("Efectos potencialmente discriminatorios", "Potentially discriminatory impacts"),
    );
    match one.filter(|one| !one.groups.is_empty()) {
        Some(one) => evidence::discrimination(view, one, page),
        None => page.paragraph(view.words.no_groups),
    }
    page.heading(3, lang.pick("Registro de pruebas", "Test log"));
    evidence::log(view, run, page);
    let trained = subject.record;
    page.paragraph(&tell!(
        lang,
        "La versión se entrenó con {} (huella {}).",
        "The version was trained on {} (fingerprint {}).";
        trained.cohort_title,
        trained.cohort_fingerprint
    ));
    page.markup(&open(
        lang,
        "nombre, cargo, fecha y firma de las personas responsables de las pruebas.",
        "the name, role, date and signature of the persons responsible for the tests.",
    ));
    page.markup(&open(
        lang,
        "las pruebas de los cambios predeterminados del punto 2 f), si los hay.",
        "the tests of the pre-determined changes of point 2(f), if any.",
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
    match one {
        Some(one) => page.list(summary::summary(view, one).into_iter().flat_map(|fact| fact.sentences)),
        None => evidence::absent(view, page),
    }
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
        None => page.paragraph(view.words.no_groups),
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
        tell!(
            lang,
            "Se asigna un nivel bajo antes de una agresión; véase la proporción de sucesos en el nivel más bajo.",
            "A low level is assigned before an assault; see the proportion of events in the lowest level."
        ),
        tell!(
            lang,
            "Las propuestas se aceptan sin examinarlas; la proporción de niveles que elevan las personas se obtiene del registro del servicio (`amparo audit overrides`).",
            "Proposals are accepted without examination; the proportion of levels that people raise is obtained from the log of the service (`amparo audit overrides`)."
        ),
        tell!(
            lang,
            "Hay diferencias entre grupos que estos datos no permiten descartar; véase el punto 2 g).",
            "There are differences between groups that these data cannot rule out; see point 2(g)."
        ),
    ]);
    page.markup(&open(
        lang,
        "los riesgos de su uso para la salud, la seguridad y los derechos fundamentales.",
        "the risks of its use to health, safety and fundamental rights.",
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
        tell!(
            lang,
            "Una persona debe confirmar cada propuesta; puede elevar el nivel con un motivo, pero nunca bajarlo. Cada propuesta explica la contribución de cada respuesta.",
            "A person must confirm each proposal, and may raise the level with a reason but never lower it. Each proposal explains the contribution of each answer."
        ),
        tell!(
            lang,
            "Los datos de entrada son las respuestas al formulario {}. El protocolo es {}.",
            "The input data are the answers to the form {}. The protocol is {}.";
            subject.instrument.as_ref().unwrap_or(&unknown),
            subject.protocol.as_ref().unwrap_or(&unknown)
        ),
    ]);
    page.markup(&open(
        lang,
        "quién supervisa el sistema, con qué formación y con cuánto tiempo.",
        "who oversees the system, with what training and with how much time.",
    ));
}

fn point_4(view: &View<'_>, scored: Option<&ScoredReport>, page: &mut Markdown) {
    let lang = view.lang;
    page.heading(
        2,
        lang.pick(
            "Punto 4. Idoneidad de las métricas",
            "Point 4. Appropriateness of the performance metrics",
        ),
    );
    page.paragraph(lang.pick(
        "El sistema ordena casos, da una probabilidad y asigna niveles con puntos de corte absolutos. Por eso se evalúan por separado la discriminación, la calibración, el efecto de los niveles y la igualdad entre grupos. Ninguna cifra por sí sola las resume.",
        "The system ranks cases, gives a probability and assigns levels by absolute cut-points. Discrimination, calibration, the effect of the levels and equality between groups are therefore evaluated separately. No single number sums them up.",
    ));
    let used = |one: &&Definition| {
        scored.is_some_and(|scored| scored.overall.keys().any(|key| split_key(key).0 == one.metric))
    };
    page.terms(view.report.definitions.iter().filter(used).map(|one| {
        (
            lang.pick(&one.title.es, &one.title.en).to_string(),
            lang.pick(&one.reading.es, &one.reading.en).to_string(),
        )
    }));
    page.markup(&open(
        lang,
        "por qué los umbrales y márgenes elegidos son adecuados.",
        "why the thresholds and margins chosen are appropriate.",
    ));
}

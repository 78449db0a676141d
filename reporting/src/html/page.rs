//! The page as data for the template: every part in reading order.

use amparo_evaluation::definitions::{Better, Definition};
use amparo_evaluation::report::{GroupTable, ReferenceBy, Report, Transition};
use minijinja::Value;
use serde::Serialize;

use super::plots::{self, Figure};
use super::tables::{self, Table};
use super::{case_mix, classes};
use crate::telling::gap_counts::GapCounts;
use crate::telling::number::Unit;
use crate::telling::summary::{self, Fact};
use crate::telling::view::View;
use crate::telling::words::Words;
use crate::telling::{self, Lang, directions, tell};

const CSS: &str = include_str!("../../templates/report.css");

/// See the module; the fields are the variables of `report.html`.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    lang: &'static str,
    t: Words,
    css: Value,
    title: String,
    banner: Option<&'a str>,
    notes: &'a [String],
    fingerprint: &'a str,
    summary: Vec<Fact>,
    facts: Vec<Fact>,
    case_mix: Vec<case_mix::Section>,
    classes: Option<classes::Section>,
    transitions: Vec<PlanSection>,
    unknowns: Vec<Figure>,
    discrimination: Vec<Figure>,
    reliability: Vec<Figure>,
    decision: Vec<Figure>,
    levels: Vec<Figure>,
    flow: Vec<Figure>,
    gaps_text: String,
    gaps: Vec<GapSection>,
    overall: Vec<Table>,
    horizons: Vec<Table>,
    differences_text: String,
    differences: Vec<Table>,
    threshold_differences: Option<Table>,
    by_level: Vec<Table>,
    reliability_table: Option<Table>,
    decision_table: Option<Table>,
    workload: Option<Table>,
    reclassified_by_level: Option<Table>,
    reclassified_by_group: Option<Table>,
    agreement: Option<Table>,
    groups: Vec<GroupSection>,
    definitions: Vec<Meaning<'a>>,
}

#[derive(Serialize)]
struct GapSection {
    title: String,
    note: String,
    open: bool,
    figures: Vec<Figure>,
}

#[derive(Serialize)]
struct PlanSection {
    title: String,
    note: String,
    figures: Vec<Figure>,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct GroupSection {
    title: String,
    note: String,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Meaning<'a> {
    metric: &'a str,
    title: &'a str,
    reading: &'a str,
    formula: &'a str,
    range: &'a str,
    good: &'static str,
    reference: &'a str,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report, lang: Lang) -> Self {
        let view = View::new(report, lang);
        let reference = &report.context.reference;
        Self {
            lang: lang.pick("es", "en"),
            css: Value::from_safe_string(CSS.to_owned()),
            title: tell!(lang, "Evaluación en {}", "Evaluation on {}"; report.context.cohort),
            banner: report.context.synthetic.as_deref(),
            notes: &report.context.notes,
            fingerprint: &report.context.fingerprint,
            summary: told(&view),
            facts: facts(&view),
            case_mix: case_mix::sections(&view),
            classes: classes::section(&view),
            transitions: plan_sections(&view),
            unknowns: plots::unknowns(&view),
            discrimination: plots::discrimination(&view),
            reliability: plots::reliability(&view),
            decision: plots::decision(&view),
            levels: plots::levels(&view),
            flow: plots::flow(&view),
            gaps_text: gaps_text(&view),
            gaps: gap_sections(&view),
            overall: tables::overall(&view),
            horizons: tables::horizons(&view),
            differences_text: tell!(
                lang,
                "Cada tabla da el valor de la versión menos el de {reference}, en las mismas filas y las mismas remuestras. Las palabras «mejor», «peor» y «difiere» aparecen solo si el intervalo excluye el cero.",
                "Each table gives the value of the version minus that of {reference}, on the same rows and the same resamples. The words \"better\", \"worse\" and \"differs\" appear only if the interval excludes zero."
            ),
            differences: tables::differences(&view),
            threshold_differences: tables::threshold_differences(&view),
            by_level: tables::by_level(&view),
            reliability_table: tables::reliability(&view),
            decision_table: tables::decision(&view),
            workload: tables::workload(&view),
            reclassified_by_level: tables::reclassified_by_level(&view),
            reclassified_by_group: tables::reclassified_by_group(&view),
            agreement: tables::agreement(&view),
            groups: group_sections(&view),
            definitions: report.definitions.iter().map(|one| meaning(one, lang)).collect(),
            t: view.words,
        }
    }
}

/// The results of the version that the report is about, and where it stands among all.
fn told(view: &View<'_>) -> Vec<Fact> {
    let Some(subject) = view.subject() else { return Vec::new() };
    let mut facts = summary::summary(view, subject);
    facts.extend(summary::among_all(view, subject));
    facts.extend(declared_directions(view));
    facts.extend(view.report.case_mix.iter().find(|mix| mix.name == subject.name).map(|mix| Fact {
        term: view.words.case_mix.to_owned(),
        sentences: telling::case_mix::sentences(view, mix),
    }));
    facts
}

/// The declared directions that the rows of the subject's fit contradict, if its manifest is known.
fn declared_directions(view: &View<'_>) -> Option<Fact> {
    let lang = view.lang;
    let of = view.report.directions.iter().find(|one| one.name == view.report.context.subject)?;
    let contradicted =
        of.contradicted.iter().map(|direction| directions::contradiction(direction, lang) + ".");
    let introduction = std::iter::once(directions::introduction(of, lang));
    let effects = directions::without_effect(of, lang).into_iter().chain(directions::left_out(of, lang));
    let sentences = introduction.chain(contradicted).chain(effects);
    let term = lang.pick("Direcciones declaradas", "Declared directions").to_owned();
    Some(Fact { term, sentences: sentences.collect() })
}

fn facts(view: &View<'_>) -> Vec<Fact> {
    let (lang, numbers) = (view.lang, view.numbers);
    let context = &view.report.context;
    let rows = &view.report.rows;
    let horizon = context.horizon_days.map_or_else(
        || view.words.horizon_unknown.to_owned(),
        |days| tell!(lang, "{} días", "{} days"; numbers.count(days.into())),
    );
    let weights = if rows.weighted {
        lang.pick(
            "con pesos (filas y sucesos se cuentan sin ponderar)",
            "weighted (rows and events are counted unweighted)",
        )
    } else {
        lang.pick("sin pesos", "unweighted")
    };
    let list = [
        (lang.pick("Versión evaluada", "Version evaluated"), context.subject.clone()),
        (lang.pick("Versión de referencia", "Reference version"), context.reference.clone()),
        (
            lang.pick("Filas reservadas para evaluar", "Held-out rows"),
            lang.of(&context.held_out.text()).to_owned(),
        ),
        (
            lang.pick("Valoraciones", "Assessments"),
            tell!(lang, "{} de {} casos, {weights}", "{} of {} cases, {weights}"; numbers.count(rows.n), numbers.count(rows.cases)),
        ),
        (lang.pick("Resultado", "Outcome"), context.outcome.clone()),
        (lang.pick("Horizonte", "Horizon"), horizon),
        (
            lang.pick("Con el resultado", "With the outcome"),
            format!(
                "{}: {}",
                numbers.count(rows.events),
                numbers.measure(Unit::Share, &rows.base_rate, false)
            ),
        ),
        (
            lang.pick("Filas censuradas, no evaluadas", "Censored rows, not evaluated"),
            numbers.count(context.censored_left_out),
        ),
        (
            lang.pick("Filas excluidas de este resultado", "Rows excluded from this outcome"),
            numbers.count(context.excluded_left_out),
        ),
        (
            lang.pick("Remuestras bootstrap", "Bootstrap resamples"),
            tell!(lang, "{}, semilla {}", "{}, seed {}"; numbers.count(context.replicates.into()), context.seed),
        ),
        (
            lang.pick("Margen para las diferencias entre grupos", "Margin for differences between groups"),
            context.margin.map_or_else(
                || lang.pick("no se declaró", "not stated").to_owned(),
                |margin| numbers.difference(Unit::Share, margin, None).0.replace('+', "\u{b1}"),
            ),
        ),
        (
            lang.pick("Celda mínima publicada", "Smallest cell published"),
            tell!(lang, "{} filas o sucesos", "{} rows or events"; numbers.count(context.smallest_cell)),
        ),
    ];
    list.into_iter().map(|(term, text)| Fact { term: term.to_owned(), sentences: vec![text] }).collect()
}

/// How to read the forest plots.
fn gaps_text(view: &View<'_>) -> String {
    let lang = view.lang;
    let margin = match view.report.context.margin {
        Some(margin) => {
            let margin = view.numbers.difference(Unit::Share, margin, None).0.replace('+', "\u{b1}");
            tell!(
                lang,
                "La zona sombreada es el margen declarado para las tasas ({margin}). Una diferencia está ausente si todo su intervalo simultáneo cae dentro del margen y presente si cae entero fuera, por un lado; en otro caso no se puede saber.",
                "The shaded zone is the margin stated for rates ({margin}). A difference is absent if its whole simultaneous interval lies within the margin, and present if all of it lies beyond on one side; otherwise it cannot be told."
            )
        }
        None => tell!(
            lang,
            "No se declaró un margen, así que de ninguna diferencia puede decirse que esté ausente.",
            "No margin was stated, so no difference can be called absent."
        ),
    };
    tell!(
        lang,
        "Los gráficos muestran diferencias con signo de cada etiqueta respecto a la de referencia de su variable de grupo. Si el informe compara además otras parejas de etiquetas, sus diferencias vienen después. El 0 significa igualdad. La línea gruesa es el intervalo del 95 % de la diferencia; la fina, el intervalo simultáneo, válido a la vez para todas las etiquetas de todas las variables de grupo. {margin} Las tasas son las del nivel más bajo que da al menos la mitad de la protección más intensa, si lo alcanzan suficientes filas. Entre paréntesis figura la menor diferencia que estos datos habrían permitido detectar. Se dibujan la versión evaluada, la que mejor ordena los casos y la de referencia.",
        "The plots show signed differences of each label from the reference label of its group variable. If the report compares other pairs of labels as well, their differences follow. 0 means equality. The thick line is the 95% interval of the difference; the thin line is the simultaneous interval, which holds at once for all labels of all group variables. {margin} Rates are those of the lowest level that gives at least half of the strongest protection, if enough rows reach it. Brackets give the smallest difference that these data could have detected. The plots show the version evaluated, the one that ranks cases best, and the reference."
    )
}

/// A section a transition plan.
fn plan_sections(view: &View<'_>) -> Vec<PlanSection> {
    let section = |(at, plan): (usize, &Transition)| {
        // The names of the two ends where they were judged themselves.
        let end = |dial: f64, family: &str| {
            let found = plan.positions.iter().find(|one| (one.dial - dial).abs() <= 0.0);
            found.map_or_else(|| family.to_owned(), |one| format!("{family} ({})", one.name))
        };
        let (from, to) = (end(0.0, &plan.baseline.family), end(1.0, &plan.candidate.family));
        PlanSection {
            title: tell!(view.lang, "De {from} a {to}", "From {from} to {to}"),
            note: tell!(
                view.lang,
                "Los cambios son respecto a {}.",
                "Changes are against {}.";
                plan.against
            ),
            figures: plots::transition(view, plan, at),
            tables: tables::transition(view, plan, at),
        }
    };
    view.report.transitions.iter().enumerate().map(section).collect()
}

/// A section a group column, open where a difference of the version evaluated is present or can be told from zero.
fn gap_sections(view: &View<'_>) -> Vec<GapSection> {
    (0..n_groups(view.report))
        .map(|group| {
            let subject = view.subject().and_then(|one| Some((one, one.groups.get(group)?)));
            let counts = GapCounts::new(subject.iter().map(|(_, table)| *table));
            let note = subject.map(|(one, table)| {
                let more = match plots::drawn_pairs(table).1 {
                    0 => String::new(),
                    n => tell!(
                        view.lang,
                        ". Los gráficos comparan solo con la etiqueta de referencia «{}»; las otras {n} parejas de etiquetas están en la tabla",
                        ". The plots compare with the reference label \u{201c}{}\u{201d} only; the other {n} pairs of labels are in the table";
                        table.reference
                    ),
                };
                format!("{}: {}{more}", one.name, counts.in_words(view))
            });
            GapSection {
                title: group_name(view.report, group),
                note: note.unwrap_or_default(),
                open: !counts.present.is_empty() || !counts.apart.is_empty(),
                figures: plots::forest(view, group),
            }
        })
        .collect()
}

fn group_sections(view: &View<'_>) -> Vec<GroupSection> {
    (0..n_groups(view.report))
        .filter_map(|group| {
            let table = view.report.scored.iter().find_map(|one| one.groups.get(group))?;
            Some(GroupSection {
                title: table.group.clone(),
                note: labels_note(view, table),
                tables: [
                    tables::gaps(view, group),
                    tables::spreads(view, group),
                    tables::penalised(view, group),
                    tables::group(view, group),
                ]
                .into_iter()
                .flatten()
                .collect(),
            })
        })
        .collect()
}

/// How many labels a column has, which of them the others are compared with and why, and which say that nothing was recorded.
fn labels_note(view: &View<'_>, table: &GroupTable) -> String {
    let (lang, reference) = (view.lang, &table.reference);
    let n = table.rows.len() - table.unknown.len();
    let chosen = match table.reference_by {
        ReferenceBy::Stated => lang.pick("declarada", "stated"),
        ReferenceBy::Rows => lang.pick("la que tiene más filas", "the one with most rows"),
    };
    let note = tell!(
        lang,
        "{n} etiquetas; la de referencia es {reference} ({chosen})",
        "{n} labels; the reference is {reference} ({chosen})"
    );
    if table.unknown.is_empty() {
        return note;
    }
    let unknown = table.unknown.join(", ");
    tell!(
        lang,
        "{note}; sin dato, y por tanto en ninguna comparación: {unknown}",
        "{note}; not recorded, and therefore in no comparison: {unknown}"
    )
}

fn n_groups(report: &Report) -> usize {
    report.scored.iter().map(|one| one.groups.len()).max().unwrap_or(0)
}

fn group_name(report: &Report, group: usize) -> String {
    report
        .scored
        .iter()
        .find_map(|one| one.groups.get(group))
        .map(|table| table.group.clone())
        .unwrap_or_default()
}

fn meaning(one: &Definition, lang: Lang) -> Meaning<'_> {
    Meaning {
        metric: &one.metric,
        title: lang.pick(&one.title.es, &one.title.en),
        reading: lang.pick(&one.reading.es, &one.reading.en),
        formula: &one.formula,
        range: &one.range,
        good: match one.better {
            Better::Higher => lang.pick("cuanto más altos, mejor", "the higher, the better"),
            Better::Lower => lang.pick("cuanto más bajos, mejor", "the lower, the better"),
            Better::NearZero => lang.pick("cuanto más próximos a 0, mejor", "the closer to 0, the better"),
            Better::NearOne => lang.pick("cuanto más próximos a 1, mejor", "the closer to 1, the better"),
            Better::Neither => {
                lang.pick("ninguno: la medida es descriptiva", "none: the measure is descriptive")
            }
        },
        reference: &one.reference,
    }
}

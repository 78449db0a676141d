//! What the documents share: the same rows, numbers and verdicts, told once.

use amparo_evaluation::input::Kind;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Equivalence, GroupRow, ScoredReport, split_key};

use super::markdown::Markdown;
use super::subject::{Run, Subject};
use crate::telling::gap_counts::GapCounts;
use crate::telling::number::Unit;
use crate::telling::view::{View, compared_key, is_complement, stands_apart};
use crate::telling::{Lang, summary, tell};

/// The scores of the subject, if the report has them.
pub(super) fn scores<'a>(view: &View<'a>, subject: &Subject<'_>) -> Option<&'a ScoredReport> {
    view.report.scored(&subject.name)
}

/// That a number is not in the report.
pub(super) fn absent(view: &View<'_>, page: &mut Markdown) {
    page.paragraph(&view.numbers.not_known(Reason::NotInReport));
}

/// The banner of made-up data.
pub(super) fn banner(page: &mut Markdown, statement: Option<&str>) {
    if let Some(statement) = statement {
        page.markup(&format!("**{}**", super::markdown::plain(statement)));
    }
}

/// The data that were judged, and their main characteristics.
pub(super) fn data(view: &View<'_>, page: &mut Markdown) {
    let (lang, numbers) = (view.lang, view.numbers);
    let (context, rows) = (&view.report.context, &view.report.rows);
    let horizon = match context.horizon_days {
        Some(days) => tell!(lang, "{days} días", "{days} days"),
        None => view.words.horizon_unknown.to_owned(),
    };
    let pick = |es: &str, en: &str| lang.pick(es, en).to_owned();
    page.terms([
        (pick("Cohorte", "Cohort"), context.cohort.clone()),
        (pick("Huella de los datos", "Fingerprint of the data"), context.fingerprint.clone()),
        (
            pick("Filas reservadas para evaluar", "Held-out rows"),
            lang.of(&context.held_out.text()).to_owned(),
        ),
        (pick("Resultado", "Outcome"), context.outcome.clone()),
        (pick("Horizonte", "Horizon"), horizon),
        (
            pick("Valoraciones", "Assessments"),
            tell!(lang, "{} de {} casos", "{} of {} cases"; numbers.count(rows.n), numbers.count(rows.cases)),
        ),
        (
            pick("Con el resultado", "With the outcome"),
            format!(
                "{}: {}",
                numbers.count(rows.events),
                numbers.measure(Unit::Share, &rows.base_rate, false)
            ),
        ),
        (
            pick("Filas censuradas, no evaluadas", "Censored rows, not evaluated"),
            numbers.count(context.censored_left_out),
        ),
        (
            pick("Filas excluidas de este resultado", "Rows excluded from this outcome"),
            numbers.count(context.excluded_left_out),
        ),
        (
            pick("Pesos", "Weights"),
            if rows.weighted {
                pick("las filas tienen pesos distintos", "rows have different weights")
            } else {
                pick("ninguno", "none")
            },
        ),
    ]);
}

/// Rows and events by label of every group column.
pub(super) fn groups(view: &View<'_>, page: &mut Markdown) {
    let Some(one) = view.report.scored.iter().find(|one| !one.groups.is_empty()) else {
        page.paragraph(view.words.no_groups);
        return;
    };
    let header = [
        ("grupo", "group"),
        ("etiqueta", "label"),
        ("valoraciones", "assessments"),
        ("con el resultado", "with the outcome"),
    ];
    let header: Vec<String> = header.map(|(es, en)| view.lang.pick(es, en).to_owned()).into();
    let rows = one.groups.iter().flat_map(|table| {
        table.rows.iter().map(|row| {
            let counts = [row.n, row.events].map(|count| view.numbers.rows(count));
            let label = match table.unknown.contains(&row.label) {
                true => tell!(view.lang, "{} (sin dato)", "{} (not recorded)"; row.label),
                false => row.label.clone(),
            };
            [table.group.clone(), label].into_iter().chain(counts).collect()
        })
    });
    page.table(&header, rows);
}

/// How the numbers were made.
pub(super) fn procedure(view: &View<'_>, page: &mut Markdown) {
    let (lang, context) = (view.lang, &view.report.context);
    let replicates = view.numbers.count(context.replicates.into());
    let mut items = vec![
        tell!(lang, "Filas no utilizadas en ningún ajuste: {}.", "Rows not used in any fit: {}."; lang.of(&context.held_out.text())),
        tell!(
            lang,
            "Todas las versiones se evalúan en las mismas filas y con las mismas {replicates} remuestras de casos (bootstrap, semilla {}), de modo que las diferencias son pareadas.",
            "All versions are evaluated on the same rows and the same {replicates} resamples of cases (bootstrap, seed {}), so differences are paired.";
            context.seed
        ),
        view.words.intervals.to_owned(),
        tell!(
            lang,
            "Se suprime toda cifra que se apoya en menos de {} filas o sucesos.",
            "Every number that rests on fewer than {} rows or events is suppressed.";
            context.smallest_cell
        ),
    ];
    items.push(match context.margin {
        Some(margin) => {
            let margin = view.numbers.difference(Unit::Share, margin, None).0.replace('+', "");
            tell!(
                lang,
                "Una diferencia de tasas entre grupos se considera ausente solo si su intervalo simultáneo cabe en un margen de {margin} a cada lado de 0, y presente solo si el intervalo entero queda fuera.",
                "A difference in a rate between groups is called absent only if its simultaneous interval fits within a margin of {margin} on either side of 0, and present only if the whole interval lies beyond."
            )
        }
        None => tell!(
            lang,
            "No se declaró un margen, así que ninguna diferencia se considera ausente.",
            "No margin was stated, so no difference is called absent."
        ),
    });
    page.list(items);
}

/// Every measure of all rows: the subject's, and its difference from the reference.
pub(super) fn measures(view: &View<'_>, one: &ScoredReport, page: &mut Markdown) {
    let reference = &view.report.context.reference;
    let mut header = vec![view.lang.pick("medida", "measure").to_owned(), one.name.clone()];
    let differs = !view.is_reference(one);
    if differs {
        header.push(tell!(view.lang, "menos {reference}", "minus {reference}"));
    }
    let order = |key: &str| {
        let metric = split_key(key).0;
        view.report
            .definitions
            .iter()
            .position(|definition| definition.metric == metric)
            .unwrap_or(usize::MAX)
    };
    let mut keys: Vec<&String> = one.overall.keys().collect();
    let level = |key: &str| one.levels.iter().position(|row| Some(row.level.as_str()) == split_key(key).1);
    keys.sort_by_key(|key| (split_key(key).1.is_some(), order(key), level(key)));
    let rows = keys.into_iter().map(|key| {
        let mut row = vec![view.title(key), view.measure(key, &one.overall[key])];
        if differs {
            let difference = view.report.difference(&one.name, key);
            row.push(
                difference.map_or_else(|| "\u{2013}".to_owned(), |measure| view.difference(key, measure)),
            );
        }
        row
    });
    page.table(&header, rows);
}

/// Degrees of accuracy by group: ranking, the key level's rates, calibration; for columns that are intersections, or that are not.
pub(super) fn by_group(view: &View<'_>, one: &ScoredReport, intersections: bool, page: &mut Markdown) {
    let keys: Vec<String> = ["base_rate", "auc", "recall", "false_positive_rate", "ppv", "observed_expected"]
        .iter()
        .filter_map(|metric| compared_key(one, metric))
        .collect();
    let tables: Vec<_> =
        one.groups.iter().filter(|table| table.group.contains(" x ") == intersections).collect();
    if tables.is_empty() {
        page.paragraph(
            view.lang.pick("No hay grupos que mostrar aquí.", "There are no groups to show here."),
        );
        return;
    }
    let label = |row: &GroupRow, group: &str| format!("{group}: {}", row.label);
    let header: Vec<String> =
        [view.lang.pick("grupo", "group"), view.lang.pick("valoraciones", "assessments")]
            .map(str::to_owned)
            .into_iter()
            .chain(keys.iter().map(|key| view.title(key)))
            .collect();
    let rows = tables.iter().flat_map(|table| {
        table.rows.iter().map(|row| {
            let cells = keys.iter().map(|key| {
                let missing = || view.numbers.not_known(Reason::NotComputedForGroup);
                row.measures.get(key).map_or_else(missing, |measure| view.measure(key, measure))
            });
            [label(row, &table.group), view.numbers.rows(row.n)].into_iter().chain(cells).collect()
        })
    });
    page.table(&header, rows);
}

/// How many gaps are present, absent, or cannot be told, and those that stand apart.
pub(super) fn discrimination(view: &View<'_>, one: &ScoredReport, page: &mut Markdown) {
    let tally = GapCounts::new(one.groups.iter());
    page.paragraph(&format!("{}: {}.", one.name, tally.in_words(view)));
    left_out(view, one, &tally, page);
    let told = one.groups.iter().flat_map(|table| table.gaps.iter().map(move |gap| (table, gap)));
    let told = told.filter(|(_, gap)| {
        let apart = gap.simultaneous.is_some() && stands_apart(gap);
        (apart || gap.equivalence == Some(Equivalence::Present)) && !is_complement(&gap.metric)
    });
    let header = [
        ("grupo", "group"),
        ("diferencia", "difference"),
        ("medida", "measure"),
        ("valor", "value"),
        ("intervalo simultáneo", "simultaneous interval"),
        ("veredicto", "verdict"),
    ];
    let header: Vec<String> = header.map(|(es, en)| view.lang.pick(es, en).to_owned()).into();
    let rows: Vec<Vec<String>> = told
        .map(|(table, gap)| {
            let verdict = match gap.equivalence {
                Some(Equivalence::Present) => {
                    view.lang.pick("presente (supera el margen)", "present (beyond the margin)")
                }
                Some(Equivalence::Absent) => {
                    view.lang.pick("distinta de 0, dentro del margen", "not 0, within the margin")
                }
                Some(Equivalence::CannotTell) => view.lang.pick(
                    "distinta de 0; no se puede saber si supera el margen",
                    "not 0; cannot tell whether beyond the margin",
                ),
                None => view.lang.pick("distinta de 0", "not 0"),
            };
            vec![
                table.group.clone(),
                format!("{} \u{2212} {}", gap.label, gap.against),
                view.title(&gap.metric),
                view.difference(&gap.metric, &gap.measure),
                view.simultaneous(gap).unwrap_or_else(|| "\u{2013}".to_owned()),
                verdict.to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        page.paragraph(view.lang.pick(
            "Con intervalos simultáneos, ninguna diferencia de ninguna medida se distingue de cero.",
            "With simultaneous intervals, no difference in any measure can be told from zero.",
        ));
    } else {
        page.table(&header, rows);
    }
}

/// The labels that a count of differences does not include.
fn left_out(view: &View<'_>, one: &ScoredReport, counts: &GapCounts<'_>, page: &mut Markdown) {
    if !counts.missing.is_empty() {
        let labels = counts.labels_missing();
        page.paragraph(&tell!(
            view.lang,
            "Quedan fuera, por no tener intervalo alguna de sus diferencias, las etiquetas siguientes: {labels}.",
            "Left out, because one of their differences or more has no interval, are the following labels: {labels}."
        ));
    }
    if let Some(sentence) = summary::not_recorded(view, one) {
        page.paragraph(&sentence);
    }
}

/// The test log: one line a version evaluated.
pub(super) fn log(view: &View<'_>, run: &Run<'_>, page: &mut Markdown) {
    let header = [
        ("fecha", "date"),
        ("versión", "version"),
        ("huella de la versión", "digest of the version"),
        ("huella de los datos", "fingerprint of the data"),
    ];
    let header: Vec<String> = header.map(|(es, en)| view.lang.pick(es, en).to_owned()).into();
    let rows = view.report.scored.iter().map(|one| {
        let digest = match &one.kind {
            Kind::Version { digest, .. } => digest.clone(),
            Kind::Candidate { .. } => view.lang.pick("no publicado", "not published").to_owned(),
            Kind::Foreign => view.lang.pick("columna externa", "external column").to_owned(),
        };
        vec![run.at.to_owned(), one.name.clone(), digest, view.report.context.fingerprint.clone()]
    });
    page.table(&header, rows);
    let context = &view.report.context;
    page.list([
        format!("report.json: SHA-256 {}", run.report_digest),
        tell!(view.lang, "programa: {}", "program: {}"; run.code_version),
        tell!(view.lang, "{} remuestras, semilla {}", "{} resamples, seed {}"; view.numbers.count(context.replicates.into()), context.seed),
    ]);
}

/// The words for what is left open.
pub(super) fn open(lang: Lang, what_es: &str, what_en: &str) -> String {
    match lang {
        Lang::Es => format!("**A rellenar por la autoridad:** {what_es}"),
        Lang::En => format!("**To be filled in by the authority:** {what_en}"),
    }
}

//! Whether a version treats groups alike.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::{Gap, GroupTable, ScoredReport};

use crate::telling::gap_counts::GapCounts;
use crate::telling::lang::tell;
use crate::telling::view::View;

pub(super) fn sentences(view: &View<'_>, one: &ScoredReport) -> Vec<String> {
    let lang = view.lang;
    if one.groups.is_empty() {
        return vec![view.words.no_groups.to_owned()];
    }
    let name = &one.name;
    let counts = GapCounts::new(one.groups.iter());
    let mut out = Vec::new();
    if counts.judged == 0 {
        out.push(tell!(
            lang,
            "No se pudo evaluar ninguna diferencia entre grupos de {name}.",
            "No difference between groups could be assessed for {name}."
        ));
    } else {
        out.push(format!("{name}: {}.", counts.in_words(view)));
        out.push(match counts.largest() {
            Some((table, gap)) => largest(view, table, gap),
            None => tell!(
                lang,
                "Ninguna diferencia se distingue de cero. Que una diferencia no se haya demostrado no significa que no exista.",
                "No difference can be told from zero. A difference that has not been shown is not shown to be absent."
            ),
        });
    }
    if let Some(typical) = counts.typical(view).filter(|_| counts.untold > 0) {
        out.push(tell!(
            lang,
            "Con estas filas, la mitad de las diferencias solo se habría detectado a partir de {typical}.",
            "With these rows, half of the differences could only have been detected from {typical} upwards."
        ));
    }
    if !counts.missing.is_empty() {
        let (missing, labels) = (view.numbers.count(counts.missing.len() as u64), counts.labels_missing());
        out.push(tell!(
            lang,
            "Diferencias sin intervalo, casi siempre por falta de filas: {missing}, de las etiquetas siguientes ({labels}).",
            "Differences without an interval, mostly for lack of rows: {missing}, of the following labels ({labels})."
        ));
    }
    out.extend(not_recorded(view, one));
    out.push(tell!(
        lang,
        "Se cuentan las diferencias en sensibilidad, tasa de falsos positivos y valor predictivo positivo en todos los niveles. Los intervalos se ensanchan para que sean válidos a la vez en todas las etiquetas de todas las variables de grupo; cada medida en cada nivel es una familia aparte.",
        "The differences counted are those in recall, false-positive rate and positive predictive value at every level. Intervals are widened so that they hold at once for all labels of all group variables; each measure at each level is a family of its own."
    ));
    out
}

/// The labels that say that nothing was recorded, which no comparison includes; `None` where no column has one.
pub(crate) fn not_recorded(view: &View<'_>, one: &ScoredReport) -> Option<String> {
    let labels = one.groups.iter().flat_map(|table| {
        let rows = table.rows.iter().filter(|row| table.unknown.contains(&row.label));
        rows.map(|row| {
            let n = view.numbers.rows(row.n);
            tell!(view.lang, "{}: {} ({n} filas)", "{}: {} ({n} rows)"; table.group, row.label)
        })
    });
    let labels = labels.collect::<Vec<_>>().join("; ");
    (!labels.is_empty()).then(|| {
        tell!(
            view.lang,
            "Estas filas no tienen dato y no entran en ninguna comparación entre etiquetas: {labels}.",
            "Nothing was recorded of these rows, and they enter no comparison between labels: {labels}."
        )
    })
}

/// The largest difference that is present or can be told from zero.
fn largest(view: &View<'_>, table: &GroupTable, gap: &Gap) -> String {
    let lang = view.lang;
    let (label, against, group) = (&gap.label, &gap.against, &table.group);
    let metric = view.title(&gap.metric);
    let words = view.difference(&gap.metric, &gap.measure);
    let simultaneous = view
        .simultaneous(gap)
        .map(|band| tell!(lang, "; intervalo simultáneo {band}", "; simultaneous interval {band}"))
        .unwrap_or_default();
    let n = match &gap.measure {
        Measure::Value { n, events, .. } => {
            let (n, events) = (view.numbers.count(*n), view.numbers.count(*events));
            format!("; n\u{a0}=\u{a0}{n}, {} {events}", view.words.events)
        }
        _ => String::new(),
    };
    tell!(
        lang,
        "La mayor diferencia que se distingue de cero está en {group}, «{label}» menos «{against}»: {metric}, {words}{simultaneous}{n}.",
        "The largest difference that can be told from zero is in {group}, \u{201c}{label}\u{201d} minus \u{201c}{against}\u{201d}: {metric}, {words}{simultaneous}{n}."
    )
}

//! Gaps between a group's labels as a forest plot: one panel a measure, one row a label and version.

use super::{Figure, Style, ends, mark_across};
use crate::html::axes::Scale;
use crate::html::number::Unit;
use crate::html::svg::{Svg, shorten};
use crate::html::view::{COMPARED, View, compared_key, excludes_zero, title_key};
use crate::measure::Measure;
use crate::report::ScoredReport;

const WIDTH: f64 = 340.0;
const LEFT: f64 = 124.0;
const RIGHT: f64 = 332.0;
const TOP: f64 = 6.0;
const ROW: f64 = 16.0;
const HEADING: f64 = 22.0;

/// The gap of a version at a label, with its key.
type Row<'a> = (&'a ScoredReport, String, &'a Measure);

/// One figure for each measure compared, for the group column at an index.
pub(in crate::html) fn forest(view: &View<'_>, group: usize) -> Vec<Figure> {
    COMPARED.iter().filter_map(|metric| figure(view, group, metric)).collect()
}

fn figure(view: &View<'_>, group: usize, metric: &str) -> Option<Figure> {
    let scored = &view.report.scored;
    let table = scored.iter().find_map(|one| one.groups.get(group))?;
    let rows: Vec<(&str, Vec<Row<'_>>)> = table
        .rows
        .iter()
        .map(|row| row.label.as_str())
        .filter(|label| *label != table.reference)
        .map(|label| (label, scored.iter().filter_map(|one| gap_of(one, group, metric, label)).collect()))
        .filter(|(_, versions): &(_, Vec<_>)| !versions.is_empty())
        .collect();
    if rows.is_empty() {
        return None;
    }
    let title_key = title_key(view.report, metric);
    let unit = Unit::of(metric);
    let height: f64 = rows.iter().map(|(_, versions)| HEADING + ROW * drawn(versions).max(1) as f64).sum();
    let bottom = TOP + height + 4.0;
    let mut svg = Svg::new(WIDTH, bottom + 20.0);
    let scale =
        Scale::new(limits(rows.iter().flat_map(|(_, versions)| versions.iter().map(|v| v.2))), (LEFT, RIGHT));
    // Without any value there is nothing to measure along an axis.
    if rows.iter().any(|(_, versions)| drawn(versions) > 0) {
        scale.draw_across(&mut svg, view.numbers, unit, (TOP, bottom), 4.0);
        svg.line("zero", (scale.at(0.0), TOP), (scale.at(0.0), bottom));
    }
    let mut desc = Vec::new();
    let mut y = TOP;
    for (label, versions) in &rows {
        let heading = say!(view.lang, "«{label}» menos «{}»", "\u{201c}{label}\u{201d} less \u{201c}{}\u{201d}"; table.reference);
        svg.text("strong halo", (0.0, y + 15.0), &shorten(&heading, 52));
        y += HEADING;
        if drawn(versions) == 0 {
            let reason = versions.first().and_then(|row| row.2.reason()).unwrap_or_default();
            svg.text("soft halo", (10.0, y + 12.0), &shorten(&view.numbers.not_known(reason), 56));
            y += ROW;
        }
        for (one, _, measure) in versions.iter().take(drawn(versions)) {
            let at = y + ROW / 2.0;
            svg.text("end", (LEFT - 8.0, at + 4.0), &shorten(&one.name, 19));
            if measure.value().is_some() {
                let full = excludes_zero(measure).is_some();
                mark_across(
                    &mut svg,
                    &scale,
                    at,
                    measure,
                    Style { colour: view.colour(one), mark: view.mark(one), full },
                );
            } else {
                svg.text("soft", (LEFT + 4.0, at + 4.0), view.lang.pick("no se sabe", "not known"));
            }
            y += ROW;
        }
        let words: Vec<String> = versions
            .iter()
            .map(|(one, key, measure)| format!("{} {}", one.name, view.difference(key, measure)))
            .collect();
        desc.push(format!("{heading}: {}", words.join("; ")));
    }
    let title =
        say!(view.lang, "Diferencias en {}: {}", "Gaps in {}: {}"; table.group, view.title(&title_key));
    let svg = svg.finish(&format!("gap-{group}-{metric}"), &title, &(desc.join(". ") + "."));
    Some(Figure::new(view.title(&title_key), None, svg))
}

/// Rows drawn for a label: all its versions, or none when no version has a value.
fn drawn(versions: &[Row<'_>]) -> usize {
    if versions.iter().any(|row| row.2.value().is_some()) { versions.len() } else { 0 }
}

/// `None` where the version has no such metric over all rows either: saying so in every row would hide the rest.
fn gap_of<'a>(one: &'a ScoredReport, group: usize, metric: &str, label: &str) -> Option<Row<'a>> {
    let key = compared_key(one, metric)?;
    one.overall.get(&key)?.value()?;
    let gap = one.groups.get(group)?.gaps.iter().find(|gap| gap.label == label && gap.metric == key)?;
    Some((one, key, &gap.measure))
}

/// Limits that hold zero and most intervals: a few very wide ones are cut off (and drawn with an arrow) rather than squeezing the rest.
fn limits<'a>(measures: impl Iterator<Item = &'a Measure>) -> (f64, f64) {
    let ends: Vec<(f64, f64)> = measures.filter_map(ends).collect();
    let mut reach: Vec<f64> = ends.iter().map(|(low, high)| low.abs().max(high.abs())).collect();
    reach.sort_by(f64::total_cmp);
    let cap = reach.get(reach.len() / 2).map_or(1.0, |median| median * 4.0).max(1e-6);
    let low = ends.iter().map(|(low, _)| *low).fold(0.0, f64::min).max(-cap);
    let high = ends.iter().map(|(_, high)| *high).fold(0.0, f64::max).min(cap);
    let room = (high - low).max(1e-6) * 0.06;
    (low - room, high + room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wide_interval_does_not_squeeze_the_rest() {
        let value = |low, high| Measure::Value { value: (low + high) / 2.0, low, high, n: 9, events: 3 };
        let measures = [value(-0.1, 0.1), value(-0.05, 0.2), value(-9.0, 9.0)];
        let (low, high) = limits(measures.iter());
        assert!((high - 0.896).abs() <= 1e-9 && (low + 0.896).abs() <= 1e-9, "{low} {high}");
        assert!(limits([].into_iter()).0 <= 0.0);
    }
}

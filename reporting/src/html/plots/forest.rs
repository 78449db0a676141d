//! Gaps between a group's labels as a forest plot: one panel a measure, one row a pair of labels and version.

use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Equivalence, Gap, GroupTable, ScoredReport};

use super::figure::{Figure, Style, ends, mark_across};
use crate::html::axes::Scale;
use crate::html::marks::{colour, mark};
use crate::html::svg::{Svg, shorten};
use crate::telling::tell;
use crate::telling::view::{COMPARED, View, compared_key, stands_apart, title_key};

const WIDTH: f64 = 440.0;
const LEFT: f64 = 120.0;
const RIGHT: f64 = 280.0;
const TOP: f64 = 6.0;
const ROW: f64 = 17.0;
const HEADING: f64 = 22.0;

/// Most pairs of labels beside those with the reference that are drawn: more would make the plots longer than anybody reads.
const MOST_PAIRS: usize = 10;

/// The gap of a version between two labels.
type VersionGap<'a> = (&'a ScoredReport, &'a Gap);

/// The pairs of labels of a group column whose gaps are drawn, those with the reference first; and how many others the report has.
pub(in crate::html) fn drawn_pairs(table: &GroupTable) -> (Vec<(&str, &str)>, usize) {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for gap in &table.gaps {
        let pair = (gap.label.as_str(), gap.against.as_str());
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    let (mut drawn, others): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(_, against)| *against == table.reference);
    if others.len() > MOST_PAIRS {
        return (drawn, others.len());
    }
    drawn.extend(others);
    (drawn, 0)
}

/// One figure for each measure compared, for the group column at an index.
pub(in crate::html) fn forest(view: &View<'_>, group: usize) -> Vec<Figure> {
    COMPARED.iter().filter_map(|metric| figure(view, group, metric)).collect()
}

fn figure(view: &View<'_>, group: usize, metric: &str) -> Option<Figure> {
    let scored = &view.report.scored;
    let table = scored.iter().find_map(|one| one.groups.get(group))?;
    let shown = view.told();
    let rows: Vec<((&str, &str), Vec<VersionGap<'_>>)> = drawn_pairs(table)
        .0
        .into_iter()
        .map(|pair| (pair, shown.iter().filter_map(|one| gap_of(one, group, metric, pair)).collect()))
        .filter(|(_, versions): &(_, Vec<_>)| !versions.is_empty())
        .collect();
    if rows.is_empty() {
        return None;
    }
    let title_key = title_key(view.report, metric);
    let height: f64 = rows.iter().map(|(_, versions)| HEADING + ROW * drawn(versions).max(1) as f64).sum();
    let bottom = TOP + height + 4.0;
    let mut svg = Svg::new(WIDTH, bottom + 20.0);
    let margin =
        view.report.context.margin.filter(|_| {
            rows.iter().flat_map(|(_, versions)| versions).any(|(_, gap)| gap.equivalence.is_some())
        });
    let scale = Scale::new(
        limits(rows.iter().flat_map(|(_, versions)| versions.iter().map(|v| v.1)), margin),
        (LEFT, RIGHT),
    );
    // Without any value there is nothing to measure along an axis.
    if rows.iter().any(|(_, versions)| drawn(versions) > 0) {
        if let Some(margin) = margin {
            svg.rect("zone", (scale.at(-margin), TOP), (scale.at(margin) - scale.at(-margin), bottom - TOP));
        }
        scale.draw_across(&mut svg, view.numbers, view.unit(metric), (TOP, bottom), 3.0);
        svg.line("zero", (scale.at(0.0), TOP), (scale.at(0.0), bottom));
    }
    let mut desc = Vec::new();
    let mut y = TOP;
    for ((label, against), versions) in &rows {
        let heading = tell!(
            view.lang,
            "«{label}» menos «{against}»",
            "\u{201c}{label}\u{201d} minus \u{201c}{against}\u{201d}"
        );
        svg.text("strong halo", (0.0, y + 15.0), &shorten(&heading, 52));
        y += HEADING;
        if drawn(versions) == 0 {
            let reason =
                versions.first().and_then(|row| row.1.measure.reason()).unwrap_or(Reason::NotInReport);
            svg.text("soft halo", (10.0, y + 12.0), &shorten(&view.numbers.not_known(reason), 56));
            y += ROW;
        }
        for (one, gap) in versions.iter().take(drawn(versions)) {
            row(view, (&mut svg, &scale), y + ROW / 2.0, (one, gap));
            y += ROW;
        }
        let words: Vec<String> =
            versions.iter().map(|(one, gap)| format!("{} {}", one.name, in_words(view, gap))).collect();
        desc.push(format!("{heading}: {}", words.join("; ")));
    }
    let title = tell!(view.lang, "Diferencias en {}: {}", "Differences in {}: {}"; table.group, view.title(&title_key));
    let svg = svg.finish(&format!("gap-{group}-{metric}"), &title, &(desc.join(". ") + "."));
    Some(Figure::new(view.title(&title_key), None, svg))
}

/// A version's name, its gap with both intervals, and what they say.
fn row(view: &View<'_>, (svg, scale): (&mut Svg, &Scale), y: f64, (one, gap): VersionGap<'_>) {
    svg.text("end", (LEFT - 8.0, y + 4.0), &shorten(&one.name, 17));
    if gap.measure.value().is_none() {
        svg.text("soft", (LEFT + 4.0, y + 4.0), view.lang.pick("no se sabe", "not known"));
        return;
    }
    let colour = colour(view, one);
    if let Some(band) = gap.simultaneous {
        let (low, high) = (scale.at(band.low), scale.at(band.high));
        svg.line(&format!("whisker {colour}"), (low, y), (high, y));
        for (x, bound) in [(low, band.low), (high, band.high)] {
            if scale.holds(bound) {
                svg.line(&format!("whisker {colour}"), (x, y - 3.5), (x, y + 3.5));
            }
        }
    }
    let full = match gap.equivalence {
        Some(verdict) => verdict == Equivalence::Present,
        None => stands_apart(gap),
    };
    mark_across(svg, scale, y, &gap.measure, Style { colour, mark: mark(view, one), full });
    let class = if full { "strong halo" } else { "soft halo" };
    let words = match detectable(view, gap).filter(|_| !full && gap.equivalence != Some(Equivalence::Absent))
    {
        Some(smallest) => format!("{} ({smallest})", verdict(view, gap)),
        None => verdict(view, gap),
    };
    svg.text(class, (RIGHT + 8.0, y + 4.0), &words);
}

/// The smallest gap that could have been seen, either way: `±12.3 pp`.
pub(in crate::html) fn detectable(view: &View<'_>, gap: &Gap) -> Option<String> {
    let smallest = gap.detectable?;
    Some(
        view.numbers
            .difference(view.unit(&gap.metric), smallest, Some((smallest, smallest)))
            .0
            .replace('+', "\u{b1}"),
    )
}

/// What a gap's intervals say: about the margin where one applies, about zero otherwise.
pub(in crate::html) fn verdict(view: &View<'_>, gap: &Gap) -> String {
    let differs = || match stands_apart(gap) {
        true => view.lang.pick("distinta de 0", "not 0"),
        false => view.lang.pick("quizá 0", "may be 0"),
    };
    match gap.equivalence {
        Some(Equivalence::CannotTell) if stands_apart(gap) => {
            view.lang.pick("no es 0; tamaño incierto", "not 0; size unclear").to_owned()
        }
        Some(Equivalence::Absent) if stands_apart(gap) => {
            view.lang.pick("ausente: no es 0, pero cabe", "absent: not 0, but within").to_owned()
        }
        Some(verdict) => view.equivalence(verdict).to_owned(),
        None if gap.simultaneous.is_none() && gap.measure.interval().is_none() => {
            view.lang.pick("sin intervalo", "no interval").to_owned()
        }
        None => differs().to_owned(),
    }
}

/// A gap in a sentence: value, both intervals, verdict, and what could have been seen.
fn in_words(view: &View<'_>, gap: &Gap) -> String {
    let mut words = view.difference(&gap.metric, &gap.measure);
    if let Some(interval) = view.simultaneous(gap) {
        words += &tell!(view.lang, ", intervalo simultáneo {interval}", ", simultaneous interval {interval}");
    }
    if gap.measure.value().is_some() {
        words += &format!(", {}", verdict(view, gap));
        if let Some(smallest) = detectable(view, gap) {
            words += &tell!(view.lang, ", detectable desde {smallest}", ", detectable from {smallest}");
        }
    }
    words
}

/// Rows drawn for a pair of labels: all its versions, or none when no version has a value.
fn drawn(versions: &[VersionGap<'_>]) -> usize {
    if versions.iter().any(|row| row.1.measure.value().is_some()) { versions.len() } else { 0 }
}

/// `None` where the version has no such metric over all rows either: saying so in every row would hide the rest.
fn gap_of<'a>(
    one: &'a ScoredReport,
    group: usize,
    metric: &str,
    (label, against): (&str, &str),
) -> Option<VersionGap<'a>> {
    let key = compared_key(one, metric)?;
    one.overall.get(&key)?.value()?;
    let between = |gap: &&Gap| gap.label == label && gap.against == against && gap.metric == key;
    let gap = one.groups.get(group)?.gaps.iter().find(between)?;
    Some((one, gap))
}

/// The two ends of all that is drawn for a gap.
fn reach(gap: &Gap) -> Option<(f64, f64)> {
    let (low, high) = ends(&gap.measure)?;
    Some(gap.simultaneous.map_or((low, high), |band| (low.min(band.low), high.max(band.high))))
}

/// Limits that hold zero, the margin and most intervals: a few very wide ones are cut off (and drawn with an arrow) rather than squeezing the rest.
fn limits<'a>(gaps: impl Iterator<Item = &'a Gap>, margin: Option<f64>) -> (f64, f64) {
    let ends: Vec<(f64, f64)> = gaps.filter_map(reach).collect();
    let mut far: Vec<f64> = ends.iter().map(|(low, high)| low.abs().max(high.abs())).collect();
    far.sort_by(f64::total_cmp);
    let cap = far.get(far.len() / 2).map_or(1.0, |median| median * 4.0).max(1e-6);
    let margin = margin.unwrap_or(0.0);
    let low = ends.iter().map(|(low, _)| *low).fold(0.0, f64::min).max(-cap).min(-margin);
    let high = ends.iter().map(|(_, high)| *high).fold(0.0, f64::max).min(cap).max(margin);
    let room = (high - low).max(1e-6) * 0.06;
    (low - room, high + room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_evaluation::measure::Measure;
    use amparo_evaluation::report::ReferenceBy;

    fn gap(low: f64, high: f64) -> Gap {
        Gap {
            label: "a".into(),
            against: "b".into(),
            metric: "auc".into(),
            measure: Measure::Value { value: f64::midpoint(low, high), low, high, n: 9, events: 3 },
            ratio: Measure::undefined(Reason::NotComputed),
            simultaneous: None,
            detectable: None,
            equivalence: None,
            change: None,
        }
    }

    #[test]
    fn one_wide_interval_does_not_squeeze_the_rest() {
        let gaps = [gap(-0.1, 0.1), gap(-0.05, 0.2), gap(-9.0, 9.0)];
        let (low, high) = limits(gaps.iter(), None);
        assert!((high - 0.896).abs() <= 1e-9 && (low + 0.896).abs() <= 1e-9, "{low} {high}");
        assert!(limits([].into_iter(), None).0 <= 0.0);
    }

    #[test]
    fn the_margin_is_always_on_the_scale() {
        let (low, high) = limits([gap(-0.01, 0.01)].iter(), Some(0.05));
        assert!(low < -0.05 && high > 0.05, "{low} {high}");
    }

    #[test]
    fn other_pairs_are_drawn_behind_those_with_the_reference_unless_they_are_many() {
        let labels: Vec<String> = (0..7).map(|at| format!("l{at}")).collect();
        let table = |n: usize| GroupTable {
            group: "g".to_owned(),
            reference: labels[0].clone(),
            reference_by: ReferenceBy::Rows,
            unknown: vec![],
            rows: vec![],
            gaps: (0..n)
                .flat_map(|at| (0..at).map(move |against| (at, against)))
                .flat_map(|(at, against)| ["auc", "brier"].map(|metric| (at, against, metric)))
                .map(|(at, against, metric)| Gap {
                    label: labels[at].clone(),
                    against: labels[against].clone(),
                    metric: metric.into(),
                    ..gap(0.0, 1.0)
                })
                .collect(),
            max_min_differences: vec![],
            penalised: std::collections::BTreeMap::new(),
        };
        let three = table(3);
        assert_eq!(drawn_pairs(&three), (vec![("l1", "l0"), ("l2", "l0"), ("l2", "l1")], 0));
        assert_eq!(drawn_pairs(&table(5)).0.len(), 10);
        let many = table(7);
        let (drawn, others) = drawn_pairs(&many);
        assert_eq!((drawn.len(), others), (6, 15));
        assert!(drawn.iter().all(|(_, against)| *against == "l0"));
    }
}

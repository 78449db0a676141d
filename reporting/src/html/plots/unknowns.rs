//! What a version loses as fewer questions are answered: its area under the ROC curve by the share of answers that were turned to `unknown`.

use amparo_evaluation::input::Kind;
use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::ScoredReport;

use super::figure::{Figure, curve, ends};
use crate::html::axes::{Scale, range};
use crate::html::marks::{colour, mark};
use crate::html::svg::Svg;
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

const WIDTH: f64 = 420.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 406.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 208.0;

/// A share of unknown answers with what is known of the version there.
type Place<'a> = (f64, &'a ScoredReport, Measure);

/// Two curves over the share: the area, and its paired difference from the answers as they are; none where no answers were turned.
pub(in crate::html) fn unknowns(view: &View<'_>) -> Vec<Figure> {
    let report = view.report;
    let mut shares: Vec<(f64, &ScoredReport)> = report
        .scored
        .iter()
        .filter_map(|one| match one.kind {
            Kind::Version { more_unknown: Some(share), .. } => Some((share, one)),
            _ => None,
        })
        .collect();
    if shares.len() < 2 {
        return Vec::new();
    }
    shares.sort_by(|a, b| a.0.total_cmp(&b.0));
    let of = |measure: &dyn Fn(&ScoredReport) -> Option<Measure>| -> Vec<Place<'_>> {
        let absent = || Measure::undefined(Reason::NotInReport);
        shares.iter().map(|(share, one)| (*share, *one, measure(one).unwrap_or_else(absent))).collect()
    };
    let areas = of(&|one| one.overall.get("auc").cloned());
    // The reference has no difference from itself: it is 0 without an interval.
    let zero = || Measure::Point {
        value: 0.0,
        n: report.rows.n,
        events: report.rows.events,
        reason: Reason::NotComputed,
    };
    let lost = of(&|one| {
        if view.is_reference(one) { Some(zero()) } else { report.difference(&one.name, "auc").cloned() }
    });
    let told = |measure: &Measure| view.measure("auc", measure);
    let apart = |measure: &Measure| view.difference("auc", measure);
    let difference = view.lang.pick("Diferencia con todas las respuestas", "Difference from all answers");
    vec![
        figure(view, ("unknowns-auc", view.title("auc")), &areas, &told),
        figure(view, ("unknowns-auc-difference", difference.to_owned()), &lost, &apart),
    ]
}

fn figure(
    view: &View<'_>,
    (id, caption): (&str, String),
    places: &[Place<'_>],
    told: &dyn Fn(&Measure) -> String,
) -> Figure {
    let mut svg = Svg::new(WIDTH, BOTTOM + 36.0);
    let across = Scale::new(range(places.iter().map(|place| place.0)).unwrap_or((0.0, 1.0)), (LEFT, RIGHT));
    let values = places.iter().filter_map(|place| ends(&place.2)).flat_map(|(low, high)| [low, high]);
    let up = Scale::new(range(values).unwrap_or((0.0, 1.0)), (BOTTOM, TOP));
    up.draw_up(&mut svg, view.numbers, Unit::Decimal, (LEFT, RIGHT), 5.0);
    across.draw_across(&mut svg, view.numbers, Unit::Share, (BOTTOM, BOTTOM), 6.0);
    let points: Vec<(f64, Measure)> =
        places.iter().map(|(share, _, measure)| (*share, measure.clone())).collect();
    curve(&mut svg, (&across, &up), "blue", false, &points);
    for (share, one, measure) in places {
        let (x, colour) = (across.at(*share), colour(view, one));
        if let Some((low, high)) = measure.interval() {
            svg.line(&format!("line {colour} solid"), (x, up.at(low)), (x, up.at(high)));
        }
        if let Some(value) = measure.value() {
            svg.mark(&format!("{colour} full"), mark(view, one), (x, up.at(value)), 3.6);
        }
    }
    let axis = view.lang.pick(
        "respuestas conocidas que se convirtieron en «desconocida»",
        "known answers turned to \u{201c}unknown\u{201d}",
    );
    svg.text("middle soft", (f64::midpoint(LEFT, RIGHT), BOTTOM + 31.0), axis);
    let told = |(share, _, measure): &Place<'_>| {
        let share = view.numbers.value(Unit::Share, *share);
        tell!(view.lang, "{share} desconocidas: {}", "{share} unknown: {}"; told(measure))
    };
    let desc: Vec<String> = places.iter().map(told).collect();
    let title =
        tell!(view.lang, "{caption}, según las respuestas desconocidas", "{caption}, by unknown answers");
    let svg = svg.finish(id, &title, &(desc.join("; ") + "."));
    Figure::new(caption, None, svg)
}

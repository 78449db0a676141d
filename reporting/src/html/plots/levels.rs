//! Levels of a version: the share of rows at each, and what happened to them.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{ScoredReport, key};

use super::figure::{Figure, Style, ends, mark_across};
use crate::html::axes::Scale;
use crate::html::marks::{colour, mark};
use crate::html::svg::{Svg, shorten};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

const WIDTH: f64 = 340.0;
const LEFT: f64 = 84.0;
const MIDDLE: f64 = 168.0;
const RATE: f64 = 222.0;
const RIGHT: f64 = 332.0;
const TOP: f64 = 20.0;
const ROW: f64 = 20.0;

/// One figure for each scored version with levels; the scales are the same in all.
pub(in crate::html) fn levels(view: &View<'_>) -> Vec<Figure> {
    let shown: Vec<&ScoredReport> = view.report.scored.iter().filter(|one| !one.levels.is_empty()).collect();
    let rates = shown.iter().flat_map(|one| one.levels.iter().filter_map(|row| ends(rate(one, &row.level)?)));
    let limit = rates.map(|(_, high)| high).fold(0.05, f64::max).min(1.0);
    shown.iter().enumerate().map(|(at, one)| figure(view, one, at, limit)).collect()
}

fn figure(view: &View<'_>, scored: &ScoredReport, at: usize, limit: f64) -> Figure {
    let bottom = TOP + ROW * scored.levels.len() as f64 + 2.0;
    let mut svg = Svg::new(WIDTH, bottom + 20.0);
    let shares = Scale::new((0.0, 1.0), (LEFT, MIDDLE));
    let rates = Scale::new((0.0, limit), (RATE, RIGHT));
    rates.draw_across(&mut svg, view.numbers, Unit::Share, (TOP - 2.0, bottom), 3.0);
    svg.line("axis", (LEFT, TOP - 2.0), (LEFT, bottom));
    svg.text("soft", (LEFT, TOP - 8.0), view.lang.pick("proporción de casos", "share of cases"));
    svg.text("soft", (RATE, TOP - 8.0), view.lang.pick("con el suceso", "with the outcome"));
    let style = Style { colour: colour(view, scored), mark: mark(view, scored), full: true };
    let mut desc = Vec::new();
    for (row, level) in scored.levels.iter().rev().enumerate() {
        let y = TOP + ROW * (row as f64 + 0.5);
        svg.text("end", (LEFT - 6.0, y + 4.0), &shorten(view.level(&level.level), 14));
        let share = scored.overall.get(&key("level_share", Some(&level.level)));
        let width = share.and_then(Measure::value).map_or(0.0, |share| shares.at(share) - LEFT);
        svg.rect("bar", (LEFT, y - 6.0), (width, 12.0));
        let known = share.and_then(Measure::value).map(|share| view.numbers.value(Unit::Share, share));
        let text = known.unwrap_or_else(|| view.lang.pick("no se sabe", "not known").to_owned());
        svg.text("soft", (LEFT + width + 4.0, y + 4.0), &text);
        let observed = rate(scored, &level.level);
        match observed.filter(|measure| measure.value().is_some()) {
            Some(measure) => mark_across(&mut svg, &rates, y, measure, style),
            None => svg.text("soft", (RATE + 4.0, y + 4.0), view.lang.pick("no se sabe", "not known")),
        }
        let in_words = |measure: Option<&Measure>| {
            measure.map_or_else(
                || view.numbers.not_known(Reason::NotInReport),
                |m| view.numbers.measure(Unit::Share, m, false),
            )
        };
        desc.push(tell!(
            view.lang,
            "{}: {} de los casos, con el suceso {}",
            "{}: {} of the cases, with the outcome {}";
            view.level(&level.level),
            in_words(share),
            in_words(observed)
        ));
    }
    let title = tell!(view.lang, "Niveles de {}", "Levels of {}"; scored.name);
    let svg = svg.finish(&format!("levels-{at}"), &title, &(desc.join("; ") + "."));
    Figure::new(scored.name.clone(), Some(view.kind(scored)), svg)
}

fn rate<'a>(scored: &'a ScoredReport, level: &str) -> Option<&'a Measure> {
    scored.overall.get(&key("level_rate", Some(level)))
}

//! How different the answers are from those of the fit: one line an indicator.

use amparo_evaluation::report::{CaseMix, IndicatorMix};

use super::figure::Figure;
use crate::html::axes::Scale;
use crate::html::svg::{Mark, Svg, shorten};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

/// Indicators that are drawn; the table has all.
const MOST: usize = 15;

const WIDTH: f64 = 560.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 548.0;
const TOP: f64 = 8.0;
const ROW: f64 = 18.0;

/// The stability index of the most different indicators, with what chance explains of it.
pub(in crate::html) fn case_mix(view: &View<'_>, mix: &CaseMix, at: usize) -> Figure {
    let shown = &mix.indicators[..mix.indicators.len().min(MOST)];
    let bottom = TOP + ROW * shown.len() as f64 + 2.0;
    let mut svg = Svg::new(WIDTH, bottom + 20.0);
    let ends = shown.iter().flat_map(|one| [one.psi, one.psi_by_chance.unwrap_or(0.0)]);
    let scale = Scale::new((0.0, 1.05 * ends.fold(0.0, f64::max)), (LEFT, RIGHT));
    scale.draw_across(&mut svg, view.numbers, Unit::Decimal, (TOP - 2.0, bottom), 5.0);
    let mut desc = Vec::new();
    for (row, one) in shown.iter().enumerate() {
        let y = TOP + ROW * (row as f64 + 0.5);
        let name = format!("{} {}", one.indicator, view.lang.of(&one.label));
        svg.text("end", (LEFT - 6.0, y + 4.0), &shorten(&name, 27));
        if let Some(limit) = one.psi_by_chance {
            svg.rect("bar", (LEFT, y - 5.0), (scale.at(limit) - LEFT, 10.0));
        }
        let class = if one.differs() { "red full" } else { "blue open" };
        svg.mark(class, Mark::Circle, (scale.at(one.psi), y), 3.6);
        desc.push(in_words(view, one));
    }
    let title = tell!(view.lang, "Índice de estabilidad por indicador, {}", "Stability index by indicator, {}"; mix.name);
    let caption = tell!(
        view.lang,
        "Índice de estabilidad (PSI) de los {} indicadores más diferentes",
        "Stability index (PSI) of the {} most different indicators";
        shown.len()
    );
    let note = view.lang.pick(
        "barra: lo que explica el azar; marca llena: difiere",
        "bar: what chance explains; full mark: differs",
    );
    let svg = svg.finish(&format!("case-mix-{at}-psi"), &title, &(desc.join("; ") + "."));
    Figure::new(caption, Some(note.to_owned()), svg)
}

fn in_words(view: &View<'_>, one: &IndicatorMix) -> String {
    let psi = view.numbers.fixed(one.psi, 4);
    let limit = one.psi_by_chance.map(|limit| view.numbers.fixed(limit, 4));
    match limit {
        Some(limit) => tell!(
            view.lang,
            "{}: {psi}, límite del azar {limit}",
            "{}: {psi}, limit of chance {limit}";
            one.indicator
        ),
        None => tell!(
            view.lang,
            "{}: una sola respuesta",
            "{}: one answer only";
            one.indicator
        ),
    }
}

//! The transition plan: what each position of a dial gives, what it costs, and who would change level.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Moves, Position, Transition, key};

use super::figure::{Figure, ends};
use crate::html::axes::{Scale, range};
use crate::html::svg::{Mark, Svg};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

const WIDTH: f64 = 340.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 326.0;
const TOP: f64 = 8.0;
const LEGEND: f64 = 17.0;
const PLOT: f64 = 176.0;
/// Room that a label takes.
const LABEL: (f64, f64) = (34.0, 12.0);

/// A curve over the dial: its title, unit, colour and mark, and the measure it takes from each position.
struct Curve {
    title: String,
    unit: Unit,
    colour: &'static str,
    mark: Mark,
    of: Of,
}

/// What a curve takes from a position.
#[derive(Clone, Copy)]
enum Of {
    Measure(&'static str),
    Move(fn(&Moves) -> &Measure),
}

impl Of {
    fn measure(self, position: &Position) -> Option<&Measure> {
        match self {
            Self::Measure(key) => position.measures.get(key),
            Self::Move(of) => position.moves.as_ref().map(of),
        }
    }
}

/// The figures of one plan, whose place among the plans is part of their ids.
pub(in crate::html) fn transition(view: &View<'_>, plan: &Transition, at: usize) -> Vec<Figure> {
    let of_metric = |metric: &'static str, colour, mark| Curve {
        title: view.title(metric),
        unit: Unit::of(metric),
        colour,
        mark,
        of: Of::Measure(metric),
    };
    let (with, without) =
        view.lang.pick(("con el suceso", "sin el suceso"), ("with the outcome", "without the outcome"));
    let by_outcome = |events, others| {
        [(with, "blue", Mark::Circle, events), (without, "red", Mark::Square, others)]
            .map(|(title, colour, mark, of)| Curve {
                title: title.to_owned(),
                unit: Unit::Share,
                colour,
                mark,
                of: Of::Move(of),
            })
            .into()
    };
    let (up, down) = view
        .lang
        .pick(("Suben de nivel", "Bajan de nivel"), ("Moved to a higher level", "Moved to a lower level"));
    let use_of_it: Vec<Curve> =
        vec![of_metric("protection", "blue", Mark::Circle), of_metric("overload", "red", Mark::Square)];
    let title = format!("{}, {}", use_of_it[0].title, use_of_it[1].title);
    let by_dial: [(&str, String, Vec<Curve>); 5] = [
        ("up", up.to_owned(), by_outcome(|moves| &moves.events.up, |moves| &moves.others.up)),
        ("down", down.to_owned(), by_outcome(|moves| &moves.events.down, |moves| &moves.others.down)),
        ("use", title, use_of_it),
        ("auc", view.title("auc"), vec![of_metric("auc", "black", Mark::Circle)]),
        ("brier", view.title("brier"), vec![of_metric("brier", "black", Mark::Diamond)]),
    ];
    let trades = level_ids(view, plan)
        .into_iter()
        .enumerate()
        .filter_map(|(place, level)| trade(view, plan, level, &format!("transition-{at}-level-{place}")));
    let by_dial = by_dial
        .iter()
        .map(|(id, title, curves)| figure(view, plan, (&format!("transition-{at}-{id}"), title), curves));
    trades.chain(by_dial).collect()
}

/// The levels but the lowest that a plan has numbers of, from the lower to the higher.
pub(in crate::html) fn level_ids<'a>(view: &View<'a>, plan: &Transition) -> Vec<&'a str> {
    let levels = plan.positions.iter().find_map(|one| view.report.scored(&one.name));
    let levels = levels.into_iter().flat_map(|scored| scored.levels.iter().skip(1));
    let is_told = |level: &&str| {
        plan.positions.iter().any(|one| one.measures.contains_key(&key("recall", Some(level))))
    };
    levels.map(|row| row.level.as_str()).filter(is_told).collect()
}

/// Curves by dial.
fn figure(view: &View<'_>, plan: &Transition, (id, title): (&str, &str), curves: &[Curve]) -> Figure {
    let points = &plan.positions;
    let unit = curves[0].unit;
    let legend = if curves.len() > 1 { LEGEND * curves.len() as f64 } else { 0.0 };
    let (top, bottom) = (TOP + legend, TOP + legend + PLOT);
    let mut svg = Svg::new(WIDTH, bottom + 44.0);
    let across = Scale::new((-0.04, 1.04), (LEFT, RIGHT));
    let values =
        points.iter().flat_map(|point| curves.iter().filter_map(|curve| ends(curve.of.measure(point)?)));
    let up =
        Scale::new(range(values.flat_map(|(low, high)| [low, high])).unwrap_or((0.0, 1.0)), (bottom, top));
    up.draw_up(&mut svg, view.numbers, unit, (LEFT, RIGHT), 5.0);
    across.draw_across(&mut svg, view.numbers, Unit::Decimal, (bottom, bottom), 5.0);
    let (from, to) = view.lang.pick(("base estadística", "candidato"), ("baseline", "candidate"));
    svg.text("soft", (LEFT, bottom + 32.0), &format!("\u{2190} {from}"));
    svg.text("end soft", (RIGHT, bottom + 32.0), &format!("{to} \u{2192}"));
    svg.text("middle soft", ((LEFT + RIGHT) / 2.0, bottom + 32.0), "dial");
    let mut desc = Vec::new();
    for (at, curve) in curves.iter().enumerate() {
        let legend_y = 12.0 + LEGEND * at as f64;
        let Curve { title, colour, mark, .. } = curve;
        let known: Vec<(f64, f64)> = points
            .iter()
            .filter_map(|point| Some((across.at(point.dial), up.at(curve.of.measure(point)?.value()?))))
            .collect();
        svg.path(&format!("line {colour}"), &known);
        for point in points {
            let Some(measure) = curve.of.measure(point) else { continue };
            let x = across.at(point.dial);
            if let Some((low, high)) = measure.interval() {
                svg.line(&format!("line {colour} solid"), (x, up.at(low)), (x, up.at(high)));
            }
            if let Some(value) = measure.value() {
                svg.mark(&format!("{colour} full"), *mark, (x, up.at(value)), 3.6);
            }
            let dial = view.numbers.fixed(point.dial, 2);
            let value = view.numbers.measure(unit, measure, false);
            desc.push(format!("{title}, dial {dial} ({}): {value}", point.name));
        }
        if curves.len() > 1 {
            svg.path(&format!("line {colour}"), &[(LEFT, legend_y - 4.0), (LEFT + 26.0, legend_y - 4.0)]);
            svg.mark(&format!("{colour} full"), *mark, (LEFT + 13.0, legend_y - 4.0), 3.6);
            svg.text("", (LEFT + 33.0, legend_y), title);
        }
    }
    let named = tell!(view.lang, "{title} según el dial", "{title} by dial");
    let svg = svg.finish(id, &named, &(desc.join("; ") + "."));
    Figure::new(title.to_owned(), None, svg)
}

/// A position with its cost and gain, and the ends of their whiskers.
type Known<'a> = (&'a Position, [f64; 2], [(f64, f64); 2]);

/// One curve through the positions: the recall at a level or above, against the share of cases there. `None` where fewer than two are known.
///
/// Where a position is compared with the reference, its whiskers are the interval of the paired difference, placed at the position: they say
/// whether it can be told from the reference, which intervals of the two by themselves do not.
fn trade(view: &View<'_>, plan: &Transition, level: &str, id: &str) -> Option<Figure> {
    let [cost, gain] = ["selection_rate", "recall"].map(|metric| key(metric, Some(level)));
    let known: Vec<Known<'_>> = plan
        .positions
        .iter()
        .filter_map(|one| {
            let values = [one.measures.get(&cost)?.value()?, one.measures.get(&gain)?.value()?];
            let whisker = |key: &str, value: f64| {
                let apart = one.differences.get(key);
                let paired = apart.and_then(|m| m.interval().zip(m.value()));
                paired.map_or((value, value), |((low, high), by)| (value - by + low, value - by + high))
            };
            Some((one, values, [whisker(&cost, values[0]), whisker(&gain, values[1])]))
        })
        .collect();
    if known.len() < 2 {
        return None;
    }
    let spread = |axis: usize| {
        let ends = known.iter().flat_map(|(_, values, ends)| [values[axis], ends[axis].0, ends[axis].1]);
        range(ends).unwrap_or((0.0, 1.0))
    };
    let (top, bottom) = (TOP + LEGEND, TOP + LEGEND + PLOT);
    let mut svg = Svg::new(WIDTH, bottom + 44.0);
    let (across, up) = (Scale::new(spread(0), (LEFT, RIGHT)), Scale::new(spread(1), (bottom, top)));
    up.draw_up(&mut svg, view.numbers, Unit::Share, (LEFT, RIGHT), 5.0);
    across.draw_across(&mut svg, view.numbers, Unit::Share, (top, bottom), 4.0);
    let (x_axis, y_axis) = view.lang.pick(
        ("casos en el nivel o más", "de los casos con el suceso, en el nivel o más"),
        ("cases at the level or above", "of the cases with the outcome, at the level or above"),
    );
    svg.text("soft", (4.0, 13.0), y_axis);
    svg.text("end soft", (RIGHT, bottom + 32.0), x_axis);
    let place = |values: &[f64; 2]| (across.at(values[0]), up.at(values[1]));
    svg.path("line blue solid", &known.iter().map(|(_, values, _)| place(values)).collect::<Vec<_>>());
    for (_, values, [wide, tall]) in &known {
        let (x, y) = place(values);
        svg.line("line blue thin", (across.at(wide.0), y), (across.at(wide.1), y));
        svg.line("line blue thin", (x, up.at(tall.0)), (x, up.at(tall.1)));
    }
    let labelled = apart(&known.iter().map(|(_, values, _)| place(values)).collect::<Vec<_>>());
    for ((one, values, _), labelled) in known.iter().zip(labelled) {
        let (x, y) = place(values);
        let is_reference = one.name == plan.against;
        let (mark, colour) = if is_reference { (Mark::Diamond, "black") } else { (Mark::Circle, "blue") };
        svg.mark(&format!("{colour} full"), mark, (x, y), 3.6);
        if labelled {
            // Beside the mark, on the side where there is room.
            let (class, x) = if x > RIGHT - 40.0 { ("end halo", x - 7.0) } else { ("halo", x + 7.0) };
            svg.text(class, (x, y - 5.0), &view.numbers.fixed(one.dial, 2));
        }
    }
    let told = |one: &Position, key: &str| {
        let Some(measure) = one.measures.get(key) else { return view.numbers.not_known(Reason::NotInReport) };
        let apart = one.differences.get(key).map(|difference| view.difference(key, difference));
        let apart = apart.map(|apart| {
            tell!(view.lang, " ({apart} frente a la referencia)", " ({apart} against the reference)")
        });
        view.numbers.measure(Unit::Share, measure, false) + &apart.unwrap_or_default()
    };
    let desc: Vec<String> = plan
        .positions
        .iter()
        .map(|one| {
            tell!(
                view.lang,
                "dial {} ({}): {} de los casos, {} de los casos con el suceso",
                "dial {} ({}): {} of the cases, {} of the cases with the outcome";
                view.numbers.fixed(one.dial, 2),
                one.name,
                told(one, &cost),
                told(one, &gain)
            )
        })
        .collect();
    let caption = tell!(view.lang, "{}, o más", "{} or above"; view.level(level));
    let title = tell!(
        view.lang,
        "Casos y sucesos en {caption}, según el dial",
        "Cases and outcomes at {caption}, by dial"
    );
    let svg = svg.finish(id, &title, &(desc.join("; ") + "."));
    Some(Figure::new(caption, None, svg))
}

/// Which places have room for a label: both ends first, then the others in their order.
fn apart(places: &[(f64, f64)]) -> Vec<bool> {
    let last = places.len().saturating_sub(1);
    let mut labelled: Vec<usize> = Vec::new();
    for at in [last, 0].into_iter().chain(1..last) {
        let is_near = |other: &usize| {
            let ((x, y), (other_x, other_y)) = (places[at], places[*other]);
            (x - other_x).abs() < LABEL.0 && (y - other_y).abs() < LABEL.1
        };
        if !labelled.iter().any(is_near) {
            labelled.push(at);
        }
    }
    (0..places.len()).map(|at| labelled.contains(&at)).collect()
}

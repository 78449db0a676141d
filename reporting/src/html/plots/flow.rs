//! The flow of cases between the levels of two versions: left the reference's, right the version's, the highest on top.

use amparo_evaluation::measure::Count;
use amparo_evaluation::report::{Reclassification, ReclassificationCell};

use super::figure::Figure;
use crate::html::svg::{Svg, shorten};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

const WIDTH: f64 = 340.0;
const LEFT: f64 = 104.0;
const RIGHT: f64 = 236.0;
const BAR: f64 = 9.0;
const TOP: f64 = 22.0;
const HEIGHT: f64 = 190.0;
const GAP: f64 = 14.0;

/// One figure for each version with the same levels as the reference.
pub(in crate::html) fn flow(view: &View<'_>) -> Vec<Figure> {
    let reclassification =
        view.report.reclassification.iter().filter(|reclassification| !reclassification.cells.is_empty());
    reclassification.enumerate().map(|(at, reclassification)| figure(view, reclassification, at)).collect()
}

fn figure(view: &View<'_>, reclassification: &Reclassification, at: usize) -> Figure {
    let levels = levels(reclassification);
    let all: f64 = reclassification.cells.iter().map(|cell| rows(cell.n)).sum();
    let scale = HEIGHT / all.max(1.0);
    let bottom = TOP + HEIGHT + GAP * levels.len() as f64;
    let mut svg = Svg::new(WIDTH, bottom + 4.0);
    svg.text("end soft", (LEFT + BAR, TOP - 10.0), &shorten(&reclassification.against, 20));
    svg.text("end soft", (WIDTH, TOP - 10.0), &shorten(&reclassification.name, 22));
    // Where the bar of each level starts, on both sides.
    let mut tops = [Vec::new(), Vec::new()];
    for (side, tops) in tops.iter_mut().enumerate() {
        let mut y = TOP;
        for level in &levels {
            let cells = reclassification.cells.iter().filter(|cell| end(cell, side) == *level);
            let height = cells.map(|cell| rows(cell.n)).sum::<f64>() * scale;
            let (x, class, text_x) =
                if side == 0 { (LEFT, "end", LEFT - 6.0) } else { (RIGHT, "", RIGHT + BAR + 6.0) };
            svg.rect("stand", (x, y), (BAR, height.max(1.0)));
            let name = if side == 0 { &reclassification.against } else { &reclassification.name };
            let words = format!("{} {}", shorten(view.level(level), 12), at_level(view, name, level));
            svg.text(&format!("{class} halo"), (text_x, y + height / 2.0 + 4.0), &words);
            tops.push(y);
            y += height + GAP;
        }
    }
    // Those that stay first, so that those that move are drawn over them.
    for stay in [true, false] {
        for (from, source) in levels.iter().enumerate() {
            for (to, target) in levels.iter().enumerate().filter(|(to, _)| (*to == from) == stay) {
                let cell =
                    reclassification.cells.iter().find(|cell| cell.from == *source && cell.to == *target);
                let height = cell.map_or(0.0, |cell| rows(cell.n)) * scale;
                if height <= 0.0 {
                    continue;
                }
                // The order within a bar is the order of the other side, so that ribbons cross as little as can be.
                let before = |side: usize, own: &str, other: usize| -> f64 {
                    let above = &levels[..other];
                    let cells = reclassification.cells.iter().filter(|cell| end(cell, side) == own);
                    cells
                        .filter(|cell| above.contains(&end(cell, 1 - side)))
                        .map(|cell| rows(cell.n))
                        .sum::<f64>()
                        * scale
                };
                let left = tops[0][from] + before(0, source, to);
                let right = tops[1][to] + before(1, target, from);
                let class = match to.cmp(&from) {
                    std::cmp::Ordering::Less => "ribbon up",
                    std::cmp::Ordering::Equal => "ribbon stay",
                    std::cmp::Ordering::Greater => "ribbon down",
                };
                let (left, right) = ((LEFT + BAR, left, left + height), (RIGHT, right, right + height));
                svg.ribbon(class, left, right);
            }
        }
    }
    let title = tell!(view.lang, "De los niveles de {} a los de {}", "From the levels of {} to those of {}"; reclassification.against, reclassification.name);
    let svg = svg.finish(&format!("flow-{at}"), &title, &in_words(view, reclassification));
    let share = |measure| view.numbers.measure(Unit::Share, measure, false);
    let note = tell!(view.lang, "suben {}; bajan {}", "up {}; down {}"; share(&reclassification.up), share(&reclassification.down));
    Figure::new(reclassification.name.clone(), Some(note), svg)
}

/// The levels from the highest.
pub(in crate::html) fn levels(reclassification: &Reclassification) -> Vec<&str> {
    let mut levels: Vec<&str> = Vec::new();
    for cell in &reclassification.cells {
        for level in [cell.from.as_str(), cell.to.as_str()] {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
    }
    levels.reverse();
    levels
}

fn end(cell: &ReclassificationCell, side: usize) -> &str {
    if side == 0 { &cell.from } else { &cell.to }
}

/// Rows to draw for a count; few are drawn as one, the thinnest line there is.
fn rows(count: Count) -> f64 {
    match count {
        Count::Exact(count) => count as f64,
        Count::Few { .. } => 1.0,
    }
}

/// The rows of a version at a level, as the report counts them; nothing where it does not.
fn at_level(view: &View<'_>, name: &str, level: &str) -> String {
    let levels = view.report.scored(name).into_iter().flat_map(|one| &one.levels);
    let row = levels.into_iter().find(|row| row.level == level);
    row.map(|row| view.numbers.rows(row.n)).unwrap_or_default()
}

fn in_words(view: &View<'_>, reclassification: &Reclassification) -> String {
    let cells = reclassification.cells.iter().filter(|cell| rows(cell.n) > 0.0).map(|cell| {
        tell!(
            view.lang,
            "de {} a {}: {} casos, con el suceso {}",
            "from {} to {}: {} cases, with the outcome {}";
            view.level(&cell.from),
            view.level(&cell.to),
            view.numbers.rows(cell.n),
            view.numbers.rows(cell.events)
        )
    });
    cells.collect::<Vec<_>>().join("; ") + "."
}

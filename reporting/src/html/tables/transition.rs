//! The transition plan as tables: who would change level, what each position gives and costs, and the gaps between groups.

use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Moved, Position, Transition, key};

use super::table::{Body, Cell, Row, Table, cell, columns, dash, one_body, unit_cell, unknown};
use crate::html::plots::level_ids;
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::{View, title_key};

/// The tables of one plan, whose place among the plans is part of their ids.
pub(in crate::html) fn transition(view: &View<'_>, plan: &Transition, at: usize) -> Vec<Table> {
    [Some(moves(view, plan, at)), Some(whole(view, plan, at)), by_level(view, plan, at), gaps(view, plan, at)]
        .into_iter()
        .flatten()
        .collect()
}

/// How many cases change level, up and down: all, with and without the outcome.
fn moves(view: &View<'_>, plan: &Transition, at: usize) -> Table {
    let rows = plan.positions.iter().map(|one| {
        let parts = one.moves.as_ref().map(|moves| [&moves.all, &moves.events, &moves.others]);
        let of_part = |part: &Moved| {
            [(&part.up, part.n_up), (&part.down, part.n_down)].map(|(share, n)| {
                let cell = unit_cell(view, Unit::Share, share, false);
                let count = tell!(view.lang, "({} filas)", "({} rows)"; view.numbers.rows(n));
                let note = cell.note.map_or(count.clone(), |reason| format!("{count} {reason}"));
                Cell { note: Some(note), ..cell }
            })
        };
        let cells = match parts {
            Some(parts) => parts.into_iter().flat_map(of_part).collect(),
            None => std::iter::repeat_with(dash).take(6).collect(),
        };
        Row { cells, ..head(view, one) }
    });
    Table {
        id: format!("transition-{at}-moves"),
        caption: tell!(view.lang, "Filas en otro nivel que con {}", "Rows at another level than by {}"; plan.against),
        stacked: true,
        corner: "dial",
        columns: columns(view.lang.pick(
            [
                "suben",
                "bajan",
                "con el suceso: suben",
                "con el suceso: bajan",
                "sin el suceso: suben",
                "sin el suceso: bajan",
            ],
            [
                "up",
                "down",
                "with the outcome: up",
                "with the outcome: down",
                "without the outcome: up",
                "without the outcome: down",
            ],
        )),
        bodies: one_body(rows),
    }
}

/// Protection and overload, ranking and error.
fn whole(view: &View<'_>, plan: &Transition, at: usize) -> Table {
    let keys = ["protection", "overload", "auc", "brier"];
    Table {
        id: format!("transition-{at}-whole"),
        caption: view
            .lang
            .pick("Protección y sobrecarga, orden y error", "Protection and overload, ranking and error")
            .to_owned(),
        stacked: true,
        corner: "dial",
        columns: keys.iter().map(|key| view.title(key)).collect(),
        bodies: one_body(plan.positions.iter().map(|one| measured(view, one, &keys))),
    }
}

/// How many cases each level or above asks for, and how many of those with the outcome it reaches; `None` without levels.
fn by_level(view: &View<'_>, plan: &Transition, at: usize) -> Option<Table> {
    let bodies: Vec<Body> = level_ids(view, plan)
        .into_iter()
        .map(|level| {
            let keys = ["selection_rate", "recall"].map(|metric| key(metric, Some(level)));
            let keys = [keys[0].as_str(), keys[1].as_str()];
            Body {
                heading: Some(tell!(view.lang, "{}, o más", "{} or above"; view.level(level))),
                rows: plan.positions.iter().map(|one| measured(view, one, &keys)).collect(),
            }
        })
        .collect();
    (!bodies.is_empty()).then(|| Table {
        id: format!("transition-{at}-levels"),
        caption: view
            .lang
            .pick(
                "Casos que pide cada nivel, y casos con el suceso a los que llega",
                "Cases that each level asks for, and cases with the outcome that it reaches",
            )
            .to_owned(),
        stacked: false,
        corner: "dial",
        columns: columns(view.lang.pick(
            ["proporción de los casos", "proporción de los casos con el suceso"],
            ["share of the cases", "share of the cases with the outcome"],
        )),
        bodies,
    })
}

/// Gaps in recall at the level that stands for all, one row a pair of labels, one column a position; `None` without groups.
fn gaps(view: &View<'_>, plan: &Transition, at: usize) -> Option<Table> {
    let shown = title_key(view.report, "recall");
    let first = plan.positions.first()?;
    let pairs = first.gaps.iter().filter(|gap| gap.metric == shown);
    let mut bodies: Vec<Body> = Vec::new();
    for pair in pairs {
        let cells = plan.positions.iter().map(|one| {
            let is_it = |gap: &&amparo_evaluation::report::PositionGap| {
                gap.metric == shown
                    && (&gap.group, &gap.label, &gap.against) == (&pair.group, &pair.label, &pair.against)
            };
            let Some(gap) = one.gaps.iter().find(is_it) else { return unknown(view, Reason::NotInReport) };
            let change = gap.change.as_ref().filter(|change| change.value().is_some());
            let second = change.map(|change| Box::new(unit_cell(view, Unit::Share, change, true)));
            Cell { second, ..unit_cell(view, Unit::Share, &gap.measure, true) }
        });
        let row = Row {
            head: tell!(view.lang, "«{}» menos «{}»", "\u{201c}{}\u{201d} minus \u{201c}{}\u{201d}"; pair.label, pair.against),
            note: None,
            cells: cells.collect(),
        };
        match bodies.last_mut().filter(|body| body.heading.as_deref() == Some(&pair.group)) {
            Some(body) => body.rows.push(row),
            None => bodies.push(Body { heading: Some(pair.group.clone()), rows: vec![row] }),
        }
    }
    (!bodies.is_empty()).then(|| Table {
        id: format!("transition-{at}-gaps"),
        caption: tell!(view.lang, "Diferencias entre grupos. {}", "Differences between groups. {}"; view.title(&shown)),
        stacked: true,
        corner: view.lang.pick("grupo", "group"),
        columns: plan
            .positions
            .iter()
            .map(|one| format!("dial {}", view.numbers.fixed(one.dial, 2)))
            .collect(),
        bodies,
    })
}

/// Measures of a position, each with its difference from the reference below.
fn measured(view: &View<'_>, one: &Position, keys: &[&str]) -> Row {
    let cells = keys.iter().map(|key| {
        let Some(measure) = one.measures.get(*key) else { return unknown(view, Reason::NotInReport) };
        let apart = one.differences.get(*key).filter(|difference| difference.value().is_some());
        let second = apart.map(|difference| Box::new(cell(view, key, difference, true)));
        Cell { second, ..cell(view, key, measure, false) }
    });
    Row { cells: cells.collect(), ..head(view, one) }
}

fn head(view: &View<'_>, one: &Position) -> Row {
    Row { head: view.numbers.fixed(one.dial, 2), note: Some(one.name.clone()), cells: Vec::new() }
}

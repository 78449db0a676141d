//! The transition plan on the page: its numbers, words and drawings.

use amparo_evaluation::report::{Report, Transition};

use super::super::render;
use super::markup;
use crate::made_up::REPORT;
use crate::telling::Lang;
use crate::telling::number::{Numbers, Unit};

fn plan(report: &Report) -> &Transition {
    assert_eq!(report.transitions.len(), 1);
    &report.transitions[0]
}

#[test]
fn every_number_of_the_plan_is_on_the_page_in_both_languages() {
    for lang in [Lang::En, Lang::Es] {
        let numbers = Numbers { lang };
        let page = render(&REPORT, lang).unwrap();
        let start = page.find("<section aria-labelledby=\"transition\">").unwrap();
        let end = page[start..].find("</section>").unwrap();
        let section = markup::text(&page[start..start + end]);
        let mut told = 0;
        for one in &plan(&REPORT).positions {
            let moved = one.moves.iter().flat_map(|moves| [&moves.all, &moves.events, &moves.others]);
            for part in moved {
                for (share, n) in [(&part.up, part.n_up), (&part.down, part.n_down)] {
                    assert!(section.contains(&numbers.rows(n)), "{} {n}", one.name);
                    let Some(value) = share.value() else { continue };
                    assert!(section.contains(&numbers.value(Unit::Share, value)), "{} {value}", one.name);
                    told += 1;
                }
            }
            for (key, measure) in &one.measures {
                let Some(value) = measure.value() else { continue };
                let unit = Unit::of(key.split('@').next().unwrap());
                assert!(section.contains(&numbers.value(unit, value)), "{} {key} {value}", one.name);
                told += 1;
            }
        }
        assert!(told > 80, "{told}");
        // A wrong answer would fail: a share that no position has.
        assert!(!section.contains(&numbers.value(Unit::Share, 0.987_654)));
    }
}

#[test]
fn each_drawing_tells_every_position() {
    let html = render(&REPORT, Lang::En).unwrap();
    for id in ["level-0", "level-1", "up", "down", "use", "auc", "brier"] {
        let from =
            html.find(&format!("<desc id=\"transition-0-{id}-desc\">")).unwrap_or_else(|| panic!("{id}"));
        let desc = &html[from..from + html[from..].find("</desc>").unwrap()];
        for one in &plan(&REPORT).positions {
            let is_told = desc.contains(&format!("({})", one.name));
            let has_moves = one.moves.is_some() || !["up", "down"].contains(&id);
            assert_eq!(is_told, has_moves, "{id} {}", one.name);
        }
    }
}

#[test]
fn positions_without_numbers_say_so() {
    let mut report = REPORT.clone();
    for one in &mut report.transitions[0].positions {
        one.measures.clear();
        one.differences.clear();
        one.moves = None;
    }
    let html = render(&report, Lang::En).unwrap();
    assert!(markup::read(&html).is_ok(), "{:?}", markup::read(&html).err());
    assert!(html.contains("not in the report") || html.contains("not known"));
    assert!(!html.contains("transition-0-level-0"));
}

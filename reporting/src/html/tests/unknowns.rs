//! The curve over the share of unknown answers.

use amparo_evaluation::input::Kind;
use amparo_evaluation::report::Report;

use super::super::render;
use super::markup;
use crate::made_up::REPORT;
use crate::telling::Lang;
use crate::telling::number::{Numbers, Unit};

/// The versions of the made-up report as if they were one, with 0, 10, 20, ... % of its answers unknown.
fn report() -> Report {
    let mut report = REPORT.clone();
    let mut tenths = 0.0;
    for one in &mut report.scored {
        if let Kind::Version { more_unknown, .. } = &mut one.kind {
            *more_unknown = Some(tenths / 10.0);
            tenths += 1.0;
        }
    }
    report
}

/// The description of a drawing.
fn desc<'a>(html: &'a str, id: &str) -> &'a str {
    let from = html.find(&format!("<desc id=\"{id}-desc\">")).unwrap();
    &html[from..from + html[from..].find("</desc>").unwrap()]
}

#[test]
fn area_and_what_is_lost_are_told_at_every_share() {
    let report = report();
    for lang in [Lang::En, Lang::Es] {
        let numbers = Numbers { lang };
        let html = render(&report, lang).unwrap();
        assert!(markup::read(&html).is_ok(), "{:?}", markup::read(&html).err());
        let [areas, lost] = ["unknowns-auc", "unknowns-auc-difference"].map(|id| desc(&html, id));
        let mut told = 0;
        for one in &report.scored {
            let Kind::Version { more_unknown: Some(share), .. } = one.kind else { continue };
            let share = numbers.value(Unit::Share, share);
            assert!(areas.contains(&share) && lost.contains(&share), "{share}");
            let area = one.overall["auc"].value().unwrap();
            assert!(areas.contains(&numbers.value(Unit::Decimal, area)), "{area}");
            if let Some(difference) = report.difference(&one.name, "auc") {
                let (text, _) = numbers.difference(Unit::Decimal, difference.value().unwrap(), None);
                assert!(lost.contains(&text), "{text} in {lost}");
                told += 1;
            }
        }
        assert_eq!(told, 7);
        // A wrong answer would fail: a number that no share has.
        assert!(!areas.contains(&numbers.value(Unit::Decimal, 0.123)));
    }
}

#[test]
fn higher_areas_are_drawn_higher_and_larger_shares_further_right() {
    let report = report();
    let html = render(&report, Lang::En).unwrap();
    let from = html.find("<desc id=\"unknowns-auc-desc\">").unwrap();
    let drawing = &html[from..from + html[from..].find("</svg>").unwrap()];
    let from = drawing.find("<polyline class=\"line blue solid\" points=\"").unwrap();
    let points = drawing[from..].split('"').nth(3).unwrap();
    let places: Vec<(f64, f64)> = points
        .split(' ')
        .map(|point| point.split_once(',').unwrap())
        .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
        .collect();
    let areas: Vec<f64> = report
        .scored
        .iter()
        .filter(|one| matches!(one.kind, Kind::Version { .. }))
        .map(|one| one.overall["auc"].value().unwrap())
        .collect();
    assert_eq!(places.len(), areas.len());
    for (places, areas) in places.windows(2).zip(areas.windows(2)) {
        assert!(places[1].0 > places[0].0);
        let (rise, up) = (areas[1] - areas[0], places[0].1 - places[1].1);
        assert!(rise.abs() < 1e-3 || rise.is_sign_positive() == up.is_sign_positive(), "{rise} {up}");
    }
}

#[test]
fn other_reports_have_no_such_section() {
    assert!(!render(&REPORT, Lang::En).unwrap().contains("id=\"unknowns\""));
}

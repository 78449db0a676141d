//! The classes of an ordered outcome on the page: their numbers and words.

use amparo_evaluation::measure::{Count, Measure};
use amparo_evaluation::report::{Classes, Report};

use super::super::render;
use super::markup;
use crate::csv::csv;
use crate::made_up::REPORT;
use crate::telling::Lang;
use crate::telling::number::{Numbers, Unit};

fn section(report: &Report, lang: Lang) -> String {
    let page = render(report, lang).unwrap();
    let start = page.find("<section aria-labelledby=\"classes-title\">").unwrap();
    let end = page[start..].find("</section>").unwrap();
    markup::text(&page[start..start + end])
}

fn made_up() -> &'static Classes {
    REPORT.classes.as_ref().unwrap()
}

#[test]
fn every_number_is_on_the_page_in_both_languages() {
    for lang in [Lang::En, Lang::Es] {
        let (numbers, section) = (Numbers { lang }, section(&REPORT, lang));
        let is_there = |unit: Unit, measure: &Measure| match measure.value().zip(measure.interval()) {
            Some((value, interval)) => {
                section.contains(&numbers.value(unit, value))
                    && section.contains(&numbers.interval(unit, interval))
            }
            None => section.contains(&numbers.not_known(measure.reason().unwrap())),
        };
        for one in &made_up().judged {
            for measure in [&one.kappa_quadratic, &one.ranked_probability_score, &one.macro_f1] {
                assert!(is_there(Unit::Decimal, measure), "{measure:?}");
            }
            for class in &one.by_class {
                for measure in [&class.recall, &class.precision, &class.higher] {
                    assert!(is_there(Unit::Share, measure), "{measure:?}");
                }
                assert!(
                    section.contains(&numbers.rows(class.n)) && section.contains(&numbers.rows(class.told))
                );
            }
            assert!(one.cells.iter().all(|cell| section.contains(&numbers.rows(cell.n))));
        }
        // A wrong answer would fail: a number that nothing has.
        assert!(!section.contains(&numbers.value(Unit::Decimal, 0.987_654)));
    }
}

#[test]
fn the_classes_what_is_not_known_and_what_is_not_judged_are_said() {
    let words = [
        (
            Lang::En,
            [
                "none, injury, grave. The event is injury or a higher class.",
                "The class of 43 assessments is not known",
                "vpr@9 has thresholds, but they were fitted or calibrated on these very rows",
                "by the most probable class",
                "by its level",
                "are of a higher class",
            ],
        ),
        (
            Lang::Es,
            [
                "none, injury, grave. El suceso es injury o una clase más alta.",
                "De 43 valoraciones no se conoce la clase",
                "vpr@9 tiene umbrales, pero se ajustaron o se calibraron con estas mismas filas",
                "por la clase más probable",
                "por su nivel",
                "es de una clase más alta",
            ],
        ),
    ];
    for (lang, words) in words {
        let section = section(&REPORT, lang);
        words.into_iter().for_each(|words| assert!(section.contains(words), "{words}: {section}"));
    }
    let mut bare = REPORT.clone();
    let classes = bare.classes.as_mut().unwrap();
    (classes.unknown, classes.judged, classes.not_judged) = (Count::Exact(0), Vec::new(), Vec::new());
    let section = section(&bare, Lang::En);
    assert!(section.contains("No version gives probabilities of the classes"), "{section}");
    assert!(!section.contains("is not known:") && !section.contains("has thresholds"));
}

#[test]
fn without_classes_there_is_no_section() {
    let mut report = REPORT.clone();
    report.classes = None;
    let page = render(&report, Lang::En).unwrap();
    assert!(!page.contains("classes-title") && !page.contains("Classes of an ordered outcome"));
    assert!(!csv(&report).contains("\r\nclass") && csv(&REPORT).contains("\r\nclass"));
}

#[test]
fn every_number_is_in_the_table_of_all() {
    let table = csv(&REPORT);
    let lines = |kind: &str| table.lines().filter(|line| line.starts_with(&format!("{kind},"))).count();
    // Three classes and the rows without one; three numbers each and a version that is not judged; five a class; nine pairs.
    assert_eq!([lines("class"), lines("classes"), lines("class_told"), lines("class_cell")], [4, 7, 30, 18]);
    for value in ["0.4321", "0.1432", "0.5123"] {
        assert!(table.contains(value), "{value}");
    }
}

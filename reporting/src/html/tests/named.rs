//! What the page names: labels that comparisons leave out, and declared directions that the rows contradict.

use amparo_datasets::Polarity;
use amparo_evaluation::report::{ContradictedDirection, LeftOut, ReferenceBy, VersionDirections};

use super::*;

#[test]
fn the_page_names_the_labels_that_are_left_out_and_why() {
    let mut report = REPORT.clone();
    for one in &mut report.scored {
        let table = &mut one.groups[0];
        let label =
            table.rows.iter().map(|row| row.label.clone()).find(|label| *label != table.reference).unwrap();
        table.gaps.retain(|gap| gap.label != label);
        for spread in &mut table.max_min_differences {
            spread.left_out = vec![LeftOut { label: label.clone(), reason: Reason::NotRecorded }];
        }
        table.unknown = vec![label];
        table.reference_by = ReferenceBy::Stated;
    }
    let missing = report.scored[0].groups[2].gaps.iter_mut().find(|gap| gap.metric == "recall@high").unwrap();
    (missing.measure, missing.simultaneous, missing.equivalence) =
        (Measure::undefined(Reason::NoRows), None, None);
    let missing = missing.label.clone();
    let unknown = report.scored[0].groups[0].unknown[0].clone();
    for (lang, words) in [
        (
            Lang::En,
            [
                "(stated); not recorded, and therefore in no comparison:",
                "not recorded: no label among others",
                "Nothing was recorded of these rows, and they enter no comparison between labels:",
                "labels left out",
            ],
        ),
        (
            Lang::Es,
            [
                "(declarada); sin dato, y por tanto en ninguna comparación:",
                "no consta: no es una etiqueta entre otras",
                "Estas filas no tienen dato y no entran en ninguna comparación entre etiquetas:",
                "etiquetas que no entran",
            ],
        ),
    ] {
        let html = render(&report, lang).unwrap();
        for words in words.into_iter().chain([unknown.as_str(), missing.as_str()]) {
            assert!(html.contains(words), "{words}");
        }
        let plain = render(&REPORT, lang).unwrap();
        assert!(!plain.contains(words[0]) && !plain.contains(words[2]));
    }
}

#[test]
fn the_page_says_which_declared_directions_the_rows_contradict() {
    let mut report = REPORT.clone();
    assert!(!render(&report, Lang::En).unwrap().contains("Declared directions"), "no manifest is known");
    report.directions = vec![VersionDirections {
        name: report.context.subject.clone(),
        examined: 3,
        contradicted: vec![ContradictedDirection {
            indicator: "I07".to_owned(),
            declared: Polarity::Protective,
            per_step: 0.06,
            low: 0.04,
            high: 0.08,
        }],
        without_effect: vec!["I09".to_owned()],
        left_out: vec!["I11".to_owned()],
    }];
    for (lang, words) in [
        (
            Lang::En,
            [
                "Declared directions",
                "I07: declared as protective",
                "do not change the score: I09.",
                "whose answers do not count: I11.",
            ],
        ),
        (
            Lang::Es,
            [
                "Direcciones declaradas",
                "I07: declarado como protección",
                "no cambian la puntuación: I09.",
                "cuyas respuestas no cuentan: I11.",
            ],
        ),
    ] {
        let html = render(&report, lang).unwrap();
        words.iter().for_each(|words| assert!(html.contains(words), "{words}"));
    }
    assert!(crate::csv::csv(&report).contains("I07"));
    report.directions[0].contradicted.clear();
    assert!(render(&report, Lang::En).unwrap().contains("none of the 3 indicators examined"));
    report.directions[0].examined = 0;
    let html = render(&report, Lang::En).unwrap();
    assert!(
        html.contains("enforced a declared direction for no indicator")
            && !html.contains("indicators examined")
    );
    report.directions[0].name = "another".to_owned();
    assert!(!render(&report, Lang::En).unwrap().contains("Declared directions"));
}

#[test]
fn notes_of_the_cohort_stand_at_the_top_and_in_the_table() {
    let mut report = REPORT.clone();
    for (lang, title) in [(Lang::En, "Notes of the cohort:"), (Lang::Es, "Notas de la cohorte:")] {
        let html = render(&report, lang).unwrap();
        let (title, note) =
            (html.find(title).unwrap(), html.find("The interviews of &lt;2019&gt; were").unwrap());
        assert!(title < note && note < html.find("<nav").unwrap());
    }
    assert!(crate::csv::csv(&report).contains("The interviews of <2019> were typed in by hand."));
    report.context.notes.clear();
    assert!(!render(&report, Lang::En).unwrap().contains("Notes of the cohort"));
}

#![expect(clippy::unwrap_used, reason = "tests")]

mod stacking;

use std::collections::BTreeMap;

use amparo_datasets::split::Cuts;
use amparo_evaluation::report::Effects;
use amparo_models::artefact::{
    CalibrationRecord, DirectionRecord, SplitRecord, TrainingRecord, TriedCalibration,
};
use amparo_models::learned::Compared;

use super::markdown::plain;
use super::tripod_ai::item_numbers;
use super::{Run, Subject, WideIndicator, annex_iv, card, tripod_ai};
use crate::made_up::REPORT;
use crate::telling::Lang;
use crate::telling::view::View;

const NAME: &str = "vpr@hybrid-1.00";

fn record() -> TrainingRecord {
    TrainingRecord {
        candidate: "hybrid-1.00".into(),
        cohort_fingerprint: "sha256:feed".into(),
        cohort_title: "spring <cohort> | 2025".into(),
        synthetic: Some("Made up, all of it.".into()),
        lethality: None,
        outcome: "new_assault".into(),
        horizon_days: Some(180),
        split: SplitRecord::CrossFit {
            folds: 5,
            repeats: 2,
            seed: 1,
            by: Default::default(),
            shared_cases: Default::default(),
        },
        cuts: None,
        n_rows: BTreeMap::from([("fit".to_owned(), 9_000)]),
        out_of_fold: None,
        calibration: None,
        stacking: None,
        ordered: None,
        imported: None,
        recalibration: None,
        sample_size: None,
        code_version: "0.1.0".into(),
        metrics: BTreeMap::from([("test".to_owned(), BTreeMap::from([("auc".to_owned(), 0.7123)]))]),
        period: None,
        accepted_leaks: Vec::new(),
        directions: vec![direction("I01", -0.05, -0.01), direction("I02", -0.02, 0.01)],
        notes: vec!["a note of the training".into()],
    }
}

fn direction(indicator: &str, low: f64, high: f64) -> DirectionRecord {
    let declared = amparo_datasets::Polarity::Risk;
    DirectionRecord { indicator: indicator.into(), declared, per_step: (low + high) / 2.0, low, high }
}

fn subject(record: &TrainingRecord) -> Subject<'_> {
    Subject {
        name: NAME.into(),
        digest: Some("sha256:abcd".into()),
        published_at: Some("2026-01-02T03:04:05Z".into()),
        family: "hybrid",
        dial: 1.0,
        calibrator: "logistic",
        instrument: Some("vpr5.0-h (sha256:1)".into()),
        protocol: Some("es-2025 (sha256:2)".into()),
        cut_points: ["Los cortes son nuestros.", "The cut-points are ours."],
        never_below_baseline: None,
        background: 9_000,
        smallest_cell: 12,
        effects: Effects { without_effect: vec!["I03".into(), "I04".into()], left_out: vec!["I06".into()] },
        wide: vec![],
        needed_rows: Some(10),
        compared: Compared::Rows,
        unlearned: vec!["new_assault: I05 (unknown)".into()],
        record,
    }
}

const RUN: Run<'_> = Run { at: "2026-02-03T04:05:06Z", code_version: "0.1.0", report_digest: "sha256:beef" };

#[test]
fn every_document_says_what_the_report_says_and_leaves_the_rest_open() {
    let (report, record) = (REPORT.clone(), record());
    let subject = subject(&record);
    let one = report.scored(NAME).unwrap();
    for lang in [Lang::En, Lang::Es] {
        let numbers = crate::telling::number::Numbers { lang };
        let auc = one.overall["auc"].value().unwrap();
        let auc = numbers.value(crate::telling::number::Unit::Decimal, auc);
        let wrong = numbers.value(crate::telling::number::Unit::Decimal, 0.987);
        let blank = lang.pick("A rellenar por la autoridad:", "To be filled in by the authority:");
        let documents = [
            card(&subject, Some(&report), lang),
            annex_iv(&report, &subject, &RUN, lang),
            tripod_ai(&report, &subject, &RUN, lang),
        ];
        for text in &documents {
            assert!(text.contains(&auc) && !text.contains(&wrong), "{auc}");
            assert!(text.contains(blank));
            assert!(text.contains("a note of the training"));
            assert!(text.contains(lang.pick("Los cortes son nuestros.", "The cut-points are ours.")));
            assert!(!text.contains("<cohort>") && text.contains("spring &lt;cohort> \\| 2025"), "{text}");
            for gone in ["NaN", "None)", "Some("] {
                assert!(!text.contains(gone), "{gone}");
            }
        }
        assert!(documents[1].contains("sha256:beef") && documents[1].contains("2026-02-03T04:05:06Z"));
        assert!(documents[1].contains("sha256:00"), "each version's digest stands in the test log");
    }
}

#[test]
fn the_card_states_how_the_calibrator_was_chosen_and_what_its_interval_is() {
    let written = |calibrator: &'static str, calibration| {
        let record = TrainingRecord { calibration, ..record() };
        [Lang::En, Lang::Es].map(|lang| card(&Subject { calibrator, ..subject(&record) }, None, lang))
    };
    let tried = |method: &str, log_loss, problem: Option<&str>| TriedCalibration {
        method: method.to_owned(),
        log_loss,
        problem: problem.map(str::to_owned),
    };
    let chosen = CalibrationRecord {
        method: "venn_abers".to_owned(),
        folds: Some(5),
        tried: vec![
            tried("platt", Some(0.512_344), None),
            tried("venn_abers", Some(0.498_761), None),
            tried("beta", None, Some("too few scores")),
        ],
    };
    let [en, es] = written("venn_abers", Some(chosen));
    for said in
        ["| platt | 0.51234 |", "| venn\\_abers | 0.49876 |", "too few scores", "they are no 95 % confidence"]
    {
        assert!(en.contains(said), "{said}: {en}");
    }
    assert!(es.contains("0,51234") && es.contains("no son un intervalo de confianza"), "{es}");
    let [en, _] = written("platt", Some(CalibrationRecord::only("platt_smoothed")));
    assert!(
        en.contains("platt\\_smoothed") && en.contains("not compared with others") && !en.contains("Venn"),
        "{en}"
    );
    // A version from before this was recorded says nothing of it.
    let [en, _] = written("platt", None);
    assert!(!en.contains("becomes a probability"), "{en}");
}

#[test]
fn the_card_states_where_a_temporal_split_cut() {
    let cuts = |gap_days, n_cases_left_out, n_cases_without_day| {
        let [calibrate_from, test_from] = ["2025-02-22", "2025-03-22"].map(|day| day.parse().unwrap());
        Some(Cuts {
            calibrate_from,
            test_from,
            gap_days,
            n_cases_left_out,
            n_cases_without_day,
            n_rows_without_day: 2 * n_cases_without_day,
        })
    };
    for lang in [Lang::En, Lang::Es] {
        let of = |cuts| {
            let record = TrainingRecord { cuts, ..record() };
            card(&subject(&record), None, lang)
        };
        let (gap, none, at_random) = (of(cuts(10, 7, 3)), of(cuts(0, 0, 0)), of(None));
        let days = lang.pick(
            "la parte calibrate empieza el 2025-02-22 y la parte test el 2025-03-22",
            "the calibrate part begins on 2025-02-22, the test part on 2025-03-22",
        );
        let left = lang.pick("7 casos no están en ninguna", "7 cases are in no part");
        let no_gap = lang.pick("No se deja ningún intervalo", "No gap is left");
        let undated = lang.pick(
            "De 3 casos (6 filas) no se conoce el día",
            "Of 3 cases (6 rows), the day of an assessment is unknown",
        );
        let says = |text: &str| [days, left, no_gap, undated].map(|said| text.contains(said));
        assert_eq!(says(&gap), [true, true, false, true], "{gap}");
        assert_eq!(says(&none), [true, false, true, false], "{none}");
        assert_eq!(says(&at_random), [false; 4], "{at_random}");
    }
}

/// The card's own sections on results: all but the comparison with the reference and the table of differences from it.
fn own_results(card: &str, lang: Lang) -> String {
    let start = card.find(lang.pick("\n## Análisis cuantitativo", "\n## Quantitative analyses")).unwrap();
    let end = card.find(lang.pick("\n## Consideraciones éticas", "\n## Ethical considerations")).unwrap();
    let comparison = lang.pick("\n### Comparación con", "\n### Comparison with");
    let sections: Vec<&str> = card[start..end].split("\n### ").collect();
    sections
        .into_iter()
        .filter(|section| !format!("\n### {section}").starts_with(comparison))
        .map(|section| format!("\n### {section}"))
        .collect()
}

#[test]
fn the_card_speaks_of_its_own_version() {
    let (report, record) = (REPORT.clone(), record());
    let names: Vec<&str> = report.scored.iter().map(|one| one.name.as_str()).collect();
    for (name, lang) in
        [(NAME, Lang::En), (NAME, Lang::Es), ("vpr@hybrid-0.25", Lang::En), ("vpr@points-1", Lang::Es)]
    {
        let subject = Subject { name: name.to_owned(), ..subject(&record) };
        let text = card(&subject, Some(&report), lang);
        let view = View::new(&report, lang);
        let one = report.scored(name).unwrap();
        // Discrimination, calibration and levels are its own, each with its interval.
        let auc = view.measure("auc", &one.overall["auc"]);
        let own = own_results(&text, lang);
        let said = lang.pick(
            format!("El área bajo la curva ROC de {name} es {auc}"),
            format!("The area under the ROC curve of {name} is {auc}"),
        );
        assert!(auc.contains('[') && own.contains(&plain(&said)), "{said}\n{own}");
        for key in
            ["observed_expected", "calibration_slope", "level_share@high", "level_rate@low", "protection"]
        {
            assert!(own.contains(&plain(&view.measure(key, &one.overall[key]))), "{name} {key}\n{own}");
        }
        // No other version is named where its own results stand, but in the heading of the column of differences.
        let minus = lang.pick("menos vpr@points-1", "minus vpr@points-1");
        let own = own.replace(minus, "");
        for other in names.iter().filter(|other| **other != name) {
            assert!(!own.contains(&plain(other)), "{other} in the card of {name}\n{own}");
        }
        let other = report.scored(if name == NAME { "vpr@hybrid-0.25" } else { NAME }).unwrap();
        let not_its_own = plain(&view.measure("auc", &other.overall["auc"]));
        assert!(not_its_own != plain(&auc) && !own.contains(&not_its_own), "{not_its_own}");
        // What is compared is compared under the reference's name.
        let heading = lang.pick("### Comparación con vpr@points-1", "### Comparison with vpr@points-1");
        assert_eq!(text.contains(heading), name != "vpr@points-1");
    }
}

#[test]
fn synthetic_cohorts_say_so_first() {
    let (report, record) = (REPORT.clone(), record());
    let subject = subject(&record);
    let text = annex_iv(&report, &subject, &RUN, Lang::En);
    let banner = text.find("Generated from the instrument").unwrap();
    assert!(banner < text.find("Version documented").unwrap());
    assert!(card(&subject, None, Lang::En).contains("**Made up, all of it.**"));
}

#[test]
fn a_card_without_a_report_says_that_nothing_was_judged() {
    let record = record();
    let text = card(&subject(&record), None, Lang::En);
    assert!(text.contains(
        "The version had not been evaluated when it was published. `amparo evaluate` writes the card with the results."
    ));
    assert!(text.contains("test: auc 0.7123"));
    let headings = [
        "Model details",
        "Intended use",
        "Factors",
        "Metrics",
        "Evaluation data",
        "Training data",
        "Quantitative analyses",
        "Ethical considerations",
        "Caveats and recommendations",
    ];
    let places: Vec<usize> = headings.iter().map(|h| text.find(&format!("\n## {h}\n")).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn every_item_stands_once_and_in_order() {
    let (report, record) = (REPORT.clone(), record());
    let text = tripod_ai(&report, &subject(&record), &RUN, Lang::En);
    let found: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("## ")?.split_once(". ")).map(|(n, _)| n).collect();
    assert_eq!(found, item_numbers());
    // 52 sub-items of the guideline, less the seven that are about development only.
    assert_eq!(found.len(), 52 - 7);
}

#[test]
fn the_card_names_the_answers_that_were_not_learned() {
    let record = record();
    let some = subject(&record);
    for (lang, few, each) in [
        (
            Lang::En,
            "Fewer than 10 rows of the fit have the following answers.",
            "At least 10 rows of the fit have each",
        ),
        (
            Lang::Es,
            "Menos de 10 filas del ajuste tienen las respuestas siguientes.",
            "la tienen al menos 10 filas",
        ),
    ] {
        let text = card(&some, None, lang);
        assert!(
            text.contains(few) && text.contains("new\\_assault: I05 (unknown)") && !text.contains(each),
            "{text}"
        );
        let text = card(&Subject { unlearned: vec![], ..some.clone() }, None, lang);
        assert!(text.contains(each) && !text.contains(few), "{text}");
        // Rows of unequal weights are fewer than they look.
        let effective = Subject { compared: Compared::EffectiveRows, ..some.clone() };
        let text = card(&effective, None, lang);
        assert!(text.contains("Kish") && !text.contains(few), "{text}");
        let text = card(&Subject { unlearned: vec![], ..effective }, None, lang);
        assert!(text.contains("Kish"), "{text}");
        // Nothing is said of a version of which it is not known.
        let text = card(&Subject { unlearned: vec![], needed_rows: None, ..some.clone() }, None, lang);
        assert!(!text.contains(each) && !text.contains(few));
    }
}

#[test]
fn the_card_has_one_line_for_a_question_with_many_answers() {
    let record = record();
    let town = WideIndicator {
        outcome: "assault".into(),
        indicator: "town".into(),
        n_answers: 250,
        sd: 0.3125,
        pools: vec![(-0.25, 90), (0.0625, 100), (0.5, 30)],
    };
    let some = Subject { wide: vec![town], ..subject(&record) };
    for (lang, line) in [
        (
            Lang::En,
            "assault: town, 220 answers learned of 250, standard deviation of the effects 0.312; effect of each pool (answers): \
             −0.250 (90), 0.062 (100), 0.500 (30).",
        ),
        (
            Lang::Es,
            "assault: town, 220 respuestas aprendidas de 250, desviación típica de los efectos 0,312; efecto de cada grupo \
             (respuestas): −0,250 (90), 0,062 (100), 0,500 (30).",
        ),
    ] {
        let text = card(&some, None, lang);
        assert!(text.contains(line), "{text}");
        let without = card(&subject(&record), None, lang);
        assert!(!without.contains("one pool") && !without.contains("un mismo grupo"));
    }
}

#[test]
fn the_card_names_contradicted_directions_and_indicators_without_effect() {
    let record = record();
    for (lang, said, none, line, flat) in [
        (
            Lang::En,
            "contradict the declared direction of the following indicators",
            "the declared direction of none of the 2 indicators",
            "I01: declared as risk, -0.0300 per answer",
            ["do not change the score: I03, I04.", "whose answers do not count: I06."],
        ),
        (
            Lang::Es,
            "contradicen la dirección declarada de los indicadores siguientes",
            "la dirección declarada de ninguno de los 2 indicadores",
            "I01: declarado como riesgo, -0,0300 por respuesta",
            ["no cambian la puntuación: I03, I04.", "cuyas respuestas no cuentan: I06."],
        ),
    ] {
        let text = card(&subject(&record), None, lang);
        let unescaped = text.replace('\\', "").replace('−', "-");
        for expected in [said, line].into_iter().chain(flat) {
            assert!(unescaped.contains(expected), "{expected} not in {unescaped}");
        }
        // I02 may well go the declared way: its interval holds 0.
        assert!(!unescaped.contains("I02:") && !unescaped.contains(none));
        let mut other = record.clone();
        other.directions = vec![direction("I01", -0.05, 0.01), direction("I02", -0.02, 0.01)];
        let text = card(&Subject { effects: Effects::default(), ..subject(&other) }, None, lang);
        assert!(
            text.contains(none) && !text.contains(said) && !text.contains("I03") && !text.contains("I06"),
            "{text}"
        );
    }
}

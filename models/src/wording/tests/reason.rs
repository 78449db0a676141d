//! Reasons are said in the glossary's words: both languages, no forbidden word, corrected in the file.

use std::collections::BTreeSet;
use std::path::Path;

use super::Glossary;
use crate::Reason;

const FILE: &str = include_str!("../../../wording/glossary.toml");

fn questions() -> Vec<String> {
    vec!["I01".to_owned(), "I02".to_owned()]
}

fn all() -> [Reason; 16] {
    let other_levels = Reason::OtherLevels {
        protocol: "a".to_owned(),
        levels: vec!["l0".to_owned(), "l1".to_owned()],
        other: "b".to_owned(),
        other_levels: vec!["l0".to_owned()],
    };
    [
        Reason::HighestLevel,
        Reason::LowestLevel,
        Reason::NothingCorrectable,
        Reason::NeverRises { correctable: 12 },
        Reason::NeverFalls { correctable: 12 },
        Reason::SearchStopped { sets: 5_000 },
        Reason::DependsOnUnknown { indicators: questions() },
        Reason::NotRuledOut { indicators: questions() },
        Reason::NoLethalityModel,
        Reason::NeverBelow { cut_point: 0.1, lowest: 0.25 },
        Reason::NeverReached { cut_point: 0.8, highest: 0.625 },
        other_levels,
        Reason::PopulationNotKept,
        Reason::TooFewCases { cases: 312, needed: 800 },
        Reason::TooFewRows { rows: 7, needed: 10 },
        Reason::TreesTooDeep { cells: 3_000_000, most: 2_097_152 },
    ]
}

#[test]
fn each_is_said_in_both_languages_without_a_forbidden_word() {
    let glossary = Glossary::built_in().unwrap();
    let mut said = BTreeSet::new();
    for reason in all() {
        let text = glossary.reason(&reason);
        assert_eq!(glossary.forbidden_in(&text), Vec::<&str>::new(), "{text:?}");
        assert!(!text.es.contains(['{', '}']) && text.es != text.en, "{text:?}");
        said.extend([text.es, text.en]);
    }
    assert_eq!(said.len(), 32, "no two are alike");
    // What stood in code before would have been refused.
    let old = "the calibrator gives no probability below 0.1: its lowest is 0.2".to_owned();
    let old = amparo_datasets::Text { es: String::new(), en: old };
    assert_eq!(glossary.forbidden_in(&old), ["probabilit*", "calibrat*"]);
}

#[test]
fn numbers_and_questions_stand_in_them() {
    let glossary = Glossary::built_in().unwrap();
    let said = |reason| glossary.reason(&reason);
    let stopped = said(Reason::SearchStopped { sets: 5_000 });
    assert_eq!(stopped.es, "la búsqueda se detuvo tras 5.000 conjuntos");
    let depends = said(Reason::DependsOnUnknown { indicators: questions() });
    assert_eq!(depends.en, "depends on unknown answers: I01, I02");
    let below = said(Reason::NeverBelow { cut_point: 0.1, lowest: 0.25 });
    assert_eq!(below.es, "ninguna cifra de esta versión está por debajo de 0,1: la más baja es 0,25");
    assert_eq!(below.en, "no number of this version is below 0.1: the lowest is 0.25");
    let few = said(Reason::TooFewCases { cases: 312, needed: 800 });
    assert_eq!(few.es, "hay 312 casos de comparación y hacen falta al menos 800");
    let [.., levels, _, _, _, _] = all();
    assert_eq!(
        said(levels).en,
        "protocol “a” has levels l0, l1, protocol “b” has levels l0: places in one list say nothing about the other"
    );
}

#[test]
fn a_corrected_reason_is_used() {
    let text = FILE.replace("ya es el nivel más alto", "no hay nivel más alto");
    assert_ne!(text, FILE);
    let glossary = Glossary::from_toml(&text, Path::new("words.toml")).unwrap();
    assert_eq!(glossary.reason(&Reason::HighestLevel).es, "no hay nivel más alto");
    assert_eq!(Glossary::built_in().unwrap().reason(&Reason::HighestLevel).es, "ya es el nivel más alto");
}

//! The reasons in an assessment are the glossary's: both languages, no forbidden word, corrected in the file.

use std::collections::BTreeSet;
use std::path::Path;

use super::Glossary;
use crate::wording::reason::Reason;

const FILE: &str = include_str!("../../../wording/glossary.toml");

fn all(questions: &[String]) -> [Reason<'_>; 12] {
    [
        Reason::HighestLevel,
        Reason::LowestLevel,
        Reason::NothingCorrectable,
        Reason::NeverRises(12),
        Reason::NeverFalls(12),
        Reason::Stopped(5_000),
        Reason::HangsOn(questions),
        Reason::NotRuledOut(questions),
        Reason::NoSecond,
        Reason::NeverBelow { cut: 0.1, lowest: 0.25 },
        Reason::NeverReached { cut: 0.8, highest: 0.625 },
        Reason::OtherLevels([("a", "l0, l1"), ("b", "l0")]),
    ]
}

#[test]
fn each_is_said_in_both_languages_without_a_forbidden_word() {
    let glossary = Glossary::built_in().unwrap();
    let questions = ["I01".to_owned(), "I02".to_owned()];
    let mut said = BTreeSet::new();
    for reason in all(&questions) {
        let text = glossary.reason(reason);
        assert_eq!(glossary.forbidden_in(&text), Vec::<&str>::new(), "{text:?}");
        assert!(!text.es.contains(['{', '}']) && text.es != text.en, "{text:?}");
        said.extend([text.es, text.en]);
    }
    assert_eq!(said.len(), 24, "no two are alike");
    // What stood in code before would have been refused.
    let old = "the calibrator gives no probability below 0.1: its lowest is 0.2".to_owned();
    let old = amparo_datasets::Text { es: String::new(), en: old };
    assert_eq!(glossary.forbidden_in(&old), ["probabilit*", "calibrat*"]);
}

#[test]
fn numbers_and_questions_stand_in_them() {
    let glossary = Glossary::built_in().unwrap();
    let questions = ["I01".to_owned(), "I02".to_owned()];
    let said = |reason| glossary.reason(reason);
    assert_eq!(said(Reason::Stopped(5_000)).es, "la búsqueda se detuvo tras 5.000 conjuntos");
    assert_eq!(said(Reason::HangsOn(&questions)).en, "depends on unknown answers: I01, I02");
    let below = said(Reason::NeverBelow { cut: 0.1, lowest: 0.25 });
    assert_eq!(below.es, "ninguna cifra de esta versión está por debajo de 0,1: la más baja es 0,25");
    assert_eq!(below.en, "no number of this version is below 0.1: the lowest is 0.25");
}

#[test]
fn a_corrected_reason_is_used() {
    let text = FILE.replace("ya es el nivel más alto", "no hay nivel más alto");
    assert_ne!(text, FILE);
    let glossary = Glossary::from_toml(&text, Path::new("words.toml")).unwrap();
    assert_eq!(glossary.reason(Reason::HighestLevel).es, "no hay nivel más alto");
    assert_eq!(Glossary::built_in().unwrap().reason(Reason::HighestLevel).es, "ya es el nivel más alto");
}

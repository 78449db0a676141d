//! What a glossary has to be.

use std::path::Path;

use amparo_datasets::Text;

use super::Glossary;

const FILE: &str = include_str!("../../../wording/glossary.toml");

fn read(text: &str) -> Result<Glossary, String> {
    Glossary::from_toml(text, Path::new("words.toml")).map_err(|e| e.to_string())
}

/// The file with one piece replaced; the piece is there once.
fn with(from: &str, to: &str) -> String {
    assert_eq!(FILE.matches(from).count(), 1, "{from}");
    FILE.replace(from, to)
}

#[test]
fn the_built_in_one_is_read() {
    assert!(Glossary::built_in().is_ok(), "{:?}", Glossary::built_in().err());
}

#[test]
fn its_list_of_forbidden_words_has_those_that_matter() {
    let glossary = Glossary::built_in().unwrap();
    let said =
        |es: &str, en: &str| glossary.forbidden_in(&Text { es: es.to_owned(), en: en.to_owned() }).len();
    let english = [
        "this happened because of it",
        "the cause",
        "causes",
        "Caused by",
        "due to",
        "leads to",
        "SHAP",
        "log-odds",
        "the Algorithm",
        "algorithmic",
        "a probability",
        "a model",
        "machine learning",
        "the decision",
        "to blame",
    ];
    for text in english {
        assert!(said("", text) > 0, "{text}");
    }
    let spanish = [
        "la causa",
        "causado",
        "debido a eso",
        "por culpa de él",
        "porque sí",
        "provoca",
        "el algoritmo",
        "SHAP",
        "log-odds",
        "la probabilidad",
        "el modelo",
        "la decisión",
        "a raíz de",
        "gracias a",
    ];
    for text in spanish {
        assert!(said(text, "") > 0, "{text}");
    }
    // Whole words only: none of these is one, and the other language's words are its own.
    assert_eq!(said("Cáucaso, modeló", "becalm, assault, remodel, default"), 0);
    assert_eq!(said("because", "porque"), 0);
}

#[test]
fn a_phrase_that_is_missing_or_unknown_is_refused() {
    let line = FILE.lines().find(|l| l.starts_with("marks = ")).unwrap();
    let missing = read(&FILE.replace(line, "")).unwrap_err();
    assert!(missing.starts_with("`words.toml` is not a glossary: "), "{missing}");
    assert!(missing.contains("`marks` is missing"), "{missing}");
    let unknown =
        read(&FILE.replace(line, &format!("{line}\nextra = {{ es = \"a\", en = \"a\" }}"))).unwrap_err();
    assert!(unknown.contains("`extra` is not one of its names"), "{unknown}");
    let both = read(&FILE.replace(line, "extra = { es = \"a\", en = \"a\" }")).unwrap_err();
    assert!(both.contains("`marks` is missing; `extra` is not one of its names"), "{both}");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let text = with("en = \"Marks on the case: {marks}.\"", "en = \"Marks on the case: {mark}.\"")
        .replace("es = \"{n} horas\"", "es = \"{n horas\"")
        .replace("en = \"{n} days\"", "en = \" \"")
        .replace("es = \"lo que pesa cada respuesta\"", "es = \"lo que {pesa} cada respuesta\"")
        .replace("en = \"a lethal assault\"", "en = \"what the Algorithm calls lethal\"")
        .replace("es = \".\"\n", "es = \"\"\n");
    assert_eq!(
        read(&text).unwrap_err(),
        "glossary `words.toml`: 6 problems\n\
         \x20 - `phrase.days.en` is empty, expected a phrase\n\
         \x20 - `phrase.hours.es`: `{n horas` has a brace without its partner\n\
         \x20 - `phrase.marks.en` holds {mark}, expected {marks}\n\
         \x20 - `phrase.of_weights.es` holds {pesa}, expected no place\n\
         \x20 - `outcome.lethal` uses the forbidden word `algorithm*`\n\
         \x20 - `thousands.es` is empty, expected a phrase"
    );
}

#[test]
fn an_empty_forbidden_word_is_refused() {
    let text = with("\"caus*\", \"debido a\"", "\"*\", \"debido a\"");
    assert_eq!(read(&text).unwrap_err(), "glossary `words.toml`: `forbidden.es` lists an empty word");
}

#[test]
fn a_corrected_sentence_is_used() {
    let text = with("es = \"Marcas del caso: {marks}.\"", "es = \"Señales: {marks}.\"");
    let glossary = read(&text).unwrap();
    let made = super::small();
    let assessment = made.assess(&[0, 0, 0]);
    assert!(glossary.text(made.facts(), &assessment).unwrap().es.contains("Señales: sola en casa."));
    assert!(!made.text(&[0, 0, 0]).es.contains("Señales"));
}

//! What a name of a column or a text seems to say.

/// Small letters without accents, so that `Sí` and `si` are one word.
pub(super) fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    };
    text.trim().to_lowercase().chars().map(plain).collect()
}

/// The words of a name, without accents: `two_year_recid` and `TwoYearRecid` are `two`, `year`, `recid`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut apart = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            apart.push(' ');
        }
        apart.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    folded(&apart).split_whitespace().map(str::to_owned).collect()
}

/// A name as an id: small letters, digits and `_`; none if nothing of it is left.
pub(super) fn id(text: &str) -> Option<String> {
    let folded = folded(text);
    let pieces = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    let id: String = pieces.collect::<Vec<_>>().join("_").chars().take(48).collect();
    let id = id.trim_end_matches('_');
    (!id.is_empty()).then(|| id.to_owned())
}

/// The id, or another that none of `taken` is.
pub(super) fn free(id: String, taken: &[String]) -> String {
    let numbered = (2..).map(|n| format!("{id}_{n}"));
    std::iter::once(id.clone()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or(id)
}

fn has(name: &str, exact: &[&str], beginnings: &[&str]) -> bool {
    words(name)
        .iter()
        .any(|word| exact.contains(&word.as_str()) || beginnings.iter().any(|start| word.starts_with(start)))
}

/// Whether a name speaks of what happened afterwards.
pub(super) fn is_outcome(name: &str) -> bool {
    let beginnings = [
        "recid", "reincid", "reoffend", "rearrest", "outcome", "desenlac", "event", "death", "died",
        "lethal", "fatal", "muert", "fallec", "relaps", "recaid",
    ];
    has(name, &["label", "target", "dead", "y"], &beginnings)
}

/// Whether a name says by when.
pub(super) fn states_a_period(name: &str) -> bool {
    let beginnings = ["year", "month", "week", "19", "20"];
    has(name, &["days", "anys", "ano", "anos", "mes", "meses", "dias", "yr", "yrs"], &beginnings)
}

/// Whether a name is that of a group by which results are compared.
pub(super) fn is_group(name: &str) -> bool {
    let beginnings = [
        "gender",
        "ethnic",
        "nationalit",
        "nacionali",
        "estranger",
        "extranj",
        "foreign",
        "disab",
        "discapa",
    ];
    let exact = [
        "sex", "sexo", "sexe", "genero", "genere", "race", "raza", "etnia", "origin", "origen", "country",
        "pais", "age", "edad", "edat", "language", "lengua", "idioma", "religion",
    ];
    has(name, &exact, &beginnings)
}

/// Whether a name is that of a score that somebody else gave.
pub(super) fn is_score(name: &str) -> bool {
    let of_risk = has(name, &["risk", "riesgo", "risc"], &[]);
    let of_level = has(name, &["level", "nivel", "total", "resumen", "resum", "global"], &[]);
    has(name, &["score", "scores", "rating"], &["decile", "decil", "percentil", "puntuaci"])
        || (of_risk && of_level)
}

/// Whether a name is that of a case.
pub(super) fn is_case(name: &str) -> bool {
    let exact = [
        "id",
        "uuid",
        "case",
        "caso",
        "cas",
        "expediente",
        "expedient",
        "exp",
        "person",
        "persona",
        "pseudonym",
    ];
    has(name, &exact, &[])
}

/// Fewest folds that a name lets expect, if it is that of folds. `cv` is short for other things too, which say yes or no.
pub(super) fn names_folds(name: &str) -> Option<usize> {
    if has(name, &["kfold", "pliegue", "pliegues"], &["fold"]) {
        return Some(2);
    }
    has(name, &["cv"], &[]).then_some(3)
}

/// Whether a name says that the rows are divided, and nothing else.
pub(super) fn names_a_division(name: &str) -> bool {
    matches!(words(name).join(" ").as_str(), "split" | "partition" | "particion" | "particio")
}

/// Whether a name is that of the day of an assessment.
pub(super) fn is_assessment(name: &str) -> bool {
    has(
        name,
        &["intake", "report", "reported"],
        &["screening", "assess", "evalua", "avalua", "valora", "denunci"],
    )
}

/// Whether a text says that something was so (true), or not so (false).
pub(super) fn yes(text: &str) -> Option<bool> {
    match folded(text).as_str() {
        "1" | "1.0" | "yes" | "y" | "si" | "s" | "true" | "t" | "event" => Some(true),
        "0" | "0.0" | "no" | "n" | "false" | "f" => Some(false),
        _ => None,
    }
}

/// Whether a text stands for nothing, wherever it stands.
pub(super) fn is_nothing(text: &str) -> bool {
    matches!(folded(text).as_str(), "" | "na" | "n/a" | "#n/a" | "<na>" | "nan" | "nat" | "null")
}

/// Whether a text says that nobody knows.
pub(super) fn is_unknown(text: &str) -> bool {
    let known = [
        "unknown",
        "not known",
        "not recorded",
        "desconocido",
        "desconocida",
        "se desconoce",
        "no consta",
        "no se sabe",
        "ns/nc",
        "nc",
        "sin datos",
        "desconegut",
        "desconeguda",
    ];
    known.contains(&folded(text).as_str())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words_and_ids() {
        assert_eq!(words("V115_reincidencia_2015"), ["v115", "reincidencia", "2015"]);
        assert_eq!(words("TwoYearRecid"), ["two", "year", "recid"]);
        assert_eq!(id("V67_@3_inici_precoç_violencia").unwrap(), "v67_3_inici_precoc_violencia");
        assert_eq!(id("25 - 45").unwrap(), "25_45");
        assert_eq!(id("???"), None);
        assert_eq!(free("a".to_owned(), &["a".to_owned(), "a_2".to_owned()]), "a_3");
    }

    #[test]
    fn hints_are_whole_words_or_their_beginnings() {
        assert!(is_outcome("V132_REINCIDENCIA_2013") && is_outcome("two_year_recid") && is_outcome("event"));
        assert!(!is_outcome("prior_assault") && !is_outcome("type_of_assessment"));
        assert!(
            states_a_period("two_year_recid") && states_a_period("V132_2013") && !states_a_period("is_recid")
        );
        assert!(
            is_group("V1_sexe") && is_group("age_cat") && !is_group("sexual_violence") && !is_group("usage")
        );
        assert!(
            is_score("v_decile_score") && is_score("V57_@R2_resum_risc_delictes") && !is_score("risk_taking")
        );
        assert!(is_nothing(" ") && is_nothing("NaN") && !is_nothing("none"));
        assert_eq!((yes("Sí"), yes("0"), yes("maybe")), (Some(true), Some(false), None));
    }
}

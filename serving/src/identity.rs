//! Pseudonymous ids: no document of identity, telephone number or e-mail address that can be recognised enters the service.

use amparo_datasets::identity::document;

/// Longest id, in characters.
const LONGEST: usize = 128;

/// What is wrong with a pseudonymous id, in words, if anything is. The words never repeat the id.
pub(crate) fn problem(id: &str) -> Option<String> {
    let length = id.chars().count();
    if !(1..=LONGEST).contains(&length) {
        return Some(format!("{length} characters found, expected 1 to {LONGEST}"));
    }
    if let Some(what) = document(id) {
        return Some(refusal(what));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    (!id.chars().all(allowed)).then(|| {
        "another character found, expected letters `A-Z` `a-z`, digits and `.` `_` `:` `-`".to_owned()
    })
}

/// The words that refuse an id.
pub(crate) fn refusal(what: &str) -> String {
    format!("looks like {what}, expected a pseudonym: documents of identity are never accepted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_pass() {
        for id in [
            "c-000123",
            "2024-0001-A",
            "0192f3c4-7d1e-7c3a-9f00-12345678e9ab",
            "VG:2025:77",
            "1",
            "12345678",
            "caso12345678A",
            "c600123456",
            "512345678",
            "600123456",
            "6001234567",
            "60012345",
            "2024-600-12",
            "unit-7:o-41",
            "X123456L",
        ] {
            assert_eq!(problem(id), None, "{id}");
        }
    }

    #[test]
    fn other_ids_are_refused_without_being_repeated() {
        for id in ["", " ", "María", "a/b", "a b", "x\n", &"a".repeat(129), "12345678Z", "a@b"] {
            let said = problem(id);
            assert!(said.as_deref().is_some_and(|s| id.len() < 2 || !s.contains(id)), "{id}: {said:?}");
        }
        assert_eq!(problem(&"a".repeat(128)), None);
    }
}

//! Pseudonymous ids: no document of identity, telephone number or e-mail address that can be recognised enters the service.

use amparo_datasets::identity::{CaseNumber, document};

use crate::api_error::Detail;

/// Longest id, in characters.
const LONGEST: usize = 128;

/// What is wrong with a pseudonymous id, in words, if anything is. The words never repeat the id.
pub(crate) fn problem(id: &str) -> Option<String> {
    let length = id.chars().count();
    if !(1..=LONGEST).contains(&length) {
        return Some(format!("{length} characters found, expected 1 to {LONGEST}"));
    }
    if let Some(what) = document(id) {
        return Some(format!(
            "looks like {what}, expected a pseudonym: documents of identity are never accepted"
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    (!id.chars().all(allowed)).then(|| {
        "another character found, expected letters `A-Z` `a-z`, digits and `.` `_` `:` `-`".to_owned()
    })
}

/// The same for the id of a case, which may be a case number of the authority's.
pub(crate) fn case_problem(id: &str, numbers: &[CaseNumber]) -> Option<String> {
    let stated = id.len() <= LONGEST && numbers.iter().any(|number| number.fits(id));
    if stated { None } else { problem(id) }
}

/// Longest reason, in characters.
const LONGEST_REASON: usize = 2000;

/// What is wrong with a reason that a person wrote in a field.
pub(crate) fn reason_problems(field: &str, reason: &str) -> Vec<Detail> {
    let mut details = Vec::new();
    let mut say = |message| details.push(Detail::new(field, message));
    let length = reason.chars().count();
    if reason.trim().is_empty() || length > LONGEST_REASON {
        say(format!("reason of {length} characters found, expected 1 to {LONGEST_REASON}, not all blank"));
    }
    if let Some(what) = amparo_datasets::identity::document(reason) {
        say(format!("reason holds what looks like {what}: documents of identity are never accepted"));
    }
    details
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

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
            "1c24c2ae-908e-4ee4-abd2-cff71832231b",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ] {
            assert_eq!(problem(id), None, "{id}");
        }
    }

    #[test]
    fn a_case_number_that_was_stated_passes_and_no_other() {
        let numbers = ["####-####-@".parse().unwrap(), "#".repeat(130).parse().unwrap()];
        assert!(problem("2024-0001-R").is_some(), "or this shows nothing");
        assert_eq!(case_problem("2024-0001-R", &numbers), None);
        assert_eq!(case_problem("c-1", &numbers), None);
        for id in ["2024-0001R", "20240001R", "x2024-0001-R", "12345678Z", &"1".repeat(130)] {
            assert!(case_problem(id, &numbers).is_some(), "{id}");
        }
        assert!(case_problem("2024-0001-R", &[]).is_some());
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

//! What is asked of an alias, and who asks it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Caller;
use crate::api_error::{ApiError, Detail};
use crate::shape::{Field, Kind, Shaped};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 2000;

/// Longest name of whoever moves an alias, in characters.
const LONGEST_NAME: usize = 128;

/// Where an alias is to point.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 7, "expected": 6, "reason": "passed the gates of November", "by": "operator-2"}))]
pub struct MoveRequest {
    /// The version that it is to point to.
    #[schema(minimum = 1, maximum = 4294967295_i64)]
    pub version: u32,
    /// The version that it points to now, so that nobody overwrites a move unknowingly; null for a new alias.
    #[schema(required = true, minimum = 1, maximum = 4294967295_i64)]
    pub expected: Option<u32>,
    /// Why: 1 to 2000 characters. It stays in the history of the registry.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// Who moves it, where the service does not find out who asks. Where it does, that is who moves it, and nobody else can be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub by: Option<String>,
}

/// Why an alias is to point to where it pointed before.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "levels of unit 7 are wrong", "expected": 7, "by": "operator-2"}))]
pub struct RollbackRequest {
    /// The version that is withdrawn: it points there now. With it, a repetition changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 4294967295_i64)]
    pub expected: Option<u32>,
    /// Why: 1 to 2000 characters. It stays in the history of the registry.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// Who moves it, as for `PUT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub by: Option<String>,
}

impl Shaped for MoveRequest {
    const FIELDS: &'static [Field] = &[
        Field::needed("version", Kind::Number),
        Field::needed("expected", Kind::NumberOrNull),
        Field::needed("reason", Kind::Text),
        Field::optional("by", Kind::Text),
    ];
}

impl Shaped for RollbackRequest {
    const FIELDS: &'static [Field] = &[
        Field::optional("expected", Kind::Number),
        Field::needed("reason", Kind::Text),
        Field::optional("by", Kind::Text),
    ];
}

/// Who moves an alias, once nothing is wrong with what is said of it.
pub(super) fn signed(
    caller: &Caller,
    by: Option<&str>,
    reason: &str,
    (version, expected): (u32, Option<u32>),
) -> Result<String, ApiError> {
    let mut details = Vec::new();
    if version == 0 {
        details.push(Detail::new("version", "version is 0, expected a number from 1"));
    }
    if expected == Some(0) {
        details.push(Detail::new("expected", "version is 0, expected a number from 1"));
    }
    let length = reason.chars().count();
    if reason.trim().is_empty() || length > LONGEST_REASON {
        let message = format!("reason has {length} characters, expected 1 to {LONGEST_REASON} that say why");
        details.push(Detail::new("reason", message));
    }
    let by = match (caller.is_open(), by) {
        (false, None) => caller.id.clone(),
        (false, Some(by)) if by == caller.id => caller.id.clone(),
        (false, Some(_)) => {
            details.push(Detail::new(
                "by",
                "`by` is not the caller, who is the one that moves the alias: leave it out",
            ));
            String::new()
        }
        (true, by) => {
            let by = by.unwrap_or_default();
            let length = by.chars().count();
            if by.trim().is_empty() || length > LONGEST_NAME {
                let message = format!(
                    "`by` has {length} characters, expected 1 to {LONGEST_NAME} that say who moves the alias: the service does not find out who asks"
                );
                details.push(Detail::new("by", message));
            }
            by.to_owned()
        }
    };
    if details.is_empty() { Ok(by) } else { Err(ApiError::Invalid { details }) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;

    use super::*;
    use crate::{Officers, Role};

    fn known() -> Caller {
        let roles = BTreeSet::from([Role::Operator]);
        Caller { id: "operator-2".to_owned(), roles, institution: None, unit: None, officers: Officers::None }
    }

    fn fields(signed: Result<String, ApiError>) -> Vec<String> {
        match signed {
            Err(ApiError::Invalid { details }) => details.into_iter().map(|detail| detail.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_moves_an_alias_is_whoever_asks() {
        let (known, open) = (known(), Caller::open());
        assert_eq!(signed(&known, None, "r", (1, None)).unwrap(), "operator-2");
        assert_eq!(signed(&known, Some("operator-2"), "r", (1, None)).unwrap(), "operator-2");
        assert_eq!(fields(signed(&known, Some("operator-1"), "r", (1, None))), ["by"]);
        assert_eq!(signed(&open, Some("anna"), "r", (1, None)).unwrap(), "anna");
        assert_eq!(fields(signed(&open, None, "r", (1, None))), ["by"]);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let long = "x".repeat(129);
        let found = signed(&Caller::open(), Some(&long), " ", (0, Some(0)));
        assert_eq!(fields(found), ["version", "expected", "reason", "by"]);
    }
}

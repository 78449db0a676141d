//! What the claims of a token that holds say of its caller.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Refused;
use crate::access::{Caller, ClaimPath, IdentityProvider, Officers, Role};

/// Longest text of a claim that is taken over.
const LONGEST: usize = 256;

/// The caller that a provider's claims speak of.
pub(super) fn caller(provider: &IdentityProvider, claims: &Map<String, Value>) -> Result<Caller, Refused> {
    let Some(subject) = text(claims.get("sub"))? else {
        return Err(Refused("the token names no subject (`sub`)"));
    };
    let at = |path: &Option<ClaimPath>| path.as_ref().and_then(|path| find(claims, path));
    let roles = roles(provider, claims)?;
    let institution = text(at(&provider.claims.institution))?;
    let of_one = roles.contains(&Role::Platform) || roles.contains(&Role::Officer);
    if provider.claims.institution.is_some() && institution.is_none() && of_one {
        return Err(Refused("the token names no institution, which its roles need"));
    }
    let unit = text(at(&provider.claims.unit))?;
    let officers = texts(at(&provider.claims.officers), false)?;
    // A person may choose a name. A platform's claims are written by those who run the provider.
    let person = roles.contains(&Role::Officer) && !roles.contains(&Role::Platform);
    if person && officers.iter().any(|name| name.ends_with('*')) {
        return Err(Refused("the token speaks for many officers (`*`), which only the role `platform` may"));
    }
    let officers = if officers.is_empty() { Officers::None } else { Officers::Named(officers) };
    // So that no token speaks in the name of a key or of a certificate.
    let id = format!("token:{subject}");
    Ok(Caller { id, roles, institution, unit, officers })
}

/// Ours among the roles that are claimed; others are other programs'.
fn roles(provider: &IdentityProvider, claims: &Map<String, Value>) -> Result<BTreeSet<Role>, Refused> {
    let claimed = texts(find(claims, &provider.claims.roles), true)?;
    let ours = |claimed: &String| -> Vec<Role> {
        if provider.roles.is_empty() {
            return Role::ALL.into_iter().filter(|role| role.name() == claimed).collect();
        }
        provider.roles.iter().filter(|name| name.theirs == *claimed).map(|name| name.ours).collect()
    };
    Ok(claimed.iter().flat_map(ours).collect())
}

fn find<'a>(claims: &'a Map<String, Value>, path: &ClaimPath) -> Option<&'a Value> {
    let (first, rest) = path.names().split_first()?;
    rest.iter().try_fold(claims.get(first)?, |value, name| value.as_object()?.get(name))
}

/// A text, or nothing. What is neither is refused rather than read as something.
fn text(value: Option<&Value>) -> Result<Option<String>, Refused> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => checked(text).map(Some),
        Some(_) => Err(Refused("a claim of the token that says who asks is no text")),
    }
}

/// Texts: those of an array, or a single one, which may hold several with blanks between them.
fn texts(value: Option<&Value>, divided: bool) -> Result<Vec<String>, Refused> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) if divided => text.split_ascii_whitespace().map(checked).collect(),
        Some(Value::String(text)) => Ok(vec![checked(text)?]),
        Some(Value::Array(all)) => {
            let each = |value: &Value| match value {
                Value::String(text) => checked(text),
                _ => Err(Refused("a claim of the token that lists texts holds something else")),
            };
            all.iter().map(each).collect()
        }
        Some(_) => {
            Err(Refused("a claim of the token that says who asks is neither a text nor a list of texts"))
        }
    }
}

fn checked(text: &str) -> Result<String, Refused> {
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(Refused(
            "a claim of the token that says who asks is empty, too long or holds control characters",
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;
    use crate::access::tokens::testing::provider;

    fn of(claims: Value) -> Result<Caller, Refused> {
        caller(&provider(), claims.as_object().unwrap())
    }

    fn keycloak() -> Value {
        json!({
            "sub": "f:1",
            "realm_access": {"roles": ["offline_access", "amparo-platform", "amparo-oversight"]},
            "organisation": "police",
            "unit": "u-7",
            "officers": ["u-7:*", "o-1"],
        })
    }

    #[test]
    fn claims_of_keycloak_say_who_asks() {
        let caller = of(keycloak()).unwrap();
        assert_eq!(caller.id, "token:f:1");
        assert_eq!(caller.roles, BTreeSet::from([Role::Platform, Role::Oversight]));
        assert_eq!((caller.institution.as_deref(), caller.unit.as_deref()), (Some("police"), Some("u-7")));
        assert!(caller.speaks_for("u-7:o-9") && caller.speaks_for("o-1") && !caller.speaks_for("o-2"));
    }

    #[test]
    fn roles_are_ours_only() {
        let mut claims = keycloak();
        claims["realm_access"]["roles"] = json!("profile amparo-officer");
        let problem = of(claims.clone()).unwrap_err().0;
        assert!(problem.contains("speaks for many"), "{problem}");
        claims["officers"] = json!("o-1");
        assert_eq!(of(claims.clone()).unwrap().roles, BTreeSet::from([Role::Officer]));
        // Named as we do, where the provider has names of its own.
        claims["realm_access"]["roles"] = json!(["platform", "oversight"]);
        assert!(of(claims.clone()).unwrap().roles.is_empty());
        claims["realm_access"] = json!("roles");
        assert!(of(claims).unwrap().roles.is_empty());
        let mut same = provider();
        same.roles.clear();
        same.claims.roles = "scope".parse().unwrap();
        let claims = json!({"sub": "a", "scope": "openid scientist operator Officer"});
        let caller = caller(&same, claims.as_object().unwrap()).unwrap();
        assert_eq!(caller.roles, BTreeSet::from([Role::Scientist, Role::Operator]));
    }

    #[test]
    fn what_is_not_clear_is_refused() {
        for (field, value) in [
            ("sub", Value::Null),
            ("sub", json!("")),
            ("sub", json!(7)),
            ("sub", json!("a\nb")),
            ("sub", json!("a".repeat(257))),
            ("organisation", Value::Null),
            ("organisation", json!(["police"])),
            ("unit", json!({})),
            ("officers", json!([1])),
            ("officers", json!({"o-1": true})),
            ("realm_access", json!({"roles": [["amparo-platform"]]})),
        ] {
            let mut claims = keycloak();
            claims[field] = value.clone();
            assert!(of(claims).is_err(), "{field} {value}");
        }
        // Whoever sees all institutions needs none.
        let oversight = json!({"sub": "a", "realm_access": {"roles": ["amparo-oversight"]}});
        assert_eq!(of(oversight).unwrap().institution, None);
    }
}

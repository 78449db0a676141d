//! Who asks.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::rights::{Right, Role};
use crate::api_error::ApiError;

/// Who asks, as it stands in the log beside what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The id of the key, the subject of the token or the name in the certificate.
    pub id: String,
    /// What the caller may be.
    pub roles: BTreeSet<Role>,
    /// The institution that the caller acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// Its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whom the caller may speak for.
    #[serde(skip)]
    pub officers: Officers,
}

/// The officers that a caller may speak for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Officers {
    /// Nobody.
    #[default]
    None,
    /// Those with one of these ids; one that ends with `*` stands for all that begin like it.
    Named(Vec<String>),
    /// Whoever asks: nothing says who callers are.
    Any,
}

impl Caller {
    /// Whoever asks a service that does not find out who asks: it listens on this machine only.
    pub fn open() -> Self {
        Self {
            id: String::new(),
            roles: BTreeSet::from(Role::ALL),
            institution: None,
            unit: None,
            officers: Officers::Any,
        }
    }

    /// Whether nothing is known of who asks.
    pub fn is_open(&self) -> bool {
        self.id.is_empty()
    }

    /// Whether one of the roles has a right.
    pub fn may(&self, right: Right) -> bool {
        right == Right::Anyone || self.roles.iter().any(|role| role.rights().contains(&right))
    }

    /// Whether a case may be shown that was asked for by a caller of some institution, or of none.
    pub fn sees(&self, institution: Option<&str>) -> bool {
        self.roles.iter().any(|role| role.sees_all()) || self.institution.as_deref() == institution
    }

    /// The institution whose cases may be shown, which may be none; nothing if all may be.
    pub(crate) fn sees_only(&self) -> Option<Option<String>> {
        let sees_all = self.roles.iter().any(|role| role.sees_all());
        (!sees_all).then(|| self.institution.clone())
    }

    /// Whether a proposal may be shown whose officer has to give a level first: to oversight, unless it acts for officers, too.
    pub(crate) fn sees_withheld(&self) -> bool {
        self.roles.iter().any(|role| role.sees_all()) && !self.may(Right::Confirm)
    }

    /// Whether the caller may speak for an officer.
    pub fn speaks_for(&self, officer: &str) -> bool {
        match &self.officers {
            Officers::None => false,
            Officers::Any => true,
            Officers::Named(named) => named.iter().any(|name| match name.strip_suffix('*') {
                Some(beginning) => officer.starts_with(beginning),
                None => officer == name,
            }),
        }
    }
}

impl Caller {
    /// Refuses a request that names an officer whom the caller may not speak for.
    ///
    /// # Errors
    /// [`ApiError::OfficerNotCovered`].
    pub(crate) fn covers(&self, officer: Option<&str>) -> Result<(), ApiError> {
        match officer {
            Some(officer) if !self.speaks_for(officer) => {
                Err(ApiError::OfficerNotCovered { expected: self.officers.to_string() })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The idempotency key as the log keeps it: of the caller's institution alone, so that two institutions that draw the same key know nothing of each other.
    ///
    /// A key holds no space, so that no two pairs become the same; without an institution it stays as it is, as logs have it that knew no callers.
    pub(crate) fn scoped(&self, key: String) -> String {
        match &self.institution {
            None => key,
            Some(institution) => format!("{} {key}", institution.escape_default()),
        }
    }
}

impl fmt::Display for Officers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Named(named) => write!(f, "one of `{}`", named.join("`, `")),
            Self::Any => f.write_str("any"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(roles: &[Role], institution: Option<&str>) -> Caller {
        Caller {
            id: "k-1".to_owned(),
            roles: roles.iter().copied().collect(),
            institution: institution.map(str::to_owned),
            unit: None,
            officers: Officers::None,
        }
    }

    #[test]
    fn a_case_is_shown_to_its_own_institution_and_to_oversight() {
        let (police, other) = (Some("police"), Some("other"));
        let platform = caller(&[Role::Platform], police);
        assert!(platform.sees(police));
        assert!(!platform.sees(other) && !platform.sees(None));
        // A deployment for one institution need not name it.
        let unnamed = caller(&[Role::Platform], None);
        assert!(unnamed.sees(None) && !unnamed.sees(police));
        let oversight = caller(&[Role::Scientist, Role::Oversight], None);
        assert!(oversight.sees(police) && oversight.sees(other) && oversight.sees(None));
    }

    #[test]
    fn rights_are_those_of_all_roles() {
        let both = caller(&[Role::Platform, Role::Officer], None);
        assert!(both.may(Right::Assess) && both.may(Right::Confirm) && both.may(Right::Anyone));
        assert!(!both.may(Right::MoveAliases) && !both.may(Right::ReadReports));
        assert!(caller(&[], None).may(Right::Anyone) && !caller(&[], None).may(Right::ReadModels));
    }

    #[test]
    fn a_caller_speaks_for_those_who_are_named() {
        let mut caller = caller(&[Role::Platform], None);
        assert!(!caller.speaks_for("u-7:o-41"));
        caller.officers = Officers::Named(vec!["u-7:*".to_owned(), "o-1".to_owned()]);
        assert!(caller.speaks_for("u-7:o-41") && caller.speaks_for("o-1"));
        assert!(!caller.speaks_for("o-12") && !caller.speaks_for("u-8:o-41") && !caller.speaks_for("o"));
        assert!(Caller::open().speaks_for("o-12"));
    }

    #[test]
    fn no_two_institutions_share_a_key() {
        let of = |institution| caller(&[], institution).scoped("k-1".to_owned());
        let all = [None, Some("a"), Some("b"), Some("a k-1"), Some("a\n"), Some("a\\n")].map(of);
        assert_eq!((all[0].as_str(), all[1].as_str()), ("k-1", "a k-1"));
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.iter().all(|key| !key.contains('\n')), "the chain is written line by line");
    }

    #[test]
    fn an_officer_who_is_not_covered_is_refused_and_not_repeated() {
        let mut caller = caller(&[], None);
        assert_eq!(caller.covers(None), Ok(()));
        let refused = |caller: &Caller| caller.covers(Some("o-1")).err().map(|error| format!("{error:?}"));
        assert!(refused(&caller).is_some_and(|said| said.contains("none") && !said.contains("o-1")));
        caller.officers = Officers::Named(vec!["u-7:*".to_owned(), "o-2".to_owned()]);
        assert!(refused(&caller).is_some_and(|said| said.contains("one of `u-7:*`, `o-2`")));
        caller.officers = Officers::Named(vec!["*".to_owned()]);
        assert_eq!(caller.covers(Some("o-1")), Ok(()));
    }

    #[test]
    fn whom_a_caller_speaks_for_is_not_logged() {
        let mut caller = caller(&[Role::Officer], Some("police"));
        caller.officers = Officers::Named(vec!["o-1".to_owned()]);
        let written = serde_json::to_value(&caller).ok();
        assert_eq!(
            written,
            Some(serde_json::json!({"id": "k-1", "roles": ["officer"], "institution": "police"}))
        );
    }
}

//! Whose tokens are believed, and what their claims mean here.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::Role;

/// An identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// What its tokens have as `iss`, to the letter.
    pub issuer: String,
    /// What its tokens have as `aud`: one of these.
    pub audiences: Vec<String>,
    /// Where its keys are.
    pub keys: KeySource,
    /// The certificates (PEM) of the authorities that are trusted where it is asked by HTTPS; without, those of Mozilla.
    pub authority: Option<PathBuf>,
    /// How far clocks may differ: a token holds this much longer, and this much earlier; see [`IdentityProvider::LEEWAY`].
    pub leeway: Duration,
    /// Which claims say what.
    pub claims: Claims,
    /// What the provider calls our roles; if it is empty, it calls them as we do.
    pub roles: Vec<RoleName>,
}

impl IdentityProvider {
    /// The usual difference of clocks.
    pub const LEEWAY: Duration = Duration::from_secs(30);
    /// The largest difference of clocks that can be set.
    pub const MOST_LEEWAY: Duration = Duration::from_secs(300);
}

/// Where the keys of an identity provider are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// Where the issuer says, under `/.well-known/openid-configuration`.
    Discovery(ProviderUrl),
    /// A JSON Web Key Set at an address.
    Url(ProviderUrl),
    /// A JSON Web Key Set in a file.
    File(PathBuf),
}

impl FromStr for KeySource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains("://") { text.parse().map(Self::Url) } else { Ok(Self::File(text.into())) }
    }
}

/// An address that an identity provider is asked at: by HTTPS, or on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderUrl(String);

impl fmt::Display for ProviderUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProviderUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |problem: &str| Err(format!("`{text}` cannot be asked: {problem}"));
        let Some((scheme, rest)) = text.split_once("://") else { return wrong("expected https://HOST") };
        if rest.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '\\' | '#')) {
            return wrong("expected host, port and path");
        }
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let host = authority.strip_prefix('[').map_or_else(
            || authority.split(':').next().unwrap_or_default(),
            |v6| v6.split(']').next().unwrap_or_default(),
        );
        let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match scheme {
            _ if host.is_empty() => wrong("it names no host"),
            "https" => Ok(Self(text.to_owned())),
            "http" if here => Ok(Self(text.to_owned())),
            "http" => wrong("expected https, since keys that were changed on their way would sign anything"),
            _ => wrong("expected https"),
        }
    }
}

/// Which claims say what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Roles: an array of texts, or a text with blanks between them.
    pub roles: ClaimPath,
    /// The institution: a text. If it is set, a token for the roles `platform` and `officer` has to have it.
    pub institution: Option<ClaimPath>,
    /// The unit: a text.
    pub unit: Option<ClaimPath>,
    /// Officers whom the caller may speak for: a text, or an array of texts.
    pub officers: Option<ClaimPath>,
}

/// Where a claim is: names with a dot between them, as `realm_access.roles`; or a JSON Pointer (RFC 6901), for names with dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

impl ClaimPath {
    /// A claim that is not within another.
    pub fn of(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// The names, from outside to inside.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

impl FromStr for ClaimPath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names: Vec<String> = match text.strip_prefix('/') {
            Some(pointer) => {
                pointer.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect()
            }
            None => text.split('.').map(str::to_owned).collect(),
        };
        if names.iter().any(String::is_empty) {
            return Err(format!(
                "`{text}` is no claim: expected names with dots between them, as `realm_access.roles`, or a JSON Pointer, as `/https:~1~1example.org~1roles`"
            ));
        }
        Ok(Self(names))
    }
}

/// What the provider calls one of our roles: `provider's name=our name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleName {
    /// The provider's name.
    pub theirs: String,
    /// Ours.
    pub ours: Role,
}

impl FromStr for RoleName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ours = |name: &str| Role::ALL.into_iter().find(|role| role.name() == name);
        let all = || Role::ALL.map(|role| format!("`{}`", role.name())).join(", ");
        match text.rsplit_once('=') {
            Some((theirs, name)) if !theirs.is_empty() => match ours(name) {
                Some(ours) => Ok(Self { theirs: theirs.to_owned(), ours }),
                None => Err(format!("`{name}` is no role, expected one of {}", all())),
            },
            _ => Err(format!("`{text}` is no pair, expected NAME=ROLE, with a role of {}", all())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn providers_are_asked_by_https_or_on_this_machine() {
        for text in [
            "https://login.example.org/realms/a",
            "http://127.0.0.1:8080/x",
            "http://[::1]:8080",
            "http://localhost",
            "https://[2001:db8::1]/",
        ] {
            assert_eq!(text.parse::<ProviderUrl>().unwrap().to_string(), text);
        }
        for (text, expected) in [
            ("login.example.org", "expected https://HOST"),
            ("http://login.example.org", "expected https"),
            ("http://127.0.0.1.example.org", "expected https"),
            ("http://localhost.example.org", "expected https"),
            ("http://127.0.0.1@example.org/", "expected host"),
            ("ftp://127.0.0.1", "expected https"),
            ("https://", "no host"),
            ("https:///realms", "no host"),
            ("https://h\\@a", "expected host"),
        ] {
            let problem = text.parse::<ProviderUrl>().unwrap_err();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
        assert_eq!("keys.json".parse(), Ok(KeySource::File("keys.json".into())));
        assert!(matches!("https://h/k".parse(), Ok(KeySource::Url(_))));
        assert!("http://h/k".parse::<KeySource>().is_err());
    }

    #[test]
    fn claims_are_named_by_dots_or_by_a_pointer() {
        let names = |text: &str| text.parse::<ClaimPath>().unwrap().names().join(" ");
        assert_eq!(names("roles"), "roles");
        assert_eq!(names("realm_access.roles"), "realm_access roles");
        assert_eq!(names("/https:~1~1example.org~1roles/a~01"), "https://example.org/roles a~1");
        for wrong in ["", ".", "a..b", "/", "/a/"] {
            assert!(wrong.parse::<ClaimPath>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn roles_have_names_of_theirs() {
        let read = |text: &str| text.parse::<RoleName>();
        let expected = RoleName { theirs: "cn=amparo,ou=roles".to_owned(), ours: Role::Officer };
        assert_eq!(read("cn=amparo,ou=roles=officer").unwrap(), expected);
        assert!(read("x=boss").unwrap_err().contains("expected one of `platform`, `officer`"));
        assert!(read("platform").is_err() && read("=platform").is_err());
    }
}

//! What the service is told of the tokens of an identity provider.

use std::path::PathBuf;
use std::time::Duration;

use amparo_serving::{ClaimPath, Claims, IdentityProvider, KeySource, RoleName};
use clap::Args;
use serde::Deserialize;

use super::settings::{all_parsed, parsed};

/// Tokens, each setting of which may be missing.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct TokenSettings {
    /// Issuer of the tokens (JWT) that say who asks, as their claim `iss` has it, in a program that was built with `--features oidc`. Default: none, and
    /// no token is taken.
    #[arg(long, value_name = "URL", env = "AMPARO_TOKEN_ISSUER")]
    pub token_issuer: Option<String>,
    /// What the tokens are for, as their claim `aud` has it. Give it once for each that is taken; in the environment, separate them by commas.
    #[arg(
        long = "token-audience",
        value_name = "NAME",
        value_delimiter = ',',
        env = "AMPARO_TOKEN_AUDIENCES"
    )]
    pub token_audiences: Vec<String>,
    /// Keys of the issuer: a file or an address of a JSON Web Key Set. Default: the address that the issuer tells under
    /// `/.well-known/openid-configuration`.
    #[arg(long, value_name = "FILE|URL", env = "AMPARO_TOKEN_KEYS")]
    #[serde(deserialize_with = "parsed")]
    pub token_keys: Option<KeySource>,
    /// File with the certificates of the authorities that are trusted where the issuer is asked by HTTPS (PEM). Default: those of Mozilla.
    #[arg(long, value_name = "FILE", env = "AMPARO_TOKEN_AUTHORITY")]
    pub token_authority: Option<PathBuf>,
    /// Seconds that the clocks of the issuer and of the service may differ, 300 at most. Default: 30.
    #[arg(long, value_name = "SECONDS", env = "AMPARO_TOKEN_LEEWAY")]
    pub token_leeway: Option<u32>,
    /// Claim that holds the roles, with dots between names, as `realm_access.roles`, or as a JSON Pointer. Default: `roles`.
    #[arg(long, value_name = "CLAIM", env = "AMPARO_TOKEN_ROLES_CLAIM")]
    #[serde(deserialize_with = "parsed")]
    pub token_roles_claim: Option<ClaimPath>,
    /// What the issuer calls a role, for example `amparo-platform=platform`. Give it once for each; in the environment, separate them by commas. Default:
    /// the issuer calls roles as this service does.
    #[arg(long = "token-role", value_name = "NAME=ROLE", value_delimiter = ',', env = "AMPARO_TOKEN_ROLES")]
    #[serde(deserialize_with = "all_parsed")]
    pub token_roles: Vec<RoleName>,
    /// Claim that holds the institution. A token with the role `platform` or `officer` has to have it then. Default: none.
    #[arg(long, value_name = "CLAIM", env = "AMPARO_TOKEN_INSTITUTION_CLAIM")]
    #[serde(deserialize_with = "parsed")]
    pub token_institution_claim: Option<ClaimPath>,
    /// Claim that holds the unit. Default: none.
    #[arg(long, value_name = "CLAIM", env = "AMPARO_TOKEN_UNIT_CLAIM")]
    #[serde(deserialize_with = "parsed")]
    pub token_unit_claim: Option<ClaimPath>,
    /// Claim that holds the ids of the officers whom the caller may speak for. Default: none.
    #[arg(long, value_name = "CLAIM", env = "AMPARO_TOKEN_OFFICERS_CLAIM")]
    #[serde(deserialize_with = "parsed")]
    pub token_officers_claim: Option<ClaimPath>,
}

impl TokenSettings {
    /// These, and those of a file where these say nothing.
    pub fn over(self, file: Self) -> Self {
        fn list<T>(typed: Vec<T>, file: Vec<T>) -> Vec<T> {
            if typed.is_empty() { file } else { typed }
        }
        Self {
            token_issuer: self.token_issuer.or(file.token_issuer),
            token_audiences: list(self.token_audiences, file.token_audiences),
            token_keys: self.token_keys.or(file.token_keys),
            token_authority: self.token_authority.or(file.token_authority),
            token_leeway: self.token_leeway.or(file.token_leeway),
            token_roles_claim: self.token_roles_claim.or(file.token_roles_claim),
            token_roles: list(self.token_roles, file.token_roles),
            token_institution_claim: self.token_institution_claim.or(file.token_institution_claim),
            token_unit_claim: self.token_unit_claim.or(file.token_unit_claim),
            token_officers_claim: self.token_officers_claim.or(file.token_officers_claim),
        }
    }

    /// The identity provider, if there is one. What contradicts itself is added to the problems.
    pub fn provider(self, problems: &mut Vec<String>) -> Option<IdentityProvider> {
        let others = [
            ("token_audiences", !self.token_audiences.is_empty()),
            ("token_keys", self.token_keys.is_some()),
            ("token_authority", self.token_authority.is_some()),
            ("token_leeway", self.token_leeway.is_some()),
            ("token_roles_claim", self.token_roles_claim.is_some()),
            ("token_roles", !self.token_roles.is_empty()),
            ("token_institution_claim", self.token_institution_claim.is_some()),
            ("token_unit_claim", self.token_unit_claim.is_some()),
            ("token_officers_claim", self.token_officers_claim.is_some()),
        ];
        let Some(issuer) = self.token_issuer else {
            let needing = others.iter().filter(|(_, set)| *set);
            problems.extend(
                needing.map(|(name, _)| format!("`{name}` is set without `token_issuer`, which it needs")),
            );
            return None;
        };
        if !cfg!(feature = "oidc") {
            problems.push(
                "`token_issuer` is set in a program that was built without `--features oidc`".to_owned(),
            );
        }
        if self.token_audiences.is_empty() {
            problems.push(
                "`token_issuer` is set without `token_audiences`: tokens that were given for other programs would be taken"
                    .to_owned(),
            );
        }
        let usual = IdentityProvider::LEEWAY;
        let leeway = self.token_leeway.map_or(usual, |seconds| Duration::from_secs(seconds.into()));
        if leeway > IdentityProvider::MOST_LEEWAY {
            let most = IdentityProvider::MOST_LEEWAY.as_secs();
            problems.push(format!("`token_leeway` is {}, expected {most} s at most", leeway.as_secs()));
        }
        let discovered = || issuer.parse().map(KeySource::Discovery);
        let keys = match self.token_keys.map_or_else(discovered, Ok) {
            Ok(keys) => keys,
            Err(problem) => {
                problems.push(format!("`token_issuer`: {problem}; or set `token_keys`"));
                return None;
            }
        };
        if self.token_authority.is_some() && matches!(keys, KeySource::File(_)) {
            problems.push(
                "`token_authority` is set, and `token_keys` is a file: nobody is asked by HTTPS".to_owned(),
            );
        }
        let roles = self.token_roles_claim.unwrap_or_else(|| ClaimPath::of("roles"));
        Some(IdentityProvider {
            issuer,
            audiences: self.token_audiences,
            keys,
            authority: self.token_authority,
            leeway,
            claims: Claims {
                roles,
                institution: self.token_institution_claim,
                unit: self.token_unit_claim,
                officers: self.token_officers_claim,
            },
            roles: self.token_roles,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: TokenSettings) -> (Option<IdentityProvider>, String) {
        let mut problems = Vec::new();
        let provider = settings.provider(&mut problems);
        problems.retain(|problem| !problem.contains("built without"));
        (provider, problems.join("\n"))
    }

    fn some(issuer: &str) -> TokenSettings {
        let audiences = vec!["amparo".to_owned()];
        TokenSettings {
            token_issuer: Some(issuer.to_owned()),
            token_audiences: audiences,
            ..Default::default()
        }
    }

    #[test]
    fn keys_are_where_the_issuer_says_unless_it_is_said_otherwise() {
        let issuer = "https://login.example.org";
        let (provider, problems) = read(some(issuer));
        assert_eq!(problems, "");
        let provider = provider.filter(|provider| matches!(provider.keys, KeySource::Discovery(_)));
        assert_eq!(provider.map(|provider| provider.leeway), Some(IdentityProvider::LEEWAY));
        // An issuer need not be an address, if its keys are somewhere.
        let named = TokenSettings { token_keys: Some(KeySource::File("k".into())), ..some("police") };
        assert_eq!(read(named).1, "");
        assert!(read(some("police")).1.contains("or set `token_keys`"));
        assert!(read(some("http://login.example.org")).1.contains("expected https"));
    }

    #[test]
    fn all_that_contradicts_itself_is_told() {
        let nobody = TokenSettings { token_issuer: None, token_leeway: Some(5), ..some("") };
        let problems = read(nobody).1;
        assert!(problems.contains("`token_audiences` is set without `token_issuer`"), "{problems}");
        assert!(problems.contains("`token_leeway` is set without `token_issuer`"), "{problems}");
        let several = TokenSettings {
            token_audiences: Vec::new(),
            token_leeway: Some(301),
            token_authority: Some("a".into()),
            token_keys: Some(KeySource::File("k".into())),
            ..some("https://h")
        };
        let problems = read(several).1;
        for expected in ["without `token_audiences`", "`token_leeway` is 301", "nobody is asked by HTTPS"] {
            assert!(problems.contains(expected), "{expected}: {problems}");
        }
        assert_eq!(read(TokenSettings::default()), (None, String::new()));
    }
}

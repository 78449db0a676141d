//! Callers who are known by a token of an identity provider: a signed JSON Web Token (RFC 7519).
//!
//! The algorithm is that of the key, which the provider publishes; what a token says of it has to be the same.

mod claims;
mod held;
mod keys;
mod signature;
mod source;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod verified;

use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode, decode_header, get_current_timestamp};
use serde_json::{Map, Value};

use super::{Caller, IdentityProvider};
use crate::api_error::ApiError;
use crate::unrecognised::Unrecognised;
use held::{Held, Times};
use keys::Key;
use source::{Failure, Source};
use verified::Verified;

/// Longest token that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// Why a token is refused, in words that hold nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused(pub &'static str);

/// Why a token is not believed.
enum Unproved {
    /// It does not hold.
    Refused(Refused),
    /// Nobody can tell.
    NoKeys,
}

impl From<Refused> for Unproved {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// The tokens of one identity provider.
#[derive(Debug)]
pub(crate) struct Tokens {
    provider: IdentityProvider,
    held: Arc<Held>,
    verified: Verified,
}

impl Tokens {
    /// Fetches the keys of a provider, and keeps them fetched from then on. One that does not answer is asked again later.
    ///
    /// # Errors
    /// What cannot be used, in words: certificates of authorities, keys, what a provider says of itself.
    pub async fn open(provider: IdentityProvider) -> Result<Self, String> {
        Self::with_times(provider, Times::default()).await
    }

    async fn with_times(provider: IdentityProvider, times: Times) -> Result<Self, String> {
        signature::install();
        let held = Arc::new(Held::new(Source::new(&provider)?, times));
        match held.fetch().await {
            Err(Failure::Wrong(problem)) => return Err(problem),
            // A file is there, or it is not.
            Err(Failure::Unreachable(problem)) if matches!(provider.keys, super::KeySource::File(_)) => {
                return Err(problem);
            }
            Ok(()) | Err(Failure::Unreachable(_)) => {}
        }
        held.keep();
        Ok(Self { provider, held, verified: Verified::default() })
    }

    /// Fetches the keys again, and says in the operational log if that fails.
    pub async fn refresh(&self) {
        let _told = self.held.fetch().await;
    }

    /// Whose they are.
    pub fn provider(&self) -> &IdentityProvider {
        &self.provider
    }

    /// The caller of a token.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] for one that does not hold, [`ApiError::NoProviderKeys`] if nobody can tell.
    pub async fn caller(&self, token: &str) -> Result<Arc<Caller>, ApiError> {
        self.proved(token).await.map_err(|why| match why {
            Unproved::Refused(Refused(why)) => ApiError::Unauthenticated(Unrecognised::Invalid(why)),
            Unproved::NoKeys => ApiError::NoProviderKeys,
        })
    }

    async fn proved(&self, token: &str) -> Result<Arc<Caller>, Unproved> {
        if token.len() > LONGEST {
            return Err(Refused("the token is longer than 16 KiB").into());
        }
        let (fingerprint, now) = (verified::fingerprint(token), get_current_timestamp());
        let mut keys = self.held.keys();
        if let Some(keys) = &keys
            && let Some(caller) = self.verified.caller(&fingerprint, keys, now)
        {
            return Ok(caller);
        }
        let name = name_of_key(token)?;
        if keys.as_ref().is_none_or(|keys| keys.of(name.as_deref()).is_empty()) {
            self.held.missed().await;
            keys = self.held.keys();
        }
        let keys = keys.ok_or(Unproved::NoKeys)?;
        let claims = self.checked(token, keys.of(name.as_deref()))?;
        let caller = Arc::new(claims::caller(&self.provider, &claims)?);
        let until = claims.get("exp").and_then(Value::as_f64).unwrap_or_default();
        // As whole seconds, of which none before 1970 comes this far.
        let until = (until as u64).saturating_add(self.provider.leeway.as_secs());
        self.verified.remember(fingerprint, &keys, &caller, until, now);
        Ok(caller)
    }

    /// The claims of a token that is signed with one of some keys, and holds.
    fn checked(&self, token: &str, keys: &[Key]) -> Result<Map<String, Value>, Refused> {
        let mut refused =
            Refused("the key that the token is signed with is not among those of the identity provider");
        for key in keys {
            match decode::<Map<String, Value>>(token, &key.key, &self.validation(key)) {
                Ok(token) => return held_back(token.claims),
                Err(error) => refused = why(error.kind()),
            }
        }
        Err(refused)
    }

    fn validation(&self, key: &Key) -> Validation {
        let mut validation = Validation::new(key.algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.provider.issuer]);
        validation.set_audience(&self.provider.audiences);
        validation.leeway = self.provider.leeway.as_secs();
        validation.validate_exp = true;
        validation.validate_nbf = true;
        validation
    }
}

/// The name of the key that a token says it is signed with, if what it says of itself can be taken.
fn name_of_key(token: &str) -> Result<Option<String>, Refused> {
    let Ok(header) = decode_header(token) else {
        return Err(Refused("the token is no signed JSON Web Token of an algorithm that is taken"));
    };
    if header.crit.is_some() {
        return Err(Refused("the token asks for extensions (`crit`), of which none is known"));
    }
    // Tokens that say something else, a logout or an event, are signed by the same keys (RFC 8725, section 3.11).
    let kind = header.typ.as_deref().map(|kind| kind.rsplit('/').next().unwrap_or(kind));
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("jwt") && !kind.eq_ignore_ascii_case("at+jwt")) {
        return Err(Refused("the token is no token of access (`typ` is neither `JWT` nor `at+jwt`)"));
    }
    Ok(header.kid)
}

/// What the library takes and we do not.
fn held_back(claims: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    if !claims.get("iss").is_some_and(Value::is_string) {
        return Err(Refused("the issuer of the token (`iss`) is no text"));
    }
    if claims.contains_key("cnf") {
        return Err(Refused("the token is bound to a key of its holder (`cnf`), which is not checked here"));
    }
    Ok(claims)
}

fn why(kind: &ErrorKind) -> Refused {
    Refused(match kind {
        ErrorKind::InvalidSignature => "the signature of the token is not that of the key",
        ErrorKind::ExpiredSignature => "the token has expired (`exp`)",
        ErrorKind::ImmatureSignature => "the token does not hold yet (`nbf`)",
        ErrorKind::InvalidIssuer => "the token is of another issuer (`iss`)",
        ErrorKind::InvalidAudience => "the token is for another audience (`aud`)",
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => {
            "its algorithm is not that of the key"
        }
        ErrorKind::MissingRequiredClaim(_) => {
            "one of `exp`, `iss`, `aud`, `sub` is missing from the token or of another type"
        }
        ErrorKind::InvalidClaimFormat(_) => "one of `exp`, `nbf`, `iss`, `aud`, `sub` is of another type",
        _ => "the token is no signed JSON Web Token",
    })
}

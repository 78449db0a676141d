//! Where the keys of an identity provider come from.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::keys::KeySet;
use crate::access::{IdentityProvider, KeySource, ProviderUrl};

/// Longest document that is read.
const LONGEST: u64 = 1024 * 1024;

/// Longest time of a question, from the connection to the last byte.
const ANSWER: Duration = Duration::from_secs(5);

/// Where keys are fetched.
#[derive(Debug)]
pub(super) struct Source {
    issuer: String,
    keys: KeySource,
    agent: Agent,
}

/// Why there are no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// Nobody answered, or with an error of its own: it may be otherwise in a moment.
    #[error("{0}")]
    Unreachable(String),
    /// What was answered cannot be used.
    #[error("{0}")]
    Wrong(String),
}

/// What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

impl Source {
    /// Asks nothing yet.
    ///
    /// # Errors
    /// Certificates of authorities that cannot be read, in words.
    pub fn new(provider: &IdentityProvider) -> Result<Self, String> {
        let roots = match &provider.authority {
            Some(path) => RootCerts::new_with_certs(&authorities(path)?),
            None => RootCerts::WebPki,
        };
        // No redirect is followed and no proxy of the environment heeded: keys come from where it was said.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(ANSWER))
            .user_agent("amparo")
            .tls_config(TlsConfig::builder().root_certs(roots).build());
        let agent = Agent::new_with_config(config.build());
        Ok(Self { issuer: provider.issuer.clone(), keys: provider.keys.clone(), agent })
    }

    /// The keys as they are now. This waits for others: not on a thread that serves.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn fetch(&self) -> Result<KeySet, Failure> {
        let (place, bytes) = match &self.keys {
            KeySource::File(path) => {
                let unread =
                    |error| Failure::Unreachable(format!("cannot read `{}`: {error}", path.display()));
                let file = std::fs::File::open(path).map_err(unread)?;
                let mut bytes = Vec::new();
                file.take(LONGEST).read_to_end(&mut bytes).map_err(unread)?;
                (path.display().to_string(), bytes)
            }
            KeySource::Url(url) => (url.to_string(), self.get(url)?),
            KeySource::Discovery(issuer) => {
                let url = self.discovered(issuer)?;
                (url.to_string(), self.get(&url)?)
            }
        };
        KeySet::read(&bytes).map_err(|problem| Failure::Wrong(format!("keys of `{place}`: {problem}")))
    }

    /// Where the issuer says that its keys are.
    fn discovered(&self, issuer: &ProviderUrl) -> Result<ProviderUrl, Failure> {
        let text = format!("{}/.well-known/openid-configuration", issuer.to_string().trim_end_matches('/'));
        let wrong = |problem: String| Failure::Wrong(format!("`{text}`: {problem}"));
        let bytes = self.get(&text.parse().map_err(Failure::Wrong)?)?;
        let found: Configuration = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("it is no OpenID configuration: {error}")))?;
        if found.issuer != self.issuer {
            return Err(wrong(format!("issuer is `{}`, expected `{}`", found.issuer, self.issuer)));
        }
        found.jwks_uri.parse().map_err(|problem| wrong(format!("jwks_uri: {problem}")))
    }

    fn get(&self, url: &ProviderUrl) -> Result<Vec<u8>, Failure> {
        let unreachable = |problem: String| Failure::Unreachable(format!("cannot ask `{url}`: {problem}"));
        let request = self.agent.get(url.to_string()).header("accept", "application/json");
        let mut answer = request.call().map_err(|error| unreachable(error.to_string()))?;
        match answer.status().as_u16() {
            200 => {}
            status @ (429 | 500..) => return Err(unreachable(format!("it answered {status}"))),
            status => return Err(Failure::Wrong(format!("`{url}` answered {status}, expected 200"))),
        }
        let read = answer.body_mut().with_config().limit(LONGEST).read_to_vec();
        read.map_err(|error| unreachable(error.to_string()))
    }
}

/// The certificates of a file.
fn authorities(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let wrong = |problem: String| format!("certificates of `{}`: {problem}", path.display());
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let found: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() {
        return Err(wrong("there are none, expected those of authorities (PEM)".to_owned()));
    }
    let mut store = rustls::RootCertStore::empty();
    for certificate in &found {
        store.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(found.iter().map(|der| Certificate::from_der(der).to_owned()).collect())
}

//! One call to a tracking server.

use std::fmt;
use std::io::Read;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::{Address, Authorities, Error};

/// Longest answer that is read as JSON.
const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;

/// Longest part of an answer that is told.
const LONGEST_SAID: usize = 400;

/// What stays as it is in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How long a server is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For one answer, from the first to the last byte.
    pub answer: Duration,
    /// For everything that a client is used for; `None`: as long as it takes.
    pub all: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(30), all: None }
    }
}

/// Who asks: nobody, a token, or a user with a password.
#[derive(Clone, Default)]
pub struct Credentials(Option<String>);

impl Credentials {
    /// As MLflow's own client takes them: user and password before the token, and both of them or neither; empty ones are none.
    #[must_use]
    pub fn new(user: Option<&str>, password: Option<&str>, token: Option<&str>) -> Self {
        let filled = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let basic = filled(user).zip(filled(password));
        let basic =
            basic.map(|(user, password)| format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
        Self(basic.or_else(|| filled(token).map(|token| format!("Bearer {token}"))))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Credentials(given)" } else { "Credentials(none)" })
    }
}

/// A client of one tracking server.
///
/// It follows no redirect, since credentials would go along, and heeds no proxy of the environment.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    address: Address,
    credentials: Credentials,
    authorities: Authorities,
    limits: Limits,
    until: Option<Instant>,
}

impl Client {
    /// A client; nothing is asked yet.
    #[must_use]
    pub fn new(address: Address, credentials: Credentials, authorities: Authorities, limits: Limits) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_connect(Some(limits.connect))
            .user_agent("amparo");
        #[cfg(feature = "tls")]
        let config = config.tls_config(authorities.tls());
        let agent = Agent::new_with_config(config.build());
        let until = limits.all.map(|all| Instant::now() + all);
        Self { agent, address, credentials, authorities, limits, until }
    }

    /// The server.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// `POST` of JSON to a route below `api/2.0/mlflow`.
    pub(crate) fn post(&self, route: &str, body: &Value) -> Result<Value, Error> {
        let url = self.address.below(&format!("api/2.0/mlflow/{route}"));
        let request = self.agent.post(&url).header("content-type", "application/json");
        let answer = self.prepared(request, &url)?.send(body.to_string().as_bytes());
        self.json(&url, answer)
    }

    /// `GET` from a route below `api/2.0/mlflow`.
    pub(crate) fn get(&self, route: &str, query: &[(&str, &str)]) -> Result<Value, Error> {
        let query: Vec<String> =
            query.iter().map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, QUERY))).collect();
        let url = self.address.below(&format!("api/2.0/mlflow/{route}?{}", query.join("&")));
        let answer = self.prepared(self.agent.get(&url), &url)?.call();
        self.json(&url, answer)
    }

    /// `PUT` of an artefact.
    pub(crate) fn put_artefact(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let url = self.artefact(path);
        let request = self.agent.put(&url).header("content-type", "application/octet-stream");
        let answer = self.prepared(request, &url)?.send(bytes);
        self.accepted(&url, answer, LONGEST_ANSWER).map(drop)
    }

    /// An artefact, of which at most one byte more than `longest` is read.
    pub(crate) fn get_artefact(&self, path: &str, longest: usize) -> Result<Vec<u8>, Error> {
        let url = self.artefact(path);
        let answer = self.prepared(self.agent.get(&url), &url)?.call();
        self.accepted(&url, answer, longest as u64 + 1)
    }

    fn artefact(&self, path: &str) -> String {
        let path = utf8_percent_encode(path, PATH);
        self.address.below(&format!("api/2.0/mlflow-artifacts/artifacts/{path}"))
    }

    /// The bytes of an answer with a status of success.
    fn accepted(
        &self,
        url: &str,
        answer: Result<Response<Body>, ureq::Error>,
        longest: u64,
    ) -> Result<Vec<u8>, Error> {
        let unreachable = |error: ureq::Error| {
            let problem = self.authorities.problem(&error).unwrap_or_else(|| error.to_string());
            Error::Unreachable { url: url.to_owned(), problem }
        };
        let mut answer = answer.map_err(unreachable)?;
        let status = answer.status().as_u16();
        if (200..300).contains(&status) {
            let mut bytes = Vec::new();
            let read = answer.body_mut().as_reader().take(longest).read_to_end(&mut bytes);
            return read.map(|_| bytes).map_err(|error| unreachable(error.into()));
        }
        if (300..400).contains(&status) {
            let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
            let said = format!("it leads to `{}`, and redirects are not followed", shortened(to));
            return Err(Error::Refused { url: url.to_owned(), status, code: String::new(), said });
        }
        // What a refusal says is worth telling, and its absence changes nothing.
        let bytes = answer.body_mut().with_config().limit(64 * 1024).read_to_vec().unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let parsed: Option<Value> = serde_json::from_str(&text).ok();
        let field = |name: &str| parsed.as_ref().and_then(|value| value[name].as_str()).map(str::to_owned);
        let code = field("error_code").unwrap_or_default();
        let said = field("message").unwrap_or(text);
        Err(Error::Refused { url: url.to_owned(), status, code, said: shortened(&said) })
    }

    fn json(&self, url: &str, answer: Result<Response<Body>, ureq::Error>) -> Result<Value, Error> {
        let bytes = self.accepted(url, answer, LONGEST_ANSWER)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let begins = shortened(&String::from_utf8_lossy(&bytes[..bytes.len().min(200)]));
            Error::Answer { url: url.to_owned(), problem: format!("{error} in `{begins}`") }
        })
    }

    /// A request with its credentials and the time that is left for it.
    fn prepared<B>(
        &self,
        request: ureq::RequestBuilder<B>,
        url: &str,
    ) -> Result<ureq::RequestBuilder<B>, Error> {
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            let problem = "the time for the tracking server is over".to_owned();
            return Err(Error::Unreachable { url: url.to_owned(), problem });
        }
        let time = left.map_or(self.limits.answer, |left| left.min(self.limits.answer));
        let request = request.config().timeout_global(Some(time)).build();
        Ok(match &self.credentials.0 {
            Some(value) => request.header("authorization", value),
            None => request,
        })
    }
}

/// The beginning of a text on one line, for an error.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(LONGEST_SAID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_go_before_the_token_and_nothing_is_shown() {
        let of = |user, password, token| Credentials::new(user, password, token).0;
        assert_eq!(of(Some("a"), Some("b"), Some("t")).as_deref(), Some("Basic YTpi"));
        assert_eq!(of(Some("a"), None, Some("t")).as_deref(), Some("Bearer t"));
        assert_eq!(of(Some("a"), Some(""), None), None);
        let shown = format!("{:?}", Credentials::new(None, None, Some("hidden")));
        assert!(!shown.contains("hidden"), "{shown}");
    }
}

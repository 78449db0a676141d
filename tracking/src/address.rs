//! Where a tracking server is.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The address of a tracking server: `http://host:port`, with the path it is served below, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// Whether the server is reached by TLS.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The address of something below the server's own.
    pub(crate) fn below(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |problem: &str| {
            // What stands before an `@` may be a password.
            let shown = text.rsplit_once('@').map_or(text, |(_, behind)| behind);
            Err(Error::Address { address: shown.to_owned(), problem: problem.to_owned() })
        };
        let Some((scheme, rest)) = text.split_once("://") else {
            return wrong("expected http://HOST:PORT");
        };
        match scheme {
            "http" => {}
            "https" if cfg!(feature = "tls") => {}
            "https" => return wrong("this program was built without the feature `mlflow-tls`"),
            _ => return wrong("expected http or https"),
        }
        if rest.contains('@') {
            return wrong(
                "credentials do not belong in it; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
            );
        }
        if rest.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '\\')) {
            return wrong("expected nothing behind host, port and path");
        }
        let host = rest.split('/').next().unwrap_or_default();
        if host.is_empty() || host.starts_with(':') {
            return wrong("it names no host");
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn addresses_are_checked() {
        let read = |text: &str| Address::from_str(text).map(|address| address.below("x"));
        assert_eq!(read("http://127.0.0.1:5000").unwrap(), "http://127.0.0.1:5000/x");
        assert_eq!(read("http://h/mlflow/").unwrap(), "http://h/mlflow/x");
        for (text, expected) in [
            ("localhost:5000", "expected http://HOST:PORT"),
            ("file:///tmp/mlruns", "expected http or https"),
            ("http://", "no host"),
            ("http://h:1/?a=b", "nothing behind"),
            ("http://ana:secret@h:1", "credentials"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("secret"), "{text}: {error}");
        }
        assert_eq!(read("https://h").is_ok(), cfg!(feature = "tls"));
    }
}

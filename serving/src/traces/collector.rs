//! Where traces are sent.

use std::str::FromStr;

use axum::http::Uri;

/// The address of a collector that takes OTLP over HTTP: `http://127.0.0.1:4318`. The path `/v1/traces` is put after it.
///
/// ```
/// use amparo_serving::Collector;
///
/// let collector: Collector = "http://127.0.0.1:4318".parse()?;
/// assert_eq!(collector.traces(), "http://127.0.0.1:4318/v1/traces");
/// assert!("https://collector.example".parse::<Collector>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collector(String);

impl Collector {
    /// Where traces are posted.
    pub fn traces(&self) -> String {
        format!("{}/v1/traces", self.0)
    }
}

impl FromStr for Collector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected an address like `http://127.0.0.1:4318`";
        let uri: Uri =
            text.parse().map_err(|error| format!("`{text}` is no address ({error}), {expected}"))?;
        match (uri.scheme_str(), uri.authority(), uri.query()) {
            (Some("http"), Some(authority), None) if !authority.as_str().contains('@') => {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            (Some("https"), ..) => Err(format!(
                "`{text}` is reached by TLS, which the service does not speak to collectors: run one beside the service, {expected}"
            )),
            _ => Err(format!("`{text}` found, {expected}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_collector_is_refused() {
        let of = |text: &str| text.parse::<Collector>().map(|collector| collector.traces());
        assert_eq!(of("http://c:4318/otlp/"), Ok("http://c:4318/otlp/v1/traces".to_owned()));
        for wrong in
            ["", "127.0.0.1:4318", "/v1/traces", "http://u:p@c:4318", "http://c?x=1", "ftp://c", "https://c"]
        {
            assert!(of(wrong).is_err_and(|error| error.contains("expected an address like")), "{wrong}");
        }
    }
}

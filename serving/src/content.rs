//! Headers that say what the bytes of a body are. What they say is taken at its word or refused, and never guessed
//! from the bytes.
//!
//! Of the fields of RFC 9110, section 8, `Content-Language` and `Content-Location` change nothing about JSON, and the
//! length is for the server to see to; `Content-Range` is of section 14.5, `Transfer-Encoding` of RFC 9112, section
//! 6.1.

use axum::http::header::{AsHeaderName, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue};

use crate::api_error::ApiError;

/// Refuses a body that is not, whole and as it is sent, JSON in UTF-8.
pub(crate) fn declared_as_json(headers: &HeaderMap) -> Result<(), ApiError> {
    declared_as(headers, "application/json")
}

/// The same of lines of JSON.
pub(crate) fn declared_as_lines(headers: &HeaderMap) -> Result<(), ApiError> {
    declared_as(headers, LINES)
}

/// The media type of lines of JSON.
pub(crate) const LINES: &str = "application/x-ndjson";

fn declared_as(headers: &HeaderMap, expected: &'static str) -> Result<(), ApiError> {
    whole(headers)?;
    let coded = listed(headers, CONTENT_ENCODING);
    if coded.iter().any(|coding| coding != "identity") {
        return Err(ApiError::UnsupportedContentCoding { found: coded.join(", "), gzip: false });
    }
    let refused = |found: String| Err(ApiError::UnsupportedMediaType { found, expected });
    let mut declared = headers.get_all(CONTENT_TYPE).iter();
    match (declared.next(), declared.next()) {
        (None, _) => refused("missing".to_owned()),
        (Some(_), Some(_)) => refused("given twice".to_owned()),
        (Some(declared), None) => match media_type(declared, expected) {
            None => Ok(()),
            Some(found) => refused(found),
        },
    }
}

/// Whether a body of any type is compressed by gzip; it has to come whole, and in no other coding.
pub(crate) fn declared_as_gzip(headers: &HeaderMap) -> Result<bool, ApiError> {
    whole(headers)?;
    let mut coded = listed(headers, CONTENT_ENCODING);
    coded.retain(|coding| coding != "identity");
    match coded.as_slice() {
        [] => Ok(false),
        [coding] if ["gzip", "x-gzip"].contains(&coding.as_str()) => Ok(true),
        _ => Err(ApiError::UnsupportedContentCoding { found: coded.join(", "), gzip: true }),
    }
}

/// Refuses a body that is a part, or that is transferred in a way that is not read.
fn whole(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.contains_key(CONTENT_RANGE) {
        return Err(ApiError::InvalidHeader {
            header: "Content-Range",
            message: "a part of a body found, expected the whole".to_owned(),
        });
    }
    let transferred = listed(headers, TRANSFER_ENCODING);
    if transferred.iter().any(|coding| coding != "chunked") || transferred.len() > 1 {
        return Err(ApiError::UnsupportedTransferCoding { found: transferred.join(", ") });
    }
    Ok(())
}

/// What a content type is, if it is not the expected one in UTF-8.
fn media_type(declared: &HeaderValue, expected: &str) -> Option<String> {
    let declared = String::from_utf8_lossy(declared.as_bytes());
    let mut parts = declared.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    if !essence.eq_ignore_ascii_case(expected) {
        return Some(format!("`{essence}`"));
    }
    // JSON is UTF-8 and has no parameters (RFC 8259, section 11). One that says so anyway is harmless, any other is not.
    let mut charsets = 0;
    for parameter in parts.filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        charsets += 1;
        if !name.eq_ignore_ascii_case("charset") || !value.eq_ignore_ascii_case("utf-8") || charsets > 1 {
            return Some(format!("`{essence}` with `{parameter}`"));
        }
    }
    None
}

/// The members of a header that is a list, in small letters.
fn listed(headers: &HeaderMap, name: impl AsHeaderName) -> Vec<String> {
    let texts = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let members = |text: std::borrow::Cow<'_, str>| -> Vec<String> {
        text.split(',').map(|member| member.trim().to_ascii_lowercase()).filter(|m| !m.is_empty()).collect()
    };
    texts.flat_map(members).collect()
}

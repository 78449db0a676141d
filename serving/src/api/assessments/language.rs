//! The language of an answer that names none itself (RFC 9110, section 12.5.4).

use amparo_models::assess::Part;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use super::request::AssessmentRequest;

/// The languages that proposals are told in: the tag of each, its part, and the part of the other.
const LANGUAGES: [(&str, Part); 2] = [("es", Part::TextEs), ("en", Part::TextEn)];

/// Puts the language that the header asks for into a request without `fields`: all parts, but for the text in other languages. So the log holds what was
/// answered and why. Where the header asks for no language of ours, or for any, nothing changes. Gives the language.
pub(super) fn ask(headers: &HeaderMap, request: &mut AssessmentRequest) -> Option<&'static str> {
    if request.fields.is_some() {
        return None;
    }
    let preferred = preferred(headers)?;
    let others = LANGUAGES.map(|(tag, part)| (tag != preferred).then_some(part));
    let asked = Part::ALL.into_iter().filter(|part| !others.contains(&Some(*part)));
    request.fields = Some(asked.map(|part| part.name().to_owned()).collect());
    Some(preferred)
}

/// The language of ours with the highest weight; of equal ones, that which is named first.
fn preferred(headers: &HeaderMap) -> Option<&'static str> {
    let mut best: Option<(&'static str, f64)> = None;
    let values = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        let primary = tag.split('-').next().unwrap_or_default();
        let Some((name, _)) = LANGUAGES.into_iter().find(|(name, _)| *name == primary) else { continue };
        let weight = match parts.next() {
            None => 1.0,
            Some(parameter) => parameter.strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0),
        };
        if weight > 0.0 && weight <= 1.0 && best.is_none_or(|(_, of_best)| weight > of_best) {
            best = Some((name, weight));
        }
    }
    best.map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_language_with_the_highest_weight_is_preferred() {
        for (header, expected) in [
            ("es-ES,es;q=0.9,en;q=0.8", Some("es")),
            ("en;q=0.8, es;q=0.9", Some("es")),
            ("EN-gb", Some("en")),
            ("de, en;q=0.1", Some("en")),
            ("en;q=0.5,es;q=0.5", Some("en")),
            ("es;q=0, en;q=0.2", Some("en")),
            ("*", None),
            ("de", None),
            ("es;q=2", None),
            ("es;q=x", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
            assert_eq!(preferred(&headers), expected, "{header}");
        }
        assert_eq!(preferred(&HeaderMap::new()), None);
    }
}

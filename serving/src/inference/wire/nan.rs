//! `NaN`, which Python's clients write where a number is missing, and which is no JSON.

use std::borrow::Cow;

/// The text with `null` for every `NaN` that stands outside of a text: both say that a number is missing.
pub fn without_nan(json: &[u8]) -> Cow<'_, [u8]> {
    const NAN: &[u8] = b"NaN";
    let mut changed = Vec::new();
    let (mut copied, mut at, mut in_text) = (0, 0, false);
    while let Some(&byte) = json.get(at) {
        match byte {
            // Whatever is escaped does not end the text.
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            b'N' if !in_text && json[at..].starts_with(NAN) => {
                changed.extend_from_slice(&json[copied..at]);
                changed.extend_from_slice(b"null");
                at += NAN.len() - 1;
                copied = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    changed.extend_from_slice(&json[copied..]);
    Cow::Owned(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_missing_and_a_text_stays_as_it_is() {
        for (json, expected) in [
            (r#"{"data":[1,NaN, NaN]}"#, r#"{"data":[1,null, null]}"#),
            (r#"["NaN",NaN,"\"NaN","\\",NaN]"#, r#"["NaN",null,"\"NaN","\\",null]"#),
            ("NaNNaN", "nullnull"),
            (r#"["NaN"#, r#"["NaN"#),
            ("[1,Na", "[1,Na"),
            (r#"["\"#, r#"["\"#),
            ("", ""),
        ] {
            assert_eq!(without_nan(json.as_bytes()), expected.as_bytes(), "{json}");
        }
        assert!(matches!(without_nan(br#"{"data":["NaN"]}"#), Cow::Borrowed(_)));
    }
}

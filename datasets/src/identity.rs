//! Documents of identity and e-mail addresses in texts that should be pseudonyms: none may enter a cohort or the service.

/// Control letters of a DNI, by the number modulo 23 (Real Decreto 1553/2005, and Orden INT/2058/2008 for the NIE).
const CONTROL: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// What a document of identity is called that stands in a text, if one does: a Spanish DNI or NIE, or an e-mail address.
///
/// ```
/// use amparo_datasets::identity::document;
///
/// assert_eq!(document("12345678Z"), Some("a Spanish DNI"));
/// assert_eq!(document("c-000123"), None);
/// ```
pub fn document(text: &str) -> Option<&'static str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '<' | '>'))
        .find_map(in_word)
}

fn in_word(word: &str) -> Option<&'static str> {
    if word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) {
        return Some("an e-mail address");
    }
    let separator = |c: char| !c.is_alphanumeric();
    // Written in one piece, the shape is enough. With separators inside (12.345.678-Z), so is many a case number
    // (2024-0001-A): then the control letter has to be right as well.
    let joined: String = word.split(separator).collect();
    word.split(separator)
        .find_map(|piece| shape(piece).map(|(what, _)| what))
        .or_else(|| shape(&joined).filter(|(_, controlled)| *controlled).map(|(what, _)| what))
}

/// Whether a word has the shape of a DNI or NIE, and whether its control letter is right.
fn shape(word: &str) -> Option<(&'static str, bool)> {
    let word = word.to_ascii_uppercase();
    let (first, rest) = word.as_bytes().split_first()?;
    let (what, digits) = match first {
        b'X' | b'Y' | b'Z' => ("a Spanish NIE", format!("{}{}", first - b'X', tail(rest)?)),
        _ => ("a Spanish DNI", word.get(..8)?.to_owned()),
    };
    let letter = *word.as_bytes().last()?;
    let fits = word.len() == 9 && letter.is_ascii_uppercase() && digits.bytes().all(|b| b.is_ascii_digit());
    let number: usize = digits.parse().ok()?;
    fits.then(|| (what, CONTROL[number % CONTROL.len()] == letter))
}

/// The seven digits of a NIE.
fn tail(rest: &[u8]) -> Option<&str> {
    std::str::from_utf8(rest.get(..7)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_seen_however_they_are_written() {
        for id in
            ["12345678Z", "12345678a", "12345678-Z", "12.345.678-Z", "case:12345678z", "caso-12345678Q-1"]
        {
            assert_eq!(document(id), Some("a Spanish DNI"), "{id}");
        }
        for id in ["X1234567L", "y1234567a", "Z-1234567-R", "the X1234567L of him"] {
            assert_eq!(document(id), Some("a Spanish NIE"), "{id}");
        }
        for id in ["ana@example.org", "write to <ana@example.org>"] {
            assert_eq!(document(id), Some("an e-mail address"), "{id}");
        }
    }

    #[test]
    fn pseudonyms_pass() {
        for id in
            ["c-000123", "2024-0001-A", "0192f3c4-7d1e-7c3a-9f00-12345678e9ab", "VG:2025:77", "1", "12345678"]
        {
            assert_eq!(document(id), None, "{id}");
        }
    }
}

//! Ids that a machine draws: UUIDs and digests. Letters and digits stand in them as chance has it, a document of
//! identity's among them.

/// Lengths of hexadecimal words that are digests or ids of a fixed width: 64, 96, 128, 160, 192, 224, 256, 384 and
/// 512 bits.
const WIDTHS: [usize; 9] = [16, 24, 32, 40, 48, 56, 64, 96, 128];

/// Lengths of the words of a UUID.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];

/// What stands in a text around the ids that a machine has drawn.
pub(super) fn around(text: &str) -> Vec<&str> {
    let mut around = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        match drawn(&text[at..]).filter(|_| begins_word(text, at)) {
            Some(length) => {
                around.push(&text[start..at]);
                at += length;
                start = at;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    around.push(&text[start..]);
    around
}

/// The length of the drawn id that a text begins with, if it does.
fn drawn(text: &str) -> Option<usize> {
    let first = word(text);
    if first == UUID[0] {
        let mut at = first;
        for length in &UUID[1..] {
            let rest = text[at..].strip_prefix('-')?;
            if word(rest) != *length {
                return None;
            }
            at += 1 + length;
        }
        return Some(at);
    }
    WIDTHS.contains(&first).then_some(first)
}

/// The length of the word that a text begins with, if it is hexadecimal, and 0 if not.
fn word(text: &str) -> usize {
    let hexadecimal = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let ends = !text[hexadecimal..].starts_with(char::is_alphanumeric);
    if ends { hexadecimal } else { 0 }
}

fn begins_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn what_is_drawn_is_left_out() {
        for (text, left) in [
            ("1c24c2ae-908e-4ee4-abd2-cff71832231b", vec!["", ""]),
            ("urn:uuid:1C24C2AE-908E-4EE4-ABD2-CFF71832231B", vec!["urn:uuid:", ""]),
            ("1c24c2ae908e4ee4abd2cff71832231b", vec!["", ""]),
            ("case:900150983cd24fb0:7", vec!["case:", ":7"]),
            ("a9993e364706816aba3e25717850c26c9cd0d89d é", vec!["", " é"]),
        ] {
            assert_eq!(around(text), left);
        }
    }

    #[test]
    fn what_is_not_drawn_stays() {
        for text in [
            "",
            "é",
            "12345678Z",
            "12345678-Z",
            "12345678A",
            // A word too few, too short, too long, or not hexadecimal.
            "1c24c2ae-908e-4ee4-abd2",
            "1c24c2ae-908e-4ee4-abd2-cff71832231",
            "1c24c2ae-908e-4ee4-abd2-cff71832231bb",
            "x1c24c2ae-908e-4ee4-abd2-cff71832231b",
            "1c24c2ae-908e-4ee4-abd2-cff71832231z",
            "1c24c2ae:908e:4ee4:abd2:cff71832231b",
            "900150983cd24fb",
        ] {
            assert_eq!(around(text), [text]);
        }
    }
}

//! Documents of identity, telephone numbers and e-mail addresses in texts that should be pseudonyms: none that can be
//! recognised may enter a cohort or the service.

mod case_number;
mod drawn;

pub use case_number::CaseNumber;

/// Control letters of a DNI, by the number modulo 23 (Real Decreto 1553/2005, and Orden INT/2058/2008 for the NIE).
const CONTROL: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// Most pieces that a document is written in: `ES 12.345.678-Z`.
const MOST_PIECES: usize = 5;

/// What is written right before a telephone number.
const TELEPHONE: [&str; 6] = ["TELF", "TEL", "TLF", "TFNO", "MOVIL", "MOV"];

/// What a document of identity is called that stands in a text, if one does.
///
/// Recognised are, wherever they stand between other characters, and also written apart (`12.345.678-Z`, `600 12 34 56`):
/// - a DNI (eight digits and a letter) or NIE (`X`, `Y` or `Z`, seven digits and a letter). Written apart, or behind
///   letters other than `DNI`, `NIF`, `NIE`, `ES`, the control letter has to be right as well: so is many a case number;
/// - a Spanish telephone number, nine digits from `6`, `7`, `8` or `9` on: behind `+34`, `0034` or `tel`, or in groups. Nine
///   digits in one piece may as well be a case number, and pass;
/// - an e-mail address.
///
/// Names, addresses and other plain words are not, nor passports, nor a DNI without its letter. UUIDs and hexadecimal
/// digests, wherever they stand, are pseudonyms: of 10,000 random UUIDs, one would look like a DNI.
pub fn document(text: &str) -> Option<&'static str> {
    let word = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '<' | '>');
    if text.split(word).any(is_address) {
        return Some("an e-mail address");
    }
    drawn::around(text).into_iter().find_map(in_text)
}

/// Whether a text as a whole is an id that a machine has drawn: a UUID or a digest in hexadecimal.
pub fn is_drawn(text: &str) -> bool {
    !text.is_empty() && drawn::around(text).iter().all(|rest| rest.is_empty())
}

fn in_text(text: &str) -> Option<&'static str> {
    let pieces: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    (0..pieces.len()).find_map(|start| {
        (start + 1..=pieces.len().min(start + MOST_PIECES)).find_map(|end| in_run(&pieces[start..end]))
    })
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// What pieces that follow each other are together, in upper case.
fn in_run(pieces: &[String]) -> Option<&'static str> {
    let (what, claimed, controlled) = match shape(&pieces.concat()) {
        Some(shape) => shape,
        None => return is_telephone(pieces).then_some("a telephone number"),
    };
    (controlled || claimed && pieces.len() == 1).then_some(what)
}

/// Whether a word has the shape of a DNI or NIE: what it is, whether nothing else or the name of such a document stands
/// before it, and whether its control letter is right.
fn shape(word: &str) -> Option<(&'static str, bool, bool)> {
    let start = word.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = word.split_at(start);
    let letter = rest.chars().last().filter(char::is_ascii_uppercase)?;
    let digits = rest.strip_suffix(letter).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let number: usize = digits.parse().ok()?;
    if !before.chars().all(char::is_alphabetic) {
        return None;
    }
    let (what, before, number) = match (digits.len(), before.chars().last()) {
        (8, _) => ("a Spanish DNI", before, number),
        (7, Some(first @ 'X'..='Z')) => {
            let first = first as usize - 'X' as usize;
            ("a Spanish NIE", &before[..before.len() - 1], first * 10_000_000 + number)
        }
        _ => return None,
    };
    let claimed = matches!(before, "" | "DNI" | "NIF" | "NIE" | "ES");
    Some((what, claimed, char::from(CONTROL[number % CONTROL.len()]) == letter))
}

/// Whether pieces are a Spanish telephone number as such numbers are written.
fn is_telephone(pieces: &[String]) -> bool {
    let [first, rest @ ..] = pieces else { return false };
    let named = TELEPHONE.iter().find_map(|word| first.strip_prefix(word));
    let first = named.unwrap_or(first);
    // What is left of `34600` is the first group; `34` alone may stand before it, and the run without it is looked at too.
    let country = ["0034", "34"].iter().find_map(|country| first.strip_prefix(country));
    [Some((first, named.is_some())), country.map(|first| (first, true))].into_iter().flatten().any(
        |(first, told)| {
            let lengths: Vec<usize> =
                std::iter::once(first.len()).chain(rest.iter().map(String::len)).collect();
            let grouped = matches!(lengths[..], [3, 6] | [3, 3, 3] | [3, 2, 2, 2] | [2, 3, 2, 2]);
            (grouped || told && lengths == [9])
                && first.starts_with(['6', '7', '8', '9'])
                && std::iter::once(first).chain(rest.iter().map(String::as_str)).all(is_number)
        },
    )
}

fn is_number(piece: &str) -> bool {
    piece.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::{document, in_text};

    #[test]
    fn what_a_machine_draws_is_a_pseudonym() {
        // Some of which a search of their letters and digits takes for documents.
        assert_eq!(in_text("1c24c2ae-908e-4ee4-abd2-cff71832231b"), Some("a Spanish DNI"));
        let mut random = Pcg64::seed_from_u64(1);
        let mut taken = 0;
        for _ in 0..100_000 {
            let drawn: u128 = random.random();
            let hex = format!("{drawn:032x}");
            let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
            taken += usize::from(in_text(&uuid).is_some());
            for id in [&uuid, &hex, &hex[..16], &hex[..24], &format!("case:{uuid}"), &format!("{hex}{hex}")] {
                assert_eq!(document(id), None, "{id}");
            }
        }
        assert!(taken > 0, "nothing was drawn that looks like a document");
    }

    #[test]
    fn a_document_beside_what_a_machine_draws_is_seen() {
        for id in
            ["1c24c2ae-908e-4ee4-abd2-cff71832231b-12345678Z", "12345678Z:1c24c2ae908e4ee4abd2cff71832231b"]
        {
            assert_eq!(document(id), Some("a Spanish DNI"), "{id}");
        }
        assert_eq!(document("1c24c2ae908e4ee4abd2cff71832231b@example.org"), Some("an e-mail address"));
    }

    #[test]
    fn documents_are_seen_however_they_are_written() {
        for id in [
            "12345678Z",
            "12345678a",
            "12345678-Z",
            "12.345.678-Z",
            "case:12345678z",
            "caso-12345678Q-1",
            "DNI12345678Z",
            "dni12345678a",
            "ES12345678Z",
            "NIF-12345678-Z",
            "DNI.12.345.678-Z",
            "es 12.345.678-z",
            "caso-1-12.345.678-Z",
            "caso12345678Z",
        ] {
            assert_eq!(document(id), Some("a Spanish DNI"), "{id}");
        }
        for id in [
            "X1234567L",
            "y1234567a",
            "Z-1234567-R",
            "the X1234567L of him",
            "NIEX1234567L",
            "nie-x-1234567-l",
            "ESX1234567A",
            "X.1.234.567-L",
        ] {
            assert_eq!(document(id), Some("a Spanish NIE"), "{id}");
        }
        for id in [
            "+34600123456",
            "0034600123456",
            "34-600-123-456",
            "+34 91 123 45 67",
            "+34600-123-456",
            "600.12.34.56",
            "600-123456",
            "tel600123456",
            "call her on 600 123 456 at night",
        ] {
            assert_eq!(document(id), Some("a telephone number"), "{id}");
        }
        for id in ["ana@example.org", "write to <ana@example.org>"] {
            assert_eq!(document(id), Some("an e-mail address"), "{id}");
        }
    }

    #[test]
    fn plain_words_are_not_recognised() {
        for text in ["Maria-Lopez", "calle-Mayor-12", "PAB123456", "600123456", "case:912345678"] {
            assert_eq!(document(text), None, "{text}: then the documentation must say so");
        }
    }
}

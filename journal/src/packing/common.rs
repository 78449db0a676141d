//! What bodies have in common, and nothing else: what dictionaries are trained on.
//!
//! A dictionary stays in the log when bodies are erased, and a dictionary trained on bodies as they are consists of stretches of them: case
//! ids, and rows of answers that only one case gave. So bodies are taken apart first. A stretch is kept if it stands, word for word
//! and as a whole, in bodies of several cases; in all others, each letter and digit is replaced by one that is drawn. Then
//! the stretches of all bodies are shuffled and dealt anew, because even shared ones would tell of a case by their order. A byte that no body
//! has stands after each, so that chance brings none of them together again as a body had them.
//!
//! The ids of cases are replaced wherever they stand, also where a part of them is shared.

use std::collections::{BTreeSet, HashMap};

use crate::entry::case_of;

/// Cases whose bodies share a stretch, for it to be kept.
pub(super) const SHARED_BY: usize = 8;

/// Bytes of the shortest stretch that is kept; a dictionary gains little by shorter ones.
const SHORTEST: usize = 12;

/// Ends a stretch. JSON writes control characters in other ways, so no body has it.
const END: u8 = 0;

/// Where a stretch stands: in which body, and from which byte on.
type Place = (usize, usize);

/// As many texts as there are cases among the bodies, made of what these have in common; of each case, its first body is looked at. Nothing, if the
/// operating system gives no random bytes.
pub(super) fn common(bodies: &[impl AsRef<[u8]>]) -> Option<Vec<Vec<u8>>> {
    let mut drawn = Drawn::new()?;
    let mut cases = BTreeSet::new();
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for body in bodies {
        let mut text = body.as_ref().to_vec();
        if let Some(case) = std::str::from_utf8(&text).ok().and_then(case_of) {
            replace(&mut text, case.as_bytes(), &mut drawn);
            if !cases.insert(case) {
                continue;
            }
        }
        texts.push(text);
    }
    let mut pieces = Vec::new();
    let index = Index::of(&texts);
    for (number, text) in texts.iter().enumerate() {
        let (mut at, mut rest) = (0, Vec::new());
        while at < text.len() {
            let length = index.shared(number, at);
            if length == 0 {
                rest.push(drawn.like(text[at]));
                at += 1;
                continue;
            }
            pieces.push(std::mem::take(&mut rest));
            pieces.push(text[at..at + length].to_vec());
            at += length;
        }
        pieces.push(rest);
    }
    pieces.retain(|piece| !piece.is_empty());
    drawn.shuffle(&mut pieces);
    let mut dealt = vec![Vec::new(); texts.len()];
    for (number, piece) in pieces.iter().enumerate() {
        let text = &mut dealt[number % texts.len()];
        text.extend_from_slice(piece);
        text.push(END);
    }
    Some(dealt)
}

/// Replaces a word wherever it stands.
fn replace(text: &mut [u8], word: &[u8], drawn: &mut Drawn) {
    let mut at = 0;
    while !word.is_empty() && at + word.len() <= text.len() {
        if text[at..].starts_with(word) {
            text[at..at + word.len()].iter_mut().for_each(|byte| *byte = drawn.like(*byte));
            at += word.len();
        } else {
            at += 1;
        }
    }
}

/// Where every stretch of the shortest length stands.
struct Index<'a> {
    texts: &'a [Vec<u8>],
    places: HashMap<&'a [u8], Vec<Place>>,
}

impl<'a> Index<'a> {
    fn of(texts: &'a [Vec<u8>]) -> Self {
        let mut places: HashMap<&[u8], Vec<Place>> = HashMap::new();
        for (number, text) in texts.iter().enumerate() {
            for (at, stretch) in text.windows(SHORTEST).enumerate() {
                places.entry(stretch).or_default().push((number, at));
            }
        }
        Self { texts, places }
    }

    /// Length of the longest stretch from a place on that stands in enough texts; 0 if none does.
    fn shared(&self, number: usize, at: usize) -> usize {
        let text = &self.texts[number];
        let Some(stretch) = text.get(at..at + SHORTEST) else { return 0 };
        let Some(places) = self.places.get(stretch).filter(|places| in_texts(places) >= SHARED_BY) else {
            return 0;
        };
        let in_text = |places: &[Place]| {
            places.iter().map(|(number, from)| alike(&self.texts[*number][*from..], &text[at..])).max()
        };
        let same_text = |(one, _): &Place, (other, _): &Place| one == other;
        let mut lengths: Vec<usize> = places.chunk_by(same_text).filter_map(in_text).collect();
        lengths.sort_unstable_by(|one, other| other.cmp(one));
        lengths.get(SHARED_BY - 1).copied().unwrap_or(0)
    }
}

/// In how many texts places are, which are in order.
fn in_texts(places: &[Place]) -> usize {
    places.chunk_by(|(one, _), (other, _)| one == other).count()
}

/// How many bytes two texts have in common at their beginning.
fn alike(one: &[u8], other: &[u8]) -> usize {
    const BLOCK: usize = 128;
    let blocks =
        one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK)).take_while(|(one, other)| one == other);
    let whole = blocks.count() * BLOCK;
    whole + one[whole..].iter().zip(&other[whole..]).take_while(|(one, other)| one == other).count()
}

/// Random numbers from a seed of the operating system: nobody else knows what was drawn.
struct Drawn(u64);

impl Drawn {
    fn new() -> Option<Self> {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).ok()?;
        Some(Self(u64::from_le_bytes(seed)))
    }

    /// splitmix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Another byte of the same kind.
    fn like(&mut self, byte: u8) -> u8 {
        let (first, count) = match byte {
            b'0'..=b'9' => (b'0', 10),
            b'a'..=b'z' => (b'a', 26),
            b'A'..=b'Z' => (b'A', 26),
            0..=127 => return byte,
            _ => (b'a', 26),
        };
        first + self.below(count) as u8
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for end in (1..all.len()).rev() {
            all.swap(end, self.below(end as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn holds(texts: &[Vec<u8>], word: &str) -> bool {
        texts.iter().any(|text| text.windows(word.len()).any(|part| part == word.as_bytes()))
    }

    /// Words that all bodies have, words of a few, and a case of its own.
    fn body(k: usize) -> String {
        let few = if k.is_multiple_of(10) {
            "words that only a few bodies have"
        } else {
            "and others have these in their place"
        };
        let own = format!("{:016}", k as u64 * 7_919_777_777_777);
        format!(
            r#"{{"request":{{"case_id":"case-{k}","own":"{own}"}},"answer":{{"said":"a sentence that stands in every body","few":"{few}","case_id":"case-{k}"}}}}"#
        )
    }

    #[test]
    fn what_several_cases_share_is_kept_and_nothing_else() {
        let bodies: Vec<String> = (0..70).map(body).collect();
        let made = common(&bodies).unwrap();
        assert_eq!(made.len(), 70);
        assert!(holds(&made, "a sentence that stands in every body"));
        assert!(holds(&made, "and others have these in their place"));
        // Seven cases have them: one too few.
        assert!(!holds(&made, "words that only a few"));
        assert!(bodies.iter().any(|body| body.contains("words that only a few")));
        for k in 0..70 {
            assert!(!holds(&made, &format!("{:016}", k as u64 * 7_919_777_777_777)), "{k}");
            assert!(!holds(&made, &format!(r#""case_id":"case-{k}""#)), "{k}");
        }
        // Not by its beginning either, which many share.
        assert!(!holds(&made, "case-"));
    }

    #[test]
    fn bodies_of_one_case_count_once() {
        let same = |k: usize| body(k % 7);
        let bodies: Vec<String> = (0..70).map(same).collect();
        let made = common(&bodies).unwrap();
        assert!(!holds(&made, "a sentence that stands in every body"));
    }

    #[test]
    fn no_row_of_answers_stands_as_a_case_gave_it() {
        // Each answer is that of many cases, and each row that of one.
        let row = |k: usize| -> String {
            let answer = |n: usize| {
                format!(r#""indicator-{n:02}":"{}","#, if k >> n & 1 == 1 { "severe" } else { "absent" })
            };
            (0..20).map(answer).collect()
        };
        let bodies: Vec<String> = (0..128).map(|k| row(k * 7_919_777)).collect();
        let made = common(&bodies).unwrap();
        assert!(holds(&made, r#""indicator-03":"severe""#));
        let whole = bodies.iter().filter(|row| holds(&made, row)).count();
        assert_eq!(whole, 0, "rows came together again");
        // Not by chance: what a body has on both sides of the end of a stretch stands nowhere.
        for text in &made {
            for (at, _) in text.iter().enumerate().filter(|(_, byte)| **byte == END) {
                let around = &text[at.saturating_sub(1)..(at + 2).min(text.len())];
                assert!(
                    bodies
                        .iter()
                        .all(|body| !body.as_bytes().windows(around.len()).any(|part| part == around))
                );
            }
        }
    }

    #[test]
    fn a_word_is_replaced_by_one_of_its_kind() {
        let mut drawn = Drawn::new().unwrap();
        let mut text = b"Ab-1: Ab-12, \xc3\xa9".to_vec();
        replace(&mut text, b"Ab-1", &mut drawn);
        assert_eq!(
            (&text[2..3], &text[4..6], &text[8..9], &text[10..]),
            (&b"-"[..], &b": "[..], &b"-"[..], &b"2, \xc3\xa9"[..])
        );
        let kinds = |at: usize| {
            (text[at].is_ascii_uppercase(), text[at + 1].is_ascii_lowercase(), text[at + 3].is_ascii_digit())
        };
        assert_eq!((kinds(0), kinds(6)), ((true, true, true), (true, true, true)));
        let mut same = vec![b'x'; 64];
        same.iter_mut().for_each(|byte| *byte = drawn.like(*byte));
        assert_ne!(same, [b'x'; 64]);
    }
}

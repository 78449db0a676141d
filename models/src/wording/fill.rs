//! Texts put together, in both languages at once.

use amparo_datasets::Text;

/// The same in both languages: a name, a number.
pub fn same(text: impl Into<String>) -> Text {
    let es = text.into();
    Text { en: es.clone(), es }
}

/// A phrase with its places filled in. What is filled in is not looked at again.
pub(super) fn fill(phrase: &Text, places: &[(&str, &Text)]) -> Text {
    let of = |phrase: &str, lang: fn(&Text) -> &str| {
        let mut filled = String::with_capacity(phrase.len());
        for piece in pieces(phrase) {
            match piece {
                Piece::Words(words) => filled.push_str(words),
                Piece::Place(name) => {
                    let value = places.iter().find(|(place, _)| *place == name);
                    filled.push_str(value.map_or(name, |(_, value)| lang(value)));
                }
            }
        }
        filled
    };
    Text { es: of(&phrase.es, |t| &t.es), en: of(&phrase.en, |t| &t.en) }
}

/// Texts with something between.
pub(super) fn joined(texts: impl IntoIterator<Item = Text>, between: &str) -> Text {
    let mut all = Text { es: String::new(), en: String::new() };
    for (k, text) in texts.into_iter().enumerate() {
        let between = if k == 0 { "" } else { between };
        all.es.push_str(between);
        all.es.push_str(&text.es);
        all.en.push_str(between);
        all.en.push_str(&text.en);
    }
    all
}

/// The names in braces, in order, or what is wrong with the braces.
pub(super) fn places(phrase: &str) -> Result<Vec<&str>, String> {
    let mut found = Vec::new();
    for piece in pieces(phrase) {
        match piece {
            Piece::Words(words) if words.contains(['{', '}']) => {
                return Err(format!("`{words}` has a brace without its partner"));
            }
            Piece::Words(_) => {}
            Piece::Place(name) => found.push(name),
        }
    }
    Ok(found)
}

enum Piece<'a> {
    Words(&'a str),
    Place(&'a str),
}

/// Words and `{names}` in turn; a brace without its partner stays among the words.
fn pieces(phrase: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = phrase;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        pieces.push(Piece::Words(before));
        pieces.push(Piece::Place(name));
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

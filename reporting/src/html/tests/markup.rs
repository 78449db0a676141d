//! A reader of markup just strict enough to find unbalanced, nested or repeated things.

use std::collections::BTreeSet;

/// The names of the elements in order, or the first fault: an unclosed tag, a bare `<` or `&`, an id given twice.
pub(super) fn read(html: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    while let Some(at) = rest.find('<') {
        entities(&rest[..at])?;
        let end = rest[at..].find('>').ok_or("`<` without `>`")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop();
            if last.as_deref() != Some(name) {
                return Err(format!("`/{name}` closes {last:?} after {}", names.len()));
            }
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default().to_owned();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(format!("`{tag}` is no tag"));
        }
        if tag.contains('<') || tag.matches('"').count() % 2 == 1 {
            return Err(format!("`{tag}` is torn"));
        }
        if let Some(id) = tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next())
            && !ids.insert(id.to_owned())
        {
            return Err(format!("id `{id}` is given twice"));
        }
        if !tag.ends_with('/') {
            open.push(name.clone());
        }
        names.push(name);
    }
    if open.is_empty() { Ok(names) } else { Err(format!("{open:?} stay open")) }
}

fn entities(text: &str) -> Result<(), String> {
    let known =
        |after: &str| after.split_once(';').is_some_and(|(name, _)| name.len() <= 6 && !name.contains(' '));
    text.match_indices('&')
        .find(|(at, _)| !known(&text[at + 1..]))
        .map_or(Ok(()), |(at, _)| Err(format!("bare `&` in `{}`", &text[at..])))
}

/// The text of a page: tags cut out, entities read.
pub(super) fn text(html: &str) -> String {
    let mut out = String::new();
    for piece in html.split('<').skip(1) {
        out.push_str(piece.split_once('>').map_or("", |(_, text)| text));
    }
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(out, |text, (entity, c)| text.replace(entity, c))
}

#[test]
fn faults_are_found() {
    assert_eq!(read("<!DOCTYPE html><p id=\"a\">x<br/></p>"), Ok(vec!["p".to_owned(), "br".to_owned()]));
    let bad =
        ["<p>", "<p></b></p>", "a & b<p></p>", "<p id=\"a\"></p><p id=\"a\"></p>", "< b", "<p a=\"></p>"];
    for html in bad {
        assert!(read(&format!("<!DOCTYPE html>{html}")).is_err(), "{html}");
    }
}

//! How comments and texts are written in the files of a draft.

/// Longest line of a comment.
const WIDTH: usize = 118;

/// A text as TOML has it, on one line.
pub(super) fn quoted(text: &str) -> String {
    // JSON escapes everything that TOML wants escaped but the last control character of ASCII.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// Texts as a list of TOML.
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    format!("[{}]", texts.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

/// Sentences as lines of a comment.
pub(super) fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        let word: String = word.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(&word);
    }
    format!("{lines}{line}\n")
}

/// A block that is not read, ready to be.
pub(super) fn commented(block: &str) -> String {
    block.lines().map(|line| if line.is_empty() { "#\n".to_owned() } else { format!("# {line}\n") }).collect()
}

/// The comments at the top of a built-in file that explain its keys, without what they say of that file alone, which stands behind
/// the last empty one.
pub(super) fn keys(text: &str) -> String {
    let lines: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
    let end = lines.iter().rposition(|line| *line == "#").unwrap_or(lines.len());
    lines[..end].iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_text_survives() {
        for text in ["", "a \"b\" \\ c", "line\nline", "\u{7f}\u{1}\t", "precoç €", "'''", "\"\"\""] {
            let table: toml::Table = format!("{} = {}", quoted(text), list([text, text])).parse().unwrap();
            assert_eq!(table[text].as_array().unwrap()[1].as_str(), Some(text), "{text:?}");
        }
    }

    #[test]
    fn comments_stay_comments() {
        let long = format!("{} a\nb \u{1}", "word ".repeat(60));
        let text = comment(&long);
        assert!(text.lines().all(|line| line.starts_with("# ") && line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().count() > 2 && text.parse::<toml::Table>().unwrap().is_empty());
        assert!(commented("[a]\n\nb = 1").parse::<toml::Table>().unwrap().is_empty());
    }

    #[test]
    fn keys_are_explained_by_the_built_in_files() {
        let text = keys("# id  name\n#\n# any\n#\n# Of this file.\n\nid = 1\n");
        assert_eq!(text, "# id  name\n#\n# any\n");
        assert_eq!(keys("# id  name\nid = 1\n"), "# id  name\n");
    }
}

//! Names as MLflow takes them.

use sha2::{Digest, Sha256};

/// Longest name of a metric, parameter or tag at the server, in characters.
const LONGEST: usize = 250;

/// The name that a server is sent for a metric, parameter or tag.
///
/// MLflow takes letters (of which Latin ones are left as they are), digits, `_`, `-`, `.`, blanks, `:` and `/`, and names must be those of files below a folder. So `@` becomes `:`
/// (`recall@high` is `recall:high`), and every other character that is not taken, `:` itself and a part that is `.` or `..` or nothing become `:u` with six
/// hexadecimal digits of their code point; so does an `@` that would begin such an escape. Names that differ stay different. A name of more than 250 characters keeps 200, and has
/// the beginning of its SHA-256 behind.
#[must_use]
pub fn mlflow_name(key: &str) -> String {
    let parts: Vec<String> = key.split('/').map(part).collect();
    let name = parts.join("/");
    if name.chars().count() <= LONGEST {
        return name;
    }
    let digest = Sha256::digest(key.as_bytes());
    let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let kept: String = name.chars().take(200).collect();
    format!("{}:{short}", kept.trim_end_matches('/'))
}

fn part(part: &str) -> String {
    if part.is_empty() {
        // Two slashes in a row: the second is written out.
        return escaped('/');
    }
    if part.chars().all(|c| c == '.') {
        return part.chars().map(escaped).collect();
    }
    let mut name = String::new();
    for (at, c) in part.char_indices() {
        let reads_as_escape = || is_escape(&part[at + 1..]);
        match c {
            '@' if !reads_as_escape() => name.push(':'),
            // All of these are letters to Python too, which MLflow asks.
            c if c <= '\u{24f}' && c.is_alphabetic() => name.push(c),
            c if c.is_ascii_digit() || matches!(c, '_' | '-' | '.' | ' ') => name.push(c),
            c => name.push_str(&escaped(c)),
        }
    }
    name
}

/// Whether a text begins as [`escaped`] goes on behind its colon.
fn is_escape(text: &str) -> bool {
    let digits = text.strip_prefix('u').and_then(|rest| rest.get(..6));
    digits.is_some_and(|digits| digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')))
}

fn escaped(c: char) -> String {
    format!(":u{:06x}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_that_mlflow_takes_stay() {
        for name in ["auc", "group/sex/woman/auc.low", "config.hybrid.b x-1.trees"] {
            assert_eq!(mlflow_name(name), name);
        }
        assert_eq!(mlflow_name("recall@high"), "recall:high");
        assert_eq!(mlflow_name("level_rate@unappreciated"), "level_rate:unappreciated");
        assert_eq!(mlflow_name("share=a,b"), "share:u00003da:u00002cb");
        assert_eq!(mlflow_name("niños → 2"), "niños :u002192 2");
    }

    #[test]
    fn names_that_differ_stay_different() {
        let keys = [
            "a@b",
            "a:b",
            "a=b",
            "a@u00003db",
            "a@@b",
            "a@:b",
            "a:@b",
            "/a",
            "a/",
            "a//b",
            "./a",
            "../a",
            "..",
            ".",
            "",
            "a@u00003d@",
            "a=@",
            "a=:",
            "a/b",
            "a@ub",
        ];
        let names: BTreeSet<String> = keys.iter().map(|key| mlflow_name(key)).collect();
        assert_eq!(names.len(), keys.len(), "{names:?}");
        for name in &names {
            assert!(!name.split('/').any(|part| ["", ".", ".."].contains(&part)), "{name}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let long = |end: &str| mlflow_name(&format!("{}{end}", "a/é".repeat(200)));
        assert!(long("x").chars().count() <= LONGEST);
        assert_ne!(long("x"), long("y"));
    }
}

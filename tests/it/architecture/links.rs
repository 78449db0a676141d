//! Where the links in Markdown lead.

use std::collections::BTreeSet;

use super::tree::{files, root};

/// The targets of links in a Markdown text that are not inside code: `](target)`.
fn targets(text: &str) -> Vec<String> {
    let mut in_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            let after = line.split("](").skip(1);
            found.extend(after.filter_map(|rest| rest.split(')').next()).map(str::to_owned));
        }
    }
    found
}

/// The anchors of a Markdown text: its headings, in lower case, with `-` for spaces and without punctuation.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let words: String = line.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect();
        words.replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// Why a link of a file leads nowhere, if it does.
fn problem(file: &str, target: &str) -> Option<String> {
    let elsewhere = target.contains("://") || target.starts_with("mailto:");
    // `[text](mod@log)` and the like are links of rustdoc, which checks them itself.
    let rustdoc = !target.contains(['.', '/', '#']) || target.contains("::");
    if elsewhere || rustdoc {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let from = root().join(file);
    let to = if path.is_empty() { from.clone() } else { from.parent()?.join(path) };
    if !to.exists() {
        return Some(format!("`{file}` links to `{target}`, which is not there"));
    }
    let anchor = anchor?;
    let text = std::fs::read_to_string(&to).ok()?;
    let missing = !anchors(&text).contains(anchor);
    missing.then(|| format!("`{file}` links to `{target}`, which has no such heading"))
}

#[test]
fn every_link_leads_somewhere() {
    let pages: Vec<_> = files("").into_iter().filter(|(name, _)| name.ends_with(".md")).collect();
    let links: Vec<(&str, String)> = pages
        .iter()
        .flat_map(|(name, text)| targets(text).into_iter().map(move |target| (name.as_str(), target)))
        .collect();
    let problems: Vec<String> = links.iter().filter_map(|(file, target)| problem(file, target)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(links.len() > 50, "the search finds those that do: {}", links.len());
}

#[test]
fn a_link_to_nothing_is_found() {
    let text = "# A title, or two\n[a](README.md) [b](no/such.md#x)\n```\n[c](not.a.link)\n```\n";
    assert_eq!(targets(text), ["README.md", "no/such.md#x"]);
    assert!(anchors(text).contains("a-title-or-two"));
    assert!(problem("README.md", "no/such.md").is_some() && problem("README.md", "LICENSE").is_none());
    assert!(problem("docs/README.md", "../README.md#no-such-heading").is_some());
}

//! No import circles inside a crate: its top-level modules can be read one after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::code;

/// The crates, and the command.
const CRATES: [&str; 13] = [
    "datasets",
    "models",
    "exchange",
    "training",
    "evaluation",
    "reporting",
    "journal",
    "lab",
    "serving",
    "stores",
    "tracking",
    "signing",
    "",
];

/// Names of top-level modules, each with those that it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The paths of a `use` tree, such as `a::{b, c::d}`: every name from the front.
fn paths(tree: &str) -> Vec<String> {
    let Some((front, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in rest.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => parts.push(String::new()),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                parts.last_mut().unwrap().push(c);
            }
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| paths(part)).map(|path| format!("{}{path}", front.trim())).collect()
}

/// The first names of what stands behind `start` in a text: after `crate::`, `Error` of `crate::Error` and of `crate::{Error, a::B}`.
fn names_behind(text: &str, start: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(start) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let behind = &text[at + start.len()..];
        let end = if behind.starts_with('{') {
            behind.find(';').unwrap_or(behind.len())
        } else {
            behind.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(behind.len())
        };
        for path in paths(&behind[..end]) {
            let first = path.split("::").next().unwrap().split_whitespace().next().unwrap_or_default();
            found.insert(first.to_owned());
        }
    }
    found
}

/// What `lib.rs` or `main.rs` makes known under its own name: each name, with the module that it comes from.
fn re_exports(root: &str, modules: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for statement in root.split(';') {
        let Some(at) = statement.find("pub use ").or_else(|| statement.find("pub(crate) use ")) else {
            continue;
        };
        let tree = statement[at..].split_once("use ").unwrap().1.replace("crate::", "").replace("self::", "");
        for path in paths(&tree) {
            let names: Vec<&str> = path.split("::").collect();
            let name = names[names.len() - 1].rsplit(" as ").next().unwrap().trim();
            if modules.contains(names[0]) {
                found.insert(name.to_owned(), names[0].to_owned());
            }
        }
    }
    found
}

/// The modules that are there for tests only: `mod name;` behind a `#[cfg(...)]` that names tests or a feature for them.
fn for_tests(root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut is_for_tests = false;
    for line in root.lines().map(str::trim) {
        let declared = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ");
        if line.starts_with("#[cfg(") {
            is_for_tests = line.contains("test");
        } else if !line.starts_with("#[") {
            found.extend(declared.filter(|_| is_for_tests).map(|name| name.trim_end_matches(';').to_owned()));
            is_for_tests = false;
        }
    }
    found
}

/// Which top-level module of a crate imports which, from its files by their path below `src/`.
fn imports(files: &[(String, String)]) -> Imports {
    let module = |file: &str| file.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
    let is_root = |name: &str| ["lib", "main"].contains(&name);
    let roots: String =
        files.iter().filter(|(file, _)| is_root(&module(file))).map(|(_, text)| text.as_str()).collect();
    let for_tests = for_tests(&roots);
    let modules: BTreeSet<String> = files
        .iter()
        .map(|(file, _)| module(file))
        .filter(|name| !is_root(name) && !for_tests.contains(name))
        .collect();
    let re_exports = re_exports(&roots, &modules);
    let mut found = Imports::new();
    for (file, text) in files {
        let name = module(file);
        if !modules.contains(&name) {
            continue;
        }
        // `super::` once for each module between the file and the root.
        let depth = file.split('/').count() - usize::from(file.ends_with("/mod.rs"));
        let mut named = names_behind(text, "crate::");
        named.extend(names_behind(text, &"super::".repeat(depth)));
        let of =
            |name: String| if modules.contains(&name) { Some(name) } else { re_exports.get(&name).cloned() };
        let entry = found.entry(name.clone()).or_default();
        entry.extend(named.into_iter().filter_map(of).filter(|other| *other != name));
    }
    found
}

/// All modules that a module imports, also by way of others.
fn reached<'a>(imports: &'a Imports, from: &'a str) -> BTreeSet<&'a str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(name) = open.pop() {
        for other in imports.get(name).into_iter().flatten() {
            if found.insert(other.as_str()) {
                open.push(other);
            }
        }
    }
    found
}

/// The modules that are in a circle, each with the imports of it that are part of one.
fn circles(imports: &Imports) -> Vec<String> {
    let is_back = |from: &str, to: &str| reached(imports, to).contains(from);
    imports
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
        .filter(|(from, to)| is_back(from, to))
        .map(|(from, to)| format!("{from} -> {to}"))
        .collect()
}

#[test]
fn no_crate_has_a_circle_of_imports() {
    let mut found = Vec::new();
    for krate in CRATES {
        let below = if krate.is_empty() { "src/".to_owned() } else { format!("{krate}/src/") };
        let files: Vec<(String, String)> =
            code(krate).into_iter().map(|(file, text)| (file[below.len()..].to_owned(), text)).collect();
        let imports = imports(&files);
        assert!(imports.values().any(|of| !of.is_empty()), "the search finds the imports of `{krate}`");
        found.extend(circles(&imports).into_iter().map(|circle| format!("{krate}: {circle}")));
    }
    assert!(found.is_empty(), "imports in a circle:\n{}", found.join("\n"));
}

#[test]
fn circles_are_found() {
    let files = |texts: &[(&str, &str)]| -> Vec<(String, String)> {
        texts.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
    };
    let root = ("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::{A, inner::B};\n");
    let straight =
        files(&[root, ("a/mod.rs", "use self::inner::B;"), ("b.rs", "use crate::{A, c::C};"), ("c.rs", "")]);
    assert_eq!(circles(&imports(&straight)), Vec::<String>::new());
    // By name, through the root, and from a file further down.
    for back in [
        ("a/inner.rs", "use crate::b::X;"),
        ("a/inner.rs", "fn f() { super::super::b::x() }"),
        ("a/mod.rs", "use super::b;"),
    ] {
        let bent = files(&[root, back, ("b.rs", "use crate::B;"), ("c.rs", "use crate::a;")]);
        assert_eq!(circles(&imports(&bent)), ["a -> b", "b -> a"], "{back:?}");
    }
    // A circle of three.
    let three = files(&[
        root,
        ("a.rs", "use crate::b;"),
        ("b.rs", "use crate::c::{d, e};"),
        ("c.rs", "use crate::B;"),
    ]);
    assert_eq!(circles(&imports(&three)), ["a -> b", "b -> c", "c -> a"]);
    // A sibling below the top is no module of the top.
    let siblings = files(&[root, ("a/x.rs", "use super::b;"), ("a/b.rs", ""), ("b.rs", "use crate::A;")]);
    assert_eq!(circles(&imports(&siblings)), Vec::<String>::new());
}

#[test]
fn use_trees_are_taken_apart() {
    assert_eq!(paths("a::{b, c::{d, e}, f}"), ["a::b", "a::c::d", "a::c::e", "a::f"]);
    assert_eq!(
        names_behind("use crate::{a::B, c};\nx(crate::d::e, mycrate::f)", "crate::"),
        ["a", "c", "d"].map(str::to_owned).into()
    );
}

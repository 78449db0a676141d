use std::fs;

use super::{AT, digest, draft, judged, message, registry, verdict};
use crate::{Error, Registry};

/// Puts a version of `vpr` in force.
fn put(registry: &Registry, version: u32) -> String {
    message(registry.alias("vpr", "champion", version, "ana", "why", AT))
}

#[test]
fn without_a_verdict_no_version_is_put_in_force() {
    let (_dir, registry) = registry(2);
    let said = put(&registry, 1);
    assert_eq!(
        said,
        "`vpr@1` may not be put in force: there is no verdict on it; `amparo gate --model vpr@1` judges it by its gates"
    );
    // A verdict on another version does not help, and the other aliases need none.
    judged(&registry, 2, None, true);
    assert_eq!(put(&registry, 1), said);
    for alias in ["challenger", "shadow"] {
        let moved = registry.alias("vpr", alias, 1, "ana", "why", AT).unwrap();
        assert_eq!(moved.verdict, None);
    }
    let kept = judged(&registry, 1, None, true);
    let moved = registry.alias("vpr", "champion", 1, "ana", "why", AT).unwrap();
    assert_eq!(moved.verdict, Some(kept.verdict));
}

#[test]
fn the_last_verdict_counts() {
    let (_dir, registry) = registry(1);
    judged(&registry, 1, None, true);
    judged(&registry, 1, None, false);
    let said = put(&registry, 1);
    assert!(
        said.contains(
            "by the gates with digest 000000000000, number 2 of 2026-03-02T08:00:00Z, does not let it pass"
        ),
        "{said}"
    );
    let refused = registry.alias("vpr", "champion", 1, "ana", "why", AT);
    assert!(matches!(refused, Err(Error::NotGated { .. })));
    assert!(registry.history("vpr").unwrap().is_empty());
    judged(&registry, 1, None, true);
    assert_eq!(put(&registry, 1), "no error");
}

#[test]
fn gates_that_a_version_fails_are_not_forgotten_for_others() {
    let (_dir, registry) = registry(1);
    judged(&registry, 1, None, false);
    let easier = verdict(&digest(&registry, 1), None, true).replace(&"0".repeat(64), &"1".repeat(64));
    registry.keep_verdict("vpr", 1, &easier).unwrap();
    assert!(put(&registry, 1).contains("by the gates with digest 000000000000"), "{}", put(&registry, 1));
    judged(&registry, 1, None, true);
    assert_eq!(put(&registry, 1), "no error");
}

#[test]
fn judging_the_version_in_force_by_itself_leaves_the_way_back_to_it() {
    let (_dir, registry) = registry(2);
    judged(&registry, 1, None, true);
    assert_eq!(put(&registry, 1), "no error");
    // Alone, whatever compares cannot tell.
    judged(&registry, 1, None, false);
    judged(&registry, 2, Some(1), true);
    assert_eq!(put(&registry, 2), "no error");
    assert_eq!(put(&registry, 1), "no error");
    // A verdict that compares it counts.
    judged(&registry, 2, Some(1), true);
    assert_eq!(put(&registry, 2), "no error");
    judged(&registry, 1, Some(2), false);
    assert!(put(&registry, 1).contains("does not let it pass"));
}

#[test]
fn a_version_is_compared_with_the_one_in_force() {
    let (_dir, registry) = registry(3);
    judged(&registry, 1, None, true);
    assert_eq!(put(&registry, 1), "no error");
    for against in [None, Some(3)] {
        judged(&registry, 2, against, true);
        let said = put(&registry, 2);
        assert!(said.contains("does not compare it with the version in force, `vpr@1`;"), "{said}");
    }
    judged(&registry, 2, Some(1), true);
    assert_eq!(put(&registry, 2), "no error");
    // Going back needs no proof against the version that is withdrawn, but no verdict that blocks either.
    assert_eq!(put(&registry, 1), "no error");
    judged(&registry, 2, Some(1), false);
    assert!(put(&registry, 2).contains("does not let it pass"));
}

#[test]
fn a_verdict_is_bound_to_the_digest_of_its_version() {
    let (_dir, registry) = registry(2);
    let other = verdict(&digest(&registry, 2), None, true);
    let said = message(registry.keep_verdict("vpr", 1, &other));
    assert!(said.starts_with("verdict on `vpr@1`: it is about a version with digest "), "{said}");
    judged(&registry, 2, None, true);
    // Another version in the place of the one that was judged.
    fs::remove_dir_all(registry.location().join("vpr/2")).unwrap();
    let mut changed = draft("vpr");
    changed.card_md.push_str("not the one that was judged");
    registry.publish(&changed).unwrap();
    assert!(put(&registry, 2).contains("there is no verdict on it"));
}

#[test]
fn a_verdict_needs_the_fields_that_bind_it() {
    let (_dir, registry) = registry(1);
    let whole = verdict(&digest(&registry, 1), None, true);
    for field in ["passed", "version", "gates", "at"] {
        let said = message(registry.keep_verdict("vpr", 1, &whole.replace(&format!("\"{field}\""), "\"x\"")));
        assert!(said.contains(&format!("missing field `{field}`")), "{said}");
    }
    let said = message(registry.keep_verdict("vpr", 1, &whole.replace(AT, "now")));
    assert!(said.contains("at is `now`"), "{said}");
    assert!(registry.verdicts("vpr").unwrap().is_empty());
    assert!(message(registry.keep_verdict("vpr", 2, &whole)).contains("no version `vpr@2`"));
}

#[test]
fn verdicts_are_kept_word_for_word_in_a_chain() {
    let (_dir, registry) = registry(1);
    let text = verdict(&digest(&registry, 1), None, true).replace(",\"", ", \"");
    let first = registry.keep_verdict("vpr", 1, &text).unwrap();
    let second = judged(&registry, 1, None, false);
    assert_eq!(registry.verdict("vpr", &first).unwrap(), text);
    assert_eq!(registry.verdicts("vpr").unwrap(), [first.clone(), second.clone()]);
    assert_eq!((first.number, first.passed, second.number, second.passed), (1, true, 2, false));
    let lines = fs::read_to_string(registry.location().join("vpr/verdicts.jsonl")).unwrap();
    let before = crate::artefact::sha256(lines.lines().next().unwrap().as_bytes());
    assert_eq!((first.previous, second.previous), (None, Some(before)));
    // Versions are told from verdicts, and nothing is left beside them.
    assert_eq!(registry.versions("vpr").unwrap(), [1]);
    let mut files: Vec<_> = fs::read_dir(registry.location().join("vpr/verdicts"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut expected =
        registry.verdicts("vpr").unwrap().iter().map(|e| format!("{}.json", e.verdict)).collect::<Vec<_>>();
    expected.sort();
    assert_eq!(files, expected);
}

#[test]
fn a_verdict_that_was_changed_lets_nothing_pass() {
    let (_dir, registry) = registry(1);
    let entry = judged(&registry, 1, None, false);
    let path = registry.location().join(format!("vpr/verdicts/{}.json", entry.verdict));
    let blocked = fs::read_to_string(&path).unwrap();
    fs::write(&path, blocked.replace("false", "true")).unwrap();
    assert!(message(registry.verdict("vpr", &entry)).contains(".json` has digest"));
    // The line alone is changed: it does not say what the verdict says.
    let lines = registry.location().join("vpr/verdicts.jsonl");
    fs::write(&path, &blocked).unwrap();
    fs::write(&lines, fs::read_to_string(&lines).unwrap().replace("false", "true")).unwrap();
    let said = put(&registry, 1);
    assert!(said.contains("is not the verdict its line of the history says"), "{said}");
    // The line before another is changed.
    judged(&registry, 1, None, true);
    fs::write(&lines, fs::read_to_string(&lines).unwrap().replacen("true", "false", 1)).unwrap();
    let said = put(&registry, 1);
    assert!(
        said.contains("verdicts.jsonl` is not an unbroken history of verdicts: line 2 follows a line"),
        "{said}"
    );
    fs::write(&lines, "{}\n").unwrap();
    assert!(put(&registry, 1).contains("line 1 is not a verdict on a version: missing field"));
}

#[test]
fn a_verdict_that_was_removed_lets_nothing_pass() {
    let (_dir, registry) = registry(1);
    let entry = judged(&registry, 1, None, true);
    fs::remove_file(registry.location().join(format!("vpr/verdicts/{}.json", entry.verdict))).unwrap();
    assert!(put(&registry, 1).contains("cannot read `"));
}

#[test]
fn a_file_without_a_line_is_no_verdict_and_stands_in_nobodys_way() {
    let (_dir, registry) = registry(1);
    fs::create_dir_all(registry.location().join("vpr/verdicts")).unwrap();
    let left = verdict(&digest(&registry, 1), None, true);
    let path =
        registry.location().join(format!("vpr/verdicts/{}.json", crate::artefact::sha256(left.as_bytes())));
    fs::write(&path, &left).unwrap();
    assert!(put(&registry, 1).contains("there is no verdict on it"));
    let entry = judged(&registry, 1, None, true);
    assert_eq!(registry.verdict("vpr", &entry).unwrap(), left, "the same verdict again");
    assert_eq!(put(&registry, 1), "no error");
}

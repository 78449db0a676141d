use std::collections::BTreeMap;
use std::fs;
use std::thread;

use super::{AT, draft, judged, message, registry};
use crate::registry::{Folder, Memory, Store};
use crate::{ModelRef, Registry};

fn champion() -> ModelRef {
    ModelRef::alias("vpr", "champion").unwrap()
}

/// A registry with two versions and three moves: champion 1, challenger 2, champion 2.
fn moved() -> (tempfile::TempDir, Registry) {
    let (dir, registry) = registry(2);
    judged(&registry, 1, None, true);
    judged(&registry, 2, Some(1), true);
    for (alias, version) in [("champion", 1), ("challenger", 2), ("champion", 2)] {
        registry.alias("vpr", alias, version, "ana", "first \"line\"\nsecond", AT).unwrap();
    }
    (dir, registry)
}

fn edited(change: impl FnOnce(String) -> String) -> String {
    let (_dir, registry) = moved();
    let path = registry.location().join("vpr/aliases.jsonl");
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    let said = message(registry.history("vpr"));
    if said == "no error" {
        return said;
    }
    // Whatever refuses to be read refuses to be added to, resolved and listed.
    assert_eq!(message(registry.alias("vpr", "shadow", 1, "ana", "why", AT)), said);
    assert_eq!(message(registry.resolve(&champion())), said);
    assert_eq!(message(registry.list()), said);
    said
}

#[test]
fn an_alias_points_where_it_was_moved_last() {
    let (_dir, registry) = moved();
    assert_eq!(registry.resolve(&champion()).unwrap(), 2);
    let version = registry.load(&champion()).unwrap();
    assert_eq!(version.manifest().version, 2);
    let expected = BTreeMap::from([("challenger".to_owned(), 2), ("champion".to_owned(), 2)]);
    assert_eq!(registry.aliases("vpr").unwrap(), expected);
    assert_eq!(registry.list().unwrap()[0].aliases, expected);
    let history = registry.history("vpr").unwrap();
    let moves: Vec<_> = history.iter().map(|m| (m.alias.as_str(), m.from, m.version)).collect();
    assert_eq!(moves, [("champion", None, 1), ("challenger", None, 2), ("champion", Some(1), 2)]);
    assert_eq!(history[2].digest, version.digest());
    let verdicts: Vec<_> = registry.verdicts("vpr").unwrap().into_iter().map(|v| Some(v.verdict)).collect();
    let named: Vec<_> = history.iter().map(|m| m.verdict.clone()).collect();
    assert_eq!(named, [verdicts[0].clone(), None, verdicts[1].clone()]);
    assert_eq!((history[2].by.as_str(), history[2].at.as_str()), ("ana", AT));
    assert_eq!(history[2].reason, "first \"line\"\nsecond");
}

#[test]
fn an_alias_is_known_at_once_only_from_a_disk_at_hand_and_as_long_as_nothing_moves() {
    let (dir, registry) = moved();
    let service = Registry::open(registry.location()).unwrap();
    // On whatever this runs: a test on a network's disk waits, too.
    let is_at_hand = Folder::open(registry.location()).unwrap().is_at_hand("vpr/aliases.jsonl");
    let expected = |number: u32| is_at_hand.then_some(number);
    assert_eq!(service.resolved_at_once(&champion()), None, "nothing was read yet");
    service.resolve(&champion()).unwrap();
    assert_eq!(service.resolved_at_once(&champion()), expected(2));
    assert_eq!(service.resolved_at_once(&ModelRef::alias("vpr", "none").unwrap()), None);
    assert_eq!(service.resolved_at_once(&ModelRef::version("vpr", 9).unwrap()), Some(9));
    registry.alias("vpr", "champion", 1, "ana", "back", AT).unwrap();
    assert_eq!(service.resolved_at_once(&champion()), None, "it moved");
    assert_eq!(service.resolve(&champion()).unwrap(), 1);
    assert_eq!(service.resolved_at_once(&champion()), expected(1));
    drop(dir);
    assert_eq!(service.resolved_at_once(&champion()), None, "it is gone");

    let distant = Registry::on(Memory::default());
    distant.publish(&draft("vpr")).unwrap();
    distant.alias("vpr", "shadow", 1, "ana", "why", AT).unwrap();
    let shadow = ModelRef::alias("vpr", "shadow").unwrap();
    assert_eq!(distant.resolve(&shadow).unwrap(), 1);
    assert_eq!(distant.resolved_at_once(&shadow), None, "a store that may have to wait is not asked");
}

/// Whoever may read the history can lock it; somebody who looks an alias up does not wait for them, unless it was moved.
#[test]
fn an_alias_is_looked_up_without_its_history_until_it_moves() {
    let (_dir, registry) = moved();
    assert_eq!(registry.resolve(&champion()).unwrap(), 2);
    let path = registry.location().join("vpr/aliases.jsonl");
    let held = fs::File::open(&path).unwrap();
    held.lock().unwrap();
    let asked = |registry: &Registry| {
        let (registry, (told, answer)) = (registry.clone(), std::sync::mpsc::channel());
        let asking = thread::spawn(move || told.send(registry.resolve(&champion()).unwrap()));
        (asking, answer)
    };
    let (asking, answer) = asked(&registry);
    assert_eq!(answer.recv_timeout(std::time::Duration::from_secs(20)), Ok(2));
    asking.join().unwrap().unwrap();
    // One that has not read it yet does.
    let (asking, answer) = asked(&Registry::open(registry.location()).unwrap());
    assert!(answer.recv_timeout(std::time::Duration::from_millis(200)).is_err());
    drop(held);
    assert_eq!(answer.recv_timeout(std::time::Duration::from_secs(20)), Ok(2));
    asking.join().unwrap().unwrap();
    // A move by somebody else is seen at once.
    let other = Registry::open(registry.location()).unwrap();
    judged(&other, 1, Some(2), true);
    other.alias("vpr", "champion", 1, "ana", "back", AT).unwrap();
    assert_eq!(registry.resolve(&champion()).unwrap(), 1);
}

/// The chain can be checked with `head -n 2 aliases.jsonl | tail -n 1 | tr -d '\n' | sha256sum`.
#[test]
fn each_line_names_the_line_before() {
    let (_dir, registry) = moved();
    let text = fs::read_to_string(registry.location().join("vpr/aliases.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    let previous: Vec<_> = registry.history("vpr").unwrap().into_iter().map(|m| m.previous).collect();
    let digest = |line: &str| Some(crate::artefact::sha256(line.as_bytes()));
    assert_eq!(previous, [None, digest(lines[0]), digest(lines[1])]);
}

/// `edited` breaks nothing by itself.
#[test]
fn an_untouched_history_is_read() {
    assert_eq!(edited(|text| text), "no error");
}

#[test]
fn an_edited_line_is_noticed_by_the_next() {
    let said = edited(|text| text.replacen("ana", "eva", 1));
    assert!(
        said.contains("aliases.jsonl` is not an unbroken history of aliases: line 2 follows a line"),
        "{said}"
    );
}

#[test]
fn a_removed_line_is_noticed() {
    let said = edited(|text| text.lines().skip(1).map(|line| format!("{line}\n")).collect());
    assert!(said.contains("line 1 follows a line with digest") && said.contains("has none"), "{said}");
}

#[test]
fn a_line_cut_short_is_noticed() {
    let said = edited(|text| text[..text.len() - 1].to_owned());
    assert!(said.contains("line 3 is cut short after "), "{said}");
    let said = edited(|text| text[..text.len() - 20].to_owned() + "\n");
    assert!(said.contains("line 3 is not a move of an alias"), "{said}");
}

#[test]
fn a_move_from_elsewhere_is_noticed() {
    let said = edited(|text| text.replacen("\"from\":1", "\"from\":2", 1));
    assert!(said.contains("line 3 moves `champion` from version 2, it pointed to version 1"), "{said}");
}

#[test]
fn a_move_needs_a_name_a_reason_and_a_time() {
    let (_dir, registry) = registry(1);
    judged(&registry, 1, None, true);
    let said = message(registry.alias("vpr", "champion", 1, "", " \n", "now"));
    for problem in ["by is empty", "reason is empty", "at is `now`"] {
        assert!(said.contains(problem), "{problem} not in: {said}");
    }
    let alias = |alias: &str, version| message(registry.alias("vpr", alias, version, "ana", "why", AT));
    assert!(alias("champion", 2).contains("no version `vpr@2` in the registry: the model has 1"));
    assert!(alias("Champion", 1).contains("is not allowed"));
    assert!(alias("3", 1).contains("begins with a digit"));
    assert!(alias("latest", 1).contains("promises to move by itself"));
    assert!(registry.history("vpr").unwrap().is_empty());
    assert_eq!(alias("champion", 1), "no error");
    assert!(alias("champion", 1).contains("it already points to version 1"));
    assert_eq!(registry.history("vpr").unwrap().len(), 1);
}

#[test]
fn an_alias_is_not_moved_to_a_version_that_fails() {
    let (_dir, registry) = registry(1);
    fs::write(registry.location().join("vpr/1/card.md"), "other").unwrap();
    let said = message(registry.alias("vpr", "champion", 1, "ana", "why", AT));
    assert!(said.contains("card.md` has digest"), "{said}");
}

#[test]
fn an_alias_never_answers_with_a_version_put_in_place_of_its_own() {
    let (_dir, registry) = moved();
    fs::remove_dir_all(registry.location().join("vpr/2")).unwrap();
    let said = message(registry.load(&champion()));
    assert!(said.contains("no version `vpr@2`"), "{said}");
    let mut other = draft("vpr");
    other.card_md.push_str("not the one that was approved");
    assert_eq!(registry.publish(&other).unwrap().manifest().version, 2);
    let said = message(registry.load(&champion()));
    assert!(said.contains("vpr/2/manifest.json` has digest"), "{said}");
    assert_eq!(message(registry.load(&ModelRef::version("vpr", 2).unwrap())), "no error");
}

#[test]
fn writers_at_the_same_time_make_one_chain() {
    let (_dir, registry) = registry(2);
    thread::scope(|scope| {
        for writer in 0..4 {
            let registry = &registry;
            scope.spawn(move || {
                let alias = format!("a{writer}");
                for version in [1, 2, 1, 2, 1] {
                    registry.alias("vpr", &alias, version, "ana", "why", AT).unwrap();
                    // Readers never see half a line.
                    registry.history("vpr").unwrap();
                }
            });
        }
    });
    assert_eq!(registry.history("vpr").unwrap().len(), 20);
    assert!(registry.aliases("vpr").unwrap().values().all(|&version| version == 1));
}

//! What any store of a registry has to hold to.
//!
//! A store's own tests call [`check`] with a way to make an empty one; a fault is a panic that says what is broken.

#![expect(clippy::unwrap_used, reason = "a conformance suite fails by panicking")]

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::registry::store::{Entry, FolderFiles, Store};
use crate::registry::{ModelRef, Registry};
use crate::testing::small;

/// Writers at the same time, and what each of them adds.
const WRITERS: usize = 4;
const EACH: usize = 8;

/// Runs the whole suite; `empty` makes an empty store.
///
/// # Panics
/// If the store does not hold to [`Store`].
pub fn check<S: Store + 'static>(empty: impl Fn() -> S) {
    a_folder_comes_back_as_it_was_put(&empty());
    a_folder_is_put_once(&empty());
    names_are_listed_in_order(&empty());
    what_is_not_there_is_not_there(&empty());
    a_secret_is_put_once(&empty());
    of_writers_at_the_same_time_all_have_one_secret(&empty());
    a_log_is_added_to_only_as_it_was_seen(&empty());
    a_log_that_changes_has_another_mark(&empty());
    the_end_of_a_log_is_cut_off_only_as_it_was_seen(&empty());
    a_file_is_there_before_the_line_that_tells_of_it(&empty());
    of_writers_at_the_same_time_one_puts(&empty());
    writers_at_the_same_time_lose_no_entry(&empty());
    of_writers_at_the_same_time_each_keeps_its_file(&empty());
    a_registry_stands_on_it(empty());
}

fn files(of: &[(&str, &[u8])]) -> FolderFiles {
    of.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}

fn line(line: &[u8]) -> Entry<'_> {
    Entry { line, beside: None }
}

fn a_folder_comes_back_as_it_was_put(store: &impl Store) {
    let put = files(&[("a.json", b"{}"), ("empty", b""), ("odd.bin", &[0, 255, 10, 13])]);
    assert!(store.put_new("m/1", &put).unwrap(), "the first to put a folder is told so");
    assert_eq!(store.get_folder("m/1").unwrap(), put);
    for (name, bytes) in &put {
        assert_eq!(store.get(&format!("m/1/{name}")).unwrap().as_ref(), Some(bytes));
    }
}

fn the_end_of_a_log_is_cut_off_only_as_it_was_seen(store: &impl Store) {
    let whole: &[u8] = b"one\ntw";
    assert!(store.append("m/log", b"", line(whole)).unwrap());
    assert!(!store.cut("m/log", b"one\n", 4, "m/kept").unwrap(), "somebody has added to it");
    assert_eq!(store.log("m/log").unwrap(), whole);
    assert!(store.cut("m/log", whole, 4, "m/kept").unwrap());
    assert_eq!(store.log("m/log").unwrap(), b"one\n");
    assert_eq!(store.get("m/kept").unwrap().as_deref(), Some(&b"tw"[..]), "what is cut off is kept");
    assert!(store.append("m/log", b"one\n", line(b"two\n")).unwrap(), "it is a log as before");
    assert_eq!(store.log("m/log").unwrap(), b"one\ntwo\n");
}

fn a_folder_is_put_once(store: &impl Store) {
    let first = files(&[("a", b"first")]);
    assert!(store.put_new("m/1", &first).unwrap());
    assert!(!store.put_new("m/1", &files(&[("a", b"second"), ("b", b"")])).unwrap(), "the place is taken");
    assert!(!store.put_new("m/1", &first).unwrap(), "the same again is no new one");
    assert_eq!(store.get_folder("m/1").unwrap(), first, "the first stays as it was");
    assert!(store.put_new("m/11", &first).unwrap(), "a name that begins alike is another place");
}

fn names_are_listed_in_order(store: &impl Store) {
    for folder in ["b/10", "b/9", "a/1", "b/1"] {
        assert!(store.put_new(folder, &files(&[("x", b"")])).unwrap());
    }
    assert!(store.append("b/log.jsonl", b"", line(b"1\n")).unwrap());
    assert_eq!(store.list("").unwrap(), ["a", "b"]);
    assert_eq!(store.list("b").unwrap(), ["1", "10", "9"], "logs are no folders");
    assert!(store.list("b/1").unwrap().is_empty(), "files are no folders");
}

fn what_is_not_there_is_not_there(store: &impl Store) {
    assert!(store.list("").unwrap().is_empty());
    assert!(store.list("m").unwrap().is_empty());
    assert_eq!(store.get("m/1/a").unwrap(), None);
    assert!(store.get_folder("m/1").is_err());
    assert!(store.log("m/log.jsonl").unwrap().is_empty());
    assert!(store.list("").unwrap().is_empty(), "looking makes nothing");
}

fn a_secret_is_put_once(store: &impl Store) {
    assert_eq!(store.get("a.key").unwrap(), None);
    assert_eq!(store.put_secret("a.key", &[7; 32]).unwrap(), [7; 32]);
    assert_eq!(store.put_secret("a.key", &[8; 32]).unwrap(), [7; 32], "the first stays");
    assert_eq!(store.get("a.key").unwrap().unwrap(), [7; 32]);
    assert!(store.list("").unwrap().is_empty(), "a secret is no folder");
}

fn of_writers_at_the_same_time_all_have_one_secret(store: &impl Store) {
    let start = Barrier::new(WRITERS);
    let found: Vec<Vec<u8>> = thread::scope(|scope| {
        let put = |writer: usize| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                store.put_secret("a.key", &[writer as u8; 32]).unwrap()
            })
        };
        let writers: Vec<_> = (0..WRITERS).map(put).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert!(found.iter().all(|one| *one == found[0]), "one secret for all");
    assert_eq!(store.get("a.key").unwrap().as_ref(), Some(&found[0]));
}

fn a_log_is_added_to_only_as_it_was_seen(store: &impl Store) {
    let log = "m/log.jsonl";
    assert!(store.append(log, b"", line(b"one\n")).unwrap());
    for stale in [&b""[..], b"on", b"one", b"two\n", b"one\none\n"] {
        assert!(!store.append(log, stale, line(b"two\n")).unwrap(), "{stale:?} is not what it holds");
    }
    assert_eq!(store.log(log).unwrap(), b"one\n", "what was refused left nothing");
    assert!(store.append(log, b"one\n", line(b"two\n")).unwrap());
    assert_eq!(store.log(log).unwrap(), b"one\ntwo\n");
    assert!(store.log("m/other.jsonl").unwrap().is_empty(), "another log is another log");
}

fn a_log_that_changes_has_another_mark(store: &impl Store) {
    let log = "m/log.jsonl";
    let mut marks = vec![store.mark(log).unwrap()];
    let mut seen = Vec::new();
    for entry in [&b"1\n"[..], b"2\n", b"3\n"] {
        assert!(store.append(log, &seen, line(entry)).unwrap());
        seen.extend_from_slice(entry);
        let mark = store.mark(log).unwrap();
        assert!(!marks.contains(&mark), "an entry was added, the mark stayed");
        assert!(!store.append(log, b"", line(b"x\n")).unwrap());
        assert_eq!(store.log(log).unwrap(), seen);
        assert_eq!(store.mark(log).unwrap(), mark, "nothing was added, the mark changed");
        marks.push(mark);
    }
    assert_ne!(store.mark("m/other.jsonl").unwrap(), marks[3], "another log");
}

fn a_file_is_there_before_the_line_that_tells_of_it(store: &impl Store) {
    let log = "m/log.jsonl";
    let entry = |line, bytes| Entry { line, beside: Some(("m/kept/1.json", bytes)) };
    assert!(!store.append(log, b"stale", entry(b"1\n", b"refused")).unwrap());
    assert_eq!(store.get("m/kept/1.json").unwrap(), None, "what was refused left no file");
    assert!(store.append(log, b"", entry(b"1\n", b"kept")).unwrap());
    assert_eq!(store.get("m/kept/1.json").unwrap().unwrap(), b"kept");
    assert!(!store.append(log, b"", entry(b"1\n", b"late")).unwrap());
    assert_eq!(store.get("m/kept/1.json").unwrap().unwrap(), b"kept", "what was refused wrote over nothing");
}

fn of_writers_at_the_same_time_one_puts(store: &impl Store) {
    let (start, told) = (Barrier::new(WRITERS), AtomicUsize::new(0));
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (start, told) = (&start, &told);
            scope.spawn(move || {
                let own = writer.to_string().into_bytes();
                let put = files(&[("a", &own), ("b", &own), ("c", &own)]);
                start.wait();
                if store.put_new("m/1", &put).unwrap() {
                    told.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(store.get_folder("m/1").unwrap(), put, "who is told so finds its own files");
                }
                let found = store.get_folder("m/1").unwrap();
                assert_eq!(found.len(), 3, "nobody sees half a folder");
                assert!(found.values().all(|bytes| *bytes == found["a"]), "nobody sees a mixture");
            });
        }
    });
    assert_eq!(told.into_inner(), 1, "one of them put it");
    assert_eq!(store.list("m").unwrap(), ["1"], "nothing is left of the others");
}

fn writers_at_the_same_time_lose_no_entry(store: &impl Store) {
    let log = "m/log.jsonl";
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                for number in 0..EACH {
                    let entry = format!("{writer}.{number}\n");
                    loop {
                        let seen = store.log(log).unwrap();
                        assert!(seen.is_empty() || seen.ends_with(b"\n"), "nobody sees half an entry");
                        if store.append(log, &seen, line(entry.as_bytes())).unwrap() {
                            break;
                        }
                    }
                }
            });
        }
    });
    let text = String::from_utf8(store.log(log).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), WRITERS * EACH);
    for writer in 0..WRITERS {
        let own = lines.iter().copied().filter(|line| line.starts_with(&format!("{writer}.")));
        let expected: Vec<String> = (0..EACH).map(|number| format!("{writer}.{number}")).collect();
        assert!(own.eq(expected), "each writer's entries stand in its order");
    }
}

fn of_writers_at_the_same_time_each_keeps_its_file(store: &impl Store) {
    let log = "m/log.jsonl";
    let start = Barrier::new(WRITERS);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let start = &start;
            scope.spawn(move || {
                let name = format!("m/kept/{writer}.json");
                let entry = format!("{writer}\n");
                let beside = Some((name.as_str(), name.as_bytes()));
                start.wait();
                while !store
                    .append(log, &store.log(log).unwrap(), Entry { line: entry.as_bytes(), beside })
                    .unwrap()
                {}
                for line in String::from_utf8(store.log(log).unwrap()).unwrap().lines() {
                    let told = format!("m/kept/{line}.json");
                    let kept = store.get(&told).unwrap();
                    assert_eq!(
                        kept.as_deref(),
                        Some(told.as_bytes()),
                        "a line tells of a file that is not there"
                    );
                }
            });
        }
    });
    assert_eq!(store.log(log).unwrap().len(), 2 * WRITERS, "each of them added its line");
}

fn a_registry_stands_on_it(store: impl Store + 'static) {
    let registry = Registry::on(store);
    let first = registry.publish(&small::draft("small", -3.0)).unwrap();
    let second = registry.publish(&small::draft("small", -2.0)).unwrap();
    assert_eq!([first.manifest().version, second.manifest().version], [1, 2]);
    assert!(
        registry.alias("small", "champion", 1, "ana", "why", small::AT).is_err(),
        "no verdict lets it pass"
    );
    small::put_in_force(&registry, "small", 1);
    small::put_in_force(&registry, "small", 2);
    assert_eq!(registry.history("small").unwrap().len(), 2);
    assert_eq!(registry.verdicts("small").unwrap().len(), 2);
    let champion = registry.load(&ModelRef::alias("small", "champion").unwrap()).unwrap();
    assert_eq!(champion.digest(), second.digest());
    let summary = registry.list().unwrap();
    assert_eq!((summary.len(), summary[0].versions.as_slice()), (1, [1, 2].as_slice()));
}

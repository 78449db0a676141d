//! Erasing from the command line: what it says before and after, and what it refuses.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::log::{log, logged};
use crate::running::Ran;

const WHY: [&str; 4] = ["--reason", "art. 17", "--by", "dpo"];

fn erase(dir: &Path, args: &[&str]) -> Ran {
    log(dir, &[args, &WHY].concat())
}

fn entries(dir: &Path) -> Vec<Value> {
    let exported = log(dir, &["export"]).succeeded().out;
    exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_case_is_erased_once_it_was_said_what_that_would_be() {
    let (folder, _) = logged();
    let dir = folder.path();
    let before = entries(dir);
    let file = fs::read(dir.join("log.sqlite")).unwrap();
    let planned = erase(dir, &["erase", "--case", "c-bbb"]).succeeded().out;
    assert!(planned.starts_with("1 proposal would be erased, entries 2\n"), "{planned}");
    assert!(planned.contains("add --yes"), "{planned}");
    let expected = json!({
        "erased": false, "proposals": 1, "confirmations": 0, "own_views": 0, "reads": 0, "sequences": [[2, 2]], "entries": [], "scrubbed": false
    });
    assert_eq!(erase(dir, &["erase", "--case", "c-bbb", "--json"]).succeeded().json(), expected);
    assert_eq!(fs::read(dir.join("log.sqlite")).unwrap(), file);

    let done = erase(dir, &["erase", "--case", "c-bbb", "--yes"]).succeeded().out;
    assert!(done.starts_with("1 proposal erased, entries 2; entry 4 says so\n"), "{done}");
    assert!(done.contains("the log was rewritten") && done.contains("backups"), "{done}");
    assert!(!String::from_utf8_lossy(&fs::read(dir.join("log.sqlite")).unwrap()).contains("c-bbb"));
    let after = entries(dir);
    let mut left = before[1].clone();
    for gone in ["idempotency_key", "request_digest", "body"] {
        left[gone] = Value::Null;
    }
    left.as_object_mut().unwrap().remove("salt");
    left["leaf"] = after[1]["leaf"].clone();
    assert_eq!(after[1], left);
    assert_eq!((&after[0], &after[2], &after[3]["kind"]), (&before[0], &before[2], &json!("erasure")));
    let said: Value = serde_json::from_str(after[3]["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&said["erased"], &said["reason"], &said["by"]),
        (&json!([[2, 2]]), &json!("art. 17"), &json!("dpo"))
    );
    let verified = log(dir, &["verify"]).succeeded().out;
    assert!(
        verified.starts_with("4 entries; the chain is intact; 1 was erased, as a later one says; "),
        "{verified}"
    );

    let error = erase(dir, &["erase", "--case", "c-bbb", "--yes"]);
    assert_eq!((error.code, error.err.lines().count()), (Some(2), 1), "{}", error.err);
    assert!(error.err.contains("it is unknown, or was erased already"), "{}", error.err);
}

#[test]
fn what_is_older_than_a_day_is_erased_and_nothing_is_no_error() {
    let (folder, _) = logged();
    let dir = folder.path();
    let none = erase(dir, &["retain", "--older-than", "5y", "--yes"]).succeeded().out;
    assert!(
        none.starts_with("the log holds no proposal made before 2") && none.contains("nothing was erased"),
        "{none}"
    );
    let now = jiff::Timestamp::now().to_string();
    let done = erase(dir, &["retain", "--before", &now, "--yes", "--scrub-later"]).succeeded().out;
    assert!(done.starts_with("3 proposals erased, entries 1 to 3; entry 4 says so\n"), "{done}");
    assert!(done.contains("run `amparo log scrub`"), "{done}");
    let scrubbed = log(dir, &["scrub"]).succeeded().out;
    assert!(
        scrubbed.contains("4 entries; the chain is intact; 3 were erased, as later ones say"),
        "{scrubbed}"
    );
    assert!(!String::from_utf8_lossy(&fs::read(dir.join("log.sqlite")).unwrap()).contains("c-aaa"));
    let none = erase(dir, &["retain", "--before", &now, "--yes", "--json"]).succeeded().json();
    assert_eq!((&none["erased"], &none["proposals"]), (&json!(false), &json!(0)));
}

#[test]
fn what_cannot_be_done_is_one_sentence_and_changes_nothing() {
    let (folder, _) = logged();
    let dir = folder.path();
    let file = fs::read(dir.join("log.sqlite")).unwrap();
    let id = entries(dir)[0]["id"].as_str().unwrap().to_owned();
    for (args, told) in [
        (&["erase", "--id", "p-none"][..], "nothing was erased: the log holds no proposal `p-none`"),
        (&["erase", "--id", &id, "--id", "p-none"], "the log holds no proposal `p-none`"),
        (&["erase", "--case", "c-aaa", "--reason", "c-aaa is closed"], "--reason names the case"),
        (
            &["erase", "--case", "c-aaa", "--by", " "],
            "--by has 1 characters, expected 1 to 2000, not all blank",
        ),
        (&["erase", "--case", "c-aaa", "--reason", "DNI 12345678Z"], "--reason holds what looks like"),
        (&["retain", "--before", "29/11/2021"], "expected a day like `2021-11-29`"),
        (&["retain", "--before", "2021-11-29x"], "expected a day like `2021-11-29`"),
        (&["retain", "--before", "2999-01-01"], "it is in the future"),
        (&["retain", "--older-than", "0d"], "expected a period like `5y`"),
        (&["retain", "--older-than", "-5y"], "expected a period like `5y`"),
        (&["retain", "--older-than", "90000y"], "expected a period like `5y`"),
    ] {
        let given = |flag: &str| args.contains(&flag);
        let why = WHY.chunks(2).filter(|pair| !given(pair[0])).flatten().copied();
        let all: Vec<&str> = args.iter().copied().chain(why).chain(["--yes"]).collect();
        let ran = log(dir, &all);
        assert_eq!(ran.code, Some(2), "{args:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(told), "{args:?}: {}", ran.err);
        assert!(ran.out.is_empty(), "{args:?}: {}", ran.out);
        assert_eq!(fs::read(dir.join("log.sqlite")).unwrap(), file, "{args:?}");
    }
}

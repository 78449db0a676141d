//! Keys, checkpoints, receipts and tiles from the command line: what they write, and what they refuse without writing anything.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::log::{log, logged};
use crate::running::{Ran, listing, run_in};

/// Fails unless a command ends with a code, says these words in one line, and leaves every file as it was.
#[track_caller]
fn refuses(dir: &Path, args: &[&str], code: i32, told: &str) {
    let before = listing(dir);
    let ran = run_in(dir, args);
    assert_eq!(ran.code, Some(code), "{args:?}: {}{}", ran.out, ran.err);
    assert!(ran.err.contains(told), "{args:?}: {}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{args:?}: {}", ran.err);
    assert!(ran.out.is_empty(), "{args:?}: {}", ran.out);
    assert!(listing(dir) == before, "{args:?} wrote something");
}

fn keys(dir: &Path, args: &[&str]) -> Ran {
    run_in(dir, ["keys"].iter().chain(args))
}

fn text(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap()
}

#[test]
fn a_log_proves_what_it_holds() {
    let (folder, _) = logged();
    let dir = folder.path();
    let made = keys(dir, &["new", "--name", "example.org/amparo", "--out", "key"]).succeeded();
    assert_eq!(made.out, text(dir, "key.pub"));
    assert!(made.out.starts_with("example.org/amparo+") && !made.out.contains(&text(dir, "key")[40..]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(dir.join("key")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let new = ["keys", "new", "--name", "example.org/amparo", "--out", "key"];
    refuses(dir, &new, 2, "cannot create `key.pub`: File exists");
    refuses(
        dir,
        &["keys", "new", "--name", "a b", "--out", "k"],
        2,
        "cannot read name `a b`: expected at least one",
    );

    let verified = log(dir, &["verify", "--json"]).succeeded().json();
    let printed = log(dir, &["checkpoint", "--key", "key"]).succeeded().out;
    log(dir, &["checkpoint", "--key", "key", "--out", "three"]).succeeded();
    assert_eq!(printed, text(dir, "three"), "the same log and the same key sign the same");
    assert!(printed.starts_with("example.org/amparo\n3\n"), "{printed}");
    let id = entries(dir)[1]["id"].as_str().unwrap().to_owned();
    log(dir, &["receipt", "--checkpoint", "three", "--out", "receipt", &id]).succeeded();
    let receipt: Value = serde_json::from_str(&text(dir, "receipt")).unwrap();
    assert_eq!((&receipt["leaf_index"], &receipt["tree_size"]), (&json!(1), &json!(3)));
    assert_eq!(receipt["entry_hash"], entries(dir)[1]["hash"]);
    assert!(!receipt.to_string().contains("c-bbb"), "{receipt}");
    let again = log(dir, &["receipt", "--key", "key", &id]).succeeded();
    assert_eq!(again.json(), receipt);

    let rotated = keys(dir, &["rotate", "--log", "log.sqlite", "--key", "key", "--out", "next"]).succeeded();
    assert!(
        rotated.out.starts_with(&text(dir, "next.pub")) && rotated.out.contains("entry 4 replaces"),
        "{}",
        rotated.out
    );
    assert_eq!(text(dir, "next.pub").split('+').next(), Some("example.org/amparo"));
    log(dir, &["checkpoint", "--key", "next", "--out", "four"]).succeeded();
    log(dir, &["consistency", "--from", "three", "--to", "four", "--out", "proof"]).succeeded();

    // With the log, the first key is enough: the log says by which it was replaced.
    let given =
        ["--checkpoint", "three", "--checkpoint", "four", "--receipt", "receipt", "--consistency", "proof"];
    let trusted = ["--verifier-key", "key.pub"];
    let said = log(dir, &[&["verify"], &given[..], &trusted].concat()).succeeded().out;
    assert!(said.starts_with("4 entries; the chain is intact"), "{said}");
    assert!(said.contains(&format!("the receipt of {id} holds: it is entry 2 of 3")), "{said}");
    assert!(said.contains("the log only grew, from 3 to 4 entries"), "{said}");
    let with_log = log(dir, &[&["verify", "--json"], &given[..], &trusted].concat()).succeeded().json();
    assert_ne!(with_log["root"], verified["root"]);
    // Without it, both keys are needed, and no more than what was handed out.
    let alone = tempfile::tempdir().unwrap();
    for name in ["three", "four", "receipt", "proof", "key.pub", "next.pub"] {
        fs::copy(dir.join(name), alone.path().join(name)).unwrap();
    }
    let offline = [&["log", "verify"], &given[..], &trusted, &["--verifier-key", "next.pub"]].concat();
    let said = run_in(alone.path(), &offline).succeeded().out;
    assert!(said.ends_with("what was given holds; it was checked without a log\n"), "{said}");
    let typed = text(dir, "key.pub");
    run_in(alone.path(), ["log", "verify", "--receipt", "receipt", "--verifier-key", typed.trim()])
        .succeeded();
    // Name and id of the key; the key itself may hold a `+`, too.
    let next = text(dir, "next.pub");
    let told = format!("is signed by `{}`", next.splitn(3, '+').take(2).collect::<Vec<_>>().join("+"));
    refuses(alone.path(), &[&["log", "verify"], &given[..], &trusted].concat(), 1, &told);

    log(dir, &["tiles", "--checkpoint", "three", "--out", "site"]).succeeded();
    log(dir, &["tiles", "--checkpoint", "four", "--out", "site"]).succeeded();
    let names: Vec<String> = listing(&dir.join("site"))
        .into_iter()
        .filter_map(|(name, bytes)| bytes.map(|_| name.to_string_lossy().into_owned()))
        .collect();
    let expected =
        ["checkpoint", "tile/0/000.p/3", "tile/0/000.p/4", "tile/entries/000.p/3", "tile/entries/000.p/4"];
    assert_eq!(names, expected);
    assert_eq!(text(dir, "site/checkpoint"), text(dir, "four"));

    wrong(dir, &id);
}

/// Everything that does not fit is told in one line, and nothing is written.
fn wrong(dir: &Path, id: &str) {
    let at = ["--log", "log.sqlite"];
    let refused = |args: &[&str], code, told: &str| refuses(dir, &[&["log"], args, &at].concat(), code, told);
    refused(&["checkpoint", "--key", "key", "--out", "x"], 2, "the key of the log is `example.org/amparo+");
    refused(&["checkpoint", "--key", "next", "--out", "four"], 2, "cannot create `four`: File exists");
    refused(&["checkpoint", "--key", "nothing", "--out", "x"], 2, "cannot read `nothing`: No such file");
    refused(
        &["checkpoint", "--key", "key.pub", "--out", "x"],
        2,
        "cannot read key file `key.pub`: expected `PRIVATE+KEY+",
    );
    refused(
        &["receipt", "--checkpoint", "three", "--out", "x", "p-none"],
        2,
        "the log holds no proposal `p-none`",
    );
    let last = entries(dir)[3]["id"].as_str().unwrap().to_owned();
    let told = "has the sequence 4, the checkpoint covers 3 entries";
    refused(&["receipt", "--checkpoint", "three", "--out", "x", &last], 1, told);
    refused(
        &["consistency", "--from", "four", "--to", "three", "--out", "x"],
        1,
        "4 leaves is not the beginning of one of 3",
    );
    refused(&["tiles", "--checkpoint", "three", "--out", "site"], 1, "covers 4 entries, the new one only 3");

    let three = text(dir, "three");
    for (name, changed, code, told) in [
        (
            "no-note",
            "nothing of that kind\n".to_owned(),
            2,
            "cannot read checkpoint `no-note`: no empty line",
        ),
        (
            "no-size",
            three.replace("\n3\n", "\nthree\n"),
            2,
            "found the size `three`, expected a decimal number",
        ),
        (
            "larger",
            three.replace("\n3\n", "\n5\n"),
            1,
            "it covers 5 entries, the log has 4: its end may have been cut off",
        ),
        ("changed", three.replace("\n3\n", "\n2\n"), 1, "checkpoint `changed` does not hold: the signature"),
        (
            "elsewhere",
            three.replace("example.org/amparo", "example.org/other"),
            1,
            "is of the log `example.org/other`, expected `example.org/amparo`",
        ),
    ] {
        fs::write(dir.join(name), changed).unwrap();
        refused(&["verify", "--checkpoint", name, "--verifier-key", "key.pub"], code, told);
    }
    let verify = ["verify", "--checkpoint", "three", "--verifier-key"];
    refused(
        &[&verify[..], &["nonsense"]].concat(),
        2,
        "cannot read verifier key `nonsense`: expected `name+id+base64`",
    );
    refused(
        &[&verify[..], &["key"]].concat(),
        2,
        "cannot read verifier key: it is a private key, expected the public one",
    );
    keys(dir, &["new", "--name", "example.org/other", "--out", "foreign"]).succeeded();
    refused(
        &[&verify[..], &["foreign.pub"]].concat(),
        1,
        "the log names its keys, from `example.org/amparo+",
    );
    let witness = [&verify[..], &["key.pub", "--witness-key", "key.pub"]].concat();
    refused(&witness, 2, "is the key of a log, expected that of a witness");
    let receipt = text(dir, "receipt").replace(id, "p-other");
    fs::write(dir.join("renamed"), receipt).unwrap();
    let renamed = ["verify", "--receipt", "renamed", "--verifier-key", "key.pub"];
    refused(&renamed, 1, "the receipt of `p-other` is not of this log: entry 2 is another");
    let rotate = ["keys", "rotate", "--key", "key", "--out", "x"];
    refuses(dir, &[&rotate[..], &at].concat(), 2, "the key of the log is `example.org/amparo+");
    refuses(dir, &[&rotate[..], &["--log", "nowhere.sqlite"]].concat(), 2, "no log at `nowhere.sqlite`");
    // What is not even asked right.
    for args in [
        &["log", "verify"][..],
        &["log", "verify", "--checkpoint", "three"],
        &["log", "receipt", "--log", "log.sqlite", "x"],
    ] {
        assert_eq!(run_in(dir, args).code, Some(2), "{args:?}");
    }
}

fn entries(dir: &Path) -> Vec<Value> {
    let exported = log(dir, &["export"]).succeeded().out;
    exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

//! `amparo log copy`: a whole log in another store.

use crate::log::{log, logged};
use crate::running::{amparo, listing, ran, without_features};

#[test]
fn a_copy_is_the_log_and_replaces_nothing() {
    let (folder, _) = logged();
    let dir = folder.path();
    let copy = |from: &str, to: &str| {
        let args = ["log", "copy", "--from", from, "--to", to];
        ran(amparo().args(args).env_remove("AMPARO_LOG").current_dir(dir))
    };
    let verified = log(dir, &["verify"]).succeeded().out;
    let told = copy("log.sqlite", "sqlite:copy.sqlite").succeeded().out;
    assert_eq!(told, format!("{verified}copied whole, and verified\n"));
    let exported = |file: &str| {
        let args = ["log", "export", "--log", file];
        ran(amparo().args(args).current_dir(dir)).succeeded().out
    };
    assert_eq!(exported("copy.sqlite"), exported("log.sqlite"));
    let before = listing(dir);
    let again = copy("log.sqlite", "copy.sqlite");
    assert_eq!((again.code, again.out.as_str()), (Some(2), ""));
    assert!(again.err.contains("copy.sqlite` exists, and a copy replaces no file"), "{}", again.err);
    let nothing = copy("nothing.sqlite", "other.sqlite");
    assert_eq!((nothing.code, nothing.err.as_str()), (Some(2), "error: no log at `nothing.sqlite`\n"));
    if cfg!(not(feature = "postgres")) {
        for (from, to) in
            [("log.sqlite", "postgres://u:secret@h/db"), ("postgres://u:secret@h/db", "new.sqlite")]
        {
            let args = ["log", "copy", "--from", from, "--to", to];
            let refused = ran(without_features().args(args).current_dir(dir));
            assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
            let told = "has to be built with the feature `postgres`, as this one is not\n";
            assert!(refused.err.ends_with(told), "{}", refused.err);
        }
    }
    assert!(listing(dir) == before, "something was left behind");
}

#[test]
fn a_log_in_a_database_is_backed_up_with_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let address = "postgres://u:secret@h/db";
    let args = ["log", "backup", "--log", address, "--out", "copy"];
    let refused = ran(amparo().args(args).current_dir(dir.path()));
    assert_eq!(refused.code, Some(2));
    assert_eq!(
        refused.err,
        "error: cannot back up log `postgres://u@h/db`: a log in a PostgreSQL database is backed up with the database, for example by `pg_dump`; \
         `amparo log copy` copies it into a file\n"
    );
}

/// The address may hold a password, which nobody expects in a help text.
#[test]
fn the_environment_is_not_shown_by_the_help() {
    for command in
        [&["serve"][..], &["log", "verify"], &["log", "export"], &["replay"], &["audit", "overrides"]]
    {
        let args = [command, &["--help"]].concat();
        let help = ran(amparo().args(args).env("AMPARO_LOG", "postgres://u:secret@h/db")).succeeded().out;
        assert!(help.contains("AMPARO_LOG") && !help.contains("secret"), "{help}");
    }
}

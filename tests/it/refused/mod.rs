//! Bad input: each with its clear error, exit code 2 and nothing written.

mod data;
mod requests;
mod usage;
mod versions;

use std::path::Path;
use std::process::Command;

use crate::running::{amparo, listing, ran, without_features};

/// Runs the program, which must refuse with this message and no other, and leave the folder as it was.
#[track_caller]
pub fn refused(dir: &Path, args: &[&str], message: &str) {
    refused_by(amparo().args(args), dir, message);
}

/// The same of a program that is built without features.
#[track_caller]
pub fn refused_without_features(dir: &Path, args: &[&str], message: &str) {
    refused_by(without_features().args(args), dir, message);
}

#[track_caller]
fn refused_by(command: &mut Command, dir: &Path, message: &str) {
    let before = listing(dir);
    let ran = ran(command.current_dir(dir));
    assert_eq!((ran.code, ran.err), (Some(2), format!("error: {message}\n")));
    assert_eq!(ran.out, "");
    let after = listing(dir);
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>(),
        "something was left behind"
    );
    assert!(before == after, "a file was changed");
}

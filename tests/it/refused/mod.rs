//! Bad input: each with its clear error, exit code 2 and nothing written.

mod data;
mod requests;
mod usage;
mod versions;

use std::path::Path;

use crate::running::{listing, run_in};

/// Runs the program, which must refuse with this message and no other, and leave the folder as it was.
#[track_caller]
pub fn refused(dir: &Path, args: &[&str], message: &str) {
    let before = listing(dir);
    let ran = run_in(dir, args);
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

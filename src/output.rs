//! Lines for whoever reads standard output, if anybody still does.

use std::fmt;
use std::io::{Error, ErrorKind, Write, stdout};
use std::sync::OnceLock;

/// The first line that could not be written although somebody was reading.
static FAILED: OnceLock<Error> = OnceLock::new();

/// Prints a line; when the reader has gone (`amparo ... | head`), the work goes on in silence.
pub fn line(text: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(stdout().lock(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        // Only the first is kept: the others follow from it.
        let _ = FAILED.set(error);
    }
}

/// Why not all lines were written, if so: a full disk behind `amparo log export > file`.
pub fn failed() -> Option<&'static Error> {
    FAILED.get()
}

/// `println!` that survives a reader who leaves.
macro_rules! say {
    ($($words:tt)*) => { $crate::output::line(format_args!($($words)*)) };
}

//! Lines for whoever reads standard output, if anybody still does.

use std::fmt;
use std::io::{ErrorKind, Write, stdout};

/// Prints a line; when the reader has gone (`amparo ... | head`), the work goes on in silence.
pub fn line(text: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(stdout().lock(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("error: cannot write to standard output: {error}");
    }
}

/// `println!` that survives a reader who leaves.
macro_rules! say {
    ($($words:tt)*) => { $crate::output::line(format_args!($($words)*)) };
}

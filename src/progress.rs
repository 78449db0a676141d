//! Progress on standard error, silent where nobody watches.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over a known number of steps.
pub fn bar(what: &str, steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("  {msg:32} {bar:32} {percent:>3} %  {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(steps).with_style(style).with_message(what.to_owned())
}

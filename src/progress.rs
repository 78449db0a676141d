//! Progress on standard error, silent where nobody watches.

use std::sync::{Mutex, PoisonError};

use amparo_lab::Observer;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar over a known number of steps.
pub fn bar(what: &str, steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("  {msg:32} {bar:32} {percent:>3} %  {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(steps).with_style(style).with_message(what.to_owned())
}

/// A count of steps whose number is not known.
pub fn counter(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("  {msg:32} {human_pos}  {per_sec}  {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style).with_message(what.to_owned())
}

/// A sentence that stands beside the result.
pub fn note(text: &str) {
    eprintln!("note: {text}");
}

/// The stages of a verb as one bar after the other; the last is cleared when the verb is done and this is dropped.
#[derive(Default)]
pub struct Bars(Mutex<Option<ProgressBar>>);

impl Bars {
    fn with(&self, tell: impl FnOnce(&ProgressBar)) {
        // A bar has nothing that a panic elsewhere could leave half done.
        if let Some(bar) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            tell(bar);
        }
    }

    fn replace(&self, next: Option<ProgressBar>) {
        let last = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), next);
        if let Some(bar) = last {
            bar.finish_and_clear();
        }
    }
}

impl Observer for Bars {
    fn stage(&self, name: &str, total: u64) {
        self.replace(Some(bar(name, total)));
    }

    fn advance(&self, done: u64) {
        self.with(|bar| bar.set_position(done));
    }

    fn note(&self, text: &str) {
        let shown = &*self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match shown {
            Some(bar) => bar.suspend(|| self::note(text)),
            None => self::note(text),
        }
    }

    fn busy(&self, with: &str) {
        self.with(|bar| bar.set_message(with.to_owned()));
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.replace(None);
    }
}

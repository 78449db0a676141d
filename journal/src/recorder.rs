//! What operational logs say, kept so that a test can read it.

use std::io::{Result, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// A place to write logs to. Clones write to the same place, so that `.with_writer(move || recorder.clone())` keeps one.
#[derive(Debug, Clone, Default)]
pub struct LogRecorder(Arc<Mutex<Vec<u8>>>);

impl LogRecorder {
    /// Everything that was written so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for LogRecorder {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

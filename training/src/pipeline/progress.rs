//! Who is told how far a training has come.

use amparo_models::artefact::SampleSizeRecord;

/// Who is told how far a training has come; a function that takes what begins is one.
pub trait Progress {
    /// This begins.
    fn begins(&self, what: &str);

    /// What can be expected of the rows, before anything is fitted on them.
    fn sample_size(&self, record: &SampleSizeRecord) {
        let _ = record;
    }
}

impl<F: Fn(&str)> Progress for F {
    fn begins(&self, what: &str) {
        self(what);
    }
}

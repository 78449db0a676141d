//! What a verb tells while it runs, kept for its run.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use amparo_lab::Observer;

use crate::progress::Bars;

/// Shows progress, and keeps parameters, numbers and files. Notes are shown and not kept: they are sentences for whoever runs the command.
#[derive(Default)]
pub struct Recorder {
    bars: Bars,
    told: Mutex<Told>,
}

/// What was told.
#[derive(Debug, Clone, Default)]
pub struct Told {
    pub params: BTreeMap<String, String>,
    pub metrics: Vec<(String, f64)>,
    pub artefacts: BTreeMap<String, Vec<u8>>,
}

impl Recorder {
    /// What was told.
    pub fn told(self) -> Told {
        self.told.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, keep: impl FnOnce(&mut Told)) {
        keep(&mut self.told.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Observer for Recorder {
    fn stage(&self, name: &str, total: u64) {
        self.bars.stage(name, total);
    }

    fn advance(&self, done: u64) {
        self.bars.advance(done);
    }

    fn busy(&self, with: &str) {
        self.bars.busy(with);
    }

    fn note(&self, text: &str) {
        self.bars.note(text);
    }

    fn param(&self, key: &str, value: &str) {
        self.keep(|told| drop(told.params.insert(key.to_owned(), value.to_owned())));
    }

    fn metric(&self, key: &str, value: f64) {
        self.keep(|told| told.metrics.push((key.to_owned(), value)));
    }

    fn artefact(&self, name: &str, bytes: &[u8]) {
        self.keep(|told| drop(told.artefacts.insert(name.to_owned(), bytes.to_vec())));
    }
}

//! How many answers to each question were `unknown`, told in steps of many forms.
//!
//! A rising share tells that practice drifts, or that a question is no longer asked. But whoever reads a counter before and after a single
//! form would read its answers. So forms are gathered, and counted only when there are [`STEP`] of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use amparo_datasets::Instrument;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::labels::{OfForm, OfIndicator};

/// Forms that are counted together.
pub(super) const STEP: u64 = 50;

/// Most forms (instruments) that are told apart; those that come after are not counted.
const INSTRUMENTS: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Unknowns {
    forms: Family<OfForm, Counter>,
    unknown: Family<OfIndicator, Counter>,
    gathered: Mutex<BTreeMap<String, Gathered>>,
}

/// Forms that are not told yet.
#[derive(Debug, Default)]
struct Gathered {
    forms: u64,
    /// For each indicator.
    unknown: Vec<u64>,
}

impl Unknowns {
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "amparo_forms",
            "Forms that were assessed, counted in steps of 50 so that no single form can be read off",
            self.forms.clone(),
        );
        registry.register(
            "amparo_unknown_answers",
            "Answers `unknown` on these forms, by indicator, counted in the same steps",
            self.unknown.clone(),
        );
    }

    /// Counts a form, as a row of codes.
    pub fn count(&self, instrument: &Instrument, row: &[u8]) {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let known = gathered.len();
        if !gathered.contains_key(instrument.id()) {
            if known >= INSTRUMENTS {
                return;
            }
            gathered.insert(instrument.id().to_owned(), Gathered::default());
        }
        let Some(of_form) = gathered.get_mut(instrument.id()) else { return };
        of_form.unknown.resize(instrument.indicators().len(), 0);
        of_form.forms += 1;
        let indicators = instrument.indicators();
        for ((count, code), indicator) in of_form.unknown.iter_mut().zip(row).zip(indicators) {
            *count += u64::from(*code == indicator.unknown());
        }
        if of_form.forms < STEP {
            return;
        }
        let told = std::mem::take(of_form);
        let form = OfForm { instrument: instrument.id().to_owned() };
        self.forms.get_or_create(&form).inc_by(told.forms);
        for (unknown, indicator) in told.unknown.into_iter().zip(indicators) {
            let of = OfIndicator { instrument: form.instrument.clone(), indicator: indicator.id.clone() };
            self.unknown.get_or_create(&of).inc_by(unknown);
        }
    }
}

//! The clauses on the level that a version is under.

use std::collections::BTreeSet;
use std::path::Path;

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::files::{self, Files};
use crate::{Error, NeverBelowBaseline, OutcomeModel};

/// The content of the file; a version without a clause has no such file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clauses {
    never_below_baseline: NeverBelowBaseline,
}

impl Clauses {
    /// Those of the recidivism part.
    pub fn of(part: &OutcomeModel) -> Option<Self> {
        let never_below_baseline = part.never_below_baseline()?.clone();
        Some(Self { never_below_baseline })
    }

    /// Their names.
    pub fn names(&self) -> [&'static str; 1] {
        let Self { never_below_baseline: _ } = self;
        ["never_below_baseline"]
    }

    /// Reads them back, if there are some.
    pub fn read(files: &Files, dir: &Path) -> Result<Option<Self>, Error> {
        if files.bytes(files::CLAUSES).is_empty() {
            return Ok(None);
        }
        files.parse(dir, files::CLAUSES, "clauses on the level").map(Some)
    }

    /// Puts the recidivism part under them.
    pub fn on(
        self,
        part: OutcomeModel,
        instrument: &Instrument,
        exempt: &BTreeSet<String>,
    ) -> Result<OutcomeModel, Error> {
        part.never_below(self.never_below_baseline, instrument, exempt)
    }
}

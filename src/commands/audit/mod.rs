//! `amparo audit`: what an oversight body asks besides how accurate a version is.

mod capacity;
mod factors;
mod overrides;

use amparo_evaluation::audit::Settings;
use amparo_journal::{Decision, Log, decisions};

use crate::cli::{Audit, How};
use crate::failure::Failure;

pub fn run(args: &Audit) -> Result<(), Failure> {
    match args {
        Audit::Capacity(args) => capacity::run(args),
        Audit::Factors(args) => factors::run(args),
        Audit::Overrides(args) => overrides::run(args),
    }
}

fn settings(how: &How) -> Settings {
    Settings { seed: how.seed, replicates: how.replicates, smallest_cell: how.smallest_cell }
}

/// The decisions in a log, whose chain is verified on the way.
fn logged(address: &str) -> Result<Vec<Decision>, Failure> {
    super::runtime()?.block_on(async {
        let log = Log::read(address).await?;
        Ok(decisions(&log).await?)
    })
}

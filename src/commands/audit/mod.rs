//! `amparo audit`: what an oversight body asks besides how accurate a version is.

mod capacity;
mod factors;
mod overrides;
mod shadow;

use amparo_evaluation::audit::Settings;
use amparo_journal::{Decision, Decisions, Log, decisions};

use amparo_reporting::telling::{self, Lang};

use crate::cli::{Audit, How, Resampling};
use crate::failure::Failure;
use crate::progress;

pub fn run(args: &Audit) -> Result<(), Failure> {
    match args {
        Audit::Capacity(args) => capacity::run(args),
        Audit::Factors(args) => factors::run(args),
        Audit::Overrides(args) => overrides::run(args),
        Audit::Shadow(args) => shadow::run(args),
    }
}

fn settings(how: &How) -> Settings {
    let Resampling { replicates, seed, smallest_cell } = how.resampling;
    Settings { seed, replicates, smallest_cell }
}

/// The decisions in a log, whose chain is verified on the way. On standard error it says how many are missing because they were erased, or
/// are left out because another proposal replaced them.
fn logged(address: &str, lang: Lang) -> Result<Vec<Decision>, Failure> {
    let Decisions { all, replaced, erased } = super::runtime()?.block_on(async {
        let log = Log::read(address).await?;
        Ok::<_, Failure>(decisions(&log).await?)
    })?;
    if erased > 0 {
        progress::note(&telling::erased(erased, lang));
    }
    if replaced > 0 {
        progress::note(&telling::replaced(replaced, lang));
    }
    Ok(all)
}

//! What can be typed after `amparo gate`.

use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::Args;

#[derive(Debug, Args)]
pub struct Gate {
    /// Registry folder; the verdict is kept in it.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version to judge: `vpr@3` or `vpr@challenger`.
    #[arg(long)]
    pub model: ModelRef,
    /// Version to compare with; left out, the version in force (`champion`), if there is another.
    #[arg(long)]
    pub against: Option<ModelRef>,
    /// Cohort file. Of the one that was trained on, the rows no fit has seen are judged.
    #[arg(long)]
    pub cohort: PathBuf,
    /// State that a cohort which was not trained on holds no case that was: a version keeps no case, so it cannot tell.
    #[arg(long)]
    pub other_cases: bool,
    /// Gates: a built-in id (quickstart, compas-performance, compas-fairness) or a TOML file.
    #[arg(long)]
    pub gates: String,
    /// TOML file that waives gates which cannot tell, each by name for this version, with a reason and a name.
    #[arg(long)]
    pub waivers: Option<PathBuf>,
    /// Folder for verdict.json and the report behind it; made if there is none.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Bootstrap replicates.
    #[arg(long, default_value_t = 1000)]
    pub replicates: u32,
    /// Seed of the bootstrap.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A number that rests on fewer rows or events than this is suppressed; 1 hides nothing.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub smallest_cell: u64,
    /// The verdict as JSON.
    #[arg(long)]
    pub json: bool,
}

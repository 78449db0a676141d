use clap::Args;

/// How intervals are computed, and what is too small to be told.
#[derive(Debug, Clone, Copy, Args)]
pub struct Resampling {
    /// Number of bootstrap replicates, 100 to 65,000.
    #[arg(long, default_value_t = 1000)]
    pub replicates: u32,
    /// Seed of the bootstrap.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Suppress numbers that rest on fewer rows or events than this; 1 suppresses none.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub smallest_cell: u64,
}

impl Resampling {
    /// The settings of a report that is computed so.
    pub fn settings(self) -> amparo_lab::Settings {
        let Self { replicates, seed, smallest_cell } = self;
        amparo_lab::Settings { replicates, seed, smallest_cell, ..amparo_lab::Settings::default() }
    }
}

//! `amparo data`: make, draft, import and describe cohorts.

use amparo_datasets::synthetic::{self, Design, Options};
use amparo_datasets::{Cohort, Description, Source, table};

use super::{bins, draft, print_json};
use crate::cli::{self, Data};
use crate::failure::Failure;
use crate::{progress, show};

pub fn run(args: &Data) -> Result<(), Failure> {
    match args {
        Data::Generate(args) => generate(args),
        Data::Draft(args) => draft::run(args),
        Data::Bins(args) => bins::run(args),
        Data::Import(args) => import(args),
        Data::Describe(args) => {
            let description = Description::of(&table::read_cohort(&args.cohort)?, args.smallest_cell);
            if args.json {
                return print_json(&description);
            }
            description.render().lines().for_each(|line| say!("{}", show::wrapped_line(line)));
            Ok(())
        }
        Data::Assumptions { json } => assumptions(*json),
    }
}

/// Draws a synthetic cohort, with a bar.
pub fn draw(options: &Options) -> Result<Cohort, Failure> {
    let bar = progress::bar("drawing cases", options.design.n_rows() as u64);
    let cohort = synthetic::generate(options, &|done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    Ok(cohort)
}

fn generate(args: &cli::Generate) -> Result<(), Failure> {
    if args.instrument != "vpr5.0-h" {
        let message = format!("no generator for instrument `{}`, expected `vpr5.0-h`", args.instrument);
        return Err(Failure::Usage(message));
    }
    let design = match args.design {
        cli::Design::Population => Design::Population { rows: args.rows },
        cli::Design::CaseControl => Design::H_STUDY,
    };
    let cohort = draw(&Options { seed: args.seed, design })?;
    table::write_cohort(&cohort, &args.out)?;
    say!("{}", synthetic::STATEMENT);
    say!("{} rows written to {}", cohort.n_rows(), args.out.display());
    Ok(())
}

fn import(args: &cli::Import) -> Result<(), Failure> {
    let source = Source::named(&args.source)?;
    let cohort = table::import(&source, &args.input)?;
    table::write_cohort(&cohort, &args.out)?;
    let provenance = cohort.provenance();
    say!("{}: {} rows written to {}", provenance.title, cohort.n_rows(), args.out.display());
    provenance.notes.iter().for_each(|note| say!("note: {note}"));
    Ok(())
}

fn assumptions(json: bool) -> Result<(), Failure> {
    let assumptions = synthetic::assumptions()?;
    if json {
        return print_json(&assumptions);
    }
    say!("{}", synthetic::STATEMENT);
    for a in assumptions {
        say!("\n{}", show::wrapped(&format!("{} = {}", a.key, a.value), "", "    "));
        let source =
            a.published.map_or_else(|| "assumed".to_owned(), |source| format!("published in {source}"));
        say!("{}", show::wrapped(&source, "  ", "  "));
        say!("{}", show::wrapped(&a.text, "  ", "  "));
    }
    Ok(())
}

//! What each factor of the form adds over a population.

use amparo_lab::audit::{Topics, factors};
use amparo_lab::{display_name, hold_out};
use amparo_reporting::telling::{self, Lang};

use super::settings;
use crate::cli;
use crate::commands::{cohort_for, print_json};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;

pub fn run(args: &cli::Factors) -> Result<(), Failure> {
    let lang = Lang::from(args.how.lang);
    let registry = amparo_stores::open(&args.registry)?;
    let version = registry.load(&args.model)?;
    let cohort = cohort_for(&args.cohort, &version, version.recidivism())?;
    let topics = Topics::new(version.instrument(), &args.topic, args.indicators)?;
    let held = hold_out(&registry, &[&version], &cohort, args.other_cases, &Bars::default())?;
    let found = factors(&version, &held, topics, settings(&args.how))?;
    if args.how.json {
        return print_json(&found);
    }
    if let Some(synthetic) = &held.part.provenance().synthetic {
        say!("{}", synthetic.statement);
    }
    let (name, held_out) = (display_name(&version), held.held_out.text());
    match lang {
        Lang::Es => say!("{name} en {}\n", held_out.es),
        Lang::En => say!("{name} on {}\n", held_out.en),
    }
    show::print(&telling::factors(&found, lang));
    Ok(())
}

//! What each factor of the form adds over a population.

use amparo_datasets::table;
use amparo_evaluation::audit::Factors;
use amparo_lab::audit::{Topics, factors};
use amparo_lab::{display_name, hold_out};
use amparo_models::registry::Registry;

use super::settings;
use crate::cli;
use crate::commands::print_json;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;

pub fn run(args: &cli::Factors) -> Result<(), Failure> {
    let version = Registry::open(&args.registry)?.load(&args.model)?;
    let cohort = table::read_cohort(&args.cohort)?;
    let topics = Topics::new(version.instrument(), &args.topic, args.indicators)?;
    let held = hold_out(&[&version], &cohort, args.other_cases, &Bars::default())?;
    let found = factors(&version, &held, topics, settings(&args.how))?;
    if args.how.json {
        return print_json(&found);
    }
    if let Some(synthetic) = &held.part.provenance().synthetic {
        say!("{}", synthetic.statement);
    }
    say!("{} on {}\n", display_name(&version), held.held_out);
    print(&found);
    Ok(())
}

fn print(found: &Factors) {
    let of = |measure| show::measure(Some(measure));
    let rows = found.rows.iter().map(|row| {
        [row.name.clone(), of(&row.frequency), of(&row.share), of(&row.push), of(&row.observed_expected)]
    });
    let header =
        ["factor", "present in", "share of all weight", "adds when present (log-odds)", "O:E when present"];
    say!("{}", show::table(header, rows));
    say!("O:E above 1: where it is present more happened than was foreseen, so it weighs too little.");
    say!("What the form does not ask cannot weigh: a topic without a question of its own is not here.");
}

//! What each factor of the form adds over a population.

use amparo_datasets::{Instrument, table};
use amparo_evaluation::audit::{Factors, Pushes, factors};
use amparo_models::registry::Registry;

use super::settings;
use crate::cli;
use crate::commands::print_json;
use crate::failure::Failure;
use crate::held_out::{display_name, held_out};
use crate::show;

pub fn run(args: &cli::Factors) -> Result<(), Failure> {
    let version = Registry::open(&args.registry)?.load(&args.model)?;
    let cohort = table::read_cohort(&args.cohort)?;
    let topics = topics(version.instrument(), args)?;
    let held = held_out(&[&version], &cohort, args.other_cases)?;
    let indicators = version.instrument().indicators();
    let mut values = Vec::with_capacity(held.part.n_rows() * indicators.len());
    for parts in version.recidivism().explain_batch(held.part.answers()) {
        values.extend(parts?.total.values);
    }
    let present = held.part.answers().rows().flat_map(|row| {
        // The first answer says that it is not there, the last that nobody knows.
        row.iter()
            .zip(indicators)
            .map(|(&code, indicator)| code > 0 && usize::from(code) + 1 < indicator.n_answers())
    });
    let pushes = Pushes {
        indicators: indicators.iter().map(|indicator| indicator.id.clone()).collect(),
        present: present.collect(),
        values,
        probability: held.scored[0].probability.clone().unwrap_or_default(),
        topics,
    };
    let found = factors(&held.input, &pushes, settings(&args.how))?;
    if args.how.json {
        return print_json(&found);
    }
    if let Some(synthetic) = &held.part.provenance().synthetic {
        say!("{}", synthetic.statement);
    }
    say!("{} on {}\n", display_name(&version), held.description);
    print(&found);
    Ok(())
}

/// The factors of the form, the topics asked for and, if asked, each indicator.
fn topics(instrument: &Instrument, args: &cli::Factors) -> Result<Vec<(String, Vec<usize>)>, Failure> {
    let indicators = instrument.indicators();
    let mut topics: Vec<(String, Vec<usize>)> = Vec::new();
    for factor in instrument.factors() {
        let of = (0..indicators.len()).filter(|j| indicators[*j].factor == factor.id).collect::<Vec<_>>();
        if !of.is_empty() {
            topics.push((factor.label.en.clone(), of));
        }
    }
    let mut problems = Vec::new();
    for topic in &args.topic {
        let Some((name, ids)) = topic.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            problems.push(format!("topic `{topic}`, expected `NAME=ID,ID`"));
            continue;
        };
        let mut of = Vec::new();
        for id in ids.split(',') {
            match instrument.position(id) {
                Some(at) => of.push(at),
                None => problems.push(format!(
                    "topic `{name}` names `{id}`, which is no indicator of `{}`",
                    instrument.id()
                )),
            }
        }
        let repeated = of.iter().enumerate().find(|(at, j)| of[..*at].contains(j));
        if let Some((_, j)) = repeated {
            problems.push(format!("topic `{name}` names `{}` twice, expected each once", indicators[*j].id));
        }
        if topics.iter().any(|(other, _)| other == name) {
            problems.push(format!("topic `{name}` is there already, expected another name"));
        }
        topics.push((name.to_owned(), of));
    }
    if !problems.is_empty() {
        return Err(Failure::Usage(problems.join("; ")));
    }
    if args.indicators {
        topics.extend(
            indicators.iter().enumerate().map(|(j, i)| (format!("{} {}", i.id, i.label.en), vec![j])),
        );
    }
    Ok(topics)
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

//! `amparo gate`: a version judged by its gates, and the verdict kept beside it.

use std::path::Path;

use amparo_datasets::{built_in_or_file, table};
use amparo_evaluation::gates::{Answer, GateResult, Gates, Verdict, Waivers};
use amparo_lab::gate::{Gated, Gating, against};
use amparo_lab::{Settings, documents, gate};
use amparo_models::registry::Registry;

use super::{now, write, write_files};
use crate::cli::Gate;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show::wrapped;

pub fn run(args: &Gate) -> Result<(), Failure> {
    let gates = Gates::from_toml(&built_in_or_file("gates", &args.gates, Gates::BUILT_IN)?)?;
    let waivers = args.waivers.as_ref().map(|path| read_waivers(path)).transpose()?.unwrap_or_default();
    let registry = Registry::open(&args.registry)?;
    let version = registry.load(&args.model)?;
    let against = against(&registry, &version, args.against.as_ref())?;
    let cohort = table::read_cohort(&args.cohort)?;
    let settings = Settings {
        replicates: args.replicates,
        seed: args.seed,
        smallest_cell: args.smallest_cell,
        ..Settings::default()
    };
    let gating = Gating {
        version: &version,
        against: against.as_ref(),
        other_cases: args.other_cases,
        gates: &gates,
        waivers: &waivers,
        at: &now(),
    };
    let Gated { report, verdict, entry } = gate(&gating, &registry, cohort, &settings, &Bars::default())?;
    if let Some(dir) = &args.out {
        write_files(dir, &documents::of_report(&report, "report")?)?;
        write(&dir.join("verdict.json"), &super::json(&verdict)?)?;
    }
    if args.json {
        super::print_json(&verdict)?;
    } else {
        print(&verdict);
        say!("Verdict {} on {} is kept in the registry", entry.number, verdict.version.name);
    }
    if verdict.passed {
        return Ok(());
    }
    let names: Vec<&str> = verdict.in_the_way().map(|gate| gate.name.as_str()).collect();
    Err(Failure::Refused(format!("{}: {}", verdict.text.en, names.join(", "))))
}

/// One line a gate under the verdict, the reason below it.
pub fn print(verdict: &Verdict) {
    let context = &verdict.context;
    if let Some(statement) = &context.synthetic {
        say!("{statement}");
    }
    say!("{}: outcome `{}`, {}", context.cohort, context.outcome, context.held_out);
    let against = verdict.against.as_ref().map_or("no version in force", |against| against.name.as_str());
    say!("{} against {against}, by the gates `{}`", verdict.version.name, verdict.gates.id);
    for gate in &verdict.results {
        let head = format!("{:<11} ", word(gate));
        say!("{}", wrapped(&format!("{}: {}", gate.name, gate.text.en), &head, MARGIN));
        let waiver = verdict.waivers.iter().find(|record| record.waiver.gate == gate.name);
        if let Some(record) = waiver {
            let said = format!("{} ({}): {}", record.text.en, record.waiver.by, record.waiver.reason);
            say!("{}", wrapped(&said, MARGIN, MARGIN));
        }
        if gate.answer != Answer::Pass && !gate.waived {
            say!("{}", wrapped(&format!("why: {} ({})", gate.reason.en, gate.owner), MARGIN, MARGIN));
        }
    }
    say!("{}", verdict.text.en);
}

/// Under the word that begins a gate's line.
const MARGIN: &str = "            ";

fn word(gate: &GateResult) -> &'static str {
    match (gate.answer, gate.waived) {
        (Answer::Pass, _) => "PASS",
        (Answer::Block, _) => "BLOCK",
        (Answer::CannotTell, true) => "WAIVED",
        (Answer::CannotTell, false) => "CANNOT TELL",
    }
}

fn read_waivers(path: &Path) -> Result<Waivers, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io("read", path))?;
    Ok(Waivers::from_toml(&text)?)
}

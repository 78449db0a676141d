//! `amparo gate`: a version judged by its gates, and the verdict kept beside it.

use std::path::Path;

use amparo_datasets::{Cohort, built_in_or_file, table};
use amparo_evaluation::gates::{Answer, GateResult, Gates, Verdict, Waivers};
use amparo_evaluation::report::Report;
use amparo_models::artefact::Version;
use amparo_models::registry::{IN_FORCE, ModelRef, Registry, VerdictEntry};
use amparo_training::pipeline::CODE_VERSION;

use super::evaluate::{Settings, judge, write_report};
use super::{now, write};
use crate::cli::Gate;
use crate::failure::Failure;
use crate::held_out::{display_name, held_out};
use crate::show::wrapped;

pub fn run(args: &Gate) -> Result<(), Failure> {
    let gates = Gates::from_toml(&built_in_or_file("gates", &args.gates, Gates::BUILT_IN)?)?;
    let waivers = args.waivers.as_ref().map(|path| read_waivers(path)).transpose()?.unwrap_or_default();
    let registry = Registry::open(&args.registry)?;
    let version = registry.load(&args.model)?;
    let against = reference(&registry, &version, args.against.as_ref())?;
    let cohort = table::read_cohort(&args.cohort)?;
    check(&gates, &waivers, &version, &cohort)?;

    let settings = Settings {
        replicates: args.replicates,
        seed: args.seed,
        smallest_cell: args.smallest_cell,
        margin: crate::cli::MARGIN,
        pairwise: false,
    };
    let versions: Vec<&Version> = std::iter::once(&version).chain(&against).collect();
    let mut held = held_out(&versions, &cohort, args.other_cases)?;
    held.input = gates.crossed(held.input)?;
    let reference = display_name(against.as_ref().unwrap_or(&version));
    let report = judge(held, cohort, (display_name(&version), reference), &settings)?;
    let (verdict, entry) = keep(&registry, &version, &report, &gates, &waivers)?;
    if let Some(dir) = &args.out {
        write_report(&report, dir, "report")?;
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

/// Judges a version of a report and keeps the verdict.
pub fn keep(
    registry: &Registry,
    version: &Version,
    report: &Report,
    gates: &Gates,
    waivers: &Waivers,
) -> Result<(Verdict, VerdictEntry), Failure> {
    let verdict = Verdict::new(report, &display_name(version), gates, waivers, (&now(), CODE_VERSION))?;
    let manifest = version.manifest();
    let entry = registry.keep_verdict(&manifest.name, manifest.version, &super::json(&verdict)?)?;
    Ok((verdict, entry))
}

/// Refuses names that mean nothing for this version and cohort, before anything is computed.
pub fn check(gates: &Gates, waivers: &Waivers, version: &Version, cohort: &Cohort) -> Result<(), Failure> {
    let groups: Vec<(&str, &[String])> =
        cohort.groups().iter().map(|group| (group.name.as_str(), group.labels.as_slice())).collect();
    let levels: Vec<&str> = version.protocol().levels().iter().map(|level| level.id.as_str()).collect();
    let manifest = version.manifest();
    let number = format!("{}@{}", manifest.name, manifest.version);
    match (gates.check(&groups, &levels), waivers.check(gates, &number)) {
        (Err(one), Err(other)) => Err(Failure::Usage(format!("{one}\n{other}"))),
        (Err(one), _) | (_, Err(one)) => Err(one.into()),
        _ => Ok(()),
    }
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

/// The version to compare with: the one that is named, or the one in force.
fn reference(
    registry: &Registry,
    version: &Version,
    named: Option<&ModelRef>,
) -> Result<Option<Version>, Failure> {
    let model = &version.manifest().name;
    let against = match named {
        Some(named) => registry.load(named)?,
        None if registry.aliases(model)?.contains_key(IN_FORCE) => {
            registry.load(&ModelRef::alias(model, IN_FORCE)?)?
        }
        None => return Ok(None),
    };
    if against.digest() != version.digest() {
        return Ok(Some(against));
    }
    match named {
        None => Ok(None),
        Some(_) => Err(Failure::Usage(format!(
            "`{}` is named twice, expected another version to compare with",
            display_name(version)
        ))),
    }
}

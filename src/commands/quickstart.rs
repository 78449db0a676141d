//! `amparo quickstart`: the whole path on a synthetic cohort.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::time::Instant;

use amparo_datasets::synthetic::{Design, Options, STATEMENT};
use amparo_datasets::{Cohort, built_in_or_file, table};
use amparo_evaluation::gates::{Answer, GateResult, Gates, Verdict, Waiver, Waivers};
use amparo_evaluation::report::Report;
use amparo_models::artefact::Version;
use amparo_models::registry::{IN_FORCE, ModelRef, Registry};
use amparo_serving::Config;
use amparo_training::Experiment;
use amparo_training::pipeline::CODE_VERSION;
use serde::Serialize;

use super::{create_dir, data, evaluate, gate, now, serve, train, write};
use crate::cli::Quickstart;
use crate::failure::Failure;
use crate::held_out::{display_name, held_out};

/// Fewest rows on which the default config still has events in every cell it needs.
const FEWEST_ROWS: usize = 2_000;

pub fn run(args: &Quickstart) -> Result<(), Failure> {
    if args.rows < FEWEST_ROWS {
        return Err(Failure::Usage(format!("--rows is {}, expected {FEWEST_ROWS} or more", args.rows)));
    }
    if !args.no_serve {
        // Better now than after all the work; the service takes it again at the end.
        TcpListener::bind(args.listen).map_err(|source| {
            Failure::Serving(amparo_serving::Error::Listen { address: args.listen, source })
        })?;
    }
    let started = Instant::now();
    let say = |step: &str| say!("[{:>5.1} s] {step}", started.elapsed().as_secs_f64());
    say!("{STATEMENT}\n");
    create_dir(&args.dir)?;
    let registry = Registry::create(args.dir.join("registry"))?;

    let cohort = data::draw(&Options { seed: args.seed, design: Design::Population { rows: args.rows } })?;
    table::write_cohort(&cohort, &args.dir.join("cohort.parquet"))?;
    let deaths = data::draw(&Options { seed: args.seed, design: Design::H_STUDY })?;
    table::write_cohort(&deaths, &args.dir.join("lethality.parquet"))?;
    say(&format!(
        "cohort: {} assessments, and a case-control cohort of {} for lethality",
        cohort.n_rows(),
        deaths.n_rows()
    ));

    let experiment = Experiment::named("vpr")?;
    let name = &experiment.config().name;
    let (trained, versions) = train::train(&experiment, &cohort, Some(&deaths), &registry, name)?;
    say(&format!("fitted, blended, calibrated and published {} versions", versions.len()));
    train::print_dials(&trained);
    train::print_versions(&versions);
    let challenger = trained.best_hybrid();
    let all: Vec<&Version> = versions.iter().collect();
    let settings = evaluate::Settings {
        replicates: 1000,
        seed: args.seed,
        smallest_cell: 10,
        margin: crate::cli::MARGIN,
        pairwise: false,
    };
    let mut held = held_out(&all, &cohort, false)?;
    held.input = held.input.with_intersections(["children x foreign"])?;
    let report = evaluate::judge(held, cohort.clone(), display_name(&versions[0]), &settings)?;
    let second = evaluate::second_reading(&versions[0], deaths, &settings)?;
    let report_dir = args.dir.join("report");
    evaluate::write_report(&report, &report_dir, "report")?;
    let told = versions.iter().find(|v| Some(&v.manifest().training.candidate) == challenger.as_ref());
    evaluate::write_documents(&report, told.unwrap_or(&versions[0]), &report_dir)?;
    evaluate::write_report(&second, &report_dir, "lethality")?;
    say("compared on rows that no fit has seen");
    evaluate::print_summary(&report);
    say!("The second reading, the risk of a lethal assault:");
    evaluate::print_summary(&second);
    let in_force = put_in_force(&registry, &versions[0], &cohort, &report)?;
    if let Some(best) = &challenger {
        point(&registry, &versions, best, "challenger", "lowest cross-fitted log loss among the blends")?;
    }

    let case = args.dir.join("case.json");
    write_case(&cohort, &case)?;
    let html = report_dir.join("report.html");
    say!("\nReport:    {}", html.display());
    let default_model = match challenger {
        Some(_) => ModelRef::alias(name, "challenger")?,
        None if in_force => ModelRef::alias(name, IN_FORCE)?,
        None => ModelRef::version(name, versions[0].manifest().version)?,
    };
    say!("Served:    {default_model}, unless a request names another version");
    let log = args.dir.join("log.sqlite");
    if args.no_serve {
        say!(
            "Serve it:  amparo serve --registry {} --log {} --default-model {default_model} --listen {}",
            quoted(&registry.dir().display().to_string()),
            quoted(&format!("sqlite:{}", log.display())),
            args.listen
        );
        return Ok(());
    }
    let config = Config {
        registry: registry.dir().to_owned(),
        listen: args.listen,
        log: format!("sqlite:{}", log.display()),
        default_model: Some(default_model),
        assessment_threads: Config::cores(),
        assessment_queue: Config::QUEUE,
        grace: Config::GRACE,
    };
    serve::serve(config, |address| {
        say!("Docs:      http://{address}/docs");
        say!(
            "Try it:    curl -s http://{address}/v1/assessments -H 'content-type: application/json' -d {}",
            quoted(&format!("@{}", case.display()))
        );
        say!("Stop it:   Ctrl-C");
    })
}

/// Judges the statistical baseline by the gates of the demonstration and puts it in force if they let it pass; says whether
/// any version is in force then.
///
/// The first version has nothing to be compared with, and few rows cannot tell much: what cannot be told is waived by name.
fn put_in_force(
    registry: &Registry,
    baseline: &Version,
    cohort: &Cohort,
    report: &Report,
) -> Result<bool, Failure> {
    let manifest = baseline.manifest();
    let (name, number) = (&manifest.name, manifest.version);
    if let Some(in_force) = registry.aliases(name)?.get(IN_FORCE) {
        say!("{name}@{in_force} stays in force: `amparo gate` compares another version with it");
        return Ok(true);
    }
    let gates = Gates::from_toml(&built_in_or_file("gates", "quickstart", Gates::BUILT_IN)?)?;
    gate::check(&gates, &Waivers::default(), baseline, cohort)?;
    let at_first =
        Verdict::new(report, &display_name(baseline), &gates, &Waivers::default(), (&now(), CODE_VERSION))?;
    let waiver = |gate: &GateResult| {
        Waiver {
        gate: gate.name.clone(),
        version: format!("{name}@{number}"),
        reason: "a demonstration on synthetic cases, with no version in force before it: nobody's protection depends on it"
            .to_owned(),
        by: "quickstart".to_owned(),
    }
    };
    let open = at_first.in_the_way().filter(|gate| gate.answer == Answer::CannotTell);
    let waivers = Waivers::new(open.map(waiver).collect());
    let (verdict, _) = gate::keep(registry, baseline, report, &gates, &waivers)?;
    say!("The gates before a version is put in force:");
    gate::print(&verdict);
    if !verdict.passed {
        say!("{name}@{number} is not put in force");
        return Ok(false);
    }
    let reason = "the statistical baseline is the version in force";
    registry.alias(name, IN_FORCE, number, "quickstart", reason, &now())?;
    say!("{name}@{IN_FORCE} points to {name}@{number}: {reason}");
    Ok(true)
}

/// A word as a shell takes it, in quotes only where it needs them.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@:/._-".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Points an alias to the version of a candidate.
fn point(
    registry: &Registry,
    versions: &[Version],
    candidate: &str,
    alias: &str,
    reason: &str,
) -> Result<(), Failure> {
    let Some(manifest) = versions.iter().map(Version::manifest).find(|m| m.training.candidate == candidate)
    else {
        return Err(Failure::Usage(format!("candidate `{candidate}` was not published")));
    };
    registry.alias(&manifest.name, alias, manifest.version, "quickstart", reason, &now())?;
    say!("{}@{alias} points to {}@{}: {reason}", manifest.name, manifest.name, manifest.version);
    Ok(())
}

/// The body of a request: the first case of the cohort, as a platform would send it.
#[derive(Serialize)]
struct Request<'a> {
    case_id: &'a str,
    instrument: &'a str,
    answers: BTreeMap<&'a str, &'a str>,
}

fn write_case(cohort: &Cohort, path: &Path) -> Result<(), Failure> {
    let indicators = cohort.instrument().indicators();
    let answers = indicators
        .iter()
        .zip(cohort.answers().row(0))
        .filter_map(|(indicator, &code)| Some((indicator.id.as_str(), indicator.answer(code)?.id.as_str())))
        .collect();
    let request = Request { case_id: &cohort.cases()[0], instrument: cohort.instrument().id(), answers };
    write(path, &super::json(&request)?)
}

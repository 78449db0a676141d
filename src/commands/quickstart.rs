//! `amparo quickstart`: the whole path on a synthetic cohort.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::time::Instant;

use amparo_datasets::synthetic::{Design, Options, STATEMENT};
use amparo_datasets::{Cohort, built_in_or_file, table};
use amparo_evaluation::gates::Gates;
use amparo_evaluation::report::Report;
use amparo_lab::gate::{First, InForce, put_first_in_force};
use amparo_lab::{Comparison, Published, Settings, Training, compare, documents, lethality, number_name};
use amparo_models::artefact::Version;
use amparo_models::registry::{IN_FORCE, ModelRef, Registry};
use amparo_reporting::telling::{self, Lang};
use amparo_serving::{AccessConfig, Config, Limits};
use amparo_training::Experiment;
use serde::Serialize;

use super::{create_dir, data, evaluate, now, serve, train, write, write_files};
use crate::cli::Quickstart;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;

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
    let registry = amparo_stores::create(&args.dir.join("registry"))?;

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
    let training =
        Training { experiment: &experiment, cohort: &cohort, lethality: Some(&deaths), name, at: &now() };
    let published = amparo_lab::train(&training, &registry, &Bars::default())?;
    let versions = &published.versions;
    let baseline = &versions[0];
    say(&format!("fitted, blended, calibrated and published {} versions", versions.len()));
    train::print(&published);
    let challenger = published.trained.best_hybrid();
    let settings = Settings { seed: args.seed, ..Settings::default() };
    let told = challenger.as_ref().and_then(|best| published.of_candidate(best)).unwrap_or(baseline);
    let comparison = Comparison {
        registry: &registry,
        versions: versions.iter().collect(),
        subject: told,
        reference: baseline,
        other_cases: false,
        intersections: &["children x foreign".to_owned()],
        references: &[],
        compared: Vec::new(),
    };
    let report = compare(&comparison, cohort.clone(), &settings, &Bars::default())?;
    let of_lethality = lethality(&registry, baseline, deaths, &settings, &Bars::default())?;
    let report_dir = args.dir.join("report");
    write_files(&report_dir, &documents::of_report(&report, "report")?)?;
    write_files(&report_dir, &documents::of_version(&report, told, &now())?)?;
    write_files(&report_dir, &documents::of_report(&of_lethality, "lethality")?)?;
    say("compared on rows that no fit has seen");
    evaluate::print_summary(&report);
    say!("The lethality model, which estimates the risk of a lethal assault:");
    evaluate::print_summary(&of_lethality);
    let in_force = put_in_force(&registry, baseline, &cohort, &report)?;
    if let Some(best) = &challenger {
        point(&registry, &published, best, "challenger", "lowest cross-fitted log loss among the blends")?;
    }

    let case = args.dir.join("case.json");
    write_case(&cohort, &case)?;
    let html = report_dir.join("report.html");
    say!("\nReport:    {}", html.display());
    let default_model = match challenger {
        Some(_) => ModelRef::alias(name, "challenger")?,
        None if in_force => ModelRef::alias(name, IN_FORCE)?,
        None => ModelRef::version(name, baseline.manifest().version)?,
    };
    say!("Served:    {default_model}, unless a request names another version");
    let log = args.dir.join("log.sqlite");
    if args.no_serve {
        say!(
            "Serve it:  amparo serve --registry {} --log {} --default-model {default_model} --listen {}",
            quoted(&registry.location().display().to_string()),
            quoted(&format!("sqlite:{}", log.display())),
            args.listen
        );
        return Ok(());
    }
    let config = Config {
        registry: registry.location().to_owned(),
        listen: args.listen,
        health_listen: None,
        gate_keys: Vec::new(),
        log: format!("sqlite:{}", log.display()),
        default_model: Some(default_model),
        challenger: None,
        shadow: None,
        assessment_threads: Config::cores(),
        case_numbers: Vec::new(),
        own_view_first: false,
        access: AccessConfig::default(),
        tls: None,
        unlogged_models: Vec::new(),
        assessment_queue: Config::QUEUE,
        loaded_versions: Config::LOADED,
        connections: Limits::default(),
        otlp: None,
        grace: Config::GRACE,
    };
    let ready = |address| {
        say!("Docs:      http://{address}/docs");
        say!(
            "Try it:    curl -s http://{address}/v1/assessments -H 'content-type: application/json' -d {}",
            quoted(&format!("@{}", case.display()))
        );
        say!("Stop it:   Ctrl-C");
    };
    let unchanged = config.clone();
    serve::serve(config, ready, Box::new(move || Ok(unchanged.clone())))
}

/// Judges the statistical baseline by the gates of the demonstration and puts it in force if they let it pass; says whether
/// any version is in force then.
fn put_in_force(
    registry: &Registry,
    baseline: &Version,
    cohort: &Cohort,
    report: &Report,
) -> Result<bool, Failure> {
    let (model, name) = (&baseline.manifest().name, number_name(baseline));
    let gates = Gates::from_toml(&built_in_or_file("gates", "quickstart", Gates::BUILT_IN)?)?;
    let reason = "the statistical baseline is the version in force";
    let first = First {
        version: baseline,
        cohort,
        report,
        gates: &gates,
        by: "quickstart",
        reason,
        waiver_reason: "a demonstration on synthetic cases, with no version in force before it: nobody's protection depends on it",
        at: &now(),
    };
    let outcome = put_first_in_force(registry, &first)?;
    match &outcome {
        InForce::Stays { number } => {
            say!("{model}@{number} stays in force: `amparo gate` compares another version with it");
        }
        InForce::Judged(verdict) => {
            say!("The gates before a version is put in force:");
            show::print(&telling::verdict(verdict, Lang::En));
            if verdict.passed {
                say!("{model}@{IN_FORCE} points to {name}: {reason}");
            } else {
                say!("{name} is not put in force");
            }
        }
    }
    Ok(outcome.any())
}

/// A word as a shell takes it, in quotes only where it needs them.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@:/._-".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Points an alias to the version of a candidate.
fn point(
    registry: &Registry,
    published: &Published,
    candidate: &str,
    alias: &str,
    reason: &str,
) -> Result<(), Failure> {
    let Some(version) = published.of_candidate(candidate) else {
        return Err(Failure::Usage(format!("candidate `{candidate}` was not published")));
    };
    let manifest = version.manifest();
    registry.alias(&manifest.name, alias, manifest.version, "quickstart", reason, &now())?;
    say!("{}@{alias} points to {}: {reason}", manifest.name, number_name(version));
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

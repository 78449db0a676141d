//! `amparo evaluate`: versions and foreign scores, compared on rows nobody has seen.

use std::path::Path;

use amparo_datasets::{Cohort, table};
use amparo_evaluation::documents::{self, Run, Subject};
use amparo_evaluation::html;
use amparo_evaluation::input::{Kind, Scored};
use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Agreement, Context, Report};
use amparo_evaluation::telling::Lang;
use amparo_evaluation::{csv, schema, total_steps};
use amparo_models::artefact::{Version, sha256};
use amparo_models::registry::Registry;
use amparo_training::pipeline::CODE_VERSION;

use super::{create_dir, now, write};
use crate::cli::Evaluate;
use crate::failure::Failure;
use crate::held_out::{HeldOut, display_name, held_out, lethality_held_out};
use crate::{progress, show};

/// How an evaluation is computed.
pub struct Settings {
    pub replicates: u32,
    pub seed: u64,
    pub smallest_cell: u64,
    /// A gap in a share is called absent when its simultaneous interval lies within this much of 0.
    pub margin: f64,
    /// Whether gaps are taken between all labels.
    pub pairwise: bool,
}

pub fn run(args: &Evaluate) -> Result<(), Failure> {
    let registry = Registry::open(&args.registry)?;
    let cohort = table::read_cohort(&args.cohort)?;
    let mut versions = vec![registry.load(&args.model)?];
    for against in &args.against {
        let version = registry.load(against)?;
        if versions.iter().any(|v| v.digest() == version.digest()) {
            let name = display_name(&version);
            return Err(Failure::Usage(format!(
                "`{name}` is named twice, expected different versions to compare"
            )));
        }
        versions.push(version);
    }
    let reference = display_name(versions.get(1).unwrap_or(&versions[0]));
    let settings = Settings {
        replicates: args.replicates,
        seed: args.seed,
        smallest_cell: args.smallest_cell,
        margin: args.margin,
        pairwise: args.pairwise,
    };
    let versions: Vec<&Version> = versions.iter().collect();
    // Everything is computed before anything is written.
    let lethality = args.lethality_cohort.as_ref().map(|path| table::read_cohort(path)).transpose()?;
    let mut held = held_out(&versions, &cohort, args.other_cases)?;
    held.input = held.input.with_intersections(args.intersect.iter().map(String::as_str))?;
    let report = judge(held, cohort, (display_name(versions[0]), reference), &settings)?;
    let second = lethality.map(|cohort| second_reading(versions[0], cohort, &settings)).transpose()?;
    write_report(&report, &args.out, "report")?;
    write_documents(&report, versions[0], &args.out)?;
    print_summary(&report);
    if let Some(second) = second {
        write_report(&second, &args.out, "lethality")?;
        print_summary(&second);
    }
    say!("Report: {}", args.out.join("report.html").display());
    Ok(())
}

/// The second reading of a version, judged like a version of its own.
pub fn second_reading(version: &Version, cohort: Cohort, settings: &Settings) -> Result<Report, Failure> {
    let held = lethality_held_out(version, &cohort)?;
    let name = held.scored[0].name.clone();
    judge(held, cohort, (name.clone(), name), settings)
}

/// Judges scores on rows they have not seen, with a bar; the report is about `subject`, and differences are taken against `reference`.
pub fn judge(
    held: HeldOut,
    cohort: Cohort,
    (subject, reference): (String, String),
    settings: &Settings,
) -> Result<Report, Failure> {
    let provenance = cohort.provenance();
    let context = Context {
        cohort: provenance.title.clone(),
        synthetic: provenance.synthetic.as_ref().map(|s| s.statement.clone()),
        held_out: held.description,
        outcome: held.outcome,
        horizon_days: held.horizon_days,
        censored_left_out: held.n_censored as u64,
        fingerprint: cohort.fingerprint(),
        seed: settings.seed,
        replicates: settings.replicates,
        subject,
        reference,
        smallest_cell: settings.smallest_cell,
        bins: 10,
        margin: Some(settings.margin),
        pairwise: settings.pairwise,
    };
    // Millions of rows are worth their memory from here on; whoever needs the cohort afterwards shares it.
    drop((cohort, held.part));
    let bar = progress::bar("resampling cases", total_steps(&held.input, &context));
    let done = |steps| bar.set_position(steps);
    let mut report = amparo_evaluation::evaluate(&held.input, &held.scored, context.clone(), &done)?;
    for (input, score) in held.partial {
        report.agreement.extend(held.scored.iter().filter_map(|version| not_compared(version, &score)));
        // On fewer rows, so never in a paired difference.
        let context =
            Context { subject: score.name.clone(), reference: score.name.clone(), ..context.clone() };
        report.scored.extend(amparo_evaluation::evaluate(&input, &[score], context, &|_| ())?.scored);
    }
    bar.finish_and_clear();
    Ok(report)
}

/// That the levels of a score which some rows lack are not held against a version's, although both have as many.
fn not_compared(version: &Scored, score: &Scored) -> Option<Agreement> {
    let levels = |one: &Scored| one.levels.as_ref().map(|levels| levels.ids.len());
    let is_pair = matches!(version.kind, Kind::Version { .. }) && levels(version)? == levels(score)?;
    let unknown = || Measure::undefined(Reason::ScoreMissingInSomeRows);
    is_pair.then(|| Agreement {
        name: version.name.clone(),
        against: score.name.clone(),
        kappa_linear: unknown(),
        kappa_quadratic: unknown(),
        ranked_probability_score: unknown(),
    })
}

/// Writes NAME.json, NAME.csv, NAME.html and NAME.es.html, and the schema of the first.
pub fn write_report(report: &Report, dir: &Path, name: &str) -> Result<(), Failure> {
    // All are made before any is written.
    let files = [
        (format!("{name}.json"), super::json(report)?),
        (format!("{name}.csv"), csv::csv(report)),
        (format!("{name}.html"), html::render(report, Lang::En)?),
        (format!("{name}.es.html"), html::render(report, Lang::Es)?),
        ("report.schema.json".to_owned(), schema::SCHEMA.to_owned()),
    ];
    create_dir(dir)?;
    files.iter().try_for_each(|(file, text)| write(&dir.join(file), text))
}

/// Writes what an authority owes for a version, in English and in Spanish: model card, Annex IV, TRIPOD+AI.
pub fn write_documents(report: &Report, version: &Version, dir: &Path) -> Result<(), Failure> {
    let name = display_name(version);
    let (manifest, part) = (version.manifest(), version.recidivism());
    let subject = Subject::published(&name, version.digest(), manifest, version.protocol(), part);
    let (at, report_digest) = (now(), sha256(super::json(report)?.as_bytes()));
    let run = Run { at: &at, code_version: CODE_VERSION, report_digest: &report_digest };
    create_dir(dir)?;
    for (lang, ending) in [(Lang::En, "md"), (Lang::Es, "es.md")] {
        let files = [
            ("card", documents::card(&subject, Some(report), lang)),
            ("annex-iv", documents::annex_iv(report, &subject, &run, lang)),
            ("tripod-ai", documents::tripod_ai(report, &subject, &run, lang)),
        ];
        files.iter().try_for_each(|(file, text)| write(&dir.join(format!("{file}.{ending}")), text))?;
    }
    Ok(())
}

/// One line a version, under the words that must stand with the numbers.
pub fn print_summary(report: &Report) {
    let context = &report.context;
    if let Some(statement) = &context.synthetic {
        say!("{statement}");
    }
    say!("{}: outcome `{}`, {}", context.cohort, context.outcome, context.held_out);
    say!("{}", show::summary(report));
    say!(
        "{} rows, {} events; 95 % intervals from {} resamples of cases",
        report.rows.n,
        report.rows.events,
        context.replicates
    );
    if let Some(margin) = context.margin {
        say!(
            "A gap between groups is called absent when its simultaneous interval lies within {margin} of 0"
        );
    }
}

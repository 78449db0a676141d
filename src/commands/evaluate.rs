//! `amparo evaluate`: versions and foreign scores, compared on rows nobody has seen.

use std::path::Path;

use amparo_datasets::table::{self, Column, DayTexts};
use amparo_evaluation::report::{Difference, LevelRow, Report, ScoredReport};
use amparo_lab::{Comparison, Predictions, SHARES, Settings, Unknowns, documents, lethality};
use amparo_models::artefact::Version;

use super::{cohort_for, graphs, now, write_files};
use crate::cli::Evaluate;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;
use crate::tracked::{self, Tracking};

pub fn run(args: &Evaluate) -> Result<(), Failure> {
    let registry = amparo_stores::open(&args.registry)?;
    let version = registry.load(&args.model)?;
    let tracking = Tracking::begin(&args.tracked, &args.registry, "evaluate")?;
    let cohort = cohort_for(&args.cohort, &version, version.recidivism())?;
    let against = args.against.iter().map(|other| registry.load(other)).collect::<Result<Vec<_>, _>>()?;
    let deaths = args.lethality_cohort.as_ref().map(|path| match version.lethality() {
        Some(model) => cohort_for(path, &version, model),
        // That there is no such model is told where it is judged.
        None => Ok(table::read_cohort(path)?),
    });
    let deaths = deaths.transpose()?;
    let settings = Settings {
        margin: args.margin,
        pairwise: args.pairwise,
        horizons: args.horizons.clone(),
        ..args.resampling.settings()
    };
    let versions: Vec<&Version> = std::iter::once(&version).chain(&against).collect();
    let comparison = Comparison {
        registry: &registry,
        subject: &version,
        reference: against.first().unwrap_or(&version),
        versions,
        other_cases: args.other_cases,
        intersections: &args.intersect,
        references: &args.reference,
        compared: graphs::compared(&args.compared, cohort.answers(), version.protocol())?,
    };
    // Everything is computed before anything is written.
    let held = comparison.hold_out(&cohort, &Bars::default())?;
    let predictions = args.predictions.is_some().then(|| Predictions::of(&held));
    let unknowns = args.unknowns.then(|| {
        let by = args.unknowns_by.as_deref();
        Unknowns { registry: &registry, version: &version, other_cases: args.other_cases, by }.judge(
            cohort.clone(),
            &settings,
            &Bars::default(),
        )
    });
    let report = comparison.judge(held, cohort, &settings, &Bars::default())?;
    let of_unknowns = unknowns.transpose()?;
    let of_lethality = deaths
        .map(|deaths| lethality(&registry, &version, deaths, &settings, &Bars::default()))
        .transpose()?;
    let mut files = documents::of_report(&report, "report")?;
    files.extend(documents::of_version(&report, &version, &now())?);
    write_files(&args.out, &files)?;
    print_summary(&report);
    if let Some(report) = &of_lethality {
        let of_report = documents::of_report(report, "lethality")?;
        write_files(&args.out, &of_report)?;
        files.extend(of_report);
        print_summary(report);
    }
    if let Some(report) = &of_unknowns {
        let of_report = documents::of_report(report, "unknowns")?;
        write_files(&args.out, &of_report)?;
        files.extend(of_report);
        print_unknowns(report);
    }
    if let (Some(path), Some(predictions)) = (&args.predictions, predictions) {
        write_predictions(path, &predictions)?;
        say!("{} predictions written to {}", predictions.n_rows(), path.display());
    }
    say!("Report: {}", args.out.join("report.html").display());
    let Some(tracking) = tracking else { return Ok(()) };
    let at = tracked::moment();
    let aliases = tracked::aliases(&registry, &version.manifest().name, &at)?;
    let named = [("lethality", of_lethality.as_ref()), ("unknowns", of_unknowns.as_ref())];
    let further: Vec<(&str, &Report)> =
        named.into_iter().filter_map(|(name, report)| Some((name, report?))).collect();
    let runs = tracked::of_evaluation(&tracking, &version, (&report, &further), files, (&aliases, &at))?;
    tracking.end(&runs)
}

/// The columns that `docs/evaluation.md` lists.
fn write_predictions(path: &Path, p: &Predictions) -> Result<(), Failure> {
    fn texts(texts: &[String]) -> Column<'_> {
        Column::Texts(texts.iter().map(String::as_str).collect())
    }
    let days = p.date.as_deref().map(DayTexts::of);
    let mut columns = vec![("case".to_owned(), texts(&p.case))];
    columns.extend(days.as_ref().map(|days| ("date".to_owned(), days.column(0..p.n_rows()))));
    columns.extend(
        [
            ("scored", texts(&p.scored)),
            ("repeat", Column::Integers(&p.repeat)),
            ("fold", Column::OptionalIntegers(&p.fold)),
            ("score", Column::Floats(&p.score)),
            ("probability", Column::OptionalFloats((&p.probability).into())),
            ("level", Column::OptionalTexts(p.level.iter().map(Option::as_deref).collect())),
            ("event", Column::Booleans(&p.event)),
            ("weight", Column::Floats(&p.weight)),
        ]
        .map(|(name, column)| (name.to_owned(), column)),
    );
    columns.extend(p.groups.iter().map(|(name, labels)| (format!("group.{name}"), texts(labels))));
    Ok(table::write_columns(path, &columns)?)
}

/// What is left at each share of unknown answers.
fn print_unknowns(report: &Report) {
    let of = |scored: &ScoredReport, key: &str| show::measure(scored.overall.get(key));
    let each = || report.scored.iter().zip(SHARES).map(|(scored, percent)| (scored, format!("{percent} %")));
    let line = |(scored, percent): (&ScoredReport, String)| {
        let is_auc = |difference: &&Difference| difference.name == scored.name && difference.metric == "auc";
        let lost = report.differences.iter().find(is_auc).map(|difference| &difference.measure);
        [percent, of(scored, "auc"), show::measure(lost), of(scored, "log_loss")]
    };
    say!("{}", show::table(["more unknown", "AUC", "against 0 %", "log loss"], each().map(line)));
    let levels = report.scored.first().into_iter().flat_map(|scored| &scored.levels);
    let header: Vec<String> = std::iter::once("more unknown")
        .chain(levels.map(|level| level.level.as_str()))
        .map(str::to_owned)
        .collect();
    let shares = |(scored, percent): (&ScoredReport, String)| {
        let share = |level: &LevelRow| of(scored, &format!("level_share@{}", level.level));
        std::iter::once(percent).chain(scored.levels.iter().map(share)).collect::<Vec<_>>()
    };
    say!("{}", show::table(header, each().map(shares)));
    report.context.notes.last().iter().for_each(|note| say!("{}", show::wrapped(note, "note: ", "      ")));
}

/// One line a version, under the words that must stand with the numbers.
pub fn print_summary(report: &Report) {
    let context = &report.context;
    if let Some(statement) = &context.synthetic {
        say!("{statement}");
    }
    say!("{}: outcome `{}`, {}", context.cohort, context.outcome, context.held_out.text().en);
    context.notes.iter().for_each(|note| say!("{}", show::wrapped(note, "note: ", "      ")));
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

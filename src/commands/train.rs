//! `amparo train`: every candidate of a config, published.

use std::collections::BTreeMap;

use amparo_datasets::{Cohort, table};
use amparo_evaluation::metrics;
use amparo_models::artefact::Version;
use amparo_models::registry::Registry;
use amparo_training::pipeline::{self, STEPS, Trained};
use amparo_training::{Data, Experiment, Losses};

use super::{now, print_json};
use crate::card::card;
use crate::cli::Train;
use crate::failure::Failure;
use crate::{progress, show};

pub fn run(args: &Train) -> Result<(), Failure> {
    let is_new = !args.registry.exists();
    run_on(args).inspect_err(|_| {
        if is_new {
            // Removes an empty folder only, so nothing that was published; the failure is what is told.
            let _ = std::fs::remove_dir(&args.registry);
        }
    })
}

fn run_on(args: &Train) -> Result<(), Failure> {
    let experiment = Experiment::named(&args.config)?;
    // Before hours of fitting, not after: a registry that cannot be written is said at once.
    let registry = Registry::create(&args.registry)?;
    let cohort = table::read_cohort(&args.cohort)?;
    let lethality = args.lethality_cohort.as_ref().map(|path| table::read_cohort(path)).transpose()?;
    let name = args.name.as_deref().unwrap_or(&experiment.config().name);
    let (trained, versions) = train(&experiment, &cohort, lethality.as_ref(), &registry, name)?;
    if args.json {
        return print_json(&versions.iter().map(Version::manifest).collect::<Vec<_>>());
    }
    if let Some(synthetic) = &cohort.provenance().synthetic {
        say!("{}", synthetic.statement);
    }
    print_dials(&trained);
    print_versions(&versions);
    Ok(())
}

/// Fits and publishes, with a bar; gives the versions in the order of the candidates.
pub fn train(
    experiment: &Experiment,
    cohort: &Cohort,
    lethality: Option<&Cohort>,
    registry: &Registry,
    name: &str,
) -> Result<(Trained, Vec<Version>), Failure> {
    let bar = progress::bar("training", STEPS + experiment.candidates().len() as u64);
    let trained = pipeline::train(experiment, cohort, lethality, &|step| {
        bar.set_message(step.to_owned());
        bar.inc(1);
    })?;
    bar.set_message("publishing");
    let mut versions = Vec::new();
    let card = |record: &_, part: &_| card(name, &trained.protocol, record, part);
    let mut metrics = declared(&trained);
    if let Some(cohort) = lethality {
        let second = declared_second(experiment, cohort)?;
        for name in experiment.candidates() {
            metrics.entry(name).or_default().insert("lethality, cross-fitted".to_owned(), second.clone());
        }
    }
    for draft in trained.drafts(name, &now(), &metrics, &card) {
        versions.push(registry.publish(&draft)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((trained, versions))
}

/// Point values on the test part, by candidate; nothing where rows are held back by cross-fitting.
fn declared(trained: &Trained) -> BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>> {
    let Some(split) = &trained.split else { return BTreeMap::new() };
    let data = &trained.data;
    let events: Vec<bool> = split.test.iter().map(|&row| data.events[row]).collect();
    let weights: Vec<f64> = split.test.iter().map(|&row| data.weights[row]).collect();
    let of_candidate = |(name, part): &(String, amparo_models::Part)| {
        let scores: Vec<f64> =
            split.test.iter().map(|&row| part.score(data.cohort.answers().row(row))).collect();
        let calibrated: Vec<f64> = scores
            .iter()
            .map(|&s| amparo_models::probability::logit(part.calibrate(s).probability))
            .collect();
        let Losses { log_loss, brier } = Losses::of(&calibrated, &events, &weights);
        let mut values = BTreeMap::from([("log_loss".to_owned(), log_loss), ("brier".to_owned(), brier)]);
        // Both classes are in the test part, or there would be no version.
        values.extend(metrics::auc(&scores, &events, &weights).map(|auc| ("auc".to_owned(), auc)));
        (name.clone(), BTreeMap::from([("test".to_owned(), values)]))
    };
    trained.candidates.iter().map(of_candidate).collect()
}

/// Point values of the second reading on rows that its points did not see.
fn declared_second(experiment: &Experiment, cohort: &Cohort) -> Result<BTreeMap<String, f64>, Failure> {
    let Some(params) = &experiment.config().lethality else { return Ok(BTreeMap::new()) };
    let data = Data::new(cohort, &params.outcome)?;
    let crossed = amparo_training::lethality::out_of_fold(experiment, &data)?;
    let auc = metrics::auc(&crossed.log_odds, &data.events, &data.weights);
    let expected: f64 = crossed.probabilities.iter().zip(&data.weights).map(|(p, w)| p * w).sum();
    let observed: f64 = data.events.iter().zip(&data.weights).filter(|(e, _)| **e).map(|(_, w)| w).sum();
    let mut values = BTreeMap::from([("observed_expected".to_owned(), observed / expected)]);
    values.extend(auc.map(|auc| ("auc".to_owned(), auc)));
    Ok(values)
}

/// The losses over the grid of dials, as the choice among blends was seen.
pub fn print_dials(trained: &Trained) {
    if trained.dials.is_empty() {
        return;
    }
    say!("Dial from baseline (0) to candidate (1), cross-fitted on the rows fitted on:");
    let best = trained.dials.iter().map(|d| d.losses.log_loss).fold(f64::INFINITY, f64::min);
    let rows = trained.dials.iter().map(|d| {
        let mark = if d.losses.log_loss <= best { " lowest" } else { "" };
        [
            d.candidate.as_str().to_owned(),
            d.dial.to_string(),
            format!("{:.5}{mark}", d.losses.log_loss),
            format!("{:.5}", d.losses.brier),
        ]
    });
    say!("{}", show::table(["blend with", "dial", "log loss", "Brier"], rows));
}

/// What was published.
pub fn print_versions(versions: &[Version]) {
    let rows = versions.iter().map(|version| {
        let m = version.manifest();
        [
            format!("{}@{}", m.name, m.version),
            m.training.candidate.clone(),
            m.dial.to_string(),
            m.calibrator.clone(),
            version.digest()[..16].to_owned(),
        ]
    });
    say!("{}", show::table(["version", "candidate", "dial", "calibrator", "digest"], rows));
}

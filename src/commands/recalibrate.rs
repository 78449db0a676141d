//! `amparo recalibrate`: a published version with a new calibrator, as a new version.

use amparo_lab::{Recalibrating, Recalibration, recalibrate};

use super::{cohort_for, now, print_json};
use crate::cli::Recalibrate;
use crate::failure::Failure;
use crate::show;

pub fn run(args: &Recalibrate) -> Result<(), Failure> {
    let registry = amparo_stores::open_to_write(&args.registry)?;
    let version = registry.load(&args.model)?;
    let cohort = cohort_for(&args.cohort, &version, version.recidivism())?;
    let published = recalibrate(
        &Recalibrating {
            version: &version,
            cohort: &cohort,
            how: &Recalibration {
                calibration: args.calibration.clone(),
                folds: args.folds,
                seed: args.seed,
                least_events: args.least_events,
            },
            other_cases: args.other_cases,
            at: &now(),
        },
        &registry,
    )?;
    let manifest = published.version.manifest();
    if args.json {
        return print_json(manifest);
    }
    if let Some(synthetic) = &cohort.provenance().synthetic {
        say!("{}", synthetic.statement);
    }
    let name = format!("{}@{}", manifest.name, manifest.version);
    let Some(record) = &manifest.training.recalibration else { return Ok(()) };
    let text = format!(
        "{name} has the model of {} and a new calibrator ({}), fitted on {} rows with {} events of `{}`.",
        record.of, manifest.calibrator, record.cohort.n_rows, record.n_events, record.cohort.title
    );
    say!("{}", show::wrapped(&text, "", ""));
    if let Some(calibration) = manifest.training.calibration.as_ref().filter(|c| !c.tried.is_empty()) {
        say!("Methods of calibration, cross-fitted on these rows:");
        say!("{}", show::table(["method", "log loss"], show::calibrations(calibration)));
    }
    let rows =
        [("before", published.before), ("after, out of fold", published.after)].map(|(name, losses)| {
            [name.to_owned(), format!("{:.5}", losses.log_loss), format!("{:.5}", losses.brier)]
        });
    say!("Losses on these rows, each by a calibrator that has not seen its case:");
    say!("{}", show::table(["calibrator", "log loss", "Brier"], rows.to_vec()));
    if record.other_cases_declared {
        let text = "That the version had seen none of these cases rests on the declaration: it could not be proved by fingerprints.";
        say!("{}", show::wrapped(text, "", ""));
    }
    say!("digest {}", published.version.digest());
    Ok(())
}

//! The runs of a training: one, and one nested in it for each version.

use amparo_datasets::Cohort;
use amparo_lab::{Published, display_name};
use amparo_tracking::{Aliases, Dataset, Run};

use super::recorder::Told;
use super::{Tracking, add_version};
use crate::failure::Failure;

/// The training with its parameters and its config, then each version with its numbers.
pub fn of_training(
    tracking: &Tracking,
    told: Told,
    (published, name): (&Published, &str),
    cohort: &Cohort,
    (aliases, at): (&Aliases, &str),
) -> Result<Vec<Run>, Failure> {
    let dataset = Dataset {
        name: cohort.provenance().title.clone(),
        fingerprint: cohort.fingerprint(),
        context: "training".to_owned(),
    };
    let mut head = tracking.head(name, "train".to_owned(), None);
    head.dataset = Some(dataset.clone());
    let mut training = Run { head, params: told.params, ..Run::default() };
    training.tags.insert("amparo.command".to_owned(), "train".to_owned());
    if let Some(synthetic) = &cohort.provenance().synthetic {
        training.tags.insert("mlflow.note.content".to_owned(), synthetic.statement.clone());
    }
    let config = told.artefacts.into_iter().filter(|(file, _)| file == "config.toml");
    training.artefacts.extend(config);
    let mut runs = vec![training];
    for (version, number) in published.versions.iter().zip(1..) {
        let mut head = tracking.head(name, display_name(version), Some(number));
        head.dataset = Some(dataset.clone());
        let mut run = Run { head, ..Run::default() };
        run.tags.insert("amparo.command".to_owned(), "train".to_owned());
        let before = format!("{}/", version.manifest().training.candidate);
        let of_version =
            told.metrics.iter().filter_map(|(key, value)| Some((key.strip_prefix(&before)?, *value)));
        for (key, value) in of_version {
            run.metric(key, Some(value), || "it is no finite number".to_owned());
        }
        add_version(&mut run, version, aliases, at)?;
        runs.push(run);
    }
    Ok(runs)
}

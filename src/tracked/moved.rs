//! The run of a move of an alias: the move as facts beside the version that it points to.

use amparo_models::artefact::Version;
use amparo_models::registry::Move;
use amparo_tracking::{Aliases, Run};

use super::{Tracking, add_version};
use crate::failure::Failure;

/// The run of `amparo models alias`, by which the server learns where the aliases of the model point now.
pub fn of_move(
    tracking: &Tracking,
    version: &Version,
    made: &Move,
    (aliases, at): (&Aliases, &str),
) -> Result<Run, Failure> {
    let model = &version.manifest().name;
    let head = tracking.head(model, format!("alias {} to {model}@{}", made.alias, made.version), None);
    let mut run = Run { head, ..Run::default() };
    add_version(&mut run, version, aliases, at)?;
    let facts = [
        ("amparo.command", Some("models alias".to_owned())),
        ("amparo.alias", Some(made.alias.clone())),
        ("amparo.alias.at", Some(made.at.clone())),
        ("amparo.alias.by", Some(made.by.clone())),
        ("amparo.alias.reason", Some(made.reason.clone())),
        ("amparo.alias.from", made.from.map(|from| format!("{model}@{from}"))),
        ("amparo.alias.verdict", made.verdict.clone()),
    ];
    run.tags.extend(facts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    Ok(run)
}

//! The populations of all outcomes, in two files: what people may read, and tables of small numbers.

use std::path::Path;

use super::Outcomes;
use super::files::{self, Files};
use crate::explain::{OrReason, Population};
use crate::{Error, OutcomeModel};

/// Adds both files: the tables follow each other in the order of the outcomes.
pub(super) fn write(files: &mut Files, parts: Outcomes<&OutcomeModel>) -> Result<(), Error> {
    files.json(files::POPULATION, &parts.map(OutcomeModel::population), false)?;
    let mut tables = Vec::new();
    for (_, part) in parts.iter() {
        if let OrReason::Value(subsamples) = &part.population().subsamples {
            subsamples.write_table(&mut tables);
        }
    }
    files.insert(files::SUBSAMPLES, tables);
    Ok(())
}

/// Reads both files.
///
/// # Errors
/// [`Error::Format`] if the tables are shorter or longer than the populations say.
pub(super) fn read(files: &Files, dir: &Path) -> Result<Outcomes<Population>, Error> {
    let mut populations: Outcomes<Population> = files.parse(dir, files::POPULATION, "a population")?;
    let mut rest = files.bytes(files::SUBSAMPLES);
    let refused = |message: String| {
        files::format(&dir.join(files::SUBSAMPLES), "the tables of the population", message)
    };
    let Outcomes { recidivism, lethality } = &mut populations;
    for population in std::iter::once(recidivism).chain(lethality) {
        if let OrReason::Value(subsamples) = &mut population.subsamples {
            rest = subsamples.read_table(rest).map_err(refused)?;
        }
    }
    if rest.is_empty() {
        return Ok(populations);
    }
    Err(refused(format!("{} bytes are left after the last table, expected none", rest.len())))
}

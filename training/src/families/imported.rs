//! A model that another program has fitted.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use amparo_datasets::{Instrument, Name, Problem, Problems};
use amparo_models::Scorer;
use amparo_models::imported::{self, Imported};
use serde::{Deserialize, Serialize};

use super::Family;
use crate::{Error, Learn, Noted, TrainingSet};

/// A model that another program has fitted; `amparo import` makes its file.
pub const FAMILY: Family = Family {
    name: imported::FAMILY,
    read: |settings| {
        let params: ImportedParams = settings.parameters()?;
        let path = Name::written_in(&params.file, settings.file).path().into_owned();
        Ok(Arc::new(ImportedFit::new(params, path)?))
    },
};

/// Which model is taken.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `file` | a path | the file that `amparo import` has written; a relative path starts at the folder of the config |
/// | `other_cases` | `true` | a declaration: the model was fitted on none of the cases of the cohort, nor chosen by them |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedParams {
    /// The file that `amparo import` has written.
    pub file: String,
    /// That the model was fitted on none of the cases of the cohort, nor chosen by them.
    pub other_cases: bool,
}

/// Checked [`ImportedParams`]. The model is as it is, whatever rows it is given: only what blends and calibrates it is fitted here.
///
/// A model of log-odds is taken as it is. One that gives a mean of shares is brought to log-odds by the tangent at the share of events of the rows
/// ([`amparo_models::imported`]). Answers that too few rows of the fit had get the average effect of the others, as in every family: what the
/// original program knew of them, nobody here can tell.
///
/// Whether the model has seen the cases of the cohort cannot be checked. If it had, every number of every part would be too good, so that it was
/// not has to be declared.
#[derive(Debug)]
pub struct ImportedFit {
    params: ImportedParams,
    path: PathBuf,
    /// Read once, when it is needed: a version's config is also read where the file is not.
    model: OnceLock<Imported>,
}

impl ImportedFit {
    /// Checks the parameters; the file is read when the model is needed.
    ///
    /// # Errors
    /// [`Error::Config`] if it is not declared that the model has not seen the cases.
    pub fn new(params: ImportedParams, path: PathBuf) -> Result<Self, Error> {
        if params.other_cases {
            return Ok(Self { params, path, model: OnceLock::new() });
        }
        let message = "`other_cases` is false, expected `true`, which declares that the model was fitted on none of the cases of the cohort: what \
                       a model says of cases that it was fitted on shows nothing";
        Err(Error::Config(Problems::from(Problem::new("other_cases", message))))
    }

    fn model(&self) -> Result<&Imported, Error> {
        if let Some(model) = self.model.get() {
            return Ok(model);
        }
        let refused =
            |what: String| Error::config("file", format!("`file` is `{}`: {what}", self.params.file));
        let text = std::fs::read_to_string(&self.path)
            .map_err(|error| refused(format!("`{}` cannot be read: {error}", self.path.display())))?;
        let model = Imported::from_json(&text).map_err(|error| refused(error.to_string()))?;
        Ok(self.model.get_or_init(|| model))
    }
}

impl Learn for ImportedFit {
    fn check(&self, form: &Instrument) -> Result<(), Error> {
        let model = self.model()?;
        if model.instrument != form.id() {
            let (found, expected) = (&model.instrument, form.id());
            return Err(Error::config(
                "file",
                format!("the model is of form `{found}`, expected `{expected}`"),
            ));
        }
        model.on(form).map(|_| ()).map_err(|error| Error::config("file", error.to_string()))
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        let form = set.answers().instrument();
        Ok(self.model()?.on(form)?.scorer(set.base_rate(), form)?)
    }

    fn learn_with_notes(&self, set: &TrainingSet) -> Result<(Scorer, Noted), Error> {
        let record = self.model()?.record.clone();
        let program =
            record.program.clone().unwrap_or_else(|| "a program that the file does not name".to_owned());
        let mut notes = vec![
            format!(
                "The model was not fitted here: it was read from a file of format {} ({program}; SHA-256 {}) and agrees with what that program says of {} \
                 rows to {:e}",
                record.source, record.file_sha256, record.check.n_rows, record.check.largest_difference
            ),
            "That the model was fitted on none of the cases of this cohort is declared, and cannot be checked".to_owned(),
        ];
        notes.extend(record.notes.iter().cloned());
        Ok((self.learn(set)?, Noted { notes, imported: Some(record), ..Noted::default() }))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

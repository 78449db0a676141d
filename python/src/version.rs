//! Published versions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use amparo_datasets::{Answers, FormAnswer};
use amparo_lab::{Scores, display_name};
use amparo_models::Registry;
use amparo_models::artefact::Version as Inner;
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3_arrow::PyTable;

use crate::error::{OrRefused, input_error, refused};
use crate::frame::{self, Reading};
use crate::instrument::Instrument;
use crate::threads::detached;

/// An immutable published version.
#[pyclass(frozen, module = "amparo._amparo")]
pub struct Version {
    inner: Arc<Inner>,
    origin: Origin,
}

/// Where the files of a version are.
pub enum Origin {
    /// In a registry.
    Registry(Registry),
    /// In a folder.
    Folder(PathBuf),
    /// Nowhere else any more.
    Files(BTreeMap<String, Vec<u8>>),
}

impl Origin {
    fn files(&self, of: &Inner) -> Result<BTreeMap<String, Vec<u8>>, String> {
        match self {
            Self::Registry(registry) => {
                let manifest = of.manifest();
                registry.files(&manifest.name, manifest.version).map_err(|error| error.to_string())
            }
            Self::Folder(path) => {
                read_folder(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
            }
            Self::Files(files) => Ok(files.clone()),
        }
    }
}

fn read_folder(path: &Path) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    let files = std::fs::read_dir(path)?.map(|entry| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?))
    });
    files.collect()
}

/// Columns of scores: log-odds, probability, its two ends, places of levels, and the answers that were not learned.
type ScoreColumns<'py> = (
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    Vec<String>,
    Vec<String>,
);

/// Explanations: log-odds, the mean of the reference population, and what each answer adds, one row a form.
type Explanations<'py> =
    (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray2<f64>>, Vec<Vec<String>>);

#[pymethods]
impl Version {
    /// A version from its folder.
    #[staticmethod]
    fn of_folder(py: Python<'_>, path: &str) -> PyResult<Self> {
        let path = PathBuf::from(path);
        let inner = detached(py, || Inner::load(&path))?;
        Ok(Self::new(inner, Origin::Folder(path)))
    }

    /// A version from its files by name.
    #[staticmethod]
    fn of_files(py: Python<'_>, files: BTreeMap<String, Vec<u8>>) -> PyResult<Self> {
        let inner = detached(py, || Inner::from_files(files.clone()))?;
        Ok(Self::new(inner, Origin::Files(files)))
    }

    /// Its files by name.
    fn files<'py>(&self, py: Python<'py>) -> PyResult<BTreeMap<String, Bound<'py, PyBytes>>> {
        let files = detached(py, || self.origin.files(&self.inner))?;
        Ok(files.into_iter().map(|(name, bytes)| (name, PyBytes::new(py, &bytes))).collect())
    }

    /// Reads and verifies it once more from where it is, and compares the digest.
    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        let again = detached(py, || {
            Inner::from_files(self.origin.files(&self.inner)?).map_err(|error| error.to_string())
        })?;
        if again.digest() == self.inner.digest() {
            return Ok(());
        }
        let problem = format!(
            "version `{}` has digest {} now, expected {}",
            self.name(),
            again.digest(),
            self.inner.digest()
        );
        Err(refused(py, &problem))
    }

    /// `vpr@3 points`.
    #[getter]
    fn name(&self) -> String {
        display_name(&self.inner)
    }

    /// SHA-256 (hex) of its manifest.
    #[getter]
    fn digest(&self) -> &str {
        self.inner.digest()
    }

    /// Its manifest as JSON.
    fn manifest(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(self.inner.manifest()).or_refused(py)
    }

    /// Its card in Markdown.
    fn card(&self) -> &str {
        self.inner.card()
    }

    /// Its config as it was run.
    fn config(&self) -> &str {
        self.inner.config()
    }

    /// The form that it reads.
    #[getter]
    fn instrument(&self) -> Instrument {
        Instrument(Arc::clone(self.inner.instrument()))
    }

    /// Ids of its protocol's levels, from the lowest.
    #[getter]
    fn levels(&self) -> Vec<&str> {
        self.inner.protocol().levels().iter().map(|level| level.id.as_str()).collect()
    }

    /// Scores the forms of a frame.
    fn score<'py>(
        &self,
        py: Python<'py>,
        table: PyTable,
        missing_is_unknown: bool,
        ignore_extra: bool,
    ) -> PyResult<ScoreColumns<'py>> {
        let answers = self.answers(py, table, Reading { missing_is_unknown, ignore_extra })?;
        let scores = detached(py, || Scores::of(&self.inner, &answers, false, &|_| ()))?;
        let levels = self.inner.protocol().levels();
        let level = scores.level.iter().map(|&at| levels[at].id.clone()).collect();
        let Scores { log_odds, probability, low, high, unlearned, .. } = scores;
        let array = |numbers: Vec<f64>| numbers.into_pyarray(py);
        Ok((array(log_odds), array(probability), array(low), array(high), level, unlearned))
    }

    /// Explains the forms of a frame exactly, with the answers of each as texts.
    fn explain<'py>(
        &self,
        py: Python<'py>,
        table: PyTable,
        missing_is_unknown: bool,
        ignore_extra: bool,
    ) -> PyResult<Explanations<'py>> {
        let answers = self.answers(py, table, Reading { missing_is_unknown, ignore_extra })?;
        let scores = detached(py, || Scores::of(&self.inner, &answers, true, &|_| ()))?;
        let (n_rows, n_values) = (scores.log_odds.len(), scores.values.len());
        let values = Array2::from_shape_fn((n_rows, n_values), |(row, j)| scores.values[j][row]);
        let indicators = self.inner.instrument().indicators();
        let text =
            |(j, &code): (usize, &u8)| indicators[j].answer(code).map_or(String::new(), |a| a.id.clone());
        let texts = answers.rows().map(|row| row.iter().enumerate().map(text).collect()).collect();
        let array = |numbers: Vec<f64>| numbers.into_pyarray(py);
        Ok((array(scores.log_odds), array(scores.base), values.into_pyarray(py), texts))
    }

    /// One form, assessed as the service does it, as JSON; with the words of the glossary in both languages.
    fn assess(&self, py: Python<'_>, form: &str) -> PyResult<String> {
        let form: BTreeMap<String, FormAnswer> = serde_json::from_str(form).or_refused(py)?;
        let row = self.inner.encode(&form).or_refused(py)?;
        let assessment = detached(py, || self.inner.assess(&row))?.with_numbers(&form);
        serde_json::to_string(&assessment).or_refused(py)
    }
}

impl Version {
    /// A version that was read from somewhere.
    pub fn new(inner: Inner, origin: Origin) -> Self {
        Self { inner: Arc::new(inner), origin }
    }

    fn answers(&self, py: Python<'_>, table: PyTable, reading: Reading) -> PyResult<Answers> {
        let (batches, schema) = table.into_inner();
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let instrument = self.inner.instrument();
        py.detach(|| frame::answers(instrument, &batches, &names, reading))
            .map_err(|wrong| input_error(py, wrong.listed, wrong.n))
    }
}

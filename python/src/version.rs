//! Published versions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use amparo_datasets::{Answers, FormAnswer};
use amparo_lab::{Scores, display_name, margins};
use amparo_models::Registry;
use amparo_models::artefact::Version as Inner;
use amparo_models::compare::cases;
use amparo_models::explain::Undefined;
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

/// Explanations: log-odds, the mean of the reference population, what each answer adds, one row a form, codes of the answers, and the margins.
type Explanations<'py> = (
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray2<f64>>,
    Bound<'py, PyArray2<u8>>,
    Option<Bound<'py, PyArray2<f64>>>,
);

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

    /// Scores the forms of a frame; `progress` is told how many are done, a block at a time.
    #[pyo3(signature = (table, missing_is_unknown, ignore_extra, allow_empty, progress=None))]
    fn score<'py>(
        &self,
        py: Python<'py>,
        table: PyTable,
        missing_is_unknown: bool,
        ignore_extra: bool,
        allow_empty: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<ScoreColumns<'py>> {
        let answers = self.answers(py, table, Reading { missing_is_unknown, ignore_extra, allow_empty })?;
        let mut all = Scores::default();
        for block in blocks(py, answers, progress) {
            let block = block?;
            all.append(detached(py, || Scores::of(&self.inner, &block, false, &|_| ()))?);
        }
        let levels = self.inner.protocol().levels();
        let level = all.level.iter().map(|&at| levels[at].id.clone()).collect();
        let Scores { log_odds, probability, low, high, unlearned, .. } = all;
        let array = |numbers: Vec<f64>| numbers.into_pyarray(py);
        Ok((array(log_odds), array(probability), array(low), array(high), level, unlearned))
    }

    /// Explains the forms of a frame exactly, with the codes of the answers, and the margins of the values if they are asked for.
    #[pyo3(signature = (table, missing_is_unknown, ignore_extra, allow_empty, with_margins, progress=None))]
    #[expect(clippy::too_many_arguments, reason = "called by `amparo.Version` only, which names them")]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        table: PyTable,
        missing_is_unknown: bool,
        ignore_extra: bool,
        allow_empty: bool,
        with_margins: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Explanations<'py>> {
        let answers = self.answers(py, table, Reading { missing_is_unknown, ignore_extra, allow_empty })?;
        let (n_rows, n_values) = (answers.n_rows(), answers.n_indicators());
        let codes = Array2::from_shape_vec((n_rows, n_values), answers.codes().to_vec()).or_refused(py)?;
        let (mut all, mut deviations) = (Scores::default(), Vec::new());
        for block in blocks(py, answers, progress) {
            let block = block?;
            let scores = detached(py, || Scores::of(&self.inner, &block, true, &|_| ()))?;
            if with_margins {
                deviations
                    .extend(detached(py, || margins(&self.inner, &block, &scores).map_err(unknown_margins))?);
            }
            all.append(scores);
        }
        let values = Array2::from_shape_fn((n_rows, n_values), |(row, j)| all.values[j][row]);
        let deviations = with_margins.then(|| {
            Array2::from_shape_fn((n_rows, n_values), |(row, j)| deviations[row][j]).into_pyarray(py)
        });
        let array = |numbers: Vec<f64>| numbers.into_pyarray(py);
        Ok((
            array(all.log_odds),
            array(all.base),
            values.into_pyarray(py),
            codes.into_pyarray(py),
            deviations,
        ))
    }

    /// One form, assessed as the service does it, as JSON; with what pairs of answers add together if that is asked for.
    fn assess(&self, py: Python<'_>, form: &str, pairs: bool) -> PyResult<String> {
        let form: BTreeMap<String, FormAnswer> = serde_json::from_str(form).or_refused(py)?;
        let row = self.inner.encode(&form).or_refused(py)?;
        let assess = || if pairs { self.inner.assess_with_pairs(&row) } else { self.inner.assess(&row) };
        let assessment = detached(py, assess)?.with_numbers(&form);
        serde_json::to_string(&assessment).or_refused(py)
    }

    /// What this version and another make of one form, and what parts them, as JSON.
    fn compare(&self, py: Python<'_>, other: &Self, form: &str) -> PyResult<String> {
        let form: BTreeMap<String, FormAnswer> = serde_json::from_str(form).or_refused(py)?;
        let row = self.inner.encode(&form).or_refused(py)?;
        let difference = detached(py, || cases(&self.inner, &other.inner, &row))?.with_numbers(&form);
        serde_json::to_string(&difference).or_refused(py)
    }
}

/// Forms that are worked on at a time: a fraction of a second, so that an interruption does not wait for longer.
const BLOCK: usize = 1 << 14;

/// Rows in blocks. Before each, Python's signals are looked at, so that Ctrl-C ends the work, and the progress is told.
fn blocks<'a>(
    py: Python<'a>,
    answers: Answers,
    progress: Option<&'a Bound<'a, PyAny>>,
) -> impl Iterator<Item = PyResult<Answers>> + 'a {
    let n_rows = answers.n_rows();
    (0..n_rows).step_by(BLOCK).map(move |from| {
        py.check_signals()?;
        if let Some(progress) = progress {
            progress.call1((from,))?;
        }
        Ok(answers.select(&(from..n_rows.min(from + BLOCK)).collect::<Vec<_>>()))
    })
}

fn unknown_margins(undefined: Undefined) -> String {
    let reason = serde_json::to_value(undefined.undefined).map_or(String::new(), |reason| reason.to_string());
    format!("how far the values could move is not known of this version: {reason}")
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

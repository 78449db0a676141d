//! Rows of a part, judged together with those of others.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_datasets::ScoreLevel;
use amparo_lab::partial::{About, Ids, Partial as Inner, Rows, Texts};
use amparo_lab::{Settings, Stated, documents, judge_stated};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use crate::threads::detached;
use crate::watched::watched;

/// A score: its name, its values, and whether it is a probability.
type Score<'py> = (String, PyReadonlyArray1<'py, f64>, bool);

/// A group column: its name, labels, and the label of each row.
type GroupColumn<'py> = (String, Vec<String>, PyReadonlyArray1<'py, u16>);

/// Numbers that a report is computed by: replicates, seed, smallest cell, margin, and whether all labels are compared.
type Numbers = (u32, u64, u64, f64, bool);

/// Ids of cases, one a row.
#[derive(FromPyObject)]
pub enum Cases<'py> {
    /// Whole numbers.
    Numbers(PyReadonlyArray1<'py, i64>),
    /// Texts.
    Texts(Bound<'py, PyList>),
}

/// Rows of a part.
#[pyclass(frozen, module = "amparo._amparo")]
pub struct Partial(Arc<Inner>);

#[pymethods]
impl Partial {
    /// The partial of some columns, one entry a row each.
    #[staticmethod]
    #[pyo3(signature = (outcome, horizon_days, scores, events, weights, cases, groups))]
    #[expect(
        clippy::too_many_arguments,
        reason = "called by `amparo.evaluate_partials` only, which names them"
    )]
    fn of_columns(
        py: Python<'_>,
        outcome: String,
        horizon_days: Option<u32>,
        scores: Vec<Score<'_>>,
        events: PyReadonlyArray1<'_, bool>,
        weights: Option<PyReadonlyArray1<'_, f64>>,
        cases: Option<Cases<'_>>,
        groups: Vec<GroupColumn<'_>>,
    ) -> PyResult<Self> {
        let about = About {
            outcome,
            horizon_days,
            scores: scores.iter().map(|(name, _, is_probability)| (name.clone(), *is_probability)).collect(),
            groups: groups.iter().map(|(name, ..)| name.clone()).collect(),
        };
        let rows = Rows {
            events: events.as_array().to_vec(),
            weights: weights.map(|weights| weights.as_array().to_vec()),
            cases: cases.map(ids).transpose()?,
            groups: groups
                .into_iter()
                .map(|(_, labels, codes)| (labels, codes.as_array().to_vec()))
                .collect(),
            scores: scores.iter().map(|(_, values, _)| values.as_array().to_vec()).collect(),
        };
        Ok(Self(Arc::new(detached(py, || Inner::new(about, rows))?)))
    }

    /// All rows of some partials.
    #[staticmethod]
    fn merged(py: Python<'_>, partials: Vec<Py<Self>>) -> PyResult<Self> {
        let partials: Vec<Arc<Inner>> = partials.iter().map(|one| Arc::clone(&one.get().0)).collect();
        Ok(Self(Arc::new(detached(py, || Inner::merged(partials.iter().map(Arc::as_ref)))?)))
    }

    /// Reads what [`Self::to_bytes`] wrote.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        Ok(Self(Arc::new(detached(py, || Inner::from_bytes(bytes))?)))
    }

    /// The same bytes for the same rows.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.0.to_bytes());
        PyBytes::new(py, &bytes)
    }

    /// Rows.
    #[getter]
    fn n_rows(&self) -> usize {
        self.0.n_rows()
    }

    /// Rows with the event.
    #[getter]
    fn n_events(&self) -> usize {
        self.0.n_events()
    }

    /// Distinct cases.
    #[getter]
    fn n_cases(&self) -> usize {
        self.0.n_cases()
    }

    /// Name of the outcome.
    #[getter]
    fn outcome(&self) -> &str {
        &self.0.about().outcome
    }

    /// Names of the scores, each with whether it is a probability.
    #[getter]
    fn scores(&self) -> Vec<(String, bool)> {
        self.0.about().scores.clone()
    }

    /// Names of the group columns.
    #[getter]
    fn groups(&self) -> Vec<String> {
        self.0.about().groups.clone()
    }

    /// SHA-256 (hex) of the rows and of what their columns are.
    #[getter]
    fn digest(&self, py: Python<'_>) -> String {
        py.detach(|| self.0.digest())
    }

    /// The files of the report by name.
    #[pyo3(signature = (names, levels, references, reference, numbers, progress=None))]
    #[expect(clippy::too_many_arguments, reason = "called by `amparo.Partial.report` only, which names them")]
    fn report(
        &self,
        py: Python<'_>,
        names: (String, String, Option<String>),
        levels: Vec<(String, Vec<(String, f64)>)>,
        references: Vec<(String, String)>,
        reference: Option<String>,
        numbers: Numbers,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<BTreeMap<String, String>> {
        let level = |(id, from): (String, f64)| ScoreLevel { id, from };
        let levels = levels.into_iter().map(|(name, of)| (name, of.into_iter().map(level).collect()));
        let (title, held_out, synthetic) = names;
        let stated = Stated { title, synthetic, held_out, levels: levels.collect(), references, reference };
        let (replicates, seed, smallest_cell, margin, pairwise) = numbers;
        let settings = Settings { replicates, seed, smallest_cell, margin, pairwise, horizons: None };
        let partial = Arc::clone(&self.0);
        let files = watched(py, progress, move |steps| {
            documents::of_report(&judge_stated(&partial, &stated, &settings, steps)?, "report")
        })?;
        Ok(files.into_iter().collect())
    }
}

/// Ids of cases as they are read, one a row.
fn ids(cases: Cases<'_>) -> PyResult<(Ids, Vec<u32>)> {
    let ids = match cases {
        Cases::Numbers(numbers) => Ids::Numbers(numbers.as_array().to_vec()),
        Cases::Texts(list) => {
            let mut texts = Texts::default();
            for text in list.iter() {
                texts.push(text.cast::<PyString>()?.to_str()?);
            }
            Ids::Texts(texts)
        }
    };
    let n = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    Ok((ids, (0..n).collect()))
}

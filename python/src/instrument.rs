//! Forms.

use std::sync::Arc;

use amparo_datasets::Answers;
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray2, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

use crate::error::{OrRefused, input_error};
use crate::frame::{self, Reading};

/// A form: indicators with their answers.
#[pyclass(frozen, module = "amparo._amparo")]
pub struct Instrument(pub(crate) Arc<amparo_datasets::Instrument>);

impl Instrument {
    /// Rows of codes as answers.
    pub fn answers_of(&self, py: Python<'_>, codes: PyReadonlyArray2<'_, u8>) -> PyResult<Answers> {
        answers_of(py, &self.0, codes)
    }
}

/// Rows of codes as answers to a form.
pub fn answers_of(
    py: Python<'_>,
    form: &Arc<amparo_datasets::Instrument>,
    codes: PyReadonlyArray2<'_, u8>,
) -> PyResult<Answers> {
    let codes = codes.as_array();
    if codes.ncols() != form.indicators().len() {
        let problem = format!(
            "the codes have {} columns, form `{}` has {} indicators",
            codes.ncols(),
            form.id(),
            form.indicators().len()
        );
        return Err(problem).or_refused(py);
    }
    Answers::from_codes(Arc::clone(form), codes.iter().copied().collect()).or_refused(py)
}

#[pymethods]
impl Instrument {
    /// The codes of the answers in a table, one row a form, in the order of the form.
    #[pyo3(signature = (table, missing_is_unknown, ignore_extra, allow_empty=false))]
    fn read<'py>(
        &self,
        py: Python<'py>,
        table: PyTable,
        missing_is_unknown: bool,
        ignore_extra: bool,
        allow_empty: bool,
    ) -> PyResult<Bound<'py, PyArray2<u8>>> {
        let (batches, schema) = table.into_inner();
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let reading = Reading { missing_is_unknown, ignore_extra, allow_empty };
        let answers = py
            .detach(|| frame::answers(&self.0, &batches, &names, reading))
            .map_err(|wrong| input_error(py, wrong.listed, wrong.n))?;
        let shape = (answers.n_rows(), answers.n_indicators());
        Ok(Array2::from_shape_vec(shape, answers.codes().to_vec()).or_refused(py)?.into_pyarray(py))
    }

    /// A built-in form by its id, or the form of a TOML file by its path.
    #[staticmethod]
    fn named(py: Python<'_>, name: &str) -> PyResult<Self> {
        amparo_datasets::Instrument::named(name).map(|form| Self(Arc::new(form))).or_refused(py)
    }

    /// A form from the JSON that `json` gives.
    #[staticmethod]
    fn of_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        serde_json::from_str(text).map(|form| Self(Arc::new(form))).or_refused(py)
    }

    /// Id of the form.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// SHA-256 (hex) of the form.
    #[getter]
    fn digest(&self) -> String {
        self.0.digest()
    }

    /// The form as JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(&*self.0).or_refused(py)
    }

    /// Ids of the indicators, in the order of the form.
    #[getter]
    fn indicators(&self) -> Vec<&str> {
        self.0.indicators().iter().map(|indicator| indicator.id.as_str()).collect()
    }

    /// Ids of the answers to an indicator in the order of their codes, `unknown` last.
    fn answers(&self, py: Python<'_>, indicator: &str) -> PyResult<Vec<String>> {
        let place = self.0.position(indicator);
        let place = place
            .ok_or_else(|| format!("form `{}` has no indicator `{indicator}`", self.0.id()))
            .or_refused(py)?;
        Ok(self.0.indicators()[place].answers().iter().map(|answer| answer.id.clone()).collect())
    }
}

//! Forms.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::error::OrRefused;

/// A form: indicators with their answers.
#[pyclass(frozen, module = "amparo._amparo")]
pub struct Instrument(pub(crate) Arc<amparo_datasets::Instrument>);

#[pymethods]
impl Instrument {
    /// A built-in form by its id, or the form of a TOML file by its path.
    #[staticmethod]
    fn named(py: Python<'_>, name: &str) -> PyResult<Self> {
        amparo_datasets::Instrument::named(name).map(|form| Self(Arc::new(form))).or_refused(py)
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

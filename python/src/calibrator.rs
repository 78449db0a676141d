//! Curves from scores to probabilities.

use amparo_lab::calibrated;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;

use crate::error::OrRefused;
use crate::threads::detached;

/// A fitted curve.
#[pyclass(frozen, module = "amparo._amparo")]
pub struct Calibrator(amparo_models::Calibrator);

#[pymethods]
impl Calibrator {
    /// Fits a curve by the method of that name.
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        method: &str,
        scores: PyReadonlyArray1<'_, f64>,
        events: PyReadonlyArray1<'_, bool>,
        weights: PyReadonlyArray1<'_, f64>,
    ) -> PyResult<Self> {
        let (scores, weights) = (scores.as_array().to_vec(), weights.as_array().to_vec());
        let events = events.as_array().to_vec();
        detached(py, || calibrated(method, &scores, &events, &weights)).map(Self)
    }

    /// A curve from the JSON that `json` gives.
    #[staticmethod]
    fn of_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        let curve: amparo_models::Calibrator = serde_json::from_str(text).or_refused(py)?;
        curve.check().or_refused(py)?;
        Ok(Self(curve))
    }

    /// The curve as JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(&self.0).or_refused(py)
    }

    /// Probabilities of scores, with both ends of their intervals.
    #[expect(clippy::type_complexity, reason = "three columns")]
    fn calibrate<'py>(
        &self,
        py: Python<'py>,
        scores: PyReadonlyArray1<'_, f64>,
    ) -> (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>) {
        let all: Vec<_> = scores.as_array().iter().map(|&score| self.0.calibrate(score)).collect();
        let column = |of: fn(&amparo_models::calibrator::Calibrated) -> f64| {
            all.iter().map(of).collect::<Vec<f64>>().into_pyarray(py)
        };
        (column(|c| c.probability), column(|c| c.low), column(|c| c.high))
    }
}

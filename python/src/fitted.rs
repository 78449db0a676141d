//! Fits of one candidate, for the estimators.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_datasets::Synthetic;
use amparo_lab::{FitPlan, Fitted as Inner, Publishing, Rows};
use amparo_models::Protocol;
use numpy::{PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;

use crate::error::OrRefused;
use crate::instrument::Instrument;
use crate::registry::Registry;
use crate::version::{Origin, Version};
use crate::watched::watched;

/// A fit, with what it takes to publish it.
#[pyclass(frozen, module = "amparo._amparo")]
pub struct Fitted(Arc<Inner>);

/// Losses of a blend at a dial: the dial, the log loss and the Brier score.
type DialLosses = (f64, f64, f64);

#[pymethods]
impl Fitted {
    /// Fits the candidate `wanted` of a config, as JSON, to answers (codes, one row a form) with their events, weights and cases.
    #[staticmethod]
    #[pyo3(signature = (config, wanted, instrument, codes, events, weights, cases, at, progress=None))]
    #[expect(clippy::too_many_arguments, reason = "called by the estimators only, which name them")]
    fn fit(
        py: Python<'_>,
        config: &str,
        wanted: String,
        instrument: &Instrument,
        codes: PyReadonlyArray2<'_, u8>,
        events: PyReadonlyArray1<'_, bool>,
        weights: PyReadonlyArray1<'_, f64>,
        cases: Option<Vec<String>>,
        at: String,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let plan = FitPlan { config: serde_json::from_str(config).or_refused(py)?, wanted };
        let rows = Rows {
            answers: instrument.answers_of(py, codes)?,
            events: events.as_array().to_vec(),
            weights: weights.as_array().to_vec(),
            cases,
        };
        let fitted = watched(py, progress, move |steps| Inner::fit(plan, rows, &at, steps))?;
        Ok(Self(Arc::new(fitted)))
    }

    /// The fit as a version of no registry, whose levels mean nothing.
    #[getter]
    fn version(&self) -> Version {
        Version::new(self.0.version().clone(), Origin::Files(self.0.files().clone()))
    }

    /// Indicators that seem to tell the outcome, each with what was found.
    #[getter]
    fn leaks(&self) -> Vec<(String, String)> {
        self.0.leaks().iter().map(|one| (one.leak.indicator.clone(), one.leak.to_string())).collect()
    }

    /// Losses over the dials of a blend.
    #[getter]
    fn dials(&self) -> Vec<DialLosses> {
        let losses = self.0.dials().iter().map(|one| (one.dial, one.losses.log_loss, one.losses.brier));
        losses.collect()
    }

    /// Its place on the dial.
    #[getter]
    fn dial(&self) -> f64 {
        self.0.dial()
    }

    /// Publishes the fit in a registry, whose folder is made if there is none; the protocol is a built-in id, the path of a file, or TOML.
    #[pyo3(signature = (registry, name, protocol, title, synthetic, accept_leak, folds, repeats, at, progress=None))]
    #[expect(clippy::too_many_arguments, reason = "called by the estimators only, which name them")]
    fn publish(
        &self,
        py: Python<'_>,
        registry: &Registry,
        name: String,
        protocol: &str,
        title: String,
        synthetic: Option<(String, u64, String)>,
        accept_leak: BTreeMap<String, String>,
        folds: usize,
        repeats: usize,
        at: String,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Version> {
        let synthetic =
            synthetic.map(|(generator, seed, statement)| Synthetic { generator, seed, statement });
        let protocol = Protocol::named(protocol).or_refused(py)?;
        let to = Publishing {
            name,
            protocol,
            title,
            synthetic,
            accept_leak,
            folds_and_repeats: (folds, repeats),
            at,
        };
        let (fitted, to_registry) = (Arc::clone(&self.0), registry.inner().clone());
        let version = watched(py, progress, move |steps| fitted.publish(&to, &to_registry, steps))?;
        Ok(Version::new(version, Origin::Registry(registry.inner().clone())))
    }
}

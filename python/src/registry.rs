//! Registries.

use std::path::Path;

use amparo_models::registry::{ModelRef, Registry as Inner};
use pyo3::prelude::*;

use crate::error::OrRefused;
use crate::threads::detached;
use crate::version::{Origin, Version};

/// A registry of published versions.
#[pyclass(frozen, module = "amparo._amparo")]
pub struct Registry(Inner);

impl Registry {
    /// The registry itself.
    pub fn inner(&self) -> &Inner {
        &self.0
    }
}

#[pymethods]
impl Registry {
    #[new]
    fn new(py: Python<'_>, address: &str) -> PyResult<Self> {
        amparo_stores::open(Path::new(address)).map(Self).or_refused(py)
    }

    /// The registry at an address, to add to; its folder is made if there is none.
    #[staticmethod]
    fn create(py: Python<'_>, address: &str) -> PyResult<Self> {
        amparo_stores::create(Path::new(address)).map(Self).or_refused(py)
    }

    /// Where it is.
    #[getter]
    fn location(&self) -> String {
        self.0.location().display().to_string()
    }

    /// Names of the models.
    fn models(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let all = detached(py, || self.0.list())?;
        Ok(all.into_iter().map(|model| model.name).collect())
    }

    /// Numbers of a model's versions.
    fn versions(&self, py: Python<'_>, model: &str) -> PyResult<Vec<u32>> {
        detached(py, || self.0.versions(model))
    }

    /// Aliases of a model with the versions that they point to.
    fn aliases(&self, py: Python<'_>, model: &str) -> PyResult<std::collections::BTreeMap<String, u32>> {
        detached(py, || self.0.aliases(model))
    }

    /// A version, verified as it is loaded.
    fn load(&self, py: Python<'_>, reference: &str) -> PyResult<Version> {
        let inner = detached(py, || self.0.load(&reference.parse::<ModelRef>()?))?;
        Ok(Version::new(inner, Origin::Registry(self.0.clone())))
    }
}

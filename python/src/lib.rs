//! The native half of the Python package `amparo`: it reads data frames, calls verbs of `lab` and methods of versions, and hands back arrays and JSON. What
//! is computed is computed there, and what is Python's own (plots, frames of other libraries, estimators) is in `python/amparo`.

mod calibrator;
mod draft;
mod error;
mod fitted;
mod foreign;
mod frame;
mod gate;
mod instrument;
mod partial;
mod registry;
mod threads;
mod version;
mod watched;

use pyo3::prelude::*;

/// What Python sees.
#[pymodule]
#[pyo3(name = "_amparo")]
mod native {
    #[pymodule_export]
    use crate::calibrator::Calibrator;
    #[pymodule_export]
    use crate::draft::Draft;
    #[pymodule_export]
    use crate::fitted::Fitted;
    #[pymodule_export]
    use crate::gate::gate;
    #[pymodule_export]
    use crate::instrument::Instrument;
    #[pymodule_export]
    use crate::partial::Partial;
    #[pymodule_export]
    use crate::registry::Registry;
    #[pymodule_export]
    use crate::version::Version;
}

//! Other people's code, which may panic on tables that it was not made for.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Error;

/// What a library makes of it, or that it refused or panicked.
pub(super) fn guarded<T, E: ToString>(
    library: &'static str,
    refused: &'static str,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, Error> {
    // Nothing that the work has touched is used after a panic.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(made)) => Ok(made),
        Ok(Err(error)) => Err(Error::Library { library, did: refused, problem: error.to_string() }),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let problem = said.unwrap_or_else(|| "it does not say why".to_owned());
            Err(Error::Library { library, did: "panicked", problem })
        }
    }
}

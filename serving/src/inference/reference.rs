//! Which version a path means: the one that it names, or the service's own, and never the newest.

use amparo_models::ModelRef;

use crate::App;
use crate::api_error::ApiError;

/// The version that a path names, by number or alias. One that names none means the service's default version, if that is of the
/// model. A model may be named with its version, `vpr@champion`, for clients that have no other way to name one.
pub(super) async fn named(app: &App, model: &str, version: Option<&str>) -> Result<ModelRef, ApiError> {
    let read = |text: &str| {
        text.parse::<ModelRef>().map_err(|error| ApiError::ModelNotFound { message: error.to_string() })
    };
    match version {
        Some(version) => read(&format!("{model}@{version}")),
        None if model.contains('@') => read(model),
        None => {
            let default = app.in_force().default_model.clone();
            if let Some(default) = default.filter(|default| default.model() == model) {
                return Ok(default);
            }
            // A name that is not allowed is a name that nothing has.
            ModelRef::version(model, 1)
                .map_err(|error| ApiError::ModelNotFound { message: error.to_string() })?;
            let model = model.to_owned();
            let asked = model.clone();
            app.ask(move |registry| registry.versions(&asked)).await?;
            Err(ApiError::VersionRequired { model })
        }
    }
}

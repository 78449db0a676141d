//! What is tried before anybody asks: versions that answer a form, and the system's random numbers.

use amparo_models::{ModelRef, Registry, Version, assess};

use crate::{Challenger, Config, Error};

/// The versions that answer requests which name none, the default version first, each of which has answered a form.
pub(crate) fn loaded(registry: &Registry, config: &Config) -> Result<Vec<(ModelRef, Version)>, Error> {
    let challenger = config.challenger.as_ref().map(Challenger::version);
    let mut versions: Vec<(ModelRef, Version)> = Vec::new();
    for reference in config.default_model.iter().chain(challenger) {
        let version = registry.load(reference)?;
        warm(reference, &version)?;
        if let Some((default, of_default)) = versions.first()
            && of_default.instrument().digest() != version.instrument().digest()
        {
            let form =
                |of: &Version| format!("`{}` with digest {}", of.instrument().id(), of.instrument().digest());
            return Err(Error::OtherForm {
                challenger: reference.to_string(),
                form: form(&version),
                default: default.to_string(),
                expected: form(of_default),
            });
        }
        versions.push((reference.clone(), version));
    }
    Ok(versions)
}

/// Lets a version answer the form on which nothing is known.
pub(crate) fn warm(reference: &ModelRef, version: &Version) -> Result<(), Error> {
    let instrument = version.instrument();
    let row: Vec<u8> = instrument.indicators().iter().map(amparo_datasets::Indicator::unknown).collect();
    let answer = assess(version.protocol(), instrument, version.recidivism(), version.lethality(), &row);
    match answer {
        // That the protocol refuses what nobody learned from is an answer, too.
        Ok(_) | Err(amparo_models::Error::UnlearnedAnswers { .. }) => Ok(()),
        Err(source) => Err(Error::WarmUp {
            model: reference.to_string(),
            instrument: instrument.id().to_owned(),
            source: Box::new(source),
        }),
    }
}

/// Whether the system gives random numbers, of which ids are made. A program that is linked statically may need `/dev/urandom` for that.
pub(crate) fn randomness() -> Result<(), Error> {
    getrandom::fill(&mut [0; 16]).map_err(|error| Error::Serve {
        action: "draw random numbers (is there a `/dev/urandom`?)",
        source: std::io::Error::other(error.to_string()),
    })
}

//! Whether a version may be put in force: judged by its gates, and the verdict kept.

mod in_force;
mod scores;

use amparo_datasets::Cohort;
pub use amparo_evaluation::gates::{Gates, Verdict, Waivers};
pub use amparo_evaluation::report::Report;
use amparo_models::artefact::Version;
use amparo_models::registry::{IN_FORCE, ModelRef, Registry, VerdictEntry};
use amparo_signing::SigningKey;
use amparo_training::pipeline::CODE_VERSION;

pub use self::in_force::{First, InForce, put_first_in_force};
pub use self::scores::{InWords, in_words, on_scores};
use crate::{Error, Observer, Settings, display_name, hold_out, json, judge, number_name};

/// What is judged, by what.
#[derive(Debug, Clone, Copy)]
pub struct Gating<'a> {
    /// The version to judge.
    pub version: &'a Version,
    /// The version to compare with, if there is one; see [`against`].
    pub against: Option<&'a Version>,
    /// Declares that a cohort which a version was not trained on holds none of the cases it was trained on; see [`hold_out()`].
    pub other_cases: bool,
    /// The gates.
    pub gates: &'a Gates,
    /// The waivers.
    pub waivers: &'a Waivers,
    /// The key of the gates' owner, if the verdict is to be signed.
    pub key: Option<&'a SigningKey>,
    /// When, RFC 3339.
    pub at: &'a str,
}

/// A version, judged.
#[derive(Debug)]
pub struct Gated {
    /// The evaluation behind the verdict.
    pub report: Report,
    /// The verdict.
    pub verdict: Verdict,
    /// Its line in the registry's history of verdicts.
    pub entry: VerdictEntry,
}

/// Judges a version by its gates on rows that no version has seen, and keeps the verdict in the registry.
///
/// # Errors
/// Names in gates or waivers that mean nothing here, before anything is computed; whatever [`hold_out()`] and [`judge()`]
/// refuse; a verdict that cannot be kept.
pub fn gate(
    gating: &Gating<'_>,
    registry: &Registry,
    cohort: Cohort,
    settings: &Settings,
    observer: &dyn Observer,
) -> Result<Gated, Error> {
    let Gating { version, against, gates, waivers, .. } = *gating;
    check(gates, waivers, version, &cohort)?;
    let versions: Vec<&Version> = std::iter::once(version).chain(against).collect();
    let mut held = hold_out(registry, &versions, &cohort, gating.other_cases, observer)?;
    held.input = gates.with_compared(held.input)?;
    let names = (display_name(version), display_name(against.unwrap_or(version)));
    let report = judge(held, cohort, names, settings, observer)?;
    let verdict = verdict(gating, &report)?;
    let entry = keep(registry, version, &verdict, gating.key)?;
    Ok(Gated { report, verdict, entry })
}

/// The version to compare with: the one that is named, else the one in force, if that is another.
///
/// # Errors
/// [`Error::SameVersion`] if the version itself is named; whatever the registry refuses.
pub fn against(
    registry: &Registry,
    version: &Version,
    named: Option<&ModelRef>,
) -> Result<Option<Version>, Error> {
    let model = &version.manifest().name;
    let against = match named {
        Some(named) => registry.load(named)?,
        None if registry.aliases(model)?.contains_key(IN_FORCE) => {
            registry.load(&ModelRef::alias(model, IN_FORCE)?)?
        }
        None => return Ok(None),
    };
    if against.digest() != version.digest() {
        return Ok(Some(against));
    }
    match named {
        None => Ok(None),
        Some(_) => Err(Error::SameVersion {
            version: display_name(version),
            expected: "another version to compare with",
        }),
    }
}

/// Refuses names that mean nothing for this version and cohort.
fn check(gates: &Gates, waivers: &Waivers, version: &Version, cohort: &Cohort) -> Result<(), Error> {
    let groups: Vec<(&str, &[String])> =
        cohort.groups().iter().map(|group| (group.name.as_str(), group.labels.as_slice())).collect();
    let levels: Vec<&str> = version.protocol().levels().iter().map(|level| level.id.as_str()).collect();
    match (gates.check(&groups, &levels), waivers.check(gates, &number_name(version))) {
        (Err(gates), Err(waivers)) => Err(Error::GatesAndWaivers { gates, waivers }),
        (Err(one), _) | (_, Err(one)) => Err(one.into()),
        _ => Ok(()),
    }
}

fn verdict(gating: &Gating<'_>, report: &Report) -> Result<Verdict, Error> {
    let Gating { version, gates, waivers, at, .. } = *gating;
    Ok(Verdict::new(report, &display_name(version), gates, waivers, (at, CODE_VERSION))?)
}

fn keep(
    registry: &Registry,
    version: &Version,
    verdict: &Verdict,
    key: Option<&SigningKey>,
) -> Result<VerdictEntry, Error> {
    let (manifest, json) = (version.manifest(), json(verdict)?);
    Ok(match key {
        Some(key) => registry.keep_signed_verdict(&manifest.name, manifest.version, &json, key)?,
        None => registry.keep_verdict(&manifest.name, manifest.version, &json)?,
    })
}

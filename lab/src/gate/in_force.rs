//! The first version of a model, put in force.

use amparo_datasets::Cohort;
use amparo_evaluation::gates::{Answer, Gates, Verdict, Waiver, Waivers};
use amparo_evaluation::report::Report;
use amparo_models::artefact::Version;
use amparo_models::registry::{IN_FORCE, Registry};

use super::{Gating, check, keep, verdict};
use crate::{Error, number_name};

/// A version to put in force when none of its model is.
#[derive(Debug, Clone, Copy)]
pub struct First<'a> {
    /// The version.
    pub version: &'a Version,
    /// The cohort of the report.
    pub cohort: &'a Cohort,
    /// A report in which the version was judged.
    pub report: &'a Report,
    /// The gates.
    pub gates: &'a Gates,
    /// Who puts it in force, and who waives what the rows cannot tell.
    pub by: &'a str,
    /// Why it is put in force.
    pub reason: &'a str,
    /// Why what the rows cannot tell is waived.
    pub waiver_reason: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
}

/// What became of it.
#[derive(Debug)]
pub enum InForce {
    /// A version of the model is in force already; nothing was judged.
    Stays {
        /// The number of that version.
        number: u32,
    },
    /// The gates were asked, and the version is in force if the verdict passes.
    Judged(Box<Verdict>),
}

impl InForce {
    /// Whether any version of the model is in force now.
    #[must_use]
    pub fn any(&self) -> bool {
        match self {
            Self::Stays { .. } => true,
            Self::Judged(verdict) => verdict.passed,
        }
    }
}

/// Judges the first version of a model by gates and puts it in force if they let it pass.
///
/// There is nothing to compare it with yet, and few rows cannot tell much: each gate that cannot tell is waived by name. A
/// gate that blocks is not.
///
/// # Errors
/// Gates that mean nothing here; whatever the registry refuses.
pub fn put_first_in_force(registry: &Registry, first: &First<'_>) -> Result<InForce, Error> {
    let First { version, gates, report, at, by, .. } = *first;
    let manifest = version.manifest();
    if let Some(number) = registry.aliases(&manifest.name)?.get(IN_FORCE) {
        return Ok(InForce::Stays { number: *number });
    }
    let none = Waivers::default();
    check(gates, &none, version, first.cohort)?;
    let unwaived =
        Gating { version, against: None, other_cases: false, gates, waivers: &none, key: None, at };
    let at_first = verdict(&unwaived, report)?;
    let open = at_first.in_the_way().filter(|gate| gate.answer == Answer::CannotTell);
    let waivers = Waivers::new(
        open.map(|gate| Waiver {
            gate: gate.name.clone(),
            version: number_name(version),
            reason: first.waiver_reason.to_owned(),
            by: by.to_owned(),
        })
        .collect(),
    );
    let verdict = verdict(&Gating { waivers: &waivers, ..unwaived }, report)?;
    keep(registry, version, &verdict, None)?;
    if verdict.passed {
        registry.alias(&manifest.name, IN_FORCE, manifest.version, by, first.reason, at)?;
    }
    Ok(InForce::Judged(Box::new(verdict)))
}

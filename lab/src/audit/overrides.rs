//! How often officers raise what is proposed.

use std::collections::BTreeMap;

use amparo_datasets::number_cases;
use amparo_evaluation::audit::{Confirmed, Overrides, Settings, overrides as evaluate};
use amparo_journal::Decision;
use amparo_models::Protocol;
use amparo_models::registry::{ModelRef, Registry};
use serde::Serialize;

use crate::Error;

/// The overrides under one protocol: levels of two protocols are two scales.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfProtocol {
    /// The protocol and its levels from the lowest: `es-2025 (low < high)`.
    pub protocol: String,
    /// What officers made of the proposals under it.
    #[serde(flatten)]
    pub overrides: Overrides,
}

/// What officers made of the proposals in the service's log, by protocol.
///
/// # Errors
/// [`Error::UnknownLevel`] for a level that is not of the protocol of the version that answered; what the registry refuses.
pub fn overrides(
    registry: &Registry,
    decisions: &[Decision],
    settings: Settings,
) -> Result<Vec<OfProtocol>, Error> {
    let (cases, _) = number_cases(decisions.iter().map(|decision| decision.case_id.as_str()));
    let mut protocols: BTreeMap<(&str, u32), Protocol> = BTreeMap::new();
    let mut streams: BTreeMap<String, (Vec<String>, Vec<Confirmed>)> = BTreeMap::new();
    for (decision, case) in decisions.iter().zip(cases) {
        let key = (decision.model.as_str(), decision.version);
        if !protocols.contains_key(&key) {
            let version = registry.load(&ModelRef::version(&decision.model, decision.version)?)?;
            protocols.insert(key, version.protocol().clone());
        }
        let protocol = &protocols[&key];
        let levels: Vec<String> = protocol.levels().iter().map(|level| level.id.clone()).collect();
        // An edited protocol may keep its id: another list of levels is another scale.
        let scale = format!("{} ({})", protocol.id(), levels.join(" < "));
        let (_, stream) = streams.entry(scale).or_insert_with(|| (levels, Vec::new()));
        stream.push(confirmed(decision, case, protocol)?);
    }
    let of_protocol = |(protocol, (levels, proposals)): (String, (Vec<String>, Vec<Confirmed>))| OfProtocol {
        protocol,
        overrides: evaluate(&levels, &proposals, settings),
    };
    Ok(streams.into_iter().map(of_protocol).collect())
}

/// A proposal with its levels as places on the protocol's scale.
fn confirmed(decision: &Decision, case: u32, protocol: &Protocol) -> Result<Confirmed, Error> {
    let at = |level: &str| {
        protocol.position(level).ok_or_else(|| Error::UnknownLevel {
            proposal: decision.proposal_id.clone(),
            level: level.to_owned(),
            protocol: protocol.id().to_owned(),
        })
    };
    Ok(Confirmed {
        case,
        unit: decision.unit.clone(),
        proposed: at(&decision.level)?,
        own: decision.own_level.as_deref().map(at).transpose()?,
        confirmed: decision.confirmed.as_deref().map(at).transpose()?,
    })
}

//! How often officers raise what is proposed.

use std::collections::BTreeMap;

use amparo_evaluation::audit::{Confirmed, Overrides, overrides};
use amparo_evaluation::telling::{self, Lang};
use amparo_models::registry::{ModelRef, Registry};
use serde::Serialize;

use super::{logged, settings};
use crate::cli;
use crate::commands::print_json;
use crate::failure::Failure;
use crate::show;

/// The overrides under one protocol: levels of two protocols are two scales.
#[derive(Serialize)]
struct OfProtocol {
    protocol: String,
    #[serde(flatten)]
    overrides: Overrides,
}

pub fn run(args: &cli::Overrides) -> Result<(), Failure> {
    let registry = Registry::open(&args.registry)?;
    let decisions = logged(&args.log)?;
    let mut protocols = BTreeMap::new();
    let mut cases = BTreeMap::new();
    let mut streams: BTreeMap<String, (Vec<String>, Vec<Confirmed>)> = BTreeMap::new();
    for decision in &decisions {
        let key = (decision.model.clone(), decision.version);
        if !protocols.contains_key(&key) {
            let version = registry.load(&ModelRef::version(&decision.model, decision.version)?)?;
            protocols.insert(key.clone(), version.protocol().clone());
        }
        let protocol = &protocols[&key];
        let at = |level: &str| {
            protocol.position(level).ok_or_else(|| {
                let (proposal, id) = (&decision.proposal_id, protocol.id());
                Failure::Usage(format!(
                    "proposal `{proposal}` has level `{level}`, which is none of protocol `{id}`"
                ))
            })
        };
        let levels = || protocol.levels().iter().map(|level| level.id.clone()).collect::<Vec<_>>();
        // An edited protocol may keep its id: another list of levels is another scale.
        let scale = format!("{} ({})", protocol.id(), levels().join(" < "));
        let stream = streams.entry(scale).or_insert_with(|| (levels(), Vec::new()));
        let next = cases.len() as u32;
        stream.1.push(Confirmed {
            case: *cases.entry(decision.case_id.as_str()).or_insert(next),
            unit: decision.unit.clone(),
            proposed: at(&decision.level)?,
            own: decision.own_level.as_deref().map(at).transpose()?,
            confirmed: decision.confirmed.as_deref().map(at).transpose()?,
        });
    }
    let found: Vec<OfProtocol> = streams
        .into_iter()
        .map(|(protocol, (levels, proposals))| OfProtocol {
            protocol,
            overrides: overrides(&levels, &proposals, settings(&args.how)),
        })
        .collect();
    if args.how.json {
        return print_json(&found);
    }
    let lang = Lang::from(args.how.lang);
    if found.is_empty() {
        match lang {
            Lang::Es => say!("El registro no contiene ninguna propuesta."),
            Lang::En => say!("The log holds no proposal."),
        }
    }
    for one in &found {
        show::print(&telling::overrides(&one.protocol, &one.overrides, lang));
    }
    Ok(())
}

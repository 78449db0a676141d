//! How often officers raise what is proposed.

use std::collections::BTreeMap;

use amparo_evaluation::audit::{Confirmed, Overrides, overrides};
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
    if found.is_empty() {
        say!("The log holds no proposal.");
    }
    for one in &found {
        say!("Protocol {}", one.protocol);
        let rows = one.overrides.rows.iter().map(|row| {
            let named = |text: &str| if text.is_empty() { "all".to_owned() } else { text.to_owned() };
            let of = |measure| show::measure(Some(measure));
            [
                named(&row.unit),
                named(&row.level),
                row.proposals.to_string(),
                row.confirmed.to_string(),
                of(&row.raised),
                of(&row.own_view),
                of(&row.gave_way),
            ]
        });
        let agreement = &one.overrides.agreement;
        say!(
            "Proposals against the officers' own view: kappa {} (linear weights), {} (quadratic), ranked probability score {}",
            show::measure(Some(&agreement.kappa_linear)),
            show::measure(Some(&agreement.kappa_quadratic)),
            show::measure(Some(&agreement.ranked_probability_score))
        );
        let header = ["unit", "proposed", "proposals", "confirmed", "raised", "own view noted", "gave way"];
        say!("{}", show::table(header, rows));
    }
    say!(
        "Raised: of the confirmed. Gave way: of officers whose own view differed, those who confirmed the proposal all the same."
    );
    Ok(())
}

//! How often officers raise what is proposed.

use amparo_lab::audit::overrides;
use amparo_models::registry::Registry;

use super::{logged, settings};
use crate::cli;
use crate::commands::print_json;
use crate::failure::Failure;
use crate::show;

pub fn run(args: &cli::Overrides) -> Result<(), Failure> {
    let registry = Registry::open(&args.registry)?;
    let found = overrides(&registry, &logged(&args.log)?, settings(&args.how))?;
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

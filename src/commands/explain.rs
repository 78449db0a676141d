//! `amparo explain`: one case, indicator by indicator.

use std::collections::BTreeMap;

use amparo_datasets::{Text, encode_form};
use amparo_models::registry::Registry;
use serde::Deserialize;

use super::print_json;
use crate::cli::{Explain, Lang};
use crate::failure::Failure;
use crate::show;

/// A case file; a request body of the service is one, too.
#[derive(Deserialize)]
struct Case {
    answers: BTreeMap<String, String>,
}

pub fn run(args: &Explain) -> Result<(), Failure> {
    let version = Registry::open(&args.registry)?.load(&args.model)?;
    let text = std::fs::read_to_string(&args.input).map_err(Failure::io("read", &args.input))?;
    let case: Case = serde_json::from_str(&text)
        .map_err(|e| Failure::Usage(format!("`{}` is not a case: {e}", args.input.display())))?;
    let row = encode_form(version.instrument(), &case.answers)?;
    let assessment = version.assess(&row)?;
    if args.json {
        return print_json(&assessment);
    }
    let say = |text: &Text| match args.lang {
        Lang::Es => text.es.clone(),
        Lang::En => text.en.clone(),
    };
    if let Some(statement) = &version.manifest().training.synthetic {
        println!("{statement}");
    }
    let reading = &assessment.recidivism;
    println!(
        "{}: level {}, probability {:.3} [{:.3}, {:.3}], log-odds {:.4}",
        crate::held_out::display_name(&version),
        assessment.level,
        reading.probability,
        reading.interval.low,
        reading.interval.high,
        reading.log_odds
    );
    let mut values: Vec<_> =
        version.instrument().indicators().iter().zip(&assessment.explanation.values).collect();
    values.sort_by(|(_, a), (_, b)| b.value.abs().total_cmp(&a.value.abs()));
    let rows = values.into_iter().map(|(indicator, v)| {
        [
            format!("{} {}", v.indicator, say(&indicator.label)),
            v.answer.clone(),
            format!("{:+.4}", v.value),
            format!("{:+.4}", v.baseline_part),
            format!("{:+.4}", v.model_part),
        ]
    });
    println!("{}", show::table(["indicator", "answer", "log-odds", "baseline part", "model part"], rows));
    println!("base {:+.4} + values = {:+.4}", assessment.explanation.base, reading.log_odds);
    Ok(())
}

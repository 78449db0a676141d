//! `amparo score`: a table of forms, scored by one version.

use amparo_datasets::table::{self, Cells};
use amparo_models::registry::Registry;
use rayon::prelude::*;

use crate::cli::Score;
use crate::failure::Failure;
use crate::held_out::display_name;

pub fn run(args: &Score) -> Result<(), Failure> {
    let version = Registry::open(&args.registry)?.load(&args.model)?;
    let forms = table::read_forms(&args.input, version.instrument())?;
    let part = version.recidivism();
    let rows: Vec<&[u8]> = forms.answers.rows().collect();
    let log_odds: Vec<f64> = rows.par_iter().map(|row| part.score(row)).collect();
    let calibrated: Vec<_> = log_odds.iter().map(|&score| part.calibrate(score)).collect();
    let levels = version.protocol().levels();
    let level = |p: f64| levels[version.protocol().level_of(p)].id.clone();

    let mut columns = Vec::new();
    if let Some(cases) = forms.cases {
        columns.push(("case".to_owned(), Cells::Text(cases)));
    }
    let number = |name: &str, cells: Vec<f64>| (name.to_owned(), Cells::Number(cells));
    columns.push(number("probability", calibrated.iter().map(|c| c.probability).collect()));
    columns.push(number("probability.low", calibrated.iter().map(|c| c.low).collect()));
    columns.push(number("probability.high", calibrated.iter().map(|c| c.high).collect()));
    columns.push((
        "computed_level".to_owned(),
        Cells::Text(calibrated.iter().map(|c| level(c.probability)).collect()),
    ));
    columns.push(number("log_odds", log_odds));
    if args.explain {
        let parts = rows.par_iter().map(|row| part.explain(row)).collect::<Result<Vec<_>, _>>()?;
        columns.push(number("base", parts.iter().map(|p| p.total.base).collect()));
        for (j, indicator) in version.instrument().indicators().iter().enumerate() {
            let values = parts.iter().map(|p| p.total.values[j]).collect();
            columns.push(number(&format!("value.{}", indicator.id), values));
        }
    }
    let scored_by = serde_json::json!({
        "version": format!("{}@{}", version.manifest().name, version.manifest().version),
        "digest": version.digest(),
        "outcome": part.outcome(),
        "synthetic": version.manifest().training.synthetic,
    });
    table::write_columns(&args.out, columns, ("amparo.scores", scored_by.to_string()))?;
    println!("{} forms scored by {}, written to {}", rows.len(), display_name(&version), args.out.display());
    if !forms.ignored.is_empty() {
        println!("columns not read: {}", forms.ignored.join(", "));
    }
    Ok(())
}

//! Forms of a block as columns of scores.

use amparo_datasets::table::{Cells, Forms};
use amparo_lab::Scores;
use amparo_models::{Error, Version};

/// Scores a block; `each` is told the rows that are done.
pub fn scored(
    version: &Version,
    forms: Forms,
    explain: bool,
    each: &(impl Fn(usize) + Sync),
) -> Result<Vec<(String, Cells)>, Error> {
    let levels = version.protocol().levels();
    let scores = Scores::of(version, &forms.answers, explain, each)?;
    let level = |at: usize| levels[at].id.clone();
    let mut columns = Vec::new();
    columns.extend(forms.cases.map(|cases| ("case".to_owned(), Cells::Text(cases))));
    columns.push(("probability".to_owned(), Cells::Number(scores.probability)));
    columns.push(("probability.low".to_owned(), Cells::Number(scores.low)));
    columns.push(("probability.high".to_owned(), Cells::Number(scores.high)));
    let of_levels = scores.level.into_iter().map(level);
    columns.push(("computed_level".to_owned(), Cells::Text(of_levels.collect())));
    columns.push(("log_odds".to_owned(), Cells::Number(scores.log_odds)));
    columns.push(("unlearned_answers".to_owned(), Cells::Text(scores.unlearned)));
    if explain {
        columns.push(("base".to_owned(), Cells::Number(scores.base)));
        for (indicator, values) in version.instrument().indicators().iter().zip(scores.values) {
            columns.push((format!("value.{}", indicator.id), Cells::Number(values)));
        }
    }
    Ok(columns)
}

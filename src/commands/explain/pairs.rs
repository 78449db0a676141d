//! What pairs of answers add together, as a table.

use amparo_models::Version;
use amparo_models::assess::{Assessment, Pair};
use amparo_models::wording::{LEAST, same};

use super::{Say, answer, signed};

/// Most pairs in the table, unless all are asked for.
const MOST: usize = 12;

/// The table of pairs, heaviest first, and what all of it adds up to; nothing if pairs were not asked for.
pub fn print(version: &Version, assessment: &Assessment, say: Say) {
    let labels = say.labels();
    let explanation = &assessment.explanation;
    let Some(pairs) = &explanation.interactions else { return };
    let mut pairs: Vec<&Pair> = pairs.iter().collect();
    pairs.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    let shown = if say.all {
        pairs.len()
    } else {
        pairs.iter().take_while(|pair| pair.value.abs() >= LEAST).count().min(MOST)
    };
    let answered = |id: &str| {
        let form = version.instrument();
        let given = explanation.values.iter().find(|v| v.indicator == id);
        let (found, number) = given.map_or(("", None), |v| (v.answer.as_str(), v.number));
        let Some(place) = form.position(id) else { return format!("{id}: {found}") };
        let indicator = &form.indicators()[place];
        format!("{id} {}: {}", say.text(&indicator.label), answer(indicator, found, number, say))
    };
    let rows = pairs[..shown].iter().flat_map(|pair| {
        let first = [answered(&pair.a), format!("{:+.4}", pair.value)];
        [first, [format!("  + {}", answered(&pair.b)), String::new()]]
    });
    let header = [labels.pair_of_answers(), labels.together()];
    say!("\n{}", say.table(header, rows));
    let value = |pair: &&Pair| pair.value;
    if shown < pairs.len() {
        let (n, sum) = (same((pairs.len() - shown).to_string()), pairs[shown..].iter().map(value).sum());
        say.line(&labels.other_pairs(&n, &signed(sum)));
    }
    let alone = explanation.values.iter().filter_map(|v| v.alone).sum();
    say.line(&labels.pair_sum(
        &signed(explanation.base),
        &signed(alone),
        &signed(pairs.iter().map(value).sum()),
        &signed(assessment.recidivism.log_odds),
    ));
}

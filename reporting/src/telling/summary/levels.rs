//! How many cases a version puts at each level, and how many of them had the outcome.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::{LevelRow, ScoredReport, key};

use crate::telling::lang::tell;
use crate::telling::number::Unit;
use crate::telling::view::View;

/// One sentence a level, from the lowest; none without levels.
pub(super) fn sentences(view: &View<'_>, one: &ScoredReport) -> Vec<String> {
    let words = |measure: &Measure| view.numbers.measure(Unit::Share, measure, false);
    let sentence = |row: &LevelRow| {
        let of = |metric: &str| one.overall.get(&key(metric, Some(&row.level))).map(words);
        Some(tell!(
            view.lang,
            "Nivel {} de {}: proporción de los casos, {}; proporción de ellos con el suceso, {}.",
            "Level {} of {}: proportion of the cases, {}; proportion of those with the outcome, {}.";
            view.level(&row.level),
            one.name,
            of("level_share")?,
            of("level_rate")?
        ))
    };
    one.levels.iter().filter_map(sentence).collect()
}

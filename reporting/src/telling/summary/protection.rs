//! Whom the levels of a version protect.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::ScoredReport;

use crate::telling::lang::tell;
use crate::telling::number::Unit;
use crate::telling::view::View;

pub(super) fn sentences(view: &View<'_>, one: &ScoredReport) -> Vec<String> {
    let words = |measure: &Measure| view.numbers.measure(Unit::Share, measure, false);
    let of = |metric: &str| one.overall.get(metric).map(words);
    let (Some(given), Some(spent), Some(lowest)) = (of("protection"), of("overload"), of("events_in_lowest"))
    else {
        return vec![view.words.no_levels.to_owned()];
    };
    let name = &one.name;
    vec![
        tell!(
            view.lang,
            "Protección media con {name}, en proporción de la más intensa: {given} en los casos con el suceso y {spent} en los demás.",
            "Mean protection under {name}, as a proportion of the strongest: {given} for the cases with the outcome and {spent} for the others."
        ),
        tell!(
            view.lang,
            "Proporción de los casos con el suceso que estaba en el nivel más bajo: {lowest}.",
            "Proportion of the cases with the outcome that were at the lowest level: {lowest}."
        ),
    ]
}

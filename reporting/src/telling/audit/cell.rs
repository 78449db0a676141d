//! Measures in the cells of a table on a terminal.

use amparo_evaluation::measure::Measure;

use crate::telling::lang::Lang;
use crate::telling::number::{Numbers, Unit};

/// A measure in a cell of a table: `0.712 [0.698, 0.726]`; a dash where there is no number.
pub(super) fn cell(lang: Lang, measure: &Measure) -> String {
    let numbers = Numbers { lang };
    match (measure.value(), measure.interval()) {
        (Some(value), Some(interval)) => {
            let words = format!(
                "{} {}",
                numbers.value(Unit::Decimal, value),
                numbers.interval(Unit::Decimal, interval)
            );
            words.replace(['\u{a0}', '\u{202f}'], " ").replace('\u{2212}', "-")
        }
        (Some(value), None) => {
            format!(
                "{} [{}]",
                numbers.value(Unit::Decimal, value).replace('\u{2212}', "-"),
                lang.pick("sin intervalo", "no interval")
            )
        }
        (None, _) => "-".to_owned(),
    }
}

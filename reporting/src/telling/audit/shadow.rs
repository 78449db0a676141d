//! What a shadow says of the proposals of a log, in words.

use amparo_evaluation::audit::{NOT_STATED, Shadow, ShadowRow};
use amparo_evaluation::measure::Count;

use super::cell::cell;
use crate::telling::block::Block;
use crate::telling::lang::{Lang, tell};
use crate::telling::number::Numbers;

/// The shadow beside the proposals whose versions have these levels: agreement, who moves where, and one row a unit and level.
#[must_use]
pub fn shadow(scale: &str, found: &Shadow, lang: Lang) -> Vec<Block> {
    let agreement = &found.agreement;
    let header = match lang {
        Lang::Es => {
            ["unidad", "nivel", "propuestas", "más alto", "más bajo", "diferencia", "diferencia absoluta"]
        }
        Lang::En => ["unit", "level", "proposals", "higher", "lower", "difference", "absolute difference"],
    };
    vec![
        Block::Line(tell!(lang, "Niveles {scale}", "Levels {scale}")),
        Block::Line(tell!(
            lang,
            "Acuerdo de los niveles: kappa {} (pesos lineales), {} (cuadráticos), puntuación de probabilidad ordenada {}",
            "Agreement of the levels: kappa {} (linear weights), {} (quadratic), ranked probability score {}";
            cell(lang, &agreement.kappa_linear),
            cell(lang, &agreement.kappa_quadratic),
            cell(lang, &agreement.ranked_probability_score)
        )),
        moves(found, lang),
        Block::table(header, found.rows.iter().map(|one| row(one, lang)).collect()),
        Block::line(lang.pick(
            "Más alto, más bajo: proporción de las propuestas a las que el modelo en la sombra da otro nivel. Diferencia: su probabilidad media menos la de las propuestas.",
            "Higher, lower: share of the proposals to which the shadow gives another level. Difference: its mean probability minus that of the proposals.",
        )),
    ]
}

/// How many proposals move from each level to each.
fn moves(found: &Shadow, lang: Lang) -> Block {
    let to = |level: &String| tell!(lang, "en la sombra {level}", "shadow {level}");
    let first = lang.pick("propuesto", "proposed").to_owned();
    let rows = found.moves.iter().map(|from| {
        let counts = match &from.to {
            Some(to) => to.iter().map(|count| rows_of(*count, lang)).collect(),
            None => vec!["-".to_owned(); found.levels.len()],
        };
        std::iter::once(from.level.clone()).chain(counts).collect()
    });
    Block::Table {
        header: std::iter::once(first).chain(found.levels.iter().map(to)).collect(),
        rows: rows.collect(),
    }
}

fn rows_of(count: Count, lang: Lang) -> String {
    Numbers { lang }.rows(count).replace('\u{a0}', "")
}

fn row(one: &ShadowRow, lang: Lang) -> Vec<String> {
    let unit = match one.unit.as_str() {
        "" => lang.pick("todas", "all").to_owned(),
        NOT_STATED => lang.pick("no consta", "not stated").to_owned(),
        unit => unit.to_owned(),
    };
    let level = if one.level.is_empty() { lang.pick("todos", "all").to_owned() } else { one.level.clone() };
    let measures =
        [&one.higher, &one.lower, &one.difference, &one.absolute_difference].map(|of| cell(lang, of));
    [unit, level, rows_of(one.proposals, lang)].into_iter().chain(measures).collect()
}

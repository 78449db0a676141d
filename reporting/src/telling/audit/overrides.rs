//! What officers made of the proposals, in words.

use amparo_evaluation::audit::{NOT_STATED, OverrideRow, Overrides};

use super::cell::cell;
use crate::telling::block::Block;
use crate::telling::lang::{Lang, tell};
use crate::telling::number::Numbers;

/// The overrides under one protocol: agreement with the officers' own views, and one row a unit and level.
#[must_use]
pub fn overrides(protocol: &str, found: &Overrides, lang: Lang) -> Vec<Block> {
    let agreement = &found.agreement;
    let header = match lang {
        Lang::Es => [
            "unidad",
            "propuesto",
            "propuestas",
            "confirmadas",
            "elevadas",
            "con valoración propia",
            "aceptadas pese a ella",
        ],
        Lang::En => ["unit", "proposed", "proposals", "confirmed", "raised", "own view noted", "gave way"],
    };
    vec![
        Block::Line(tell!(lang, "Protocolo {protocol}", "Protocol {protocol}")),
        Block::Line(tell!(
            lang,
            "Propuestas frente a la valoración propia de los agentes: kappa {} (pesos lineales), {} (cuadráticos), puntuación de probabilidad ordenada {}",
            "Proposals against the officers' own view: kappa {} (linear weights), {} (quadratic), ranked probability score {}";
            cell(lang, &agreement.kappa_linear),
            cell(lang, &agreement.kappa_quadratic),
            cell(lang, &agreement.ranked_probability_score)
        )),
        Block::table(header, found.rows.iter().map(|one| row(one, lang)).collect()),
        Block::line(lang.pick(
            "Elevadas: proporción de las propuestas confirmadas. Aceptadas pese a ella: proporción de las propuestas que confirmaron sin cambios los agentes que habían anotado otro nivel.",
            "Raised: share of the confirmed proposals. Gave way: how often officers who had noted a different level confirmed the proposal as it was.",
        )),
    ]
}

fn row(one: &OverrideRow, lang: Lang) -> Vec<String> {
    let all = || lang.pick("todas", "all").to_owned();
    let unit = match one.unit.as_str() {
        "" => all(),
        NOT_STATED => lang.pick("no consta", "not stated").to_owned(),
        unit => unit.to_owned(),
    };
    let level = if one.level.is_empty() { lang.pick("todos", "all").to_owned() } else { one.level.clone() };
    let counts =
        [one.proposals, one.confirmed].map(|count| Numbers { lang }.rows(count).replace('\u{a0}', ""));
    let shares = [&one.raised, &one.own_view, &one.gave_way].map(|share| cell(lang, share));
    [unit, level].into_iter().chain(counts).chain(shares).collect()
}

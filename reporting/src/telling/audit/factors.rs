//! What each factor of the form contributes, in words.

use amparo_evaluation::audit::Factors;

use super::cell::cell;
use crate::telling::block::Block;
use crate::telling::lang::Lang;

/// One row a factor, and how to read the columns.
#[must_use]
pub fn factors(found: &Factors, lang: Lang) -> Vec<Block> {
    let header = match lang {
        Lang::Es => [
            "factor",
            "presente en",
            "proporción del peso total",
            "contribución si está presente (log-odds)",
            "O:E si está presente",
        ],
        Lang::En => [
            "factor",
            "present in",
            "share of all weight",
            "adds when present (log-odds)",
            "O:E when present",
        ],
    };
    let rows = found.rows.iter().map(|row| {
        let measures = [&row.frequency, &row.share, &row.push, &row.observed_expected];
        let cells = measures.into_iter().map(|measure| cell(lang, measure));
        std::iter::once(lang.of(&row.name).to_owned()).chain(cells).collect()
    });
    vec![
        Block::table(header, rows.collect()),
        Block::line(lang.pick(
            "O:E es la razón entre sucesos observados y esperados. Si supera 1, donde el factor está presente hubo más sucesos de los previstos: pesa demasiado poco.",
            "O:E is the ratio of observed to expected events. Above 1, more events occurred where the factor is present than were expected: it weighs too little.",
        )),
        Block::line(lang.pick(
            "Lo que el formulario no pregunta no puede pesar: un tema sin preguntas propias no aparece aquí.",
            "What the form does not ask about cannot weigh: a topic without questions of its own does not appear here.",
        )),
    ]
}

//! Whether level shares follow the risk, in words.

use amparo_evaluation::audit::{Capacity, Finding, LevelsOf};

use super::cell::cell;
use crate::telling::block::Block;
use crate::telling::lang::{Lang, tell};
use crate::telling::number::Numbers;
use crate::telling::reasons::because;

/// The periods, the finding at every threshold, and how to read them.
#[must_use]
pub fn capacity(tested: &LevelsOf, found: &Capacity, lang: Lang) -> Vec<Block> {
    let subject = subject(tested, lang);
    let mut blocks = Vec::new();
    if matches!(tested, LevelsOf::Proposals { .. }) {
        blocks.push(Block::line(lang.pick(
            "Las propuestas son cortes de estas mismas probabilidades, así que esta prueba muestra el efecto de los mínimos, del modelo de letalidad y de los cambios de versión. Con --confirmed se examina lo que decidieron los agentes.",
            "Proposals are cuts of these same probabilities, so this test shows the effect of minimum levels, of the lethality model and of changes of version. Use --confirmed to examine what officers decided.",
        )));
    }
    blocks.push(Block::Line(tell!(
        lang,
        "¿Siguen al riesgo los niveles de {subject}?",
        "Do the levels of {subject} follow the risk?"
    )));
    blocks.push(periods(found, lang));
    blocks.push(thresholds(found, lang));
    blocks.push(Block::line(lang.pick(
        "Una elasticidad de 1 significa que la proporción varía como el riesgo; una de 0, que se mantiene sea cual sea el riesgo.",
        "An elasticity of 1 means that the share moves as the risk does; one of 0 means that it stays whatever the risk.",
    )));
    blocks
}

/// That shares stay fixed at some thresholds; `None` where none does.
#[must_use]
pub fn fixed(tested: &LevelsOf, found: &Capacity, lang: Lang) -> Option<String> {
    let fixed: Vec<&str> = found
        .thresholds
        .iter()
        .filter(|row| row.finding == Finding::Fixed)
        .map(|row| row.level.as_str())
        .collect();
    let (subject, levels) = (subject(tested, lang), fixed.join(", "));
    (!fixed.is_empty()).then(|| {
        tell!(
            lang,
            "la proporción de {subject} en {levels} o por encima se mantiene fija mientras el riesgo varía",
            "the share of {subject} at {levels} or above stays fixed while the risk moves"
        )
    })
}

fn subject(tested: &LevelsOf, lang: Lang) -> String {
    match tested {
        LevelsOf::Scores { name } => format!("`{name}`"),
        LevelsOf::Proposals { n } => tell!(lang, "{n} propuestas", "{n} proposals"),
        LevelsOf::ConfirmedLevels { n } => tell!(lang, "{n} niveles confirmados", "{n} confirmed levels"),
    }
}

fn periods(found: &Capacity, lang: Lang) -> Block {
    let share = |level: &String| tell!(lang, "proporción en {level}", "share at {level}");
    let first = [lang.pick("periodo", "period"), lang.pick("filas", "rows"), lang.pick("riesgo", "risk")];
    let rows = found.periods.iter().map(|row| {
        let first =
            [row.period.clone(), Numbers { lang }.rows(row.n).replace('\u{a0}', ""), cell(lang, &row.risk)];
        first.into_iter().chain(row.shares.iter().map(|share| cell(lang, share))).collect()
    });
    Block::Table {
        header: first.map(str::to_owned).into_iter().chain(found.levels.iter().map(share)).collect(),
        rows: rows.collect(),
    }
}

fn thresholds(found: &Capacity, lang: Lang) -> Block {
    let rows = found.thresholds.iter().map(|row| {
        let finding = match row.finding {
            Finding::Follows => lang.pick("sigue al riesgo", "follows"),
            Finding::Fixed => lang.pick("FIJA", "FIXED"),
            Finding::CannotTell => lang.pick("no se puede saber", "cannot tell"),
        };
        vec![
            row.level.clone(),
            finding.to_owned(),
            cell(lang, &row.elasticity),
            cell(lang, &row.movement),
            because(row, lang),
        ]
    });
    let header = match lang {
        Lang::Es => ["nivel o superior", "resultado", "elasticidad", "variación del riesgo", "porque"],
        Lang::En => ["level or above", "finding", "elasticity", "movement of risk", "because"],
    };
    Block::table(header, rows.collect())
}

//! A card of points that fits a page, in Markdown.

use amparo_datasets::{Indicator, Lang};
use amparo_models::{Calibrator, Points, Version};

use crate::Error;

/// The format in errors.
const FORMAT: &str = "a card of points";
/// Most sums of a level whose probability is listed.
const MOST_SUMS: usize = 8;

/// Writes the points of a version that is made of them; of a blend those of its baseline alone, which the card says.
///
/// # Errors
/// [`Error::Refused`] for a version without points, and for a form with an indicator of too many answers for a page.
pub fn points_card(version: &Version, lang: Lang) -> Result<String, Error> {
    let (part, form) = (version.recidivism(), version.instrument());
    let Some(points) = part.scorer().baseline() else {
        let why = format!("it is of family `{}` and holds no points", part.scorer().family());
        return Err(Error::refused(version, FORMAT, why, "`--format onnx` takes every version"));
    };
    if let Some(wide) = form.indicators().iter().find(|indicator| indicator.is_wide()) {
        let why = format!("indicator `{}` has {} answers, which fit no page", wide.id, wide.n_answers());
        return Err(Error::refused(version, FORMAT, why, "`amparo models show` lists its pools"));
    }
    let is_whole = part.scorer().candidate().is_none();
    // The calibrator of a blend is of the blend's scores.
    let calibrator = match part.never_below_baseline() {
        Some(clause) => Some(&clause.calibrator),
        None => is_whole.then(|| part.calibrator()),
    };
    let manifest = version.manifest();
    let mut card = format!(
        "# {}\n\n{} {}@{} · {} `{}` · {} `{}`\n\n{}\n\n",
        lang.of(form.title()),
        lang.pick("Puntos de", "Points of"),
        manifest.name,
        manifest.version,
        lang.pick("formulario", "form"),
        form.id(),
        lang.pick("protocolo", "protocol"),
        version.protocol().id(),
        statement(version, is_whole, lang),
    );
    card.push_str(&points_table(points, form.indicators(), lang));
    card.push('\n');
    match calibrator {
        Some(calibrator) => card.push_str(&levels_table(version, points, calibrator, lang)),
        None => card.push_str(lang.pick(
            "De la base sola no hay probabilidades: la calibración de la versión es la de la mezcla.\n",
            "There are no probabilities of the baseline alone: the version's calibration is that of the blend.\n",
        )),
    }
    card.push_str(&format!("\n{}\n", remarks(version, calibrator.is_some(), lang)));
    Ok(card)
}

fn statement(version: &Version, is_whole: bool, lang: Lang) -> String {
    let dial = version.manifest().dial;
    let mut text = if is_whole {
        lang.pick(
            "Esta tarjeta es el modelo completo: la suma de los puntos da la probabilidad.",
            "This card is the whole model: the sum of the points gives the probability.",
        )
        .to_owned()
    } else {
        match lang {
            Lang::Es => format!(
                "**Esta tarjeta es solo la base** de una mezcla. La versión añade un candidato con peso {dial}, y su nivel puede ser otro."
            ),
            Lang::En => format!(
                "**This card is the baseline alone** of a blend. The version adds a candidate with share {dial}, and its level can differ."
            ),
        }
    };
    text.push_str(lang.pick(
        " El nivel es una propuesta que confirma una persona, nunca una decisión.",
        " The level is a proposal to be confirmed by a person, never a decision.",
    ));
    if version.manifest().training.synthetic_statement().is_some() {
        text.push_str(lang.pick(
            " **Ajustada a casos sintéticos: no vale para personas reales.**",
            " **Fitted to synthetic cases: not to be used on real people.**",
        ));
    }
    text
}

/// A line for each indicator that has points.
fn points_table(points: &Points, indicators: &[Indicator], lang: Lang) -> String {
    let header = lang.pick("| Indicador | Respuestas con puntos |", "| Indicator | Answers with points |");
    let mut table = format!("{header}\n|---|---|\n");
    let mut without = Vec::new();
    for (indicator, of_answers) in indicators.iter().zip(&points.points) {
        let given: Vec<String> = indicator
            .answers()
            .iter()
            .zip(of_answers)
            .filter(|(_, points)| **points != 0)
            .map(|(answer, points)| format!("{} **{points:+}**", cell(lang.of(&answer.label))))
            .collect();
        if given.is_empty() {
            without.push(indicator.id.as_str());
        } else {
            let label = cell(lang.of(&indicator.label));
            table.push_str(&format!("| {} {label} | {} |\n", indicator.id, given.join(" · ")));
        }
    }
    let rest = lang.pick("Toda otra respuesta suma 0.", "Every other answer adds 0.");
    table.push_str(&format!("\n{rest}"));
    if !without.is_empty() {
        let none = lang.pick("Sin puntos", "Without points");
        table.push_str(&format!(" {none}: {}.", without.join(", ")));
    }
    table.push('\n');
    table
}

/// A line for each level that a sum can have.
fn levels_table(version: &Version, points: &Points, calibrator: &Calibrator, lang: Lang) -> String {
    let protocol = version.protocol();
    let probability = |sum: i64| calibrator.calibrate(points.offset + points.scale * sum as f64).probability;
    let end = |of: fn(&[i32]) -> Option<i32>| -> i64 {
        points.points.iter().filter_map(|table| of(table)).map(i64::from).sum()
    };
    let (least, most) = (end(|t| t.iter().copied().min()), end(|t| t.iter().copied().max()));
    // The first sum of each level: a level is not lower for a higher sum.
    let first = |level: usize| {
        let (mut below, mut from) = (least - 1, most + 1);
        while below + 1 < from {
            let middle = below + (from - below) / 2;
            if protocol.level_of(probability(middle)) >= level { from = middle } else { below = middle }
        }
        from
    };
    let header = lang
        .pick("| Nivel | desde | Suma | Suma: probabilidad |", "| Level | from | Sum | Sum: probability |");
    let mut table = format!("{header}\n|---|---|---|---|\n");
    for (place, level) in protocol.levels().iter().enumerate() {
        let last = if place + 1 < protocol.levels().len() { first(place + 1) - 1 } else { most };
        let (from, label) = (first(place), cell(lang.of(&level.label)));
        let cut = percent(lang, level.from_probability);
        if from > last {
            let none = lang.pick("ninguna suma", "no sum");
            table.push_str(&format!("| {label} | {cut} | {none} | |\n"));
            continue;
        }
        let range = if from == last { from.to_string() } else { format!("{from} … {last}") };
        let listed: Vec<String> = spread(from, last)
            .into_iter()
            .map(|sum| format!("{sum}: {}", percent(lang, probability(sum))))
            .collect();
        table.push_str(&format!("| {label} | {cut} | {range} | {} |\n", listed.join(" · ")));
    }
    table
}

/// Some whole numbers from one to another, both of them among these.
fn spread(from: i64, to: i64) -> Vec<i64> {
    let gaps = (to - from).min(MOST_SUMS as i64 - 1);
    if gaps == 0 {
        return vec![from];
    }
    (0..=gaps).map(|k| from + (to - from) / gaps * k + (to - from) % gaps * k / gaps).collect()
}

fn remarks(version: &Version, has_levels: bool, lang: Lang) -> String {
    let digest =
        format!("{}: `{}`.", lang.pick("Huella de la versión", "Digest of the version"), version.digest());
    if !has_levels {
        return digest;
    }
    let protocol = version.protocol();
    let horizon = protocol.horizon_days();
    let mut text = match (lang, horizon) {
        (Lang::Es, Some(days)) => format!("Probabilidad de `{}` en {days} días.", protocol.outcome()),
        (Lang::En, Some(days)) => format!("Probability of `{}` within {days} days.", protocol.outcome()),
        (Lang::Es, None) => format!("Probabilidad de `{}`.", protocol.outcome()),
        (Lang::En, None) => format!("Probability of `{}`.", protocol.outcome()),
    };
    if protocol.lethality().is_some() || !protocol.floors().is_empty() {
        text.push_str(lang.pick(
            " Las reglas del protocolo que pueden elevar el nivel (letalidad, mínimos por respuesta) no están en esta tarjeta.",
            " The rules of the protocol that can raise the level (lethality, answers that set a lowest level) are not on this card.",
        ));
    }
    text + " " + &digest
}

/// A probability in per cent.
fn percent(lang: Lang, probability: f64) -> String {
    let decimals = match probability {
        p if p <= 0.0 => 0,
        p if p < 0.01 => 2,
        _ => 1,
    };
    let text = format!("{:.decimals$} %", 100.0 * probability);
    lang.pick(text.replace('.', ","), text)
}

/// A text inside a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use amparo_models::testing::small;

    use super::*;
    use crate::published::version;

    #[test]
    fn a_card_has_points_sums_and_levels() {
        let card = points_card(&version(&small::draft("small", -3.0)), Lang::En).unwrap();
        for line in [
            "This card is the whole model",
            "**Fitted to synthetic cases: not to be used on real people.**",
            "| A a | present **+4** · unknown **+1** |",
            "Every other answer adds 0.",
            "| Level | from | Sum | Sum: probability |",
        ] {
            assert!(card.contains(line), "`{line}` is not in\n{card}");
        }
        // Log-odds of -3 + 0.5 x 8.
        assert!(card.contains("| high | 60.0 % | 7 … 8 | 7: 62.2 % · 8: 73.1 % |"), "{card}");
        assert!(card.lines().count() < 60, "it fits a page");
    }

    #[test]
    fn a_card_speaks_spanish_and_its_numbers_have_commas() {
        let card = points_card(&version(&small::draft("small", -3.0)), Lang::Es).unwrap();
        assert!(card.contains("8: 73,1 %") && card.contains("Toda otra respuesta suma 0."), "{card}");
    }

    #[test]
    fn the_baseline_of_a_blend_says_that_it_is_alone() {
        let card = points_card(&version(&small::draft_with_a_pair("small")), Lang::En).unwrap();
        assert!(card.contains("**This card is the baseline alone** of a blend."), "{card}");
        assert!(
            card.contains("no probabilities of the baseline alone") && !card.contains("| Level |"),
            "{card}"
        );
        // Under the clause its own calibrator is known.
        let card = points_card(&version(&small::draft_under_clause("small")), Lang::En).unwrap();
        assert!(card.contains("| Level |"), "{card}");
    }

    #[test]
    fn sums_are_spread_from_end_to_end() {
        assert_eq!(spread(3, 3), [3]);
        assert_eq!(spread(-1, 2), [-1, 0, 1, 2]);
        let many = spread(0, 100);
        assert_eq!((many.len(), many[0], many[MOST_SUMS - 1]), (MOST_SUMS, 0, 100));
        assert!(many.is_sorted_by(|a, b| a < b), "{many:?}");
    }
}

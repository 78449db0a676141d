//! A draft of a mapping, by the names of columns.

use std::fmt::Write;

use amparo_datasets::{Indicator, Instrument};

/// A mapping to be read and corrected: a column that is called like an indicator holds the numbers of its answers in their order, one that
/// is called like an indicator and an answer of it (`I05_severe`) holds 1 for that answer and 0 for others, and `unknown` is missing. Columns that
/// only have numbers (`f0`, `X[0]`), as many as the form has indicators, are taken in the form's order. All other columns stand there without an
/// indicator, so that the draft is refused until each of them has one.
pub fn suggested(inputs: &[String], form: &Instrument) -> String {
    let mut text = format!(
        "# A draft, made from names alone. Correct it: which column asks which indicator, and which number stands for which answer.\n\
         # The form.\ninstrument = {}\n",
        quoted(form.id())
    );
    let in_order = form.indicators().len() == inputs.len()
        && inputs.iter().enumerate().all(|(place, name)| is_numbered(name, place));
    for (place, name) in inputs.iter().enumerate() {
        let guessed = match form.indicators().get(place).filter(|_| in_order) {
            Some(indicator) => Some((indicator, None)),
            None => guess(name, form),
        };
        let (said, indicator, answers) = match guessed {
            Some((indicator, None)) if in_order => {
                ("columns without names are in the form's order", indicator.id.as_str(), ordinal(indicator))
            }
            Some((indicator, None)) => {
                ("the answers in their order", indicator.id.as_str(), ordinal(indicator))
            }
            Some((indicator, Some(code))) => {
                ("one answer against the others", indicator.id.as_str(), one_hot(indicator, code))
            }
            None => {
                ("no indicator has a name like this column", "", String::from("numbers = {}\nmissing = []\n"))
            }
        };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n# Guessed: {said}.\n[[column]]\nname = {}\nindicator = {}\n{answers}",
            quoted(name),
            quoted(indicator)
        );
    }
    text
}

/// Whether a name says nothing but that the column is at this place: `f3`, `X[3]`.
fn is_numbered(name: &str, place: usize) -> bool {
    let number = place.to_string();
    let before = name.strip_suffix(']').map_or_else(
        || name.strip_suffix(&number),
        |inside| inside.strip_suffix(&number).and_then(|before| before.strip_suffix('[')),
    );
    before.is_some_and(|before| !before.is_empty() && before.chars().all(|c| c.is_alphabetic() || c == '_'))
}

/// The indicator that a column seems to ask, and the code of the answer that it stands for if it stands for one.
fn guess<'f>(name: &str, form: &'f Instrument) -> Option<(&'f Indicator, Option<usize>)> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let name = plain(name);
    let all = form.indicators();
    let whole = all.iter().find(|indicator| plain(&indicator.id) == name);
    whole.map(|indicator| (indicator, None)).or_else(|| {
        all.iter().find_map(|indicator| {
            let rest = name.strip_prefix(&plain(&indicator.id))?;
            let code = indicator.answers().iter().position(|answer| plain(&answer.id) == rest)?;
            Some((indicator, Some(code)))
        })
    })
}

fn ordinal(indicator: &Indicator) -> String {
    let unknown = indicator.answers()[indicator.n_known()..]
        .iter()
        .map(|answer| quoted(&answer.id))
        .collect::<String>();
    if indicator.bins().is_some() {
        return format!("bins = \"any\"\nmissing = [{unknown}]\n");
    }
    let known = indicator.answers()[..indicator.n_known()].iter().enumerate();
    let numbers: Vec<String> =
        known.map(|(code, answer)| format!("{} = {code}", quoted(&answer.id))).collect();
    format!("numbers = {{ {} }}\nmissing = [{unknown}]\n", numbers.join(", "))
}

fn one_hot(indicator: &Indicator, of: usize) -> String {
    let each = indicator.answers().iter().enumerate();
    let numbers: Vec<String> =
        each.map(|(code, answer)| format!("{} = {}", quoted(&answer.id), u8::from(code == of))).collect();
    format!("numbers = {{ {} }}\n", numbers.join(", "))
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

//! The drafted protocol and config.

use amparo_models::Protocol;
use amparo_training::Experiment;

use super::division;
use super::outcome::Outcome;
use super::source::outcome_name;
use super::written::{comment, keys, quoted};
use super::{CONFIG, Drafted, INSTRUMENT, PROTOCOL, SOURCE, refused};
use crate::Error;

/// Rows from which a part is held out once; fewer are held out by cross-fitting.
const MANY_ROWS: usize = 20_000;

/// Two levels, cut at the share of events: so that the files run, and until an authority decides.
pub(super) fn protocol(drafted: &Drafted<'_>, outcome: &Outcome<'_>) -> String {
    let plan = drafted.plan;
    let explained = Protocol::BUILT_IN.iter().find(|(id, _)| *id == "compas-2").map_or("", |(_, text)| text);
    let share = outcome.n_events() as f64 / outcome.n_known() as f64;
    let cut = ((share * 1000.0).round() / 1000.0).clamp(0.001, 0.999);
    let name = quoted(plan.name);
    let about = quoted(&outcome_name(&drafted.columns[outcome.at]));
    format!(
        "{}#\n{}\nid = {name}\ntitle = {{ es = {name}, en = {name} }}\n{}cut_points = {{ es = \"Borrador: nadie ha decidido este punto de \
         corte, que es la proporción de sucesos en la tabla.\", en = \"Draft: nobody has decided this cut-point, which is the share of \
         events in the table.\" }}\noutcome = {about}\n{}cumulative_measures = false\nunlearned_answers = \"flag\"\n\n[[level]]\nid = \
         \"low\"\nlabel = {{ es = \"bajo\", en = \"low\" }}\nfrom_probability = 0.0\nmeasures = []\n\n[[level]]\nid = \"high\"\nlabel = {{ es = \
         \"alto\", en = \"high\" }}\nfrom_probability = {cut}\nmeasures = []\n",
        comment(&format!(
            "The protocol of a draft for `{}`: levels without measures, cut where no authority has cut. It exists so that the files of \
             the draft run.",
            plan.table
        )),
        keys(explained),
        comment("TO DECIDE, with the levels below, their measures and how soon each case is assessed again."),
        comment(
            "TO DECIDE: horizon_days, here and in the source. It is left out, as the table does not say it."
        ),
    )
}

/// A built-in experiment for this form, protocol and outcome.
pub(super) fn config(drafted: &Drafted<'_>, outcome: &Outcome<'_>) -> Result<String, Error> {
    let plan = drafted.plan;
    let built_in = |id: &str| Experiment::named(id).map(|experiment| experiment.text().to_owned());
    let mut text = built_in("compas-two-years")?;
    let name = plan.name;
    let fields = [
        ("name", name.to_owned()),
        ("instrument", INSTRUMENT.to_owned()),
        ("protocol", PROTOCOL.to_owned()),
        ("outcome", outcome_name(&drafted.columns[outcome.at])),
        ("seed", "1".to_owned()),
    ];
    for (key, value) in fields {
        let value = if key == "seed" { value } else { quoted(&value) };
        text = with(&text, key, &value)
            .ok_or_else(|| refused(plan, CONFIG, format!("the template has no `{key}`")))?;
    }
    let (head, body) = text.split_once("\n\n").unwrap_or(("", &text));
    let mut text = format!(
        "{}\n{body}",
        comment(&format!(
            "The experiment of a draft for `{}`. Import the table by `{SOURCE}` before. TO DECIDE: how rows are held out, and whether each \
             indicator may be used. {}",
            plan.table,
            if head.is_empty() { "" } else { "Every other value is that of the built-in experiment `compas-two-years`." }
        ))
    )
    .replace("`compas@", &format!("`{name}@"));
    let once = built_in("vpr")?;
    let few = holdout(&text).map(str::to_owned);
    let other = match by_the_table(drafted) {
        None if drafted.table.n_rows >= MANY_ROWS => holdout(&once).map(str::to_owned),
        by_the_table => by_the_table,
    };
    if let Some((few, other)) = few.zip(other) {
        text = text.replace(&few, &other);
    }
    Ok(text)
}

/// How rows are held out if the table seems to bring its own division.
fn by_the_table(drafted: &Drafted<'_>) -> Option<String> {
    let shared = |n: usize, said: &str| match n {
        0 => String::new(),
        n => format!(
            "{}shared_cases = \"leave_out_of_train\"\n",
            comment(&format!("TO DECIDE: what becomes of the {n} cases {said}"))
        ),
    };
    if let Some((column, sides)) = division::split(drafted) {
        let shared = shared(
            division::shared(drafted, column, |text| sides.place(text)),
            "with rows on both sides: `leave_out_of_train`, `leave_out_of_test`, or `refuse`.",
        );
        let text = format!(
            "[holdout]\n{}kind = \"split\"\nmethod = \"column\"\n{}fit = 0.6\n{}calibrate = 0.2\n{shared}",
            comment(&format!(
                "TO DECIDE: the rows are held out as column `{}` of the table says. Its side for the test is the test part.",
                column.name
            )),
            comment(
                "The cases of its side for training are divided at random, as these shares stand to each other: to be fitted on,"
            ),
            comment("and to be calibrated on."),
        );
        return Some(text.trim_end().to_owned());
    }
    let (column, folds) = division::folds(drafted)?;
    let shared = shared(
        division::shared(drafted, column, |text| folds.place(text)),
        "with rows in more than one fold: with `leave_out_of_train`, each fold is judged by models without any row of its cases; with \
         `refuse`, training stops.",
    );
    let text = format!(
        "[holdout]\n{}kind = \"cross_fit\"\nby = \"column\"\n{}folds = {}\nrepeats = 1\n{shared}",
        comment(&format!(
            "TO DECIDE: every row is scored by models that did not see its fold, as column `{}` of the table divides the rows.",
            column.name
        )),
        comment("Number of folds with a row whose outcome is known."),
        folds.names.len()
    );
    Some(text.trim_end().to_owned())
}

/// The text with another value of a key at its top, if it has the key.
fn with(text: &str, key: &str, value: &str) -> Option<String> {
    let start = format!("{key} = ");
    let old = text.lines().find(|line| line.starts_with(&start))?;
    Some(text.replacen(&format!("\n{old}\n"), &format!("\n{start}{value}\n"), 1))
}

/// The block that says how rows are held out.
fn holdout(text: &str) -> Option<&str> {
    let start = text.find("[holdout]\n")?;
    let end = text[start..].find("\n\n")?;
    Some(&text[start..start + end])
}

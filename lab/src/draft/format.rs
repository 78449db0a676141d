//! What the drafted source says of how the table is written.

use super::Drafted;
use super::role::Role;
use super::written::{comment, quoted};

/// What was stated about the file.
pub(super) fn file(drafted: &Drafted<'_>) -> String {
    let section = |name: &str, stated: &[(&str, Option<&str>)]| {
        let lines = stated.iter().filter_map(|(key, value)| Some(format!("{key} = {}\n", quoted((*value)?))));
        let lines: String = lines.collect();
        (!lines.is_empty()).then(|| format!("[{name}]\n{lines}"))
    };
    let plan = drafted.plan;
    let csv = section("csv", &[("separator", plan.separator), ("encoding", plan.encoding)]);
    let xlsx = section("xlsx", &[("sheet", plan.sheet)]);
    csv.into_iter().chain(xlsx).collect::<Vec<_>>().join("\n")
}

/// How the numbers of most columns are written, where it has to be stated.
pub(super) fn numbers(drafted: &Drafted<'_>) -> String {
    let Some((decimal, thousands)) = drafted.numbers.stated else { return String::new() };
    let thousands = thousands.map(|mark| format!("thousands = {}\n", quoted(&mark.to_string())));
    format!(
        "{}[numbers]\ndecimal = {}\n{}",
        comment("TO DECIDE: read like this, most columns hold numbers."),
        quoted(&decimal.to_string()),
        thousands.unwrap_or_default()
    )
}

/// Programs write yes and no in several ways.
pub(super) fn spelled(drafted: &Drafted<'_>) -> String {
    let asked = |role: &Role| matches!(role, Role::Indicator | Role::Outcome | Role::Group | Role::Split);
    let of = drafted
        .columns
        .iter()
        .zip(&drafted.roles.of)
        .filter(|(column, role)| column.is_boolean() && asked(role));
    let blocks: Vec<String> =
        of.map(|(column, _)| format!("[columns.{}]\nfold_case = true\n", quoted(column.name))).collect();
    match blocks.is_empty() {
        true => String::new(),
        false => {
            format!("{}{}", comment("Programs write yes and no in small letters or not."), blocks.join("\n"))
        }
    }
}

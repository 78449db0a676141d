//! What a person has to decide, and how the numbers of a table are written.

use amparo_datasets::{ForeignKind, ForeignTable, Numbers};

use super::division;
use super::outcome::Outcome;
use super::role::{Role, Why};
use super::source::said;
use super::{DraftPlan, Drafted, IS_NUMBER};

/// How the numbers of a table are read.
pub(super) struct NumbersTold {
    pub numbers: Numbers,
    /// What the source has to state: decimal and thousands.
    pub stated: Option<(char, Option<char>)>,
    /// Whether two ways of reading them fit equally well, and the usual one less.
    pub ambiguous: bool,
}

impl NumbersTold {
    /// The way in which most columns of texts are numbers; the usual one if no other reads more of them.
    pub fn of(table: &ForeignTable, plan: &DraftPlan<'_>) -> Self {
        let texts = table.columns.iter().filter(|column| column.kind == ForeignKind::Text);
        let columns: Vec<Vec<&String>> = texts
            .map(|column| column.cells.iter().filter(|cell| !plan.is_nothing(column, cell)).collect())
            .filter(|cells: &Vec<&String>| !cells.is_empty())
            .collect();
        let reads = |numbers: &Numbers| {
            columns.iter().filter(|cells| cells.iter().all(|cell| IS_NUMBER(numbers, cell))).count()
        };
        let counted = Numbers::ways()
            .map(|(numbers, decimal, thousands)| (reads(&numbers), numbers, (decimal, thousands)));
        let most = counted.iter().map(|(n, ..)| *n).max().unwrap_or(0);
        let best: Vec<(Numbers, (char, Option<char>))> = counted
            .into_iter()
            .filter(|(n, ..)| *n == most)
            .map(|(_, numbers, stated)| (numbers, stated))
            .collect();
        let usual = Self { numbers: Numbers::default(), stated: None, ambiguous: false };
        let Some(((numbers, stated), others)) = best.split_first() else { return usual };
        if *numbers == Numbers::default() {
            return usual;
        }
        // Two ways may read the same number out of every cell: `12,5`, with or without a mark between thousands.
        let differ = |other: &Numbers| {
            columns.iter().flatten().any(|cell| match (numbers.read(cell), other.read(cell)) {
                (Ok(one), Ok(other)) => (one - other).abs() > 0.0,
                _ => false,
            })
        };
        match others.iter().any(|(other, _)| differ(other)) {
            true => Self { ambiguous: true, ..usual },
            false => Self { numbers: *numbers, stated: Some(*stated), ambiguous: false },
        }
    }
}

/// What there is to decide, in the order in which it matters.
pub(super) fn decide(drafted: &Drafted<'_>, outcome: &Outcome<'_>) -> Vec<String> {
    let Drafted { columns, roles, .. } = drafted;
    let named = |wanted: &dyn Fn(&Role) -> bool| {
        let of = columns.iter().zip(&roles.of).filter(|(_, role)| wanted(role));
        of.map(|(column, _)| format!("`{}`", column.name)).collect::<Vec<_>>().join(", ")
    };
    let mut all = vec![format!(
        "The outcome is proposed to be `{}`, which happened (`{}`) in {} of {} rows, without a horizon.",
        columns[outcome.at].name,
        outcome.event,
        outcome.n_events(),
        outcome.n_known()
    )];
    let others = named(&|role| *role == Role::OtherOutcome);
    if !others.is_empty() {
        all.push(format!("These may be the outcome instead: {others}."));
    }
    let later: Vec<String> = columns
        .iter()
        .zip(&roles.of)
        .filter_map(|(column, role)| match role {
            Role::Later(Why::Score) => None,
            Role::Later(why) => Some(format!("`{}` ({})", column.name, said(why))),
            _ => None,
        })
        .collect();
    if !later.is_empty() {
        all.push(format!("These seem to tell what came later, and are left out: {}.", later.join(", ")));
    }
    let scores = named(&|role| *role == Role::Later(Why::Score));
    if !scores.is_empty() {
        all.push(format!("These are named like scores that somebody else gave, and are left out: {scores}."));
    }
    let case = named(&|role| matches!(role, Role::Case { .. }));
    all.push(match case.is_empty() {
        true => "No column of case ids was found, so every row counts as a case of its own.".to_owned(),
        false => format!("The case is proposed to be {case}."),
    });
    let date = named(&|role| *role == Role::Date);
    all.push(match date.is_empty() {
        true => "No day of assessment was found.".to_owned(),
        false => format!("The day of assessment is proposed to be {date}."),
    });
    if let Some((column, sides)) = division::split(drafted) {
        let [train, test] = sides.n_rows(column);
        let shared = match division::shared(drafted, column, |text| sides.place(text)) {
            0 => String::new(),
            n => format!(" {n} cases have rows on both sides; their rows for training are left out."),
        };
        all.push(format!(
            "Column `{}` seems to be the table's own split, with {train} rows for training and {test} for the test, and the config takes \
             it.{shared}",
            column.name
        ));
    }
    if let Some((column, folds)) = division::folds(drafted) {
        let taken = if division::split(drafted).is_some() {
            "the config takes the split"
        } else {
            "the config takes them"
        };
        let shared = match division::shared(drafted, column, |text| folds.place(text)) {
            0 => String::new(),
            n => format!(
                " {n} cases have rows in more than one; each fold is judged by models without any row of its cases."
            ),
        };
        all.push(format!(
            "Column `{}` seems to hold the table's own {} folds, and {taken}.{shared}",
            column.name,
            folds.names.len()
        ));
    }
    let groups = named(&|role| *role == Role::Group);
    all.push(match groups.is_empty() {
        true => "No column is named like a group, so results are compared by none.".to_owned(),
        false => format!("Results are proposed to be compared by {groups}."),
    });
    all.push(asked(drafted));
    let out = named(&|role| matches!(role, Role::Out(_)));
    if !out.is_empty() {
        all.push(format!("These are left out for other reasons, which the source tells: {out}."));
    }
    if drafted.numbers.ambiguous {
        all.push("Some columns hold numbers with a comma, which may stand before decimals or between thousands: state [numbers] in the source, and draft them by hand.".to_owned());
    }
    all.push(
        "The cut-point of the protocol is the share of events, and its levels have no measures.".to_owned(),
    );
    all
}

/// What there is to decide about a form alone.
pub(super) fn decide_form(drafted: &Drafted<'_>) -> Vec<String> {
    let mut all = vec![asked(drafted)];
    let no_choice = |column: &&super::column::Column<'_>| column.texts.len() == 1;
    let one: Vec<String> =
        drafted.columns.iter().filter(no_choice).map(|column| format!("`{}`", column.name)).collect();
    if !one.is_empty() {
        all.push(format!("These hold one text or number only, and tell nothing: {}.", one.join(", ")));
    }
    all
}

/// How many columns are asked, and with which directions.
fn asked(drafted: &Drafted<'_>) -> String {
    let asked = || drafted.roles.indicators(drafted.columns).map(|(_, column)| column);
    let (n, ordered) = (asked().count(), asked().filter(|column| column.order.is_some()).count());
    let directions = match ordered {
        0 => "all without a direction".to_owned(),
        ordered if ordered == n => "all with the direction that was stated".to_owned(),
        ordered => format!("{ordered} with the direction that was stated and {} without one", n - ordered),
    };
    format!(
        "{n} columns are proposed as indicators, {directions}; their bins are quantiles and their labels the names of the columns."
    )
}

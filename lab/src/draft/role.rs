//! What each column is proposed to be read for.

use std::collections::HashMap;

use amparo_datasets::{MAX_KNOWN_ANSWERS, MAX_TOLD_APART, Problem};
use amparo_training::leak::LEAST_AUC;
use jiff::civil::Date;

use super::column::{Column, Holds};
use super::division;
use super::leak::{best_auc, only_with};
use super::outcome::Outcome;
use super::source::said;
use super::words;

/// Rows that an answer has on average, where an indicator with more than [`MAX_TOLD_APART`] answers is drafted.
const ROWS_EACH: usize = 10;

/// What a column is proposed to be read for, or why for nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Role {
    /// The case; whether each has one row.
    Case { unique: bool },
    /// The outcome.
    Outcome,
    /// Another column that may be an outcome.
    OtherOutcome,
    /// The day of the assessment.
    Date,
    /// The side of the table's own split.
    Split,
    /// The table's own fold.
    Folds,
    /// A group.
    Group,
    /// An indicator.
    Indicator,
    /// Nothing: it tells what came later.
    Later(Why),
    /// Nothing, for another reason.
    Out(String),
}

/// Why a column is taken to tell what came later.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Why {
    /// Alone it tells an outcome, with this AUC.
    Tells { outcome: String, auc: f64 },
    /// It holds something only where an outcome happened: in so many of so many rows.
    OnlyWith { outcome: String, events: usize, rows: usize },
    /// By its name, it is a score that somebody else gave.
    Score,
}

/// The roles of all columns, in their order.
pub(super) struct Roles<'t> {
    pub of: Vec<Role>,
    /// The best AUC of each column against the proposed outcome.
    pub aucs: Vec<Option<f64>>,
    /// Columns that stand in the header more than once and hold the same each time.
    pub repeated: Vec<&'t str>,
    candidates: &'t [Outcome<'t>],
}

impl<'t> Roles<'t> {
    pub fn of(columns: &[Column<'t>], outcome: &Outcome<'t>, candidates: &'t [Outcome<'t>]) -> Self {
        let mut of: Vec<Option<Role>> = vec![None; columns.len()];
        of[outcome.at] = Some(Role::Outcome);
        for other in candidates.iter().filter(|other| other.at != outcome.at) {
            of[other.at] = Some(Role::OtherOutcome);
        }
        let repeated = copies(columns, &mut of);
        division::roles(columns, &mut of);
        if let Some(at) = date(columns, &of) {
            of[at] = Some(Role::Date);
        }
        if let Some((at, unique)) = case(columns, &of) {
            of[at] = Some(Role::Case { unique });
        }
        let aucs: Vec<Option<f64>> = columns.iter().map(|column| best_auc(column, outcome)).collect();
        let of = of.into_iter().zip(columns).enumerate().map(|(at, (role, column))| {
            role.unwrap_or_else(|| rest(column, columns, outcome, aucs[at], candidates))
        });
        Self { of: of.collect(), aucs, repeated, candidates }
    }

    /// Every column is asked, and nothing is known of an outcome.
    pub fn all_asked(columns: &[Column<'_>]) -> Self {
        let of = vec![Role::Indicator; columns.len()];
        Self { of, aucs: vec![None; columns.len()], repeated: vec![], candidates: &[] }
    }

    /// A problem for each column with a stated order that is not asked.
    pub fn not_asked<'c>(&'c self, columns: &'c [Column<'t>]) -> impl Iterator<Item = Problem> + 'c {
        let ordered = columns.iter().zip(&self.of).filter(|(column, _)| column.order.is_some());
        ordered.filter(|(_, role)| **role != Role::Indicator).map(|(column, role)| {
            let why = match role {
                Role::Case { .. } => "it is proposed to be the case".to_owned(),
                Role::Outcome => "it is proposed to be the outcome".to_owned(),
                Role::OtherOutcome => "it may be an outcome".to_owned(),
                Role::Date => "it is proposed to be the day of assessment".to_owned(),
                Role::Split | Role::Folds => "it is proposed to divide the rows".to_owned(),
                Role::Later(why) => said(why),
                Role::Out(why) => why.clone(),
                Role::Group | Role::Indicator => String::new(),
            };
            let name = column.name;
            let message =
                format!("an order is stated for column `{name}`, which is not asked: {why}; expected none, or another table");
            Problem::new(name, message)
        })
    }

    /// The columns of the role, with their places.
    pub fn with<'c>(
        &'c self,
        columns: &'c [Column<'t>],
        role: &'c Role,
    ) -> impl Iterator<Item = (usize, &'c Column<'t>)> {
        columns.iter().enumerate().filter(move |(at, _)| self.of[*at] == *role)
    }

    /// The columns that are drafted as indicators.
    pub fn indicators<'c>(
        &'c self,
        columns: &'c [Column<'t>],
    ) -> impl Iterator<Item = (usize, &'c Column<'t>)> {
        self.with(columns, &Role::Indicator)
    }

    /// The other candidates for the outcome.
    pub fn other_outcomes(&self) -> impl Iterator<Item = &'t Outcome<'t>> {
        let candidates = self.candidates;
        candidates.iter().filter(|candidate| self.of[candidate.at] == Role::OtherOutcome)
    }
}

/// Columns that hold the same as one before them in every row are left out. Of a name that stands twice and holds the same, the first
/// one is read and the name is told.
fn copies<'t>(columns: &[Column<'t>], of: &mut [Option<Role>]) -> Vec<&'t str> {
    let mut first: HashMap<&[String], usize> = HashMap::new();
    let mut repeated = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let named: Vec<usize> =
            (0..columns.len()).filter(|other| columns[*other].name == column.name).collect();
        if named.iter().any(|other| columns[*other].cells != column.cells) {
            let said = format!(
                "the header names it {} times, with different cells below: it cannot be read",
                named.len()
            );
            of[at] = Some(Role::Out(said));
            continue;
        }
        if named.len() > 1 && named[0] == at {
            repeated.push(column.name);
        }
        let before = *first.entry(column.cells).or_insert(at);
        // The proposed outcome stays what it is, also if a copy of it comes first.
        if before != at && !matches!(of[at], Some(Role::Outcome)) {
            of[at] = Some(Role::Out(format!(
                "it holds the same as column `{}` in every row",
                columns[before].name
            )));
        }
    }
    repeated
}

/// The likeliest day of assessment: named so, known of most rows, first.
fn date(columns: &[Column<'_>], of: &[Option<Role>]) -> Option<usize> {
    let is_day = |at: &usize| {
        of[*at].is_none() && matches!(&columns[*at].holds, Holds::Days(ways, _) if ways.len() == 1)
    };
    let days = (0..columns.len()).filter(is_day);
    days.min_by_key(|at| (!words::is_assessment(columns[*at].name), columns[*at].n_nothing(), *at))
}

/// The likeliest column of case ids, and whether each has one row.
fn case(columns: &[Column<'_>], of: &[Option<Role>]) -> Option<(usize, bool)> {
    let may_be = |at: &usize| {
        let column = &columns[*at];
        of[*at].is_none() && column.n_nothing() == 0 && column.document().is_none()
    };
    let places: Vec<usize> = (0..columns.len()).filter(may_be).collect();
    let unique = places.iter().copied().filter(|at| columns[*at].is_unique());
    // Free texts may be all different as well: only what is named like a case or drawn by a machine is taken for ids.
    let named = |at: &usize| words::is_case(columns[*at].name) || columns[*at].is_drawn();
    if let Some(at) = unique.clone().find(named) {
        return Some((at, true));
    }
    let several = |at: &usize| {
        let (n_texts, n_rows) = (columns[*at].texts.len(), columns[*at].cells.len());
        named(at)
            && n_texts * 20 >= n_rows
            && n_texts > MAX_TOLD_APART
            && !matches!(columns[*at].holds, Holds::Days(..))
    };
    places.iter().copied().find(several).map(|at| (at, false))
}

fn rest(
    column: &Column<'_>,
    columns: &[Column<'_>],
    outcome: &Outcome<'_>,
    auc: Option<f64>,
    candidates: &[Outcome<'_>],
) -> Role {
    let out = |said: &str| Role::Out(said.to_owned());
    if let amparo_datasets::ForeignKind::Unreadable(name) = column.kind {
        return Role::Out(format!("it holds {name}, which cannot be read"));
    }
    if column.holds == Holds::Nothing {
        return out("it holds nothing in any row");
    }
    if let Some(what) = column.document() {
        return Role::Out(format!("it holds what looks like {what}: it must not enter a cohort"));
    }
    // Against every candidate: what tells the violent reoffence tells a reoffence too, though less well.
    let others = candidates.iter().filter_map(|other| Some((other, best_auc(column, other)?)));
    let best = auc.map(|auc| (outcome, auc)).into_iter().chain(others).max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((outcome, auc)) = best.filter(|(_, auc)| *auc >= LEAST_AUC) {
        return Role::Later(Why::Tells { outcome: columns[outcome.at].name.to_owned(), auc });
    }
    let all = std::iter::once(outcome).chain(candidates);
    let mut only = all.filter_map(|outcome| Some((outcome, only_with(column, outcome)?)));
    if let Some((outcome, (events, rows))) = only.next() {
        return Role::Later(Why::OnlyWith { outcome: columns[outcome.at].name.to_owned(), events, rows });
    }
    if words::is_score(column.name) {
        return Role::Later(Why::Score);
    }
    if matches!(column.holds, Holds::Days(..)) {
        return out("it holds days");
    }
    if column.texts.len() + column.nothing.len() == 1 {
        return out("it holds the same in every row");
    }
    if column.is_unique() || column.is_drawn() {
        return out("every row holds another text: it looks like an identifier or free text");
    }
    if let Holds::Numbers(_) = column.holds {
        return Role::Indicator;
    }
    let known = column.texts.keys().filter(|text| !words::is_unknown(text)).count();
    match known {
        ..2 => out("it holds one text or nothing: say what nothing means before it is asked"),
        n if n > MAX_KNOWN_ANSWERS => Role::Out(format!(
            "it holds {n} different texts, and an indicator has at most {MAX_KNOWN_ANSWERS} answers: group them first"
        )),
        n if n > MAX_TOLD_APART && n * ROWS_EACH > column.cells.len() => {
            let rows = column.cells.len();
            Role::Out(format!(
                "it holds {n} different texts in {rows} rows, fewer than {ROWS_EACH} rows for each: group them first"
            ))
        }
        _ if words::is_group(column.name) && column.order.is_none() => Role::Group,
        _ => Role::Indicator,
    }
}

/// Of a column of days: the first and the last, and how many come after the day of assessment, of how many of both known.
pub(super) struct Days {
    pub first: Date,
    pub last: Date,
    pub later: usize,
    pub of: usize,
}

impl Days {
    pub fn of(column: &Column<'_>, assessed: Option<&Column<'_>>) -> Option<Self> {
        let Holds::Days(_, days) = &column.holds else { return None };
        let known = || days.iter().flatten().copied();
        let (first, last) = (known().min()?, known().max()?);
        let assessed = match assessed.map(|column| &column.holds) {
            Some(Holds::Days(_, assessed)) => assessed.as_slice(),
            _ => &[],
        };
        let both: Vec<(Date, Date)> =
            days.iter().zip(assessed).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
        let later = both.iter().filter(|(day, assessed)| day > assessed).count();
        Some(Self { first, last, later, of: both.len() })
    }
}

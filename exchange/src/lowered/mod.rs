//! A model over columns as one over the answers of a form.
//!
//! What a tree asks of a column is asked of what the column holds for each answer, so a threshold becomes a set of answers. Nothing is
//! rounded: a table or a leaf holds the numbers of the file.

mod question;
mod tables;
mod trees;

use amparo_datasets::{Indicator, Instrument, Problem, Problems};
use amparo_models::imported::{Asked, FAMILY};
use amparo_models::scorer::{Additive, Table, Tree};
use amparo_models::{Candidate, Forest};

use crate::foreign::Term;
use crate::mapping::Columns;
use crate::{Error, ForeignModel};

use question::Question;

/// A model over the indicators that its columns ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// The indicators, in the form's order.
    pub asks: Vec<Asked>,
    /// The model.
    pub model: Candidate,
}

/// What has been gathered so far.
struct Sum<'a> {
    model: &'a ForeignModel,
    columns: &'a Columns,
    /// The form of the indicators that are asked.
    form: &'a Instrument,
    base: f64,
    /// What is about one indicator, by code.
    tables: Vec<Vec<f64>>,
    /// What is about several.
    trees: Vec<Tree>,
    problems: Problems,
}

/// The model of a file, asked about a form's answers.
///
/// A term about one indicator becomes part of its table. If a term is about several, the tables become trees too, since a model is stored in one form.
///
/// # Errors
/// [`Error::Mapping`] with everything about which the mapping and the model disagree: questions about numbers that no answer has, or that
/// part the numbers of one answer; nodes that are no tree; numbers that are none.
pub fn lowered(model: &ForeignModel, columns: &Columns, form: &Instrument) -> Result<Lowered, Error> {
    let form = form.only(columns.indicators());
    let tables = form.indicators().iter().map(|indicator| vec![0.0; indicator.n_answers()]).collect();
    let (base, trees, problems) = (model.base, Vec::new(), Problems::default());
    let mut sum = Sum { model, columns, form: &form, base, tables, trees, problems };
    for (number, term) in model.terms.iter().enumerate() {
        match term {
            Term::Linear { column, coefficient, missing } => {
                sum.linear(number, *column, *coefficient, *missing)
            }
            Term::Table { axes, values } => sum.table(number, axes, values),
            Term::Tree(tree) => sum.tree(number, tree),
        }
    }
    if !model.base.is_finite() {
        sum.problem("base", format!("the sum starts at {}, expected a finite number", model.base));
    }
    sum.finished()
}

/// An indicator with all of its answers.
pub(crate) fn asked(indicator: &Indicator) -> Asked {
    Asked {
        indicator: indicator.id.clone(),
        answers: indicator.answers().iter().map(|answer| answer.id.clone()).collect(),
    }
}

impl<'a> Sum<'a> {
    fn problem(&mut self, field: &str, message: String) {
        self.problems.push(Problem::new(field, message));
    }

    /// A question about a column, by what it holds; noted as a problem if the column is not mapped.
    fn question(&mut self, column: usize, place: &str) -> Option<Question<'a>> {
        let name = self.model.name_of(column);
        if let (Some(name), Some(of)) = (name, self.columns.of(column)) {
            let indicator = &self.form.indicators()[of.asked];
            return Some(Question {
                name,
                asked: of.asked,
                values: &of.values,
                answers: indicator.answers(),
                arithmetic: self.model.arithmetic,
            });
        }
        let known = self.model.columns.len();
        let message = match name {
            Some(name) => format!("{place}: column `{name}` is asked and not mapped"),
            None => format!("{place}: column {column} is asked, expected one below {known}"),
        };
        self.problem("column", message);
        None
    }

    fn finished(self) -> Result<Lowered, Error> {
        let Self { form, base, tables, mut trees, problems, .. } = self;
        if !problems.0.is_empty() {
            return Err(Error::Mapping(problems));
        }
        let asks: Vec<Asked> = form.indicators().iter().map(asked).collect();
        if trees.is_empty() {
            let model = Candidate::additive(FAMILY, Additive { intercept: base, weights: tables })?;
            return Ok(Lowered { asks, model });
        }
        let adds = |table: &[f64]| table.iter().any(|value| value.abs() > 0.0);
        trees.extend(
            tables
                .iter()
                .enumerate()
                .filter(|(_, table)| adds(table))
                .map(|(j, values)| Table { indicators: &[j], n_answers: &[values.len()], values }.tree()),
        );
        let model = Candidate::trees(FAMILY, Forest { n_indicators: asks.len(), base, trees })?;
        Ok(Lowered { asks, model })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

//! A mapping that has been checked against a model and a form.

use std::collections::BTreeSet;

use amparo_datasets::{Bins, Indicator, Instrument, MAX_TOLD_APART, Problem, Problems};

use super::{ColumnMapping, Mapping, OfBins};
use crate::foreign::{ForeignNode, Term, Value};
use crate::{Error, ForeignModel};

/// What the columns of a model hold for the answers of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// One entry for each input of the model; none for one that the model does not use and nobody has mapped.
    inputs: Vec<Option<Column>>,
    /// One entry for each column that the model makes of its inputs.
    columns: Vec<Option<Column>>,
    /// Places of the indicators on the form that some column asks, ascending.
    indicators: Vec<usize>,
}

/// What one column holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Place of its indicator in [`Columns::indicators`].
    pub asked: usize,
    /// What it holds for each answer, by code.
    pub values: Vec<Value>,
}

impl Columns {
    /// Checks a mapping against a model and a form.
    ///
    /// # Errors
    /// [`Error::Mapping`] with everything that does not fit: columns that the model does not have or that are missing, indicators
    /// and answers that the form does not have, answers without a value or with several, indicators with more answers than a model
    /// tells apart.
    pub fn new(mapping: &Mapping, model: &ForeignModel, form: &Instrument) -> Result<Self, Error> {
        let mut problems = Problems::default();
        for of in &mapping.column {
            let wide = form.position(&of.indicator).map(|place| &form.indicators()[place]);
            if let Some(indicator) = wide.filter(|indicator| indicator.is_wide()) {
                let message = format!(
                    "column `{}`: indicator `{}` has {} answers, expected {MAX_TOLD_APART} at most: a model that is imported tells every answer apart",
                    of.name,
                    indicator.id,
                    indicator.n_known()
                );
                problems.push(Problem::new(&of.name, message));
            }
        }
        let (inputs, indicators) = inputs(mapping, &model.inputs, &used(model), form, &mut problems);
        let columns = derived(model, &inputs, &indicators, form, &mut problems);
        if problems.0.is_empty() {
            Ok(Self { inputs, columns, indicators })
        } else {
            Err(Error::Mapping(problems))
        }
    }

    /// Checks a mapping against a model of which nothing is known but its inputs, so that it may use all of them.
    ///
    /// # Errors
    /// [`Error::Mapping`] with everything that does not fit, as [`Self::new`], and bins: what such a model says of two numbers of one bin nobody
    /// knows.
    pub fn of_inputs(mapping: &Mapping, names: &[String], form: &Instrument) -> Result<Self, Error> {
        let mut problems = Problems::default();
        for of in mapping.column.iter().filter(|of| of.bins.is_some()) {
            let message = format!(
                "column `{}`: `bins` is stated, but two numbers of one bin may differ in a model that does not reduce; state the number that stands for each \
                 answer in `numbers`",
                of.name
            );
            problems.push(Problem::new(&of.name, message));
        }
        let (inputs, indicators) = inputs(mapping, names, &vec![true; names.len()], form, &mut problems);
        if problems.0.is_empty() {
            Ok(Self { inputs, columns: Vec::new(), indicators })
        } else {
            Err(Error::Mapping(problems))
        }
    }

    /// Places of the indicators on the form that some column asks, ascending.
    pub fn indicators(&self) -> &[usize] {
        &self.indicators
    }

    /// What a column of the model holds, if its input is mapped.
    pub fn of(&self, column: usize) -> Option<&Column> {
        self.columns.get(column)?.as_ref()
    }

    /// All inputs that are mapped, by their places in the model.
    pub fn mapped(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.inputs.iter().enumerate().filter_map(|(at, column)| Some((at, column.as_ref()?)))
    }
}

/// What each input holds, and the places of the indicators that are asked.
fn inputs(
    mapping: &Mapping,
    names: &[String],
    used: &[bool],
    form: &Instrument,
    problems: &mut Problems,
) -> (Vec<Option<Column>>, Vec<usize>) {
    if mapping.instrument != form.id() {
        let message = format!("instrument is `{}`, expected `{}`", mapping.instrument, form.id());
        problems.push(Problem::new("instrument", message));
    }
    let asked: BTreeSet<usize> = mapping.column.iter().filter_map(|c| form.position(&c.indicator)).collect();
    let indicators: Vec<usize> = asked.into_iter().collect();
    let mut inputs = vec![None; names.len()];
    for of in &mapping.column {
        let Some(at) = names.iter().position(|name| *name == of.name) else {
            let message = format!("the model has no column `{}`, expected one of {}", of.name, listed(names));
            problems.push(Problem::new(&of.name, message));
            continue;
        };
        if inputs[at].is_some() {
            let message = format!("column `{}` is mapped twice, expected once", of.name);
            problems.push(Problem::new(&of.name, message));
            continue;
        }
        if let Some(values) = of.values(form, problems)
            && let Some(place) = form.position(&of.indicator)
        {
            let asked = indicators.partition_point(|other| *other < place);
            inputs[at] = Some(Column { asked, values });
        }
    }
    let is_mapped = |name: &String| mapping.column.iter().any(|of| of.name == *name);
    for (name, _) in names.iter().zip(used).filter(|(name, used)| **used && !is_mapped(name)) {
        let message = format!("the model uses column `{name}`, which the mapping does not have");
        problems.push(Problem::new(name, message));
    }
    (inputs, indicators)
}

/// What the columns hold that a model makes of its inputs.
fn derived(
    model: &ForeignModel,
    inputs: &[Option<Column>],
    indicators: &[usize],
    form: &Instrument,
    problems: &mut Problems,
) -> Vec<Option<Column>> {
    let mut columns = Vec::with_capacity(model.columns.len());
    let mut told = BTreeSet::new();
    for of in &model.columns {
        let (Some(Some(input)), Some(name)) = (inputs.get(of.input), model.inputs.get(of.input)) else {
            columns.push(None);
            continue;
        };
        let answers = form.indicators()[indicators[input.asked]].answers();
        let mut values = Vec::with_capacity(input.values.len());
        for (value, answer) in input.values.iter().zip(answers) {
            match of.of(value) {
                Ok(value) => values.push(value),
                Err(what) => {
                    let message = format!("column `{name}`: what it holds for answer `{}` {what}", answer.id);
                    if told.insert(message.clone()) {
                        problems.push(Problem::new(name, message));
                    }
                }
            }
        }
        columns.push((values.len() == input.values.len()).then_some(Column { asked: input.asked, values }));
    }
    columns
}

/// Which inputs a model uses.
fn used(model: &ForeignModel) -> Vec<bool> {
    let mut used = vec![false; model.inputs.len()];
    let mut mark = |column: usize| {
        if let Some(of) = model.columns.get(column)
            && let Some(used) = used.get_mut(of.input)
        {
            *used = true;
        }
    };
    for term in &model.terms {
        match term {
            Term::Linear { column, .. } => mark(*column),
            Term::Table { axes, .. } => axes.iter().for_each(|axis| mark(axis.column)),
            Term::Tree(tree) => tree.nodes().iter().for_each(|node| {
                if let ForeignNode::Split { column, .. } = node {
                    mark(*column);
                }
            }),
        }
    }
    used
}

impl ColumnMapping {
    /// What the column holds for each answer, by code; nothing, with the problems noted, if that is not clear.
    fn values(&self, form: &Instrument, problems: &mut Problems) -> Option<Vec<Value>> {
        let before = problems.0.len();
        let mut problem = |message: String| {
            problems.push(Problem::new(&self.name, format!("column `{}`: {message}", self.name)));
        };
        let Some(place) = form.position(&self.indicator) else {
            problem(format!("form `{}` has no indicator `{}`", form.id(), self.indicator));
            return None;
        };
        let indicator = &form.indicators()[place];
        if self.bins.is_some() && indicator.bins().is_none() {
            problem(format!(
                "`bins` is stated, but indicator `{}` has none on form `{}`",
                indicator.id,
                form.id()
            ));
        }
        let stated = self.numbers.keys().chain(self.texts.keys()).chain(&self.missing);
        for answer in stated.filter(|answer| indicator.code(answer).is_none()) {
            let list = indicator.answer_list();
            problem(format!("indicator `{}` has no answer `{answer}`, expected one of {list}", indicator.id));
        }
        for (answer, number) in self.numbers.iter().filter(|(_, number)| !number.is_finite()) {
            problem(format!(
                "answer `{answer}` is {number}, expected a finite number, or the answer in `missing`"
            ));
        }
        let mut values = Vec::with_capacity(indicator.n_answers());
        for answer in indicator.answers() {
            let mut of_answer = self.stated(&answer.id, indicator);
            match (of_answer.pop(), of_answer.len()) {
                (Some(value), 0) => values.push(value),
                (None, _) => problem(format!(
                    "answer `{}` to indicator `{}` has no value, expected one in `numbers`, `texts` or `missing`",
                    answer.id, indicator.id
                )),
                (Some(_), more) => problem(format!(
                    "answer `{}` to indicator `{}` is stated {} times, expected once",
                    answer.id,
                    indicator.id,
                    more + 1
                )),
            }
        }
        (problems.0.len() == before).then_some(values)
    }

    /// All that is stated of an answer.
    fn stated(&self, answer: &str, indicator: &Indicator) -> Vec<Value> {
        let mut found: Vec<Value> =
            self.numbers.get(answer).map(|number| Value::Number(*number)).into_iter().collect();
        found.extend(self.texts.get(answer).map(|text| Value::Text(text.clone())));
        found.extend(self.missing.iter().filter(|missing| *missing == answer).map(|_| Value::Missing));
        if let (Some(of), Some(bins)) = (self.bins, indicator.bins()) {
            let of_answer = bins.answers().iter().enumerate().filter(|(_, id)| *id == answer);
            found.extend(of_answer.map(|(bin, _)| range(bins, bin, of)));
        }
        found
    }
}

/// The numbers of a bin.
fn range(bins: &Bins, bin: usize, of: OfBins) -> Value {
    let from = bins.starts()[bin];
    let (to, closed) = bins.starts().get(bin + 1).map_or((bins.most(), true), |next| (*next, false));
    match of {
        OfBins::Any => Value::Range { from, to, closed },
        OfBins::Whole => {
            let last = if closed { to.floor() } else { (to - 1.0).ceil() };
            Value::Range { from: from.ceil(), to: last, closed: true }
        }
    }
}

/// Columns that a message names of many.
const LISTED: usize = 12;

fn listed(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    let more =
        if names.len() > LISTED { format!(" and {} more", names.len() - LISTED) } else { String::new() };
    first.join(", ") + &more
}

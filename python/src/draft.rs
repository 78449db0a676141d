//! Drafts of a form and all that goes with it, from a data frame.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::{AnswerReader, CellKind, Error as DataError, Problems, Source, Status};
use amparo_lab::{DraftPlan, Error, Order};
use arrow_array::RecordBatch;
use arrow_schema::Schema;
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

use crate::error::{OrRefused, input_error, refused};
use crate::foreign;
use crate::frame::{self, Meaning, Reading, Value, Wrong};
use crate::instrument::Instrument;

/// The form and the source of a draft, by the names of their files.
const FORM: &str = "instrument.toml";
const SOURCE: &str = "source.toml";

/// A drafted form, how the columns of a frame are read as its answers, and the other files of a draft, if it has any.
#[pyclass(frozen, module = "amparo._amparo")]
pub struct Draft {
    files: BTreeMap<String, String>,
    decide: Vec<String>,
    instrument: Arc<amparo_datasets::Instrument>,
    source: Source,
}

/// What is stated of a column's order: all of its texts, or `rising` or `falling`.
#[derive(FromPyObject)]
enum Stated {
    Direction(String),
    Texts(Vec<String>),
}

#[pymethods]
impl Draft {
    /// A draft of all files for a frame, or of the form alone, in which every column is a question.
    #[staticmethod]
    #[pyo3(signature = (table, name, form_only, ordered, unknown, outcome=None, event=None))]
    #[expect(clippy::too_many_arguments, reason = "called by the package only")]
    fn of_table(
        py: Python<'_>,
        table: PyTable,
        name: &str,
        form_only: bool,
        ordered: Vec<(String, Stated)>,
        unknown: Vec<String>,
        outcome: Option<String>,
        event: Option<String>,
    ) -> PyResult<Self> {
        let ordered = ordered.iter().map(|(column, stated)| Ok((column.as_str(), order(stated)?)));
        let ordered: Vec<(&str, Order<'_>)> = ordered.collect::<Result<_, String>>().or_refused(py)?;
        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
        let plan = DraftPlan {
            table: name,
            name,
            outcome: outcome.as_deref().map(|column| (column, event.as_deref())),
            ordered: &ordered,
            unknown: &unknown,
            ..DraftPlan::default()
        };
        let (batches, schema) = table.into_inner();
        let drafted = py.detach(|| {
            let mut wrong = Wrong::default();
            let table = foreign::table(&batches, &schema, &mut wrong);
            if wrong.n > 0 {
                return Err(Refused::Table(wrong));
            }
            let draft = if form_only { amparo_lab::draft_form } else { amparo_lab::draft };
            draft(&table, &plan).map_err(|error| Refused::of(error, &table))
        });
        let draft = drafted.map_err(|refused| refused.raised(py))?;
        let files = draft.files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        Self::of_files(py, files, draft.decide)
    }

    /// A draft from its files.
    #[new]
    fn of_files(py: Python<'_>, files: BTreeMap<String, String>, decide: Vec<String>) -> PyResult<Self> {
        let file = |name: &str| {
            files
                .get(name)
                .ok_or_else(|| format!("the draft has no file `{name}`, expected one"))
                .or_refused(py)
        };
        let form = amparo_datasets::Instrument::from_toml(file(FORM)?, Path::new(FORM)).or_refused(py)?;
        let instrument = Arc::new(form);
        let source =
            Source::of_form(file(SOURCE)?, Path::new(SOURCE), Arc::clone(&instrument)).or_refused(py)?;
        Ok(Self { files, decide, instrument, source })
    }

    /// It is pickled as its files.
    fn __getnewargs__(&self) -> (BTreeMap<String, String>, Vec<String>) {
        (self.files.clone(), self.decide.clone())
    }

    /// Its files by name.
    #[getter]
    fn files(&self) -> BTreeMap<String, String> {
        self.files.clone()
    }

    /// What a person has to decide before anything rests on it.
    #[getter]
    fn decide(&self) -> Vec<String> {
        self.decide.clone()
    }

    /// The form.
    #[getter]
    fn instrument(&self) -> Instrument {
        Instrument(Arc::clone(&self.instrument))
    }

    /// The column that answers each indicator, in the order of the form.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.source.answer_readers().map(|reader| reader.column().to_owned()).collect()
    }

    /// The codes of the answers of a frame whose columns are those of the frame that it was drafted for, one row a form.
    fn read<'py>(
        &self,
        py: Python<'py>,
        table: PyTable,
        missing_is_unknown: bool,
        ignore_extra: bool,
    ) -> PyResult<Bound<'py, PyArray2<u8>>> {
        let (batches, schema) = table.into_inner();
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let codes = py.detach(|| {
            let columns = self.source.answer_readers().zip(self.instrument.indicators());
            let columns: Vec<Drafted<'_>> =
                columns.map(|(reader, indicator)| Drafted::new(reader, indicator.unknown())).collect();
            let reading = Reading { missing_is_unknown, ignore_extra, allow_empty: false };
            let expected = "columns of the draft only, or ignore_extra=True";
            frame::codes(&columns, &batches, &names, reading, expected)
        });
        let codes = codes.map_err(|wrong| input_error(py, wrong.listed, wrong.n))?;
        let n = self.instrument.indicators().len();
        Ok(Array2::from_shape_vec((codes.len() / n, n), codes).or_refused(py)?.into_pyarray(py))
    }

    /// Name and column of the proposed outcome, if the draft has one.
    #[getter]
    fn outcome(&self) -> Option<(String, String)> {
        let name = self.source.outcome_names().next()?;
        Some((name.to_owned(), self.source.status_reader(name)?.column().to_owned()))
    }

    /// Whether the proposed outcome happened in each row of a frame, and whether that is known.
    #[expect(clippy::type_complexity, reason = "two arrays")]
    fn events<'py>(
        &self,
        py: Python<'py>,
        table: PyTable,
    ) -> PyResult<(Bound<'py, PyArray1<bool>>, Bound<'py, PyArray1<bool>>)> {
        let reader = self.source.outcome_names().next().and_then(|name| self.source.status_reader(name));
        let Some(reader) = reader else { return Err(refused(py, &"the draft has no outcome, expected one")) };
        let (batches, schema) = table.into_inner();
        let mut wrong = Wrong::default();
        let status = cells(&batches, &schema, reader.column(), &mut wrong, |text, kind| {
            reader.read(text, kind).map_err(|expected| (format!("`{text}`"), expected))
        });
        if wrong.n > 0 {
            return Err(input_error(py, wrong.listed, wrong.n));
        }
        let is = |wanted: &dyn Fn(Status) -> bool| -> Vec<bool> {
            status.iter().map(|status| wanted(*status)).collect()
        };
        let happened = is(&|status| status == Status::Event);
        let known = is(&|status| matches!(status, Status::Event | Status::NoEvent));
        Ok((happened.into_pyarray(py), known.into_pyarray(py)))
    }

    /// The column of case ids, if one was found.
    #[getter]
    fn case_column(&self) -> Option<String> {
        self.source.case_reader().map(|reader| reader.column().to_owned())
    }

    /// The label of each row of a frame in each group that was found, by the group's name.
    fn groups(&self, py: Python<'_>, table: PyTable) -> PyResult<Vec<(String, Vec<String>)>> {
        let (batches, schema) = table.into_inner();
        let read = || {
            let mut wrong = Wrong::default();
            let mut groups = Vec::new();
            for reader in self.source.group_readers() {
                let labels = cells(&batches, &schema, reader.column(), &mut wrong, |text, kind| {
                    let label = reader.read(text, kind).map(str::to_owned);
                    label.map_err(|expected| (format!("`{text}`"), expected))
                });
                groups.push((reader.name().to_owned(), labels));
            }
            if wrong.n > 0 { Err(wrong) } else { Ok(groups) }
        };
        py.detach(read).map_err(|wrong| input_error(py, wrong.listed, wrong.n))
    }

    /// The id of the case of each row of a frame.
    fn cases(&self, py: Python<'_>, table: PyTable) -> PyResult<Vec<String>> {
        let Some(reader) = self.source.case_reader() else {
            return Err(refused(
                py,
                &"the draft has no column of cases, expected one: each row is a case of its own",
            ));
        };
        let read = |text: &str, kind| {
            reader.read(text, kind).map_err(|(found, expected)| (found, expected.to_owned()))
        };
        let (batches, schema) = table.into_inner();
        let mut wrong = Wrong::default();
        let cases = cells(&batches, &schema, reader.column(), &mut wrong, read);
        if wrong.n > 0 { Err(input_error(py, wrong.listed, wrong.n)) } else { Ok(cases) }
    }
}

fn order(stated: &Stated) -> Result<Order<'_>, String> {
    match stated {
        Stated::Texts(texts) => Ok(Order::Texts(texts.iter().map(String::as_str).collect())),
        Stated::Direction(text) => match text.as_str() {
            "rising" => Ok(Order::Rising),
            "falling" => Ok(Order::Falling),
            _ => Err(format!(
                "the order is `{text}`, expected a list of texts from least to most risk, `rising` or `falling`"
            )),
        },
    }
}

/// Why nothing was drafted.
enum Refused {
    Table(Wrong),
    Other(String),
}

impl Refused {
    /// Problems with columns as those of a frame.
    fn of(error: Error, table: &amparo_datasets::ForeignTable) -> Self {
        let Error::Data(DataError::Invalid { problems: Problems(problems), .. }) = error else {
            return Self::Other(error.to_string());
        };
        let mut wrong = Wrong::default();
        for problem in problems {
            let is_column = table.columns.iter().any(|column| column.name == problem.field);
            let column = if is_column { problem.field.as_str() } else { "" };
            let (found, expected) =
                problem.message.rsplit_once(", expected ").unwrap_or((&problem.message, ""));
            let found = found.strip_prefix(&format!("column `{column}` holds ")).unwrap_or(found);
            wrong.push(None, column, found, expected);
        }
        Self::Table(wrong)
    }

    fn raised(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Table(wrong) => input_error(py, wrong.listed, wrong.n),
            Self::Other(said) => refused(py, &said),
        }
    }
}

/// A column as it was drafted.
struct Drafted<'s> {
    reader: AnswerReader<'s>,
    unknown: u8,
    missing: Value,
    /// What the first numbers meant: few are different where each is an answer.
    numbers: RefCell<HashMap<u64, Value>>,
}

/// Numbers whose meaning is kept.
const KEPT: usize = 256;

impl<'s> Drafted<'s> {
    fn new(reader: AnswerReader<'s>, unknown: u8) -> Self {
        // What was missing in the draft was read as an answer there.
        let missing = reader.read("", CellKind::Text).map_or(Value::Missing, Value::Code);
        Self { reader, unknown, missing, numbers: RefCell::default() }
    }
}

impl Meaning for Drafted<'_> {
    fn column(&self) -> &str {
        self.reader.column()
    }

    fn unknown(&self) -> u8 {
        self.unknown
    }

    fn of_text(&self, text: &str, typed: bool) -> Value {
        let kind = if typed { CellKind::Value } else { CellKind::Text };
        let wrong = |expected| Value::Wrong { found: format!("`{text}`"), expected };
        self.reader.read(text, kind).map_or_else(wrong, Value::Code)
    }

    fn of_number(&self, number: f64) -> Value {
        let mut kept = self.numbers.borrow_mut();
        if let Some(value) = kept.get(&number.to_bits()) {
            return value.clone();
        }
        let wrong = |expected| Value::Wrong { found: number.to_string(), expected };
        let value = self.reader.read_number(number).map_or_else(wrong, Value::Code);
        if kept.len() < KEPT {
            kept.insert(number.to_bits(), value.clone());
        }
        value
    }

    fn of_boolean(&self, yes: bool) -> Option<Value> {
        Some(self.of_text(if yes { "true" } else { "false" }, true))
    }

    fn of_missing(&self) -> Value {
        self.missing.clone()
    }

    fn expected(&self) -> String {
        match self.reader.read("\u{0}", CellKind::Text) {
            Err(expected) => expected,
            Ok(_) => "an answer".to_owned(),
        }
    }

    fn types(&self) -> &'static str {
        "texts, categories, numbers, booleans or days"
    }
}

/// The cells of one column, each read; what is wrong with them is noted.
fn cells<T>(
    batches: &[RecordBatch],
    schema: &Schema,
    column: &str,
    wrong: &mut Wrong,
    read: impl Fn(&str, CellKind) -> Result<T, (String, String)>,
) -> Vec<T> {
    let mut found = Vec::new();
    let Some(at) = schema.fields().iter().position(|field| field.name() == column) else {
        wrong.push(None, column, "no such column", "a column of the draft");
        return found;
    };
    let kind = match foreign::is_typed(schema.field(at).data_type()) {
        true => CellKind::Value,
        false => CellKind::Text,
    };
    let mut row = 0;
    for batch in batches {
        let texts = match foreign::texts(batch.column(at).as_ref()) {
            Ok(texts) => texts,
            Err(why) => {
                wrong.push(None, column, why, "texts, numbers or booleans");
                return found;
            }
        };
        for text in texts {
            match read(&text, kind) {
                Ok(value) => found.push(value),
                Err((what, expected)) => wrong.push(Some(row), column, what, expected),
            }
            row += 1;
        }
    }
    found
}

//! Answer codes on their way into the graph: checked, and as each model reads them.

use amparo_datasets::Instrument;
use amparo_models::pooling::Pooling;

use super::builder::{Builder, Value};
use crate::onnx::proto::element;

/// A matrix of codes, one row a case and one column an indicator, and the form that it is of.
pub struct Codes {
    /// The codes.
    pub codes: Value,
    /// How many answers each indicator has.
    pub n_answers: Vec<usize>,
    /// For each code the place of its answer in a list of the answers to all indicators, one after the other.
    places: Value,
}

impl Codes {
    /// The codes that are fed in, with 0 for each that the form does not have, and whether a row has no such one.
    pub fn fed(graph: &mut Builder, input: &Value, instrument: &Instrument) -> (Self, Value) {
        let n_answers: Vec<usize> = instrument.indicators().iter().map(|i| i.n_answers()).collect();
        let zero = graph.integer("no_code", 0);
        let ends: Vec<i64> = n_answers.iter().map(|&n| n as i64).collect();
        let ends = graph.integers("numbers_of_answers", &[1, n_answers.len()], &ends);
        let from = graph.op("GreaterOrEqual", "code_not_below", &[input, &zero]);
        let to = graph.op("Less", "code_not_above", &[input, &ends]);
        let known = graph.op("And", "code_known", &[&from, &to]);
        let codes = graph.op("Where", "codes", &[&known, input, &zero]);
        let known = graph.cast("code_known_number", &known, element::INT64);
        let all = graph.by_row("ReduceMin", "all_codes_known", &known);
        let all = graph.cast("row_known", &all, element::BOOL);
        (Self::of(graph, "form", codes, n_answers), all)
    }

    /// The codes as a model reads them, which are the same ones where no indicator is wide.
    pub fn pooled(
        &self,
        graph: &mut Builder,
        name: &str,
        pooling: &Pooling,
        instrument: &Instrument,
    ) -> Self {
        if pooling.wide().is_empty() {
            let (codes, places) = (self.codes.clone(), self.places.clone());
            return Self { codes, places, n_answers: self.n_answers.clone() };
        }
        let pools = self.by_answer(|j, code| {
            let mut row = vec![0; self.n_answers.len()];
            row[j] = code as u8;
            i64::from(pooling.row(&row)[j])
        });
        let table = graph.integers(&format!("{name}_pools"), &[pools.len()], &pools);
        let codes = graph.op("Gather", &format!("{name}_codes"), &[&table, &self.places]);
        let n_answers = pooling.form(instrument).indicators().iter().map(|i| i.n_answers()).collect();
        Self::of(graph, name, codes, n_answers)
    }

    /// The number of each answer of a row, from a list of the answers to all indicators.
    pub fn gather(&self, graph: &mut Builder, name: &str, table: &Value) -> Value {
        graph.op("Gather", name, &[table, &self.places])
    }

    /// Something of each answer, in the order of that list.
    pub fn by_answer<T>(&self, of: impl Fn(usize, usize) -> T) -> Vec<T> {
        let answers = self.n_answers.iter().enumerate().flat_map(|(j, &n)| (0..n).map(move |code| (j, code)));
        answers.map(|(j, code)| of(j, code)).collect()
    }

    fn of(graph: &mut Builder, name: &str, codes: Value, n_answers: Vec<usize>) -> Self {
        let mut start = 0;
        let starts: Vec<i64> = n_answers
            .iter()
            .map(|&n| {
                let here = start;
                start += n as i64;
                here
            })
            .collect();
        let starts = graph.integers(&format!("{name}_starts"), &[1, starts.len()], &starts);
        let places = graph.op("Add", &format!("{name}_places"), &[&codes, &starts]);
        Self { codes, n_answers, places }
    }
}

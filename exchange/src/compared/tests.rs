use std::cell::Cell;

use super::*;
use crate::Scored;
use crate::onnx::proto::{ModelProto, element};
use crate::testing::file;
use amparo_datasets::Polarity;
use amparo_datasets::testing::{self, Question, Scale};
use prost::Message;

/// A form of as many indicators as the network of scikit-learn has columns.
fn form() -> std::sync::Arc<Instrument> {
    let ids: Vec<String> = (0..graph().inputs().len()).map(|at| format!("I{at}")).collect();
    let questions: Vec<Question> =
        ids.iter().map(|id| Question::new(id, Polarity::Risk, Scale::binary())).collect();
    testing::instrument("network", &questions)
}

fn graph() -> Graph {
    Graph::read(file("onnx-network.onnx")).unwrap()
}

fn mapping() -> String {
    crate::mapping::suggested(&graph().inputs(), &form())
}

/// What stands for a network: the product of what the columns hold, where a missing value is 0.5.
fn network(columns: &[(String, Vec<String>)]) -> Result<Vec<f64>, Error> {
    let cell = |text: &String| if text.is_empty() { 0.5 } else { text.parse::<f64>().unwrap() };
    let n_rows = columns[0].1.len();
    Ok((0..n_rows)
        .map(|row| {
            let sum: f64 = columns.iter().map(|(_, cells)| cell(&cells[row])).sum();
            1.0 / (1.0 + (-(sum - 1.0) * sum).exp())
        })
        .collect())
}

fn named(table: &[(String, Vec<String>)]) -> Vec<(&str, &[String])> {
    table.iter().map(|(name, cells)| (name.as_str(), cells.as_slice())).collect()
}

/// The model, if the original program says `original` of the probes.
fn compared(original: &mut Run<'_>) -> Result<ComparedModel, Error> {
    let (form, graph, mapping) = (form(), graph(), mapping());
    let mapped = MappedGraph::new(&graph, &mapping, &form).unwrap();
    let table = mapped.probes();
    let predictions: Vec<String> = original(&table)?.iter().map(f64::to_string).collect();
    let (columns, compared) = (named(&table), Compared::Probability);
    let scored = Scored { columns: &columns, predictions: &predictions, compared };
    mapped.compared(&scored, "table".to_owned(), &mut network)
}

#[test]
fn a_graph_that_agrees_becomes_a_file_that_runs_again() {
    let model = compared(&mut network).unwrap();
    assert_eq!(model.record.check.largest_difference.to_bits(), 0.0_f64.to_bits());
    assert!(model.record.program.as_ref().unwrap().starts_with("skl2onnx"));
    let text = serde_json::to_string(&model).unwrap();
    let again = ComparedModel::from_json(&text).unwrap();
    assert_eq!(again, model);
    let form = form();
    let rows = amparo_models::testing::all_forms(&form);
    let on = again.on(&form).unwrap();
    let found = on.probabilities(rows.iter().map(Vec::as_slice), &mut network).unwrap();
    let expected = rows.iter().map(|row| {
        let sum: f64 = row.iter().map(|&code| [0.0, 1.0, 0.5][usize::from(code)]).sum();
        1.0 / (1.0 + (-(sum - 1.0) * sum).exp())
    });
    let error = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(error <= 1e-15, "{error}");
    // A graph of log-odds gives probabilities too.
    let on = OnForm { predicts: Compared::LogOdds, ..on };
    let mut log_odds = |columns: &[(String, Vec<String>)]| {
        Ok(network(columns)?.into_iter().map(amparo_models::probability::logit).collect())
    };
    let of_log_odds = on.probabilities(rows.iter().map(Vec::as_slice), &mut log_odds).unwrap();
    let error = found.iter().zip(&of_log_odds).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(error <= 1e-15, "{error}");
    assert!(found.iter().any(|p| (p - found[0]).abs() > 0.1));
}

#[test]
fn more_than_rounding_is_refused_with_the_row_and_both_numbers() {
    let rounded =
        compared(&mut |columns| Ok(network(columns)?.iter().map(|&p| f64::from(p as f32)).collect()));
    let found = rounded.unwrap().record.check.largest_difference;
    assert!(0.0 < found && found <= 6e-8, "{found}");
    // Only where nothing is known of the first indicator.
    let other = compared(&mut |columns| {
        let said = network(columns)?;
        let missing = columns[0].1.iter().map(String::is_empty);
        Ok(said.iter().zip(missing).map(|(p, missing)| if missing { p * 0.999 } else { *p }).collect())
    });
    let Err(Error::Differs { ours, theirs, compared: "probability", .. }) = other else {
        panic!("{other:?}")
    };
    assert!((theirs - 0.999 * ours).abs() <= 1e-12);
}

#[test]
fn rows_have_to_show_every_pair_of_answers() {
    let (form, graph, mapping) = (form(), graph(), mapping());
    let mapped = MappedGraph::new(&graph, &mapping, &form).unwrap();
    let table: Vec<(String, Vec<String>)> =
        mapped.probes().into_iter().map(|(name, cells)| (name, cells[..cells.len() - 1].to_vec())).collect();
    let predictions: Vec<String> = network(&table).unwrap().iter().map(f64::to_string).collect();
    let (columns, compared) = (named(&table), Compared::Probability);
    let scored = Scored { columns: &columns, predictions: &predictions, compared };
    let told = mapped.compared(&scored, "table".to_owned(), &mut network).unwrap_err().to_string();
    assert!(told.contains("no row has `I"), "{told}");
    assert!(told.contains("combinations of answers that the model tells apart"), "{told}");
}

#[test]
fn what_a_graph_says_is_a_probability_for_each_row() {
    let (form, model) = (form(), compared(&mut network).unwrap());
    let on = model.on(&form).unwrap();
    let row = vec![0; form.indicators().len()];
    let rows = || std::iter::repeat_n(row.as_slice(), BATCH + 3);
    let told = |run: &mut Run<'_>| on.probabilities(rows(), run).unwrap_err().to_string();
    let calls = Cell::new(0);
    let mut last_wrong = |columns: &[(String, Vec<String>)]| {
        calls.set(calls.get() + 1);
        let mut said = network(columns)?;
        if calls.get() == 2 {
            said[1] = f64::NAN;
        }
        Ok(said)
    };
    assert_eq!(told(&mut last_wrong), "row 16386: the graph says NaN, expected a probability from 0 to 1");
    let mut few = |columns: &[(String, Vec<String>)]| Ok(network(columns)?[1..].to_vec());
    assert_eq!(told(&mut few), "row 16384: the graph says nothing, expected a probability from 0 to 1");
    assert!(told(&mut |columns| Ok(vec![1.5; columns[0].1.len()])).contains("row 1: the graph says 1.5"));
}

#[test]
fn a_mapping_states_what_a_column_can_hold() {
    let (form, graph) = (form(), graph());
    let told = |mapping: &str| MappedGraph::new(&graph, mapping, &form).unwrap_err().to_string();
    let mapping = mapping();
    let texts = mapping.replacen("{ \"absent\" = 0, \"present\" = 1 }", "{}", 1);
    assert!(told(&texts).contains("has no value"), "{}", told(&texts));
    let texts = mapping.replacen(
        "numbers = { \"absent\" = 0, \"present\" = 1 }",
        "texts = { absent = \"no\", present = \"yes\" }",
        1,
    );
    assert!(told(&texts).contains("of the graph holds numbers, or nothing"), "{}", told(&texts));
    // A column that is left out, as every column may matter.
    let start = mapping.rfind("# Guessed").unwrap();
    assert!(told(&mapping[..start]).contains("which the mapping does not have"));
    let bins = mapping.replacen("numbers = { \"absent\" = 0, \"present\" = 1 }", "bins = \"any\"", 1);
    assert!(told(&bins).contains("two numbers of one bin may differ"), "{}", told(&bins));
}

#[test]
fn columns_of_whole_numbers_and_texts_have_no_missing_value() {
    let with = |element: i32| {
        let mut model = ModelProto::decode(file("onnx-network.onnx").as_slice()).unwrap();
        let input = &mut model.graph.as_mut().unwrap().input[0];
        let of = input.r#type.as_mut().unwrap().value.as_mut().unwrap();
        let crate::onnx::proto::Type::Tensor(tensor) = of else { panic!("a table") };
        tensor.elem_type = element;
        Graph::read(model.encode_to_vec()).unwrap()
    };
    let (form, mapping) = (form(), mapping());
    let told = |element| MappedGraph::new(&with(element), &mapping, &form).unwrap_err().to_string();
    assert!(told(element::INT64).contains("whole numbers, of which none is missing"));
    assert!(told(element::STRING).contains("texts, of which none is missing"));
    assert!(MappedGraph::new(&with(element::DOUBLE), &mapping, &form).is_ok());
}

#[test]
fn changed_and_foreign_files_are_refused() {
    let text = serde_json::to_string(&compared(&mut network).unwrap()).unwrap();
    let told = |text: &str| ComparedModel::from_json(text).unwrap_err().to_string();
    let graph = text.find("\"graph\":\"").unwrap() + 40;
    let other = if &text[graph..=graph] == "A" { "B" } else { "A" };
    let changed = [&text[..graph], other, &text[graph + 1..]].concat();
    assert!(told(&changed).contains("the graph that was compared"), "{}", told(&changed));
    assert!(told(&text.replacen("\"format\":1", "\"format\":2", 1)).contains("`format`"));
    assert!(told("{}").contains("amparo import --compare-only"));
    let model = ComparedModel::from_json(&text).unwrap();
    let other = crate::small::form();
    let told = model.on(&other).unwrap_err().to_string();
    assert!(told.contains("was mapped to form `network`"), "{told}");
    let mut elsewhere = ModelProto::decode(file("onnx-network.onnx").as_slice()).unwrap();
    elsewhere.graph.as_mut().unwrap().initializer[0].data_location = 1;
    let told = Graph::read(elsewhere.encode_to_vec()).unwrap_err().to_string();
    assert!(told.contains("numbers in another file"), "{told}");
    assert!(Graph::read(b"{}".to_vec()).is_err());
}

//! Rows scored by ONNX Runtime itself, in this process and on one thread.
//!
//! Its library is no part of this program. It is loaded from where it is installed, for example by
//! `pip install onnxruntime==1.31.1`, whose package has it in `onnxruntime/capi`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::value::{DynValue, Tensor};
use prost::Message;

use super::proto::{ModelProto, TensorType, Type, TypeProto, element};
use super::read::inputs::{self, Input};
use crate::Error;

/// What to do where there is no library.
const INSTALL: &str = "install it with `pip install onnxruntime==1.31.1` and state the folder `onnxruntime/capi` of that package, which holds \
    `libonnxruntime.so`, in `AMPARO_ONNXRUNTIME`";

/// Rows that are scored at a time.
const BATCH: usize = 4096;

/// A graph in ONNX Runtime.
pub struct Runtime {
    session: Session,
    inputs: Vec<Input>,
    output: String,
}

impl Runtime {
    /// Loads the library from a file, or from a folder that holds it, and a graph into it.
    ///
    /// # Errors
    /// [`Error::Runtime`] if there is no library, or it does not take the graph; what is wrong with a file that is no graph.
    pub fn new(library: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let file = found(library)?;
        let mut model = ModelProto::decode(bytes).map_err(|error| refused(error, "read the model first"))?;
        let changed = without_maps(&mut model);
        let bytes = if changed { Cow::Owned(model.encode_to_vec()) } else { Cow::Borrowed(bytes) };
        let graph =
            model.graph.as_ref().ok_or_else(|| refused("there is no graph", "read the model first"))?;
        let (inputs, output) = (inputs::all(graph)?, inputs::predicted(graph)?.to_owned());
        let environment = environment(file)?;
        let session = Session::builder(&environment)
            .map_err(|error| error.to_string())
            .and_then(|builder| builder.with_intra_threads(1).map_err(|error| error.to_string()))
            .and_then(|mut builder| builder.commit_from_memory(&bytes).map_err(|error| error.to_string()))
            .map_err(|error| refused(error, "use a runtime that knows the operators of the graph"))?;
        Ok(Self { session, inputs, output })
    }

    /// What the graph predicts for rows of texts: the second of two numbers, or the only one. A column of the graph that is not there holds 0,
    /// or an empty text; an empty cell is a missing number.
    ///
    /// # Errors
    /// [`Error::Runtime`] with the first cell that is not of the type of its column, and with what the runtime says.
    pub fn scored(&mut self, columns: &[(String, Vec<String>)]) -> Result<Vec<f64>, Error> {
        let by_name: HashMap<&str, &[String]> =
            columns.iter().map(|(name, cells)| (name.as_str(), cells.as_slice())).collect();
        let n_rows = columns.first().map_or(0, |(_, cells)| cells.len());
        let mut found = Vec::with_capacity(n_rows);
        let mut from = 0;
        while from < n_rows {
            let rows = from..n_rows.min(from + BATCH);
            let fed = self
                .inputs
                .iter()
                .map(|input| Ok((input.name.clone(), tensor(input, &by_name, rows.clone())?)));
            let fed = fed.collect::<Result<Vec<(String, DynValue)>, Error>>()?;
            let said = self.session.run(fed).map_err(|error| refused(error, "correct the rows"))?;
            let output = said.get(&self.output).ok_or_else(|| refused("the output is missing", INSTALL))?;
            let numbers: Vec<f64> = match output.try_extract_tensor::<f32>() {
                Ok((_, numbers)) => numbers.iter().map(|&x| f64::from(x)).collect(),
                Err(_) => {
                    let wide = output.try_extract_tensor::<f64>();
                    wide.map_err(|error| refused(error, "export the model with one output of probabilities"))?
                        .1
                        .to_vec()
                }
            };
            let width = numbers.len() / rows.len().max(1);
            if !matches!(width, 1 | 2) || width * rows.len() != numbers.len() {
                let problem = format!("{} numbers for {} rows", numbers.len(), rows.len());
                return Err(refused(problem, "export the model with one output of probabilities"));
            }
            found.extend(numbers.chunks(width).filter_map(|row| row.last()));
            from = rows.end;
        }
        Ok(found)
    }
}

/// The library, which is loaded once and stays.
///
/// # Errors
/// If it cannot be loaded, or another one is.
fn environment(file: PathBuf) -> Result<Environment, Error> {
    static LOADED: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, environment)) = &*loaded {
        if *of == file {
            return Ok(environment.clone());
        }
        return Err(refused(format!("`{}` is loaded already", of.display()), "state one library"));
    }
    let failed = |error: &dyn std::fmt::Display| refused(format!("`{}`: {error}", file.display()), INSTALL);
    let builder = ort::init_from(&file).map_err(|error| failed(&error))?;
    let environment = builder.build().map_err(|error| failed(&error))?;
    *loaded = Some((file, environment.clone()));
    Ok(environment)
}

/// The file of the library: that one, or the one in that folder.
fn found(library: &Path) -> Result<PathBuf, Error> {
    if library.is_file() {
        return Ok(library.to_owned());
    }
    let is_library = |name: &str| {
        name.starts_with("libonnxruntime.so")
            || (name.starts_with("libonnxruntime.") && name.ends_with(".dylib"))
            || name == "onnxruntime.dll"
    };
    let files = std::fs::read_dir(library).map(|entries| entries.flatten().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = files
        .map(|files| {
            files
                .filter(|path| path.file_name().is_some_and(|name| is_library(&name.to_string_lossy())))
                .collect()
        })
        .map_err(|error| refused(format!("`{}`: {error}", library.display()), INSTALL))?;
    files.sort();
    let none = || refused(format!("`{}` holds no `libonnxruntime.so`", library.display()), INSTALL);
    files.into_iter().next().ok_or_else(none)
}

fn refused(problem: impl std::fmt::Display, instead: &str) -> Error {
    Error::Runtime { problem: problem.to_string(), instead: instead.to_owned() }
}

/// Takes the numbers before they become maps of class and number; whether there were any.
fn without_maps(model: &mut ModelProto) -> bool {
    let Some(graph) = &mut model.graph else { return false };
    let Some(place) = graph.node.iter().position(|node| node.op_type == "ZipMap") else { return false };
    let maps = graph.node.remove(place);
    let (Some(numbers), Some(output)) = (maps.input.first(), maps.output.first()) else { return false };
    for info in graph.output.iter_mut().filter(|info| info.name == *output) {
        info.name.clone_from(numbers);
        let tensor = TensorType { elem_type: element::FLOAT, shape: None };
        info.r#type = Some(TypeProto { value: Some(Type::Tensor(tensor)), ..TypeProto::default() });
    }
    true
}

/// Some rows of an input.
fn tensor<'a>(
    input: &Input,
    by_name: &HashMap<&'a str, &'a [String]>,
    rows: std::ops::Range<usize>,
) -> Result<DynValue, Error> {
    let cells: Vec<Option<&'a [String]>> =
        input.columns.iter().map(|name| by_name.get(name.as_str()).copied()).collect();
    let shape = [rows.len(), cells.len()];
    let each = rows.flat_map(|row| (0..cells.len()).map(move |column| (row, column)));
    let text = |(row, column): (usize, usize)| -> &'a str {
        cells[column].map_or("", |cells| cells.get(row).map_or("", |cell| cell.trim()))
    };
    let number = |(row, column): (usize, usize)| -> Result<f64, Error> {
        match (cells[column].is_some(), text((row, column))) {
            (false, _) => Ok(0.0),
            (true, "") => Ok(f64::NAN),
            (true, text) => text.parse().map_err(|_| {
                refused(
                    format!(
                        "column `{}` holds `{text}` in row {}, expected a number",
                        input.columns[column],
                        row + 1
                    ),
                    "correct the mapping",
                )
            }),
        }
    };
    let whole = |place: (usize, usize)| -> Result<i64, Error> {
        let x = number(place)?;
        if x.fract().abs() <= 0.0 && x.abs() < 9e15 {
            return Ok(x as i64);
        }
        let problem = format!(
            "column `{}` holds `{}` in row {}, expected a whole number",
            input.columns[place.1],
            text(place),
            place.0 + 1
        );
        Err(refused(problem, "correct the mapping"))
    };
    let made = match input.element {
        element::FLOAT => {
            let data = each.map(|place| Ok(number(place)? as f32)).collect::<Result<Vec<f32>, Error>>()?;
            Tensor::from_array((shape, data)).map(Tensor::into_dyn)
        }
        element::DOUBLE => {
            let data = each.map(number).collect::<Result<Vec<f64>, Error>>()?;
            Tensor::from_array((shape, data)).map(Tensor::into_dyn)
        }
        element::INT64 => {
            let data = each.map(whole).collect::<Result<Vec<i64>, Error>>()?;
            Tensor::from_array((shape, data)).map(Tensor::into_dyn)
        }
        element::INT32 => {
            let data = each.map(|place| Ok(whole(place)? as i32)).collect::<Result<Vec<i32>, Error>>()?;
            Tensor::from_array((shape, data)).map(Tensor::into_dyn)
        }
        element::BOOL => {
            let data = each.map(|place| Ok(whole(place)? != 0)).collect::<Result<Vec<bool>, Error>>()?;
            Tensor::from_array((shape, data)).map(Tensor::into_dyn)
        }
        _ => {
            let data: Vec<String> = each.map(|place| text(place).to_owned()).collect();
            Tensor::from_string_array((shape, data.as_slice())).map(Tensor::into_dyn)
        }
    };
    made.map_err(|error| refused(error, "correct the rows"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::Value as Json;

    use amparo_models::probability::sigmoid;

    use super::*;
    use crate::foreign::{Scale, Value};
    use crate::testing::{file, sum};

    /// The library, for those who have it.
    fn library() -> Option<PathBuf> {
        std::env::var_os("AMPARO_ONNXRUNTIME").map(PathBuf::from)
    }

    /// The rows beside a file as columns of texts.
    fn columns(name: &str) -> (Json, Vec<(String, Vec<String>)>) {
        let rows: Json = serde_json::from_slice(&file(&format!("{name}.rows.json"))).unwrap();
        let cell = |value: &Json| match value {
            Json::Null => String::new(),
            Json::String(text) => text.clone(),
            number => number.to_string(),
        };
        let column = |(at, column): (usize, &Json)| {
            let cells = rows["rows"].as_array().unwrap().iter().map(|row| cell(&row[at])).collect();
            (column.as_str().unwrap().to_owned(), cells)
        };
        let columns = rows["columns"].as_array().unwrap().iter().enumerate().map(column).collect();
        (rows, columns)
    }

    #[test]
    fn classifiers_of_every_kind_are_read_as_the_runtime_runs_them_or_refused() {
        let Some(library) = library() else { return };
        let (_, columns) = columns("onnx-boosted.onnx");
        let row = |at: usize| -> Vec<Value> {
            columns.iter().map(|(_, cells)| Value::Number(cells[at].parse().unwrap())).collect()
        };
        let (mut n_read, mut n_refused) = (0, 0);
        for variant in 0..72 {
            let post = ["NONE", "LOGISTIC", "SOFTMAX"][variant % 3];
            let base: &[f32] = [&[][..], &[0.25], &[0.1, 0.25]][variant / 3 % 3];
            let (class, absolute, doubled) = (variant / 9 % 2, variant / 18 % 2 == 1, variant / 36 == 1);
            let mut model = ModelProto::decode(file("onnx-boosted.onnx").as_slice()).unwrap();
            let node = &mut model.graph.as_mut().unwrap().node[0];
            for attribute in &mut node.attribute {
                match attribute.name.as_str() {
                    "post_transform" => attribute.s = Some(post.as_bytes().to_vec()),
                    "base_values" => attribute.floats = base.to_vec(),
                    "class_ids" => attribute.ints.iter_mut().for_each(|id| *id = class as i64),
                    "class_weights" if absolute => attribute.floats.iter_mut().for_each(|x| *x = x.abs()),
                    _ => {}
                }
                // The weights of the other class beside them.
                if doubled && attribute.name.starts_with("class_") {
                    attribute.ints.extend(attribute.ints.clone());
                    let n = attribute.ints.len();
                    if attribute.name == "class_ids" {
                        attribute.ints[n / 2..].iter_mut().for_each(|id| *id = 1 - *id);
                    }
                    let other: Vec<f32> = attribute.floats.iter().map(|x| 0.5 - x).collect();
                    attribute.floats.extend(other);
                }
            }
            let bytes = model.encode_to_vec();
            let Ok(read) = crate::onnx::read::read(&bytes) else {
                n_refused += 1;
                continue;
            };
            n_read += 1;
            let said = Runtime::new(&library, &bytes).unwrap().scored(&columns).unwrap();
            let is_odds = read.origin.notes.iter().any(|note| note.contains("log-odds, no probability"));
            for (at, said) in said.iter().enumerate() {
                let sum = sum(&read, &row(at));
                let ours = if read.scale == Scale::LogOdds && !is_odds { sigmoid(sum) } else { sum };
                assert!((ours - said).abs() <= 1e-6, "variant {variant}: {ours} instead of {said}");
            }
        }
        assert!(n_read >= 20 && n_refused >= 20, "{n_read} read, {n_refused} refused");
    }

    #[test]
    fn rows_get_what_the_same_runtime_said_of_them_in_python() {
        let Some(library) = library() else { return };
        for name in ["logistic-zipmap", "forest", "columns", "forest-double", "lightgbm"] {
            let name = format!("onnx-{name}.onnx");
            let (rows, columns) = columns(&name);
            let found = Runtime::new(&library, &file(&name)).unwrap().scored(&columns).unwrap();
            let expected = rows["probabilities"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap());
            let error = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(error <= 1e-6, "{name}: {error}");
            assert!(
                found.iter().any(|x| (x - found[0]).abs() > 0.01),
                "rows that all get one number would show nothing"
            );
        }
    }

    #[test]
    fn a_library_that_is_not_there_is_told_with_what_to_install() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none");
        for place in [folder.path(), &missing] {
            let Err(error) = Runtime::new(place, &file("onnx-forest.onnx")) else { panic!() };
            let told = error.to_string();
            assert!(
                told.contains("pip install onnxruntime") && told.contains("AMPARO_ONNXRUNTIME"),
                "{told}"
            );
        }
        let other = folder.path().join("libonnxruntime.so.1");
        std::fs::write(&other, "no library").unwrap();
        let Err(error) = Runtime::new(folder.path(), &file("onnx-forest.onnx")) else { panic!() };
        assert!(error.to_string().contains("libonnxruntime.so.1"), "{error}");
    }
}

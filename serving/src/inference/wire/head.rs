//! What a request asks for, and where its tensors lie. The elements of a tensor are read when somebody wants them, so that nothing is
//! made of a tensor that is too long.

use serde_json::error::Category;
use serde_json::value::RawValue;

use super::object::{Object, unexpected};
use super::{Datatype, Problem};

/// A request for inference.
#[derive(Debug)]
pub struct Request<'a> {
    /// Given back with the answer.
    pub id: Option<String>,
    /// The model, which the path names too.
    pub model_name: Option<String>,
    /// The tensors.
    pub inputs: Vec<Input<'a>>,
    /// What is wanted; none if nothing is named.
    pub outputs: Option<Vec<Wanted>>,
    /// Whether outputs that say nothing themselves are wanted as bytes.
    pub binary_output: bool,
}

/// A tensor of a request.
#[derive(Debug)]
pub struct Input<'a> {
    /// Its name.
    pub name: String,
    /// What its elements are.
    pub datatype: Datatype,
    /// Length by axis.
    pub shape: Vec<usize>,
    pub(super) data: Data<'a>,
}

/// Where the elements are.
#[derive(Debug)]
pub(super) enum Data<'a> {
    /// In the JSON, as a list of elements or of lists.
    Json(&'a RawValue),
    /// Behind it.
    Binary(&'a [u8]),
}

/// An output that was named.
#[derive(Debug)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Whether it is wanted as bytes; as the request says, if it does not say.
    pub binary: Option<bool>,
}

/// Why a body is no request.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not JSON.
    NotJson(String),
    /// It is JSON, and this is wrong with it.
    Wrong(Vec<Problem>),
}

/// Reads a request: its JSON, and the bytes behind it.
///
/// # Errors
/// Everything that is wrong with it, but for the elements of its tensors.
pub fn read<'a>(json: &'a [u8], binary: &'a [u8]) -> Result<Request<'a>, Unreadable> {
    let body = Object::whole(json).map_err(|error| match error.classify() {
        Category::Data => Unreadable::Wrong(vec![Problem::new("body", error.to_string())]),
        Category::Io | Category::Syntax | Category::Eof => Unreadable::NotJson(error.to_string()),
    })?;
    let mut problems = Vec::new();
    body.only(&["id", "model_name", "parameters", "inputs", "outputs"], &mut problems);
    let id = body.typed("id", "a text", &mut problems);
    let model_name = body.typed("model_name", "a text", &mut problems);
    let parameters = parameters(&body, &mut problems);
    let binary_output = flag(parameters.as_ref(), "binary_data_output", &mut problems).unwrap_or(false);
    let listed: Vec<&RawValue> =
        body.needed("inputs", "a list of tensors", &mut problems).unwrap_or_default();
    let mut behind = Behind { rest: binary, asked: 0 };
    let inputs = listed.into_iter().enumerate();
    let inputs: Vec<_> =
        inputs.filter_map(|(n, input)| tensor(n, input, &mut behind, &mut problems)).collect();
    if problems.is_empty() && behind.asked != binary.len() as u64 {
        let message = format!(
            "{} bytes follow the JSON, and the inputs say that {} do: in all, `binary_data_size`",
            binary.len(),
            behind.asked
        );
        problems.push(Problem::new("inputs", message));
    }
    let listed: Option<Vec<&RawValue>> = body.typed("outputs", "a list of outputs", &mut problems);
    let outputs = listed.filter(|outputs| !outputs.is_empty()).map(|outputs| {
        let outputs = outputs.into_iter().enumerate();
        outputs.filter_map(|(n, output)| wanted(n, output, &mut problems)).collect()
    });
    if problems.is_empty() {
        Ok(Request { id, model_name, inputs, outputs, binary_output })
    } else {
        Err(Unreadable::Wrong(problems))
    }
}

/// The bytes behind the JSON that no tensor has taken yet.
struct Behind<'a> {
    rest: &'a [u8],
    /// How many all tensors together have asked for.
    asked: u64,
}

impl<'a> Behind<'a> {
    fn take(&mut self, size: u64) -> Option<&'a [u8]> {
        self.asked = self.asked.saturating_add(size);
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(size).ok()?)?;
        self.rest = rest;
        Some(taken)
    }
}

fn tensor<'a>(
    n: usize,
    value: &'a RawValue,
    behind: &mut Behind<'a>,
    problems: &mut Vec<Problem>,
) -> Option<Input<'a>> {
    let object = Object::inner(&format!("inputs.{n}"), value, problems);
    object.only(&["name", "shape", "datatype", "parameters", "data"], problems);
    let name: Option<String> = object.needed("name", "a text", problems);
    let shape: Option<Vec<usize>> = object.needed("shape", "a list of whole numbers", problems);
    let datatype = datatype(&object, problems);
    let parameters = parameters(&object, problems);
    let size = parameters.as_ref().and_then(|of| of.typed("binary_data_size", "a number of bytes", problems));
    // Clients that must name `data` leave it empty where the elements follow the JSON.
    let data = object.field("data", problems);
    let is_empty = |data: &RawValue| data.get().bytes().filter(|byte| !byte.is_ascii_whitespace()).eq(*b"[]");
    let data = match (data, size) {
        (Some(data), Some(_)) if !is_empty(data) => {
            let at = object.path("data");
            let message = format!("field `{at}` stands beside `binary_data_size`, expected one of them");
            problems.push(Problem::new(at, message));
            None
        }
        (_, Some(size)) => behind.take(size).map(Data::Binary).or_else(|| {
            let at = object.path("parameters.binary_data_size");
            let message = format!("field `{at}` is {size}, and fewer bytes are left behind the JSON");
            problems.push(Problem::new(at, message));
            None
        }),
        (Some(data), None) => Some(Data::Json(data)),
        (None, None) => {
            let at = object.path("data");
            let message =
                format!("field `{at}` is missing, and so is `binary_data_size`, expected one of them");
            problems.push(Problem::new(at, message));
            None
        }
    };
    Some(Input { name: name?, shape: shape?, datatype: datatype?, data: data? })
}

fn datatype(object: &Object<'_>, problems: &mut Vec<Problem>) -> Option<Datatype> {
    let name: String = object.needed("datatype", "a text", problems)?;
    let found = Datatype::named(&name);
    if found.is_none() {
        let at = object.path("datatype");
        let read = Datatype::ALL.map(Datatype::name).join(", ");
        problems.push(Problem::new(at, format!("datatype `{name}` is not read, expected one of {read}")));
    }
    found
}

fn wanted(n: usize, value: &RawValue, problems: &mut Vec<Problem>) -> Option<Wanted> {
    let object = Object::inner(&format!("outputs.{n}"), value, problems);
    object.only(&["name", "parameters"], problems);
    let name = object.needed("name", "a text", problems);
    let parameters = parameters(&object, problems);
    for refused in ["classification", "shared_memory_region"] {
        if let Some(value) = parameters.as_ref().and_then(|of| of.field(refused, problems)) {
            let at = object.path(&format!("parameters.{refused}"));
            problems.push(unexpected(&at, value, "nothing: that extension is not offered"));
        }
    }
    Some(Wanted { name: name?, binary: flag(parameters.as_ref(), "binary_data", problems) })
}

/// The parameters, of which those that nobody here knows are left alone.
fn parameters<'a>(object: &Object<'a>, problems: &mut Vec<Problem>) -> Option<Object<'a>> {
    let value = object.field("parameters", problems)?;
    Some(Object::inner(&object.path("parameters"), value, problems))
}

fn flag(parameters: Option<&Object<'_>>, name: &str, problems: &mut Vec<Problem>) -> Option<bool> {
    parameters.and_then(|of| of.typed(name, "true or false", problems))
}

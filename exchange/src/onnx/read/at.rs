//! A node, with its settings and its place for messages.

use super::FORMAT;
use super::constant::{Constant, Data};
use crate::Error;
use crate::json::shortened;
use crate::onnx::proto::{AttributeProto, NodeProto};

/// What to do with a graph that is no sum of terms.
const INSTEAD: &str = "only a graph of one linear model or one ensemble of trees can be explained: export that model alone, import the model from a file of \
    the program that trained it, or take the graph as it is with `--compare-only`, to compare what it predicts";

/// A node of a graph.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub node: &'a NodeProto,
    /// Its place in the graph.
    pub number: usize,
}

impl<'a> At<'a> {
    pub fn op(&self) -> &'a str {
        &self.node.op_type
    }

    /// Where it is, for messages.
    pub fn place(&self) -> String {
        let Self { node, number } = self;
        format!("node {number}, `{}` of the operator {}", shortened(&node.name), shortened(&node.op_type))
    }

    pub fn malformed(&self, found: impl Into<String>, expected: impl Into<String>) -> Error {
        Error::malformed(FORMAT, self.place(), found, expected)
    }

    /// Something that does not reduce to a sum of terms.
    pub fn unsupported(&self, what: impl Into<String>) -> Error {
        Error::unsupported(FORMAT, self.place(), what, INSTEAD)
    }

    fn find(&self, name: &str) -> Option<&'a AttributeProto> {
        self.node.attribute.iter().find(|attribute| attribute.name == name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A whole number, or what stands for one that is not there.
    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.find(name).and_then(|attribute| attribute.i).unwrap_or(default)
    }

    pub fn float(&self, name: &str) -> Option<f32> {
        self.find(name).and_then(|attribute| attribute.f)
    }

    pub fn ints(&self, name: &str) -> &'a [i64] {
        self.find(name).map_or(&[], |attribute| &attribute.ints)
    }

    /// A text, or what stands for one that is not there.
    pub fn text(&self, name: &str, default: &'a str) -> Result<&'a str, Error> {
        match self.find(name).and_then(|attribute| attribute.s.as_deref()) {
            None => Ok(default),
            Some(bytes) => std::str::from_utf8(bytes)
                .map_err(|_| self.malformed(format!("`{name}` in other bytes"), "UTF-8")),
        }
    }

    pub fn texts(&self, name: &str) -> Result<Vec<String>, Error> {
        let all = self.find(name).map_or(&[][..], |attribute| &attribute.strings);
        let all = all.iter().map(|bytes| std::str::from_utf8(bytes).ok().map(str::to_owned));
        all.collect::<Option<Vec<_>>>()
            .ok_or_else(|| self.malformed(format!("`{name}` in other bytes"), "UTF-8"))
    }

    /// Numbers, from a list of 32-bit floats or from a tensor; nothing if they are not there.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, Error> {
        let Some(attribute) = self.find(name) else { return Ok(Vec::new()) };
        match &attribute.t {
            None => Ok(attribute.floats.iter().map(|&x| f64::from(x)).collect()),
            Some(tensor) => match Constant::of(tensor) {
                Ok(Constant { data: Data::Numbers(numbers), .. }) => Ok(numbers),
                Ok(_) => Err(self.malformed(format!("`{name}` with texts"), "numbers")),
                Err([found, expected]) => Err(self.malformed(format!("`{name}` with {found}"), expected)),
            },
        }
    }

    /// Numbers that are finite, from a list of 32-bit floats or from a tensor.
    pub fn finite(&self, name: &str) -> Result<Vec<f64>, Error> {
        let numbers = self.numbers(name)?;
        match numbers.iter().find(|x| !x.is_finite()) {
            None => Ok(numbers),
            Some(x) => Err(self.malformed(format!("`{name}` with {x}"), "finite numbers")),
        }
    }

    /// Refuses another number of settings.
    pub fn length(&self, name: &str, found: usize, expected: usize) -> Result<(), Error> {
        if found == expected {
            return Ok(());
        }
        Err(self.malformed(format!("{found} in `{name}`"), expected.to_string()))
    }
}

//! The formats of model files, and which one a file has.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use crate::onnx::read as onnx;
use crate::xgboost::{self, Trees};
use crate::{Error, ForeignModel, ebm, json, lightgbm, points_table};

/// The longest file that is read, in bytes. Numbers take more room in memory than in a file, at worst 64 times as much, so whoever reads a
/// file from a disk or a connection stops here.
pub const MAX_BYTES: usize = 64 << 20;

/// A format of model files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON or UBJSON of XGBoost: `xgboost`.
    Xgboost,
    /// The text that LightGBM writes: `lightgbm`.
    Lightgbm,
    /// The JSON of an explainable boosting machine of interpret: `ebm`.
    Ebm,
    /// A scorecard in TOML or CSV: `points`.
    Points,
    /// A graph of ONNX: `onnx`.
    Onnx,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 5] = [Self::Xgboost, Self::Lightgbm, Self::Ebm, Self::Points, Self::Onnx];

    /// Its name, as the command takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xgboost => "xgboost",
            Self::Lightgbm => "lightgbm",
            Self::Ebm => "ebm",
            Self::Points => "points",
            Self::Onnx => "onnx",
        }
    }

    /// The format of a file, from its content.
    ///
    /// # Errors
    /// If the content is that of none.
    pub fn of(bytes: &[u8]) -> Result<Self, Error> {
        let start = bytes.trim_ascii_start();
        if xgboost::is_ubjson(bytes) {
            return Ok(Self::Xgboost);
        }
        if onnx::begins(bytes) {
            return Ok(Self::Onnx);
        }
        if start.starts_with(b"{") {
            return of_document(bytes);
        }
        if lightgbm::begins(start) {
            return Ok(Self::Lightgbm);
        }
        if points_table::begins(start) {
            return Ok(Self::Points);
        }
        // The protocols 2 to 5 of pickle, which joblib writes too.
        if let [0x80, 2..=5, ..] = bytes {
            let what = "a pickle of Python, which is a program that runs when it is opened,";
            let instead = "save the model in a format of its own: `save_model` of XGBoost and LightGBM, `to_json` of interpret";
            return Err(Error::unsupported("model file", "the beginning", what, instead));
        }
        Err(unknown("other bytes"))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let format = Self::ALL.into_iter().find(|format| format.name() == name);
        format.ok_or_else(|| format!("format `{name}` is none of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// Reads the file of a model; without `format`, the content says which one it is. `trees` is for models of XGBoost that were stopped early.
///
/// # Errors
/// Whatever is wrong in the file, and what in it has no exact meaning here, with its place.
pub fn read(bytes: &[u8], format: Option<Format>, trees: Option<Trees>) -> Result<ForeignModel, Error> {
    if bytes.len() > MAX_BYTES {
        let found = format!("{} bytes", bytes.len());
        return Err(Error::malformed("model file", "the file", found, format!("at most {MAX_BYTES}")));
    }
    let format = format.map_or_else(|| Format::of(bytes), Ok)?;
    if trees.is_some() && format != Format::Xgboost {
        let what = format!("a choice of trees of a file of the format `{format}`");
        let instead = "leave it out, as only XGBoost keeps trees that it may not use";
        return Err(Error::unsupported("model file", "the file", what, instead));
    }
    let model = match format {
        Format::Xgboost => xgboost::read(bytes, trees),
        Format::Lightgbm => lightgbm::read(bytes),
        Format::Ebm => ebm::read(bytes),
        Format::Points => points_table::read(bytes),
        Format::Onnx => onnx::read(bytes),
    }?;
    let mut names = HashSet::new();
    match model.inputs.iter().find(|name| !names.insert(name.as_str())) {
        None => Ok(model),
        Some(name) => {
            let what = format!("a model with two columns `{}`", json::shortened(name));
            let instead = "give every column a name of its own";
            Err(Error::unsupported(model.origin.format, "its columns", what, instead))
        }
    }
}

fn of_document(bytes: &[u8]) -> Result<Format, Error> {
    let names = json::names(bytes)?;
    if names.contains("learner") {
        Ok(Format::Xgboost)
    } else if names.contains("ebm") {
        Ok(Format::Ebm)
    } else {
        Err(unknown("a JSON document with neither `learner` nor `ebm`"))
    }
}

fn unknown(found: &str) -> Error {
    let expected = "JSON or UBJSON of XGBoost, text of LightGBM, JSON of interpret, a graph of ONNX, or a table of points";
    Error::malformed("model file", "the beginning", found, expected)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::file;

    #[test]
    fn a_file_says_what_it_is() {
        for (name, format) in [
            ("xgboost-2.1-categories.json", Format::Xgboost),
            ("xgboost-3.2-dart.ubj", Format::Xgboost),
            ("lightgbm-codes.txt", Format::Lightgbm),
            ("ebm.json", Format::Ebm),
            ("onnx-columns.onnx", Format::Onnx),
        ] {
            assert_eq!(Format::of(&file(name)).unwrap(), format, "{name}");
            assert_eq!(
                read(&file(name), None, None).unwrap(),
                read(&file(name), Some(format), None).unwrap()
            );
            assert_eq!(format.name().parse::<Format>().unwrap(), format);
        }
        assert_eq!(Format::of(b"intercept = 1\n[[points]]\n").unwrap(), Format::Points);
        assert_eq!(Format::of(b"column,points\n").unwrap(), Format::Points);
        for other in [&b""[..], b"{}", b"PK\x03\x04", b"\x08\x0a", b"{\"a\": 1}", b"trees", b"{\"learner\": "]
        {
            assert!(Format::of(other).is_err());
        }
    }

    #[test]
    fn a_wrong_format_is_an_error_that_names_it() {
        let message =
            |format, trees| read(&file("lightgbm-codes.txt"), Some(format), trees).unwrap_err().to_string();
        assert!(message(Format::Xgboost, None).starts_with("XGBoost JSON, at line 1, column"));
        assert!(message(Format::Ebm, None).starts_with("interpret JSON, at line 1, column"));
        assert!(message(Format::Points, None).starts_with("points TOML, at line"));
        assert!(message(Format::Lightgbm, Some(Trees::Best)).contains("a choice of trees"));
        let other = read(&file("ebm.json"), Some(Format::Lightgbm), None).unwrap_err().to_string();
        assert!(other.starts_with("LightGBM text, at the header"), "{other}");
        assert!("catboost".parse::<Format>().unwrap_err().contains("xgboost, lightgbm, ebm, points, onnx"));
    }

    #[test]
    fn columns_have_names_of_their_own() {
        let text = String::from_utf8(file("lightgbm-forest.txt")).unwrap();
        let twice = text.replace("=Column_0 Column_1", "=Column_0 Column_0");
        let message = read(twice.as_bytes(), None, None).unwrap_err().to_string();
        assert!(message.contains("two columns `Column_0`"), "{message}");
    }

    #[test]
    fn a_pickle_is_never_opened() {
        let message = read(b"\x80\x04\x95\x00", None, None).unwrap_err().to_string();
        assert!(message.contains("a pickle of Python"), "{message}");
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused() {
        let long = vec![b' '; MAX_BYTES + 1];
        assert!(read(&long, None, None).unwrap_err().to_string().contains("at most 67108864"));
    }
}

//! The formats of model files, and which one a file has.

use std::fmt;
use std::str::FromStr;

use crate::xgboost::{self, Trees};
use crate::{Error, ForeignModel, ebm, json, lightgbm, points_table};

/// The longest file that is read, in bytes. Numbers take more room in memory than in a file, at worst 32 times as much, so whoever reads a
/// file from a disk or a connection stops here.
pub const MAX_BYTES: usize = 128 << 20;

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
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Xgboost, Self::Lightgbm, Self::Ebm, Self::Points];

    /// Its name, as the command takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xgboost => "xgboost",
            Self::Lightgbm => "lightgbm",
            Self::Ebm => "ebm",
            Self::Points => "points",
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
        if start.starts_with(b"{") {
            return of_document(bytes);
        }
        if lightgbm::begins(start) {
            return Ok(Self::Lightgbm);
        }
        if points_table::begins(start) {
            return Ok(Self::Points);
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
    match format {
        Format::Xgboost => return xgboost::read(bytes, trees),
        _ if trees.is_some() => {}
        Format::Lightgbm => return lightgbm::read(bytes),
        Format::Ebm => return ebm::read(bytes),
        Format::Points => return points_table::read(bytes),
    }
    let what = format!("a choice of trees of a file of the format `{format}`");
    Err(Error::unsupported(
        "model file",
        "the file",
        what,
        "leave it out, as only XGBoost keeps trees it may not use",
    ))
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
    let expected = "JSON or UBJSON of XGBoost, text of LightGBM, JSON of interpret, or a table of points";
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
        assert!("catboost".parse::<Format>().unwrap_err().contains("xgboost, lightgbm, ebm, points"));
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused() {
        let long = vec![b' '; MAX_BYTES + 1];
        assert!(read(&long, None, None).unwrap_err().to_string().contains("at most 134217728"));
    }
}

//! A version in a format of other programs, or as a card for people.

use amparo_datasets::Lang;
use amparo_exchange::onnx::write::{self as onnx, Closest};
use amparo_exchange::write::{points_card, xgboost_json};
use amparo_models::artefact::{Version, sha256};
use serde::Serialize;

use crate::{Error, number_name};

/// What a version is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// The whole version as one ONNX graph.
    Onnx,
    /// The trees of a version as a model of XGBoost.
    XgboostJson,
    /// A card of points in Markdown.
    PointsMd(Lang),
}

/// A version as a file, and what has to be known about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exported {
    /// The version: `vpr@3`.
    pub version: String,
    /// SHA-256 (hex) of the version's manifest.
    pub version_digest: String,
    /// The format, as the command takes it.
    pub format: &'static str,
    /// Whether the file holds all that makes the level of a case: only a graph does.
    pub is_whole: bool,
    /// Length of the file in bytes.
    pub n_bytes: usize,
    /// SHA-256 (hex) of the file.
    pub sha256: String,
    /// What the file is and is not, as whole sentences.
    pub notes: Vec<String>,
    /// The file.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Writes a version into memory; the same version gives the same bytes.
///
/// # Errors
/// [`Error::Exchange`] for a version that a format cannot hold.
pub fn export(version: &Version, format: ExportFormat) -> Result<Exported, Error> {
    let (name, is_whole, bytes, notes) = match format {
        ExportFormat::Onnx => {
            let file = onnx::write(version)?;
            ("onnx", true, file.bytes, vec![told(&file.closest)])
        }
        ExportFormat::XgboostJson => {
            let file = xgboost_json(version)?;
            let what = if file.is_whole {
                "The trees are the whole score; calibration, rules and levels are not in the file.".to_owned()
            } else {
                "The trees are the candidate of a blend alone: baseline, dial, calibration, rules and levels are not in the file."
                    .to_owned()
            };
            let rounding = format!(
                "XGBoost keeps 32-bit floats: rounded start and leaves change the log-odds of a form by at most {:.1e}.",
                file.rounding
            );
            ("xgboost-json", false, file.bytes, vec![what, rounding])
        }
        ExportFormat::PointsMd(lang) => {
            let card = points_card(version, lang)?;
            let what = if version.recidivism().scorer().candidate().is_none() {
                "The card is the whole score; rules that can raise a level are not on it."
            } else {
                "The card is the baseline of a blend alone, which it says."
            };
            ("points-md", false, card.into_bytes(), vec![what.to_owned()])
        }
    };
    Ok(Exported {
        version: number_name(version),
        version_digest: version.digest().to_owned(),
        format: name,
        is_whole,
        n_bytes: bytes.len(),
        sha256: sha256(&bytes),
        notes,
        bytes,
    })
}

fn told(closest: &Closest) -> String {
    format!(
        "Of {} probe forms the closest to a cut-point is {:.1e} from it in probability and {:.1e} in log-odds: arithmetic that errs by less \
         gives all of them the same level.",
        closest.forms, closest.probability, closest.log_odds
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use amparo_models::registry::{ModelRef, Registry};
    use amparo_models::testing::small;

    use super::*;

    fn version(draft: &amparo_models::Draft) -> Version {
        let dir = tempfile::tempdir().unwrap();
        let registry = Registry::create(dir.path()).unwrap();
        registry.publish(draft).unwrap();
        registry.load(&ModelRef::version(&draft.name, 1).unwrap()).unwrap()
    }

    #[test]
    fn a_file_is_told_by_its_digest_and_is_the_same_again() {
        let version = version(&small::draft("small", -3.0));
        let exported = export(&version, ExportFormat::Onnx).unwrap();
        assert_eq!(exported.sha256, sha256(&exported.bytes));
        assert_eq!(exported, export(&version, ExportFormat::Onnx).unwrap());
        let told = crate::json(&exported).unwrap();
        assert!(told.contains(&exported.sha256) && !told.contains("\"bytes\""), "{told}");
    }

    #[test]
    fn what_a_format_cannot_hold_is_refused_by_name() {
        let refused = export(&version(&small::draft("small", -3.0)), ExportFormat::XgboostJson).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`small@1` cannot be written as XGBoost JSON: it is of family `points` and holds no trees; `--format onnx` takes every version"
        );
    }

    #[test]
    fn a_blend_gives_its_parts_and_says_so() {
        let version = version(&small::draft_with_a_pair("small"));
        let trees = export(&version, ExportFormat::XgboostJson).unwrap();
        assert!(
            !trees.is_whole && trees.notes[0].contains("candidate of a blend alone"),
            "{:?}",
            trees.notes
        );
        let card = export(&version, ExportFormat::PointsMd(Lang::En)).unwrap();
        let text = String::from_utf8(card.bytes).unwrap();
        assert!(text.contains("the baseline alone") && text.contains("no probabilities"), "{text}");
    }
}

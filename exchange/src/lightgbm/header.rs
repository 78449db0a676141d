//! What stands before the trees.

use super::text::Block;
use crate::Error;
use crate::error::TWO_CLASSES;
use crate::foreign::Scale;
use crate::json::shortened;

pub(super) struct Header {
    pub version: String,
    pub columns: Vec<String>,
    /// Places of the columns that have categories.
    pub categorical: Vec<usize>,
    pub n_trees: usize,
    pub scale: Scale,
    /// What the sum is multiplied with to give log-odds.
    pub factor: f64,
    /// Whether the prediction takes the mean of the trees instead of their sum.
    pub average: bool,
}

impl Header {
    pub(super) fn of(block: &Block<'_>) -> Result<Self, Error> {
        let version = block.text("version")?;
        if !matches!(version, "v3" | "v4") {
            return Err(block.malformed("version", version, "`v3` or `v4`"));
        }
        for name in ["num_class", "num_tree_per_iteration"] {
            if block.count(name)? != 1 {
                return Err(block.unsupported(name, "a model of several classes", TWO_CLASSES));
            }
        }
        let (scale, factor) = meaning(block)?;
        let columns: Vec<String> =
            block.text("feature_names")?.split_ascii_whitespace().map(str::to_owned).collect();
        let last = block.count("max_feature_idx")?;
        if columns.len().checked_sub(1) != Some(last) {
            let found = format!("{} names", columns.len());
            return Err(block.malformed("feature_names", &found, "one more than `max_feature_idx`"));
        }
        let infos: Vec<&str> = block.text("feature_infos")?.split_ascii_whitespace().collect();
        if infos.len() != columns.len() {
            let found = format!("{} columns", infos.len());
            return Err(block.malformed("feature_infos", &found, "as many as `feature_names` has"));
        }
        // `[0:3]` for numbers, `none` for a constant, `-1:0:2:1` for categories.
        let categorical = |info: &&str| !info.starts_with('[') && *info != "none";
        Ok(Self {
            version: version.to_owned(),
            columns,
            categorical: (0..infos.len()).filter(|&i| infos.get(i).is_some_and(categorical)).collect(),
            n_trees: block.text("tree_sizes")?.split_ascii_whitespace().count(),
            scale,
            factor,
            average: block.has("average_output"),
        })
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.average {
            notes.push(
                "the prediction is made from the mean of the trees, while raw scores of the program are their sum".to_owned(),
            );
        }
        notes
    }
}

/// What the sum is.
fn meaning(block: &Block<'_>) -> Result<(Scale, f64), Error> {
    let instead = "train with the objective `binary`, `cross_entropy` or `regression`";
    let Some(line) = block.maybe("objective") else {
        let what = "a model without an objective, which was trained with one of the user's own, so that nobody knows what its sum means,";
        return Err(block.unsupported("objective", what, instead));
    };
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    match words.as_slice() {
        ["binary", rest @ ..] => {
            let sigmoid = match rest {
                [] => Some(1.0),
                [word] => word.strip_prefix("sigmoid:").and_then(|k| k.parse().ok()),
                _ => None,
            };
            let factor = sigmoid.filter(|k: &f64| k.is_finite() && *k > 0.0);
            let factor = factor.ok_or_else(|| block.malformed("objective", line, "`binary sigmoid:1`"))?;
            Ok((Scale::LogOdds, factor))
        }
        ["cross_entropy"] => Ok((Scale::LogOdds, 1.0)),
        ["regression"] => Ok((Scale::Probability, 1.0)),
        _ => {
            let what = format!("the objective `{}`, whose prediction is no probability,", shortened(line));
            Err(block.unsupported("objective", what, instead))
        }
    }
}

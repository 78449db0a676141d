//! The divisions that a table brings with it, as a source states them.

use std::collections::HashMap;

use super::written::Written;
use crate::{Problem, Problems};

/// Notes a side without a text, and texts that stand for two things.
pub(super) fn check(written: &Written, problems: &mut Problems) {
    if let Some(split) = &written.split {
        for (side, texts) in [("train", &split.train), ("test", &split.test)] {
            if texts.is_empty() {
                problems.push(Problem::new(
                    "split",
                    format!("split.{side} lists no text, expected at least one"),
                ));
            }
        }
        let sides = [("train", &split.train), ("test", &split.test), ("left_out", &split.left_out)];
        let mut listed: HashMap<&str, &str> = HashMap::new();
        for (side, text) in
            sides.into_iter().flat_map(|(side, texts)| texts.iter().map(move |text| (side, text)))
        {
            if let Some(other) = listed.insert(text, side) {
                let message = match other == side {
                    true => format!("split.{side} lists the text `{text}` twice"),
                    false => format!(
                        "split lists the text `{text}` under both {other} and {side}, expected one side"
                    ),
                };
                problems.push(Problem::new("split", message));
            }
        }
    }
}

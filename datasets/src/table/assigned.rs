//! The divisions that a foreign table brings with it.

use super::import::KeptRows;
use crate::source::{FoldColumn, SplitColumn};
use crate::split::{on_both_sides, with_several_folds};
use crate::{Assigned, AssignedFolds, Error, Side};

impl KeptRows<'_> {
    /// Sides and folds of the kept rows, with a note on how many cases stand on more than one side.
    pub(super) fn assigned(&mut self, cases: &[String], notes: &mut Vec<String>) -> Result<Assigned, Error> {
        let sides = self.source.split.as_ref().map(|split| self.sides(split)).transpose()?;
        let folds = self.source.folds.as_ref().map(|folds| self.folds(folds)).transpose()?.flatten();
        if let (Some(sides), Some(split)) = (&sides, &self.source.split) {
            let n = |side| sides.iter().filter(|one| **one == side).count();
            notes.push(format!(
                "column `{}` divides the rows: {} for training, {} for the test, {} in neither; {} cases have rows on both sides",
                split.column,
                n(Side::Train),
                n(Side::Test),
                n(Side::LeftOut),
                on_both_sides(cases, sides).len()
            ));
        }
        if let (Some(folds), Some(column)) = (&folds, &self.source.folds) {
            notes.push(format!(
                "column `{}` divides the rows into {} folds ({} rows in none); {} cases have rows in more than one",
                column.column,
                folds.names.len(),
                folds.codes.iter().filter(|code| code.is_none()).count(),
                with_several_folds(cases, &folds.codes).len()
            ));
        }
        Ok(Assigned { sides, folds })
    }

    fn sides(&mut self, split: &SplitColumn) -> Result<Vec<Side>, Error> {
        let SplitColumn { column, train, test, left_out } = split;
        let sides = [(Side::Train, train), (Side::Test, test), (Side::LeftOut, left_out)];
        self.read(column, |cell| {
            let side = sides.iter().find(|(_, texts)| cell.is_one_of(texts));
            side.map(|(side, _)| *side).ok_or_else(|| {
                let listed = sides.iter().filter(|(_, texts)| !texts.is_empty()).map(|(side, texts)| {
                    let texts = texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>();
                    format!("{} ({})", texts.join(", "), side.id())
                });
                format!("one of {}", listed.collect::<Vec<_>>().join(", "))
            })
        })
    }

    /// `None`, with the problem noted, if there are more folds than can be numbered.
    fn folds(&mut self, folds: &FoldColumn) -> Result<Option<AssignedFolds>, Error> {
        let FoldColumn { column, left_out } = folds;
        let texts = self.read(column, |cell| match cell.text {
            _ if cell.is_one_of(left_out) => Ok(None),
            "" => Err("a fold; rows in no fold are stated under folds.left_out".to_owned()),
            text => Ok(Some(text.to_owned())),
        })?;
        Ok(AssignedFolds::of_texts(&texts)
            .map_err(|found| {
                let message = format!("column `{column}` names {found} folds, expected at most {}", u16::MAX);
                self.problem(column, message);
            })
            .ok())
    }
}

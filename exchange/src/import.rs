//! From a file, a mapping and rows that were scored to a model that an experiment can take.

use std::collections::BTreeSet;

use amparo_datasets::Instrument;
use amparo_models::Scorer;
use amparo_models::artefact::sha256;
use amparo_models::imported::{CheckRecord, ImportRecord, Imported};
use amparo_models::monotone::Proof;

use crate::check::{Scored, agreement, probes};
use crate::mapping::{Columns, Mapping};
use crate::{Error, ForeignModel, Lowered, lowered};

/// A model that was read and mapped to a form, and compared with nothing yet.
#[derive(Debug, Clone)]
pub struct Mapped<'a> {
    form: &'a Instrument,
    model: &'a ForeignModel,
    columns: Columns,
    lowered: Lowered,
    mapping_sha256: String,
}

impl<'a> Mapped<'a> {
    /// Maps a model to a form by the text of a mapping.
    ///
    /// # Errors
    /// [`Error::Mapping`] with everything about which mapping, model and form disagree.
    pub fn new(model: &'a ForeignModel, mapping: &str, form: &'a Instrument) -> Result<Self, Error> {
        let columns = Columns::new(&Mapping::from_toml(mapping)?, model, form)?;
        let lowered = lowered(model, &columns, form)?;
        Ok(Self { form, model, columns, lowered, mapping_sha256: sha256(mapping.as_bytes()) })
    }

    /// Rows for the original program to score; see [`probes`].
    pub fn probes(&self) -> Vec<(String, Vec<String>)> {
        probes(self.model, &self.columns, &self.lowered)
    }

    /// The model over the indicators that it asks.
    pub fn lowered(&self) -> &Lowered {
        &self.lowered
    }

    /// The model, once the original program is seen to say the same. `file_sha256` is that of the model's file, `table_sha256` that of the rows'.
    ///
    /// # Errors
    /// As [`agreement`].
    pub fn imported(
        self,
        scored: &Scored<'_>,
        file_sha256: String,
        table_sha256: String,
    ) -> Result<Imported, Error> {
        let found = agreement(self.model, &self.columns, &self.lowered, scored)?;
        let places: Vec<usize> = self.columns.indicators().to_vec();
        let scorer = Scorer::from(self.lowered.model.clone()).widened(&places, self.form);
        let record = ImportRecord {
            source: self.model.origin.format.to_owned(),
            program: self.model.origin.program.clone(),
            file_sha256,
            mapping_sha256: self.mapping_sha256,
            check: CheckRecord {
                table_sha256,
                n_rows: found.n_rows as u64,
                compared: scored.compared.name().to_owned(),
                largest_difference: found.largest_difference,
                allowed_there: found.allowed_there,
            },
            against_direction: against_direction(&scorer, self.form)?,
            notes: self.model.origin.notes.clone(),
        };
        Ok(Imported::new(self.form, self.lowered.asks, self.model.scale, self.lowered.model, record)?)
    }
}

/// Indicators whose declared direction a model does not keep, in the form's order.
///
/// # Errors
/// Whatever the proof refuses of a model that does not fit the form.
fn against_direction(scorer: &Scorer, form: &Instrument) -> Result<Vec<String>, Error> {
    let mut exempt = BTreeSet::new();
    loop {
        match Proof::new(scorer, form, &exempt) {
            Ok(_) => break,
            Err(amparo_models::Error::NotMonotone(violation)) => {
                exempt.insert(violation.indicator);
            }
            Err(other) => return Err(other.into()),
        }
    }
    let all = form.indicators().iter().map(|indicator| &indicator.id);
    Ok(all.filter(|id| exempt.contains(*id)).cloned().collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::check::Compared;
    use crate::foreign::Scale;
    use crate::small::{MAPPING, form, held, model};
    use crate::testing::sum;

    #[test]
    fn a_model_that_agrees_is_imported_with_what_shows_it() {
        let (model, form) = (model(), form());
        let mapped = Mapped::new(&model, MAPPING, &form).unwrap();
        let table = mapped.probes();
        let named: Vec<(&str, &[String])> =
            table.iter().map(|(name, cells)| (name.as_str(), cells.as_slice())).collect();
        let rows = crate::small::codes(&table);
        let predictions: Vec<String> = rows
            .iter()
            .map(|row| sum(&model, &held(&mapped.columns, model.inputs.len(), row)).to_string())
            .collect();
        let scored = Scored { columns: &named, predictions: &predictions, compared: Compared::LogOdds };
        let imported = mapped.imported(&scored, "file".to_owned(), "table".to_owned()).unwrap();
        // The tree adds 0.4 where `a` is present and less where it is absent and `B` is high: `B` goes down from a1 to a2 there.
        assert_eq!(imported.record.against_direction, ["B"]);
        assert_eq!(imported.record.check.n_rows, rows.len() as u64);
        let on = imported.on(&form).unwrap();
        let scorer = on.scorer(0.2, &form).unwrap();
        let expected = rows.iter().zip(&predictions).map(|(row, said)| {
            (amparo_models::Model::score(&scorer, row) - said.parse::<f64>().unwrap()).abs()
        });
        assert!(expected.fold(0.0, f64::max) <= 1e-14);
    }

    #[test]
    fn answers_that_a_model_does_not_tell_apart_count_once() {
        let (model, form) = (model(), form());
        let apart = "numbers = { absent = 0, present = 1 }\n    missing = [\"unknown\"]";
        let together = MAPPING.replacen(apart, "numbers = { absent = 0, present = 1, unknown = 0 }", 1);
        assert_ne!(together, MAPPING);
        let mapped = Mapped::new(&model, &together, &form).unwrap();
        let table = mapped.probes();
        let named: Vec<(&str, &[String])> =
            table.iter().map(|(name, cells)| (name.as_str(), cells.as_slice())).collect();
        let nothing = vec![String::new(); table[0].1.len()];
        let scored = Scored { columns: &named, predictions: &nothing, compared: Compared::LogOdds };
        let mut problems = amparo_datasets::Problems::default();
        let rows = crate::check::rows::codes(
            &model.inputs,
            model.arithmetic,
            &mapped.columns,
            &scored,
            &mut problems,
        );
        assert!(problems.0.is_empty() && rows.iter().all(|row| row[0] < 2), "{problems}");
        let predictions: Vec<String> = rows
            .iter()
            .map(|row| sum(&model, &held(&mapped.columns, model.inputs.len(), row)).to_string())
            .collect();
        let scored = Scored { predictions: &predictions, ..scored };
        let imported = mapped.imported(&scored, "file".to_owned(), "table".to_owned()).unwrap();
        let scorer = imported.on(&form).unwrap().scorer(0.2, &form).unwrap();
        let score = |row: [u8; 3]| amparo_models::Model::score(&scorer, &row);
        assert!((score([0, 1, 0]) - score([2, 1, 0])).abs() <= 0.0, "`unknown` is `absent`");
        assert!((score([0, 1, 0]) - score([1, 1, 0])).abs() > 0.01, "`present` is not");
    }

    #[test]
    fn the_trees_that_go_out_come_in_as_they_were() {
        let version = crate::published::version(&amparo_models::testing::small::draft_with_a_pair("small"));
        let file = crate::write::xgboost_json(&version).unwrap();
        let form = version.instrument();
        let model = crate::read(&file.bytes, None, None).unwrap();
        assert_eq!(model.scale, Scale::LogOdds);
        let mapped = Mapped::new(&model, &crate::mapping::suggested(&model.inputs, form), form).unwrap();
        let candidate = version.recidivism().scorer().candidate().unwrap();
        let places = mapped.columns.indicators().to_vec();
        let read = Scorer::from(mapped.lowered().model.clone()).widened(&places, form);
        let mut scores = Vec::new();
        for row in amparo_models::testing::all_forms(form) {
            let (found, expected) =
                (amparo_models::Model::score(&read, &row), amparo_models::Model::score(candidate, &row));
            assert!((found - expected).abs() <= file.rounding + 1e-12, "{row:?}: {found}, {expected}");
            scores.push(found);
        }
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!(highest - scores[0] > 0.01, "rows have different scores");
    }
}

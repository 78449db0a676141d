//! That a graph which runs here says what the program that made it says.

use amparo_datasets::{Instrument, Problems};
use amparo_models::artefact::sha256;
use amparo_models::imported::CheckRecord;
use amparo_models::probability::logit;

use super::{ComparedModel, ComparedRecord, Ends, Graph, Run};
use crate::check::coverage::Coverage;
use crate::check::distinct::Distinct;
use crate::check::{self, rows};
use crate::foreign::Arithmetic;
use crate::{Compared, Error, Scored};

/// What rounding in 32 bits may do to log-odds `z`, as a share of `1 + |z|`: nobody knows how often a graph rounds, so that this is a limit that
/// is stated and none that follows from it. Networks of scikit-learn differ by about a tenth of it.
const ROUNDING: f64 = 1e-5;

/// A graph that is mapped to a form, and compared with nothing yet.
#[derive(Debug, Clone)]
pub struct MappedGraph<'a> {
    graph: &'a Graph,
    mapping: &'a str,
    form: &'a Instrument,
    ends: Ends,
}

impl<'a> MappedGraph<'a> {
    /// Maps a graph to a form by the text of a mapping.
    ///
    /// # Errors
    /// [`Error::Mapping`] with everything about which mapping, graph and form disagree.
    pub fn new(graph: &'a Graph, mapping: &'a str, form: &'a Instrument) -> Result<Self, Error> {
        Ok(Self { graph, mapping, form, ends: Ends::new(graph, mapping, form)? })
    }

    /// Rows for the original program to score, as columns of texts: every pair of answers to two indicators is in one of them. The text of a missing
    /// value is empty.
    pub fn probes(&self) -> Vec<(String, Vec<String>)> {
        rows::texts(&self.ends.inputs, &self.ends.columns, &self.coverage().rows())
    }

    /// The model, once the graph is seen to say what the original program said. `table_sha256` is the SHA-256 of the table of the rows.
    ///
    /// # Errors
    /// [`Error::Check`] with every cell that no answer has, every prediction that is none, and the pairs of answers that the rows do not
    /// show; [`Error::Differs`] with the first row that differs by more than rounding; what `run` refuses.
    pub fn compared(
        &self,
        scored: &Scored<'_>,
        table_sha256: String,
        run: &mut Run<'_>,
    ) -> Result<ComparedModel, Error> {
        let (Self { form, ends, .. }, predicts) = (self, scored.compared);
        let Ends { inputs, columns } = ends;
        let mut problems = Problems::default();
        let theirs = check::predictions(scored, &mut problems);
        let rows = rows::codes(inputs, Arithmetic::Single, columns, scored, &mut problems);
        if !problems.0.is_empty() {
            return Err(Error::Check(problems));
        }
        let mut coverage = self.coverage();
        rows.iter().for_each(|row| {
            coverage.see(row);
        });
        let missing = coverage.missing();
        if !missing.is_empty() {
            let of = |place: &usize| &form.indicators()[*place];
            let asks: Vec<_> = columns.indicators().iter().map(of).map(crate::lowered::asked).collect();
            return Err(Error::Check(check::not_shown(&missing, &asks)));
        }
        let (mut largest_difference, mut used, mut allowed_there) = (0.0_f64, 0.0, 0.0);
        let ours = ends.said(&rows, 0, predicts, run)?;
        for (number, (&ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            let (difference, allowed) = ((ours - theirs).abs(), allowed(ours, predicts));
            if difference > allowed {
                let (row, compared) = (number + 1, predicts.name());
                return Err(Error::Differs { row, compared, ours, theirs, difference, allowed });
            }
            largest_difference = largest_difference.max(difference);
            if difference / allowed >= used {
                (used, allowed_there) = (difference / allowed, allowed);
            }
        }
        let check = CheckRecord {
            table_sha256,
            n_rows: rows.len() as u64,
            compared: predicts.name().to_owned(),
            largest_difference,
            allowed_there,
        };
        let program = self.graph.program().map(str::to_owned);
        let record = ComparedRecord { program, file_sha256: sha256(self.graph.bytes()), check };
        Ok(ComparedModel::new(form, self.graph, self.mapping, predicts, record))
    }

    fn coverage(&self) -> Coverage {
        Coverage::of_pairs(&Distinct::of(&self.ends.columns, Arithmetic::Single))
    }
}

/// What rounding may do to a number: `ROUNDING (1 + |z|)` to log-odds, and what becomes of it in a probability of 32 bits.
fn allowed(number: f64, predicts: Compared) -> f64 {
    match predicts {
        Compared::LogOdds => ROUNDING * (1.0 + number.abs()),
        Compared::Probability => {
            let p = number.clamp(f64::from(f32::EPSILON), 1.0 - f64::from(f32::EPSILON));
            f64::from(f32::EPSILON) + ROUNDING * (1.0 + logit(p).abs()) * p * (1.0 - p)
        }
    }
}

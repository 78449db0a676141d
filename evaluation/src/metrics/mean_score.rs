//! The mean score.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, Versions, no_cells};
use super::label_sums::{Term, divide};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

pub(super) static MEAN_SCORE: Info = Info {
    definition: Definition {
        metric: Borrowed("mean_score"),
        scope: Scope::Whole,
        title: text("Puntuación media", "Mean score"),
        formula: Borrowed("sum of w s / sum of w"),
        range: Borrowed("any number: log-odds of a version, raw value of a foreign column"),
        better: Better::Neither,
        reading: text(
            "La puntuación media de las filas; comparada entre grupos, dice a quién puntúa más alto el modelo.",
            "The mean score of the rows; compared between groups, it says whom the model scores higher.",
        ),
        reference: Borrowed("Barocas, Hardt and Narayanan, Fairness and Machine Learning, 2023, chapter 3"),
    },
    computation: Computation::Sums {
        terms: &[Term::Score],
        ratio: |sums, _| divide(sums.term(Term::Score)?, sums.total()),
    },
    needs: Needs::Nothing,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_versions: Versions::SameKind, ..Comparison::NUMBER },
};

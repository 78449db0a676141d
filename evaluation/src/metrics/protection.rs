//! Effective police protection, and the overload it costs.
//!
//! DIFFERENCE: the pilot's paper proposes two quality measures with these names and this purpose. Its formulas
//! could not be consulted, so these are our own, built from the two ideas; do not compare them with the paper's numbers.
//! Each level gives an intensity q in [0, 1] of the strongest protection; levels are evenly spaced unless the caller states
//! another intensity. Protection is the mean intensity among those with the outcome; overload is the mean among those without.
//! "All extreme" gives (1, 1), "all lowest" (0, 0) and a level drawn at random (x, x), so protection alone proves nothing:
//! read the two together, and a version is better for sure only when neither is worse.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use super::label_sums::divide;
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

const PILOT: &str = "After the idea of Gonzalez-Prieto, Bru, Nuno and Gonzalez-Alvarez, Hybrid machine learning methods for risk assessment in gender-based crime, Knowledge-Based Systems 260, 2023 (arXiv 2106.11847). DIFFERENCE: the formula is ours, not the paper's";

pub(super) static PROTECTION: Info = Info {
    definition: Definition {
        metric: Borrowed("protection"),
        scope: Scope::Whole,
        title: text("Protección policial efectiva", "Effective police protection"),
        formula: Borrowed(
            "sum of w y q(level) / sum of w y, with q(level) in [0, 1] the intensity of the level",
        ),
        range: Borrowed(
            "[0, 1]; 0 if all those with the outcome were in the lowest level, 1 if all in the highest",
        ),
        better: Better::Higher,
        reading: text(
            "Parte de la protección más intensa que tenían, de media, quienes tuvieron el suceso. Léase junto a la sobrecarga: dar a todos el nivel máximo da 1 en ambas.",
            "How much of the strongest protection those with the outcome had, on average. Read with the overload: the top level for everybody gives 1 in both.",
        ),
        reference: Borrowed(PILOT),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, _| divide(sums.intensity(1), sums.outcomes()[1]),
    },
    needs: Needs::Levels,
    basis: Basis::Events,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};

pub(super) static OVERLOAD: Info = Info {
    definition: Definition {
        metric: Borrowed("overload"),
        scope: Scope::Whole,
        title: text("Sobrecarga de recursos policiales", "Overload of police resources"),
        formula: Borrowed(
            "sum of w (1 - y) q(level) / sum of w (1 - y), with q(level) in [0, 1] the intensity of the level",
        ),
        range: Borrowed("[0, 1]; 0 if all those without the outcome were in the lowest level"),
        better: Better::Lower,
        reading: text(
            "Parte de la protección más intensa que se dedicó, de media, a quienes no tuvieron el suceso. No es protección inútil: pudo evitarlo.",
            "How much of the strongest protection went, on average, to those without the outcome. It is not wasted for sure: it may have prevented it.",
        ),
        reference: Borrowed(PILOT),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, _| divide(sums.intensity(0), sums.outcomes()[0]),
    },
    needs: Needs::Levels,
    basis: Basis::Others,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};

//! How far two right computations of one model can be apart.

use amparo_models::Candidate;
use amparo_models::scorer::Form;

use super::{Compared, said};
use crate::ForeignModel;
use crate::foreign::{Arithmetic, Scale};
use crate::onnx::read as onnx;

/// Unit roundoff of 32-bit floats.
const SINGLE: f64 = 1.0 / 16_777_216.0;

/// Unit roundoff of 64-bit floats.
const DOUBLE: f64 = f64::EPSILON / 2.0;

/// The difference that rounding explains.
///
/// ```text
/// sum:          u (8 + 2 sqrt(n)) sum of |addends|         u: 2^-24 or 2^-53, as the program computes; n: number of addends
/// probability:  p (1 - p) times that, and 4 u p; 2^-23 more of a graph of ONNX
/// prediction:   2^-24 of it, since programs hand out 32-bit floats
/// ```
/// ONNX Runtime takes the logistic of a negative number for 1 less that of its opposite, and writes it in 32 bits, so that an error of a small
/// probability is one of a number near 1.
///
/// A sum of n numbers in one precision is off by at most `(n - 1) u sum of |addends|`; errors of both signs leave about the square root of it (Higham,
/// "Accuracy and Stability of Numerical Algorithms", 2002, section 4.2). Anything larger is taken for another model.
pub(super) fn allowed(model: &Candidate, row: &[u8], foreign: &ForeignModel, compared: Compared) -> f64 {
    let (n, magnitude) = addends(model, row);
    let unit = match foreign.arithmetic {
        Arithmetic::Single => SINGLE,
        Arithmetic::Double => DOUBLE,
    };
    let of_sum = unit * (8.0 + 2.0 * (n as f64).sqrt()) * magnitude;
    let prediction = said(model, row, foreign.scale, compared).abs();
    let handed_out = SINGLE * prediction;
    match (foreign.scale, compared) {
        (Scale::LogOdds, Compared::Probability) => {
            let near_one = if foreign.origin.format == onnx::FORMAT { 2.0 * SINGLE } else { 0.0 };
            prediction * (1.0 - prediction) * of_sum + 4.0 * unit * prediction + handed_out + near_one
        }
        _ => of_sum + handed_out,
    }
}

/// How many numbers are added up for a row, and the sum of what they are without their signs.
fn addends(model: &Candidate, row: &[u8]) -> (usize, f64) {
    match model.form() {
        Form::Additive(tables) => {
            let each = tables.weights.iter().zip(row).map(|(table, &code)| table[usize::from(code)].abs());
            (tables.weights.len() + 1, tables.intercept.abs() + each.sum::<f64>())
        }
        Form::Trees(forest) => {
            let each = forest.trees.iter().map(|tree| tree.score(row).abs());
            (forest.trees.len() + 1, forest.base.abs() + each.sum::<f64>())
        }
    }
}

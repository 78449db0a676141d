//! What an analysis sees of a scorer, whatever its family.

use std::borrow::Cow;

use super::{Additive, Forest};

/// One addend of a scorer.
///
/// ```text
/// log-odds = sum over terms of share * form(x)
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Term<'a> {
    /// Which end of the dial it is.
    pub role: Role,
    /// How much of it goes into the score, from 0 to 1; the shares of a scorer add up to 1.
    pub share: f64,
    /// Name of its family, to be said; what it computes is its form.
    pub family: &'a str,
    /// What it computes.
    pub form: Form<'a>,
}

/// The two ends of the dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The statistical baseline.
    Baseline,
    /// What it is compared or blended with.
    Candidate,
}

/// All that a model can compute. Adding a form is a compile error until every analysis handles it.
#[derive(Debug, Clone, PartialEq)]
pub enum Form<'a> {
    /// One number an answer, added up.
    Additive(Cow<'a, Additive>),
    /// Trees that ask which set an answer is in, added up.
    Trees(&'a Forest),
}

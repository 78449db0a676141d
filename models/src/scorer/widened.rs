//! A scorer of some questions as one of a whole form.

use amparo_datasets::Instrument;

use super::candidate::Fitted;
use super::{Additive, Candidate, Forest, Hybrid, Kind, Node, Points, Scorer, Tree};

impl Scorer {
    /// The same scorer on a form with more questions, to which no answer adds anything.
    ///
    /// `places` says for each indicator of the scorer where it stands on the form; the others are left out.
    ///
    /// # Panics
    /// If `places` are not as many as the scorer has indicators, or one is not on the form.
    #[must_use]
    pub fn widened(&self, places: &[usize], instrument: &Instrument) -> Self {
        Self(match &self.0 {
            Kind::Points(points) => Kind::Points(points.widened(places, instrument)),
            Kind::Candidate(candidate) => Kind::Candidate(candidate.widened(places, instrument)),
            Kind::Hybrid(hybrid) => Kind::Hybrid(hybrid.with(
                Hybrid::baseline(hybrid).widened(places, instrument),
                Hybrid::candidate(hybrid).widened(places, instrument),
            )),
        })
    }

    /// Whether no answer to an indicator adds anything: its tables hold zeros, and no tree asks for it.
    pub fn ignores(&self, indicator: usize) -> bool {
        self.terms().iter().all(|term| match &term.form {
            super::Form::Additive(tables) => {
                tables.weights[indicator].iter().all(|weight| weight.abs() <= 0.0)
            }
            super::Form::Trees(forest) => !forest.trees.iter().any(|tree| tree.asks(indicator)),
        })
    }
}

impl Points {
    /// See [`Scorer::widened`].
    #[must_use]
    pub fn widened(&self, places: &[usize], instrument: &Instrument) -> Self {
        Self { points: placed(&self.points, places, instrument), ..*self }
    }
}

impl Candidate {
    fn widened(&self, places: &[usize], instrument: &Instrument) -> Self {
        self.with(match self.fitted() {
            Fitted::Additive(Additive { intercept, weights }) => Fitted::Additive(Additive {
                intercept: *intercept,
                weights: placed(weights, places, instrument),
            }),
            Fitted::Trees(Forest { base, trees, .. }) => Fitted::Trees(Forest {
                n_indicators: instrument.indicators().len(),
                base: *base,
                trees: trees.iter().map(|tree| tree.moved(places)).collect(),
            }),
        })
    }
}

impl Tree {
    fn moved(&self, places: &[usize]) -> Self {
        let mut nodes = self.nodes.clone();
        for node in &mut nodes {
            if let Node::Split { indicator, .. } = node {
                *indicator = places[*indicator];
            }
        }
        Self { nodes }
    }
}

/// Tables in their places, between tables of zeros.
fn placed<T: Copy + Default>(tables: &[Vec<T>], places: &[usize], instrument: &Instrument) -> Vec<Vec<T>> {
    let zeros = instrument.indicators().iter().map(|indicator| vec![T::default(); indicator.n_answers()]);
    let mut all: Vec<Vec<T>> = zeros.collect();
    assert_eq!(tables.len(), places.len(), "a place for each table");
    for (table, &place) in tables.iter().zip(places) {
        all[place].clone_from(table);
    }
    all
}

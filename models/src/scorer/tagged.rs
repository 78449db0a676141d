//! Scorers in files: one field, named by the family, that holds the model.
//!
//! ```text
//! {"points": {..}}   {"hybrid": {..}}   {"<any other family>": {"intercept", "weights"}}
//!                                       {"<any other family>": {"n_indicators", "base", "trees"}}
//! ```

use std::fmt;

use serde::de::{Deserializer, EnumAccess, Error as _, VariantAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use super::candidate::{Fitted, check_family};
use super::{Additive, Candidate, Forest, HYBRID, Kind, POINTS, Scorer, Tree};

impl Serialize for Scorer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Points(points) => tagged(serializer, POINTS, points),
            Kind::Hybrid(hybrid) => tagged(serializer, HYBRID, hybrid),
            Kind::Candidate(candidate) => candidate.serialize(serializer),
        }
    }
}

impl Serialize for Candidate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.fitted() {
            Fitted::Additive(tables) => tagged(serializer, self.family(), tables),
            Fitted::Trees(forest) => tagged(serializer, self.family(), forest),
        }
    }
}

fn tagged<S: Serializer>(serializer: S, family: &str, model: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(family, model)?;
    map.end()
}

impl<'de> Deserialize<'de> for Scorer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfScorer;
        impl<'de> Visitor<'de> for OfScorer {
            type Value = Scorer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a model named by its family")
            }

            fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Scorer, A::Error> {
                let (family, model): (String, _) = data.variant()?;
                match family.as_str() {
                    POINTS => model.newtype_variant().map(|points| Scorer(Kind::Points(points))),
                    HYBRID => model.newtype_variant().map(|hybrid| Scorer(Kind::Hybrid(hybrid))),
                    family => candidate(family, model).map(Scorer::from),
                }
            }
        }
        deserializer.deserialize_enum("Scorer", &[], OfScorer)
    }
}

impl<'de> Deserialize<'de> for Candidate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfCandidate;
        impl<'de> Visitor<'de> for OfCandidate {
            type Value = Candidate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a candidate named by its family")
            }

            fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Candidate, A::Error> {
                let (family, model): (String, _) = data.variant()?;
                candidate(&family, model)
            }
        }
        deserializer.deserialize_enum("Candidate", &[], OfCandidate)
    }
}

/// The name is checked before anything is read of the model.
fn candidate<'de, A: VariantAccess<'de>>(family: &str, model: A) -> Result<Candidate, A::Error> {
    check_family(family).map_err(A::Error::custom)?;
    let fitted = model.newtype_variant::<Fields>()?.fitted().map_err(A::Error::custom)?;
    Candidate::new(family, fitted).map_err(A::Error::custom)
}

/// The fields of every form; those of exactly one have to be there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    intercept: Option<f64>,
    weights: Option<Vec<Vec<f64>>>,
    n_indicators: Option<usize>,
    base: Option<f64>,
    trees: Option<Vec<Tree>>,
}

impl Fields {
    fn fitted(self) -> Result<Fitted, &'static str> {
        match self {
            Self {
                intercept: Some(intercept),
                weights: Some(weights),
                n_indicators: None,
                base: None,
                trees: None,
            } => Ok(Fitted::Additive(Additive { intercept, weights })),
            Self {
                intercept: None,
                weights: None,
                n_indicators: Some(n_indicators),
                base: Some(base),
                trees: Some(trees),
            } => Ok(Fitted::Trees(Forest { n_indicators, base, trees })),
            _ => Err(
                "the fields are not those of one form, expected `intercept` and `weights`, or `n_indicators`, `base` and `trees`",
            ),
        }
    }
}

//! What the meaning of a metric consists of; each metric's own is in its file of [`metrics`](crate::metrics).

use std::borrow::Cow;

use amparo_datasets::Bilingual;
use serde::{Deserialize, Serialize};

/// A sentence in both languages of the reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Spanish.
    pub es: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Bilingual for Text {
    fn es(&self) -> &str {
        &self.es
    }

    fn en(&self) -> &str {
        &self.en
    }
}

impl Text {
    /// A name that is the same in every language.
    pub fn same(name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        Self { es: name.clone(), en: name }
    }
}

/// Which values of a metric are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// The higher the better.
    Higher,
    /// The lower the better.
    Lower,
    /// The nearer to 0 the better.
    NearZero,
    /// The nearer to 1 the better.
    NearOne,
    /// It describes; neither direction is better.
    Neither,
}

/// What a metric belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All rows: key `metric`.
    Whole,
    /// Each threshold "level or above", the lowest level left out: key `metric@level`.
    Threshold,
    /// Each level exactly: key `metric@level`.
    Level,
}

/// What a metric means, for the report's glossary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name, the first part of a key.
    pub metric: Cow<'static, str>,
    /// What it belongs to.
    pub scope: Scope,
    /// Short title.
    pub title: Text,
    /// Formula; `w` weight, `y` outcome (0 or 1), `p` probability, `s` score, `l` level.
    pub formula: Cow<'static, str>,
    /// Range of values.
    pub range: Cow<'static, str>,
    /// Which values are good.
    pub better: Better,
    /// How to read a value, for someone who is no statistician.
    pub reading: Text,
    /// Author, title, year.
    pub reference: Cow<'static, str>,
}

impl Better {
    /// The position of the worst of some values; `None` without values, or when neither direction is better.
    pub(crate) fn worst(self, values: impl Iterator<Item = f64>) -> Option<usize> {
        let badness = |value: f64| match self {
            Self::Higher => Some(-value),
            Self::Lower => Some(value),
            Self::NearZero => Some(value.abs()),
            Self::NearOne => Some((value - 1.0).abs()),
            Self::Neither => None,
        };
        let values: Option<Vec<f64>> = values.map(badness).collect();
        values?.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(at, _)| at)
    }
}

/// A constant [`Text`].
pub(crate) const fn text(es: &'static str, en: &'static str) -> Text {
    Text { es: Cow::Borrowed(es), en: Cow::Borrowed(en) }
}

#[cfg(test)]
mod tests {
    use super::Better;

    #[test]
    fn the_worst_is_by_what_is_better() {
        let values = [0.2, 0.9, 1.3];
        let worst = |better: Better| better.worst(values.iter().copied());
        assert_eq!(worst(Better::Higher), Some(0));
        assert_eq!(worst(Better::Lower), Some(2));
        assert_eq!(worst(Better::NearOne), Some(0), "0.2 is farther from 1 than 1.3");
        assert_eq!(worst(Better::Neither), None);
    }
}

//! The parameter file, read and checked.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use crate::{Error, Instrument};

/// The parameters that are built in.
pub(super) const TEXT: &str = include_str!("vpr.toml");
const NAME: &str = "synthetic/vpr.toml";

/// A value with what it says about the cases; `published` only if it stands in a publication.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stated<T> {
    pub value: T,
    #[serde(rename = "text")]
    _text: String,
    #[serde(default, rename = "published")]
    _published: Option<String>,
}

/// What the generator assumes, as the parameter file has it; every key is explained there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    pub name: String,
    pub instrument: String,
    #[serde(rename = "structure")]
    _structure: BTreeMap<String, Stated<String>>,
    pub assault: Assault,
    pub lethal: Lethal,
    pub reporting: Reporting,
    pub follow_up: FollowUp,
    pub assessment: Assessment,
    pub protection: Protection,
    #[serde(rename = "trait")]
    pub traits: Traits<TraitEffect>,
    pub interaction: BTreeMap<String, BTreeMap<String, Stated<f64>>>,
    pub unknown: Unknown,
    pub recording: Recording,
    pub group: Groups,
    #[serde(rename = "column")]
    _column: BTreeMap<String, ColumnText>,
    pub indicator: BTreeMap<String, IndicatorParams>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assault {
    pub prevalence: Stated<f64>,
    pub horizon_days: Stated<u32>,
    pub early_share: Stated<f64>,
    pub early_days: Stated<u32>,
    pub log_hazard: Stated<f64>,
    pub early_hazard: Stated<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lethal {
    pub prevalence: Stated<f64>,
    pub horizon_days: Stated<u32>,
    pub ceiling: Stated<f64>,
    pub intercept: Stated<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reporting {
    pub share: Stated<f64>,
    pub vulnerability: Stated<f64>,
    pub severity: Stated<f64>,
    pub foreign: Stated<f64>,
    pub rural: Stated<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUp {
    pub lost: Stated<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assessment {
    pub from: Stated<Date>,
    pub days: Stated<u32>,
    pub again: Stated<f64>,
    pub again_after: Stated<[u32; 2]>,
}

/// Number of police levels, 2019 edition.
pub(super) const LEVELS: [&str; 5] = ["unappreciated", "low", "medium", "high", "extreme"];

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Protection {
    pub shares: Stated<[f64; LEVELS.len()]>,
    pub cuts: Stated<[u32; LEVELS.len() - 1]>,
    pub raised: Stated<f64>,
    pub effect: Stated<[f64; LEVELS.len()]>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TraitEffect {
    pub assault: Stated<f64>,
    pub lethal: Stated<f64>,
}

/// One thing a latent trait.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Traits<T> {
    pub severity: T,
    pub control: T,
    pub antisocial: T,
    pub vulnerability: T,
    pub youth: T,
}

impl<T> Traits<T> {
    pub(super) fn map<U>(&self, f: impl Fn(&T) -> U) -> [U; N_TRAITS] {
        [&self.severity, &self.control, &self.antisocial, &self.vulnerability, &self.youth].map(f)
    }
}

/// Number of latent traits.
pub(super) const N_TRAITS: usize = 5;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unknown {
    pub severity: Stated<f64>,
    pub present: Stated<f64>,
    pub force: Stated<Vec<f64>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recording {
    pub missed: Stated<f64>,
    pub invented: Stated<f64>,
    pub plain: Stated<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Groups {
    pub ages: Stated<Vec<String>>,
    pub age_shares: Stated<Vec<f64>>,
    pub rural: Stated<f64>,
    pub forces: Stated<Vec<String>>,
    pub force_urban: Stated<Vec<f64>>,
    pub force_rural: Stated<Vec<f64>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnText {
    #[serde(rename = "text")]
    _text: String,
    #[serde(default, rename = "published")]
    _published: BTreeMap<String, String>,
}

/// What is assumed of one indicator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndicatorParams {
    pub share: BTreeMap<String, f64>,
    pub assault: f64,
    pub lethal: f64,
    pub traits: BTreeMap<String, f64>,
    pub unknown: f64,
    #[serde(default)]
    pub requires: Option<String>,
}

impl IndicatorParams {
    /// The loadings in the order of [`Traits::map`].
    pub(super) fn loadings(&self) -> [f64; N_TRAITS] {
        TRAITS.map(|name| self.traits.get(name).copied().unwrap_or(0.0))
    }
}

/// Names of the latent traits, in the order of [`Traits::map`].
pub(super) const TRAITS: [&str; N_TRAITS] = ["severity", "control", "antisocial", "vulnerability", "youth"];

impl Params {
    /// The parameters that are built in, checked.
    pub(super) fn built_in() -> Result<Self, Error> {
        Self::from_toml(TEXT)
    }

    pub(super) fn from_toml(text: &str) -> Result<Self, Error> {
        let params: Self = toml::from_str(text).map_err(|e| not_such_toml(&e))?;
        let instrument = Instrument::named(&params.instrument)?;
        super::check::check(&params, &instrument)?;
        Ok(params)
    }
}

pub(super) fn not_such_toml(error: &toml::de::Error) -> Error {
    Error::Format {
        path: Path::new(NAME).to_owned(),
        expected: "a parameter file of the synthetic cohort",
        message: error.to_string(),
    }
}

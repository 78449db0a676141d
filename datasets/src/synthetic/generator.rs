//! The parameters, worked out against the form: positions for ids, thresholds for shares, steps for effects.

use std::sync::Arc;

use super::draw::{exceeded_with, log_odds};
use super::params::{IndicatorParams, N_TRAITS, Params};
use crate::{Error, Indicator, Instrument, Polarity};

/// Ready to draw cases from.
pub(super) struct Generator {
    pub params: Params,
    pub instrument: Arc<Instrument>,
    /// One an indicator, in the form's order.
    pub indicators: Vec<Question>,
    /// Two indicators, and the extra log hazard ratio when both are present.
    pub pairs: Vec<(usize, usize, f64)>,
    /// Log hazard ratio of a new assault per unit of each trait.
    pub trait_assault: [f64; N_TRAITS],
    /// Log-odds of a killing per unit of each trait.
    pub trait_lethal: [f64; N_TRAITS],
    /// The youth trait below which each age after the first begins.
    pub ages: Vec<f64>,
    /// Positions of the indicators that the groups `disability`, `foreign` and `children` are the truth of.
    pub disability: usize,
    pub foreign: usize,
    pub children: usize,
}

/// One indicator as the generator sees it.
pub(super) struct Question {
    /// The liability above which each answer after the least begins.
    pub thresholds: Vec<f64>,
    /// Correlation of the liability with each trait.
    pub loadings: [f64; N_TRAITS],
    /// Standard deviation of what the traits leave unexplained.
    pub own: f64,
    /// Indicator that must be present.
    pub requires: Option<usize>,
    /// Log hazard ratio of one step up.
    pub assault: f64,
    /// Log-odds ratio of a killing of one step up.
    pub lethal: f64,
    /// Log-odds of being unknown.
    pub unknown: f64,
    /// Recorded as it is.
    pub plain: bool,
    /// Whether the police's sum counts it.
    pub counts: bool,
}

impl Generator {
    pub(super) fn new(params: Params) -> Result<Self, Error> {
        let instrument = Arc::new(Instrument::named(&params.instrument)?);
        super::check::check(&params, &instrument)?;
        let place = |id: &str| instrument.position(id);
        let indicators = instrument
            .indicators()
            .iter()
            .filter_map(|i| Some(question(&params, i, params.indicator.get(&i.id)?, &instrument)))
            .collect();
        let pairs = params
            .interaction
            .iter()
            .flat_map(|(a, with)| with.iter().map(move |(b, extra)| (a, b, extra.value)))
            .filter_map(|(a, b, extra)| Some((place(a)?, place(b)?, extra)))
            .collect();
        let shares = &params.group.age_shares.value;
        let mut below = 0.0;
        let ages = shares[..shares.len() - 1]
            .iter()
            .map(|share| {
                below += share;
                exceeded_with(below)
            })
            .collect();
        let [disability, foreign, children] = ["I24", "I28", "I29"].map(|id| place(id).unwrap_or_default());
        Ok(Self {
            trait_assault: params.traits.map(|t| t.assault.value),
            trait_lethal: params.traits.map(|t| t.lethal.value),
            indicators,
            pairs,
            ages,
            disability,
            foreign,
            children,
            params,
            instrument,
        })
    }
}

fn question(
    params: &Params,
    indicator: &Indicator,
    row: &IndicatorParams,
    instrument: &Instrument,
) -> Question {
    let known = &indicator.answers()[1..indicator.n_known()];
    let share = |id: &str| row.share.get(id).copied().unwrap_or_default();
    // P(this answer or a graver one) for each answer after the least.
    let above = |at: usize| known[at..].iter().map(|a| share(&a.id)).sum::<f64>();
    let loadings = row.loadings();
    Question {
        thresholds: (0..known.len()).map(|at| exceeded_with(above(at))).collect(),
        loadings,
        own: (1.0 - loadings.iter().map(|l| l * l).sum::<f64>()).sqrt(),
        requires: row.requires.as_deref().and_then(|id| instrument.position(id)),
        assault: row.assault / known.len() as f64,
        lethal: row.lethal / known.len() as f64,
        unknown: log_odds(row.unknown),
        plain: params.recording.plain.value.contains(&indicator.id),
        counts: indicator.polarity == Polarity::Risk,
    }
}

//! The capacity test: do the shares of the levels follow the risk, or the resources that there are?

mod check;
mod moments;
mod periods;
#[cfg(test)]
mod tests;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::moments::{Cells, Moments};
use super::Settings;
use crate::error::Error;
use crate::estimate::{measured, multiplicities, of_replicates, quantile};
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};

/// Where the line lies between levels that follow risk (elasticity 1) and levels of fixed shares (0).
const HALFWAY: f64 = 0.5;

/// Elasticities that differ by no more are one: rounding.
const SAME: f64 = 1e-9;

/// Levels given over time, and the risk of the same rows by something that does not know how many places there were.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// Level ids, from the lowest; at least two.
    pub levels: Vec<String>,
    /// Index into `levels`, one a row.
    pub level: Vec<u8>,
    /// Periods in order of time, such as `2025-Q1`; at least three, each with rows.
    pub periods: Vec<String>,
    /// Index into `periods`, one a row.
    pub period: Vec<u16>,
    /// Weight of each row, > 0 and finite.
    pub weight: Vec<f64>,
    /// Case number of each row.
    pub cluster: Vec<u32>,
    /// The risk of each row.
    pub risk: Risk,
}

/// What the risk of a row is taken from.
#[derive(Debug, Clone, PartialEq)]
pub enum Risk {
    /// Probabilities in [0, 1] that were stated, row by row, and are taken at their word.
    Stated(Vec<f64>),
    /// What happened: a score orders the rows within a period, the outcomes say how high the risk of the period is.
    Outcomes {
        /// Any finite score; higher is riskier.
        score: Vec<f64>,
        /// Whether the event happened.
        y: Vec<bool>,
    },
}

/// Whose levels are tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LevelsOf {
    /// Those of a version, or of a score of the cohort.
    Scores {
        /// Its name.
        name: String,
    },
    /// Those that a service proposed.
    Proposals {
        /// Proposals.
        n: usize,
    },
    /// Those that officers confirmed.
    ConfirmedLevels {
        /// Confirmed proposals.
        n: usize,
    },
}

/// What the test found at a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The whole interval of the elasticity lies above 1/2: the share moves with the risk.
    Follows,
    /// The whole interval lies below 1/2: the share stays where it is while the risk moves.
    Fixed,
    /// The risk did not move, or not enough for this many rows.
    CannotTell,
}

/// One period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodRow {
    /// Its name.
    pub period: String,
    /// Rows.
    pub n: Count,
    /// Mean risk, in [0, 1].
    pub risk: Measure,
    /// Share of rows at each level, from the lowest.
    pub shares: Vec<Measure>,
}

/// The test at one threshold: the share of rows at a level or above.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdRow {
    /// The level.
    pub level: String,
    /// How far the share that the risk asks for moved: its standard deviation over periods, >= 0.
    pub movement: Measure,
    /// How much of that movement the actual share followed: 1 for cuts in absolute risk, 0 for quotas.
    pub elasticity: Measure,
    /// The finding.
    pub finding: Finding,
    /// Why it cannot be told; `None` with a finding.
    pub because: Option<Reason>,
}

/// The capacity test, done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Level ids, from the lowest.
    pub levels: Vec<String>,
    /// Every period, in order.
    pub periods: Vec<PeriodRow>,
    /// Every level but the lowest.
    pub thresholds: Vec<ThresholdRow>,
}

/// Tests whether level shares follow risk over time.
///
/// For each threshold the rows are put in order of risk over all periods together, and as many are taken as are at the level or above.
/// That gives the share that each period would have had, had the level been a matter of absolute risk:
/// ```text
/// expected_t   share of period t's rows among the riskiest S, S = rows at the level or above in all periods
/// actual_t     share of period t's rows at the level or above
/// elasticity = sum_t pi_t (expected_t - mean) (actual_t - mean) / (sum_t pi_t (expected_t - mean)^2 - noise)
/// movement   = sqrt(sum_t pi_t (expected_t - mean)^2)                   pi_t: share of rows in period t
/// ```
/// `noise` is the bootstrap variance of the expected shares where every period has an intercept of its own (else 0): without it, an uncertain
/// risk would look like a fixed share. Levels cut
/// at absolute risks give 1, quotas give 0. With [`Risk::Outcomes`], the risk of a row is the logistic recalibration of its score with one slope and, where they differ at the 5 % level,
/// an intercept for each period. Intervals resample cases: percentiles for the elasticity; `movement +- q` with `q` the 95 % quantile of the
/// resampled deviations' own movement, so that no movement shows as an interval from 0.
///
/// # Errors
/// [`Error::Invalid`] with every problem: lengths, codes, weights, risks that are not finite, fewer than three periods, a period without rows.
///
/// # References
/// The question is the criticism that levels follow the places available; the formula is ours.
pub fn capacity(stream: &Stream, settings: Settings) -> Result<Capacity, Error> {
    let problems = check::problems(stream, settings);
    if !problems.is_empty() {
        return Err(Error::Invalid { what: "stream", problems });
    }
    let cells = Cells::new(stream);
    let point = cells.moments(&stream.weight);
    let (cases, n_cases) = crate::input::renumbered(&stream.cluster);
    let drawn: Vec<Option<Moments>> = (0..settings.replicates)
        .into_par_iter()
        .map(|replicate| {
            let times = multiplicities(settings.seed, u64::from(replicate), n_cases);
            let weight: Vec<f64> = cases
                .iter()
                .zip(&stream.weight)
                .map(|(case, w)| w * f64::from(times[*case as usize]))
                .collect();
            cells.moments(&weight).ok()
        })
        .collect();
    Ok(Capacity {
        levels: stream.levels.clone(),
        periods: periods::rows(stream, (point.as_ref().map_err(|reason| *reason), &drawn), settings),
        thresholds: (1..stream.levels.len())
            .map(|level| {
                threshold(
                    stream,
                    level,
                    (point.as_ref().map_err(|reason| *reason), &drawn),
                    cells.by_period,
                    settings,
                )
            })
            .collect(),
    })
}

fn threshold(
    stream: &Stream,
    level: usize,
    (point, drawn): (Result<&Moments, Reason>, &[Option<Moments>]),
    by_period: bool,
    settings: Settings,
) -> ThresholdRow {
    let name = stream.levels[level].clone();
    let cannot_tell = |because: Reason| ThresholdRow {
        level: name.clone(),
        movement: Measure::undefined(because),
        elasticity: Measure::undefined(because),
        finding: Finding::CannotTell,
        because: Some(because),
    };
    let at = stream.level.iter().filter(|code| usize::from(**code) >= level).count() as u64;
    let n = stream.level.len() as u64;
    if at < settings.smallest_cell || n - at < settings.smallest_cell {
        return cannot_tell(Reason::suppressed(settings.smallest_cell, SmallCell::RowsOnEitherSideOfLevel));
    }
    let point = match point {
        Ok(point) => &point.0[level - 1],
        Err(reason) => return cannot_tell(reason),
    };
    let defined: Vec<&moments::Threshold> = drawn.iter().flatten().map(|one| &one.0[level - 1]).collect();
    let undefined = drawn.len() - defined.len();
    let noise =
        defined.iter().map(|one| one.squared_distance(point)).sum::<f64>() / defined.len().max(1) as f64;
    let mut radii: Vec<f64> = defined.iter().map(|one| one.squared_distance(point).sqrt()).collect();
    radii.sort_by(f64::total_cmp);
    let movement = point.variance.sqrt();
    let movement = match quantile(&radii, 0.95) {
        radius if radius > 0.0 && undefined * 100 <= drawn.len() => {
            let interval = |movement: f64| Ok(((movement - radius).max(0.0), movement + radius));
            measured(Ok(movement), (n, at), interval)
        }
        _ => return cannot_tell(Reason::RiskUndeterminedInResamples),
    };
    // Without intercepts of their own, the periods' expected shares are uncertain only in which rows there are, and the actual shares are
    // of the same rows.
    let noise = if by_period { noise } else { 0.0 };
    let moved = movement.interval().is_some_and(|(low, _)| low > 0.0) && point.variance > noise;
    if !moved {
        return ThresholdRow { movement, ..cannot_tell(Reason::PeriodsAlike) };
    }
    // A resample carries the noise of the rows and its own.
    let elasticities: Vec<f64> = drawn
        .iter()
        .map(|one| {
            let Some(one) = one.as_ref().map(|one| &one.0[level - 1]) else { return f64::NAN };
            let variance = one.variance - 2.0 * noise;
            if variance > 0.0 { one.covariance / variance } else { f64::NAN }
        })
        .collect();
    let value = point.covariance / (point.variance - noise);
    let elasticity = measured(Ok(value), (n, at), |value| {
        if elasticities.iter().all(|one| (one - value).abs() <= SAME) {
            // The levels are cuts of the very risk they are held against.
            Ok((value, value))
        } else {
            of_replicates(elasticities)
        }
    });
    let (finding, because) = match elasticity.interval() {
        Some((low, _)) if low > HALFWAY => (Finding::Follows, None),
        Some((_, high)) if high < HALFWAY => (Finding::Fixed, None),
        Some(_) => (Finding::CannotTell, Some(Reason::ElasticityOnBothSides)),
        None => (Finding::CannotTell, Some(Reason::ElasticityUndefined)),
    };
    ThresholdRow { level: name, movement, elasticity, finding, because }
}

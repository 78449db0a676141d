//! What can be wrong with a stream.

use super::{Risk, Settings, Stream};

/// Fewest periods over which anything can be said to move.
const MIN_PERIODS: usize = 3;

pub(super) fn problems(stream: &Stream, settings: Settings) -> Vec<String> {
    let mut problems = Vec::new();
    let n = stream.level.len();
    let mut length = |name: &str, found: usize| {
        if found != n {
            problems.push(format!("`{name}` has {found} rows, expected {n}"));
        }
    };
    length("period", stream.period.len());
    length("weight", stream.weight.len());
    length("cluster", stream.cluster.len());
    match &stream.risk {
        Risk::Stated(risk) => length("risk", risk.len()),
        Risk::Outcomes { score, y } => {
            length("score", score.len());
            length("y", y.len());
        }
    }
    if stream.levels.len() < 2 {
        problems.push(format!("{} levels, expected at least 2", stream.levels.len()));
    }
    if stream.periods.len() < MIN_PERIODS {
        problems.push(format!("{} periods, expected at least {MIN_PERIODS}", stream.periods.len()));
    }
    if let Some((row, code)) =
        stream.level.iter().enumerate().find(|(_, c)| usize::from(**c) >= stream.levels.len())
    {
        problems.push(format!("`level` has code {code}, expected below {} (row {row})", stream.levels.len()));
    }
    if let Some((row, code)) =
        stream.period.iter().enumerate().find(|(_, c)| usize::from(**c) >= stream.periods.len())
    {
        problems
            .push(format!("`period` has code {code}, expected below {} (row {row})", stream.periods.len()));
    }
    for (code, name) in stream.periods.iter().enumerate() {
        if !stream.period.iter().any(|of| usize::from(*of) == code) {
            problems.push(format!("period `{name}` has no row, expected at least 1"));
        }
    }
    if let Some((row, w)) = stream.weight.iter().enumerate().find(|(_, w)| !(w.is_finite() && **w > 0.0)) {
        problems.push(format!("`weight` is {w}, expected > 0 and finite (row {row})"));
    }
    match &stream.risk {
        Risk::Stated(risk) => {
            if let Some((row, p)) = risk.iter().enumerate().find(|(_, p)| !(0.0..=1.0).contains(*p)) {
                problems.push(format!("`risk` is {p}, expected in [0, 1] (row {row})"));
            }
        }
        Risk::Outcomes { score, .. } => {
            if let Some((row, s)) = score.iter().enumerate().find(|(_, s)| !s.is_finite()) {
                problems.push(format!("`score` is {s}, expected a finite number (row {row})"));
            }
        }
    }
    if !(crate::MIN_REPLICATES..=crate::MAX_REPLICATES).contains(&settings.replicates) {
        problems.push(format!(
            "{} replicates, expected {} to {}",
            settings.replicates,
            crate::MIN_REPLICATES,
            crate::MAX_REPLICATES
        ));
    }
    problems
}

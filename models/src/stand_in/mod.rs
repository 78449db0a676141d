//! What an answer counts as that a model has not learned from.

mod counts;
mod effective;

use amparo_datasets::{Indicator, Instrument, Polarity};

pub use counts::Counts;
pub use effective::EffectiveRows;

/// The learned answers that an unlearned answer counts as, with their shares.
///
/// ```text
/// score(x with x_j = answer) = sum_g share(g) score(x with x_j = g)          share(g) ~ weight of the fit rows with g
/// ```
/// `g` runs over the learned known answers to the same question. Only over the nearest one below and the nearest one above,
/// if the answer is a known one of an indicator whose direction is enforced, so that the average keeps the declared order:
/// it then lies between its neighbours, and at an end it is its neighbour. If no known answer was learned, `unknown` takes
/// their place; if none was learned at all, every answer that occurs does, and the indicator has no effect.
#[derive(Debug, Clone, PartialEq)]
pub struct StandIn {
    /// The indicator, by its place.
    pub indicator: usize,
    /// The code of the unlearned answer.
    pub answer: u8,
    /// Codes and shares, which add up to 1; in the form's order, backwards for a protective indicator: from the answers that
    /// state the least risk.
    pub shares: Vec<(u8, f64)>,
}

/// What is known of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// As many effective rows as are needed had it.
    Learned,
    /// Some had it.
    Few,
    /// None had it.
    Never,
}

impl StandIn {
    /// Those of all unlearned answers of a form, which fewer effective rows have than are needed; `is_ordered` says of an indicator whether its direction is enforced.
    pub fn all(
        instrument: &Instrument,
        counts: &Counts,
        needed: u64,
        is_ordered: impl Fn(&Indicator) -> bool,
    ) -> Vec<Self> {
        let mut all = Vec::new();
        for (j, indicator) in instrument.indicators().iter().enumerate() {
            let of = |(code, &rows): (usize, &u64)| match rows {
                0 => Standing::Never,
                _ if counts.effective_rows(j, code) < needed => Standing::Few,
                _ => Standing::Learned,
            };
            let standing: Vec<Standing> = counts.rows[j].iter().enumerate().map(of).collect();
            for answer in 0..standing.len() {
                if standing[answer] == Standing::Learned {
                    continue;
                }
                let mut codes = sources(indicator, &standing, is_ordered(indicator), answer);
                if indicator.polarity == Polarity::Protective {
                    codes.reverse();
                }
                let weight = |code: usize| counts.weights[j][code];
                let total: f64 = codes.iter().map(|&code| weight(code)).sum();
                let shares = codes.iter().map(|&code| (code as u8, weight(code) / total)).collect();
                all.push(Self { indicator: j, answer: answer as u8, shares });
            }
        }
        all
    }
}

/// The codes that an unlearned answer counts as, ascending; see [`StandIn`].
pub(crate) fn sources(
    indicator: &Indicator,
    standing: &[Standing],
    is_ordered: bool,
    answer: usize,
) -> Vec<usize> {
    let is_learned = |code: &usize| standing[*code] == Standing::Learned;
    let unknown = indicator.n_known();
    let known = || (0..unknown).filter(is_learned);
    if known().next().is_none() {
        if is_learned(&unknown) {
            return vec![unknown];
        }
        return (0..=unknown).filter(|&code| standing[code] != Standing::Never).collect();
    }
    if is_ordered && answer < unknown {
        let (below, above) = (known().rfind(|&code| code < answer), known().find(|&code| code > answer));
        return below.into_iter().chain(above).collect();
    }
    known().collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

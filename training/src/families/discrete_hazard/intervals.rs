//! The intervals of time, and what became of each row in them.

use serde::{Deserialize, Serialize};

use crate::{Error, Followed};

/// Most intervals.
const MOST: usize = 100;

/// The intervals that follow-up is divided into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number of intervals, or the last day of each, as [30, 90, 180, 365]"
)]
pub enum Intervals {
    /// At most so many, 1 to 100, with about as many events in each; days with many events make them fewer.
    Count(usize),
    /// The last day of each, ascending from above 0 to the horizon: 1 to 100 of them.
    Ends(Vec<u32>),
}

impl Intervals {
    pub(super) fn check(&self) -> Result<(), Error> {
        let refuse = |found: String| {
            let expected = "expected a number from 1 to 100, or 1 to 100 days that ascend from above 0";
            Err(Error::config("intervals", format!("`intervals` is {found}, {expected}")))
        };
        match self {
            Self::Count(n) if !(1..=MOST).contains(n) => refuse(n.to_string()),
            Self::Ends(ends) if !(1..=MOST).contains(&ends.len()) => refuse(format!("{} days", ends.len())),
            Self::Ends(ends) if ends[0] == 0 || ends.windows(2).any(|pair| pair[0] >= pair[1]) => {
                refuse(format!("{ends:?}"))
            }
            Self::Count(_) | Self::Ends(_) => Ok(()),
        }
    }

    /// The last interval has to end at the horizon.
    pub(super) fn check_horizon(&self, horizon: u32) -> Result<(), Error> {
        match self {
            Self::Ends(ends) if ends.last() != Some(&horizon) => Err(Error::config(
                "intervals",
                format!(
                    "`intervals` is {ends:?}, expected that the last one ends at the horizon, day {horizon}"
                ),
            )),
            Self::Count(_) | Self::Ends(_) => Ok(()),
        }
    }

    /// The last day of each.
    pub(super) fn ends(&self, followed: &Followed) -> Result<Vec<f64>, Error> {
        self.check_horizon(followed.horizon_days)?;
        let n = match self {
            Self::Ends(ends) => return Ok(ends.iter().map(|&end| f64::from(end)).collect()),
            Self::Count(n) => *n,
        };
        let with_event = followed.days.iter().zip(&followed.events).filter(|(_, event)| **event);
        let mut days: Vec<f64> = with_event.map(|(day, _)| *day).collect();
        days.sort_by(f64::total_cmp);
        let mut ends: Vec<f64> = (1..n).map(|k| days[(k * days.len()).div_ceil(n) - 1]).collect();
        // What happens after the last of these days is in the last interval, with at least one event.
        let last = days.last().copied();
        ends.dedup_by(|a, b| a.total_cmp(b).is_eq());
        ends.retain(|end| *end > 0.0 && Some(*end) < last);
        ends.push(f64::from(followed.horizon_days));
        Ok(ends)
    }
}

/// What became of each row, by interval.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timeline {
    /// The last day of each interval.
    pub(super) ends: Vec<f64>,
    /// How many intervals each row lived through.
    pub(super) lived: Vec<usize>,
    /// Whether it had the event in the next one.
    pub(super) events: Vec<bool>,
    /// The baseline of each interval if answers had no effect.
    pub(super) baselines: Vec<f64>,
}

impl Timeline {
    /// # Errors
    /// [`Error::Config`] if an interval has no event: its baseline would have no bound.
    pub(super) fn new(ends: Vec<f64>, followed: &Followed) -> Result<Self, Error> {
        let starts: Vec<f64> = std::iter::once(0.0).chain(ends.iter().copied()).collect();
        let lived = |(&day, &event): (&f64, &bool)| {
            let is_lived = |k: usize| if event { ends[k] < day } else { day >= (starts[k] + ends[k]) / 2.0 };
            (0..ends.len()).take_while(|&k| is_lived(k)).count()
        };
        let lived: Vec<usize> = followed.days.iter().zip(&followed.events).map(lived).collect();
        let baseline = |k: usize| {
            let (mut with_event, mut alive) = (0.0, 0.0);
            for ((&lived, &event), weight) in lived.iter().zip(&followed.events).zip(&followed.weights) {
                with_event += if event && lived == k { *weight } else { 0.0 };
                alive += if lived > k { *weight } else { 0.0 };
            }
            if with_event > 0.0 {
                return Ok(libm::log(libm::log1p(with_event / alive)));
            }
            let (from, to) = (starts[k], ends[k]);
            Err(Error::config(
                "intervals",
                format!(
                    "no row has the event after day {from} and by day {to}, expected one or more in each interval"
                ),
            ))
        };
        let baselines = (0..ends.len()).map(baseline).collect::<Result<_, _>>()?;
        Ok(Self { lived, events: followed.events.clone(), baselines, ends })
    }
}

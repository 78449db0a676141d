//! Which combinations of parameters are tried.

use amparo_datasets::{Problem, Problems, splitmix};
use serde::Deserialize;
use toml::{Table, Value};

use crate::Error;
use crate::config::{Search, TuningParams};

/// Most trials of one candidate.
const MOST_TRIALS: usize = 10_000;

/// Values of some parameters of one candidate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Combination {
    /// The values, by parameter.
    pub(crate) values: Table,
    /// How far from the simplest end of each list or range they are: the mean over the parameters, in [0, 1].
    pub(crate) complexity: f64,
}

/// What is searched of one parameter.
#[derive(Debug, Clone)]
struct Axis {
    parameter: String,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    /// One of these, the simplest first.
    Listed(Vec<Value>),
    /// Any number from the simplest to the most complex.
    Range(Range),
}

/// `{ from = 0.01, to = 0.3, scale = "log" }`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: Value,
    to: Value,
    #[serde(default)]
    scale: Scale,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scale {
    #[default]
    Linear,
    Log,
}

/// The combinations to try, each once: one without values if nothing is searched.
///
/// A grid holds all combinations of the listed values, the last parameter (in alphabetical order) varying fastest. At random, `trials` are
/// drawn, each parameter by itself: a listed value with equal chances, a number of a range evenly on its scale. Fewer come
/// of it where the same is drawn twice, and all where no more than `trials` exist.
///
/// # Errors
/// [`Error::Config`] with every parameter whose values are none.
///
/// # References
/// Bergstra and Bengio, "Random search for hyper-parameter optimization", JMLR 13, 2012.
pub(crate) fn combinations(
    search: &Table,
    tuning: &TuningParams,
    seed: u64,
) -> Result<Vec<Combination>, Error> {
    let mut problems = Problems::default();
    let mut axes = Vec::new();
    for (parameter, written) in search {
        match values(parameter, written, tuning.search) {
            Ok(values) => axes.push(Axis { parameter: parameter.clone(), values }),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.0.is_empty() {
        return Err(Error::Config(problems));
    }
    let in_all = axes.iter().map(Axis::n_values).try_fold(1_usize, |product, n| product.checked_mul(n?));
    let drawn = tuning.trials.filter(|_| tuning.search == Search::Random);
    let n = match (in_all, drawn) {
        (Some(all), Some(trials)) if all > trials => trials,
        (None, Some(trials)) => trials,
        (Some(all), _) => all,
        // A grid of more than can be counted.
        (None, None) => usize::MAX,
    };
    if n > MOST_TRIALS {
        let message = format!("`search` asks for {n} trials, expected at most {MOST_TRIALS}");
        return Err(Error::config("search", message));
    }
    let mut found: Vec<Combination> = Vec::new();
    for trial in 0..n {
        let places = if in_all == Some(n) { grid(&axes, trial) } else { random(&axes, seed, trial as u64) };
        let combination = Combination {
            values: axes
                .iter()
                .zip(&places)
                .map(|(axis, &at)| (axis.parameter.clone(), axis.at(at)))
                .collect(),
            complexity: places.iter().sum::<f64>() / places.len().max(1) as f64,
        };
        if found.iter().all(|one| one.values != combination.values) {
            found.push(combination);
        }
    }
    Ok(found)
}

/// Places on the axes, each in [0, 1], of one point of the grid.
fn grid(axes: &[Axis], mut trial: usize) -> Vec<f64> {
    let mut places = vec![0.0; axes.len()];
    for (place, axis) in places.iter_mut().zip(axes).rev() {
        let n = axis.n_values().unwrap_or(1);
        *place = fraction(trial % n, n);
        trial /= n;
    }
    places
}

/// Places on the axes that are drawn for one trial.
fn random(axes: &[Axis], seed: u64, trial: u64) -> Vec<f64> {
    let draw = |(at, axis): (usize, &Axis)| {
        let bits = splitmix(splitmix(seed ^ splitmix(trial)) ^ splitmix(at as u64 + 1));
        let uniform = (bits >> 11) as f64 / 2_f64.powi(53);
        match axis.n_values() {
            Some(n) => fraction(((uniform * n as f64) as usize).min(n - 1), n),
            None => uniform,
        }
    };
    axes.iter().enumerate().map(draw).collect()
}

fn fraction(at: usize, n: usize) -> f64 {
    if n > 1 { at as f64 / (n - 1) as f64 } else { 0.0 }
}

impl Axis {
    /// How many values it has, if they can be counted.
    fn n_values(&self) -> Option<usize> {
        match &self.values {
            Values::Listed(values) => Some(values.len()),
            Values::Range(_) => None,
        }
    }

    /// The value at a place in [0, 1].
    fn at(&self, place: f64) -> Value {
        match &self.values {
            Values::Listed(values) => values[(place * (values.len() - 1) as f64).round() as usize].clone(),
            Values::Range(range) => range.at(place),
        }
    }
}

impl Range {
    fn at(&self, place: f64) -> Value {
        let (Some(from), Some(to)) = (number(&self.from), number(&self.to)) else { return self.from.clone() };
        let between = match self.scale {
            Scale::Linear => from + place * (to - from),
            Scale::Log => libm::exp(libm::log(from) + place * (libm::log(to) - libm::log(from))),
        };
        let within = between.clamp(from.min(to), from.max(to));
        if self.from.is_integer() { Value::Integer(within.round() as i64) } else { Value::Float(within) }
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|n| n as f64))
}

fn values(parameter: &str, written: &Value, search: Search) -> Result<Values, Problem> {
    let refused = |problem: String| {
        Problem::new(format!("search.{parameter}"), format!("`search.{parameter}` {problem}"))
    };
    match written {
        Value::Array(listed) if listed.is_empty() => {
            Err(refused("is empty, expected a value or more".into()))
        }
        Value::Array(listed) => {
            let twice = listed.iter().enumerate().find(|(at, value)| listed[..*at].contains(value));
            match twice {
                Some((_, value)) => Err(refused(format!("lists {value} twice, expected each value once"))),
                None => Ok(Values::Listed(listed.clone())),
            }
        }
        Value::Table(table) => {
            let range: Range = table.clone().try_into().map_err(|e: toml::de::Error| {
                refused(format!("is no range: {}", e.to_string().trim_end().replace('\n', " ")))
            })?;
            if search == Search::Grid {
                return Err(refused(
                    "is a range, expected a list of values with `tuning.search = \"grid\"`".into(),
                ));
            }
            let (Some(from), Some(to)) = (number(&range.from), number(&range.to)) else {
                return Err(refused(format!(
                    "goes from {} to {}, expected two numbers",
                    range.from, range.to
                )));
            };
            if range.from.is_integer() != range.to.is_integer() {
                return Err(refused(format!(
                    "goes from {} to {}, expected two whole numbers or two decimal ones",
                    range.from, range.to
                )));
            }
            if !(from.is_finite() && to.is_finite() && (to - from).abs() > 0.0) {
                return Err(refused(format!("goes from {from} to {to}, expected two different numbers")));
            }
            if range.scale == Scale::Log && !(from > 0.0 && to > 0.0) {
                return Err(refused(format!(
                    "goes from {from} to {to} on a log scale, expected numbers above 0"
                )));
            }
            Ok(Values::Range(range))
        }
        other => Err(refused(format!(
            "is {other}, expected a list of values or a range such as {{ from = 0.01, to = 0.3, scale = \"log\" }}"
        ))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

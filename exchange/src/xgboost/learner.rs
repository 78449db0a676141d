//! What stands around the trees: what the sum means, where it begins, the names of the columns.

use super::{Trees, trees};
use crate::Error;
use crate::error::TWO_CLASSES;
use crate::foreign::{Arithmetic, Derived, ForeignModel, MAX_COLUMNS, Origin, Scale, Term};
use crate::json::{At, shortened};

pub(super) fn model(
    format: &'static str,
    root: &At<'_>,
    choice: Option<Trees>,
) -> Result<ForeignModel, Error> {
    let learner = root.field("learner")?;
    let version = version(root)?;
    let parameters = learner.field("learner_model_param")?;
    for (name, what) in
        [("num_class", "a model of several classes"), ("num_target", "a model of several outputs")]
    {
        if let Some(count) = parameters.maybe(name)
            && count.count()? > 1
        {
            return Err(count.unsupported(what, TWO_CLASSES));
        }
    }
    let columns = columns(&learner, &parameters)?;
    let objective = learner.field("objective")?.field("name")?;
    let link = Link::of(&objective)?;
    let base = link.margin(base_score(&parameters.field("base_score")?)?, &parameters)?;
    let mut notes = Vec::new();
    if link == Link::Logit {
        notes.push("`predict` of the program gives log-odds, no probability".to_owned());
    }
    let booster = learner.field("gradient_booster")?;
    let mut terms = Vec::new();
    let mut bias = 0.0;
    match booster.field("name")?.text()? {
        "gblinear" => bias = linear(&booster, columns.len(), &mut terms)?,
        "gbtree" | "dart" => {
            terms = trees::terms(format, &learner, &booster, columns.len(), choice, &mut notes)?;
        }
        _ => return Err(booster.field("name")?.malformed("`gbtree`, `dart` or `gblinear`")),
    }
    let [major, minor, patch] = version;
    Ok(ForeignModel {
        origin: Origin { format, program: Some(format!("xgboost {major}.{minor}.{patch}")), notes },
        columns: Derived::plain(columns.len()),
        inputs: columns,
        base: base + bias,
        terms,
        scale: if link == Link::Identity { Scale::Probability } else { Scale::LogOdds },
        arithmetic: Arithmetic::Single,
    })
}

fn version(root: &At<'_>) -> Result<[i64; 3], Error> {
    let version = root.field("version")?;
    let numbers = version.whole_numbers()?;
    let &[major, minor, patch] = numbers.as_slice() else { return Err(version.malformed("three numbers")) };
    if !(2..=3).contains(&major) {
        let what = format!("a file of XGBoost {major}.{minor}");
        return Err(version.unsupported(what, "load it in XGBoost 2 or 3 and save it again"));
    }
    Ok([major, minor, patch])
}

fn columns(learner: &At<'_>, parameters: &At<'_>) -> Result<Vec<String>, Error> {
    let count = parameters.field("num_feature")?;
    let n_columns = count.count()?;
    if n_columns > MAX_COLUMNS {
        let what = format!("a model of {n_columns} columns");
        return Err(count.unsupported(what, format!("train it on at most {MAX_COLUMNS}")));
    }
    let names = learner.maybe("feature_names");
    let texts = names.as_ref().map_or(Ok(Vec::new()), At::texts)?;
    match names {
        Some(names) if !texts.is_empty() => {
            names.length(texts.len(), n_columns)?;
            Ok(texts)
        }
        _ => Ok((0..n_columns).map(|i| format!("f{i}")).collect()),
    }
}

/// How the sum becomes what the program predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// A probability; the file states its start as one.
    Logistic,
    /// A margin.
    Logit,
    /// The sum itself is the mean of 0 and 1.
    Identity,
}

impl Link {
    fn of(objective: &At<'_>) -> Result<Self, Error> {
        let name = objective.text()?;
        Ok(match name {
            "binary:logistic" | "reg:logistic" => Self::Logistic,
            "binary:logitraw" => Self::Logit,
            "reg:squarederror" => Self::Identity,
            _ => {
                let what =
                    format!("the objective `{}`, whose prediction is no probability,", shortened(name));
                let instead =
                    "train with `binary:logistic`, `binary:logitraw`, `reg:logistic` or `reg:squarederror`";
                return Err(objective.unsupported(what, instead));
            }
        })
    }

    /// Where the sum begins, in the program's 32-bit floats.
    fn margin(self, base_score: f64, parameters: &At<'_>) -> Result<f64, Error> {
        let score = base_score as f32;
        if self != Self::Logistic {
            return Ok(f64::from(score));
        }
        if !(score > 0.0 && score < 1.0) {
            return Err(parameters.field("base_score")?.malformed("a probability between 0 and 1"));
        }
        Ok(f64::from(-libm::logf(1.0 / score - 1.0)))
    }
}

/// A number, bare in a text up to version 3.0 and in a list in that text from 3.1 on.
fn base_score(at: &At<'_>) -> Result<f64, Error> {
    let text = at.text()?.trim();
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if inner.contains(',') {
        return Err(at.unsupported("a model of several outputs", TWO_CLASSES));
    }
    let number = inner.trim().parse::<f64>().ok().filter(|x| (*x as f32).is_finite());
    number.ok_or_else(|| at.malformed("a finite number"))
}

/// Adds the terms of a linear booster, to which a missing value adds nothing, and gives its bias.
fn linear(booster: &At<'_>, n_columns: usize, terms: &mut Vec<Term>) -> Result<f64, Error> {
    let weights = booster.field("model")?.field("weights")?;
    let numbers: Vec<f64> = weights.numbers()?.into_iter().map(|x| Arithmetic::Single.rounded(x)).collect();
    weights.length(numbers.len(), n_columns + 1)?;
    if numbers.iter().any(|x| !x.is_finite()) {
        return Err(weights.malformed("numbers that are finite in 32 bits"));
    }
    let coefficients = numbers.iter().take(n_columns).enumerate();
    terms.extend(coefficients.map(|(column, &coefficient)| Term::Linear {
        column,
        coefficient,
        missing: Some(0.0),
    }));
    Ok(numbers.last().copied().unwrap_or_default())
}

//! Scores of anybody, judged.

use std::collections::BTreeMap;

use amparo_datasets::{ForeignScore, Group, ScoreLevel};
use amparo_lab::{Settings, Stated, documents, judge_stated};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;

use crate::watched::watched;

/// A score: its name, its values, whether it is a probability, and its levels with the value from which each begins.
type Score<'py> = (String, PyReadonlyArray1<'py, f64>, bool, Vec<(String, f64)>);

/// A partition: its name, labels, the label of each row, and the one that the others are compared with.
type Partition<'py> = (String, Vec<String>, PyReadonlyArray1<'py, u16>, Option<String>);

/// What a report is called, in this order: the rows, the outcome, and how the rows were kept from the models.
type Names = (String, String, String);

/// Numbers that a report is computed by: replicates, seed, smallest cell, margin, and whether all labels are compared.
type Numbers = (u32, u64, u64, f64, bool);

/// The files of a report by name.
#[pyfunction]
#[pyo3(signature = (scores, events, weights, cases, groups, names, horizon_days, reference, numbers, progress=None))]
#[expect(clippy::too_many_arguments, reason = "called by `amparo.evaluate` only, which names them")]
pub fn evaluate<'py>(
    py: Python<'py>,
    scores: Vec<Score<'py>>,
    events: PyReadonlyArray1<'py, bool>,
    weights: PyReadonlyArray1<'py, f64>,
    cases: Vec<String>,
    groups: Vec<Partition<'py>>,
    names: Names,
    horizon_days: Option<u32>,
    reference: Option<String>,
    numbers: Numbers,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<BTreeMap<String, String>> {
    let score = |(name, values, is_probability, levels): Score<'py>| ForeignScore {
        name,
        values: values.as_array().iter().map(|&value| Some(value)).collect(),
        levels: levels.into_iter().map(|(id, from)| ScoreLevel { id, from }).collect(),
        is_probability,
    };
    let group = |(name, labels, codes, reference): Partition<'py>| Group {
        name,
        labels,
        codes: codes.as_array().to_vec(),
        reference,
    };
    let (title, outcome, held_out) = names;
    let stated = Stated {
        title,
        outcome,
        horizon_days,
        held_out,
        events: events.as_array().to_vec(),
        weights: weights.as_array().to_vec(),
        cases,
        groups: groups.into_iter().map(group).collect(),
        scores: scores.into_iter().map(score).collect(),
        reference,
    };
    let (replicates, seed, smallest_cell, margin, pairwise) = numbers;
    let settings = Settings { replicates, seed, smallest_cell, margin, pairwise, horizons: None };
    let files = watched(py, progress, move |steps| {
        documents::of_report(&judge_stated(stated, &settings, steps)?, "report")
    })?;
    Ok(files.into_iter().collect())
}

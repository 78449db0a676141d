//! The sections on how the rows differ from those that models were fitted on.

use amparo_evaluation::report::CaseMix;
use serde::Serialize;

use super::plots::{self, Figure};
use super::tables::{self, Table};
use crate::telling::view::View;
use crate::telling::{case_mix, tell};

/// One version.
#[derive(Serialize)]
pub(super) struct Section {
    title: String,
    sentences: Vec<String>,
    figures: Vec<Figure>,
    cohorts: Table,
    indicators: Table,
    answers: Table,
}

/// One section a version that is judged on other cases than those of its fit.
pub(super) fn sections(view: &View<'_>) -> Vec<Section> {
    let section = |(at, mix): (usize, &CaseMix)| Section {
        title: tell!(view.lang, "{}, ajustada con {}", "{}, fitted on {}"; mix.name, mix.fitted.cohort),
        sentences: case_mix::sentences(view, mix),
        figures: vec![plots::case_mix(view, mix, at)],
        cohorts: tables::case_mix::cohorts(view, mix, at),
        indicators: tables::case_mix::indicators(view, mix, at),
        answers: tables::case_mix::answers(view, mix, at),
    };
    view.report.case_mix.iter().enumerate().map(section).collect()
}

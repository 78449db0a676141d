//! The section on how well the classes of an ordered outcome are told.

use serde::Serialize;

use super::tables::{self, Table};
use crate::telling::classes::{introduction, sentence};
use crate::telling::view::View;

/// See the module.
#[derive(Serialize)]
pub(super) struct Section {
    introduction: Vec<String>,
    sentences: Vec<String>,
    tables: Vec<Table>,
}

/// Nothing where the outcome is not ordered.
pub(super) fn section(view: &View<'_>) -> Option<Section> {
    let classes = view.report.classes.as_ref()?;
    let tables = match classes.judged.is_empty() {
        true => Vec::new(),
        false => tables::classes::all(view, classes).into(),
    };
    Some(Section {
        introduction: introduction(view, classes),
        sentences: classes.judged.iter().map(|judged| sentence(view, judged)).collect(),
        tables,
    })
}

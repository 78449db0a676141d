//! What the numbers of one version say, in sentences: its own results first, then how it compares with the reference.

mod calibration;
mod comparison;
mod discrimination;
mod equality;
mod levels;
mod net_benefit;
mod protection;

use serde::Serialize;

pub(crate) use self::equality::not_recorded;
use super::view::View;
use amparo_evaluation::report::ScoredReport;

/// A topic and its sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    pub(crate) term: String,
    pub(crate) sentences: Vec<String>,
}

/// The results of a version, in reading order, and last the comparison with the reference; topics without a sentence are left out.
///
/// Every number is the version's own, but for those of the comparison, which is headed by the reference's name.
pub(crate) fn summary(view: &View<'_>, one: &ScoredReport) -> Vec<Fact> {
    let pick = |es: &str, en: &str| view.lang.pick(es, en).to_owned();
    let topics = [
        (pick("Discriminación", "Discrimination"), discrimination::sentences(view, one)),
        (pick("Calibración", "Calibration"), calibration::sentences(view, one)),
        (pick("Niveles", "Levels"), levels::sentences(view, one)),
        (pick("Igualdad entre grupos", "Equality between groups"), equality::sentences(view, one)),
        (pick("Protección y sobrecarga", "Protection and overload"), protection::sentences(view, one)),
        (pick("Beneficio neto", "Net benefit"), net_benefit::sentences(view, one)),
        (comparison::heading(view), comparison::sentences(view, one)),
    ];
    topics
        .into_iter()
        .filter(|(_, sentences)| !sentences.is_empty())
        .map(|(term, sentences)| Fact { term, sentences })
        .collect()
}

/// How a version ranks among all that the report compares; `None` where it compares no more than two.
pub(crate) fn among_all(view: &View<'_>, one: &ScoredReport) -> Option<Fact> {
    let sentence = discrimination::among_all(view, one)?;
    Some(Fact {
        term: view.lang.pick("Entre todas las versiones", "Among all versions").to_owned(),
        sentences: vec![sentence],
    })
}

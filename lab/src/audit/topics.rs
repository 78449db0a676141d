//! What the factors of a form are grouped by, besides the form's own factors.

use amparo_datasets::{Instrument, Text as Label};
use amparo_evaluation::definitions::Text;

use crate::error::{Error, TopicProblem};

/// Groups of a form's indicators, each with a name; an indicator may be in several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics(Vec<(Text, Vec<usize>)>);

impl Topics {
    /// The factors of a form, the topics asked for as `psychological=I01,I07`, and if wanted each indicator on its own.
    ///
    /// # Errors
    /// [`Error::Topics`] with everything that is wrong with the topics asked for.
    pub fn new(instrument: &Instrument, asked: &[String], with_each_indicator: bool) -> Result<Self, Error> {
        let indicators = instrument.indicators();
        let mut topics: Vec<(Text, Vec<usize>)> = Vec::new();
        for factor in instrument.factors() {
            let of: Vec<usize> =
                (0..indicators.len()).filter(|j| indicators[*j].factor == factor.id).collect();
            if !of.is_empty() {
                topics.push((text("", &factor.label), of));
            }
        }
        let mut problems = Vec::new();
        for written in asked {
            let Some((name, ids)) = written.split_once('=').filter(|(name, _)| !name.is_empty()) else {
                problems.push(TopicProblem::Malformed(written.clone()));
                continue;
            };
            let of = positions(instrument, name, ids, &mut problems);
            if topics.iter().any(|(other, _)| other.es == name || other.en == name) {
                problems.push(TopicProblem::Taken(name.to_owned()));
            }
            topics.push((Text::same(name.to_owned()), of));
        }
        if !problems.is_empty() {
            return Err(Error::Topics(problems));
        }
        if with_each_indicator {
            let each = indicators.iter().enumerate();
            topics.extend(each.map(|(j, i)| (text(&format!("{} ", i.id), &i.label), vec![j])));
        }
        Ok(Self(topics))
    }

    /// Names and positions of indicators.
    pub(super) fn into_parts(self) -> Vec<(Text, Vec<usize>)> {
        self.0
    }
}

/// A label of the form, after what stands before it in every language.
fn text(before: &str, label: &Label) -> Text {
    let of = |label: &str| format!("{before}{label}").into();
    Text { es: of(&label.es), en: of(&label.en) }
}

/// The positions of a topic's indicators.
fn positions(
    instrument: &Instrument,
    topic: &str,
    ids: &str,
    problems: &mut Vec<TopicProblem>,
) -> Vec<usize> {
    let mut of: Vec<usize> = Vec::new();
    let mut repeated = None;
    for id in ids.split(',') {
        let (topic, indicator) = (topic.to_owned(), id.to_owned());
        match instrument.position(id) {
            Some(at) if of.contains(&at) => {
                repeated.get_or_insert(TopicProblem::Twice { topic, indicator });
            }
            Some(at) => of.push(at),
            None => {
                let instrument = instrument.id().to_owned();
                problems.push(TopicProblem::NoIndicator { topic, indicator, instrument });
            }
        }
    }
    problems.extend(repeated);
    of
}

//! What the factors of a form are grouped by, besides the form's own factors.

use amparo_datasets::Instrument;

use crate::error::{Error, TopicProblem};

/// Groups of a form's indicators, each with a name; an indicator may be in several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics(Vec<(String, Vec<usize>)>);

impl Topics {
    /// The factors of a form, the topics asked for as `psychological=I01,I07`, and if wanted each indicator on its own.
    ///
    /// # Errors
    /// [`Error::Topics`] with everything that is wrong with the topics asked for.
    pub fn new(instrument: &Instrument, asked: &[String], with_each_indicator: bool) -> Result<Self, Error> {
        let indicators = instrument.indicators();
        let mut topics: Vec<(String, Vec<usize>)> = Vec::new();
        for factor in instrument.factors() {
            let of: Vec<usize> =
                (0..indicators.len()).filter(|j| indicators[*j].factor == factor.id).collect();
            if !of.is_empty() {
                topics.push((factor.label.en.clone(), of));
            }
        }
        let mut problems = Vec::new();
        for text in asked {
            let Some((name, ids)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
                problems.push(TopicProblem::Malformed(text.clone()));
                continue;
            };
            let of = positions(instrument, name, ids, &mut problems);
            if topics.iter().any(|(other, _)| other == name) {
                problems.push(TopicProblem::Taken(name.to_owned()));
            }
            topics.push((name.to_owned(), of));
        }
        if !problems.is_empty() {
            return Err(Error::Topics(problems));
        }
        if with_each_indicator {
            let each = indicators.iter().enumerate();
            topics.extend(each.map(|(j, i)| (format!("{} {}", i.id, i.label.en), vec![j])));
        }
        Ok(Self(topics))
    }

    /// Names and positions of indicators.
    pub(super) fn into_parts(self) -> Vec<(String, Vec<usize>)> {
        self.0
    }
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

//! Scores of anybody's models, judged as versions are: by numbers that are handed in, without a registry and without a form.

use amparo_datasets::{ForeignScore, Group, number_cases};
use amparo_evaluation::input::{Columns, Input, Repeats};
use amparo_evaluation::report::{Context, HeldOut, Report};
use amparo_evaluation::{bridge, evaluate, total_steps};
use amparo_models::artefact::sha256;

use crate::judge::{BINS, within};
use crate::{Error, Observer, Settings};

/// What is judged. All columns are of one length, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// What the rows are called in the report.
    pub title: String,
    /// Name of the outcome.
    pub outcome: String,
    /// Days within which it counts, if that is known.
    pub horizon_days: Option<u32>,
    /// How the rows were kept from the models, in the words of whoever evaluates.
    pub held_out: String,
    /// Whether the event happened.
    pub events: Vec<bool>,
    /// Weight of each row, > 0 and finite.
    pub weights: Vec<f64>,
    /// Case of each row; the bootstrap resamples cases.
    pub cases: Vec<String>,
    /// Partitions of the rows, to measure how groups are treated.
    pub groups: Vec<Group>,
    /// The scores, none missing; the first is what the report is about.
    pub scores: Vec<ForeignScore>,
    /// Name of the score that differences are taken against; the first score itself where there is none.
    pub reference: Option<String>,
}

/// Judges scores, with all that a report of versions has but what only a version knows of itself.
///
/// # Errors
/// [`Error::NoVersion`] without a score; [`Error::HorizonBeyond`]; everything that is wrong with the columns, at once: see
/// [`Input::new`] and [`evaluate`].
pub fn judge_stated(stated: Stated, settings: &Settings, observer: &dyn Observer) -> Result<Report, Error> {
    let subject = stated.scores.first().ok_or(Error::NoVersion)?.name.clone();
    let context = Context {
        cohort: stated.title.clone(),
        synthetic: None,
        notes: Vec::new(),
        held_out: HeldOut::Stated { text: stated.held_out.clone() },
        outcome: stated.outcome.clone(),
        horizon_days: stated.horizon_days,
        censored_left_out: 0,
        excluded_left_out: 0,
        fingerprint: stated.fingerprint(),
        seed: settings.seed,
        replicates: settings.replicates,
        reference: stated.reference.clone().unwrap_or_else(|| subject.clone()),
        subject,
        smallest_cell: settings.smallest_cell,
        bins: BINS,
        margin: Some(settings.margin),
        pairwise: settings.pairwise,
    };
    let once = Repeats::default();
    let scored: Vec<_> = stated.scores.iter().map(|score| bridge::foreign(score, once)).collect();
    let (cluster, _) = number_cases(stated.cases.iter().map(String::as_str));
    let groups = stated.groups.iter().map(|group| bridge::group(group, once)).collect();
    let columns = Columns { y: stated.events, weight: stated.weights, cluster, groups, ..Columns::default() };
    let mut input = Input::new(columns)?;
    if let Some(horizons) = &settings.horizons {
        input = input.with_horizons(within(horizons, stated.horizon_days)?)?;
    }
    observer.stage("resampling cases", total_steps(&input, &context));
    Ok(evaluate(&input, &scored, context, &|steps| observer.advance(steps))?)
}

impl Stated {
    /// SHA-256 (hex) over rows, groups and scores.
    fn fingerprint(&self) -> String {
        let mut bytes = Vec::new();
        let mut feed = |part: &[u8]| {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        };
        let floats = |values: &[f64]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        feed(&self.events.iter().map(|&event| u8::from(event)).collect::<Vec<_>>());
        feed(&floats(&self.weights));
        self.cases.iter().for_each(|case| feed(case.as_bytes()));
        for Group { name, labels, codes, .. } in &self.groups {
            feed(format!("{name} {labels:?}").as_bytes());
            feed(&codes.iter().flat_map(|code| code.to_le_bytes()).collect::<Vec<_>>());
        }
        for score in &self.scores {
            feed(score.name.as_bytes());
            feed(&floats(&score.values.iter().map(|value| value.unwrap_or(f64::NAN)).collect::<Vec<_>>()));
        }
        sha256(&bytes)
    }
}

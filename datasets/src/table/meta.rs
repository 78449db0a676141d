//! What a cohort file says about itself.

use serde::{Deserialize, Serialize};

use crate::{Cohort, Instrument, Provenance, ScoreLevel};

/// The key of the file's metadata.
pub(super) const KEY: &str = "amparo.cohort";

/// The layout that is written. Formats 1 to 4, which are read too, know no classes; formats 1 to 3 know no row without a day beside rows with one; formats 1 and 2 know no division that the table brings with it; format 1 knows no
/// reference label of a group, no row that an outcome excludes and no score that is a probability either.
pub(super) const FORMAT: u32 = 5;

/// Columns of the divisions that the table brings with it.
pub(super) const SPLIT: &str = "assigned.split";
pub(super) const FOLD: &str = "assigned.fold";

/// The oldest layout that is read.
pub(super) const OLDEST: u32 = 1;

/// Everything about a cohort that its columns do not hold.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meta {
    pub format: u32,
    pub instrument: Instrument,
    pub provenance: Provenance,
    pub dates: bool,
    /// Whether there is a side of the table's own split.
    #[serde(default)]
    pub split: bool,
    /// Names of the table's own folds, if it has any.
    #[serde(default)]
    pub folds: Option<Vec<String>>,
    pub outcomes: Vec<OutcomeMeta>,
    pub groups: Vec<GroupMeta>,
    pub scores: Vec<ScoreMeta>,
    pub oracles: Vec<String>,
    pub fingerprint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutcomeMeta {
    pub name: String,
    pub horizon_days: Option<u32>,
    pub days: bool,
    /// The classes, if it is ordered.
    #[serde(default)]
    pub classes: Option<ClassesMeta>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassesMeta {
    /// From the lowest to the highest.
    pub ids: Vec<String>,
    /// Place of the lowest one that is the event.
    pub from: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupMeta {
    pub name: String,
    pub labels: Vec<String>,
    #[serde(default)]
    pub reference: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScoreMeta {
    pub name: String,
    pub levels: Vec<ScoreLevel>,
    #[serde(default)]
    pub is_probability: bool,
}

impl Meta {
    /// What is to be said of a cohort.
    pub fn of(cohort: &Cohort) -> Self {
        let outcomes = cohort.outcomes().iter();
        let groups = cohort.groups().iter();
        let scores = cohort.scores().iter();
        Self {
            format: FORMAT,
            instrument: Instrument::clone(cohort.instrument()),
            provenance: cohort.provenance().clone(),
            dates: cohort.dates().is_some(),
            split: cohort.assigned().sides.is_some(),
            folds: cohort.assigned().folds.as_ref().map(|folds| folds.names.clone()),
            outcomes: outcomes
                .map(|o| OutcomeMeta {
                    name: o.name.clone(),
                    horizon_days: o.horizon_days,
                    days: o.days.is_some(),
                    classes: o.classes.as_ref().map(|c| ClassesMeta { ids: c.ids.clone(), from: c.from }),
                })
                .collect(),
            groups: groups
                .map(|g| GroupMeta {
                    name: g.name.clone(),
                    labels: g.labels.clone(),
                    reference: g.reference.clone(),
                })
                .collect(),
            scores: scores
                .map(|s| ScoreMeta {
                    name: s.name.clone(),
                    levels: s.levels.clone(),
                    is_probability: s.is_probability,
                })
                .collect(),
            oracles: cohort.oracles().iter().map(|o| o.outcome.clone()).collect(),
            fingerprint: cohort.fingerprint(),
        }
    }

    /// The columns of such a file in order, with what each is for.
    pub fn columns(&self) -> Vec<(String, String)> {
        let mut columns = vec![("case".to_owned(), "case".to_owned())];
        if self.dates {
            columns.push(("date".to_owned(), "date".to_owned()));
        }
        columns.push(("weight".to_owned(), "weight".to_owned()));
        if self.split {
            columns.push((SPLIT.to_owned(), "side of the split".to_owned()));
        }
        if self.folds.is_some() {
            columns.push((FOLD.to_owned(), "fold".to_owned()));
        }
        let indicators = self.instrument.indicators().iter();
        columns.extend(indicators.map(|i| (i.id.clone(), format!("indicator `{}`", i.id))));
        for OutcomeMeta { name, days, classes, .. } in &self.outcomes {
            columns.push((format!("outcome.{name}"), format!("outcome `{name}`")));
            if *days {
                columns.push((format!("outcome.{name}.days"), format!("outcome `{name}`")));
            }
            if classes.is_some() {
                columns.push((format!("outcome.{name}.class"), format!("outcome `{name}`")));
            }
        }
        for GroupMeta { name, .. } in &self.groups {
            columns.push((format!("group.{name}"), format!("group `{name}`")));
        }
        for ScoreMeta { name, .. } in &self.scores {
            columns.push((format!("score.{name}"), format!("score `{name}`")));
        }
        for name in &self.oracles {
            columns.push((format!("oracle.{name}"), format!("true probability of `{name}`")));
        }
        columns
    }
}

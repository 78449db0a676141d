//! What another version, or a model that is compared only, says of the forms in a log.

use std::collections::btree_map::Entry as Place;
use std::collections::{BTreeMap, HashSet};

use amparo_datasets::{FormAnswer, number_cases};
use amparo_evaluation::audit::{Settings, Shadow, Shadowed, shadow};
use amparo_exchange::ComparedModel;
use amparo_exchange::compared::Run;
use amparo_journal::{Decision, Entry, PROPOSAL, Summary, answers, decision};
use amparo_models::artefact::Version;
use amparo_models::registry::{ModelRef, Registry};
use serde::Serialize;

use crate::Error;

/// Who stands beside the proposals.
#[derive(Clone, Copy)]
pub enum ShadowedBy<'a> {
    /// A version. Its proposed level is compared with the proposed one.
    Version(&'a Version),
    /// A model that is compared only. The level that its probability alone gives, by the protocol of the version that answered, is
    /// compared with the one that the probability of the proposal alone gives.
    Model(&'a ComparedModel),
}

/// What a shadow says of the proposals whose versions have the same levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfLevels {
    /// The levels from the lowest: `low < high`.
    pub scale: String,
    /// What the shadow says.
    #[serde(flatten)]
    pub shadow: Shadow,
}

/// A proposal that would have another level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// The proposal.
    pub proposal: String,
    /// Its case.
    pub case: String,
    /// The unit; `None` where the platform did not say.
    pub unit: Option<String>,
    /// The version that answered: `vpr@3`.
    pub version: String,
    /// Its level.
    pub level: String,
    /// The level by the shadow.
    pub shadow_level: String,
    /// Its probability.
    pub probability: f64,
    /// The probability by the shadow.
    pub shadow_probability: f64,
}

/// A log beside a shadow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShadowAudit {
    /// The proposals that were compared, by the levels of their versions.
    pub of_levels: Vec<OfLevels>,
    /// Proposals whose form the shadow does not read.
    pub other_form: u64,
    /// Proposals whose levels the shadow does not give.
    pub other_levels: u64,
    /// Proposals that were erased, of which nothing is known any more.
    pub erased: u64,
    /// Proposals that were replaced by another, which counts in their place.
    pub replaced: u64,
    /// Those that would have another level, in the order of the log.
    #[serde(skip)]
    pub moved: Vec<Moved>,
}

/// The proposals of a log on their way beside a shadow.
pub struct Shadowing<'a> {
    registry: &'a Registry,
    by: ShadowedBy<'a>,
    versions: BTreeMap<(String, u32), Answered>,
    proposals: Vec<(Decision, Vec<u8>)>,
    other_form: u64,
    other_levels: u64,
    erased: u64,
    /// Ids of proposals that a later one replaces.
    replaced: HashSet<String>,
}

/// A version that answered, with what is the same for all of its proposals.
struct Answered {
    version: Version,
    /// Ids of its levels, from the lowest.
    levels: Vec<String>,
    fits: Fits,
}

/// Whether a shadow can stand beside a version.
#[derive(Clone, Copy)]
enum Fits {
    Yes,
    OtherForm,
    OtherLevels,
}

impl Answered {
    fn new(version: Version, by: ShadowedBy<'_>) -> Self {
        let ids = |of: &Version| of.protocol().levels().iter().map(|level| level.id.clone()).collect();
        let (form, levels): (_, Vec<String>) = (version.instrument().digest(), ids(&version));
        let (same_form, same_levels) = match by {
            ShadowedBy::Version(shadow) => (shadow.instrument().digest() == form, ids(shadow) == levels),
            ShadowedBy::Model(shadow) => (shadow.instrument_digest == form, true),
        };
        let fits = match (same_form, same_levels) {
            (false, _) => Fits::OtherForm,
            (true, false) => Fits::OtherLevels,
            (true, true) => Fits::Yes,
        };
        Self { version, levels, fits }
    }
}

impl<'a> Shadowing<'a> {
    /// Beside a shadow, with the versions of a registry that answered.
    pub fn new(registry: &'a Registry, by: ShadowedBy<'a>) -> Self {
        let (versions, proposals) = (BTreeMap::new(), Vec::new());
        Self {
            registry,
            by,
            versions,
            proposals,
            other_form: 0,
            other_levels: 0,
            erased: 0,
            replaced: HashSet::new(),
        }
    }

    /// Takes an entry of the log; what is no proposal is passed over.
    ///
    /// # Errors
    /// An entry that is not as this edition logs, and what the registry refuses.
    pub fn add(&mut self, entry: &Entry) -> Result<(), Error> {
        if entry.kind != PROPOSAL {
            return Ok(());
        }
        if entry.is_erased() {
            self.erased += 1;
            return Ok(());
        }
        let said = Summary::of(&entry.kind, entry.body.as_deref().unwrap_or_default());
        self.replaced.extend(said.and_then(|said| said.replaces));
        let decision = decision(entry)?;
        let Answered { version, fits, .. } =
            match self.versions.entry((decision.model.clone(), decision.version)) {
                Place::Occupied(known) => known.into_mut(),
                Place::Vacant(free) => {
                    let of = ModelRef::version(&decision.model, decision.version)?;
                    free.insert(Answered::new(self.registry.load(&of)?, self.by))
                }
            };
        match fits {
            Fits::OtherForm => self.other_form += 1,
            Fits::OtherLevels => self.other_levels += 1,
            Fits::Yes => {
                let row = version.encode(&form_of(answers(entry)?)).map_err(amparo_models::Error::from)?;
                self.proposals.push((decision, row));
            }
        }
        Ok(())
    }

    /// What the shadow says of them; `run` runs the graph of a compared model.
    ///
    /// # Errors
    /// [`Error::UnknownLevel`] for a level that is not of the protocol of the version that answered; what the shadow does not take.
    pub fn finished(self, settings: Settings, run: &mut Run<'_>) -> Result<ShadowAudit, Error> {
        let Self { by, versions, mut proposals, other_form, other_levels, erased, replaced, .. } = self;
        let before = proposals.len();
        proposals.retain(|(decision, _)| !replaced.contains(&decision.proposal_id));
        let replaced = (before - proposals.len()) as u64;
        let (cases, _) = number_cases(proposals.iter().map(|(decision, _)| decision.case_id.as_str()));
        let probabilities = match by {
            ShadowedBy::Model(model) => {
                let fitting = versions.values().find(|answered| matches!(answered.fits, Fits::Yes));
                let instrument = fitting.map(|answered| answered.version.instrument());
                match instrument {
                    Some(instrument) => {
                        let rows = proposals.iter().map(|(_, row)| row.as_slice());
                        model.on(instrument)?.probabilities(rows, run)?
                    }
                    None => Vec::new(),
                }
            }
            ShadowedBy::Version(_) => Vec::new(),
        };
        let mut streams: BTreeMap<String, (Vec<String>, Vec<Shadowed>)> = BTreeMap::new();
        let mut moved = Vec::new();
        for (at, ((decision, row), case)) in proposals.iter().zip(cases).enumerate() {
            let Some(Answered { version, levels, .. }) =
                versions.get(&(decision.model.clone(), decision.version))
            else {
                continue;
            };
            let protocol = version.protocol();
            let position = |level: &str| {
                protocol.position(level).ok_or_else(|| Error::UnknownLevel {
                    proposal: decision.proposal_id.clone(),
                    level: level.to_owned(),
                    protocol: protocol.id().to_owned(),
                })
            };
            let (level, shadow_level, shadow_probability) = match by {
                ShadowedBy::Version(shadow) => {
                    let said = shadow.assess_parts(row, std::iter::empty().collect())?;
                    (position(&decision.level)?, position(&said.level)?, said.recidivism.probability)
                }
                ShadowedBy::Model(_) => {
                    let p = probabilities[at];
                    (protocol.level_of(decision.probability), protocol.level_of(p), p)
                }
            };
            if level != shadow_level {
                moved.push(Moved {
                    proposal: decision.proposal_id.clone(),
                    case: decision.case_id.clone(),
                    unit: decision.unit.clone(),
                    version: format!("{}@{}", decision.model, decision.version),
                    level: levels[level].clone(),
                    shadow_level: levels[shadow_level].clone(),
                    probability: decision.probability,
                    shadow_probability,
                });
            }
            let (unit, probability) = (decision.unit.clone(), decision.probability);
            let one = Shadowed { case, unit, level, shadow_level, probability, shadow_probability };
            let (_, stream) =
                streams.entry(levels.join(" < ")).or_insert_with(|| (levels.clone(), Vec::new()));
            stream.push(one);
        }
        let of = |(scale, (levels, all)): (String, (Vec<String>, Vec<Shadowed>))| OfLevels {
            scale,
            shadow: shadow(&levels, &all, settings),
        };
        let of_levels = streams.into_iter().map(of).collect();
        Ok(ShadowAudit { of_levels, other_form, other_levels, erased, replaced, moved })
    }
}

/// The answers of a request that are texts or numbers, as a form is read.
fn form_of(answers: BTreeMap<String, serde_json::Value>) -> BTreeMap<String, FormAnswer> {
    let read = |(indicator, answer)| Some((indicator, serde_json::from_value(answer).ok()?));
    answers.into_iter().filter_map(read).collect()
}

//! Whether the shares of levels follow the risk, or the places there are.

use amparo_datasets::number_cases;
use amparo_evaluation::audit::{Capacity, LevelsOf, Risk, Settings, Stream, capacity};
use amparo_evaluation::input::Scored;
use amparo_journal::Decision;
use amparo_models::registry::{ModelRef, Registry};
use jiff::tz::TimeZone;

use super::Period;
use crate::{Error, HeldOutRows};

/// Where the risk of a cohort's rows comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskFrom {
    /// What happened in each period, row by row in the order of the version's score.
    Outcomes,
    /// The version's probability, taken at its word.
    Model,
}

/// What is tested on a cohort.
#[derive(Debug, Clone, Copy)]
pub struct CapacityAudit<'a> {
    /// A score of the cohort whose levels are tested; `None`: those of the version.
    pub score: Option<&'a str>,
    /// Where the risk comes from.
    pub risk: RiskFrom,
    /// Length of a period.
    pub period: Period,
    /// How it is computed.
    pub settings: Settings,
}

impl CapacityAudit<'_> {
    /// Refuses what needs no row to be refused.
    ///
    /// # Errors
    /// [`Error::RiskOfOwnLevels`]: a version's levels are cuts of its probability, which therefore cannot test them.
    pub fn check(&self) -> Result<(), Error> {
        match (self.risk, self.score) {
            (RiskFrom::Model, None) => Err(Error::RiskOfOwnLevels),
            _ => Ok(()),
        }
    }
}

/// Whose levels were tested, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// Whose levels.
    pub levels: LevelsOf,
    /// The sentence that must stand with numbers of a synthetic cohort.
    pub synthetic: Option<String>,
    /// The test.
    pub capacity: Capacity,
}

/// Tests the levels of a version, or of a score that came with the cohort, on rows held out from that version with
/// [`hold_out()`](crate::hold_out()).
///
/// # Errors
/// What [`CapacityAudit::check`] refuses; [`Error::NoDates`], [`Error::Undated`], [`Error::NoScore`], [`Error::NoLevels`], [`Error::Periods`]; fewer
/// than three periods.
pub fn of_cohort(held: &HeldOutRows, audit: &CapacityAudit<'_>) -> Result<Tested, Error> {
    audit.check()?;
    let provenance = held.part.provenance();
    let Some(dates) = held.part.dates() else {
        return Err(Error::NoDates { cohort: provenance.title.clone() });
    };
    let n_undated = held.part.n_undated();
    if n_undated > 0 {
        return Err(Error::Undated { cohort: provenance.title.clone(), n: n_undated, of: dates.len() });
    }
    let (version, columns) = (&held.scored[0], held.input.columns());
    let subject = match audit.score {
        None => version,
        Some(name) => score(&held.scored[1..], name)?,
    };
    let name = || subject.name.clone();
    let levels = subject.levels.as_ref().ok_or_else(|| Error::NoLevels { score: name() })?;
    // Of repeated cross-fitting the first round: every assessment once.
    let n = held.part.n_rows();
    let times = (columns.y.len() / n) as f64;
    let (periods, period) = audit.period.code(dates.iter().flatten().copied())?;
    let stream = Stream {
        levels: levels.ids.clone(),
        level: levels.codes[..n].to_vec(),
        periods,
        period,
        weight: columns.weight[..n].iter().map(|w| w * times).collect(),
        cluster: columns.cluster[..n].to_vec(),
        risk: match (audit.risk, &version.probability) {
            (RiskFrom::Model, Some(probability)) => Risk::Stated(probability[..n].to_vec()),
            _ => Risk::Outcomes { score: version.score[..n].to_vec(), y: columns.y[..n].to_vec() },
        },
    };
    Ok(Tested {
        levels: LevelsOf::Scores { name: name() },
        synthetic: provenance.synthetic.as_ref().map(|s| s.statement.clone()),
        capacity: capacity(&stream, audit.settings)?,
    })
}

/// A score that came with the cohort.
fn score<'a>(scores: &'a [Scored], name: &str) -> Result<&'a Scored, Error> {
    scores.iter().find(|one| one.name == name).ok_or_else(|| Error::NoScore {
        score: name.to_owned(),
        known: scores.iter().map(|one| one.name.clone()).collect(),
    })
}

/// Tests the levels in the service's log against the probabilities of the same proposals.
///
/// Only the levels that officers confirmed are tested if `confirmed`: of proposals, levels are cuts of these probabilities, so the
/// test then shows what floors, the lethality model and a change of version did.
///
/// # Errors
/// [`Error::NoProposal`] for a log without such proposals; [`Error::OtherScale`] for levels of two protocols;
/// [`Error::Periods`]; what the registry refuses; fewer than three periods.
pub fn of_decisions(
    registry: &Registry,
    decisions: &[Decision],
    confirmed: bool,
    period: Period,
    settings: Settings,
) -> Result<Tested, Error> {
    let given: Vec<(&Decision, &str)> = decisions
        .iter()
        .filter_map(|decision| {
            let level = if confirmed { decision.confirmed.as_ref()? } else { &decision.level };
            Some((decision, level.as_str()))
        })
        .collect();
    let Some((first, _)) = given.first() else {
        return Err(Error::NoProposal { proposals: decisions.len() });
    };
    let version = registry.load(&ModelRef::version(&first.model, first.version)?)?;
    let protocol = version.protocol();
    let levels: Vec<String> = protocol.levels().iter().map(|level| level.id.clone()).collect();
    let place = |(decision, level): &(&Decision, &str)| {
        let place = protocol.position(level).and_then(|at| u8::try_from(at).ok());
        place.ok_or_else(|| Error::OtherScale {
            proposal: decision.proposal_id.clone(),
            level: (*level).to_owned(),
            protocol: protocol.id().to_owned(),
            levels: levels.clone(),
        })
    };
    let level = given.iter().map(place).collect::<Result<Vec<u8>, _>>()?;
    let days = given.iter().map(|(decision, _)| decision.assessed_at.to_zoned(TimeZone::UTC).date());
    let (periods, period) = period.code(days)?;
    let stream = Stream {
        weight: vec![1.0; level.len()],
        level,
        periods,
        period,
        cluster: number_cases(given.iter().map(|(decision, _)| decision.case_id.as_str())).0,
        risk: Risk::Stated(given.iter().map(|(decision, _)| decision.probability).collect()),
        levels,
    };
    let n = given.len();
    Ok(Tested {
        levels: if confirmed { LevelsOf::ConfirmedLevels { n } } else { LevelsOf::Proposals { n } },
        synthetic: version.manifest().training.synthetic_statement().map(str::to_owned),
        capacity: capacity(&stream, settings)?,
    })
}

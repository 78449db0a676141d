//! What raises the level that the probability gives, and what marks the case.

use amparo_datasets::{Instrument, Text};
use serde::{Deserialize, Serialize};

use super::{BaselineAlone, Reading};
use crate::completion::Certificate;
use crate::protocol::{Finding, LethalityRule, SPECIAL_RELEVANCE};
use crate::{Error, NeverBelowBaseline, Protocol, Reason};

/// Name of the lethality rules where a level or a lack of knowledge is put down to them.
pub(crate) const LETHALITY: &str = "lethality";
/// Name of the clause on the baseline.
pub(crate) const BASELINE: &str = "baseline";

/// One rule that raised the level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Raise {
    /// `baseline` (the clause of the version), `lethality`, or `floor:` and the id of the floor.
    pub rule: String,
    /// The level before.
    pub from: String,
    /// The level after.
    pub to: String,
    /// Why.
    pub reason: Text,
}

/// A mark or a rule about which nothing can be said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Undetermined {
    /// The mark, or the rule as in `raised_by`.
    pub id: String,
    /// The unanswered questions that it hangs on; empty if it hangs on something else.
    pub indicators: Vec<String>,
    /// Why.
    pub reason: Reason,
}

/// What the rules make of a form. Levels are places in the protocol, lowest first.
pub(super) struct Ruling {
    /// By the probability alone.
    pub computed: usize,
    /// After all raises.
    pub level: usize,
    /// The rules that hold, with the level each sets, whether or not they raised.
    pub holding: Vec<(String, usize)>,
    pub raised_by: Vec<Raise>,
    pub flags: Vec<String>,
    pub undetermined_flags: Vec<Undetermined>,
    pub undetermined_raises: Vec<Undetermined>,
}

/// What the models say of a form.
pub(super) struct Readings<'a> {
    pub recidivism: &'a Reading,
    /// The clause on the baseline, if there is one, and the baseline alone.
    pub clause: Option<(&'a NeverBelowBaseline, &'a BaselineAlone)>,
    pub lethality: Option<&'a Reading>,
}

/// Applies the clause on the baseline, lethality rules, floors and flags, in this order.
pub(super) fn apply(
    protocol: &Protocol,
    instrument: &Instrument,
    readings: &Readings<'_>,
    unknown: &[String],
    row: &[u8],
) -> Result<Ruling, Error> {
    let computed = protocol.level_of(readings.recidivism.probability);
    let mut ruling = Ruling {
        computed,
        level: computed,
        holding: Vec::new(),
        raised_by: Vec::new(),
        flags: Vec::new(),
        undetermined_flags: Vec::new(),
        undetermined_raises: Vec::new(),
    };
    // Rules that could still hold, with the level each would set: listed only if above the final level.
    let mut open = Vec::new();
    if let Some((clause, alone)) = readings.clause {
        ruling.raise(protocol, BASELINE.to_owned(), protocol.level_of(alone.probability), &clause.reason);
        open.push((
            protocol.level_of(alone.if_unknowns.high),
            unknowns(alone.certificate, unknown).of(BASELINE),
        ));
    }
    if let Some(rules) = protocol.lethality() {
        open.extend(ruling.lethality(protocol, &rules.rules, readings.lethality, unknown));
    }
    for floor in protocol.floors() {
        let rule = format!("floor:{}", floor.id);
        match Finding::of(&floor.any, instrument, row)? {
            Finding::Met(_) => ruling.raise(protocol, rule, floor.at_least, &floor.reason),
            Finding::Open(indicators) => open.push((floor.at_least, depends_on(&rule, indicators))),
            Finding::NotMet => {}
        }
    }
    for flag in protocol.flags() {
        match Finding::of(&flag.any, instrument, row)? {
            Finding::Met(_) => ruling.flags.push(flag.id.clone()),
            Finding::Open(indicators) => ruling.undetermined_flags.push(depends_on(&flag.id, indicators)),
            Finding::NotMet => {}
        }
    }
    let level = ruling.level;
    ruling.undetermined_raises =
        open.into_iter().filter(|(to, _)| *to > level).map(|(_, what)| what).collect();
    Ok(ruling)
}

impl Ruling {
    fn raise(&mut self, protocol: &Protocol, rule: String, to: usize, reason: &Text) {
        if to > self.level {
            let id_of = |level: usize| protocol.levels()[level].id.clone();
            self.raised_by.push(Raise {
                rule: rule.clone(),
                from: id_of(self.level),
                to: id_of(to),
                reason: reason.clone(),
            });
            self.level = to;
        }
        self.holding.push((rule, to));
    }

    /// Applies the last rule that the lethal probability reaches; gives what a rule not reached could still set.
    fn lethality(
        &mut self,
        protocol: &Protocol,
        rules: &[LethalityRule],
        reading: Option<&Reading>,
        unknown: &[String],
    ) -> Option<(usize, Undetermined)> {
        let reached = |probability: f64| rules.partition_point(|rule| rule.from_probability <= probability);
        let now = reading.map_or(0, |reading| reached(reading.probability));
        if let Some(rule) = rules[..now].last() {
            self.raise(protocol, LETHALITY.to_owned(), rule.at_least, &rule.reason);
        }
        let special = rules[..now].iter().any(|rule| rule.special_relevance);
        if special {
            self.flags.push(SPECIAL_RELEVANCE.to_owned());
        }
        // How many rules could be reached at most, and what keeps that from being known.
        let (most, why) = match reading {
            None => (rules.len(), Why::NoModel),
            Some(Reading { if_unknowns: range, .. }) => {
                (reached(range.high), unknowns(range.certificate, unknown))
            }
        };
        let beyond = rules.get(now..most)?;
        if !special && beyond.iter().any(|rule| rule.special_relevance) {
            self.undetermined_flags.push(why.of(SPECIAL_RELEVANCE));
        }
        beyond.last().map(|rule| (rule.at_least, why.of(LETHALITY)))
    }
}

/// What keeps a lethality rule from being decided.
enum Why {
    NoModel,
    Unknown(Vec<String>),
    /// Only a bound of the lethal probability is known.
    Bounded(Vec<String>),
}

impl Why {
    fn of(&self, id: &str) -> Undetermined {
        let (indicators, reason) = match self {
            Self::NoModel => (Vec::new(), Reason::NoLethalityModel),
            Self::Unknown(of) => (of.clone(), Reason::DependsOnUnknown { indicators: of.clone() }),
            Self::Bounded(of) => (of.clone(), Reason::NotRuledOut { indicators: of.clone() }),
        };
        Undetermined { id: id.to_owned(), indicators, reason }
    }
}

/// Why it is not known what a probability will be once the unknown answers are known.
fn unknowns(certificate: Certificate, of: &[String]) -> Why {
    match certificate {
        Certificate::Exact => Why::Unknown(of.to_vec()),
        Certificate::Bounds => Why::Bounded(of.to_vec()),
    }
}

fn depends_on(id: &str, indicators: Vec<String>) -> Undetermined {
    Why::Unknown(indicators).of(id)
}

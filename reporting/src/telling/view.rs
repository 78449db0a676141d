//! A report seen in one language: names, titles and marks that every part of the page shares.

use amparo_evaluation::definitions::{Better, Definition};
use amparo_evaluation::input::Kind;
use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::{Equivalence, Gap, Report, ScoredReport, split_key};

use super::lang::{Lang, tell};
use super::number::{Numbers, Unit};
use super::words::Words;

/// See the module.
pub(crate) struct View<'a> {
    pub(crate) report: &'a Report,
    pub(crate) lang: Lang,
    pub(crate) numbers: Numbers,
    pub(crate) words: Words,
}

impl<'a> View<'a> {
    pub(crate) fn new(report: &'a Report, lang: Lang) -> Self {
        Self { report, lang, numbers: Numbers { lang }, words: Words::new(lang) }
    }

    /// The definition of a metric's name, if the report has it.
    pub(crate) fn definition(&self, metric: &str) -> Option<&'a Definition> {
        self.report.definitions.iter().find(|one| one.metric == metric)
    }

    /// Title of a key without its explanation in brackets: `Recall, high or above`.
    pub(crate) fn title(&self, key: &str) -> String {
        let (metric, level) = split_key(key);
        let Some(definition) = self.definition(metric) else { return key.to_owned() };
        let full = self.lang.pick(&definition.title.es, &definition.title.en);
        let short = full.split(" (").next().unwrap_or(full).to_owned() + self.scale(metric);
        match (level.map(|level| self.level(level)), metric) {
            (None, _) => short,
            (Some(level), "level_share" | "level_rate") => format!("{short}: {level}"),
            (Some(level), "npv") => {
                tell!(self.lang, "{short}, por debajo de {level}", "{short}, below {level}")
            }
            (Some(level), _) => tell!(self.lang, "{short}, {level} o más", "{short}, {level} or above"),
        }
    }

    /// What people read for a level, by its id.
    pub(crate) fn level<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        let rows = self.report.scored.iter().flat_map(|one| &one.levels);
        rows.into_iter().find(|row| row.level == id).map_or(id, |row| self.lang.of(&row.label))
    }

    /// What a title adds where values are not written as they are: `, per 1,000 cases`.
    pub(crate) fn scale(&self, metric: &str) -> &'static str {
        match Unit::of(metric) {
            Unit::PerThousand => self.lang.pick(", por 1000 casos", ", per 1,000 cases"),
            _ => "",
        }
    }

    /// The unit of a key.
    pub(crate) fn unit(&self, key: &str) -> Unit {
        Unit::of(split_key(key).0)
    }

    /// A measure of a key in a sentence.
    pub(crate) fn measure(&self, key: &str, measure: &Measure) -> String {
        self.numbers.measure(self.unit(key), measure, false)
    }

    /// A signed difference of a key in a sentence.
    pub(crate) fn difference(&self, key: &str, measure: &Measure) -> String {
        self.numbers.measure(self.unit(key), measure, true)
    }

    /// `better` or `worse` for a difference whose interval excludes zero (`differs` where neither sign is better).
    pub(crate) fn verdict(&self, key: &str, measure: &Measure) -> Option<&'static str> {
        let above = excludes_zero(measure)?;
        let better = self.definition(split_key(key).0).map_or(Better::Neither, |one| one.better);
        Some(match (better, above) {
            (Better::Higher, true) | (Better::Lower, false) => self.lang.pick("mejor", "better"),
            (Better::Higher, false) | (Better::Lower, true) => self.lang.pick("peor", "worse"),
            _ => self.lang.pick("difiere", "differs"),
        })
    }

    /// Whether a scored version is the one that differences are taken against.
    pub(crate) fn is_reference(&self, scored: &ScoredReport) -> bool {
        scored.name == self.report.context.reference
    }

    /// The version that differences are taken against.
    pub(crate) fn reference(&self) -> Option<&'a ScoredReport> {
        self.report.scored(&self.report.context.reference)
    }

    /// The version with the highest AUC, the first among equals; foreign columns are not versions.
    pub(crate) fn best(&self) -> Option<(&'a ScoredReport, &'a Measure, f64)> {
        let versions = self.report.scored.iter().filter(|one| matches!(one.kind, Kind::Version { .. }));
        versions.filter_map(|one| one.overall.get("auc").and_then(|m| Some((one, m, m.value()?)))).reduce(
            |best, next| {
                if next.2 > best.2 { next } else { best }
            },
        )
    }

    /// The version that the report is about.
    pub(crate) fn subject(&self) -> Option<&'a ScoredReport> {
        self.report.scored(&self.report.context.subject)
    }

    /// The versions shown by group: the one that the report is about, the one that ranks best, and the reference.
    pub(crate) fn told(&self) -> Vec<&'a ScoredReport> {
        let mut told: Vec<&ScoredReport> = Vec::new();
        for one in self.subject().into_iter().chain(self.best().map(|best| best.0)) {
            if !self.is_reference(one) && told.iter().all(|other| other.name != one.name) {
                told.push(one);
            }
        }
        told.extend(self.reference());
        told
    }

    /// The simultaneous interval of a gap; where it excludes zero, it does not look as if it touched it.
    pub(crate) fn simultaneous(&self, gap: &Gap) -> Option<String> {
        let band = gap.simultaneous?;
        let value = gap.measure.value().unwrap_or_default();
        self.numbers.difference(self.unit(&gap.metric), value, Some((band.low, band.high))).1
    }

    /// What an equivalence test says, in words.
    pub(crate) fn equivalence(&self, verdict: Equivalence) -> &'static str {
        match verdict {
            Equivalence::Absent => self.lang.pick("ausente", "absent"),
            Equivalence::Present => self.lang.pick("presente", "present"),
            Equivalence::CannotTell => self.lang.pick("no se puede saber", "cannot tell"),
        }
    }

    /// What stands beside a version's name: family and dial, foreign, or reference.
    pub(crate) fn kind(&self, scored: &ScoredReport) -> String {
        let mut parts = Vec::new();
        match &scored.kind {
            Kind::Version { family, dial, .. } => {
                parts.push(family.clone());
                if let Some(dial) = dial {
                    parts.push(format!("dial {}", self.numbers.fixed(dial.position, 2)));
                }
            }
            Kind::Candidate { family } => {
                parts.push(family.clone());
                parts.push(self.lang.pick("no publicado", "not published").to_owned());
            }
            Kind::Foreign => parts.push(self.lang.pick("puntuación externa", "external score").to_owned()),
        }
        if self.is_reference(scored) {
            parts.push(self.lang.pick("referencia", "reference").to_owned());
        }
        parts.join(", ")
    }
}

/// Whether a difference's interval excludes zero: `Some(true)` above, `Some(false)` below; `None` if it covers zero or is missing.
pub(crate) fn excludes_zero(measure: &Measure) -> Option<bool> {
    let (low, high) = measure.interval()?;
    if low > 0.0 {
        Some(true)
    } else if high < 0.0 {
        Some(false)
    } else {
        None
    }
}

/// Whether a gap can be told from zero by the interval that holds for all gaps of its measure together, or else by its own.
pub(crate) fn stands_apart(gap: &Gap) -> bool {
    match gap.simultaneous {
        Some(band) => band.low > 0.0 || band.high < 0.0,
        None => excludes_zero(&gap.measure).is_some(),
    }
}

/// Whether a measure is 1 less another that is always there: of its gaps and differences, the other's say it all.
pub(crate) fn is_complement(key: &str) -> bool {
    matches!(split_key(key).0, "specificity" | "false_negative_rate" | "events_in_lowest")
}

/// The level whose threshold stands for all in plots and group tables.
///
/// The lowest level that gives at least half of the strongest protection; if too few rows reach it for a predictive value, the next lower one.
pub(crate) fn key_level(scored: &ScoredReport) -> Option<&str> {
    let thresholds = scored.levels.get(1..).filter(|rest| !rest.is_empty())?;
    let at = thresholds.iter().position(|row| row.intensity >= 0.5).unwrap_or(thresholds.len() - 1);
    let known = |row: &&amparo_evaluation::report::LevelRow| {
        let key = amparo_evaluation::report::key("ppv", Some(&row.level));
        scored.overall.get(&key).is_some_and(|measure| measure.value().is_some())
    };
    Some(&thresholds[..=at].iter().rev().find(known).unwrap_or(&thresholds[at]).level)
}

/// The metrics that gap plots and group tables show: ranking, the key threshold's rates, calibration.
pub(crate) const COMPARED: [&str; 5] = ["auc", "recall", "false_positive_rate", "ppv", "observed_expected"];

/// The key of a compared metric for a version, at its key level; `None` without levels.
pub(crate) fn compared_key(scored: &ScoredReport, metric: &str) -> Option<String> {
    match metric {
        "recall" | "false_positive_rate" | "ppv" => {
            Some(amparo_evaluation::report::key(metric, Some(key_level(scored)?)))
        }
        _ => Some(metric.to_owned()),
    }
}

/// The key by which a compared metric is titled: that of the reference, or else of the first version with levels.
pub(crate) fn title_key(report: &Report, metric: &str) -> String {
    let reference = report.scored(&report.context.reference);
    reference
        .into_iter()
        .chain(&report.scored)
        .find_map(|one| compared_key(one, metric))
        .unwrap_or_else(|| metric.to_owned())
}

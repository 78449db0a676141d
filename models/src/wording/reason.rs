//! Why there is no number, no correction or no mark: reasons that stand in an assessment, in the glossary's words.

use amparo_datasets::Text;

use super::Glossary;
use super::fill::same;

/// A reason that an assessment or a comparison gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reason<'a> {
    /// No level above.
    HighestLevel,
    /// No level below.
    LowestLevel,
    /// No known answer that may be corrected.
    NothingCorrectable,
    /// No combination of so many correctable answers raises the level.
    NeverRises(usize),
    /// None lowers it.
    NeverFalls(usize),
    /// The search for corrections stopped after so many sets.
    Stopped(usize),
    /// It hangs on these unanswered questions.
    HangsOn(&'a [String]),
    /// These unanswered questions leave it open, as far as was worked out.
    NotRuledOut(&'a [String]),
    /// The version has no second calculation.
    NoSecond,
    /// No probability of the version is below a cut-point.
    NeverBelow { cut: f64, lowest: f64 },
    /// No probability of the version reaches a cut-point.
    NeverReached { cut: f64, highest: f64 },
    /// Two protocols, each by name and levels.
    OtherLevels([(&'a str, &'a str); 2]),
}

impl Glossary {
    /// A reason in words.
    pub(crate) fn reason(&self, reason: Reason<'_>) -> Text {
        let says = &self.phrases;
        let count = |n: usize| self.number(n as u64);
        let list = |questions: &[String]| same(questions.join(", "));
        match reason {
            Reason::HighestLevel => says.highest_level(),
            Reason::LowestLevel => says.lowest_level(),
            Reason::NothingCorrectable => says.nothing_correctable(),
            Reason::NeverRises(n) => says.never_rises(&count(n)),
            Reason::NeverFalls(n) => says.never_falls(&count(n)),
            Reason::Stopped(n) => says.stopped(&count(n)),
            Reason::HangsOn(questions) => says.hangs_on(&list(questions)),
            Reason::NotRuledOut(questions) => says.not_ruled_out(&list(questions)),
            Reason::NoSecond => says.no_second_here(),
            Reason::NeverBelow { cut, lowest } => says.never_below(&decimal(cut), &decimal(lowest)),
            Reason::NeverReached { cut, highest } => says.never_reached(&decimal(cut), &decimal(highest)),
            Reason::OtherLevels([(one, levels), (other, other_levels)]) => {
                says.other_levels(&same(one), &same(levels), &same(other), &same(other_levels))
            }
        }
    }
}

/// A number as it is written out, with the comma of Spanish.
fn decimal(number: f64) -> Text {
    let en = number.to_string();
    Text { es: en.replace('.', ","), en }
}

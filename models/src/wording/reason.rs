//! A reason in the glossary's words.

use amparo_datasets::Text;

use super::Glossary;
use super::fill::same;
use crate::Reason;
use crate::learned::Compared;

impl Glossary {
    /// A reason in words: the end of a sentence, to stand behind a colon.
    pub fn reason(&self, reason: &Reason) -> Text {
        let says = &self.phrases;
        let count = |n: &usize| self.number(*n as u64);
        let list = |names: &[String]| same(names.join(", "));
        match reason {
            Reason::HighestLevel => says.highest_level(),
            Reason::LowestLevel => says.lowest_level(),
            Reason::NothingCorrectable => says.nothing_correctable(),
            Reason::NeverRises { correctable } => says.never_rises(&count(correctable)),
            Reason::NeverFalls { correctable } => says.never_falls(&count(correctable)),
            Reason::SearchStopped { sets } => says.search_stopped(&count(sets)),
            Reason::DependsOnUnknown { indicators } => says.depends_on_unknown(&list(indicators)),
            Reason::NotRuledOut { indicators } => says.not_ruled_out(&list(indicators)),
            Reason::NoLethalityModel => says.no_lethality_model(),
            Reason::NeverBelow { cut_point, lowest } => {
                says.never_below(&decimal(*cut_point), &decimal(*lowest))
            }
            Reason::NeverReached { cut_point, highest } => {
                says.never_reached(&decimal(*cut_point), &decimal(*highest))
            }
            Reason::OtherLevels { protocol, levels, other, other_levels } => {
                says.other_levels(&same(protocol), &list(levels), &same(other), &list(other_levels))
            }
            Reason::PopulationNotKept => says.population_not_kept(),
            Reason::TooFewCases { cases, needed } => says.too_few_cases(&count(cases), &count(needed)),
            Reason::TooFewRows { rows, needed } => says.too_few_rows(&count(rows), &count(needed)),
            Reason::UnlearnedAnswer { indicator, answer, fewer_than, needed, compared } => {
                let (indicator, answer) = (same(indicator), same(answer));
                let (n, needed) = (self.number(*fewer_than), self.number(*needed));
                match compared {
                    Compared::Rows => says.unlearned_answer(&indicator, &answer, &n, &needed),
                    Compared::EffectiveRows => {
                        says.unlearned_answer_weighted(&indicator, &answer, &n, &needed)
                    }
                }
            }
            Reason::TreesTooDeep { cells, most } => says.trees_too_deep(&count(cells), &count(most)),
        }
    }
}

/// A number as it is written out, with the comma of Spanish.
fn decimal(number: f64) -> Text {
    let en = number.to_string();
    Text { es: en.replace('.', ","), en }
}

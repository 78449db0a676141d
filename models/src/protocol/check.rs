//! The protocol as people write it, and all that can be wrong with it.

use std::collections::HashSet;
use std::path::Path;

use amparo_datasets::{Problem, Problems, Text};
use serde::Deserialize;

use super::{
    Advice, CaseState, Condition, Flag, Floor, Lethality, LethalityRule, Level, Protocol, SPECIAL_RELEVANCE,
    Trigger, UnlearnedAnswers,
};
use crate::Error;

/// The TOML: levels are named by id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    id: String,
    title: Text,
    cut_points: Text,
    outcome: String,
    horizon_days: Option<u32>,
    cumulative_measures: bool,
    unlearned_answers: UnlearnedAnswers,
    level: Vec<Level>,
    lethality: Option<WrittenLethality>,
    #[serde(default)]
    floor: Vec<WrittenFloor>,
    #[serde(default)]
    flag: Vec<Flag>,
    #[serde(default)]
    safety_plan: Vec<Advice>,
    #[serde(default)]
    trigger: Vec<Trigger>,
    #[serde(default)]
    case_state: Vec<CaseState>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLethality {
    outcome: String,
    horizon_days: u32,
    rule: Vec<WrittenLethalityRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLethalityRule {
    from_probability: f64,
    at_least: String,
    special_relevance: bool,
    reason: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFloor {
    id: String,
    at_least: String,
    any: Vec<Condition>,
    reason: Text,
}

impl Written {
    pub(super) fn check(self, text: &str, path: &Path) -> Result<Protocol, Error> {
        let mut checks = Checks::default();
        checks.head(&self);
        checks.levels(&self.level);
        let lethality = self.lethality.map(|l| checks.lethality(l, &self.level));
        let floors = checks.floors(self.floor, &self.level);
        checks.flags(&self.flag);
        checks.advice(&self.safety_plan);
        checks.unique("trigger", self.trigger.iter().map(|t| &t.id));
        self.trigger.iter().for_each(|t| checks.text(&format!("label of trigger `{}`", t.id), &t.label));
        checks.unique("case state", self.case_state.iter().map(|s| &s.id));
        for state in &self.case_state {
            checks.text(&format!("label of case state `{}`", state.id), &state.label);
            checks.text(&format!("meaning of case state `{}`", state.id), &state.meaning);
        }
        let protocol = Protocol {
            text: text.to_owned(),
            id: self.id,
            title: self.title,
            cut_points: self.cut_points,
            outcome: self.outcome,
            horizon_days: self.horizon_days,
            cumulative_measures: self.cumulative_measures,
            unlearned_answers: self.unlearned_answers,
            levels: self.level,
            lethality,
            floors,
            flags: self.flag,
            safety_plan: self.safety_plan,
            triggers: self.trigger,
            case_states: self.case_state,
        };
        Ok(checks.0.or(format!("protocol `{}`", path.display()), protocol)?)
    }
}

/// Gathers problems, in the order of the file.
#[derive(Default)]
struct Checks(Problems);

impl Checks {
    fn say(&mut self, field: &str, message: String) {
        self.0.push(Problem::new(field, message));
    }

    fn head(&mut self, written: &Written) {
        for (field, value) in [("id", &written.id), ("outcome", &written.outcome)] {
            if value.trim().is_empty() {
                self.say(field, format!("`{field}` is empty, expected a name"));
            }
        }
        self.text("title", &written.title);
        self.text("cut_points", &written.cut_points);
        if written.horizon_days == Some(0) {
            self.say("horizon_days", "`horizon_days` is 0, expected at least 1".to_owned());
        }
    }

    fn levels(&mut self, levels: &[Level]) {
        if levels.len() < 2 {
            self.say("level", format!("{} levels are listed, expected at least 2", levels.len()));
        }
        self.unique("level", levels.iter().map(|l| &l.id));
        let mut below: Option<&Level> = None;
        for level in levels {
            let (id, from) = (&level.id, level.from_probability);
            self.text(&format!("label of level `{id}`"), &level.label);
            level.measures.iter().for_each(|m| self.text(&format!("measure of level `{id}`"), m));
            self.unique(&format!("variant of level `{id}`"), level.variants.iter().map(|v| &v.id));
            for variant in &level.variants {
                self.text(&format!("label of variant `{}`", variant.id), &variant.label);
                self.text(&format!("`when` of variant `{}`", variant.id), &variant.when);
            }
            match below {
                // NaN is not in the range either.
                None if !(0.0..=0.0).contains(&from) => {
                    self.say(id, format!("level `{id}` is the lowest and starts at {from}, expected 0"));
                }
                Some(lower) if !(from > lower.from_probability && from < 1.0) => {
                    let (other, at) = (&lower.id, lower.from_probability);
                    let message = format!(
                        "level `{id}` starts at {from}, expected above {at} (level `{other}`) and below 1"
                    );
                    self.say(id, message);
                }
                _ => {}
            }
            self.period(level, below);
            below = Some(level);
        }
    }

    /// A period is set for all levels or for none, and does not grow with the level.
    fn period(&mut self, level: &Level, below: Option<&Level>) {
        let id = &level.id;
        match (level.reassess_within_hours, below.map(|l| (l.reassess_within_hours, &l.id))) {
            (Some(0), _) => {
                self.say(id, format!("level `{id}` is reassessed within 0 hours, expected at least 1"));
            }
            (Some(hours), Some((Some(most), lower))) if hours > most => {
                let message = format!(
                    "level `{id}` is reassessed within {hours} hours, expected at most the {most} of level `{lower}`"
                );
                self.say(id, message);
            }
            (Some(_), Some((None, lower))) => {
                self.say(
                    id,
                    format!("level `{id}` has a period of reassessment, but level `{lower}` has none"),
                );
            }
            (None, Some((Some(_), lower))) => {
                self.say(
                    id,
                    format!("level `{id}` has no period of reassessment, but level `{lower}` has one"),
                );
            }
            _ => {}
        }
    }

    fn lethality(&mut self, written: WrittenLethality, levels: &[Level]) -> Lethality {
        let WrittenLethality { outcome, horizon_days, rule } = written;
        if outcome.trim().is_empty() {
            self.say("lethality", "`lethality.outcome` is empty, expected a name".to_owned());
        }
        if horizon_days == 0 {
            self.say("lethality", "`lethality.horizon_days` is 0, expected at least 1".to_owned());
        }
        if rule.is_empty() {
            self.say("lethality", "no lethality rule is listed, expected at least one".to_owned());
        }
        let (mut above, mut lowest, mut rules) = (0.0, 0, Vec::new());
        for (number, r) in (1..).zip(rule) {
            let what = format!("lethality rule {number}");
            let from = r.from_probability;
            if !(from > above && from < 1.0) {
                self.say(&what, format!("{what} starts at {from}, expected above {above} and below 1"));
            }
            self.text(&format!("reason of {what}"), &r.reason);
            let at_least = self.raised_to(&what, &r.at_least, levels);
            if at_least < lowest {
                self.say(
                    &what,
                    format!("{what} sets level `{}`, which is lower than the rule before", r.at_least),
                );
            }
            (above, lowest) = (from, at_least);
            rules.push(LethalityRule {
                from_probability: from,
                at_least,
                special_relevance: r.special_relevance,
                reason: r.reason,
            });
        }
        Lethality { outcome, horizon_days, rules }
    }

    fn floors(&mut self, written: Vec<WrittenFloor>, levels: &[Level]) -> Vec<Floor> {
        self.unique("floor", written.iter().map(|f| &f.id));
        let mut floors = Vec::new();
        for WrittenFloor { id, at_least, any, reason } in written {
            let what = format!("floor `{id}`");
            self.text(&format!("reason of {what}"), &reason);
            self.conditions(&what, &any);
            let at_least = self.raised_to(&what, &at_least, levels);
            floors.push(Floor { id, at_least, any, reason });
        }
        floors
    }

    fn flags(&mut self, flags: &[Flag]) {
        self.unique("flag", flags.iter().map(|f| &f.id));
        for flag in flags {
            let what = format!("flag `{}`", flag.id);
            self.text(&format!("label of {what}"), &flag.label);
            self.conditions(&what, &flag.any);
            if flag.id == SPECIAL_RELEVANCE {
                self.say(&flag.id, format!("{what} is set by the lethality rules, expected another id"));
            }
        }
    }

    fn advice(&mut self, plan: &[Advice]) {
        self.unique("advice", plan.iter().map(|a| &a.id));
        for advice in plan {
            let what = format!("advice `{}`", advice.id);
            self.text(&format!("text of {what}"), &advice.text);
            match (advice.always, advice.any.is_empty()) {
                (true, false) => {
                    self.say(&advice.id, format!("{what} has both `always` and `any`, expected one of them"));
                }
                (true, true) => {}
                (false, _) => self.conditions(&what, &advice.any),
            }
        }
    }

    /// The place of a level that a rule raises to; problems are noted and 0 stands in until they are reported.
    fn raised_to(&mut self, what: &str, id: &str, levels: &[Level]) -> usize {
        match levels.iter().position(|l| l.id == id) {
            Some(0) => {
                self.say(what, format!("{what} sets level `{id}`, which is the lowest: it raises nothing"));
                0
            }
            Some(place) => place,
            None => {
                let known = levels.iter().map(|l| l.id.as_str()).collect::<Vec<_>>().join(", ");
                self.say(what, format!("{what} sets level `{id}`, expected one of {known}"));
                0
            }
        }
    }

    fn conditions(&mut self, what: &str, conditions: &[Condition]) {
        if conditions.is_empty() {
            self.say(what, format!("{what} has no condition, expected at least one in `any`"));
        }
        let mut seen = HashSet::new();
        for Condition { indicator, answers } in conditions {
            if !seen.insert(indicator) {
                self.say(what, format!("{what} names indicator `{indicator}` twice"));
            }
            if answers.is_empty() {
                self.say(what, format!("{what} lists no answer to indicator `{indicator}`"));
            }
        }
    }

    fn text(&mut self, what: &str, text: &Text) {
        for (language, words) in [("es", &text.es), ("en", &text.en)] {
            if words.trim().is_empty() {
                self.say(what, format!("{what} is empty in `{language}`"));
            }
        }
    }

    fn unique<'a>(&mut self, what: &str, ids: impl Iterator<Item = &'a String>) {
        let mut seen = HashSet::new();
        for id in ids {
            if id.trim().is_empty() {
                self.say(what, format!("a {what} has an empty id"));
            } else if !seen.insert(id) {
                self.say(what, format!("{what} `{id}` is listed twice"));
            }
        }
    }
}

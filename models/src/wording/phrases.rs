//! The phrases and labels of a glossary, each with the places it has.

use std::collections::BTreeMap;

use amparo_datasets::Text;
use serde::Deserialize;

use super::fill::fill;

/// The phrases of a section with the places each has: a method that cannot be called without filling them all.
///
/// The texts lie in a row, in the order of the names, rather than in fields: what derives a reader of a struct writes a
/// function that grows with the square of its fields, and the two sections took a quarter of the time this crate is built in.
macro_rules! section {
    ($(#[$about:meta])* $vis:vis $section:ident by $names:ident { $(#![$lint:meta])* $($name:ident($($place:ident),*);)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(try_from = "BTreeMap<String, Text>")]
        $vis struct $section(Vec<Text>);

        #[expect(non_camel_case_types, reason = "the names as the glossary writes them")]
        enum $names { $($name),+ }

        impl TryFrom<BTreeMap<String, Text>> for $section {
            type Error = String;

            fn try_from(written: BTreeMap<String, Text>) -> Result<Self, String> {
                in_order(&[$(stringify!($name)),+], written).map(Self)
            }
        }

        $(#[$lint])*
        impl $section {
            $(
                #[doc = concat!("`", stringify!($name), "` of the glossary.")]
                $vis fn $name(&self $(, $place: &Text)*) -> Text {
                    fill(&self.0[$names::$name as usize], &[$((stringify!($place), $place)),*])
                }
            )+

            /// Name, text and places of each.
            pub(super) fn all(&self) -> Vec<(&'static str, &Text, &'static [&'static str])> {
                vec![$((stringify!($name), &self.0[$names::$name as usize], &[$(stringify!($place)),*] as &[&str])),+]
            }
        }
    };
}

/// The texts of a section in the order of its names, or every name that is missing or not one of them.
fn in_order(names: &[&str], mut written: BTreeMap<String, Text>) -> Result<Vec<Text>, String> {
    let found: Vec<Option<Text>> = names.iter().map(|name| written.remove(*name)).collect();
    let missing: Vec<String> = names
        .iter()
        .zip(&found)
        .filter(|(_, text)| text.is_none())
        .map(|(name, _)| format!("`{name}` is missing"))
        .collect();
    let unknown = written.keys().map(|name| format!("`{name}` is not one of its names"));
    let problems: Vec<String> = missing.into_iter().chain(unknown).collect();
    if problems.is_empty() { Ok(found.into_iter().flatten().collect()) } else { Err(problems.join("; ")) }
}

section! {
    /// What is said to an officer, a judge or the woman herself: by name, without a forbidden word.
    pub(super) Phrases by Phrase {
        synthetic();
        level(level);
        computed(level);
        raise(from, to, reason);
        raise_to_baseline(from, to, reason);
        reassess(time);
        days(n);
        hours(n);
        frequency(share, outcome, horizon, low, high);
        lethality(share, outcome, horizon, low, high);
        frequency_two(share, outcome, horizon, low, high);
        lethality_two(share, outcome, horizon, low, high);
        no_lethality(outcome);
        placed(share);
        many_cases();
        many_cases_two();
        within(days);
        within_follow_up();
        other_outcome(name);
        about_of(n, of);
        about_one_of(n);
        fewer_than_of(n, of);
        more_than_of(n, of);
        one_of(n);
        n_of(n, of);
        fewer_than(n);
        more_than(n);
        higher(answers);
        lower(answers);
        none_higher();
        none_lower();
        resemblance();
        order_not_asked();
        order_holds();
        order_moves(answers);
        answer(question, answer);
        answer_of_number(question, number, answer);
        weighs_the_same(answer, n, of);
        question(question);
        pairs_higher(pairs);
        pairs_lower(pairs);
        no_pairs();
        pair(one, other);
        unknown_one(question);
        unknown_many(n);
        open_level(low, high, lowest, highest);
        open_number(low, high, level);
        open_nothing();
        open_bounds(low, high);
        changes_not_asked();
        ask_in_order(items);
        open_each(question, low, high, lowest, highest);
        open_each_level(question, low, high, level);
        not_known(items);
        lethality_rule();
        baseline_rule();
        floor_rule(reason);
        marks(marks);
        special_relevance();
        same_level(version, other, level);
        other_level(version, level, other, other_level);
        what_differs(items);
        cancels(items);
        two_numbers(version, share, other, other_share);
        mostly(item);
        no_difference();
        weighs_more(version, answers);
        weighs_less(version, answers);
        average_higher(version);
        average_lower(version);
        of_weights();
        of_number();
        of_limits();
        of_rules();
        highest_level();
        lowest_level();
        nothing_correctable();
        never_rises(n);
        never_falls(n);
        search_stopped(n);
        depends_on_unknown(questions);
        not_ruled_out(questions);
        no_lethality_model();
        never_below(cut, lowest);
        never_reached(cut, highest);
        other_levels(one, levels, other, other_levels);
        population_not_kept();
        too_few_cases(n, needed);
        too_few_rows(n, needed);
        trees_too_deep(n, most);
        unlearned(answers, n);
        unlearned_second(answers, n);
        unlearned_weighted(answers, n);
        unlearned_weighted_second(answers, n);
        left_out(questions);
        unlearned_answer(question, answer, n, needed);
        unlearned_answer_weighted(question, answer, n, needed);
    }
}

section! {
    /// What stands beside the numbers of a case in a terminal, for those who work with the model: its words are technical.
    pub Labels by Label {
        #![expect(clippy::too_many_arguments, reason = "a place each, by name")]
        other_answers(n, sum);
        other_pairs(n, sum);
        question();
        answer();
        answers_alike();
        weight_log_odds();
        from_baseline();
        from_model();
        sum(base, log_odds, probability);
        lethality(log_odds, probability);
        neighbouring_levels();
        up(level, cut, difference);
        down(level, cut, difference);
        held_by(rules);
        rises(changes, level, probability);
        falls(changes, level, probability);
        does_not_rise(reason);
        does_not_fall(reason);
        unanswered();
        weight_now();
        probability_if_known();
        level();
        not_determined();
        weight();
        with_other_cases();
        place();
        percentile();
        stability(subsamples, degrees, resamples, sd);
        no_stability(reason);
        number_percentile(value);
        pair_of_answers();
        together();
        pair_sum(base, alone, pairs, log_odds);
        own_populations(one, other);
        proposed_level();
        probability();
        interval();
        interval_two();
        log_odds();
        lethality_model();
        difference();
        question_log_odds();
        difference_sum(base, difference);
        probability_parts(difference, score, score_first, score_last, calibrator, calibrator_first, calibrator_last);
        level_parts(steps, score, calibrator, cut_points, rules);
        no_level_parts(reason);
        all_orders();
    }
}

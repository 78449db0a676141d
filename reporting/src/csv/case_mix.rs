//! The lines on how the rows differ from those that a model was fitted on.

use amparo_evaluation::report::{AnswerMix, CaseMix, MixRows};

use super::{Line, number, optional};

/// Calls `line` with every line of one version: the cohorts (`group` is `fitted` or `here`), then the indicators (`group`) with their answers
/// (`label`).
pub(super) fn each(mix: &CaseMix, line: &mut impl FnMut(Line)) {
    let mut own = |inner: Line| line(Line { version: mix.name.clone(), ..inner });
    for (group, rows) in [("fitted", &mix.fitted), ("here", &mix.here)] {
        cohort(group, rows, &mut own);
    }
    let mut plain = |metric: &str, value: Option<f64>| {
        if value.is_some() {
            own(Line { metric: metric.to_owned(), value: optional(value), ..Line::of("case_mix") });
        }
    };
    plain("auc_declared", mix.auc.declared);
    plain("auc_expected", mix.auc.expected);
    plain("mean_percentile", mix.scores.map(|scores| scores.mean_percentile));
    plain("percentile_resolution", mix.scores.map(|scores| scores.resolution));
    plain("above_ninth_decile", mix.scores.map(|scores| scores.above_ninth_decile));
    own(Line {
        metric: "with_unlearned".to_owned(),
        n: mix.with_unlearned.to_string(),
        ..Line::of("case_mix")
    });
    for one in &mix.indicators {
        let mut own = |inner: Line| own(Line { group: one.indicator.clone(), ..inner });
        let differs = if one.differs() { "differs" } else { "" };
        for (metric, value, verdict) in [
            ("total_variation", Some(one.total_variation), ""),
            ("psi", Some(one.psi), differs),
            ("psi_by_chance", one.psi_by_chance, ""),
        ] {
            let (metric, verdict) = (metric.to_owned(), verdict.to_owned());
            own(Line { metric, value: optional(value), verdict, ..Line::of("case_mix_indicator") });
        }
        one.answers.iter().for_each(|answer| own_answer(answer, &mut own));
    }
}

/// Rows, name and period of a cohort; `group` says which.
fn cohort(group: &str, rows: &MixRows, line: &mut impl FnMut(Line)) {
    let mut own = |metric: &str, inner: Line| {
        line(Line {
            metric: metric.to_owned(),
            group: group.to_owned(),
            table: "case_mix_rows".to_owned(),
            ..inner
        });
    };
    let events = rows.events.map(|n| n.to_string()).unwrap_or_default();
    own("rows", Line { n: rows.n.to_string(), events, ..Line::default() });
    own("cohort", Line { label: rows.cohort.clone(), ..Line::default() });
    for (metric, day) in ["first_day", "last_day"].into_iter().zip(rows.period.iter().flatten()) {
        own(metric, Line { label: day.clone(), ..Line::default() });
    }
}

/// The share of the fit and the share here, one line each.
fn own_answer(answer: &AnswerMix, line: &mut impl FnMut(Line)) {
    let verdict = if answer.learned { "" } else { "not_learned" };
    let (label, verdict) = (answer.answer.clone(), verdict.to_owned());
    let of = |metric: &str, share: Option<f64>| Line {
        metric: metric.to_owned(),
        label: label.clone(),
        verdict: verdict.clone(),
        value: share.map(number).unwrap_or_default(),
        ..Line::of("case_mix_answer")
    };
    line(of("fitted", answer.fitted));
    line(Line { n: answer.n.to_string(), ..of("here", answer.here) });
}

//! How the cohorts differ, on the page: its numbers, words and drawing.

use amparo_evaluation::measure::Count;
use amparo_evaluation::report::{CaseMix, Report};

use super::super::render;
use super::markup;
use crate::made_up::REPORT;
use crate::telling::Lang;
use crate::telling::number::{Numbers, Unit};

fn section(report: &Report, lang: Lang) -> String {
    let page = render(report, lang).unwrap();
    let start = page.find("<section aria-labelledby=\"case-mix\">").unwrap();
    let end = page[start..].find("</section>").unwrap();
    markup::text(&page[start..start + end])
}

fn mix(report: &mut Report) -> &mut CaseMix {
    &mut report.case_mix[0]
}

#[test]
fn every_number_is_on_the_page_in_both_languages() {
    for lang in [Lang::En, Lang::Es] {
        let numbers = Numbers { lang };
        let section = section(&REPORT, lang);
        let mix = &REPORT.case_mix[0];
        let scores = mix.scores.unwrap();
        let mut shares = vec![scores.mean_percentile, scores.above_ninth_decile];
        for one in &mix.indicators {
            shares.push(one.total_variation);
            for value in one.psi_by_chance.into_iter().chain([one.psi]) {
                assert!(section.contains(&numbers.fixed(value, 4)), "{} {value}", one.indicator);
            }
            for answer in &one.answers {
                shares.extend(answer.fitted.into_iter().chain(answer.here));
                assert!(section.contains(&numbers.rows(answer.n)), "{} {}", one.indicator, answer.answer);
            }
        }
        assert!(shares.len() > 15);
        for share in shares {
            assert!(section.contains(&numbers.value(Unit::Share, share)), "{share}");
        }
        for area in [mix.auc.declared, mix.auc.expected].into_iter().flatten() {
            assert!(section.contains(&numbers.value(Unit::Decimal, area)), "{area}");
        }
        for count in [mix.fitted.n, mix.here.n, mix.fitted.events.unwrap(), mix.here.events.unwrap()] {
            assert!(section.contains(&numbers.count(count)), "{count}");
        }
        // A wrong answer would fail: a share that nothing has.
        assert!(!section.contains(&numbers.value(Unit::Share, 0.987_654)));
    }
}

#[test]
fn what_differs_and_what_is_not_known_is_said() {
    let words = [
        (
            Lang::En,
            [
                "1 of the 3 indicators differ",
                "not recorded",
                "too few rows",
                "not learned",
                "does not count in the model",
            ],
        ),
        (
            Lang::Es,
            [
                "1 de los 3 indicadores difieren",
                "no consta",
                "demasiado pocas filas",
                "no aprendida",
                "no cuenta en el modelo",
            ],
        ),
    ];
    for (lang, words) in words {
        let section = section(&REPORT, lang);
        words.into_iter().for_each(|words| assert!(section.contains(words), "{words}"));
    }
}

#[test]
fn the_ranking_is_judged_by_the_interval() {
    for (expected, words) in [
        (0.99, "ranks these cases worse than its probabilities say"),
        (0.51, "ranks these cases better than its probabilities say"),
    ] {
        let mut report = REPORT.clone();
        mix(&mut report).auc.expected = Some(expected);
        assert!(section(&report, Lang::En).contains(words), "{expected}");
    }
    let mut report = REPORT.clone();
    mix(&mut report).auc.expected = None;
    mix(&mut report).with_unlearned = Count::Exact(0);
    let section = section(&report, Lang::En);
    assert!(
        !section.contains("By the probabilities themselves")
            && !section.contains("that the model has not learned")
    );
}

#[test]
fn without_another_cohort_there_is_no_section() {
    let mut report = REPORT.clone();
    report.case_mix.clear();
    let page = render(&report, Lang::En).unwrap();
    assert!(!page.contains("case-mix") && !page.contains("How the cohorts differ"));
}

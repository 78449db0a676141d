#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::testing::{close, cohort, parts};
use crate::{CohortParts, Status, Synthetic};

fn ends(rate: &Rate) -> [f64; 3] {
    match rate {
        Rate::Known { value, interval: Some((low, high)), .. } => [*value, *low, *high],
        Rate::Known { .. } => panic!("no interval"),
        Rate::Suppressed { .. } => panic!("suppressed"),
        Rate::Undefined { reason } => panic!("{reason}"),
    }
}

// statsmodels 0.15.0: proportion_confint(k, n, method="wilson").
#[test]
fn the_interval_is_wilsons() {
    assert!(close(&ends(&Rate::of(10, 100)), &[0.1, 0.055_229, 0.174_366], 1e-6));
    assert!(close(&ends(&Rate::of(0, 10)), &[0.0, 0.0, 0.277_533], 1e-6));
    assert!(close(&ends(&Rate::of(10, 10)), &[1.0, 0.722_467, 1.0], 1e-6));
}

#[test]
fn the_interval_of_wald_would_be_noticed() {
    assert!(!close(&ends(&Rate::of(10, 100)), &[0.1, 0.041_201, 0.158_799], 1e-3));
}

#[test]
fn a_share_of_nothing_says_so() {
    assert_eq!(Rate::of(0, 0), Rate::Undefined { reason: "no row with a known outcome".into() });
}

#[test]
fn a_cohort_is_counted() {
    let description = Description::of(&cohort(12), 10);
    assert_eq!((description.rows, description.cases, description.dates), (12, 12, None));
    let outcome = &description.outcomes[0];
    assert_eq!((outcome.events, outcome.no_events, outcome.censored), (3, 9, 0));
    assert!(close(&ends(&outcome.rate)[..1], &[0.25], 1e-15));
    assert_eq!(outcome.rate_of_known, None);
    let counts = |at: usize| description.indicators[at].answers.iter().map(|a| a.n).collect::<Vec<_>>();
    assert_eq!((counts(0), counts(1), counts(2)), (vec![4, 4, 4], vec![3, 3, 3, 3], vec![6, 6, 0]));
    let unknown = description.indicators.iter().map(|i| i.share_unknown).collect::<Vec<_>>();
    assert!(close(&unknown, &[1.0 / 3.0, 0.25, 0.0], 1e-15));
}

/// Twelve rows, of which four were lost from sight before day 10.
fn censored() -> CohortParts {
    use Status::{Censored, Event, NoEvent};
    let status = [
        Event, Censored, NoEvent, Event, NoEvent, Censored, Event, NoEvent, Censored, NoEvent, Event,
        Censored,
    ];
    let mut parts = parts(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"], &status);
    parts.outcomes[0].horizon_days = Some(10);
    parts.outcomes[0].days = Some(vec![5.0, 5.0, 10.0, 2.0, 10.0, 3.0, 8.0, 10.0, 7.0, 10.0, 4.0, 6.0]);
    parts
}

#[test]
fn with_censoring_the_rate_is_kaplan_meiers() {
    let description = Description::of(&Cohort::new(censored()).unwrap(), 10);
    let outcome = &description.outcomes[0];
    // lifelines 0.30.0: 1 - KaplanMeierFitter().fit(days, events).predict(10).
    assert!(close(&ends(&outcome.rate)[..1], &[0.413_333_333_333_333_3], 1e-12), "{:?}", outcome.rate);
    assert!(matches!(outcome.rate, Rate::Known { by: By::KaplanMeier, n: 12, .. }));
    // Among the rows not censored it is 4 of 8, which is told beside it.
    let of_known = outcome.rate_of_known.as_ref().unwrap();
    assert!(close(&ends(of_known)[..1], &[0.5], 1e-12));
    let page = description.render();
    let line = "  again (within 10 days)\n    41.3 % by Kaplan-Meier (95 % interval 16.9 to 78.4, n = 12)\n";
    assert!(page.contains(line), "{page}");
    assert!(page.contains(
        "\n    50.0 % (95 % interval 21.5 to 78.5, n = 8) of the rows not censored:\n      it overstates the risk\n"
    ));
}

#[test]
fn where_censoring_cannot_be_made_up_for_the_rate_is_undefined() {
    let mut parts = censored();
    parts.outcomes[0].days = None;
    let outcome = Description::of(&Cohort::new(parts).unwrap(), 10).outcomes.remove(0);
    let reason = "4 rows are censored, and the days of follow-up or the horizon are not known".to_owned();
    assert_eq!(outcome.rate, Rate::Undefined { reason });
    assert!(outcome.rate_of_known.is_some());
}

#[test]
fn weights_show_in_the_rate() {
    let mut parts =
        parts(&["a", "b", "c", "d"], &[Status::Event, Status::Event, Status::NoEvent, Status::NoEvent]);
    parts.weights = vec![1.0, 1.0, 3.0, 3.0];
    let outcome = Description::of(&Cohort::new(parts).unwrap(), 10).outcomes.remove(0);
    assert!(matches!(outcome.rate, Rate::Known { by: By::WeightedShare, .. }));
    assert!(close(&ends(&outcome.rate)[..1], &[0.25], 1e-12));
    assert!(close(&ends(outcome.rate_of_known.as_ref().unwrap())[..1], &[0.5], 1e-12));
}

#[test]
fn the_page_says_that_a_cohort_is_synthetic() {
    let mut parts = parts(&["a", "b"], &[Status::Event, Status::NoEvent]);
    let statement = "every case is invented".to_owned();
    parts.provenance.synthetic = Some(Synthetic { generator: "g".into(), seed: 1, statement });
    let cohort = Cohort::new(parts).unwrap();
    let page = Description::of(&cohort, 10).render();
    let expected = format!(
        "made up for a test\nevery case is invented\n\n\
         instrument   small\nrows         2 (2 cases)\ndates        not known\nfingerprint  {}\n\n\
         outcomes\n  again (no horizon stated)\n    50.0 % (95 % interval 9.5 to 90.5, n = 2)\n    1 events, 1 without, 0 censored\n\n\
         groups\n  none\n\nscores that came with the table\n  none\n\n\
         indicators\n  \
         A  absent 1, present 1, unknown 0 (0.0 % unknown) - a\n  \
         B  absent 1, mild 1, severe 0, unknown 0 (0.0 % unknown) - b\n  \
         C  absent 1, present 1, unknown 0 (0.0 % unknown) - c\n\n\
         answers by outcome `again`\n    answer                          rows events  rate (95 % interval)\n\
         \x20 A - a\n    absent                             1      -  fewer than 10\n    present                            1      -  fewer than 10\n\
         \x20 B - b\n    absent                             1      -  fewer than 10\n    mild                               1      -  fewer than 10\n\
         \x20 C - c\n    absent                             1      -  fewer than 10\n    present                            1      -  fewer than 10\n\n\
         time of assessment by outcome `again`\n  not known\n",
        cohort.fingerprint()
    );
    assert_eq!(page, expected);
}

#[test]
fn the_description_is_json_without_nan() {
    let json = serde_json::to_value(Description::of(&cohort(4), 10)).unwrap();
    assert_eq!(json["outcomes"][0]["rate"]["is"], "known");
    assert_eq!(json["synthetic"], serde_json::Value::Null);
}

//! Levels of versions under the clause that they are never below those of the baseline alone.

use super::*;

/// A hybrid under the clause, with a candidate that asks one of the two questions only, so that it overlooks some rows.
const UNDER_CLAUSE: &str = r#"
[[candidate]]
name = "stump"
family = "tree"
depth = 1
min_rows = 10
smoothing = 1

[[hybrid]]
baseline = "points"
candidate = "stump"
dials = [0.99]
never_below_baseline = { es = "acordado", en = "agreed" }
"#;

/// The codes of the levels of one version on the held-out rows, and its probabilities.
fn of(held: &HeldOutRows, at: usize) -> (&[u8], &[f64]) {
    let scored = &held.scored[at];
    (&scored.levels.as_ref().unwrap().codes, scored.probability.as_ref().unwrap())
}

/// Checks a hybrid, the last version, against the levels of its baseline, the first one; tells in how many rows the clause acts.
fn acts(held: &HeldOutRows, versions: &[&Version]) -> usize {
    let protocol = versions[0].protocol();
    let (baseline, _) = of(held, 0);
    let (codes, probabilities) = of(held, versions.len() - 1);
    let free: Vec<u8> = probabilities.iter().map(|&p| protocol.level_of(p) as u8).collect();
    let expected: Vec<u8> = free.iter().zip(baseline).map(|(&a, &b)| a.max(b)).collect();
    assert_eq!(codes, expected);
    free.iter().zip(codes).filter(|(free, with)| free != with).count()
}

#[test]
fn held_out_levels_are_those_of_the_clause_by_baselines_that_did_not_see_the_case() {
    let cohort = cohort(1500);
    for holdout in [SPLIT.to_owned(), cross_fit(3, 2)] {
        let place = Place::new();
        let versions = place.train(&(holdout.clone() + UNDER_CLAUSE), &cohort);
        assert_eq!(versions[3].manifest().clauses, ["never_below_baseline"], "{holdout}");
        assert!(versions[3].card().contains("never below the one that the baseline alone gives"));
        let of_points = versions[0].recidivism().calibrator();
        assert_eq!(&versions[3].recidivism().never_below_baseline().unwrap().calibrator, of_points);
        let versions: Vec<&Version> = versions.iter().collect();
        assert!(acts(&held(&place, &versions, &cohort, false), &versions) > 0, "{holdout}");
        if holdout != SPLIT {
            // The same when the folds are fitted again.
            std::fs::remove_dir_all(place.registry.location().join("small/out-of-fold")).unwrap();
            assert!(acts(&held(&place, &versions, &cohort, false), &versions) > 0);
        }
    }
}

#[test]
fn without_the_clause_levels_are_those_of_the_probability_alone() {
    let (place, cohort) = (Place::new(), cohort(300));
    let free = UNDER_CLAUSE.replace("never_below_baseline", "# never_below_baseline");
    let versions = place.train(&(cross_fit(3, 1) + &free), &cohort);
    assert!(versions[3].manifest().clauses.is_empty());
    let held = held(&place, &versions.iter().collect::<Vec<_>>(), &cohort, false);
    let (codes, probabilities) = of(&held, 3);
    let expected: Vec<u8> = probabilities.iter().map(|&p| versions[3].protocol().level_of(p) as u8).collect();
    assert_eq!(codes, expected);
    let below = codes.iter().zip(of(&held, 0).0).filter(|(code, baseline)| code < baseline);
    assert!(below.count() > 0, "the clause would act");
}

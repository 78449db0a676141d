use super::*;
use crate::testing::{close, drawn, experiment, fixed, form, training_set};

const BOOSTED: &str = "trees = 20\ndepth = 3\nlearning_rate = 0.1\nl2 = 1.0\n\
    min_child_weight = 1.0\nrows = 0.8\nindicators = 0.8";

const HYBRIDS: &str = "[[hybrid]]\nbaseline = \"points\"\ncandidate = \"boosted\"\ndials = [0.1, 0.5, 0.9]\n\
                       [[hybrid]]\nbaseline = \"points\"\ncandidate = \"logistic\"\ndials = [0.3]\n";

fn fitted() -> (Experiment, TrainingSet, BaseScores, Vec<(String, Scorer)>) {
    let experiment = experiment(BOOSTED, "platt", HYBRIDS);
    let set = drawn(["risk", "risk", "protective", "neutral"], 400);
    let bases = Bases::fit(&experiment, &set).unwrap();
    let scores = bases.scores(set.answers().codes().chunks_exact(4));
    let scorers = bases.scorers(&experiment, &fixed(&experiment)).unwrap();
    (experiment, set, scores, scorers)
}

#[test]
fn scores_of_blends_are_those_of_the_published_scorers() {
    let (experiment, set, scores, scorers) = fitted();
    let names: Vec<&str> = scorers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, experiment.candidates());
    assert_eq!(
        names[3..],
        ["hybrid-boosted-0.1", "hybrid-boosted-0.5", "hybrid-boosted-0.9", "hybrid-logistic-0.3"]
    );
    let of_candidates = scores.candidates(&experiment, &fixed(&experiment));
    assert_eq!(of_candidates.len(), scorers.len());
    for ((name, scorer), found) in scorers.iter().zip(&of_candidates) {
        let expected: Vec<f64> = set.answers().rows().map(|row| scorer.score(row)).collect();
        assert!(close(found, &expected, 0.0), "{name}");
    }
    let (_, one) = &scorers[3];
    let expected: Vec<f64> = set.answers().rows().map(|row| one.score(row)).collect();
    assert!(!close(&of_candidates[4], &expected, 1e-3), "another dial scores otherwise");
}

/// Every family, fitted on a form that never had the question, is what leaving it out must give.
#[test]
fn what_is_left_out_is_as_if_it_had_never_been_asked() {
    let all = experiment(BOOSTED, "platt", HYBRIDS);
    let text = all.text().replace("least_rows = 1\n", "least_rows = 1\nleave_out = [\"Q2\"]\n");
    let without = Experiment::from_toml(&text).unwrap();
    let set = drawn(["risk", "risk", "protective", "neutral"], 400);
    let shorter = form(&[(2, "risk"), (2, "protective"), (3, "neutral")]);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(|row| vec![row[0], row[2], row[3]]).collect();
    let shorter = training_set(&shorter, &rows, set.events(), set.weights());
    let expected = Bases::fit(&all, &shorter).unwrap().scores(rows.iter().map(Vec::as_slice));
    let fit = |experiment: &Experiment| {
        let bases = Bases::fit(experiment, &set).unwrap();
        (
            bases.scores(set.answers().codes().chunks_exact(4)),
            bases.scorers(experiment, &fixed(experiment)).unwrap(),
        )
    };
    let ((found, scorers), (others, _)) = (fit(&without), fit(&all));
    assert_eq!(found.0.len(), 3);
    for ((found, expected), other) in found.0.iter().zip(&expected.0).zip(&others.0) {
        assert!(close(found, expected, 1e-12), "as if it had never been asked");
        assert!(!close(found, other, 1e-3), "the question tells something");
    }
    // Blends too: whatever is answered adds nothing.
    assert!(scorers.iter().all(|(_, scorer)| scorer.ignores(1) && !scorer.ignores(0)));
}

#[test]
fn the_ends_of_the_dial_are_the_parts() {
    let (experiment, _, scores, _) = fitted();
    assert_eq!(
        experiment.pairs.iter().map(|p| (p.baseline, p.candidate)).collect::<Vec<_>>(),
        [(0, 2), (0, 1)]
    );
    for &pair in &experiment.pairs {
        let (points, part) = (&scores.0[0], &scores.0[pair.candidate]);
        assert!(close(&scores.blend(pair, 0.0), points, 0.0));
        assert!(close(&scores.blend(pair, 1.0), part, 0.0));
        let half: Vec<f64> = part.iter().zip(points).map(|(c, p)| (c + p) / 2.0).collect();
        assert!(close(&scores.blend(pair, 0.5), &half, 1e-12));
        assert!(!close(&half, part, 1e-3));
    }
}

#[test]
fn placed_scores_stand_at_their_rows() {
    let (experiment, _, scores, _) = fitted();
    let two = BaseScores(scores.0.iter().map(|of_candidate| of_candidate[..2].to_vec()).collect());
    let mut all = BaseScores::zeros(&experiment, 4);
    all.place(&[3, 1], &two);
    assert_eq!(all.0.len(), 3);
    for (all, two) in all.0.iter().zip(&two.0) {
        assert!(close(all, &[0.0, two[1], 0.0, two[0]], 0.0));
    }
}

#[test]
fn a_family_that_learns_no_points_cannot_be_blended_as_points() {
    let (_, _, _, scorers) = fitted();
    let [(_, points), (_, logistic), (_, boosted), ..] = &scorers[..] else { panic!("three candidates") };
    assert_eq!(
        blend(logistic, boosted, 0.5).unwrap_err().to_string(),
        "a hybrid blends a baseline of points with another family, but its baseline was fitted as `logistic` and its \
         candidate as `forest`"
    );
    assert!(matches!(blend(points, points, 0.5), Err(Error::NoBlend { .. })));
    assert!(matches!(blend(points, &scorers[3].1, 0.5), Err(Error::NoBlend { .. })), "a blend of a blend");
    assert!(blend(points, logistic, 0.5).is_ok());
}

use super::*;
use crate::testing::{close, drawn, experiment};

const BOOSTED: &str = "trees = 20, depth = 3, learning_rate = 0.1, l2 = 1.0, min_child_weight = 1.0, rows = 0.8, indicators = 0.8";

const HYBRIDS: &str = "[[hybrid]]\ncandidate = \"boosted\"\ndials = [0.1, 0.5, 0.9]\n\
                       [[hybrid]]\ncandidate = \"logistic\"\ndials = [0.3]\n";

fn fitted() -> (Experiment, Table, BaseScores, Vec<(String, Scorer)>) {
    let experiment = experiment(BOOSTED, "platt", HYBRIDS);
    let table = drawn(["risk", "risk", "protective", "neutral"], 400);
    let bases = Bases::fit(&experiment, &table).unwrap();
    let scores = bases.scores(table.answers().codes().chunks_exact(4));
    let scorers = bases.scorers(&experiment).unwrap();
    (experiment, table, scores, scorers)
}

#[test]
fn scores_of_blends_are_those_of_the_published_scorers() {
    let (experiment, table, scores, scorers) = fitted();
    let names: Vec<&str> = scorers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, experiment.candidates());
    assert_eq!(
        names[3..],
        ["hybrid-boosted-0.1", "hybrid-boosted-0.5", "hybrid-boosted-0.9", "hybrid-logistic-0.3"]
    );
    let of_candidates = scores.candidates(&experiment);
    assert_eq!(of_candidates.len(), scorers.len());
    for ((name, scorer), found) in scorers.iter().zip(&of_candidates) {
        let expected: Vec<f64> = table.answers().rows().map(|row| scorer.score(row)).collect();
        assert!(close(found, &expected, 0.0), "{name}");
    }
    let (_, one) = &scorers[3];
    let expected: Vec<f64> = table.answers().rows().map(|row| one.score(row)).collect();
    assert!(!close(&of_candidates[4], &expected, 1e-3), "another dial scores otherwise");
}

#[test]
fn the_ends_of_the_dial_are_the_parts() {
    let (_, _, scores, _) = fitted();
    for (name, part) in
        [(CandidateName::Logistic, &scores.logistic), (CandidateName::Boosted, &scores.boosted)]
    {
        let part = part.as_ref().unwrap();
        assert!(close(&scores.blend(name, 0.0).unwrap(), &scores.points, 0.0));
        assert!(close(&scores.blend(name, 1.0).unwrap(), part, 0.0));
        let half: Vec<f64> = part.iter().zip(&scores.points).map(|(c, p)| (c + p) / 2.0).collect();
        assert!(close(&scores.blend(name, 0.5).unwrap(), &half, 1e-12));
        assert!(!close(&half, part, 1e-3));
    }
}

#[test]
fn placed_scores_stand_at_their_rows() {
    let (experiment, _, scores, _) = fitted();
    let few = |from: &[f64]| from[..2].to_vec();
    let two = BaseScores {
        points: few(&scores.points),
        logistic: scores.logistic.as_deref().map(few),
        boosted: scores.boosted.as_deref().map(few),
    };
    let mut all = BaseScores::zeros(&experiment, 4);
    all.place(&[3, 1], &two);
    assert!(close(&all.points, &[0.0, two.points[1], 0.0, two.points[0]], 0.0));
    let boosted = two.boosted.unwrap();
    assert!(close(&all.boosted.unwrap(), &[0.0, boosted[1], 0.0, boosted[0]], 0.0));
}

//! Families by name, forms by what they compute.

use super::{small, split};
use crate::Model;
use crate::scorer::{Additive, Candidate, Forest, Form, Hybrid, Node, Points, Role, Scorer, Term, Tree};
use crate::testing::{
    Draw, additive_candidate, all_forms, forest, form, instrument, logistic, points, scorers, tree_candidate,
    worst,
};

#[test]
fn files_of_every_family_are_as_they_always_were() {
    let points = Points { points: vec![vec![0, 2, -1]], offset: -0.0, scale: 0.25 };
    let tables = Additive { intercept: -1.5, weights: vec![vec![0.0, 0.1, 1e-300]] };
    let nodes = vec![split(0, 0b110, 1, 2), Node::Leaf(0.5), Node::Leaf(-0.5)];
    let forest = Forest { n_indicators: 1, base: 2.0, trees: vec![Tree { nodes }] };
    let hybrid = |candidate| Scorer::from(Hybrid::new(0.35, points.clone(), candidate).unwrap());
    let of_points = r#"{"points":[[0,2,-1]],"offset":-0.0,"scale":0.25}"#;
    let of_tables = r#"{"logistic":{"intercept":-1.5,"weights":[[0.0,0.1,1e-300]]}}"#;
    let of_trees = r#"{"forest":{"n_indicators":1,"base":2.0,"trees":[[{"split":{"indicator":0,"set":6,"left":1,"right":2}},{"leaf":0.5},{"leaf":-0.5}]]}}"#;
    let of_hybrid =
        |candidate| format!(r#"{{"hybrid":{{"dial":0.35,"baseline":{of_points},"candidate":{candidate}}}}}"#);
    for (scorer, expected) in [
        (Scorer::from(points.clone()), format!(r#"{{"points":{of_points}}}"#)),
        (Scorer::from(additive_candidate(tables.clone())), of_tables.to_owned()),
        (Scorer::from(tree_candidate(forest.clone())), of_trees.to_owned()),
        (hybrid(additive_candidate(tables)), of_hybrid(of_tables)),
        (hybrid(tree_candidate(forest)), of_hybrid(of_trees)),
    ] {
        assert_eq!(serde_json::to_string(&scorer).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Scorer>(&expected).unwrap(), scorer);
        assert!(serde_json::from_str::<Scorer>(&expected.replacen('}', "},\"more\":{}", 1)).is_err());
    }
}

#[test]
fn a_family_that_nobody_here_knows_is_scored_written_and_read() {
    let mut draw = Draw::new(8);
    let instrument = small();
    let (tables, trees) = (logistic(&mut draw, &instrument), forest(&mut draw, &instrument, &[0, 2]));
    let toys = [
        (Candidate::additive("toy", tables.clone()).unwrap(), additive_candidate(tables)),
        (Candidate::trees("toy", trees.clone()).unwrap(), tree_candidate(trees)),
    ];
    for (toy, known) in toys {
        let blend = |candidate| {
            Scorer::from(Hybrid::new(0.4, points(&mut Draw::new(9), &instrument), candidate).unwrap())
        };
        for (found, expected) in
            [(Scorer::from(toy.clone()), Scorer::from(known.clone())), (blend(toy), blend(known))]
        {
            found.check(&instrument).unwrap();
            let read: Scorer = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
            assert_eq!(read, found);
            assert_eq!(read.candidate().unwrap().family(), "toy");
            assert!(read != expected);
            for form in all_forms(&instrument) {
                assert!(worst(&[read.score(&form)], &[expected.score(&form)]) <= 0.0);
            }
        }
    }
}

#[test]
fn a_family_has_a_name_of_its_own() {
    let refusal = |family: &str| {
        let tables = Additive { intercept: 0.0, weights: vec![] };
        let of_tables = Candidate::additive(family, tables).unwrap_err().to_string();
        let forest = Forest { n_indicators: 0, base: 0.0, trees: vec![] };
        assert_eq!(Candidate::trees(family, forest).unwrap_err().to_string(), of_tables);
        of_tables
    };
    for reserved in ["points", "hybrid"] {
        let expected = format!("family: `{reserved}` is reserved, expected another name for a candidate");
        assert_eq!(refusal(reserved), expected);
        // In a hybrid's file too, where the name stands for the candidate.
        let text = format!(
            r#"{{"hybrid":{{"dial":0.5,"baseline":{{"points":[],"offset":0.0,"scale":1.0}},"candidate":{{"{reserved}":{{"intercept":0.0,"weights":[]}}}}}}}}"#
        );
        let error = serde_json::from_str::<Scorer>(&text).unwrap_err().to_string();
        assert!(error.starts_with(&expected), "{error}");
        assert!(
            serde_json::from_str::<Scorer>(&text.replacen(
                &format!("{{\"{reserved}\":{{\"int"),
                "{\"toy\":{\"int",
                1
            ))
            .is_ok()
        );
    }
    for odd in ["", "Toy", "a b", "../toy"] {
        assert!(refusal(odd).starts_with("family: name `"), "{odd}");
    }
}

#[test]
fn terms_add_up_to_the_score() {
    for seed in 0..30 {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        for scorer in scorers(&mut draw, &instrument) {
            let terms = scorer.terms();
            assert!(worst(&[terms.iter().map(|t| t.share).sum()], &[1.0]) <= 1e-15);
            let row = form(&mut draw, &instrument);
            let of_term = |term: &Term| {
                term.share
                    * match &term.form {
                        Form::Additive(tables) => tables.score(&row),
                        Form::Trees(forest) => forest.score(&row),
                    }
            };
            let found: f64 = terms.iter().map(of_term).sum();
            assert!(worst(&[found], &[scorer.score(&row)]) <= 1e-12, "{}", scorer.family());
            // Shares the other way round are another score.
            if let [baseline, candidate] = terms.as_slice() {
                let turned = of_term(&Term { share: candidate.share, ..baseline.clone() })
                    + of_term(&Term { share: baseline.share, ..candidate.clone() });
                assert!((scorer.dial() - 0.5).abs() < 0.05 || worst(&[turned], &[scorer.score(&row)]) > 1e-6);
            }
        }
    }
}

#[test]
fn roles_and_forms_of_each_family() {
    let mut draw = Draw::new(6);
    let found: Vec<String> = scorers(&mut draw, &small())
        .iter()
        .map(|scorer| {
            let of_term = |term: &Term| {
                let form = if matches!(term.form, Form::Trees(_)) { "trees" } else { "additive" };
                format!("{:?} {} {form}", term.role, term.family)
            };
            scorer.terms().iter().map(of_term).collect::<Vec<_>>().join(" + ")
        })
        .collect();
    assert_eq!(
        found,
        [
            "Baseline points additive",
            "Candidate logistic additive",
            "Candidate forest trees",
            "Baseline points additive + Candidate logistic additive",
            "Baseline points additive + Candidate forest trees",
        ]
    );
}

#[test]
fn blends_of_the_same_two_models_have_their_digests() {
    let mut draw = Draw::new(11);
    let instrument = small();
    let (one, other) = (points(&mut draw, &instrument), points(&mut draw, &instrument));
    let candidate = additive_candidate(logistic(&mut draw, &instrument));
    let blend = |dial, baseline: &Points| {
        Scorer::from(Hybrid::new(dial, baseline.clone(), candidate.clone()).unwrap())
    };
    let digests =
        |scorer: &Scorer| [Role::Baseline, Role::Candidate].map(|role| scorer.digest(role).unwrap());
    let [baseline, of_candidate] = digests(&blend(0.25, &one));
    assert_eq!(digests(&blend(0.75, &one)), [baseline.clone(), of_candidate.clone()]);
    assert_eq!(digests(&one.clone().into()), [baseline.clone(), None]);
    assert_eq!(digests(&candidate.clone().into()), [None, of_candidate.clone()]);
    assert!(baseline.is_some() && of_candidate.is_some() && baseline != of_candidate);
    // Another baseline is another digest, and leaves that of the candidate.
    assert_ne!(digests(&blend(0.25, &other))[0], baseline);
    assert_eq!(digests(&blend(0.25, &other))[1], of_candidate);
}

#[test]
fn families_and_dials() {
    let mut draw = Draw::new(6);
    let all = scorers(&mut draw, &small());
    let found: Vec<(&str, bool)> =
        all.iter().map(|s| (s.family(), (0.0..=1.0).contains(&s.dial()))).collect();
    assert_eq!(
        found,
        [("points", true), ("logistic", true), ("forest", true), ("hybrid", true), ("hybrid", true)]
    );
}

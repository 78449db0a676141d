use std::collections::BTreeMap;

use amparo_models::probability::logit;

use super::*;
use crate::bases::Bases;
use crate::testing::{close, drawn, experiment, fixed, form, training_set, uniform};

mod brute_force;
mod in_force;

fn params(lines: usize, largest: i32) -> OptimalPointsParams {
    OptimalPointsParams { lines, largest, indicators: None, in_force: None }
}

fn fit(params: &OptimalPointsParams, exempt: &[&str]) -> OptimalPointsFit {
    let exempt: Vec<String> = exempt.iter().map(|id| (*id).to_owned()).collect();
    OptimalPointsFit::new(params, &exempt).unwrap()
}

/// Lines of a card, counted from its tables: answers that differ from the one before them, or from 0.
fn n_lines(points: &Points, is_nominal: &[bool]) -> usize {
    let of = |(table, &is_nominal): (&Vec<i32>, &bool)| {
        let (unknown, known) = table.split_last().unwrap();
        let steps =
            known.windows(2).filter(|pair| if is_nominal { pair[1] != 0 } else { pair[1] != pair[0] });
        steps.count() + usize::from(*unknown != 0)
    };
    points.points.iter().zip(is_nominal).map(of).sum()
}

#[test]
fn parameters_out_of_range_are_all_refused() {
    let points = BTreeMap::new();
    let wrong = OptimalPointsParams {
        lines: 0,
        largest: 101,
        indicators: Some(0),
        in_force: Some(InForce { changes: 0, by: -1, points }),
    };
    let error = OptimalPointsFit::new(&wrong, &[]).unwrap_err().to_string();
    for said in [
        "`lines` is 0, expected 1 to 100",
        "`largest` is 101, expected 1 to 100",
        "`indicators` is 0, expected 1 or more",
        "`in_force.changes` is 0, expected 1 or more",
        "`in_force.by` is -1, expected 1 or more",
    ] {
        assert!(error.contains(said), "{error}");
    }
    assert!(OptimalPointsFit::new(&params(100, 100), &[]).is_ok());
}

#[test]
fn the_limits_hold() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 600);
    for (lines, largest, indicators) in [(1, 5, 4), (3, 2, 4), (6, 5, 4), (6, 5, 2), (100, 1, 4)] {
        let asked = OptimalPointsParams { indicators: Some(indicators), ..params(lines, largest) };
        let points = fit(&asked, &[]).fit(&set).unwrap();
        let used = n_lines(&points, &[false, false, false, true]);
        assert!((1..=lines).contains(&used), "{points:?}");
        assert!(points.points.iter().filter(|table| table.iter().any(|p| *p != 0)).count() <= indicators);
        assert!(points.points.iter().all(|table| table[0] == 0));
        let steps = points.points[..3].iter().flat_map(|table| {
            let (unknown, known) = table.split_last().unwrap();
            known.windows(2).map(|pair| pair[1] - pair[0]).chain([*unknown])
        });
        assert!(
            steps.chain(points.points[3].iter().copied()).all(|step| step.abs() <= largest),
            "{points:?}"
        );
    }
    // With more lines the first answer is no better: the limit binds.
    let loss = |lines| log_loss(&fit(&params(lines, 5), &[]).fit(&set).unwrap(), &set);
    assert!(loss(1) > loss(3) + 1e-3 && loss(3) > loss(6) + 1e-3);
}

#[test]
fn directions_hold_where_the_rows_go_the_other_way() {
    // What rises in the draws must not rise here.
    let set = drawn(["protective", "protective", "risk", "protective"], 600);
    let points = fit(&params(20, 5), &[]).fit(&set).unwrap();
    for (table, sign) in points.points.iter().zip([-1, -1, 1, -1]) {
        let known = &table[..table.len() - 1];
        assert!(known.windows(2).all(|pair| sign * (pair[1] - pair[0]) >= 0), "{points:?}");
    }
    let free = fit(&params(20, 5), &["Q1", "Q2", "Q3", "Q4"]).fit(&set).unwrap();
    assert!(free.points[0][1] > 0 && free.points[1][2] > 0, "they do bind: {free:?}");
    assert!(log_loss(&free, &set) < log_loss(&points, &set) - 1e-2);
}

#[test]
fn any_number_of_threads_gives_the_same_card() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 600);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&params(6, 5), &[]).fit(&set).unwrap())
    };
    let one = on(1);
    assert_eq!(on(2), one);
    assert_eq!(on(5), one);
    assert_ne!(fit(&params(5, 5), &[]).fit(&set).unwrap(), one, "cards do differ");
}

#[test]
fn equal_rows_are_one_row_of_their_weight() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 300);
    let (form, rows) = (set.answers().instrument(), set.answers().rows().map(<[u8]>::to_vec));
    let rows: Vec<Vec<u8>> = rows.collect();
    // Whole weights as so many rows.
    let weights: Vec<f64> = (0..rows.len()).map(|i| 1.0 + (i % 3) as f64).collect();
    let weighted = training_set(form, &rows, set.events(), &weights);
    let repeated: Vec<usize> = (0..rows.len()).flat_map(|i| vec![i; 1 + i % 3]).collect();
    let several = training_set(
        form,
        &repeated.iter().map(|&i| rows[i].clone()).collect::<Vec<_>>(),
        &repeated.iter().map(|&i| set.events()[i]).collect::<Vec<_>>(),
        &vec![1.0; repeated.len()],
    );
    let of = |set: &TrainingSet| fit(&params(5, 5), &[]).fit(set).unwrap();
    let (one, other) = (of(&weighted), of(&several));
    assert_eq!(one.points, other.points);
    assert!(close(&[one.offset, one.scale], &[other.offset, other.scale], 1e-9));
    let unweighted = of(&training_set(form, &rows, set.events(), &vec![1.0; rows.len()]));
    assert!(!close(&[one.offset, one.scale], &[unweighted.offset, unweighted.scale], 1e-3), "weights matter");
}

#[test]
fn no_card_is_better_than_the_relaxed_optimum() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 600);
    let asked = fit(&params(6, 5), &[]);
    let (found, least) = (log_loss(&asked.fit(&set).unwrap(), &set), asked.relaxed_log_loss(&set).unwrap());
    assert!(least <= found + 1e-9 && least > found - 0.05, "{least} {found}");
    // With lines enough and many points a card comes as near as rounding lets it; with 3 lines it does not.
    let fine = fit(&params(100, 20), &[]);
    let near = log_loss(&fine.fit(&set).unwrap(), &set);
    assert!(close(&[near], &[least], 1e-4), "{near} {least}");
    assert!(!close(&[found], &[least], 1e-4), "{found} {least}");
    // The directions are among what binds it.
    let turned = drawn(["protective", "protective", "risk", "protective"], 600);
    let bound = asked.relaxed_log_loss(&turned).unwrap();
    let free = fit(&params(6, 5), &["Q1", "Q2", "Q3", "Q4"]).relaxed_log_loss(&turned).unwrap();
    assert!(free < bound - 1e-2, "{free} {bound}");
}

#[test]
fn a_version_says_how_large_the_gap_is() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 600);
    let asked = fit(&params(3, 5), &[]);
    let (_, Noted { notes, .. }) = asked.learn_with_notes(&set).unwrap();
    let (found, least) = (log_loss(&asked.fit(&set).unwrap(), &set), asked.relaxed_log_loss(&set).unwrap());
    for number in [found, least, found - least] {
        assert!(notes[0].contains(&format!("{number:.6}")), "{notes:?}");
    }
    assert!(!notes[0].contains(&format!("{:.6}", found + 1e-4)));
}

#[test]
fn answers_that_tell_nothing_leave_the_base_rate() {
    let form = form(&[(2, "risk")]);
    let rows: Vec<Vec<u8>> = (0..40).map(|i| vec![u8::from(i % 2 == 0)]).collect();
    // The outcome falls with the risk, so that no line may have points.
    let events: Vec<bool> = (0..40).map(|i| i % 2 == 1 && i % 3 > 0 || i % 8 == 0).collect();
    let set = training_set(&form, &rows, &events, &[1.0; 40]);
    let points = fit(&params(5, 5), &[]).fit(&set).unwrap();
    assert_eq!(points.points, [[0, 0, 0]]);
    assert!(close(&[points.offset, points.scale], &[logit(set.base_rate()), 1.0], 1e-12));
    assert_ne!(
        fit(&params(5, 5), &["Q1"]).fit(&set).unwrap().points,
        [[0, 0, 0]],
        "without the direction it has"
    );
}

#[test]
fn a_card_that_separates_is_refused() {
    let form = form(&[(2, "risk"), (2, "risk")]);
    let rows: Vec<Vec<u8>> = (0..40).map(|i| vec![u8::from(i % 2 == 0), u8::from(i % 3 == 0)]).collect();
    let events: Vec<bool> = (0..40).map(|i| i % 2 == 0).collect();
    let error = fit(&params(5, 5), &[]).fit(&training_set(&form, &rows, &events, &[1.0; 40])).unwrap_err();
    assert!(error.to_string().contains("a threshold separates events from the rest"), "{error}");
}

#[test]
fn a_card_can_be_the_baseline_of_a_blend() {
    let card = "[[candidate]]\nname = \"card\"\nfamily = \"optimal_points\"\nlines = 3\nlargest = 5\n\
                [[hybrid]]\nbaseline = \"card\"\ncandidate = \"logistic\"\ndials = [0.5]\n";
    let trees = "trees = 3\ndepth = 2\nlearning_rate = 0.1\nl2 = 1.0\nmin_child_weight = 1.0\nrows = 1.0\n\
                 indicators = 1.0\noffset = \"points\"";
    let experiment = experiment(trees, "platt", card);
    let set = drawn(["risk", "risk", "protective", "neutral"], 300);
    let (bases, notes) = Bases::fit_with_notes(&experiment, &set).unwrap();
    let told: Vec<usize> = notes.iter().map(|noted| noted.notes.len()).collect();
    assert_eq!(told, [0, 0, 0, 1]);
    let scorers = bases.scorers(&experiment, &fixed(&experiment)).unwrap();
    let expected = fit(&params(3, 5), &[]).fit(&set).unwrap();
    assert_eq!(scorers[4].1.baseline(), Some(&expected));
    assert_ne!(scorers[0].1.baseline(), Some(&expected));
}

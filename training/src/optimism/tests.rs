use std::collections::HashMap;

use super::*;
use crate::TrainingSet;
use crate::bases::Bases;
use crate::testing::{auc as by_pairs, data, experiment, form, uniform};

const TREES: &str = "trees = 20\ndepth = 3\nlearning_rate = 0.3\nl2 = 1.0\nmin_child_weight = 1.0\nrows = 1.0\nindicators = 1.0";

const N: usize = 480;

/// What of the answers tells the outcome: the first one alone.
fn truth(first: u8) -> f64 {
    [0.2, 0.35, 0.6][usize::from(first)]
}

/// 480 rows of 320 cases, whose outcome hangs on the first answer only; three others tell nothing.
fn drawn() -> Data {
    let rows: Vec<Vec<u8>> =
        (0..N).map(|i| (0..4).map(|j| (uniform(i * 10 + j) * 3.0) as u8).collect()).collect();
    let events: Vec<bool> = (0..N).map(|i| uniform(i * 10 + 9) < truth(rows[i][0])).collect();
    let cases: Vec<usize> = (0..N).map(|i| if i < 320 { i / 2 } else { i - 160 }).collect();
    data(&form(&[(2, "neutral"); 4]), &rows, &events, &[1.0; N], &cases)
}

fn auc(judged: Judged<'_>) -> BTreeMap<String, f64> {
    BTreeMap::from([("auc".to_owned(), by_pairs(judged.log_odds, judged.events))])
}

#[test]
fn a_resample_draws_cases_with_all_their_rows_and_as_many_as_there_are() {
    let data = drawn();
    let mut times_left_out = 0;
    for key in 0..50 {
        let drawn = data.resampled(splitmix(key));
        let mut rows_of: HashMap<&str, usize> = HashMap::new();
        data.cohort.cases().iter().for_each(|case| *rows_of.entry(case).or_default() += 1);
        let mut found: HashMap<&str, usize> = HashMap::new();
        drawn.cohort.cases().iter().for_each(|case| *found.entry(case).or_default() += 1);
        let times: usize = found
            .iter()
            .map(|(case, n)| {
                assert_eq!(n % rows_of[case], 0, "{case} has some of its rows only");
                n / rows_of[case]
            })
            .sum();
        assert_eq!(times, 320);
        times_left_out += 320 - found.len();
    }
    // A case is in no resample of n with probability (1 - 1/n)^n, about 1/e; as many as there are would leave none out.
    let share = times_left_out as f64 / (50.0 * 320.0);
    let expected = (1.0_f64 - 1.0 / 320.0).powi(320);
    assert!((share - expected).abs() <= 0.02, "{share}, not {expected}");
}

#[test]
fn what_noise_tells_is_taken_off() {
    let data = drawn();
    let config = experiment(TREES, "platt", "[optimism]\nresamples = 40\n");
    let rows: Vec<usize> = (0..N).collect();
    let found = optimism(&config, &data, &rows, &auc, &|| ()).unwrap().unwrap();
    let fitted = Bases::fit(&config, &TrainingSet::new(&data, &rows, "all").unwrap()).unwrap();
    let scores = fitted.scores(data.part(&rows).answers());
    let (events, weights) = (&data.events, &data.weights);
    let of = |log_odds: &[f64]| auc(Judged { log_odds, probabilities: log_odds, events, weights })["auc"];
    // No model can rank these rows better than by what their outcomes were drawn from, but for chance.
    let best = of(&data.cohort.answers().rows().map(|row| truth(row[0])).collect::<Vec<f64>>());
    let trees = config.candidates().iter().position(|name| name == "boosted").unwrap();
    let apparent = of(scores.of(trees));
    let corrected = apparent - found.of_candidates[trees]["auc"];
    assert!(apparent - best > 0.04, "trees learn noise by heart: {apparent}, at best {best}");
    assert!(
        corrected < best && corrected > best - 0.12,
        "{apparent} is corrected to {corrected}, at best {best}"
    );
    // A plain model overstates itself less.
    assert!(found.of_candidates[1]["auc"] < found.of_candidates[trees]["auc"] / 2.0);
}

#[test]
fn it_is_the_mean_over_resamples_of_what_their_models_overstate() {
    let data = drawn();
    let config = experiment(TREES, "platt", "[optimism]\nresamples = 5\n");
    let rows: Vec<usize> = (0..data.n_rows()).collect();
    let found = optimism(&config, &data, &rows, &auc, &|| ()).unwrap().unwrap();
    assert_eq!((found.used, &found.problem), (5, &None));
    let mut sum = 0.0;
    for resample in 0..5_u64 {
        let drawn = data.resampled(splitmix(splitmix(config.config().seed) ^ resample));
        let all: Vec<usize> = (0..drawn.n_rows()).collect();
        let bases = Bases::fit(&config, &TrainingSet::new(&drawn, &all, "drawn").unwrap()).unwrap();
        let of = |data: &Data| {
            let rows: Vec<usize> = (0..data.n_rows()).collect();
            let scores = bases.scores(data.part(&rows).answers());
            let (log_odds, events, weights) = (scores.of(0), &data.events, &data.weights);
            auc(Judged { log_odds, probabilities: log_odds, events, weights })["auc"]
        };
        sum += of(&drawn) - of(&data);
    }
    assert!((found.of_candidates[0]["auc"] - sum / 5.0).abs() <= 1e-12);
    // The optimism of one resample is another number.
    let one = experiment(TREES, "platt", "[optimism]\nresamples = 2\n");
    let other = optimism(&one, &data, &rows, &auc, &|| ()).unwrap().unwrap();
    assert!((other.of_candidates[0]["auc"] - sum / 5.0).abs() > 1e-6);
}

#[test]
fn without_a_section_there_is_none_and_what_cannot_be_fitted_is_told() {
    let data = drawn();
    let rows: Vec<usize> = (0..data.n_rows()).collect();
    let plain = experiment(TREES, "platt", "");
    assert_eq!(optimism(&plain, &data, &rows, &auc, &|| ()).unwrap(), None);
    // Two events, of one case each: most resamples leave one of the inner folds without any.
    let events: Vec<usize> = rows.iter().copied().filter(|&row| data.events[row]).take(2).collect();
    let few: Vec<usize> =
        rows.iter().copied().filter(|row| !data.events[*row] || events.contains(row)).collect();
    let config = experiment(TREES, "platt", "[optimism]\nresamples = 8\n");
    let error = optimism(&config, &data, &few, &auc, &|| ()).unwrap_err();
    assert!(matches!(error, Error::OneClass { .. } | Error::Candidate { .. }), "{error}");
}

use toml::Table;

use super::combinations;
use crate::config::{Criterion, Rule, Search, TuningParams};

fn tuning(search: Search, trials: Option<usize>) -> TuningParams {
    TuningParams {
        outer_folds: 2,
        repeats: 1,
        inner_folds: 2,
        search,
        trials,
        criterion: Criterion::LogLoss,
        rule: Rule::Least,
    }
}

fn search(text: &str) -> Table {
    text.parse().unwrap()
}

#[test]
fn a_grid_holds_every_combination_once_with_its_complexity() {
    let listed = search("depth = [1, 2, 3]\nrate = [0.1, 0.2]");
    let found = combinations(&listed, &tuning(Search::Grid, None), 1).unwrap();
    let values: Vec<(i64, f64)> = found
        .iter()
        .map(|one| (one.values["depth"].as_integer().unwrap(), one.values["rate"].as_float().unwrap()))
        .collect();
    assert_eq!(values, [(1, 0.1), (1, 0.2), (2, 0.1), (2, 0.2), (3, 0.1), (3, 0.2)]);
    let complexity: Vec<f64> = found.iter().map(|one| one.complexity).collect();
    // Means of (0, 1/2, 1) and (0, 1).
    let expected = [0.0, 0.5, 0.25, 0.75, 0.5, 1.0];
    let error = complexity.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(error <= 1e-15, "{complexity:?}");
}

#[test]
fn nothing_searched_is_one_trial_of_what_the_config_says() {
    let found = combinations(&Table::new(), &tuning(Search::Grid, None), 1).unwrap();
    assert!(found.len() == 1 && found[0].values.is_empty());
    assert_eq!(combinations(&Table::new(), &tuning(Search::Random, Some(30)), 1).unwrap().len(), 1);
}

#[test]
fn random_numbers_are_even_on_their_scale_and_the_same_for_a_seed() {
    let ranges = search("rate = { from = 0.01, to = 1.0, scale = \"log\" }\ndepth = { from = 8, to = 2 }");
    let tuning = tuning(Search::Random, Some(2000));
    let found = combinations(&ranges, &tuning, 7).unwrap();
    assert_eq!(found, combinations(&ranges, &tuning, 7).unwrap());
    assert_ne!(found, combinations(&ranges, &tuning, 8).unwrap());
    let rates: Vec<f64> = found.iter().map(|one| one.values["rate"].as_float().unwrap()).collect();
    assert!(rates.iter().all(|rate| (0.01..=1.0).contains(rate)));
    // Half of them below the geometric mean 0.1: 5 standard errors of 2,000 draws are 0.056.
    let low = rates.iter().filter(|rate| **rate < 0.1).count() as f64 / rates.len() as f64;
    assert!((low - 0.5).abs() <= 0.056, "{low}");
    // On a linear scale nearly a tenth would be.
    assert!((low - 0.09).abs() > 0.056);
    let depths: Vec<i64> = found.iter().map(|one| one.values["depth"].as_integer().unwrap()).collect();
    assert!(
        depths.iter().all(|depth| (2..=8).contains(depth)) && (2..=8).all(|depth| depths.contains(&depth))
    );
    // 8 is written first, so it is the simplest.
    let simplest = found.iter().min_by(|a, b| a.complexity.total_cmp(&b.complexity)).unwrap();
    assert!(
        simplest.values["depth"].as_integer().unwrap() > 4
            && simplest.values["rate"].as_float().unwrap() < 0.1
    );
}

#[test]
fn no_more_trials_are_drawn_than_there_are() {
    let listed = search("depth = [1, 2]\nrate = [0.1, 0.2]");
    assert_eq!(combinations(&listed, &tuning(Search::Random, Some(50)), 1).unwrap().len(), 4);
    let fewer = combinations(&listed, &tuning(Search::Random, Some(3)), 1).unwrap();
    assert!(fewer.len() <= 3 && !fewer.is_empty());
}

#[test]
fn everything_that_is_no_search_is_named() {
    let wrong = search(
        "a = []\nb = [1, 1]\nc = { from = 0.1, to = 1 }\nd = { from = 0.0, to = 1.0, scale = \"log\" }\ne = 3\n\
         f = { from = 0.1, until = 0.2 }\ng = { from = 1.0, to = 1.0 }",
    );
    let message = combinations(&wrong, &tuning(Search::Random, Some(5)), 1).unwrap_err().to_string();
    for expected in [
        "`search.a` is empty, expected a value or more",
        "`search.b` lists 1 twice, expected each value once",
        "`search.c` goes from 0.1 to 1, expected two whole numbers or two decimal ones",
        "`search.d` goes from 0 to 1 on a log scale, expected numbers above 0",
        "`search.e` is 3, expected a list of values or a range",
        "`search.f` is no range: unknown field `until`",
        "`search.g` goes from 1 to 1, expected two different numbers",
    ] {
        assert!(message.contains(expected), "{expected}\n{message}");
    }
    let range = search("rate = { from = 0.1, to = 0.2 }");
    let message = combinations(&range, &tuning(Search::Grid, None), 1).unwrap_err().to_string();
    assert!(message.contains("`search.rate` is a range, expected a list of values"), "{message}");
    let many =
        search(&format!("a = {:?}\nb = {:?}", (0..101).collect::<Vec<_>>(), (0..100).collect::<Vec<_>>()));
    let message = combinations(&many, &tuning(Search::Grid, None), 1).unwrap_err().to_string();
    assert!(message.contains("`search` asks for 10100 trials, expected at most 10000"), "{message}");
}

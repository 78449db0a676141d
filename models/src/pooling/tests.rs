use std::collections::{BTreeMap, BTreeSet};

use amparo_datasets::{Answers, Polarity};

use super::*;
use crate::calibrator::Platt;
use crate::explain::{Background, Deal, Subsamples};
use crate::learned::Learned;
use crate::testing::{Draw, instrument_of, worst};
use crate::{Calibrator, Error, Hybrid, OutcomeModel, Scorer};

const N: usize = 40;

/// A narrow indicator, a wide one with 40 answers, another narrow one.
fn form() -> Arc<Instrument> {
    instrument_of(&[(2, Polarity::Risk), (N, Polarity::Neutral), (3, Polarity::Neutral)])
}

/// Three pools; the answers 5, 17 and 39 are in none.
fn pooling() -> Pooling {
    let pool = |code: usize| if [5, 17, 39].contains(&code) { 3 } else { (code * 7 % 3) as u8 };
    let of_answers = (0..N).map(pool).collect();
    Pooling::new(vec![Pools { indicator: 1, sd: 0.4, effects: vec![-0.5, 0.0, 0.7], of_answers }])
}

/// 600 rows in which every answer to the wide question occurs, but 39, and `unknown` among them.
fn population() -> (Answers, Vec<f64>) {
    let row = |i: usize| {
        [(i % 3) as u8, (if i.is_multiple_of(9) { N } else { i * 11 % (N - 1) }) as u8, (i / 3 % 4) as u8]
    };
    let codes = (0..600).flat_map(row).collect();
    let weights = (0..600).map(|i| 0.5 + (i * 13 % 7) as f64 / 4.0).collect();
    (Answers::from_codes(form(), codes).unwrap(), weights)
}

/// Which of the rows have the event.
fn events() -> Vec<bool> {
    (0..600).map(|i| i % 5 < 2).collect()
}

fn counts() -> crate::learned::Counts {
    let (answers, weights) = population();
    crate::learned::Counts::of(&answers, &events(), &weights)
}

/// Counts by which 5 and 17 are too rare, and 39 never occurs.
fn learned() -> Learned {
    let mut counts = counts();
    let needed = 10;
    for code in [5, 17] {
        let rows = counts.rows[1][code];
        assert!(rows >= needed);
        counts.rows[1][code] = 7;
        counts.events[1][code] = 3;
        // The total stays what it is.
        counts.rows[1][0] += rows - 7;
    }
    Learned::of(&counts.fitted_alike(), needed)
}

/// A hybrid on the pooled form, its unlearned answers averaged.
fn scorer(pooling: &Pooling) -> Scorer {
    let of = pooling.form(&form()).into_owned();
    let draw = &mut Draw::new(5);
    let candidate = crate::testing::tree_candidate(crate::testing::forest(draw, &of, &[0, 1, 2]));
    let hybrid = Hybrid::new(0.6, crate::testing::points(draw, &of), candidate).unwrap();
    let of_pools = pooling.counts(&rare());
    let stand_ins = crate::learned::StandIn::all(&of, &of_pools, 10, |_| false);
    Scorer::from(hybrid).averaged(&stand_ins)
}

/// The counts of [`learned`] before anything is withheld.
fn rare() -> crate::learned::Counts {
    let mut counts = counts();
    for code in [5, 17] {
        counts.rows[1][code] = 7;
    }
    counts.fitted_alike()
}

fn part(pooling: Pooling) -> Result<OutcomeModel, Error> {
    let (answers, weights) = population();
    let scorer = scorer(&pooling);
    let pooled = pooling.answers(&answers).unwrap().into_owned();
    let background = Background::of(&scorer, &pooled, &weights).unwrap();
    let cases: Vec<String> = (0..600).map(|i| format!("c{i}")).collect();
    let subsamples = Subsamples::of(&scorer, &pooled, &weights, &Deal::of(&cases)).unwrap();
    let platt = Calibrator::Platt(Platt { intercept: 0.1, slope: 0.9, covariance: [0.01, 0.0, 0.01] });
    let made = (scorer, platt, background);
    let exempt = BTreeSet::from(["I1".to_owned()]);
    let part = OutcomeModel::pooled("again".to_owned(), pooling, made, &form(), &exempt)?;
    let population = part.population_of(&answers, &weights, subsamples)?;
    part.with_population(population)?.with_learned(learned(), &form())
}

fn rows() -> Vec<Vec<u8>> {
    let draw = &mut Draw::new(11);
    (0..200).map(|_| crate::testing::form(draw, &form())).collect()
}

#[test]
fn answers_of_a_pool_are_one_answer_to_the_model() {
    let (pooling, form) = (pooling(), form());
    let part = part(pooling.clone()).unwrap();
    for mut row in rows() {
        let mut by_pool: BTreeMap<u8, u64> = BTreeMap::new();
        for code in 0..N as u8 {
            row[1] = code;
            let bits = part.score(&row).to_bits();
            let pool = pooling.wide()[0].of_answers[usize::from(code)];
            assert_eq!(*by_pool.entry(pool).or_insert(bits), bits, "{code}");
        }
        assert!(by_pool.len() == 4);
    }
    // Some row tells the pools apart.
    let scores = |code: u8| -> Vec<f64> {
        rows().into_iter().map(|row| part.score(&[row[0], code, row[2]])).collect()
    };
    assert!(worst(&scores(0), &scores(1)) > 0.01);
    assert_eq!(
        part.pooling().form(&form).indicators()[1].answer_list(),
        "pool_1, pool_2, pool_3, pool_4, unknown"
    );
}

#[test]
fn explanations_are_those_of_brute_force_on_the_form_itself() {
    let part = part(pooling()).unwrap();
    let (answers, weights) = population();
    let total: f64 = weights.iter().sum();
    // v(S): the mean score over the population with the answers in S those of the row.
    let value = |row: &[u8], set: usize| {
        let scores = answers.rows().zip(&weights).map(|(other, weight)| {
            let mixed: Vec<u8> = (0..3).map(|j| if set >> j & 1 == 1 { row[j] } else { other[j] }).collect();
            weight * part.score(&mixed)
        });
        scores.sum::<f64>() / total
    };
    for row in rows().iter().take(40) {
        let v: Vec<f64> = (0..8).map(|set| value(row, set)).collect();
        let shapley = |j: usize| {
            let (a, b) = ((j + 1) % 3, (j + 2) % 3);
            let gain = |set: usize| v[set | 1 << j] - v[set];
            gain(0) / 3.0 + (gain(1 << a) + gain(1 << b)) / 6.0 + gain(1 << a | 1 << b) / 3.0
        };
        let explanation = part.explain(row).unwrap().total;
        let expected: Vec<f64> = (0..3).map(shapley).collect();
        assert!(worst(&explanation.values, &expected) <= 1e-9);
        assert!((explanation.base - v[0]).abs() <= 1e-9);
        assert!(worst(&explanation.values, &[expected[1], expected[0], expected[2]]) > 1e-6);
    }
}

#[test]
fn a_block_of_rows_is_explained_as_its_rows() {
    let part = part(pooling()).unwrap();
    let (answers, _) = population();
    let many: Vec<usize> = (0..2600).map(|row| row % 600).collect();
    let answers = answers.select(&many);
    let batch: Vec<_> = part.explain_batch(&answers).map(Result::unwrap).collect();
    assert_eq!(batch.len(), 2600);
    for (row, parts) in answers.rows().zip(&batch).step_by(97) {
        assert_eq!(part.explain(row).unwrap(), *parts);
    }
}

#[test]
fn an_answer_in_no_pool_counts_as_the_average_of_the_pools() {
    let part = part(pooling()).unwrap();
    let shares: Vec<f64> = pooling().counts(&rare()).weights[1][..3].to_vec();
    let total: f64 = shares.iter().sum();
    let of_pool = |row: &[u8], pool: u8| part.score(&[row[0], pool_member(pool), row[2]]);
    for row in rows() {
        let average: f64 = (0..3).map(|pool| shares[usize::from(pool)] / total * of_pool(&row, pool)).sum();
        let rest = part.score(&[row[0], 17, row[2]]);
        let scale = scorer(&pooling()).baseline().unwrap().scale;
        // But for the rounding of points, 0.4 of which are in the score.
        assert!((rest - average).abs() <= 0.4 * scale / 2.0 + 1e-9);
        let same = |code: u8| part.score(&[row[0], code, row[2]]).to_bits() == rest.to_bits();
        assert!(same(5) && same(39));
    }
}

/// The first answer of a pool.
fn pool_member(pool: u8) -> u8 {
    pooling().wide()[0].members(usize::from(pool)).next().unwrap() as u8
}

#[test]
fn the_range_of_an_unknown_answer_is_that_over_all_answers() {
    let part = part(pooling()).unwrap();
    for row in rows().iter().take(60) {
        let row = [row[0].min(1), N as u8, row[2].min(2)];
        let range = part.range(&form(), &row);
        let scores: Vec<f64> = (0..N as u8).map(|code| part.score(&[row[0], code, row[2]])).collect();
        let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let high = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!(worst(&[range.low, range.high], &[low, high]) <= 1e-9);
        assert!(high - low > 1e-6);
    }
}

#[test]
fn pairs_add_up_with_wide_answers() {
    let part = part(pooling()).unwrap();
    for row in rows().iter().take(20) {
        // Refused unless every row of the matrix adds up to its value and the whole to the score.
        part.interactions(row).unwrap();
    }
}

#[test]
fn counts_of_pools_are_sums_and_the_rest_is_as_rare_as_its_most_frequent_answer() {
    let (counts, pooled) = (rare(), pooling().counts(&rare()));
    let sum = |of: &[u64], pool: usize| pooling().wide()[0].members(pool).map(|code| of[code]).sum::<u64>();
    for pool in 0..3 {
        assert_eq!(pooled.rows[1][pool], sum(&counts.rows[1], pool));
        assert_eq!(pooled.events[1][pool], sum(&counts.events[1], pool));
    }
    assert_eq!((pooled.rows[1][3], pooled.rows[1][4]), (7, counts.rows[1][N]));
    let weights = counts.weights[1][5] + counts.weights[1][17];
    assert!(worst(&[pooled.weights[1][3]], &[weights]) <= 1e-12 && weights > 7.0);
    assert_eq!((pooled.rows[0].clone(), pooled.rows[1].len()), (counts.rows[0].clone(), 5));
}

#[test]
fn how_many_answers_share_an_effect_is_told() {
    let pooling = pooling();
    let n = pooling.wide()[0].members(1).count();
    assert_eq!(pooling.sharing(1, pool_member(1)), Some(SameEffect { answers: n, of: N }));
    // One in no pool, `unknown`, and an answer to a narrow question.
    assert_eq!([pooling.sharing(1, 17), pooling.sharing(1, N as u8), pooling.sharing(0, 1)], [None; 3]);
}

fn refusal(change: impl Fn(&mut Pools)) -> String {
    let mut pools = pooling().wide()[0].clone();
    change(&mut pools);
    Pooling::new(vec![pools]).check(&form()).unwrap_err().to_string()
}

#[test]
fn pools_that_are_not_those_of_the_form_are_refused() {
    pooling().check(&form()).unwrap();
    let other = Pooling::default().check(&form()).unwrap_err().to_string();
    let expected = "pools of answers: there are pools of the indicators [], expected [I2]: those with more than 15 known answers";
    assert_eq!(other, expected);
    assert!(refusal(|p| p.indicator = 2).contains("of the indicators [I3], expected [I2]"));
    assert!(refusal(|p| p.indicator = 9).contains("of the indicators [9], expected [I2]"));
    assert!(
        refusal(|p| p.sd = f64::NAN)
            .contains("indicator `I2` have standard deviation NaN, expected 0 or more")
    );
    assert!(
        refusal(|p| p.effects[0] = 0.1)
            .contains("have effects [0.1, 0.0, 0.7], expected numbers that ascend")
    );
    assert!(
        refusal(|p| p.of_answers.truncate(39))
            .contains("39 answers of indicator `I2` are dealt into pools, expected 40")
    );
    assert!(
        refusal(|p| p.of_answers[3] = 4)
            .contains("answer `a3` to indicator `I2` is in pool 4, expected 0 to 3")
    );
    let empty = refusal(|p| p.of_answers.iter_mut().for_each(|pool| *pool %= 2));
    assert!(empty.contains("pool 2 of indicator `I2` has no answer, expected one or more"), "{empty}");
    assert!(
        refusal(|p| p.effects = vec![0.0; 15]).contains("indicator `I2` has 15 pools, expected at most 14")
    );
}

#[test]
fn pools_and_learned_answers_have_to_agree() {
    let with = |change: &dyn Fn(&mut Pools)| {
        let mut pools = pooling().wide()[0].clone();
        change(&mut pools);
        part(Pooling::new(vec![pools])).unwrap_err().to_string()
    };
    let found = with(&|pools| pools.of_answers[17] = 0);
    assert!(found.contains("answer `a17` to indicator `I2` was not learned, but it is in a pool"), "{found}");
    let found = with(&|pools| pools.of_answers[0] = 3);
    assert!(found.contains("answer `a0` to indicator `I2` was learned, but it is in no pool"), "{found}");
}

#[test]
fn a_model_of_a_wide_form_has_pools() {
    let (answers, weights) = population();
    let (pooling, form) = (pooling(), form());
    let scorer = scorer(&pooling);
    let background = Background::of(&scorer, &pooling.answers(&answers).unwrap(), &weights).unwrap();
    let platt = Calibrator::Platt(Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] });
    let none = BTreeSet::new();
    let error = OutcomeModel::new("again".to_owned(), scorer, platt, background, &form, &none).unwrap_err();
    assert!(error.to_string().starts_with("pools of answers: "), "{error}");
}

#[test]
fn the_file_is_read_as_it_is_written() {
    let text = serde_json::to_string(&pooling()).unwrap();
    assert_eq!(serde_json::from_str::<Pooling>(&text).unwrap(), pooling());
    assert!(
        text.starts_with(r#"[{"indicator":1,"sd":0.4,"effects":[-0.5,0.0,0.7],"of_answers":["#),
        "{text}"
    );
    assert_eq!(serde_json::to_string(&Pooling::default()).unwrap(), "[]");
}

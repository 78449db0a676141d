#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_datasets::{Answers, Polarity};

use super::{Deviations, Lanes, Spread};
use crate::explain::{Background, Deal, Explainer, OrReason, SUBSAMPLES, Stability, Subsamples};
use crate::scorer::{Node, Tree};
use crate::testing::{
    Draw, additive_candidate, all_forms, form, instrument, instrument_of, points, population, scorers,
    tree_candidate, worst,
};
use crate::{Additive, Explain, Explanation, Forest, Hybrid, Scorer};

/// Case ids: every eighth row is a second one of the case before.
pub(in crate::explain) fn cases(n_rows: usize) -> Vec<String> {
    (0..n_rows).map(|row| format!("c{}", if row % 8 == 7 { row - 1 } else { row })).collect()
}

pub(in crate::explain) fn spread(scorer: &Scorer, answers: &Answers, weights: &[f64], deal: &Deal) -> Spread {
    let background = Background::of(scorer, answers, weights).unwrap();
    let OrReason::Value(subsamples) = Subsamples::of(scorer, answers, weights, deal).unwrap() else {
        panic!("too few cases")
    };
    Spread::new(scorer, &background, &subsamples).unwrap()
}

fn explained(scorer: &Scorer, answers: &Answers, weights: &[f64], row: &[u8]) -> Explanation {
    let background = Background::of(scorer, answers, weights).unwrap();
    Explainer::new(scorer, &background).unwrap().explain(row)
}

/// The rows of one subsample, as a population of their own.
fn rows_of(k: usize, deal: &Deal, answers: &Answers, weights: &[f64]) -> (Answers, Vec<f64>) {
    let rows: Vec<usize> =
        (0..answers.n_rows()).filter(|&row| usize::from(deal.of_rows()[row]) == k).collect();
    (answers.select(&rows), rows.iter().map(|&row| weights[row]).collect())
}

/// Base, then values: what each subsample contributes beyond its share, by explaining against its rows alone.
pub(in crate::explain) fn by_definition(
    scorer: &Scorer,
    deal: &Deal,
    (answers, weights): (&Answers, &[f64]),
    row: &[u8],
) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    let numbers = |answers: &Answers, weights: &[f64]| {
        let Explanation { base, values } = explained(scorer, answers, weights, row);
        [vec![base], values].concat()
    };
    let whole = numbers(answers, weights);
    let of_subsample = |k: usize| -> Vec<f64> {
        let (answers, weights) = rows_of(k, deal, answers, weights);
        let share = weights.iter().sum::<f64>() / total;
        numbers(&answers, &weights).iter().zip(&whole).map(|(alone, whole)| share * (alone - whole)).collect()
    };
    let by_subsample: Vec<Vec<f64>> = (0..SUBSAMPLES).map(of_subsample).collect();
    (0..whole.len()).flat_map(|j| by_subsample.iter().map(move |numbers| numbers[j])).collect()
}

pub(in crate::explain) fn flat(Deviations { base, values }: Deviations) -> Vec<f64> {
    [vec![base], values].concat().concat()
}

/// A population that divides into units without rounding, whatever the questions: each of the 256 forms once a subsample,
/// with weights that come to 64 in all; questions ask for two of four answers.
fn exact(draw: &mut Draw) -> (Scorer, Answers, Vec<f64>, Deal) {
    let instrument = instrument_of(&[(3, Polarity::Neutral); 4]);
    let forms = all_forms(&instrument);
    let ids: Vec<String> = (0..forms.len() * SUBSAMPLES).map(|case| case.to_string()).collect();
    let deal = Deal::of(&ids);
    let (mut codes, mut weights, mut next) = (Vec::new(), Vec::new(), [0; SUBSAMPLES]);
    let mut of_form: Vec<Lanes> = Vec::new();
    for _ in &forms {
        let mut weights = [1.0; SUBSAMPLES];
        (0..48).for_each(|_| weights[draw.below(SUBSAMPLES)] += 1.0);
        of_form.push(weights);
    }
    for &k in deal.of_rows() {
        let at = &mut next[usize::from(k)];
        codes.extend(&forms[*at]);
        weights.push(of_form[*at][usize::from(k)]);
        *at += 1;
    }
    let mut trees = Vec::new();
    for _ in 0..4 {
        // No question twice on a path: half of the answers, and half of the forms, meet each.
        let mut nodes: Vec<Node> = (0..15_usize)
            .map(|at| {
                let set = [0b0011, 0b0101, 0b1001, 0b1100][draw.below(4)];
                let indicator = (at + 1).ilog2() as usize;
                Node::Split { indicator, set, left: 2 * at + 1, right: 2 * at + 2 }
            })
            .collect();
        nodes.extend((0..16).map(|_| Node::Leaf(draw.between(-1.0, 1.0))));
        trees.push(Tree { nodes });
    }
    let forest = tree_candidate(Forest { n_indicators: 4, base: -1.0, trees });
    let hybrid = Hybrid::new(0.6, points(draw, &instrument), forest).unwrap();
    (Scorer::from(hybrid), Answers::from_codes(instrument, codes).unwrap(), weights, deal)
}

#[test]
fn against_each_subsample_alone_where_units_are_exact() {
    for seed in 0..4 {
        let mut draw = Draw::new(seed);
        let (scorer, answers, weights, deal) = exact(&mut draw);
        let spread = spread(&scorer, &answers, &weights, &deal);
        for row in [[0, 1, 2, 3], [3, 3, 3, 3], [1, 2, 0, 0]] {
            let found = flat(spread.deviations(&row));
            let expected = by_definition(&scorer, &deal, (&answers, &weights), &row);
            let error = worst(&found, &expected);
            // Single precision: values are below 4.
            assert!(error <= 1e-7, "{error:e}");
            // Of another row, or with the subsamples in another order, it would not be.
            let other = flat(spread.deviations(&[2, 0, 1, 1]));
            let mut turned = found.clone();
            turned.rotate_left(1);
            assert!(worst(&other, &expected) > 1e-4 && worst(&turned, &expected) > 1e-4);
        }
    }
}

#[test]
fn against_each_subsample_alone_of_any_population() {
    for seed in 0..3 {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        let (answers, weights) = population(&mut draw, &instrument, 1100);
        let deal = Deal::of(&cases(1100));
        for scorer in scorers(&mut draw, &instrument) {
            let spread = spread(&scorer, &answers, &weights, &deal);
            for row in [form(&mut draw, &instrument), answers.row(9).to_vec()] {
                let found = flat(spread.deviations(&row));
                let expected = by_definition(&scorer, &deal, (&answers, &weights), &row);
                let error = worst(&found, &expected);
                // Units round by up to 1 of 32,768.
                assert!(error <= 2e-4, "{}: {error:e}", scorer.family());
                assert!(worst(&found, &vec![0.0; found.len()]) > 1e-3, "{}", scorer.family());
                let other = by_definition(&scorer, &Deal::of(&cases(1101)[1..]), (&answers, &weights), &row);
                assert!(worst(&found, &other) > 1e-3, "{}", scorer.family());
            }
        }
    }
}

/// All subsamples explain the same score, and together they are the population.
#[test]
fn deviations_add_up_to_nothing() {
    let mut draw = Draw::new(7);
    let instrument = instrument(8);
    let (answers, weights) = population(&mut draw, &instrument, 1000);
    let deal = Deal::of(&cases(1000));
    for scorer in scorers(&mut draw, &instrument) {
        let spread = spread(&scorer, &answers, &weights, &deal);
        let Deviations { base, values } = spread.deviations(&form(&mut draw, &instrument));
        let all = [vec![base], values].concat();
        let by_subsample: Vec<f64> =
            (0..SUBSAMPLES).map(|k| all.iter().map(|lanes| lanes[k]).sum()).collect();
        assert!(worst(&by_subsample, &[0.0; SUBSAMPLES]) <= 2e-5, "{by_subsample:?}");
        let by_number: Vec<f64> = all.iter().map(|lanes| lanes.iter().sum()).collect();
        assert!(worst(&by_number, &vec![0.0; all.len()]) <= 2e-4, "{by_number:?}");
        let without_base: f64 = all[1..].iter().map(|lanes| lanes[0]).sum();
        assert!(without_base.abs() > 1e-4, "{without_base:e}");
    }
}

#[test]
fn equal_subsamples_move_nothing() {
    let mut draw = Draw::new(3);
    let instrument = instrument(5);
    let (distinct, weights) = population(&mut draw, &instrument, 60);
    let ids: Vec<String> = (0..60 * SUBSAMPLES).map(|case| case.to_string()).collect();
    let deal = Deal::of(&ids);
    // The n-th case of every subsample has the n-th form.
    let mut next = [0; SUBSAMPLES];
    let rows = deal.of_rows().iter().map(|&k| {
        next[usize::from(k)] += 1;
        next[usize::from(k)] - 1
    });
    let rows: Vec<usize> = rows.collect();
    let answers = distinct.select(&rows);
    let mut weights: Vec<f64> = rows.iter().map(|&row| weights[row]).collect();
    let row = form(&mut draw, &instrument);
    for scorer in scorers(&mut draw, &instrument) {
        let moved = |weights: &[f64]| {
            let found = flat(spread(&scorer, &answers, weights, &deal).deviations(&row));
            worst(&found, &vec![0.0; found.len()])
        };
        let found = moved(&weights);
        assert!(found <= 1e-12, "{}: {found:e}", scorer.family());
    }
    weights[0] *= 2.0;
    let scorer = Scorer::from(additive_candidate(Additive {
        intercept: 0.0,
        weights: instrument
            .indicators()
            .iter()
            .map(|i| (0..i.n_answers()).map(|a| a as f64).collect())
            .collect(),
    }));
    let found = flat(spread(&scorer, &answers, &weights, &deal).deviations(&row));
    assert!(worst(&found, &vec![0.0; found.len()]) > 1e-4);
}

/// The sd of 16 subsamples against that of 300 whole resamples, case by case.
#[test]
fn the_sd_is_that_of_a_bootstrap_of_cases() {
    let mut draw = Draw::new(11);
    let instrument = instrument(7);
    let n = 2400;
    let (answers, weights) = population(&mut draw, &instrument, n);
    // Two rows a case: to resample rows would be wrong.
    let ids: Vec<String> = (0..n).map(|row| (row / 2).to_string()).collect();
    let doubled: Vec<usize> = (0..n).map(|row| row - row % 2).collect();
    let answers = answers.select(&doubled);
    let deal = Deal::of(&ids);
    let scorer = scorers(&mut draw, &instrument).remove(4);
    assert_eq!(scorer.family(), "hybrid");
    let forms: Vec<Vec<u8>> = (0..6).map(|_| form(&mut draw, &instrument)).collect();
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let explainer = Explainer::new(&scorer, &background).unwrap();
    let spread = spread(&scorer, &answers, &weights, &deal);
    let found: Vec<f64> = forms
        .iter()
        .flat_map(|form| Stability::of(&spread, form, &explainer.explain(form)).values)
        .map(|value| value.sd)
        .collect();
    // Base and squares of each value over the resamples.
    let resampled = |draw: &mut Draw, by: usize| {
        let (mut sums, mut squares) = (vec![0.0; found.len()], vec![0.0; found.len()]);
        for _ in 0..300 {
            let rows: Vec<usize> = (0..n / by)
                .flat_map(|_| {
                    let first = draw.below(n / by) * by;
                    first..first + by
                })
                .collect();
            let of: Vec<f64> = rows.iter().map(|&row| weights[row]).collect();
            let background = Background::of(&scorer, &answers.select(&rows), &of).unwrap();
            let explainer = Explainer::new(&scorer, &background).unwrap();
            let values = forms.iter().flat_map(|form| explainer.explain(form).values);
            for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(values) {
                *sum += value / 300.0;
                *square += value * value / 300.0;
            }
        }
        let variance: f64 = sums.iter().zip(&squares).map(|(m, s)| s - m * m).sum();
        (variance / found.len() as f64).sqrt()
    };
    let rms = (found.iter().map(|sd| sd * sd).sum::<f64>() / found.len() as f64).sqrt();
    let of_cases = resampled(&mut draw, 2);
    let ratio = rms / of_cases;
    assert!((ratio - 1.0).abs() <= 0.2, "{ratio}");
    // Forgetting that there are 16, or that rows of a case hang together, would show.
    let wrong = rms * (SUBSAMPLES as f64).sqrt() / of_cases;
    assert!((wrong - 1.0).abs() > 0.2);
    let by_row = rms / resampled(&mut draw, 1);
    assert!((by_row - 1.0).abs() > 0.2, "{by_row}");
}

#[test]
fn subsamples_of_another_background_are_refused() {
    let mut draw = Draw::new(5);
    let instrument = instrument(5);
    let (answers, weights) = population(&mut draw, &instrument, 1000);
    let deal = Deal::of(&cases(1000));
    let scorer = scorers(&mut draw, &instrument).remove(2);
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let OrReason::Value(good) = Subsamples::of(&scorer, &answers, &weights, &deal).unwrap() else {
        panic!("enough cases")
    };
    assert!(Spread::new(&scorer, &background, &good).is_ok());
    let refused = |change: &dyn Fn(&mut Subsamples)| {
        let mut changed = good.clone();
        change(&mut changed);
        Spread::new(&scorer, &background, &changed).unwrap_err().to_string()
    };
    assert_eq!(refused(&|s| s.n_cases = 799), "subsamples: 799 cases, expected 800 to 1000 rows");
    assert_eq!(refused(&|s| s.smallest_cell = 0), "subsamples: smallest cell is 0, expected 1 to 1000 rows");
    assert_eq!(
        refused(&|s| s.shares[0] = f64::NAN),
        "subsamples: 16 shares that add up to NaN, expected 16 and 1"
    );
    assert!(refused(&|s| s.n_cells += 1).contains(" cells, expected "));
    let table = |change: &dyn Fn(&mut Vec<super::Units>)| {
        refused(&|s| {
            let mut table = s.table().to_vec();
            change(&mut table);
            *s = s.with_table(table);
        })
    };
    assert!(table(&|t| t.truncate(t.len() - 1)).contains(" cells, expected "));
    assert!(
        table(&|t| t[0][3] += 1)
            .contains("cell 0 of the answers of indicator 0 has 32769 units, expected 32768")
    );
    // Whole, but not the shares of the subsamples.
    let swapped = table(&|t| t[0].rotate_left(1));
    assert!(swapped.contains("the answers of indicator 0 give subsample "), "{swapped}");
    // Cells of a leaf that say something else about the same answers.
    let last = good.table().len() - 1;
    let moved = table(&|t| {
        let big = t[last].iter().position(|&u| u > 0).unwrap();
        let small = t[last - 1].iter().position(|&u| u > 0).unwrap();
        t[last][big] -= 1;
        t[last - 1][small] -= 1;
    });
    assert!(moved.contains(" has 32767 units, expected 32768"), "{moved}");
}

#[test]
fn too_few_cases_are_not_divided() {
    let mut draw = Draw::new(5);
    let instrument = instrument(3);
    let (answers, weights) = population(&mut draw, &instrument, 1000);
    let scorer = scorers(&mut draw, &instrument).remove(0);
    let of = |cases: &[String]| Subsamples::of(&scorer, &answers, &weights, &Deal::of(cases));
    let twice: Vec<String> = (0..1000).map(|row| (row % 799).to_string()).collect();
    assert_eq!(
        of(&twice).unwrap(),
        OrReason::undefined(crate::Reason::TooFewCases { cases: 799, needed: 800 })
    );
    let enough: Vec<String> = (0..1000).map(|row| (row % 800).to_string()).collect();
    assert!(of(&enough).unwrap().value().is_some());
    let said = of(&twice[1..]).unwrap_err().to_string();
    assert_eq!(said, "subsamples: 1000 weights and 999 dealt rows, expected 1000 of each");
}

use super::*;
use crate::boosting::draw::share_of;
use crate::testing::{close, form, training_set, uniform};
use amparo_models::scorer::Node;

/// CART with nothing clever: lists of rows, every allowed set of answers tried, errors summed row by row.
struct Naive<'a> {
    shares: Shares<'a>,
    set: &'a TrainingSet,
    /// What each row counts.
    weights: Vec<f64>,
}

impl Naive<'_> {
    /// Value and error of a leaf of these rows.
    fn leaf(&self, rows: &[usize]) -> (f64, f64) {
        let (rate, m) = (self.set.base_rate(), self.shares.smoothing);
        let y = |row: usize| f64::from(u8::from(self.set.events()[row]));
        let weight: f64 = rows.iter().map(|&row| self.weights[row]).sum();
        let events: f64 = rows.iter().map(|&row| self.weights[row] * y(row)).sum();
        let value = (events + m * rate) / (weight + m) - rate;
        let errors = rows.iter().map(|&row| self.weights[row] * (y(row) - rate - value).powi(2));
        (value, errors.sum::<f64>() + m * value * value)
    }

    /// Puts the leaf of each of the rows in its place.
    fn grow(&self, rows: &[usize], depth: usize, values: &mut [f64]) {
        let (value, error) = self.leaf(rows);
        rows.iter().for_each(|&row| values[row] = value);
        if depth == 0 {
            return;
        }
        let mut best: Option<(f64, Vec<usize>, Vec<usize>)> = None;
        for (j, asked) in self.set.answers().instrument().indicators().iter().enumerate() {
            let all_known = (1_u16 << asked.n_known()) - 1;
            for set in std::iter::once(all_known).chain(1..(1_u16 << asked.n_answers()) - 1) {
                let known = set & all_known;
                if self.shares.orders[j] != Order::Subsets && (known & (known + 1) != 0 || known == 0) {
                    continue;
                }
                let goes_left = |row: &&usize| set >> self.set.answers().row(**row)[j] & 1 == 1;
                let (left, right): (Vec<usize>, Vec<usize>) = rows.iter().partition(|row| goes_left(row));
                let weight = |rows: &[usize]| rows.iter().map(|&row| self.weights[row]).sum::<f64>();
                let least = weight(&left).min(weight(&right));
                if left.is_empty() || right.is_empty() || least < self.shares.min_rows {
                    continue;
                }
                let fall = error - self.leaf(&left).1 - self.leaf(&right).1;
                if fall > best.as_ref().map_or(1e-6, |(fall, ..)| fall + 1e-9) {
                    best = Some((fall, left, right));
                }
            }
        }
        if let Some((_, left, right)) = best {
            self.grow(&left, depth - 1, values);
            self.grow(&right, depth - 1, values);
        }
    }
}

/// Weighted rows of five questions, with events that hang on pairs of answers; two rows a case.
fn drawn(n: usize, seed: usize) -> TrainingSet {
    let form = form(&[(2, "neutral"), (3, "neutral"), (4, "neutral"), (2, "neutral"), (3, "neutral")]);
    let u = |i: usize, j: usize| uniform(seed * 1_000_000 + i * 10 + j);
    let n_answers = [3.0, 4.0, 5.0, 3.0, 4.0];
    let row = |i: usize| (0..5).map(|j| (u(i, j) * n_answers[j]) as u8).collect::<Vec<u8>>();
    let rows: Vec<Vec<u8>> = (0..n).map(row).collect();
    let event = |(i, row): (usize, &Vec<u8>)| {
        u(i, 7) < if row[2] % 2 == 1 && row[0] == 1 { 0.7 } else { 0.15 + 0.1 * f64::from(row[1].min(2)) }
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + u(i, 8)).collect();
    training_set(&form, &rows, &events, &weights)
}

const SUBSETS: [Order; 5] = [Order::Subsets; 5];
const MIXED: [Order; 5] = [Order::Graded, Order::Subsets, Order::Graded, Order::Graded, Order::Subsets];
const GRADED: [Order; 5] = [Order::Graded; 5];

fn itself(value: f64) -> f64 {
    value
}

/// Compares every tree with the plain program on the rows that it was grown from.
fn as_naive(shares: Shares<'_>, set: &TrainingSet, naive: Shares<'_>) -> bool {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    let trees = shares.grow(3, set);
    assert_eq!(trees.len(), 3);
    trees.iter().enumerate().all(|(number, tree)| {
        let times = |row: usize| {
            let of =
                |sample: Sample| Bootstrap::new(sample.seed, number, sample.rows).times(set.cases()[row]);
            f64::from(naive.sample.map_or(1, of))
        };
        let weights: Vec<f64> = (0..set.n_rows()).map(|row| times(row) * set.weights()[row] / mean).collect();
        let rows: Vec<usize> = (0..set.n_rows()).filter(|&row| weights[row] > 0.0).collect();
        let mut expected = vec![0.0; set.n_rows()];
        Naive { shares: naive, set, weights }.grow(&rows, naive.depth, &mut expected);
        let found: Vec<f64> = rows.iter().map(|&row| tree.score(set.answers().row(row))).collect();
        close(&found, &rows.iter().map(|&row| expected[row]).collect::<Vec<f64>>(), 1e-6)
    })
}

#[test]
fn trees_are_those_of_a_program_that_tries_every_set_of_answers() {
    let sample = Some(Sample { seed: 5, rows: 0.8, indicators: 1.0 });
    for seed in 0..3 {
        let set = drawn(500, seed);
        for (orders, min_rows) in [(&SUBSETS, 0.0), (&MIXED, 0.0), (&GRADED, 15.0)] {
            for (depth, smoothing, sample) in [(1, 0.0, None), (3, 2.0, None), (4, 0.0, sample)] {
                let shares =
                    Shares { depth, min_rows, smoothing, orders, interactions: None, sample, leaf: &itself };
                assert!(as_naive(shares, &set, shares), "seed {seed}, depth {depth}, least {min_rows}");
                assert!(!as_naive(Shares { smoothing: smoothing + 5.0, ..shares }, &set, shares));
                let other = Some(Sample { seed: 6, rows: 0.8, indicators: 1.0 });
                assert!(!as_naive(Shares { sample: other, ..shares }, &set, shares), "other rows");
            }
        }
    }
}

/// The fall of the error is that of Gini's impurity: scikit-learn's criterion.
#[test]
fn the_error_of_a_leaf_is_half_of_its_impurity() {
    let set = drawn(200, 1);
    let shares = Shares {
        depth: 1,
        min_rows: 0.0,
        smoothing: 0.0,
        orders: &SUBSETS,
        interactions: None,
        sample: None,
        leaf: &itself,
    };
    let naive = Naive { shares, set: &set, weights: set.weights().to_vec() };
    let rows: Vec<usize> = (0..50).collect();
    let weight: f64 = rows.iter().map(|&row| set.weights()[row]).sum();
    let of_events: f64 = rows.iter().filter(|row| set.events()[**row]).map(|&row| set.weights()[row]).sum();
    let p = of_events / weight;
    let gini = 1.0 - p * p - (1.0 - p) * (1.0 - p);
    assert!((naive.leaf(&rows).1 - weight * gini / 2.0).abs() <= 1e-9);
    assert!((naive.leaf(&rows).1 - weight * gini).abs() > 1.0);
}

#[test]
fn every_question_is_among_those_drawn_for_its_node() {
    let set = drawn(3_000, 2);
    let sample = Sample { seed: 9, rows: 1.0, indicators: 0.45 };
    // Below the root at most one of two indicators has been asked, so one of them gives a split.
    let shares = Shares {
        depth: 2,
        min_rows: 0.0,
        smoothing: 0.0,
        orders: &SUBSETS,
        interactions: None,
        sample: Some(sample),
        leaf: &itself,
    };
    assert_eq!(share_of(5, 0.45), 2);
    let (mut questions, mut of_others) = (0, 0);
    for (number, tree) in shares.grow(50, &set).iter().enumerate() {
        let drawn = |number: usize, at: usize| Draw::new(9, number, 1.0).node(at).order(5)[..2].to_vec();
        for (at, node) in tree.nodes.iter().enumerate() {
            if let Node::Split { indicator, .. } = node {
                questions += 1;
                assert!(drawn(number, at).contains(indicator), "tree {number}, node {at}");
                of_others += usize::from(drawn(number + 1, at).contains(indicator));
            }
        }
    }
    assert!(questions > 100 && of_others < questions * 2 / 3, "{of_others} of {questions}");
}

#[test]
fn indicators_are_drawn_until_one_gives_a_split() {
    // One of four questions tells something; the others always have the same answer.
    let form = form(&[(2, "neutral"); 4]);
    let rows: Vec<Vec<u8>> = (0..200).map(|i| vec![0, 0, (i % 2) as u8, 0]).collect();
    let events: Vec<bool> = (0..200).map(|i| uniform(i) < 0.2 + 0.5 * (i % 2) as f64).collect();
    let set = training_set(&form, &rows, &events, &[1.0; 200]);
    let sample = Some(Sample { seed: 1, rows: 1.0, indicators: 0.25 });
    let orders = [Order::Subsets; 4];
    let shares = Shares {
        depth: 1,
        min_rows: 0.0,
        smoothing: 0.0,
        orders: &orders,
        interactions: None,
        sample,
        leaf: &itself,
    };
    let asks = |tree: &Tree| matches!(tree.nodes[0], Node::Split { indicator: 2, .. });
    assert!(shares.grow(30, &set).iter().all(asks));
}

#[test]
fn any_number_of_threads_gives_the_same_trees() {
    let set = drawn(600, 4);
    let sample = Some(Sample { seed: 3, rows: 1.0, indicators: 0.5 });
    let shares = Shares {
        depth: 5,
        min_rows: 2.0,
        smoothing: 0.0,
        orders: &MIXED,
        interactions: None,
        sample,
        leaf: &itself,
    };
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| shares.grow(16, &set))
    };
    assert_eq!(with(1), with(3));
    let other = Sample { seed: 4, rows: 1.0, indicators: 0.5 };
    assert_ne!(Shares { sample: Some(other), ..shares }.grow(16, &set), with(2));
}

#[test]
fn a_tree_does_not_hang_on_the_number_of_trees() {
    let set = drawn(400, 5);
    let sample = Some(Sample { seed: 3, rows: 1.0, indicators: 0.5 });
    let shares = Shares {
        depth: 4,
        min_rows: 2.0,
        smoothing: 0.0,
        orders: &MIXED,
        interactions: None,
        sample,
        leaf: &itself,
    };
    let (few, many) = (shares.grow(3, &set), shares.grow(6, &set));
    assert_eq!(few[..], many[..3]);
    assert_ne!(many[3], many[4]);
}

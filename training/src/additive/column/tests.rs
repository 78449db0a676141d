use super::*;
use crate::testing::close;

const PACE: Pace = Pace { learning_rate: 0.5, l2: 2.0, min_weight: 3.0 };

fn one(order: Order) -> Column {
    Column::one(Axis { n_answers: 4, order })
}

#[test]
fn a_free_step_is_a_share_of_newtons() {
    let column = one(Order::Subsets);
    let steps = column.step(PACE, &[0.0, 3.0, 9.0, 9.0], &[10.0, -4.0, 5.0, -6.0], &[8.0, 3.0, 2.9, 0.0]);
    // -0.5 (g + 2 value) / (h + 2); the third and the fourth have too few rows.
    assert!(close(&steps, &[-0.5, -0.2, 0.0, 0.0], 1e-15), "{steps:?}");
}

#[test]
fn a_directed_step_ends_at_the_closest_table_that_goes_the_right_way() {
    let pace = Pace { learning_rate: 1.0, l2: 0.0, min_weight: 0.0 };
    // Wanted: 1, 3, 0, and -9 for `unknown`. The second and the third are pooled by their weights: (3 * 1 + 0 * 2) / 3.
    let (first, second) = ([-1.0, -3.0, 0.0, 9.0], [1.0, 1.0, 2.0, 1.0]);
    let rising = one(Order::Rising).step(pace, &[0.0; 4], &first, &second);
    assert!(close(&rising, &[1.0, 1.0, 1.0, -9.0], 1e-15), "{rising:?}");
    let falling = one(Order::Falling).step(pace, &[0.0; 4], &first, &second);
    assert!(close(&falling, &[2.0, 2.0, 0.0, -9.0], 1e-15), "{falling:?}");
    let graded = one(Order::Graded).step(pace, &[0.0; 4], &first, &second);
    assert!(close(&graded, &[1.0, 3.0, 0.0, -9.0], 1e-15), "{graded:?}");
}

#[test]
fn an_answer_without_rows_follows_the_others() {
    let pace = Pace { learning_rate: 1.0, l2: 0.0, min_weight: 0.0 };
    // Nobody answered in the middle: it may not stay at 0 when the first answer goes to 2.
    let steps = one(Order::Rising).step(pace, &[0.0; 4], &[-2.0, 0.0, -8.0, 0.0], &[1.0, 0.0, 1.0, 0.0]);
    assert!(close(&steps, &[2.0, 2.0, 8.0, 0.0], 1e-9), "{steps:?}");
}

const DIRECT: Pace = Pace { learning_rate: 1.0, l2: 0.0, min_weight: 0.0 };

/// A column of two questions of three answers each (two of them known) with nothing there before.
fn two(orders: [Order; 2]) -> Column {
    Column::two(orders.map(|order| Axis { n_answers: 3, order }), [&[0.0; 3], &[0.0; 3]])
}

/// The closest of all tables on a grid whose known corner goes the right ways; only those four cells are bound to each other.
fn by_trying(wanted: &[f64], weights: &[f64], signs: [f64; 2]) -> Vec<f64> {
    let grid: Vec<f64> = (-40..=40).map(|step| f64::from(step) / 20.0).collect();
    let corner = [0, 1, 3, 4];
    let mut best = (f64::INFINITY, vec![]);
    for &a in &grid {
        for &b in grid.iter().filter(|b| signs[1] * (**b - a) >= 0.0) {
            for &c in grid.iter().filter(|c| signs[0] * (**c - a) >= 0.0) {
                for &d in grid.iter().filter(|d| signs[0] * (**d - b) >= 0.0 && signs[1] * (**d - c) >= 0.0) {
                    let off = |(cell, value): (usize, f64)| weights[cell] * (value - wanted[cell]).powi(2);
                    let squares = corner.into_iter().zip([a, b, c, d]).map(off).sum::<f64>();
                    if squares < best.0 {
                        best = (squares, vec![a, b, c, d]);
                    }
                }
            }
        }
    }
    best.1
}

#[test]
fn two_directions_are_kept_by_the_closest_table_of_all() {
    for (seed, signs) in [(1, [1.0, 1.0]), (2, [1.0, -1.0]), (3, [-1.0, -1.0]), (4, [-1.0, 1.0])] {
        let orders = signs.map(|sign: f64| if sign > 0.0 { Order::Rising } else { Order::Falling });
        let wanted: Vec<f64> =
            (0..9).map(|cell| 2.0 * crate::testing::uniform(seed * 20 + cell) - 1.0).collect();
        let second: Vec<f64> =
            (0..9).map(|cell| 0.5 + crate::testing::uniform(seed * 20 + 10 + cell)).collect();
        let first: Vec<f64> = wanted.iter().zip(&second).map(|(to, h)| -to * h).collect();
        let found = two(orders).step(DIRECT, &[0.0; 9], &first, &second);
        let corner = [0, 1, 3, 4].map(|cell| found[cell]);
        // Half a step of the grid.
        assert!(close(&corner, &by_trying(&wanted, &second, signs), 0.026), "{found:?}");
        assert!(close(&[found[8]], &[wanted[8]], 1e-12), "both unknown: free");
        // Answered with `unknown`, the first question lets the second go its way only.
        assert!(signs[1] * (found[7] - found[6]) >= 0.0);
    }
}

#[test]
fn a_pair_may_take_back_what_was_there_before_and_no_more() {
    let axes = [Order::Rising, Order::Subsets].map(|order| Axis { n_answers: 3, order });
    let column = Column::two(axes, [&[0.0, 1.0, 9.0], &[0.0; 3]]);
    // Wanted for the second answer to the first question: -0.4, -3 and 0.2 less or more than what is there.
    let first = [0.0, 0.0, 0.0, 0.4, 3.0, -0.2, 5.0, 5.0, 5.0];
    let steps = column.step(DIRECT, &[0.0; 9], &first, &[1.0; 9]);
    // In the middle 0 and 1 - 3 are pooled to -1 each.
    assert!(close(&steps, &[0.0, -1.0, 0.0, -0.4, -2.0, 0.2, -5.0, -5.0, -5.0], 1e-12), "{steps:?}");
    let total = column.total(&steps);
    assert!(close(&total[..6], &[0.0, -1.0, 0.0, 0.6, -1.0, 1.2], 1e-12));
}

#[test]
fn a_total_goes_the_right_way_to_the_last_bit() {
    let column = Column::two([Axis { n_answers: 16, order: Order::Rising }; 2], [&[0.1; 16], &[0.2; 16]]);
    let table: Vec<f64> = (0..256).map(|cell| 1e-13 * crate::testing::uniform(cell) - 0.3).collect();
    let total = column.total(&table);
    for a in 0..15 {
        for b in 0..15 {
            assert!(a == 0 || total[a * 16 + b] >= total[(a - 1) * 16 + b]);
            assert!(b == 0 || total[a * 16 + b] >= total[a * 16 + b - 1]);
        }
    }
    assert!(close(&total, &table.iter().map(|value| value + 0.3).collect::<Vec<f64>>(), 1e-12));
}

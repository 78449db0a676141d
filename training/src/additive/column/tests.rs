use super::*;
use crate::testing::close;

const PACE: Pace = Pace { learning_rate: 0.5, l2: 2.0, min_weight: 3.0 };

#[test]
fn a_free_step_is_a_share_of_newtons() {
    let column = Column::of(4, Order::Subsets);
    let steps = column.step(PACE, &[9.0; 4], &[10.0, -4.0, 5.0, -6.0], &[8.0, 3.0, 2.9, 0.0]);
    // -0.5 g / (h + 2); the third and the fourth have too few rows.
    assert!(close(&steps, &[-0.5, 0.4, 0.0, 0.0], 1e-15), "{steps:?}");
}

#[test]
fn a_directed_step_ends_at_the_closest_table_that_goes_the_right_way() {
    let pace = Pace { learning_rate: 1.0, l2: 0.0, min_weight: 0.0 };
    // Wanted: 1, 3, 0, and -9 for `unknown`. The second and the third are pooled by their weights: (3 * 1 + 0 * 2) / 3.
    let (first, second) = ([-1.0, -3.0, 0.0, 9.0], [1.0, 1.0, 2.0, 1.0]);
    let rising = Column::of(4, Order::Rising).step(pace, &[0.0; 4], &first, &second);
    assert!(close(&rising, &[1.0, 1.0, 1.0, -9.0], 1e-15), "{rising:?}");
    let falling = Column::of(4, Order::Falling).step(pace, &[0.0; 4], &first, &second);
    assert!(close(&falling, &[2.0, 2.0, 0.0, -9.0], 1e-15), "{falling:?}");
    let graded = Column::of(4, Order::Graded).step(pace, &[0.0; 4], &first, &second);
    assert!(close(&graded, &[1.0, 3.0, 0.0, -9.0], 1e-15), "{graded:?}");
}

#[test]
fn an_answer_without_rows_follows_the_others() {
    let pace = Pace { learning_rate: 1.0, l2: 0.0, min_weight: 0.0 };
    // Nobody answered in the middle: it may not stay at 0 when the first answer goes to 2.
    let steps =
        Column::of(4, Order::Rising).step(pace, &[0.0; 4], &[-2.0, 0.0, -8.0, 0.0], &[1.0, 0.0, 1.0, 0.0]);
    assert!(close(&steps, &[2.0, 2.0, 8.0, 0.0], 1e-9), "{steps:?}");
}

use super::*;
use crate::testing::uniform;

const RULE: LeafRule = LeafRule { l2: 0.7, least_weight: 2.0 };

/// Sums of `n` answers, some without rows; about `rows` of weight each.
fn drawn(n: usize, seed: usize) -> Vec<Sums> {
    let one = |code: usize| {
        let u = |i: usize| uniform(seed * 100 + code * 10 + i);
        if u(3) < 0.15 {
            return Sums::default();
        }
        let h = 0.2 + 10.0 * u(1);
        let unit = Scale::of(1.0).whole(1.0);
        Sums { g: ((u(2) - 0.5) * 4.0 * h * unit) as i64, h: (h * unit) as i64 }
    };
    (0..n).map(one).collect()
}

/// What brute force finds: the most that any allowed set saves, by the formula of the paper.
fn by_brute_force(sums: &[Sums], order: Order) -> f64 {
    let scale = Scale::of(1.0);
    let n_known = sums.len() - 1;
    let side = |set: u16| {
        let of = (0..sums.len()).filter(|code| set >> code & 1 == 1).map(|code| scale.real(sums[code]));
        of.fold((0.0, 0.0), |(g, h), (more_g, more_h)| (g + more_g, h + more_h))
    };
    let saved = |(g, h): (f64, f64)| g * g / (h + RULE.l2);
    let leaf = |(g, h): (f64, f64)| -g / (h + RULE.l2);
    let all = (1_u16 << sums.len()) - 1;
    let mut best: f64 = 0.0;
    for set in 1..all {
        let known = set & !(1 << n_known);
        let among_known = known != 0 && known != all & !(1 << n_known);
        let (left, right) = (side(set), side(all & !set));
        // The lower answers go left; the mirrored set is the same split.
        let in_order = known & (known + 1) == 0 && (set == known || among_known);
        let allowed = match order {
            Order::Subsets => true,
            Order::Graded => in_order,
            Order::Rising => in_order && (!among_known || leaf(left) <= leaf(right)),
            Order::Falling => in_order && (!among_known || leaf(left) >= leaf(right)),
        };
        if allowed && left.1 >= RULE.least_weight && right.1 >= RULE.least_weight {
            best = best.max(saved(left) + saved(right) - saved(side(all)));
        }
    }
    best
}

#[test]
fn the_best_of_all_sets_is_found() {
    let search = Search { rule: RULE, scale: Scale::of(1.0) };
    let mut found_some = [0; 4];
    for seed in 0..300 {
        for n in 3..=8 {
            let sums = drawn(n, seed * 10 + n);
            let total = sums.iter().fold(Sums::default(), |sum, one| sum + *one);
            let node = Side { total, bounds: Bounds::NONE };
            for (at, order) in
                [Order::Subsets, Order::Graded, Order::Rising, Order::Falling].into_iter().enumerate()
            {
                let expected = by_brute_force(&sums, order);
                let found = search.best(&node, 0, order, &sums, 0.0);
                let gain = found.map_or(0.0, |split| split.gain);
                // The least weight of a side cuts corners off the hull: sorting may then miss the best subset.
                if order == Order::Subsets && gain < expected - 1e-9 {
                    assert!(least_weight_binds(&sums), "seed {seed}: {gain} of {expected}");
                    continue;
                }
                assert!((gain - expected).abs() <= 1e-9, "seed {seed}, {order:?}: {gain} of {expected}");
                found_some[at] += usize::from(found.is_some());
                if let Some(split) = found {
                    let left = (0..n).filter(|code| split.set >> code & 1 == 1);
                    assert_eq!(left.fold(Sums::default(), |sum, code| sum + sums[code]), split.left.total);
                    assert_eq!(split.left.total + split.right.total, total);
                }
            }
        }
    }
    assert!(found_some.iter().all(|n| *n > 300), "{found_some:?}");
}

/// Whether some set of the answers is lighter than allowed, though not empty.
fn least_weight_binds(sums: &[Sums]) -> bool {
    let least = Scale::of(1.0).whole(RULE.least_weight);
    sums.iter().any(|one| one.h > 0 && (one.h as f64) < least)
}

#[test]
fn neutral_answers_are_told_apart_as_no_cut_could() {
    let unit = Scale::of(1.0).whole(1.0) as i64;
    let sums: Vec<Sums> = [5, -5, 5, -5, 0].map(|g| Sums { g: g * unit, h: 5 * unit }).to_vec();
    let node = Side { total: Sums { g: 0, h: 25 * unit }, bounds: Bounds::NONE };
    let search = Search { rule: RULE, scale: Scale::of(1.0) };
    let set = |order| search.best(&node, 0, order, &sums, 0.0).unwrap().set;
    assert!([0b0_1010, 0b1_1010].contains(&set(Order::Subsets)), "{:b}", set(Order::Subsets));
    assert!([0b0_0001, 0b1_0001].contains(&set(Order::Graded)), "{:b}", set(Order::Graded));
}

#[test]
fn answers_that_no_row_has_go_with_most_rows() {
    let unit = Scale::of(1.0).whole(1.0) as i64;
    let search = Search { rule: RULE, scale: Scale::of(1.0) };
    for (light, heavy) in [(3, 9), (9, 3)] {
        // Answer 2 and `unknown` have no rows.
        let sums = [(-4, light), (4, heavy), (0, 0), (0, 0)].map(|(g, h)| Sums { g: g * unit, h: h * unit });
        let node = Side { total: Sums { g: 0, h: 12 * unit }, bounds: Bounds::NONE };
        let set = search.best(&node, 0, Order::Subsets, &sums, 0.0).unwrap().set;
        // Answer 0 has the least `g / h` and goes left; those without rows follow the heavier side.
        assert_eq!(set, if light > heavy { 0b1101 } else { 0b0001 });
    }
}

#[test]
fn bounds_keep_the_leaves_below_on_their_side() {
    let unit = Scale::of(1.0).whole(1.0) as i64;
    let search = Search { rule: LeafRule { l2: 0.0, ..RULE }, scale: Scale::of(1.0) };
    let sums = [(4, 4), (-8, 4), (0, 0)].map(|(g, h)| Sums { g: g * unit, h: h * unit });
    let node = Side { total: Sums { g: -4 * unit, h: 8 * unit }, bounds: Bounds::NONE };
    let split = search.best(&node, 0, Order::Rising, &sums, 0.0).unwrap();
    // Leaves -1 and 2: nothing below the left side may pass 0.5, nothing below the right one fall short of it.
    assert!((search.weight(&Side { total: sums[1], ..split.left }) - 0.5).abs() <= 1e-12);
    assert!((search.weight(&Side { total: sums[0], ..split.right }) - 0.5).abs() <= 1e-12);
    assert!(search.best(&node, 0, Order::Falling, &sums, 0.0).is_none());
}

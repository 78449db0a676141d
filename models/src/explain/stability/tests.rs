use super::ranks::DRAWS;
use super::{Lanes, RESAMPLES, Ranks, SUBSAMPLES, T, ValueStability, sd};
use crate::testing::{Draw, worst};

fn deviations(draw: &mut Draw, scale: f64) -> Lanes {
    let drawn: Lanes = std::array::from_fn(|_| scale * draw.between(-1.0, 1.0));
    let mean = drawn.iter().sum::<f64>() / SUBSAMPLES as f64;
    drawn.map(|d| d - mean)
}

/// The values against 16 equal subsamples are 1, 2, ... 16: variance 22.667, over 16.
#[test]
fn by_hand() {
    let lanes: Lanes = std::array::from_fn(|k| (k as f64 - 7.5) / 16.0);
    let found = sd(&lanes);
    assert!((found - (22.0_f64 + 2.0 / 3.0).sqrt() / 4.0).abs() <= 1e-12, "{found}");
    assert!((found - (22.0_f64 + 2.0 / 3.0).sqrt()).abs() > 1.0);
    // `python3 -c 'from scipy.stats import t; print(t.ppf(0.975, 15))'`
    assert!((T - 2.131_449_545_559_323).abs() <= 1e-12);
}

#[test]
fn resamples_have_the_mean_and_the_sd_they_stand_for() {
    for times in DRAWS.iter() {
        assert!((times.iter().sum::<f64>() - SUBSAMPLES as f64).abs() <= 1e-12);
    }
    let mut draw = Draw::new(1);
    let mut ratios = Vec::new();
    for _ in 0..200 {
        let d = deviations(&mut draw, 0.3);
        let moved: Vec<f64> =
            DRAWS.iter().map(|times| times.iter().zip(&d).map(|(t, d)| t * d).sum()).collect();
        let mean = moved.iter().sum::<f64>() / RESAMPLES as f64;
        let square = moved.iter().map(|m| m * m).sum::<f64>() / RESAMPLES as f64;
        assert!(mean.abs() <= 4.0 * sd(&d) / (RESAMPLES as f64).sqrt(), "{mean}");
        ratios.push(square.sqrt() / sd(&d));
    }
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    // 16 draws of 16, not corrected, would give sqrt(15/16) = 0.968.
    assert!((mean - 1.0).abs() <= 0.015, "{mean}");
}

#[test]
fn ranks_move_where_values_are_close() {
    let mut draw = Draw::new(2);
    let none = [0.0; SUBSAMPLES];
    let values = [0.1, -0.8, 0.11, 0.0, 0.8];
    let still = Ranks::of(&values, &[none; 5]);
    assert_eq!(still.now, [4, 1, 3, 5, 2]);
    assert_eq!(still.ranges, [(4, 4), (1, 1), (3, 3), (5, 5), (2, 2)]);
    let mut moving = vec![none; 5];
    moving[0] = deviations(&mut draw, 0.02);
    moving[4] = deviations(&mut draw, 0.001);
    let found = Ranks::of(&values, &moving);
    assert_eq!(found.now, still.now);
    assert_eq!(found.ranges, [(3, 4), (1, 2), (3, 4), (5, 5), (1, 2)]);
}

#[test]
fn the_present_place_is_in_the_range() {
    let mut draw = Draw::new(5);
    // The last value is 0 now, and never again: the others stay below what it becomes.
    let mut moving = vec![[0.0; SUBSAMPLES]; 4];
    moving[3] = deviations(&mut draw, 3.0);
    let found = Ranks::of(&[1e-3, 1e-4, 1e-5, 0.0], &moving);
    assert_eq!(found.now, [1, 2, 3, 4]);
    assert_eq!(found.ranges[3], (1, 4));
    assert_eq!(found.ranges[0], (1, 2));
}

/// Against sorting all values of each resample, and its places: as many values, signs and scales as make pairs of every kind.
#[test]
fn ranges_are_those_of_sorting_each_resample() {
    let sorted = |values: &[f64], moving: &[Lanes]| -> Vec<(usize, usize)> {
        let mut places = vec![Vec::new(); values.len()];
        let mut order: Vec<usize> = (0..values.len()).collect();
        let mut place_all = |sizes: Vec<f64>, to: &mut dyn FnMut(usize, usize)| {
            order.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]).then(a.cmp(&b)));
            order.iter().enumerate().for_each(|(place, &j)| to(j, place + 1));
        };
        let mut now = vec![0; values.len()];
        place_all(values.iter().map(|v| v.abs()).collect(), &mut |j, place| now[j] = place);
        for times in DRAWS.iter() {
            let moved = values.iter().zip(moving).map(|(value, d)| {
                (value + times.iter().zip(d).map(|(times, d)| times * d).sum::<f64>()).abs()
            });
            place_all(moved.collect(), &mut |j, place| places[j].push(place));
        }
        let range = |(mut places, now): (Vec<usize>, usize)| {
            places.sort_unstable();
            (places[10].min(now), places[389].max(now))
        };
        places.into_iter().zip(now).map(range).collect()
    };
    let mut draw = Draw::new(7);
    let (mut moved, mut wrong) = (0, 0);
    for round in 0..60_i32 {
        let n = 1 + round as usize % 37;
        let scale = 10.0_f64.powi(round % 5 - 3);
        let mut values: Vec<f64> = (0..n).map(|_| draw.between(-1.0, 1.0)).collect();
        let mut moving: Vec<Lanes> = (0..n).map(|_| deviations(&mut draw, scale)).collect();
        if n > 3 {
            // Equals, opposites, and values that are 0 and never move.
            (values[1], moving[1]) = (values[0], moving[0]);
            (values[2], moving[2]) = (-values[0], moving[0].map(|d| -d));
            (values[3], moving[3]) = (0.0, [0.0; SUBSAMPLES]);
        }
        let expected = sorted(&values, &moving);
        assert_eq!(Ranks::of(&values, &moving).ranges, expected, "round {round}");
        moved += expected.iter().filter(|(from, to)| from < to).count();
        moving.reverse();
        wrong += usize::from(Ranks::of(&values, &moving).ranges != expected);
    }
    assert!(moved > 300 && wrong > 30, "{moved} {wrong}");
}

/// Against counting: of all resamples, at most 10 are above the range and at most 10 below.
#[test]
fn a_range_leaves_out_a_fortieth_at_either_end() {
    let mut draw = Draw::new(3);
    let values: Vec<f64> = (0..8).map(|_| draw.between(-0.3, 0.3)).collect();
    let moving: Vec<Lanes> = (0..8).map(|_| deviations(&mut draw, 0.4)).collect();
    let ranges = Ranks::of(&values, &moving).ranges;
    for (j, (from, to)) in ranges.into_iter().enumerate() {
        let rank = |times: Lanes| {
            let moved = |i: usize| {
                let moved: f64 = times.iter().zip(&moving[i]).map(|(t, d)| t * d).sum();
                (values[i] + moved).abs()
            };
            1 + (0..8).filter(|&i| moved(i) > moved(j)).count()
        };
        let (below, above) = DRAWS.iter().map(rank).fold((0, 0), |(below, above), rank| {
            (below + usize::from(rank < from), above + usize::from(rank > to))
        });
        assert!(below <= 10 && above <= 10 && to > from, "{below} below {from}, {above} above {to}");
    }
}

#[test]
fn a_sign_holds_unless_the_interval_reaches_across() {
    let of = |low, high| ValueStability { sd: 0.1, low, high, rank: 1, rank_from: 1, rank_to: 1 };
    assert!(of(0.1, 0.2).sign_holds() && of(-0.2, -0.1).sign_holds() && of(0.0, 0.0).sign_holds());
    assert!(!of(-0.1, 0.2).sign_holds());
    assert!(worst(&[of(0.1, 0.2).low], &[0.1]) <= 0.0);
}

//! Against every card that there is, each with its offset and scale by another search than ours.

use super::*;

/// Every card of steps, or of answers to a neutral question, that keeps to the limits: the least loss of all.
fn least(set: &TrainingSet, signs: &[&[i32]], is_nominal: &[bool], lines: usize, largest: i32) -> f64 {
    let flat: Vec<i32> = signs.iter().flat_map(|signs| signs.iter().copied()).collect();
    let (mut best, mut card) = (f64::INFINITY, vec![-largest; flat.len()]);
    loop {
        let allowed = card.iter().zip(&flat).all(|(points, sign)| points * sign >= 0);
        if allowed && card.iter().filter(|points| **points != 0).count() <= lines {
            let mut from = 0;
            let tables: Vec<Vec<i32>> = signs
                .iter()
                .zip(is_nominal)
                .map(|(signs, &is_nominal)| {
                    let of = &card[from..from + signs.len()];
                    from += signs.len();
                    let known = &of[..of.len() - 1];
                    let of_grade = |grade: usize| match grade {
                        0 => 0,
                        _ if is_nominal => known[grade - 1],
                        _ => known[..grade].iter().sum(),
                    };
                    (0..=known.len()).map(of_grade).chain([of[of.len() - 1]]).collect()
                })
                .collect();
            best = best.min(loss(set, &tables));
        }
        let Some(at) = card.iter().position(|points| *points < largest) else { return best };
        card[at] += 1;
        card[..at].fill(-largest);
    }
}

/// The least loss over offset and scale >= 0, by bisecting the slope in the scale of the loss that is least over the offset.
fn loss(set: &TrainingSet, tables: &[Vec<i32>]) -> f64 {
    let mut cells: BTreeMap<i32, [f64; 2]> = BTreeMap::new();
    for ((row, &event), weight) in set.answers().rows().zip(set.events()).zip(set.weights()) {
        let sum = tables.iter().zip(row).map(|(table, &code)| table[usize::from(code)]).sum();
        cells.entry(sum).or_default()[usize::from(event)] += weight;
    }
    let total: f64 = cells.values().flatten().sum();
    let p = |a: f64, b: f64, x: i32| 1.0 / (1.0 + (-a - b * f64::from(x)).exp());
    let bisect = |low: f64, high: f64, slope: &dyn Fn(f64) -> f64| {
        let (mut low, mut high) = (low, high);
        for _ in 0..45 {
            let middle = (low + high) / 2.0;
            if slope(middle) > 0.0 { high = middle } else { low = middle }
        }
        (low + high) / 2.0
    };
    let offset = |b: f64| {
        bisect(-40.0, 40.0, &|a| cells.iter().map(|(&x, [n, e])| (n + e) * p(a, b, x) - e).sum::<f64>())
    };
    let slope_of = |b: f64| {
        let a = offset(b);
        cells.iter().map(|(&x, [n, e])| f64::from(x) * ((n + e) * p(a, b, x) - e)).sum::<f64>()
    };
    let b = if slope_of(0.0) >= 0.0 { 0.0 } else { bisect(0.0, 8.0, &slope_of) };
    let a = offset(b);
    cells.iter().map(|(&x, [n, e])| -e * p(a, b, x).ln() - n * (1.0 - p(a, b, x)).ln()).sum::<f64>() / total
}

/// Rows of two graded questions and a neutral one, of which the first also lowers the risk where it must not.
fn rows(seed: usize, n: usize) -> TrainingSet {
    let form = form(&[(3, "risk"), (2, "protective"), (3, "neutral")]);
    let at = |i: usize, k: usize| uniform(seed * 100_000 + i * 10 + k);
    let rows: Vec<Vec<u8>> = (0..n)
        .map(|i| vec![(at(i, 0) * 3.4) as u8, (at(i, 1) * 2.2) as u8, (at(i, 2) * 3.3) as u8])
        .collect();
    let effect: Vec<f64> = (0..10).map(|k| 2.4 * uniform(seed * 77 + k) - 1.0).collect();
    let event = |(i, row): (usize, &Vec<u8>)| {
        let s =
            effect[usize::from(row[0])] + effect[4 + usize::from(row[1])] + effect[6 + usize::from(row[2])];
        at(i, 3) < 1.0 / (1.0 + (-s).exp())
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + at(i, 4)).collect();
    training_set(&form, &rows, &events, &weights)
}

#[test]
fn no_card_of_all_is_better() {
    let (signs, is_nominal) = ([&[1, 1, 0][..], &[-1, 0], &[0, 0, 0]], [false, false, true]);
    let mut second_best = 0;
    for (seed, (lines, largest)) in [(2, 2), (3, 1), (3, 2), (4, 1), (8, 1), (4, 2)].into_iter().enumerate() {
        let set = rows(seed, 150);
        let expected = least(&set, &signs, &is_nominal, lines, largest);
        let asked = fit(&params(lines, largest), &[]);
        let points = asked.fit(&set).unwrap();
        let found = log_loss(&points, &set);
        assert!(close(&[found], &[expected], 1e-9), "{seed}: {found} {expected} {points:?}");
        assert!(asked.relaxed_log_loss(&set).unwrap() <= expected + 1e-9);
        // One point more or less on any one answer is another card, and a worse one.
        for j in 0..3 {
            for one in [-1, 1] {
                let mut tables = points.points.clone();
                tables[j][1] += one;
                second_best += usize::from(!close(&[loss(&set, &tables)], &[expected], 1e-9));
            }
        }
    }
    assert!(second_best >= 30, "the check would see another card: {second_best} of 36");
}

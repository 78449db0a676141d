use std::path::Path;

use amparo_datasets::{ForeignColumn, ForeignKind, Instrument, splitmix};

use super::super::bins;
use super::*;

mod forms;
mod refused;

/// A number in [0, 1) that hangs on its argument only.
fn drawn(at: u64) -> f64 {
    (splitmix(at) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Cells of drawn rows and events, of which more happen with the larger numbers; each row with a weight if asked for.
fn cells(n: usize, seed: u64, weighted: bool) -> Vec<Cell> {
    let cell = |at: usize| {
        let draw = |of: u64| drawn(seed * 1000 + 10 * at as u64 + of);
        let n_rows = 1 + (draw(0) * 20.0) as usize;
        let rate = 0.5 * draw(1) + 0.5 * at as f64 / n as f64;
        let n_events = (rate * (n_rows + 1) as f64) as usize;
        let heavy = if weighted { 0.5 + draw(2) } else { 1.0 };
        let light = if weighted { 0.5 + draw(3) } else { 1.0 };
        let of_events = n_events as f64 * heavy;
        Cell { n_rows, n_events, weight: of_events + (n_rows - n_events) as f64 * light, of_events }
    };
    (0..n).map(cell).collect()
}

/// Rows, events and log loss of some bins, from their definition; `None` if they are not allowed.
fn loss_of(cells: &[Cell], starts: &[usize], least: usize, direction: Direction) -> Option<f64> {
    let mut loss = 0.0;
    let mut before = f64::NEG_INFINITY;
    for (at, start) in starts.iter().enumerate() {
        let bin = &cells[*start..starts.get(at + 1).copied().unwrap_or(cells.len())];
        let n_events: usize = bin.iter().map(|cell| cell.n_events).sum();
        let n_rows: usize = bin.iter().map(|cell| cell.n_rows).sum();
        let events: f64 = bin.iter().map(|cell| cell.of_events).sum();
        let weight: f64 = bin.iter().map(|cell| cell.weight).sum();
        let rate = if direction == Direction::Falling { -events / weight } else { events / weight };
        if n_events < least || n_rows - n_events < least || rate <= before {
            return None;
        }
        before = rate;
        loss -= events * (events / weight).ln() + (weight - events) * ((weight - events) / weight).ln();
    }
    Some(loss)
}

/// The least loss for each number of bins, by trying all.
fn by_brute_force(cells: &[Cell], least: usize, most: usize, direction: Direction) -> Vec<Option<f64>> {
    let mut found = vec![None; most];
    for cuts in 0..1_u32 << (cells.len() - 1) {
        let is_cut = |at: &usize| cuts >> (at - 1) & 1 == 1;
        let starts: Vec<usize> = std::iter::once(0).chain((1..cells.len()).filter(is_cut)).collect();
        let Some(found) = found.get_mut(starts.len() - 1) else { continue };
        if let Some(loss) = loss_of(cells, &starts, least, direction) {
            *found = Some(found.map_or(loss, |before: f64| before.min(loss)));
        }
    }
    found
}

#[test]
fn no_bins_that_are_allowed_lose_less() {
    let mut n_found = [0; 6];
    for seed in 0..150 {
        let cells = cells(11, seed, seed % 2 == 1);
        let least = 1 + seed as usize % 5;
        for direction in [Direction::Rising, Direction::Falling] {
            let expected = by_brute_force(&cells, least, 6, direction);
            for (at, (found, expected)) in
                partitions(&cells, least, 6, direction).iter().zip(expected).enumerate()
            {
                assert_eq!(found.is_some(), expected.is_some(), "{seed} {at} {direction:?}");
                let Some((found, expected)) = found.as_ref().zip(expected) else { continue };
                let said = loss_of(&cells, &found.starts, least, direction).unwrap();
                let error = (found.loss - expected).abs().max((said - expected).abs());
                assert!(error <= 1e-9, "{seed} {at} {direction:?}: {found:?}, expected {expected}");
                n_found[at] += 1;
            }
        }
    }
    // There was something to find with every number of bins.
    assert!(n_found.iter().all(|n| *n >= 10), "{n_found:?}");
}

/// Cuts at the borders of isotonic regression are not enough once each bin needs its events.
#[test]
fn a_cut_inside_a_block_of_the_isotonic_function_may_be_needed() {
    let cell = |n_rows: usize, n_events: usize| Cell {
        n_rows,
        n_events,
        weight: n_rows as f64,
        of_events: n_events as f64,
    };
    // One block of 0.1, and a last number of 0.5 with too few events to stand alone.
    let cells = [cell(40, 4), cell(40, 4), cell(40, 4), cell(8, 4)];
    let blocks = rank::isotonic(&cells, Direction::Rising);
    assert_eq!(blocks.chunk_by(|a, b| (a - b).abs() <= 1e-12).count(), 2, "{blocks:?}");
    let found = partitions(&cells, 5, 2, Direction::Rising).pop().unwrap().unwrap();
    assert_eq!(found.starts, [0, 2]);
}

/// Rows of a number whose rate goes up in steps that are neither equally wide nor equally many.
fn stepped() -> Rows {
    let n = 3000;
    let number = |row: usize| (drawn(row as u64) * drawn(7_000_000 + row as u64) * 100.0).floor();
    let rate = |number: f64| [0.08, 0.25, 0.5][usize::from(number >= 4.0) + usize::from(number >= 55.0)];
    let numbers: Vec<f64> = (0..n).map(number).collect();
    let happened = |(row, number): (usize, &f64)| drawn(9_000_000 + row as u64) < rate(*number);
    Rows {
        events: numbers.iter().enumerate().map(happened).collect(),
        numbers,
        weights: vec![1.0; n],
        cases: (0..n as u32).collect(),
    }
}

/// Log loss of the rows under bins that start at these numbers.
fn loss_under(rows: &Rows, starts: &[f64]) -> f64 {
    let mut bins = vec![(0.0, 0.0); starts.len() + 1];
    for (number, event) in rows.numbers.iter().zip(&rows.events) {
        let bin = &mut bins[starts.iter().filter(|start| *start <= number).count()];
        bin.0 += f64::from(u8::from(*event));
        bin.1 += 1.0;
    }
    let part = |k: f64, n: f64| if k > 0.0 { -k * (k / n).ln() } else { 0.0 };
    bins.iter().map(|(k, n)| part(*k, *n) + part(n - k, *n)).sum()
}

#[test]
fn quantiles_and_equal_widths_lose_more() {
    let rows = stepped();
    let groups = Groups::of(&rows, MOST_VALUES);
    let cells = groups.cells(&rows, |_| true);
    let found = partitions(&cells, 20, 6, Direction::Rising);
    for n in 2..=5 {
        let found = found[n - 1].as_ref().unwrap();
        let cuts: Vec<f64> = found.starts[1..].iter().map(|start| cut_at(&groups, *start)).collect();
        // What is said of the bins is what a reader of the cut-points finds.
        assert!((loss_under(&rows, &cuts) - found.loss).abs() <= 1e-8);
        let most = rows.numbers.iter().copied().fold(0.0, f64::max);
        let widths: Vec<f64> = (1..n).map(|at| most * at as f64 / n as f64).collect();
        let mut sorted = rows.numbers.clone();
        sorted.sort_by(f64::total_cmp);
        let quantiles: Vec<f64> = (1..n).map(|at| sorted[sorted.len() * at / n]).collect();
        for other in [widths, quantiles] {
            assert!(loss_under(&rows, &other) > found.loss + 1.0, "{n}: {other:?} against {cuts:?}");
        }
    }
    let quantiles: Vec<f64> =
        bins::bins(rows.numbers.iter().copied()).iter().skip(1).map(|bin| bin.from).collect();
    let as_many = found[quantiles.len()].as_ref().unwrap();
    assert!(loss_under(&rows, &quantiles) > as_many.loss + 1.0, "those of `draft`: {quantiles:?}");
}

#[test]
fn steps_are_found_where_they_are() {
    let rows = stepped();
    let groups = Groups::of(&rows, MOST_VALUES);
    let cells = groups.cells(&rows, |_| true);
    let found = partitions(&cells, 20, 3, Direction::Rising).pop().unwrap().unwrap();
    let cuts: Vec<f64> = found.starts[1..].iter().map(|start| cut_at(&groups, *start)).collect();
    assert!((cuts[0] - 4.0).abs() <= 1.0 && (cuts[1] - 55.0).abs() <= 8.0, "{cuts:?}");
    assert!(partitions(&cells, 20, 3, Direction::Falling).iter().skip(1).all(Option::is_none), "falling");
}

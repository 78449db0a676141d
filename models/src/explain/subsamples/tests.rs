#![expect(clippy::unwrap_used, reason = "tests")]

use super::{SUBSAMPLES, Subsamples, UNITS, WeightedRows, units};
use crate::explain::spread::tests::cases;
use crate::explain::{Deal, OrReason};
use crate::testing::{Draw, instrument, population, scorers};

fn divided(weights: [f64; SUBSAMPLES]) -> [u16; SUBSAMPLES] {
    units(&weights.map(|weight| WeightedRows { weight, rows: 1 }))
}

#[test]
fn units_add_up_and_round_by_less_than_one() {
    let mut draw = Draw::new(2);
    for _ in 0..2000 {
        let scale = [1.0, 1e-3, 1e6][draw.below(3)];
        let weights: [f64; SUBSAMPLES] =
            std::array::from_fn(|_| if draw.below(3) == 0 { 0.0 } else { scale * draw.between(0.0, 1.0) });
        let total: f64 = weights.iter().sum();
        let units = divided(weights);
        let sum: u32 = units.iter().map(|&units| u32::from(units)).sum();
        assert_eq!(sum, if total > 0.0 { u32::from(UNITS) } else { 0 });
        for (units, weight) in units.iter().zip(weights) {
            let rounding = f64::from(*units) - weight / total * f64::from(UNITS);
            assert!(total <= 0.0 || rounding.abs() < 1.0, "{rounding}");
            assert!(*units == 0 || weight > 0.0, "{units} units of nothing");
        }
    }
    // To the nearest would not add up: 16 times 2048.5 among others.
    let mut weights = [1.0; SUBSAMPLES];
    weights[0] = 0.5;
    let nearest: f64 = weights.iter().map(|w| (w / 15.5 * f64::from(UNITS)).round()).sum();
    assert!((nearest - f64::from(UNITS)).abs() > 0.5);
}

#[test]
fn the_table_is_that_of_the_rows_and_survives_the_file() {
    let mut draw = Draw::new(4);
    let instrument = instrument(4);
    let (answers, weights) = population(&mut draw, &instrument, 1000);
    let deal = Deal::of(&cases(1000));
    for scorer in scorers(&mut draw, &instrument) {
        let OrReason::Value(found) = Subsamples::of(&scorer, &answers, &weights, &deal).unwrap() else {
            panic!("enough cases")
        };
        let mut at = 0;
        for (j, indicator) in instrument.indicators().iter().enumerate() {
            for code in 0..indicator.n_answers() {
                let mut cells = [0.0; SUBSAMPLES];
                for ((row, weight), &k) in answers.rows().zip(&weights).zip(deal.of_rows()) {
                    cells[usize::from(k)] += if usize::from(row[j]) == code { *weight } else { 0.0 };
                }
                assert_eq!(found.table()[at], divided(cells));
                at += 1;
            }
        }
        assert!(found.smallest_cell >= 1 && found.n_cells == found.table().len());
        let mut bytes = Vec::new();
        found.write_table(&mut bytes);
        bytes.extend([1, 2, 3]);
        let mut read: Subsamples = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
        assert_ne!(read, found);
        assert_eq!(read.read_table(&bytes).unwrap(), [1, 2, 3]);
        assert_eq!(read, found);
        let short = read.read_table(&bytes[4..]).unwrap_err();
        assert!(short.starts_with(&format!("{} bytes are left", bytes.len() - 4)), "{short}");
    }
}

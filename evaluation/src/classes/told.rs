//! The class that each row is foretold to be of, beside the one that it is of.

use super::{Forecast, Observed};
use crate::estimate::{Contingency, Counted, small};
use crate::input::{Input, Scored};
use crate::measure::Count;
use crate::metrics::{Distance, kappa, macro_f1, ranked_probability_score};
use crate::reason::{Reason, SmallCell};
use crate::report::{ClassCell, ClassTold, ClassesJudged, ToldBy};

/// Numbers of all classes together, in the order of [`Contingency::values`].
const KAPPA: usize = 0;
const SCORE: usize = 1;
const MACRO_F1: usize = 2;
const FIRST: usize = 3;
/// Numbers of one class: recall, precision, share that is of a higher class.
const OF_CLASS: usize = 3;

/// See the module.
pub(super) struct Told<'a> {
    name: &'a str,
    by: ToldBy,
    observed: &'a Observed,
    codes: Vec<u8>,
    /// Ranked probability score of each row; 0 where its class is not known.
    scores: Vec<f64>,
}

impl<'a> Told<'a> {
    /// By the forecast, and by the levels where there are as many as classes.
    pub(super) fn all(observed: &'a Observed, scored: &'a Scored, forecast: &Forecast) -> Vec<Self> {
        let k = observed.ids.len();
        let mut all = Vec::new();
        if let Forecast::Probabilities(p) = forecast {
            let rows = || p.chunks(k);
            let scores = rows().zip(&observed.codes).map(|(row, code)| score(row, *code)).collect();
            let (codes, by) = (rows().map(most_probable).collect(), ToldBy::Probabilities);
            all.push(Self { name: &scored.name, by, observed, codes, scores });
        }
        if let Some(levels) = scored.levels.as_ref().filter(|levels| levels.ids.len() == k) {
            let apart = |(level, code): (&u8, &Option<u8>)| {
                code.map_or(0.0, |code| f64::from(level.abs_diff(code)) / (k - 1) as f64)
            };
            let scores = levels.codes.iter().zip(&observed.codes).map(apart).collect();
            let (codes, by) = (levels.codes.clone(), ToldBy::Levels);
            all.push(Self { name: &scored.name, by, observed, codes, scores });
        }
        all
    }

    pub(super) fn judged(&self, input: &Input, counted: &Counted, smallest_cell: u64) -> ClassesJudged {
        let (ids, columns) = (&self.observed.ids, input.columns());
        let k = ids.len();
        // Unweighted rows, and those with the event, of each cell.
        let mut cells = vec![[0.0; 2]; k * k];
        for (row, y) in columns.y.iter().enumerate() {
            if let Some(is) = self.observed.codes[row] {
                cells[usize::from(self.codes[row]) * k + usize::from(is)][usize::from(*y)] += 1.0;
            }
        }
        let sum = |of: &dyn Fn(usize, usize) -> bool| {
            let chosen = cells.iter().enumerate().filter(|(cell, _)| of(cell / k, cell % k));
            let [others, events] = chosen.fold([0.0; 2], |[a, b], (_, [c, d])| [a + c, b + d]);
            let assessments = |rows| columns.repeats.assessments(rows);
            (assessments(others + events), assessments(events))
        };
        let everything = sum(&|_, _| true);
        let whole = |number: usize, undefined: Reason| {
            let hidden = small(smallest_cell, [(everything.0 as f64, SmallCell::Rows)], []);
            counted.estimate(number, everything, hidden, undefined)
        };
        let share =
            |number: usize, of: &dyn Fn(usize, usize) -> bool, part: &dyn Fn(usize, usize) -> bool| {
                let (n, events) = sum(of);
                let inside = sum(&|told, is| of(told, is) && part(told, is)).0;
                let in_a_cell = SmallCell::RowsInACell;
                let hidden = match n {
                    0 => Some(Reason::NoRows),
                    _ => small(
                        smallest_cell,
                        [(n as f64, SmallCell::Rows)],
                        [(inside as f64, in_a_cell), ((n - inside) as f64, in_a_cell)],
                    ),
                };
                counted.estimate(number, (n, events), hidden, Reason::NoWeight)
            };
        let count = |of: &dyn Fn(usize, usize) -> bool| Count::new(sum(of).0, smallest_cell);
        let by_class = (0..k).map(|class| {
            let first = FIRST + OF_CLASS * class;
            ClassTold {
                class: ids[class].clone(),
                n: count(&|_, is| is == class),
                told: count(&|told, _| told == class),
                recall: share(first, &|_, is| is == class, &|told, _| told == class),
                precision: share(first + 1, &|told, _| told == class, &|_, is| is == class),
                higher: share(first + 2, &|told, _| told == class, &|_, is| is > class),
            }
        });
        let pairs = (0..k).flat_map(|told| (0..k).map(move |is| (told, is)));
        ClassesJudged {
            name: self.name.to_owned(),
            by: self.by,
            kappa_quadratic: whole(KAPPA, Reason::OneLevel),
            ranked_probability_score: whole(SCORE, Reason::NoWeight),
            macro_f1: whole(MACRO_F1, Reason::NoWeight),
            by_class: by_class.collect(),
            cells: pairs
                .map(|(told, is)| ClassCell {
                    told: ids[told].clone(),
                    is: ids[is].clone(),
                    n: count(&|a, b| (a, b) == (told, is)),
                })
                .collect(),
        }
    }
}

/// A row's ranked probability score; 0 where its class is not known.
fn score(distribution: &[f64], code: Option<u8>) -> f64 {
    code.and_then(|code| ranked_probability_score(distribution, usize::from(code))).unwrap_or(0.0)
}

/// The most probable class; of equal ones the higher, for what is told too low costs more.
fn most_probable(probabilities: &[f64]) -> u8 {
    let each = probabilities.iter().enumerate();
    let best = each.fold((0, f64::NEG_INFINITY), |best, (at, p)| if *p >= best.1 { (at, *p) } else { best });
    best.0 as u8
}

/// Each row is a cell of its own, because the probability scores of rows differ.
impl Contingency for Told<'_> {
    fn n_cells(&self) -> usize {
        self.codes.len()
    }

    fn cell(&self, row: usize) -> usize {
        row
    }

    fn values(&self, rows: &[f64]) -> Vec<f64> {
        let k = self.observed.ids.len();
        let mut table = vec![0.0; k * k];
        let (mut all, mut score) = (0.0, 0.0);
        for (row, weight) in rows.iter().enumerate() {
            if let Some(is) = self.observed.codes[row] {
                table[usize::from(self.codes[row]) * k + usize::from(is)] += weight;
                score += weight * self.scores[row];
                all += weight;
            }
        }
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { f64::NAN };
        let mut values = vec![
            kappa(&table, k, Distance::Quadratic).unwrap_or(f64::NAN),
            share(score, all),
            macro_f1(&table, k).unwrap_or(f64::NAN),
        ];
        for class in 0..k {
            let told = &table[class * k..(class + 1) * k];
            let (of_told, of_class) =
                (told.iter().sum::<f64>(), (0..k).map(|told| table[told * k + class]).sum::<f64>());
            values.extend([
                share(told[class], of_class),
                share(told[class], of_told),
                share(told[class + 1..].iter().sum(), of_told),
            ]);
        }
        values
    }
}

//! Logistic regression on a few lines.

use amparo_models::probability::{sigmoid, softplus};

use super::kinds::Kinds;
use super::lines::Lines;
use super::sums::Sums;
use crate::families::bound::Bound;
use crate::families::elastic_net::{Curvature, Penalty};

/// Most Newton steps.
const STEPS: usize = 50;
/// Largest gradient of the mean loss at which the search rests.
const TOLERANCE: f64 = 1e-7;
/// Ridge penalty, which gives weights to answers that only events have: as in FasterRisk.
const RIDGE: f64 = 1e-8;

/// Rows told apart by a few lines only: those on the same of them are one pattern.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    /// The lines, in the order in which they were added.
    pub(super) lines: Vec<usize>,
    /// The pattern of each kind of rows; empty once settled.
    of_kind: Vec<u32>,
    /// The places among the lines that hold in each pattern.
    pub(super) held: Vec<Vec<usize>>,
    /// Weight of the rows without and with the event.
    pub(super) weight: Vec<[f64; 2]>,
}

/// The intercept and the weights of some lines, with the mean loss.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitted {
    pub(super) weights: Vec<f64>,
    pub(super) loss: f64,
}

impl Patterns {
    /// All rows alike.
    pub(super) fn none(kinds: &Kinds) -> Self {
        let weight = [kinds.others.iter().sum(), kinds.events.iter().sum()];
        Self { lines: vec![], of_kind: vec![0; kinds.n()], held: vec![vec![]], weight: vec![weight] }
    }

    /// With some lines.
    pub(super) fn of(kinds: &Kinds, lines: &Lines, chosen: &[usize]) -> Self {
        chosen.iter().fold(Self::none(kinds), |patterns, &line| patterns.with(kinds, lines, line))
    }

    /// With one line more.
    pub(super) fn with(&self, kinds: &Kinds, lines: &Lines, line: usize) -> Self {
        let (holds, codes) = (&lines.holds[line], &kinds.codes[lines.indicator[line]]);
        let mut places = vec![u32::MAX; 2 * self.held.len()];
        let mut next = Self {
            lines: self.lines.iter().copied().chain([line]).collect(),
            of_kind: Vec::with_capacity(kinds.n()),
            held: vec![],
            weight: vec![],
        };
        for (at, (&pattern, &code)) in self.of_kind.iter().zip(codes).enumerate() {
            let is_held = holds[usize::from(code)];
            let place = &mut places[2 * pattern as usize + usize::from(is_held)];
            if *place == u32::MAX {
                *place = next.held.len() as u32;
                let mut held = self.held[pattern as usize].clone();
                held.extend(is_held.then_some(self.lines.len()));
                next.held.push(held);
                next.weight.push([0.0; 2]);
            }
            next.of_kind.push(*place);
            let weight = &mut next.weight[*place as usize];
            weight[0] += kinds.others[at];
            weight[1] += kinds.events[at];
        }
        next
    }

    /// Forgets which kind of rows has which pattern: no line can be added any more.
    pub(super) fn settle(&mut self) {
        self.of_kind = Vec::new();
    }

    /// The rows by the sum of the points of the lines.
    pub(super) fn sums(&self, points: &[i32]) -> Sums {
        let of_pattern = |held: &Vec<usize>| held.iter().map(|&at| points[self.lines[at]]).sum::<i32>();
        let sums: Vec<i32> = self.held.iter().map(of_pattern).collect();
        let lowest = sums.iter().copied().min().unwrap_or(0);
        let highest = sums.iter().copied().max().unwrap_or(0);
        let mut cells = vec![[0.0; 2]; (highest - lowest) as usize + 1];
        for (sum, [n, e]) in sums.iter().zip(&self.weight) {
            let cell = &mut cells[(sum - lowest) as usize];
            cell[0] += n;
            cell[1] += e;
        }
        Sums { lowest, cells }
    }

    /// The weights of least loss, in the directions of the lines, searched from others.
    pub(super) fn fit(&self, lines: &Lines, from: &[f64], total: f64) -> Fitted {
        let bounds: Vec<Bound> =
            std::iter::once(Bound::Free).chain(self.lines.iter().map(|&line| lines.bound(line))).collect();
        let penalty = Penalty::new(RIDGE, 0.0);
        let mut weights = from.to_vec();
        let mut loss = self.loss(&weights, total);
        for _ in 0..STEPS {
            let (gradient, hessian) = self.derivatives(&weights, total);
            let open = |((&w, &g), bound): ((&f64, &f64), &Bound)| bound.open(w, g + RIDGE * w).abs();
            let miss = weights.iter().zip(&gradient).zip(&bounds).map(open).fold(0.0, f64::max);
            if miss <= TOLERANCE {
                break;
            }
            let curvature = Curvature::new(weights.len(), &hessian);
            let goal = curvature.minimise(&weights, &gradient, penalty, &bounds, 0.01 * miss);
            let mut share = 1.0;
            let (to, loss_there) = loop {
                let to: Vec<f64> = weights.iter().zip(&goal).map(|(w, g)| w + share * (g - w)).collect();
                let there = self.loss(&to, total);
                if there <= loss || share < 1e-6 {
                    break (to, there);
                }
                share /= 2.0;
            };
            if loss_there >= loss {
                break;
            }
            (weights, loss) = (to, loss_there);
        }
        Fitted { weights, loss }
    }

    /// By how much each line would lower the loss, about, if it were added: the square of the slope over the curvature, both beside the
    /// intercept. 0 for lines that would go the wrong way.
    pub(super) fn gains(&self, fitted: &Fitted, kinds: &Kinds, lines: &Lines) -> Vec<f64> {
        let of_pattern: Vec<f64> =
            self.held.iter().map(|held| sigmoid(score(held, &fitted.weights))).collect();
        let derivatives: Vec<(f64, f64)> = (self.of_kind.iter().zip(&kinds.events).zip(&kinds.others))
            .map(|((&pattern, &e), &n)| {
                let p = of_pattern[pattern as usize];
                ((n + e) * p - e, (n + e) * p * (1.0 - p))
            })
            .collect();
        let all: f64 = derivatives.iter().map(|(_, h)| h).sum();
        let mut gains = vec![0.0; lines.n()];
        for (codes, of_indicator) in kinds.codes.iter().zip(&lines.of) {
            let Some(&first) = of_indicator.first() else { continue };
            let mut sums = vec![(0.0, 0.0); lines.holds[first].len()];
            for (&code, (g, h)) in codes.iter().zip(&derivatives) {
                let sum = &mut sums[usize::from(code)];
                sum.0 += g;
                sum.1 += h;
            }
            for &line in of_indicator {
                let held = sums.iter().zip(&lines.holds[line]).filter(|(_, holds)| **holds);
                let (g, h) = held.fold((0.0, 0.0), |(g, h), (sum, _)| (g + sum.0, h + sum.1));
                let beside = h - h * h / all;
                if beside > 1e-12 * all {
                    gains[line] = lines.bound(line).open(0.0, g).powi(2) / beside;
                }
            }
        }
        gains
    }

    fn loss(&self, weights: &[f64], total: f64) -> f64 {
        let of = |(held, &[n, e]): (&Vec<usize>, &[f64; 2])| {
            let s = score(held, weights);
            (n + e) * softplus(s) - e * s
        };
        let ridge: f64 = weights[1..].iter().map(|w| w * w).sum::<f64>() * RIDGE / 2.0;
        self.held.iter().zip(&self.weight).map(of).sum::<f64>() / total + ridge
    }

    fn derivatives(&self, weights: &[f64], total: f64) -> (Vec<f64>, Vec<f64>) {
        let n = weights.len();
        let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
        for (held, &[without, with]) in self.held.iter().zip(&self.weight) {
            let p = sigmoid(score(held, weights));
            let (g, h) = (((without + with) * p - with) / total, (without + with) * p * (1.0 - p) / total);
            gradient[0] += g;
            hessian[0] += h;
            for (at, &k) in held.iter().enumerate() {
                gradient[k + 1] += g;
                hessian[k + 1] += h;
                held[..=at].iter().for_each(|&l| hessian[(k + 1) * n + l + 1] += h);
            }
        }
        for k in 0..n {
            for l in 0..k {
                // Places ascend within a pattern, so that the lower half holds all pairs; the intercept's stand in line 0.
                if l == 0 {
                    hessian[k * n] = hessian[k];
                } else {
                    hessian[l * n + k] = hessian[k * n + l];
                }
            }
        }
        (gradient, hessian)
    }
}

/// The score of a pattern.
pub(super) fn score(held: &[usize], weights: &[f64]) -> f64 {
    held.iter().map(|&k| weights[k + 1]).sum::<f64>() + weights[0]
}

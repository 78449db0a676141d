//! The columns of a regression on answers: 0 or 1 in each row, with what their weights are bound to.

use amparo_datasets::Instrument;

use super::bound::Bound;
use crate::boosting::Order;

/// Columns of all answers to all indicators. Column 0 is the intercept, which is 1 in every row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    /// What the weight of each column is bound to.
    pub(super) bounds: Vec<Bound>,
    /// The columns, but for the intercept, that are 1 in rows with an answer, by indicator and code.
    pub(super) active: Vec<Vec<Vec<usize>>>,
}

impl Columns {
    /// Thermometers: the column of a known answer is 1 for it and all later ones, so that its weight is a step from the answer before it.
    /// `unknown` has one of its own. The first known answer has none.
    pub(super) fn steps(n_answers: &[usize], orders: &[Order]) -> Self {
        Self::new(n_answers, orders, |_| false)
    }

    /// Those of a form; `exempt` names indicators that are declared not monotone.
    pub(super) fn of_form(form: &Instrument, exempt: &[String]) -> Self {
        let n_answers: Vec<usize> = form.indicators().iter().map(|i| i.n_answers()).collect();
        Self::steps(&n_answers, &Order::all(form, exempt))
    }

    /// The same, but that every answer to an unordered indicator has a column of its own, except the first.
    pub(super) fn steps_of_ordered(n_answers: &[usize], orders: &[Order]) -> Self {
        Self::new(n_answers, orders, |order| order == Order::Subsets)
    }

    fn new(n_answers: &[usize], orders: &[Order], is_nominal: fn(Order) -> bool) -> Self {
        let (mut bounds, mut active) = (vec![Bound::Free], Vec::with_capacity(orders.len()));
        for (&n_answers, &order) in n_answers.iter().zip(orders) {
            let bound = match order {
                Order::Subsets | Order::Graded => Bound::Free,
                Order::Rising => Bound::AtLeastZero,
                Order::Falling => Bound::AtMostZero,
            };
            // Known answers but the first; `unknown` is the last.
            let (first, steps) = (bounds.len(), n_answers - 2);
            bounds.extend(std::iter::repeat_n(bound, steps));
            bounds.push(Bound::Free);
            let of_known = |grade: usize| -> Vec<usize> {
                let from = if is_nominal(order) { grade.saturating_sub(1) } else { 0 };
                (first + from..first + grade).collect()
            };
            active.push((0..=steps).map(of_known).chain([vec![first + steps]]).collect());
        }
        Self { bounds, active }
    }

    /// The columns, but for the intercept, that are 1 in a row of answers.
    pub(super) fn of_row(&self, row: &[u8]) -> impl Iterator<Item = usize> {
        row.iter().zip(&self.active).flat_map(|(&code, active)| &active[usize::from(code)]).copied()
    }

    /// What each answer adds, given the weights of all columns.
    pub(super) fn tables(&self, weights: &[f64]) -> Vec<Vec<f64>> {
        let sum = |columns: &Vec<usize>| columns.iter().map(|&k| weights[k]).sum::<f64>();
        self.active.iter().map(|answers| answers.iter().map(sum).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_columns_that_are_one_in_its_rows() {
        let orders = [Order::Rising, Order::Subsets, Order::Falling];
        let steps = Columns::steps(&[4, 4, 3], &orders);
        let thermometer = |first: usize| vec![vec![], vec![first], vec![first, first + 1], vec![first + 2]];
        assert_eq!(steps.active, [thermometer(1), thermometer(4), vec![vec![], vec![7], vec![8]]]);
        let nominal = Columns::steps_of_ordered(&[4, 4, 3], &orders);
        assert_eq!(nominal.active[1], [vec![], vec![4], vec![5], vec![6]]);
        assert_eq!([&nominal.active[0], &nominal.active[2]], [&steps.active[0], &steps.active[2]]);
        let (up, down, free) = (Bound::AtLeastZero, Bound::AtMostZero, Bound::Free);
        assert_eq!(steps.bounds, [free, up, up, free, free, free, free, down, free]);
        assert_eq!(nominal.bounds, steps.bounds);
    }

    #[test]
    fn an_answer_adds_the_weights_of_its_columns() {
        let weights = [9.0, 1.0, 2.0, 4.0];
        let of = |columns: Columns| columns.tables(&weights);
        assert_eq!(of(Columns::steps(&[4], &[Order::Subsets])), [[0.0, 1.0, 3.0, 4.0]]);
        assert_eq!(of(Columns::steps_of_ordered(&[4], &[Order::Subsets])), [[0.0, 1.0, 2.0, 4.0]]);
    }
}

//! Calibrators as elementary operations on 64-bit floats.

use amparo_models::Calibrator;
use amparo_models::calibrator::{Beta, Isotonic, Platt, VennAbers};

use super::builder::{Builder, Value};
use crate::onnx::proto::element;

/// The calibrated probability of log-odds.
pub fn of(graph: &mut Builder, name: &str, score: &Value, calibrator: &Calibrator) -> Value {
    match calibrator {
        Calibrator::Platt(platt) => of_platt(graph, name, score, platt),
        Calibrator::Beta(beta) => of_beta(graph, name, score, beta),
        Calibrator::Isotonic(curve) => of_isotonic(graph, name, score, curve),
        Calibrator::VennAbers(steps) => of_venn_abers(graph, name, score, steps),
    }
}

/// For each number how many of an ascending list it reaches; with `exclusive`, how many it exceeds.
pub fn reached(graph: &mut Builder, name: &str, value: &Value, list: &[f64], exclusive: bool) -> Value {
    let axis = graph.integers("axis_of_columns", &[1], &[1]);
    let column = graph.op("Unsqueeze", &format!("{name}_column"), &[value, &axis]);
    let list = graph.doubles(&format!("{name}_from"), &[1, list.len()], list);
    let compare = if exclusive { "Greater" } else { "GreaterOrEqual" };
    let each = graph.op(compare, &format!("{name}_reached"), &[&column, &list]);
    let each = graph.cast(&format!("{name}_reached_number"), &each, element::INT64);
    graph.by_row("ReduceSum", &format!("{name}_count"), &each)
}

fn of_platt(graph: &mut Builder, name: &str, score: &Value, platt: &Platt) -> Value {
    let slope = graph.double(&format!("{name}_slope"), platt.slope);
    let intercept = graph.double(&format!("{name}_intercept"), platt.intercept);
    let scaled = graph.op("Mul", &format!("{name}_scaled"), &[&slope, score]);
    let calibrated = graph.op("Add", &format!("{name}_calibrated"), &[&intercept, &scaled]);
    sigmoid(graph, name, &calibrated)
}

fn of_beta(graph: &mut Builder, name: &str, score: &Value, beta: &Beta) -> Value {
    let negative = graph.op("Neg", &format!("{name}_negative_score"), &[score]);
    let below = softplus(graph, &format!("{name}_below"), &negative);
    let below = graph.op("Neg", &format!("{name}_log"), &[&below]);
    let above = softplus(graph, &format!("{name}_above"), score);
    let [a, b, c] = [("a", beta.a), ("b", beta.b), ("c", beta.c)]
        .map(|(letter, v)| graph.double(&format!("{name}_{letter}"), v));
    let of_a = graph.op("Mul", &format!("{name}_a_part"), &[&a, &below]);
    let of_b = graph.op("Mul", &format!("{name}_b_part"), &[&b, &above]);
    let parts = graph.op("Add", &format!("{name}_parts"), &[&of_a, &of_b]);
    let calibrated = graph.op("Add", &format!("{name}_calibrated"), &[&parts, &c]);
    sigmoid(graph, name, &calibrated)
}

/// A line between each two knots: where it starts, how far it goes, and where it ends.
fn of_isotonic(graph: &mut Builder, name: &str, score: &Value, curve: &Isotonic) -> Value {
    let (x, y) = (&curve.scores, &curve.probabilities);
    let last = x.len() - 1;
    let at = |k: usize| [k.saturating_sub(1), k.min(last)];
    let list = |of: &dyn Fn([usize; 2]) -> f64| (0..=x.len()).map(|k| of(at(k))).collect::<Vec<_>>();
    let is_flat = |[from, to]: [usize; 2]| from == to;
    let columns = [
        ("x", list(&|[from, _]| x[from])),
        ("dx", list(&|ends @ [from, to]| if is_flat(ends) { 1.0 } else { x[to] - x[from] })),
        ("y", list(&|[from, _]| y[from])),
        ("dy", list(&|[from, to]| y[to] - y[from])),
        ("end", list(&|[_, to]| y[to])),
    ];
    let piece = reached(graph, &format!("{name}_knots"), score, x, false);
    let [x0, dx, y0, dy, end] = columns.map(|(column, values)| {
        let table = graph.doubles(&format!("{name}_{column}"), &[values.len()], &values);
        graph.op("Gather", &format!("{name}_{column}_of_row"), &[&table, &piece])
    });
    let beyond = graph.op("Sub", &format!("{name}_beyond"), &[score, &x0]);
    let share = graph.op("Div", &format!("{name}_share"), &[&beyond, &dx]);
    let rise = graph.op("Mul", &format!("{name}_rise"), &[&dy, &share]);
    let reached = graph.op("Add", &format!("{name}_line"), &[&y0, &rise]);
    graph.op("Min", &format!("{name}_probability"), &[&reached, &end])
}

fn of_venn_abers(graph: &mut Builder, name: &str, score: &Value, steps: &VennAbers) -> Value {
    let mut looked_up = |what: &str, at: &[f64], values: Vec<f64>, exclusive: bool| {
        let table = graph.doubles(&format!("{name}_{what}"), &[values.len()], &values);
        if at.is_empty() {
            // One value for every score.
            let nothing = graph.double(&format!("{name}_nothing"), 0.0);
            let zero = graph.op("Mul", &format!("{name}_{what}_zero"), &[score, &nothing]);
            let zero = graph.cast(&format!("{name}_{what}_place"), &zero, element::INT64);
            return graph.op("Gather", &format!("{name}_{what}_of_row"), &[&table, &zero]);
        }
        let step = reached(graph, &format!("{name}_{what}_steps"), score, at, exclusive);
        graph.op("Gather", &format!("{name}_{what}_of_row"), &[&table, &step])
    };
    let low = looked_up("low", &steps.low_from, [&[0.0], &*steps.low].concat(), false);
    let high = looked_up("high", &steps.high_to, [&*steps.high, &[1.0]].concat(), true);
    let one = graph.double("one", 1.0);
    let not_low = graph.op("Sub", &format!("{name}_not_low"), &[&one, &low]);
    let odds = graph.op("Div", &format!("{name}_odds_against"), &[&not_low, &high]);
    let sum = graph.op("Add", &format!("{name}_odds_and_one"), &[&one, &odds]);
    let merged = graph.op("Div", &format!("{name}_merged"), &[&one, &sum]);
    let inside = inside(graph, name, &merged);
    let raised = graph.op("Max", &format!("{name}_not_below_low"), &[&inside, &low]);
    graph.op("Min", &format!("{name}_probability"), &[&raised, &high])
}

/// `1 / (1 + exp(-x))`, without overflow and inside (0, 1).
fn sigmoid(graph: &mut Builder, name: &str, x: &Value) -> Value {
    let small = exp_of_minus_abs(graph, name, x);
    let (one, zero) = (graph.double("one", 1.0), graph.double("zero", 0.0));
    let sum = graph.op("Add", &format!("{name}_one_and_exp"), &[&one, &small]);
    let above = graph.op("Div", &format!("{name}_if_positive"), &[&one, &sum]);
    let below = graph.op("Div", &format!("{name}_if_negative"), &[&small, &sum]);
    let positive = graph.op("GreaterOrEqual", &format!("{name}_positive"), &[x, &zero]);
    let probability = graph.op("Where", &format!("{name}_sigmoid"), &[&positive, &above, &below]);
    inside(graph, name, &probability)
}

/// `ln(1 + exp(x))`, without overflow.
fn softplus(graph: &mut Builder, name: &str, x: &Value) -> Value {
    let small = exp_of_minus_abs(graph, name, x);
    let (one, zero) = (graph.double("one", 1.0), graph.double("zero", 0.0));
    let sum = graph.op("Add", &format!("{name}_one_and_exp"), &[&one, &small]);
    let logarithm = graph.op("Log", &format!("{name}_logarithm"), &[&sum]);
    let line = graph.op("Max", &format!("{name}_line"), &[x, &zero]);
    graph.op("Add", &format!("{name}_softplus"), &[&line, &logarithm])
}

fn exp_of_minus_abs(graph: &mut Builder, name: &str, x: &Value) -> Value {
    let size = graph.op("Abs", &format!("{name}_size"), &[x]);
    let negative = graph.op("Neg", &format!("{name}_negative_size"), &[&size]);
    graph.op("Exp", &format!("{name}_exp"), &[&negative])
}

/// Never 0 and never 1.
fn inside(graph: &mut Builder, name: &str, probability: &Value) -> Value {
    let least = graph.double("least_probability", f64::MIN_POSITIVE);
    let most = graph.double("most_probability", 1.0_f64.next_down());
    let above = graph.op("Max", &format!("{name}_above_0"), &[probability, &least]);
    graph.op("Min", &format!("{name}_inside"), &[&above, &most])
}

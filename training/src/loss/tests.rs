use super::*;
use crate::testing::close;

fn of(log_odds: &[f64], events: &[bool], weights: &[f64]) -> [f64; 2] {
    let losses = Losses::of(log_odds, events, weights);
    [losses.log_loss, losses.brier]
}

/// By hand: log-odds ln 4 is a probability of 0.8, ln 1/4 one of 0.2.
#[test]
fn three_rows_by_hand() {
    let (scores, events) = ([4.0_f64.ln(), 0.25_f64.ln(), 0.25_f64.ln()], [true, false, true]);
    let expected = [-(2.0 * 0.8_f64.ln() + 0.2_f64.ln()) / 3.0, (0.04 + 0.04 + 0.64) / 3.0];
    assert!(close(&of(&scores, &events, &[1.0; 3]), &expected, 1e-12));
    let weighted =
        [-(0.8_f64.ln() + 0.8_f64.ln() + 2.0 * 0.2_f64.ln()) / 4.0, (0.04 + 0.04 + 2.0 * 0.64) / 4.0];
    assert!(
        close(&of(&scores, &events, &[5.0, 5.0, 10.0]), &weighted, 1e-12),
        "only shares of weights matter"
    );
    assert!(!close(&of(&scores, &[false, true, false], &[1.0; 3]), &expected, 1e-2), "events turned round");
}

#[test]
fn knowing_nothing_costs_ln_2_and_a_quarter() {
    assert!(close(&of(&[0.0; 4], &[true, false, true, false], &[1.0; 4]), &[2.0_f64.ln(), 0.25], 1e-12));
}

#[test]
fn certainty_has_finite_losses() {
    let [right, _] = of(&[800.0, -800.0], &[true, false], &[1.0; 2]);
    let [wrong, brier] = of(&[800.0, -800.0], &[false, true], &[1.0; 2]);
    assert!(close(&[right, wrong, brier], &[0.0, 800.0, 1.0], 1e-9));
}

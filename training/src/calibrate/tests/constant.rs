use amparo_models::Calibrator;

use crate::calibrate::{Method, constant};
use crate::testing::close;

#[test]
fn equal_scores_are_a_constant() {
    assert_eq!(constant(&[-1.5; 4]), Some(-1.5));
    assert!(constant(&[0.1 + 0.2, 0.3]).is_some());
    assert_eq!(constant(&[0.1, 0.1, 0.100_1]), None);
}

#[test]
fn its_curve_is_the_share_of_events() {
    // 6 of 20 rows, of weight 9 of 23.
    let events: Vec<bool> = (0..20).map(|i| i < 6).collect();
    let weights: Vec<f64> = (0..20).map(|i| if i < 6 { 1.5 } else { 1.0 }).collect();
    let share: f64 = 9.0 / 23.0;
    for method in [Method::Platt, Method::Beta, Method::Isotonic] {
        let curve = method.at(-1.7, &events, &weights);
        curve.check().unwrap();
        let found = curve.calibrate(-1.7);
        assert!(close(&[found.probability], &[share], 1e-12), "{found:?}");
        // Not the share of rows.
        assert!(!close(&[found.probability], &[0.3], 0.05));
        // Both intervals are those of a share of 20 rows: the logit's by the delta method, Wilson's in closed form.
        let (low, high) = match &curve {
            Calibrator::Platt(_) | Calibrator::Beta(_) => {
                let sd = (1.0 / (20.0 * share * (1.0 - share))).sqrt();
                let end = |sign: f64| {
                    let s = (share / (1.0 - share)).ln() + sign * 1.959_963_984_540_054 * sd;
                    1.0 / (1.0 + (-s).exp())
                };
                (end(-1.0), end(1.0))
            }
            Calibrator::VennAbers(_) => panic!("another interval"),
            Calibrator::Isotonic(_) => {
                let z2 = 1.959_963_984_540_054_f64.powi(2);
                let middle = (share + z2 / 40.0) / (1.0 + z2 / 20.0);
                let half =
                    z2.sqrt() / (1.0 + z2 / 20.0) * (share * (1.0 - share) / 20.0 + z2 / 1600.0).sqrt();
                (middle - half, middle + half)
            }
        };
        assert!(close(&[found.low, found.high], &[low, high], 1e-9), "{found:?} {low} {high}");
    }
}

#[test]
fn smoothed_targets_and_the_case_itself_move_the_share() {
    let events: Vec<bool> = (0..20).map(|i| i < 6).collect();
    let at = |method: Method| method.at(-1.7, &events, &[1.0; 20]).calibrate(-1.7);
    // Targets 7/8 and 1/16: (6 x 7/8 + 14 / 16) / 20.
    let smoothed = at(Method::PlattSmoothed);
    assert!(close(&[smoothed.probability], &[6.125 / 20.0], 1e-12), "{smoothed:?}");
    let both = at(Method::VennAbers);
    // 7/21 / (1 - 6/21 + 7/21) = 7/22.
    assert!(
        close(&[both.low, both.high, both.probability], &[6.0 / 21.0, 7.0 / 21.0, 7.0 / 22.0], 1e-12),
        "{both:?}"
    );
    assert!(!close(&[both.probability], &[0.3], 1e-2));
    // No other score is told apart.
    let curve = Method::VennAbers.at(-1.7, &events, &[1.0; 20]);
    curve.check().unwrap();
    assert_eq!(curve.calibrate(5.0), both);
}

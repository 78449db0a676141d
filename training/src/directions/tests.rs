use super::directions;
use crate::testing::{close, data, form, uniform};
use crate::{Data, LabelledRows};

/// Two questions, of 3 and 2 known answers, the second against the declared direction; three rows a case.
///
/// ```text
/// X[i] = int(u(i * 10) * 4), int(u(i * 10 + 1) * 3)      w[i] = 0.5 + 2 * u(i * 10 + 8)      case[i] = i // 3
/// y[i] = u(i * 10 + 9) < 0.2 + 0.15 * (X[i][0] if X[i][0] < 3 else 0) - 0.1 * (X[i][1] == 1)
/// ```
fn drawn(second: &str) -> Data {
    let row = |i: usize| vec![(uniform(i * 10) * 4.0) as u8, (uniform(i * 10 + 1) * 3.0) as u8];
    let rows: Vec<Vec<u8>> = (0..400).map(row).collect();
    let event = |(i, row): (usize, &Vec<u8>)| {
        let graded = if row[0] < 3 { 0.15 * f64::from(row[0]) } else { 0.0 };
        uniform(i * 10 + 9) < 0.2 + graded - 0.1 * f64::from(u8::from(row[1] == 1))
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    let weights: Vec<f64> = (0..400).map(|i| 0.5 + 2.0 * uniform(i * 10 + 8)).collect();
    let cases: Vec<usize> = (0..400).map(|i| i / 3).collect();
    data(&form(&[(3, "risk"), (2, second)]), &rows, &events, &weights, &cases)
}

fn all(data: &Data) -> Vec<usize> {
    (0..data.n_rows()).collect()
}

fn numbers(rows: &LabelledRows<'_>, data: &Data) -> Vec<f64> {
    let found = directions(rows, data.cohort.instrument(), &[]);
    found.iter().flat_map(|d| [d.per_step, (d.high - d.low) / (2.0 * super::Z)]).collect()
}

/// statsmodels 0.14: `WLS(y, add_constant(x), weights=w).fit(cov_type="cluster", cov_kwds={"groups": case,
/// "use_correction": False})` on the rows with a known answer, standard errors times `sqrt(G / (G - 1))` with G = 130 cases.
const STATSMODELS: [f64; 4] = [
    0.165_339_796_363_185_52,
    0.029_768_882_406_835_787,
    -0.131_504_360_938_906_72,
    0.050_116_947_054_365_285,
];
/// The same with the variance of independent rows, and without the weights.
const OTHERS: [[f64; 4]; 2] = [
    [0.165_339_796_363_185_52, 0.030_631_780_152_449_8, -0.131_504_360_938_906_72, 0.049_404_499_462_064_4],
    [0.167_339_931_327_004_53, 0.027_572_565_615_869_4, -0.127_450_980_392_156_72, 0.050_368_688_528_542_8],
];

#[test]
fn slopes_and_their_errors_are_those_of_statsmodels() {
    let data = drawn("risk");
    let rows = all(&data);
    let found = numbers(&data.part(&rows), &data);
    assert!(close(&found, &STATSMODELS, 1e-12), "{found:?}");
    for other in OTHERS {
        assert!(!close(&found, &other, 1e-4));
    }
}

#[test]
fn a_contradiction_is_an_interval_on_the_wrong_side() {
    for (second, contradicted) in [("risk", true), ("protective", false)] {
        let data = drawn(second);
        let rows = all(&data);
        let found = directions(&data.part(&rows), data.cohort.instrument(), &[]);
        let of: Vec<bool> =
            found.iter().map(amparo_models::artefact::DirectionRecord::is_contradicted).collect();
        assert_eq!(of, [false, contradicted]);
        // What is not enforced contradicts nothing, and of few rows nothing is known.
        assert_eq!(directions(&data.part(&rows), data.cohort.instrument(), &["Q2".to_owned()]).len(), 1);
        let few = directions(&data.part(&rows[..30]), data.cohort.instrument(), &[]);
        assert!(few.iter().all(|d| !d.is_contradicted()), "{few:?}");
    }
    let data = drawn("neutral");
    let rows = all(&data);
    assert_eq!(directions(&data.part(&rows), data.cohort.instrument(), &[]).len(), 1);
}

#[test]
fn an_answer_that_separates_has_a_direction_and_one_answer_has_none() {
    let form = form(&[(2, "risk"), (2, "risk")]);
    let rows: Vec<Vec<u8>> = (0..40).map(|i| vec![u8::from(i < 20), 2 * u8::from(i % 3 == 0)]).collect();
    // Nobody with the first answer present has an event, everybody else has.
    let events: Vec<bool> = (0..40).map(|i| i >= 20).collect();
    let cases: Vec<usize> = (0..40).collect();
    let data = data(&form, &rows, &events, &[1.0; 40], &cases);
    let found = directions(&data.part(&cases), data.cohort.instrument(), &[]);
    assert_eq!(found.len(), 1);
    assert!(found[0].indicator == "Q1" && found[0].is_contradicted());
    assert!(close(&[found[0].per_step, found[0].low, found[0].high], &[-1.0; 3], 1e-12), "{found:?}");
}

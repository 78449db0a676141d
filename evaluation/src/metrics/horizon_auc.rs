//! How well a score tells who has the event within a number of days.

use amparo_datasets::{CensoringCurve, FollowUpEnd};

use super::{ByCase, Components, FollowUp, Order, components};

/// The area under the ROC curve of the event within `horizon` days, of rows some of which were lost before.
///
/// ```text
/// AUC(h) = sum over i with the event by h, j without, of a_i w_j (1[s_i > s_j] + 1/2 1[s_i = s_j]) / sum of a_i w_j
/// a_i = w_i / G(day_i)      G(t): probability of being in sight just before day t (Kaplan-Meier of the losses, with the weights)
/// j without: in sight through day h, without the event by then
/// ```
/// The cumulative and dynamic area with inverse probability weights. Rows that were lost before `horizon` count in `G` only. Components are
/// those of the area by case; their standard error takes `G` as known. `None` unless there is weight with and without the event.
///
/// DIFFERENCE: a row that was followed through day `h` and no longer counts as one without the event, as it does everywhere in Amparo; Uno et al. count rows
/// whose day is above `h`.
///
/// # References
/// Uno, Cai, Tian and Wei, "Evaluating prediction rules for t-year survivors with censored regression models", JASA 102, 2007; Hung and Chiang, "Estimation
/// methods for time-dependent AUC models with survival data", Canadian Journal of Statistics 38, 2010; Blanche, Dartigues and Jacqmin-Gadda, "Estimating and
/// comparing time-dependent areas under receiver operating characteristic curves for censored event times with competing risks", Statistics in Medicine 32, 2013.
#[must_use]
pub fn horizon_auc(
    score: &[f64],
    follow_up: FollowUp<'_>,
    horizon: f64,
    cases: &ByCase,
) -> Option<Components> {
    let FollowUp { days, happened, weight } = follow_up;
    let end = |happened: bool| if happened { FollowUpEnd::Event } else { FollowUpEnd::Lost };
    let ends = days.iter().zip(weight).zip(happened);
    let in_sight = CensoringCurve::of(ends.map(|((&day, &w), &happened)| (day, w, end(happened))).collect());
    let events: Vec<bool> =
        days.iter().zip(happened).map(|(&day, &happened)| happened && day <= horizon).collect();
    let weights: Vec<f64> = (0..days.len())
        .map(|row| match events[row] {
            true => weight[row] / in_sight.before(days[row]),
            false if days[row] >= horizon => weight[row],
            // Lost before.
            false => 0.0,
        })
        .collect();
    let one_label = vec![0; days.len()];
    components(&Order::new(score), &events, &weights, &one_label, 1, cases).pop().flatten()
}

#[cfg(test)]
mod tests;

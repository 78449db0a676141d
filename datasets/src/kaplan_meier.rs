//! The risk of an event until a horizon, from rows of which some were censored before.

/// 97.5 % point of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// One row that was followed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FollowedRow {
    /// Days to the event or to the end of follow-up, 0 or more.
    pub days: f64,
    /// Whether the event happened then.
    pub happened: bool,
    /// Sampling weight, above 0.
    pub weight: f64,
    /// Number of its case, below the number of cases.
    pub case: u32,
}

/// Probability of the event within the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Risk {
    /// Estimate, in [0, 1].
    pub value: f64,
    /// 95 % interval; `None` at 0 and 1, where the formula has none.
    pub interval: Option<(f64, f64)>,
}

/// The Kaplan-Meier estimate of the risk, one minus survival, at a horizon; `None` if every row was lost from sight before it.
///
/// ```text
/// S(h) = product over days t <= h with an event of (1 - d_t / Y_t)
/// d_t: weight of the events of day t; Y_t: weight of the rows still in sight then, a loss on the same day comes after the event
/// u_i = d log S / d w_i = -(1[event of i at t_i <= h] / (Y - d) at t_i) + sum over t <= min(t_i, h) of d_t / (Y_t (Y_t - d_t))
/// var(log S) = sum over cases of (sum over its rows of w_i u_i)^2
/// interval of S: S^exp(+- 1.96 sd(log S) / |log S|)
/// ```
/// The variance is the infinitesimal jackknife by case. With weights of 1 and one row a case it is Greenwood's, exactly; it also
/// holds for sampling weights and for several rows of one case. Without censoring the estimate is the weighted share of events.
///
/// # References
/// Kaplan and Meier, "Nonparametric estimation from incomplete observations", JASA 53, 1958. Therneau and Grambsch, "Modeling
/// Survival Data", 2000, sections 2.2 and 7.2. Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time Data", 2002, section 1.4, for
/// the interval.
#[must_use]
pub fn kaplan_meier(rows: &[FollowedRow], horizon: f64) -> Option<Risk> {
    let mut order: Vec<&FollowedRow> = rows.iter().collect();
    order.sort_by(|a, b| a.days.total_cmp(&b.days));
    let mut at_risk: f64 = order.iter().map(|row| row.weight).sum();
    let (mut log_survival, mut hazards) = (0.0_f64, 0.0);
    let n_cases = rows.iter().map(|row| row.case as usize + 1).max().unwrap_or_default();
    let (mut of_case, mut n_left) = (vec![0.0; n_cases], rows.len());
    for day in order.chunk_by(|a, b| a.days.total_cmp(&b.days).is_eq()) {
        let within = day[0].days <= horizon;
        n_left -= day.len();
        if within && n_left == 0 && day.iter().all(|row| row.happened) {
            return Some(Risk { value: 1.0, interval: None });
        }
        let weight = |happened: bool| -> f64 {
            day.iter().filter(|row| row.happened || !happened).map(|row| row.weight).sum()
        };
        let events = weight(true);
        if within && events > 0.0 {
            log_survival += libm::log1p(-events / at_risk);
            hazards += events / (at_risk * (at_risk - events));
        }
        for row in day {
            let ended = if row.happened && within { 1.0 / (at_risk - events) } else { 0.0 };
            of_case[row.case as usize] += row.weight * (hazards - ended);
        }
        at_risk -= weight(false);
    }
    if rows.iter().all(|row| row.days < horizon) {
        return None;
    }
    let value = -libm::expm1(log_survival);
    let sd = of_case.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
    let end = |z: f64| -libm::expm1(log_survival * libm::exp(z * sd / log_survival.abs()));
    let interval = (log_survival < 0.0).then(|| (end(-Z), end(Z)));
    Some(Risk { value, interval })
}

#[cfg(test)]
mod tests;

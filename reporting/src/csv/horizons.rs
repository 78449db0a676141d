//! The lines on the event within several numbers of days; `at` holds the days.

use amparo_evaluation::report::Horizons;

use super::Line;

/// Calls `line` with every line: the rows (`horizon_rows`), then each version (`horizon`, `horizon_difference`, `horizon_fifth`).
pub(super) fn each(horizons: &Horizons, reference: &str, line: &mut impl FnMut(Line)) {
    for at in &horizons.rows {
        let of = |metric: &str| Line {
            metric: metric.to_owned(),
            at: at.days.to_string(),
            ..Line::of("horizon_rows")
        };
        for (metric, count) in [("events", at.events), ("without", at.without), ("lost", at.lost)] {
            line(Line { n: count.to_string(), ..of(metric) });
        }
        line(of("observed").measure(&at.observed));
    }
    for one in &horizons.scored {
        for at in &one.at {
            let of = |table: &'static str, metric: &str| Line {
                version: one.name.clone(),
                metric: metric.to_owned(),
                at: at.days.to_string(),
                ..Line::of(table)
            };
            line(of("horizon", "auc").measure(&at.auc));
            if let Some(difference) = &at.difference {
                let against = reference.to_owned();
                line(Line { against, ..of("horizon_difference", "auc").measure(difference) });
            }
            for (fifth, observed) in at.by_fifth.iter().enumerate() {
                let label = (fifth + 1).to_string();
                line(Line { label, ..of("horizon_fifth", "observed").measure(observed) });
            }
        }
    }
}

//! A report with a number that is not finite is refused, not drawn.

use crate::measure::Measure;
use crate::reason::Reason;
use crate::report::Report;

/// Every number of a report that is not finite, by its place.
pub(super) fn not_finite(report: &Report) -> Vec<String> {
    let mut problems = Vec::new();
    let mut check = |place: String, measure: &Measure| {
        let bounds = measure.interval().map(|(low, high)| [low, high]);
        if measure.value().into_iter().chain(bounds.into_iter().flatten()).any(|v| !v.is_finite()) {
            problems.push(format!("`{place}` holds a number that is not finite, expected finite numbers"));
        }
    };
    check("rows.base_rate".to_owned(), &report.rows.base_rate);
    for one in &report.scored {
        let name = &one.name;
        one.overall.iter().for_each(|(key, measure)| check(format!("{name}.{key}"), measure));
        for bin in &one.reliability {
            check(format!("{name}.reliability"), &bin.observed);
            [bin.from, bin.to, bin.mean_probability]
                .into_iter()
                .for_each(|value| check(format!("{name}.reliability"), &point(value)));
        }
        for place in &one.curve {
            check(format!("{name}.curve"), &place.observed);
            check(format!("{name}.curve"), &point(place.probability));
        }
        for place in &one.decision {
            for measure in [&point(place.threshold), &place.net_benefit, &place.treat_all] {
                check(format!("{name}.decision"), measure);
            }
        }
        for row in &one.levels {
            check(format!("{name}.levels.{}", row.level), &point(row.intensity + row.cut.unwrap_or(0.0)));
        }
        for row in &one.workload {
            for measure in [&point(row.reassess_days.unwrap_or(0.0)), &row.cases, &row.assessments_per_year] {
                check(format!("{name}.workload.{}", row.level), measure);
            }
        }
        for table in &one.groups {
            let place = || format!("{name}.{}", table.group);
            let rows =
                table.rows.iter().flat_map(|row| row.measures.values().chain(row.differences.values()));
            let gaps =
                table.gaps.iter().flat_map(|gap| [&gap.measure, &gap.ratio].into_iter().chain(&gap.change));
            let spreads = table.spreads.iter().flat_map(|spread| [&spread.measure, &spread.ratio]);
            rows.chain(gaps)
                .chain(spreads)
                .chain(table.penalised.values())
                .for_each(|measure| check(place(), measure));
            for gap in &table.gaps {
                let bounds = gap.simultaneous.iter().flat_map(|band| [band.low, band.high]);
                bounds.chain(gap.detectable).for_each(|value| check(place(), &point(value)));
            }
        }
    }
    for difference in &report.differences {
        let place = || format!("{} - {}.{}", difference.name, difference.against, difference.metric);
        check(place(), &difference.measure);
        difference.detectable.iter().for_each(|value| check(place(), &point(*value)));
    }
    for moves in &report.moves {
        let who = moves.who.iter().flat_map(|one| [&one.up, &one.down]);
        who.chain([&moves.up, &moves.down])
            .for_each(|measure| check(format!("{} - {}.moves", moves.name, moves.against), measure));
    }
    for pair in &report.agreement {
        for measure in [&pair.kappa_linear, &pair.kappa_quadratic, &pair.ranked_probability_score] {
            check(format!("{} - {}.agreement", pair.name, pair.against), measure);
        }
    }
    problems
}

fn point(value: f64) -> Measure {
    Measure::Point { value, n: 0, events: 0, reason: Reason::NotComputed }
}

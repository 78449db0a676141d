//! The numbers of a report are finite, or it is neither written nor told.

use super::{FORMAT, Report};
use crate::error::Error;
use crate::measure::Measure;
use crate::reason::Reason;

impl Report {
    /// Checks that the report is of this format and that all its numbers are finite, before it is written or told.
    ///
    /// # Errors
    /// [`Error::Format`] for a report of another format; [`Error::Invalid`] if a number is not finite, naming each.
    pub fn check(&self) -> Result<(), Error> {
        if self.format != FORMAT {
            return Err(Error::Format { found: self.format.into(), expected: FORMAT.into() });
        }
        let problems = not_finite(self);
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid { what: "report", problems }) }
    }
}

/// Every number of a report that is not finite, by its place.
fn not_finite(report: &Report) -> Vec<String> {
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
            let differences = table.max_min_differences.iter().flat_map(|one| [&one.measure, &one.ratio]);
            rows.chain(gaps)
                .chain(differences)
                .chain(table.penalised.values())
                .for_each(|measure| check(place(), measure));
            for gap in &table.gaps {
                let bounds = gap.simultaneous.iter().flat_map(|band| [band.low, band.high]);
                bounds.chain(gap.detectable).for_each(|value| check(place(), &point(value)));
            }
        }
    }
    for one in &report.directions {
        for direction in &one.contradicted {
            let place = || format!("{}.directions.{}", one.name, direction.indicator);
            for number in [direction.per_step, direction.low, direction.high] {
                check(place(), &point(number));
            }
        }
    }
    for mix in &report.case_mix {
        let name = &mix.name;
        let auc = mix.auc.declared.into_iter().chain(mix.auc.expected);
        let scores =
            mix.scores.iter().flat_map(|of| [of.mean_percentile, of.resolution, of.above_ninth_decile]);
        auc.chain(scores).for_each(|value| check(format!("{name}.case_mix"), &point(value)));
        for one in &mix.indicators {
            let shares = one.answers.iter().flat_map(|answer| answer.fitted.into_iter().chain(answer.here));
            let values = [one.total_variation, one.psi].into_iter().chain(one.psi_by_chance).chain(shares);
            values.for_each(|value| check(format!("{name}.case_mix.{}", one.indicator), &point(value)));
        }
    }
    for one in report.classes.iter().flat_map(|classes| &classes.judged) {
        let place = || format!("{}.classes", one.name);
        [&one.kappa_quadratic, &one.ranked_probability_score, &one.macro_f1]
            .into_iter()
            .chain(one.by_class.iter().flat_map(|class| [&class.recall, &class.precision, &class.higher]))
            .for_each(|measure| check(place(), measure));
    }
    if let Some(one) = &report.horizons {
        one.rows.iter().for_each(|at| check(format!("horizons.{}", at.days), &at.observed));
        for scored in &one.scored {
            for at in &scored.at {
                let measures = std::iter::once(&at.auc).chain(&at.difference).chain(&at.by_fifth);
                measures.for_each(|measure| check(format!("{}.horizons.{}", scored.name, at.days), measure));
            }
        }
    }
    for difference in &report.differences {
        let place = || format!("{} - {}.{}", difference.name, difference.against, difference.metric);
        check(place(), &difference.measure);
        difference.detectable.iter().for_each(|value| check(place(), &point(*value)));
    }
    for reclassification in &report.reclassification {
        let who = reclassification.by_group.iter().flat_map(|one| [&one.up, &one.down]);
        who.chain([&reclassification.up, &reclassification.down]).for_each(|measure| {
            check(
                format!("{} - {}.reclassification", reclassification.name, reclassification.against),
                measure,
            )
        });
    }
    for transition in &report.transitions {
        for one in &transition.positions {
            let place = || format!("{}.transition", one.name);
            check(place(), &point(one.dial));
            let moved = one.moves.iter().flat_map(|moves| [&moves.all, &moves.events, &moves.others]);
            let moved = moved.flat_map(|moved| [&moved.up, &moved.down]);
            let gaps = one.gaps.iter().flat_map(|gap| std::iter::once(&gap.measure).chain(&gap.change));
            let measures = one.measures.values().chain(one.differences.values());
            measures.chain(moved).chain(gaps).for_each(|measure| check(place(), measure));
        }
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

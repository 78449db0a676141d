//! What a made-up report holds beyond what its few rows and resamples give: every kind of table, verdict and curve at least once.

use amparo_evaluation::definitions::Text;
use amparo_evaluation::measure::{Count, Measure};
use amparo_evaluation::reason::{Reason, SmallCell};
use amparo_evaluation::report::{
    Agreement, AnswerMix, AtHorizon, Band, CaseMix, ClassCell, ClassTold, Classes, ClassesJudged, CurvePoint,
    DecisionPoint, Equivalence, HorizonRows, Horizons, IndicatorMix, MixAuc, MixRows, MixScores,
    Reclassification, ReclassificationCell, ReclassificationGroup, Report, ScoredHorizons, ScoredReport,
    ToldBy, WorkloadRow, key, split_key,
};

const SHARES: [&str; 5] = ["recall", "false_positive_rate", "ppv", "events_in_lowest", "level_share"];

/// The report with every part that is empty filled with invented but consistent values.
pub(super) fn filled(mut report: Report) -> Report {
    let reference = report.context.reference.clone();
    let margin = report.context.margin.unwrap_or(0.05);
    let levels: Vec<(String, u64, u64)> = report
        .scored(&reference)
        .iter()
        .flat_map(|one| one.levels.iter().map(|row| (row.level.clone(), exact(row.n), exact(row.events))))
        .collect();
    let groups: Vec<(String, String)> = report.scored[0]
        .groups
        .iter()
        .flat_map(|table| table.rows.iter().map(|row| (table.group.clone(), row.label.clone())))
        .collect();
    let versions: Vec<String> =
        report.scored.iter().filter(|one| !one.levels.is_empty()).map(|one| one.name.clone()).collect();
    for one in &mut report.scored {
        curves(one);
        levels_of(one);
        let is_reference = one.name == reference;
        for (at, table) in one.groups.iter_mut().enumerate() {
            for gap in &mut table.gaps {
                if at == 1 && gap.measure.interval().is_some() {
                    // Of so few rows no gap is absent: this column's are invented whole.
                    gap.measure = interval(0.004, 0.02);
                    (gap.simultaneous, gap.equivalence) = (None, None);
                }
                let Some(((low, high), value)) = gap.measure.interval().zip(gap.measure.value()) else {
                    continue;
                };
                let half = 0.7 * (high - low);
                gap.simultaneous.get_or_insert(Band { low: value - half, high: value + half });
                gap.detectable.get_or_insert(1.3 * half);
                if SHARES.contains(&split_key(&gap.metric).0) {
                    gap.equivalence.get_or_insert(verdict(value - half, value + half, margin));
                }
                if gap.ratio.value().is_none() {
                    gap.ratio = interval(1.0 + value, 0.2);
                }
                if !is_reference && gap.change.is_none() {
                    gap.change = Some(interval(0.3 * value, 0.25 * (high - low)));
                }
            }
            for spread in &mut table.max_min_differences {
                if let Some(value) = spread.measure.value() {
                    spread.measure = cut(value, 0.04);
                    spread.ratio = interval(1.0 / (1.0 + value), 0.05);
                    spread.worst.clone_from(&spread.lowest);
                }
            }
            for row in &mut table.rows {
                if !is_reference && row.differences.is_empty() {
                    row.differences.extend(row.measures.iter().filter_map(|(metric, measure)| {
                        Some((metric.clone(), interval(0.05 * measure.value()?, 0.012)))
                    }));
                }
            }
            if table.penalised.is_empty() {
                table.penalised.insert(key("fairness_penalised", Some("high")), interval(0.71, 0.02));
            }
        }
    }
    for difference in &mut report.differences {
        if let Some((low, high)) = difference.measure.interval() {
            difference.detectable.get_or_insert(0.7 * (high - low));
        }
    }
    if report.reclassification.is_empty() {
        let others = versions.iter().filter(|name| **name != reference);
        report.reclassification =
            others.map(|name| reclassification(name, &reference, &levels, &groups)).collect();
    }
    if report.agreement.is_empty() {
        report.agreement.push(Agreement {
            name: versions[1].clone(),
            against: "officers".into(),
            kappa_linear: interval(0.41, 0.03),
            kappa_quadratic: interval(0.52, 0.03),
            ranked_probability_score: Measure::undefined(Reason::suppressed(10, SmallCell::Rows)),
        });
    }
    if report.horizons.is_none() {
        report.horizons = Some(horizons(&versions));
    }
    if report.case_mix.is_empty() {
        report.case_mix.push(case_mix(&report.context.subject));
    }
    let name = report.context.subject.clone();
    report.classes.get_or_insert_with(|| classes(&name));
    report
}

/// An ordered outcome of three classes, told by probabilities and by levels.
fn classes(name: &str) -> Classes {
    let ids = ["none", "injury", "grave"];
    let count = |at: usize| Count::new([1_100, 260, 37, 6][at], 10);
    let told = |at: usize, class: &str| ClassTold {
        class: class.to_owned(),
        n: count(at),
        told: count(at + 1),
        recall: cut(0.71 - 0.2 * at as f64, 0.031),
        precision: cut(0.63 - 0.2 * at as f64, 0.042),
        higher: if at == 2 {
            Measure::undefined(Reason::suppressed(10, SmallCell::Rows))
        } else {
            cut(0.1234, 0.021)
        },
    };
    let pairs = || ids.iter().flat_map(|told| ids.iter().map(move |is| (told, is)));
    let judged = |by, shift: f64| ClassesJudged {
        name: name.to_owned(),
        by,
        kappa_quadratic: interval(0.4321 + shift, 0.041),
        ranked_probability_score: cut(0.1432 + shift, 0.012),
        macro_f1: interval(0.5123 + shift, 0.033),
        by_class: ids.iter().enumerate().map(|(at, class)| told(at, class)).collect(),
        cells: pairs()
            .enumerate()
            .map(|(at, (told, is))| ClassCell {
                told: (*told).to_owned(),
                is: (*is).to_owned(),
                n: Count::new(731 / (at as u64 + 1) / (at as u64 + 1), 10),
            })
            .collect(),
    };
    Classes {
        ids: ids.map(str::to_owned).into(),
        from: "injury".to_owned(),
        unknown: Count::Exact(43),
        judged: vec![judged(ToldBy::Probabilities, 0.0), judged(ToldBy::Levels, 0.0456)],
        not_judged: vec!["vpr@9".to_owned()],
    }
}

/// Two horizons: one with too few rows for the area, one with numbers.
fn horizons(versions: &[String]) -> Horizons {
    let rows = |days, events, lost, share| HorizonRows {
        days,
        events: Count::new(events, 10),
        without: Count::new(900 - events, 10),
        lost: Count::new(lost, 10),
        observed: interval(share, 0.02),
    };
    let at = |days, auc: Measure, difference| AtHorizon {
        days,
        auc,
        difference,
        by_fifth: (1..=5).map(|k| interval(0.05 * f64::from(k), 0.01)).collect(),
    };
    let few = || Measure::undefined(Reason::suppressed(10, SmallCell::Events));
    let one = |(place, name): (usize, &String)| ScoredHorizons {
        name: name.clone(),
        at: vec![
            at(30, few(), (place > 0).then(few)),
            at(180, interval(0.71, 0.02), (place > 0).then(|| interval(0.01, 0.004))),
        ],
    };
    Horizons {
        rows: vec![rows(30, 6, 12, 0.02), rows(180, 140, 80, 0.16)],
        scored: versions.iter().enumerate().map(one).collect(),
    }
}

/// A version whose fit had another case mix: one indicator differs, one does not, and one has but one answer.
fn case_mix(name: &str) -> CaseMix {
    let rows = |cohort: &str, n, events, period: Option<[&str; 2]>| MixRows {
        cohort: cohort.to_owned(),
        n,
        events,
        period: period.map(|days| days.map(str::to_owned)),
    };
    let text = |es: &'static str, en: &'static str| Text { es: es.into(), en: en.into() };
    let answer = |id: &str, fitted, here, n| AnswerMix {
        answer: id.to_owned(),
        label: text("respuesta", "answer"),
        learned: fitted != Some(0.0),
        fitted,
        here,
        n: Count::new(n, 10),
    };
    let indicator = |id: &str, psi, psi_by_chance, answers: Vec<AnswerMix>| IndicatorMix {
        indicator: id.to_owned(),
        label: text("amenazas", "threats"),
        left_out: id == "I03",
        total_variation: psi * 0.7,
        psi,
        psi_by_chance,
        answers,
    };
    CaseMix {
        name: name.to_owned(),
        fitted: rows("synthetic-2019", 41_234, Some(5_678), None),
        here: rows("synthetic-2026", 1_500, Some(240), Some(["2026-01-02", "2026-06-30"])),
        auc: MixAuc { declared: Some(0.741), expected: Some(0.728) },
        scores: Some(MixScores { mean_percentile: 0.5432, resolution: 0.0, above_ninth_decile: 0.1234 }),
        with_unlearned: Count::Exact(37),
        indicators: vec![
            indicator(
                "I01",
                0.1517,
                Some(0.0089),
                vec![
                    answer("absent", Some(0.81), Some(0.69), 1_035),
                    answer("present", Some(0.19), Some(0.2853), 428),
                    answer("severe", Some(0.0), Some(0.0247), 37),
                    answer("unknown", None, None, 3),
                ],
            ),
            indicator(
                "I02",
                0.0031,
                Some(0.0072),
                vec![
                    answer("absent", Some(0.523), Some(0.5311), 797),
                    answer("present", Some(0.477), Some(0.4689), 703),
                ],
            ),
            indicator("I03", 0.0, None, vec![answer("absent", Some(1.0), Some(1.0), 1_500)]),
        ],
    }
}

fn curves(one: &mut ScoredReport) {
    if one.reliability.is_empty() {
        return;
    }
    if one.curve.is_empty() {
        one.curve = (1..40)
            .map(|i| f64::from(i) / 60.0)
            .map(|p| CurvePoint { probability: p, observed: cut(0.02 + 0.85 * p, 0.01 + 0.15 * p) })
            .collect();
    }
    if one.decision.is_empty() {
        one.decision = (1..50)
            .map(|i| f64::from(i) / 100.0)
            .map(|t| DecisionPoint {
                threshold: t,
                net_benefit: interval(0.16 * libm::exp(-6.0 * t) - 0.002, 0.012),
                treat_all: interval((0.16 - t) / (1.0 - t), 0.01),
            })
            .collect();
    }
}

fn levels_of(one: &mut ScoredReport) {
    if one.workload.is_empty() {
        let periods = [None, Some(60.0), Some(30.0), Some(7.0), Some(3.0)];
        one.workload = one
            .levels
            .iter()
            .zip(periods)
            .map(|(row, days)| WorkloadRow {
                level: row.level.clone(),
                reassess_days: days,
                cases: interval(exact(row.n) as f64 / 1.5, 12.0),
                assessments_per_year: days.map_or_else(
                    || Measure::undefined(Reason::NoReassessmentPeriod),
                    |days| interval(exact(row.n) as f64 / 1.5 * 365.25 / days, 40.0),
                ),
            })
            .collect();
    }
}

fn reclassification(
    name: &str,
    against: &str,
    levels: &[(String, u64, u64)],
    groups: &[(String, String)],
) -> Reclassification {
    let part = |from: usize, to: usize| [0.86, 0.1, 0.004].get(from.abs_diff(to)).copied().unwrap_or(0.0);
    let cell = |from: usize, to: usize| ReclassificationCell {
        from: levels[from].0.clone(),
        to: levels[to].0.clone(),
        n: Count::new((levels[from].1 as f64 * part(from, to)) as u64, 10),
        events: Count::new((levels[from].2 as f64 * part(from, to)) as u64, 10),
    };
    let who = |group: &str, label: &str| ReclassificationGroup {
        group: group.to_owned(),
        label: label.to_owned(),
        n_up: Count::Exact(120),
        n_down: Count::new(7, 10),
        up: interval(0.08, 0.02),
        down: interval(0.06, 0.02),
    };
    let all = 0..levels.len();
    Reclassification {
        name: name.to_owned(),
        against: against.to_owned(),
        n_up: Count::Exact(124),
        n_down: Count::Exact(98),
        up: interval(0.083, 0.011),
        down: interval(0.065, 0.01),
        cells: all
            .clone()
            .flat_map(|from| all.clone().map(move |to| (from, to)))
            .map(|(a, b)| cell(a, b))
            .collect(),
        by_group: [("outcome", "event"), ("outcome", "no event")]
            .into_iter()
            .chain(groups.iter().map(|(group, label)| (group.as_str(), label.as_str())))
            .map(|(group, label)| who(group, label))
            .collect(),
    }
}

fn verdict(low: f64, high: f64, margin: f64) -> Equivalence {
    if low >= -margin && high <= margin {
        Equivalence::Absent
    } else if low > margin || high < -margin {
        Equivalence::Present
    } else {
        Equivalence::CannotTell
    }
}

fn interval(value: f64, half: f64) -> Measure {
    Measure::Value { value, low: value - half, high: value + half, n: 1_500, events: 240 }
}

/// The same, of a number that is never negative.
fn cut(value: f64, half: f64) -> Measure {
    Measure::Value { value, low: (value - half).max(0.0), high: value + half, n: 1_500, events: 240 }
}

fn exact(count: Count) -> u64 {
    match count {
        Count::Exact(count) => count,
        Count::Few { fewer_than } => fewer_than - 1,
    }
}

//! The transition plan, put together from the numbers that the report has; nothing is computed anew.

use crate::input::{Dial, End, Kind};
use crate::measure::Measure;
use crate::metrics::Metric;
use crate::reason::Reason;
use crate::report::{
    Measures, Moved, Moves, Position, PositionGap, Reclassification, Report, ScoredReport, Transition, key,
    split_key,
};

/// What a position gives and costs as a whole.
const WHOLE: [Metric; 4] = [Metric::Protection, Metric::Overload, Metric::Auc, Metric::Brier];

/// What it gives and costs at each level or above.
const BY_LEVEL: [Metric; 2] = [Metric::Recall, Metric::SelectionRate];

/// A plan for each pair of a baseline and a candidate of which a blend was judged, in the order of the first blends.
///
/// Its positions are all versions that are a blend of the pair, its baseline alone or its candidate alone. A pair with fewer than two
/// positions has no plan.
pub(crate) fn transitions(report: &Report) -> Vec<Transition> {
    let mut pairs: Vec<(&End, &End)> = Vec::new();
    for (_, dial) in dials(report) {
        if let Some(pair) = dial.baseline.as_ref().zip(dial.candidate.as_ref())
            && !pairs.contains(&pair)
        {
            pairs.push(pair);
        }
    }
    pairs.into_iter().map(|pair| transition(report, pair)).filter(|one| one.positions.len() > 1).collect()
}

fn transition(report: &Report, (baseline, candidate): (&End, &End)) -> Transition {
    let is_on_it = |dial: &Dial| match (&dial.baseline, &dial.candidate) {
        (Some(one), Some(other)) => one == baseline && other == candidate,
        (Some(one), None) => one == baseline,
        (None, Some(other)) => other == candidate,
        (None, None) => false,
    };
    let on_it = dials(report).filter(|(_, dial)| is_on_it(dial));
    let mut positions: Vec<Position> =
        on_it.map(|(scored, dial)| position(report, scored, dial.position)).collect();
    positions.sort_by(|a, b| a.dial.total_cmp(&b.dial).then_with(|| a.name.cmp(&b.name)));
    Transition {
        baseline: baseline.clone(),
        candidate: candidate.clone(),
        against: report.context.reference.clone(),
        positions,
    }
}

/// The versions with a dial.
fn dials(report: &Report) -> impl Iterator<Item = (&ScoredReport, &Dial)> {
    report.scored.iter().filter_map(|scored| match &scored.kind {
        Kind::Version { dial: Some(dial), .. } => Some((scored, dial)),
        _ => None,
    })
}

fn position(report: &Report, scored: &ScoredReport, dial: f64) -> Position {
    let keys = || {
        let levels = scored.levels.iter().skip(1);
        let by_level = levels.flat_map(|row| BY_LEVEL.map(|metric| key(metric.name(), Some(&row.level))));
        WHOLE.map(|metric| metric.name().to_owned()).into_iter().chain(by_level)
    };
    let measures = keys().map(|key| {
        let measure = scored.overall.get(&key).cloned();
        (key, measure.unwrap_or_else(|| Measure::undefined(Reason::NotInReport)))
    });
    let differences: Measures = keys()
        .filter_map(|key| {
            let difference = report.difference(&scored.name, &key)?.clone();
            Some((key, difference))
        })
        .collect();
    let moved = report.reclassification.iter().find(|one| one.name == scored.name);
    Position {
        name: scored.name.clone(),
        dial,
        measures: measures.collect(),
        differences,
        moves: moved.and_then(moves),
        gaps: gaps(scored),
    }
}

/// The moves of all rows and by outcome, which reclassification lists as a group column of its own.
fn moves(one: &Reclassification) -> Option<Moves> {
    let of = |label: &str| {
        let found = one.by_group.iter().find(|who| who.group == "outcome" && who.label == label)?;
        Some(Moved { n_up: found.n_up, n_down: found.n_down, up: found.up.clone(), down: found.down.clone() })
    };
    let all = Moved { n_up: one.n_up, n_down: one.n_down, up: one.up.clone(), down: one.down.clone() };
    Some(Moves { all, events: of("event")?, others: of("no event")? })
}

fn gaps(scored: &ScoredReport) -> Vec<PositionGap> {
    let is_recall = |metric: &str| split_key(metric).0 == Metric::Recall.name();
    scored
        .groups
        .iter()
        .flat_map(|table| {
            table.gaps.iter().filter(|gap| is_recall(&gap.metric)).map(|gap| PositionGap {
                group: table.group.clone(),
                label: gap.label.clone(),
                against: gap.against.clone(),
                metric: gap.metric.clone(),
                measure: gap.measure.clone(),
                change: gap.change.clone(),
            })
        })
        .collect()
}

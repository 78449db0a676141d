//! Which lines a report has.

use amparo_evaluation::input::Kind;
use amparo_evaluation::measure::{Count, Measure};
use amparo_evaluation::report::{
    Agreement, Context, Equivalence, GroupTable, LeftOut, Measures, Reclassification, ReferenceBy, Report,
    Rows, ScoredReport, Transition, VersionDirections,
};

use super::{Line, number, optional};
use crate::telling::{self, Lang};

/// Calls `line` with every line, in the order of the report.
pub(super) fn each(report: &Report, line: &mut impl FnMut(Line)) {
    context(report.format, &report.context, line);
    rows(&report.rows, line);
    for one in &report.scored {
        // What belongs to a version.
        let mut own = |inner: Line| line(Line { version: one.name.clone(), ..inner });
        scored(one, &mut own);
        for table in &one.groups {
            group(table, &mut |inner: Line| own(Line { group: table.group.clone(), ..inner }));
        }
    }
    for one in &report.differences {
        let inner = Line::of("difference").key(&one.metric).measure(&one.measure);
        let (version, against) = (one.name.clone(), one.against.clone());
        line(Line { version, against, detectable: optional(one.detectable), ..inner });
    }
    report.directions.iter().for_each(|one| directions(one, line));
    report.case_mix.iter().for_each(|one| super::case_mix::each(one, line));
    report.classes.iter().for_each(|classes| super::classes::each(classes, line));
    let horizons = report.horizons.iter();
    horizons.for_each(|one| super::horizons::each(one, &report.context.reference, line));
    report.reclassification.iter().for_each(|one| reclassification(one, line));
    report.transitions.iter().for_each(|one| transition(one, line));
    report.agreement.iter().for_each(|one| agreement(one, line));
}

fn context(format: u32, context: &Context, line: &mut impl FnMut(Line)) {
    let held_out = context.held_out.text().en.into_owned();
    let texts = [
        ("cohort", Some(&context.cohort)),
        ("synthetic", context.synthetic.as_ref()),
        ("held_out", Some(&held_out)),
        ("outcome", Some(&context.outcome)),
        ("fingerprint", Some(&context.fingerprint)),
        ("subject", Some(&context.subject)),
        ("reference", Some(&context.reference)),
    ];
    for note in &context.notes {
        line(Line { metric: "note".to_owned(), label: note.clone(), ..Line::of("context") });
    }
    for (metric, text) in texts {
        if let Some(text) = text {
            line(Line { metric: metric.to_owned(), label: text.clone(), ..Line::of("context") });
        }
    }
    let counts = [
        ("format", Some(u64::from(format))),
        ("horizon_days", context.horizon_days.map(u64::from)),
        ("censored_left_out", Some(context.censored_left_out)),
        ("excluded_left_out", Some(context.excluded_left_out)),
        ("seed", Some(context.seed)),
        ("replicates", Some(context.replicates.into())),
        ("smallest_cell", Some(context.smallest_cell)),
        ("bins", Some(context.bins.into())),
    ];
    for (metric, count) in counts {
        if let Some(count) = count {
            line(plain("context", metric, count.to_string()));
        }
    }
    if let Some(margin) = context.margin {
        line(plain("context", "margin", number(margin)));
    }
}

fn rows(rows: &Rows, line: &mut impl FnMut(Line)) {
    for (metric, count) in [("n", rows.n), ("cases", rows.cases), ("events", rows.events)] {
        line(plain("rows", metric, count.to_string()));
    }
    line(Line { metric: "weighted".to_owned(), label: rows.weighted.to_string(), ..Line::of("rows") });
    line(Line::of("rows").key("base_rate").measure(&rows.base_rate));
}

fn scored(one: &ScoredReport, line: &mut impl FnMut(Line)) {
    let text = |metric: &str, text: &str| Line {
        metric: metric.to_owned(),
        label: text.to_owned(),
        ..Line::of("version")
    };
    match &one.kind {
        Kind::Version { digest, family, dial, more_unknown } => {
            line(text("digest", digest));
            line(text("family", family));
            if let Some(share) = more_unknown {
                line(plain("version", "more_unknown", number(*share)));
            }
            if let Some(dial) = dial {
                line(plain("version", "dial", number(dial.position)));
                let ends = [("baseline", &dial.baseline), ("candidate", &dial.candidate)];
                for (metric, end) in ends {
                    for (metric, label) in end.iter().flat_map(|end| {
                        [(format!("{metric}_family"), &end.family), (format!("{metric}_digest"), &end.digest)]
                    }) {
                        line(Line { metric, label: label.clone(), ..Line::of("version") });
                    }
                }
            }
        }
        Kind::Candidate { family } => line(text("family", family)),
        Kind::Foreign => line(text("family", "foreign")),
    }
    measures("overall", &one.overall, line);
    for bin in &one.reliability {
        let inner = Line::of("reliability").measure(&bin.observed);
        let n = if inner.n.is_empty() { bin.n.to_string() } else { inner.n.clone() };
        let (from, to, at) = (number(bin.from), number(bin.to), number(bin.mean_probability));
        line(Line { metric: "observed".to_owned(), from, to, at, n, ..inner });
    }
    for point in &one.curve {
        let inner = Line::of("curve").measure(&point.observed);
        line(Line { metric: "observed".to_owned(), at: number(point.probability), ..inner });
    }
    for point in &one.decision {
        for (metric, measure) in [("net_benefit", &point.net_benefit), ("treat_all", &point.treat_all)] {
            let inner = Line::of("decision").measure(measure);
            line(Line { metric: metric.to_owned(), at: number(point.threshold), ..inner });
        }
    }
    for row in &one.levels {
        let inner = plain("level", "intensity", number(row.intensity)).counts(row.n, row.events);
        line(Line { level: row.level.clone(), from: optional(row.cut), ..inner });
    }
    for row in &one.workload {
        let days = plain("workload", "reassess_days", optional(row.reassess_days));
        line(Line { level: row.level.clone(), ..days });
        for (metric, measure) in [("cases", &row.cases), ("assessments_per_year", &row.assessments_per_year)]
        {
            let inner = Line::of("workload").measure(measure);
            line(Line { metric: metric.to_owned(), level: row.level.clone(), ..inner });
        }
    }
}

fn group(table: &GroupTable, line: &mut impl FnMut(Line)) {
    let reference_by = match table.reference_by {
        ReferenceBy::Stated => "stated",
        ReferenceBy::Rows => "rows",
    };
    let reference_by = reference_by.to_owned();
    line(Line { label: table.reference.clone(), reference_by, ..Line::of("group_reference") });
    for label in &table.unknown {
        line(Line { label: label.clone(), ..Line::of("group_unknown") });
    }
    for row in &table.rows {
        let mut own = |inner: Line| line(Line { label: row.label.clone(), ..inner });
        own(Line::of("group_rows").counts(row.n, row.events));
        measures("group", &row.measures, &mut own);
        measures("group_difference", &row.differences, &mut own);
    }
    for gap in &table.gaps {
        let mut own =
            |inner: Line| line(Line { label: gap.label.clone(), against: gap.against.clone(), ..inner });
        let verdict = gap.equivalence.map(|verdict| match verdict {
            Equivalence::Absent => "absent",
            Equivalence::Present => "present",
            Equivalence::CannotTell => "cannot_tell",
        });
        let verdict = verdict.unwrap_or_default().to_owned();
        let inner = Line::of("gap").key(&gap.metric).measure(&gap.measure).band(gap.simultaneous);
        own(Line { verdict, detectable: optional(gap.detectable), ..inner });
        own(Line::of("gap_ratio").key(&gap.metric).measure(&gap.ratio));
        if let Some(change) = &gap.change {
            own(Line::of("gap_change").key(&gap.metric).measure(change));
        }
    }
    for difference in &table.max_min_differences {
        let inner = Line::of("max_min_difference").key(&difference.metric).measure(&difference.measure);
        let (highest, lowest) = (difference.highest.clone(), difference.lowest.clone());
        line(Line { highest, lowest, worst: difference.worst.clone(), ..inner });
        line(Line::of("min_max_ratio").key(&difference.metric).measure(&difference.ratio));
        for LeftOut { label, reason } in &difference.left_out {
            let reason = telling::reason(reason, Lang::En);
            line(Line { label: label.clone(), reason, ..Line::of("left_out").key(&difference.metric) });
        }
    }
    measures("penalised", &table.penalised, line);
}

fn directions(one: &VersionDirections, line: &mut impl FnMut(Line)) {
    let mut own = |inner: Line| line(Line { version: one.name.clone(), ..inner });
    own(plain("directions", "examined", one.examined.to_string()));
    for direction in &one.contradicted {
        let (value, low, high) = (number(direction.per_step), number(direction.low), number(direction.high));
        let (label, verdict) = (direction.indicator.clone(), "contradicted".to_owned());
        let metric = "per_step".to_owned();
        own(Line { metric, label, value, low, high, verdict, ..Line::of("directions") });
    }
    for (verdict, indicators) in [("without_effect", &one.without_effect), ("left_out", &one.left_out)] {
        for indicator in indicators {
            own(Line { label: indicator.clone(), verdict: verdict.to_owned(), ..Line::of("directions") });
        }
    }
}

fn reclassification(one: &Reclassification, line: &mut impl FnMut(Line)) {
    let mut own =
        |inner: Line| line(Line { version: one.name.clone(), against: one.against.clone(), ..inner });
    for (metric, n, measure) in [("up", one.n_up, &one.up), ("down", one.n_down, &one.down)] {
        own(rows_moved("reclassification_rows", metric, n));
        own(Line::of("reclassification").key(metric).measure(measure));
    }
    for cell in &one.cells {
        let inner = Line::of("move_cell").counts(cell.n, cell.events);
        own(Line { level: cell.from.clone(), to_level: cell.to.clone(), ..inner });
    }
    for who in &one.by_group {
        for (metric, n, measure) in [("up", who.n_up, &who.up), ("down", who.n_down, &who.down)] {
            let inner = Line::of("reclassification_by_group").key(metric).measure(measure);
            for inner in [rows_moved("reclassification_rows", metric, n), inner] {
                own(Line { group: who.group.clone(), label: who.label.clone(), ..inner });
            }
        }
    }
}

/// How many rows moved.
fn rows_moved(table: &'static str, metric: &str, n: Count) -> Line {
    Line { metric: metric.to_owned(), n: n.to_string(), ..Line::of(table) }
}

/// A transition plan: `at` is the dial, `against` of a gap the label.
fn transition(plan: &Transition, line: &mut impl FnMut(Line)) {
    for one in &plan.positions {
        let mut own = |inner: Line| {
            line(Line { version: one.name.clone(), at: number(one.dial), ..inner });
        };
        let mut compared = |inner: Line| own(Line { against: plan.against.clone(), ..inner });
        measures("transition_difference", &one.differences, &mut compared);
        if let Some(moves) = &one.moves {
            for (label, moved) in [("all", &moves.all), ("event", &moves.events), ("no event", &moves.others)]
            {
                for (metric, n, share) in [("up", moved.n_up, &moved.up), ("down", moved.n_down, &moved.down)]
                {
                    let inner = Line::of("transition_moves").key(metric).measure(share);
                    for inner in [rows_moved("transition_rows", metric, n), inner] {
                        compared(Line { label: label.to_owned(), ..inner });
                    }
                }
            }
        }
        measures("transition", &one.measures, &mut own);
        for gap in &one.gaps {
            let mut own = |inner: Line| {
                let (label, against) = (gap.label.clone(), gap.against.clone());
                own(Line { group: gap.group.clone(), label, against, ..inner });
            };
            own(Line::of("transition_gap").key(&gap.metric).measure(&gap.measure));
            if let Some(change) = &gap.change {
                own(Line::of("transition_gap_change").key(&gap.metric).measure(change));
            }
        }
    }
}

fn agreement(one: &Agreement, line: &mut impl FnMut(Line)) {
    let list = [
        ("kappa_linear", &one.kappa_linear),
        ("kappa_quadratic", &one.kappa_quadratic),
        ("ranked_probability_score", &one.ranked_probability_score),
    ];
    for (metric, measure) in list {
        let inner = Line::of("agreement").key(metric).measure(measure);
        line(Line { version: one.name.clone(), against: one.against.clone(), ..inner });
    }
}

fn measures(table: &'static str, measures: &Measures, line: &mut impl FnMut(Line)) {
    measures
        .iter()
        .for_each(|(key, measure): (&String, &Measure)| line(Line::of(table).key(key).measure(measure)));
}

/// A number that is no measure.
fn plain(table: &'static str, metric: &str, value: String) -> Line {
    Line { metric: metric.to_owned(), value, ..Line::of(table) }
}

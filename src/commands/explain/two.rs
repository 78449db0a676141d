//! One case by two versions.

use amparo_datasets::Text;
use amparo_models::Version;
use amparo_models::calibrator::IntervalKind;
use amparo_models::compare::{Difference, Standing};
use amparo_models::explain::OrReason;
use amparo_models::wording::{LEAST, same};

use super::{Say, answer, signed};

pub fn print(version: &Version, against: &Version, difference: &Difference, text: &Text, say: Say) {
    say.paragraphs(text);
    let names = [&difference.model.version, &difference.against.version].map(String::as_str);
    standings(difference, names, say);
    values(version, difference, names, say);
    parts(difference, say);
    if !difference.log_odds.same_population {
        let [one, other] = [version, against].map(|v| same(&v.manifest().training.cohort_title));
        say.line(&say.labels().own_populations(&one, &other));
    }
}

/// What each version gives.
fn standings(difference: &Difference, [a, b]: [&str; 2], say: Say) {
    let labels = say.labels();
    let Difference { model, against, log_odds, probability, .. } = difference;
    let interval = |low: f64, high: f64| format!("{low:.4} - {high:.4}");
    let mut rows = vec![
        [
            say.text(&labels.proposed_level()).to_owned(),
            say.text(&model.level_label).to_owned(),
            say.text(&against.level_label).to_owned(),
            String::new(),
        ],
        numbers(
            say.text(&labels.probability()),
            [model.probability, against.probability],
            probability.difference,
        ),
        numbers(say.text(&labels.log_odds()), [model.log_odds, against.log_odds], log_odds.difference),
    ];
    // A row for each kind of interval, since one is no measure of the other.
    for (kind, name) in
        [(IntervalKind::Confidence95, labels.interval()), (IntervalKind::VennAbers, labels.interval_two())]
    {
        let of = |standing: &Standing| match standing.interval_kind == kind {
            true => interval(standing.interval.low, standing.interval.high),
            false => String::new(),
        };
        let row = [say.text(&name).to_owned(), of(model), of(against), String::new()];
        if row[1..].iter().any(|cell| !cell.is_empty()) {
            rows.insert(rows.len() - 1, row);
        }
    }
    if let (Some(model), Some(against)) = (&model.lethality, &against.lethality) {
        let name = say.text(&labels.lethality_model()).to_owned();
        let (a, b) = (model.probability, against.probability);
        rows.push([name, format!("{a:.6}"), format!("{b:.6}"), format!("{:+.6}", a - b)]);
    }
    say!("{}", say.table([same(""), same(a), same(b), labels.difference()], rows));
}

fn numbers(name: &str, [a, b]: [f64; 2], difference: f64) -> [String; 4] {
    [name.to_owned(), format!("{a:.4}"), format!("{b:.4}"), format!("{difference:+.4}")]
}

/// What each answer adds to each score, the largest difference first.
fn values(version: &Version, difference: &Difference, [a, b]: [&str; 2], say: Say) {
    let labels = say.labels();
    let parts = &difference.log_odds;
    let mut values: Vec<_> = version.instrument().indicators().iter().zip(&parts.values).collect();
    values.sort_by(|(_, a), (_, b)| b.difference.abs().total_cmp(&a.difference.abs()));
    let shown = |value: f64| say.all || value.abs() >= LEAST;
    let rows = values.iter().filter(|(_, v)| shown(v.difference)).map(|(indicator, v)| {
        [
            format!("{} {}", v.indicator, say.text(&indicator.label)),
            answer(indicator, &v.answer, v.number, say),
            format!("{:+.4}", v.model),
            format!("{:+.4}", v.against),
            format!("{:+.4}", v.difference),
        ]
    });
    let header = [labels.question_log_odds(), labels.answer(), same(a), same(b), labels.difference()];
    say!("\n{}", say.table(header, rows));
    let hidden: Vec<f64> = values.iter().map(|(_, v)| v.difference).filter(|v| !shown(*v)).collect();
    say.left_out(&hidden);
    say.line(&labels.difference_sum(&signed(parts.base), &signed(parts.difference)));
    say!("");
}

/// What makes probability and level differ.
fn parts(difference: &Difference, say: Say) {
    let labels = say.labels();
    let p = &difference.probability;
    say.line(&labels.probability_parts(
        &signed(p.difference),
        &signed(p.score.value),
        &signed(p.score.first),
        &signed(p.score.last),
        &signed(p.calibrator.value),
        &signed(p.calibrator.first),
        &signed(p.calibrator.last),
    ));
    let steps = |share: f64| same(format!("{share:+.2}"));
    say.line(&match &difference.level.steps {
        OrReason::Value(l) => labels.level_parts(
            &same(format!("{:+}", l.steps)),
            &steps(l.score),
            &steps(l.calibrator),
            &steps(l.cut_points),
            &steps(l.rules),
        ),
        OrReason::Undefined(of) => labels.no_level_parts(&say.glossary.reason(&of.undefined)),
    });
    say.line(&labels.all_orders());
}

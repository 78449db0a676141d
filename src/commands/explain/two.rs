//! One case by two versions.

use amparo_datasets::Text;
use amparo_models::Version;
use amparo_models::compare::{Difference, Steps};
use amparo_models::wording::LEAST;

use super::Say;
use crate::show;

pub fn print(version: &Version, against: &Version, difference: &Difference, text: &Text, say: Say) {
    say.paragraphs(text);
    let names = [&difference.model.version, &difference.against.version].map(String::as_str);
    standings(difference, names, say);
    values(version, difference, names, say);
    parts(difference, say);
    if !difference.log_odds.same_population {
        let [a, b] = [version, against].map(|v| &v.manifest().training.cohort_title);
        let note = say.either(
            "cada versión se compara con el caso medio de su propia población",
            "each version compares with the average case of its own population",
        );
        say!("{note}: {a}; {b}");
    }
}

/// What each version gives.
fn standings(difference: &Difference, [a, b]: [&str; 2], say: Say) {
    let Difference { model, against, log_odds, probability, .. } = difference;
    let interval = |low: f64, high: f64| format!("{low:.4} - {high:.4}");
    let mut rows = vec![
        [
            say.either("nivel propuesto", "proposed level").to_owned(),
            say.text(&model.level_label).to_owned(),
            say.text(&against.level_label).to_owned(),
            String::new(),
        ],
        numbers(
            say.either("probabilidad", "probability"),
            [model.probability, against.probability],
            probability.difference,
        ),
        [
            say.either("intervalo del 95 %", "95 % interval").to_owned(),
            interval(model.interval.low, model.interval.high),
            interval(against.interval.low, against.interval.high),
            String::new(),
        ],
        numbers("log-odds", [model.log_odds, against.log_odds], log_odds.difference),
    ];
    if let (Some(model), Some(against)) = (&model.lethality, &against.lethality) {
        let name = say.either("segundo cálculo", "second calculation");
        let (a, b) = (model.probability, against.probability);
        rows.push([name.to_owned(), format!("{a:.6}"), format!("{b:.6}"), format!("{:+.6}", a - b)]);
    }
    say!("{}", show::table(["", a, b, say.either("diferencia", "difference")], rows));
}

fn numbers(name: &str, [a, b]: [f64; 2], difference: f64) -> [String; 4] {
    [name.to_owned(), format!("{a:.4}"), format!("{b:.4}"), format!("{difference:+.4}")]
}

/// What each answer adds to each score, the largest difference first.
fn values(version: &Version, difference: &Difference, [a, b]: [&str; 2], say: Say) {
    let parts = &difference.log_odds;
    let mut values: Vec<_> = version.instrument().indicators().iter().zip(&parts.values).collect();
    values.sort_by(|(_, a), (_, b)| b.difference.abs().total_cmp(&a.difference.abs()));
    let shown = |value: f64| say.all || value.abs() >= LEAST;
    let rows = values.iter().filter(|(_, v)| shown(v.difference)).map(|(indicator, v)| {
        let answer = indicator.answers().iter().find(|a| a.id == v.answer);
        [
            format!("{} {}", v.indicator, say.text(&indicator.label)),
            answer.map_or(v.answer.as_str(), |a| say.text(&a.label)).to_owned(),
            format!("{:+.4}", v.model),
            format!("{:+.4}", v.against),
            format!("{:+.4}", v.difference),
        ]
    });
    let header = [
        say.either("pregunta (pesos en log-odds)", "question (weights in log-odds)"),
        say.either("respuesta", "answer"),
        a,
        b,
        say.either("diferencia", "difference"),
    ];
    say!("\n{}", show::table(header, rows));
    let hidden: Vec<f64> = values.iter().map(|(_, v)| v.difference).filter(|v| !shown(*v)).collect();
    say.left_out(&hidden);
    say!(
        "{} {:+.4} + {} = {:+.4}\n",
        say.either("caso medio", "average case"),
        parts.base,
        say.either("diferencias", "differences"),
        parts.difference
    );
}

/// What makes probability and level differ.
fn parts(difference: &Difference, say: Say) {
    let p = &difference.probability;
    let (weights, curve) = (say.either("pesos", "weights"), say.either("calibración", "calibration"));
    say!(
        "{} {:+.4} = {weights} {:+.4} ({:+.4}, {:+.4}) + {curve} {:+.4} ({:+.4}, {:+.4})",
        say.either("probabilidad", "probability"),
        p.difference,
        p.score.value,
        p.score.first,
        p.score.last,
        p.calibrator.value,
        p.calibrator.first,
        p.calibrator.last
    );
    match &difference.level.steps {
        Steps::Parts(l) => say!(
            "{} {:+} = {weights} {:+.2} + {curve} {:+.2} + {} {:+.2} + {} {:+.2}",
            say.either("niveles", "levels"),
            l.steps,
            l.score,
            l.calibrator,
            say.either("límites", "cut-points"),
            l.cut_points,
            say.either("reglas", "rules"),
            l.rules
        ),
        Steps::Undefined { undefined } => {
            say!("{}: {}", say.either("niveles", "levels"), say.text(undefined));
        }
    }
    say!(
        "{}",
        say.either(
            "media de todos los órdenes de cambiar una cosa tras otra (entre paréntesis: la primera, la última)",
            "mean over all orders of exchanging one thing after the other (in brackets: first, last)",
        )
    );
}

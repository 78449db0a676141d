//! The lines on how well the classes of an ordered outcome are told.

use amparo_evaluation::report::{Classes, ClassesJudged, ToldBy};

use super::Line;

/// Calls `line` with every line: the classes from the lowest; `group` says what they are told by, `level` is a class and `to_level` the true one of a pair.
pub(super) fn each(classes: &Classes, line: &mut impl FnMut(Line)) {
    for (at, class) in classes.ids.iter().enumerate() {
        let is_event = classes.ids.iter().position(|id| *id == classes.from).is_some_and(|from| at >= from);
        line(Line {
            metric: if is_event { "event" } else { "no_event" }.to_owned(),
            level: class.clone(),
            ..Line::of("class")
        });
    }
    line(Line { metric: "unknown".to_owned(), n: classes.unknown.to_string(), ..Line::of("class") });
    classes.judged.iter().for_each(|one| judged(one, line));
    for name in &classes.not_judged {
        line(Line { version: name.clone(), metric: "not_judged".to_owned(), ..Line::of("classes") });
    }
}

fn judged(one: &ClassesJudged, line: &mut impl FnMut(Line)) {
    let by = match one.by {
        ToldBy::Probabilities => "probabilities",
        ToldBy::Levels => "levels",
    };
    let mut own = |inner: Line| line(Line { version: one.name.clone(), group: by.to_owned(), ..inner });
    for (metric, measure) in [
        ("kappa_quadratic", &one.kappa_quadratic),
        ("ranked_probability_score", &one.ranked_probability_score),
        ("macro_f1", &one.macro_f1),
    ] {
        own(Line::of("classes").key(metric).measure(measure));
    }
    for class in &one.by_class {
        let mut of_class = |inner: Line| own(Line { level: class.class.clone(), ..inner });
        for (metric, n) in [("rows", class.n), ("told", class.told)] {
            of_class(Line { metric: metric.to_owned(), n: n.to_string(), ..Line::of("class_told") });
        }
        for (metric, measure) in
            [("recall", &class.recall), ("precision", &class.precision), ("higher", &class.higher)]
        {
            of_class(Line::of("class_told").key(metric).measure(measure));
        }
    }
    for cell in &one.cells {
        own(Line {
            level: cell.told.clone(),
            to_level: cell.is.clone(),
            n: cell.n.to_string(),
            ..Line::of("class_cell")
        });
    }
}

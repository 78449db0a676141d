//! How well a version ranks cases.

use amparo_evaluation::input::Kind;
use amparo_evaluation::report::ScoredReport;

use crate::telling::lang::tell;
use crate::telling::view::View;

pub(super) fn sentences(view: &View<'_>, one: &ScoredReport) -> Vec<String> {
    let lang = view.lang;
    let name = &one.name;
    let Some((auc, value)) = one.overall.get("auc").and_then(|auc| Some((auc, auc.value()?))) else {
        return vec![tell!(
            lang,
            "No se conoce el área bajo la curva ROC de {name}.",
            "The area under the ROC curve of {name} is not known."
        )];
    };
    let rows = &view.report.rows;
    let mut out = vec![tell!(
        lang,
        "El área bajo la curva ROC de {name} es {} (n\u{a0}=\u{a0}{}, con el suceso {}). Si se toman al azar un caso con el suceso y otro sin él, puntúa más alto al primero unas {} veces de cada 100.",
        "The area under the ROC curve of {name} is {} (n\u{a0}=\u{a0}{}, with the outcome {}). If one case with the outcome and one without are drawn at random, it scores the first higher about {} times in 100.";
        view.measure("auc", auc),
        view.numbers.count(rows.n),
        view.numbers.count(rows.events),
        view.numbers.fixed(100.0 * value, 0)
    )];
    if let Some(ceiling) = one.overall.get("oracle_auc").filter(|measure| measure.value().is_some()) {
        out.push(tell!(
            lang,
            "Una puntuación que conociera el riesgo verdadero alcanzaría {}.",
            "A score that knew the true risk would reach {}.";
            view.measure("oracle_auc", ceiling)
        ));
    }
    out
}

/// Which of all the versions ranks best; `None` where there are no more than two.
pub(super) fn among_all(view: &View<'_>, one: &ScoredReport) -> Option<String> {
    let lang = view.lang;
    let (best, auc, _) = view.best()?;
    let versions = view.report.scored.iter().filter(|one| matches!(one.kind, Kind::Version { .. })).count();
    if versions <= 2 {
        return None;
    }
    let leader = if best.name == one.name {
        tell!(
            lang,
            "De las {versions} versiones comparadas, {} es la que tiene la mayor área bajo la curva ROC.",
            "Of the {versions} versions compared, {} has the largest area under the ROC curve.";
            best.name
        )
    } else {
        tell!(
            lang,
            "De las {versions} versiones comparadas, la que tiene la mayor área bajo la curva ROC es {}: {}.",
            "Of the {versions} versions compared, {} has the largest area under the ROC curve: {}.";
            best.name,
            view.measure("auc", auc)
        )
    };
    let flattered = lang.pick(
        "Elegir la mejor de varias versiones con las mismas filas la hace parecer algo mejor de lo que es.",
        "Choosing the best of several versions on the same rows makes it look somewhat better than it is.",
    );
    Some(format!("{leader} {flattered}"))
}

//! What is said of how rows differ from those that a model was fitted on.

use amparo_evaluation::measure::Count;
use amparo_evaluation::report::{CaseMix, IndicatorMix};

use super::lang::tell;
use super::number::Unit;
use super::view::View;

/// The difference in sentences: the answers, those that were not learned, the scores and the ranking.
pub(crate) fn sentences(view: &View<'_>, mix: &CaseMix) -> Vec<String> {
    let sentences =
        [Some(indicators(view, mix)), unlearned(view, mix), scores(view, mix), ranking(view, mix)];
    sentences.into_iter().flatten().collect()
}

fn indicators(view: &View<'_>, mix: &CaseMix) -> String {
    let different: Vec<&IndicatorMix> = mix.indicators.iter().filter(|one| one.differs()).collect();
    let n = mix.indicators.len();
    let Some(most) = different.first() else {
        return tell!(
            view.lang,
            "Las respuestas a ninguno de los {n} indicadores difieren de las del ajuste ({}) más de lo que explica el azar.",
            "The answers to none of the {n} indicators differ from those of the fit ({}) by more than chance explains.";
            mix.fitted.cohort
        );
    };
    let share = view.numbers.value(Unit::Share, most.total_variation);
    tell!(
        view.lang,
        "Las respuestas a {} de los {n} indicadores difieren de las del ajuste ({}) más de lo que explica el azar; las que más, las de {} ({}): un {share} de las filas tendría que responder otra cosa.",
        "The answers to {} of the {n} indicators differ from those of the fit ({}) by more than chance explains; most of all those to {} ({}): {share} of the rows would have to answer otherwise.";
        different.len(),
        mix.fitted.cohort,
        most.indicator,
        view.lang.of(&most.label)
    )
}

fn unlearned(view: &View<'_>, mix: &CaseMix) -> Option<String> {
    (mix.with_unlearned != Count::Exact(0)).then(|| {
        tell!(
            view.lang,
            "En {} de las {} valoraciones hay una respuesta que el modelo no ha aprendido.",
            "Of the {1} assessments, {0} have an answer that the model has not learned.";
            view.numbers.rows(mix.with_unlearned),
            view.numbers.count(mix.here.n)
        )
    })
}

fn scores(view: &View<'_>, mix: &CaseMix) -> Option<String> {
    let scores = mix.scores?;
    let [percentile, above] = [scores.mean_percentile, scores.above_ninth_decile]
        .map(|share| view.numbers.value(Unit::Share, share));
    Some(tell!(
        view.lang,
        "La puntuación de una valoración supera de media a la de un {percentile} de las del ajuste; la de un {above} supera a la de nueve de cada diez.",
        "On average the score of an assessment is higher than that of {percentile} of those of the fit; that of {above} is higher than that of nine in ten."
    ))
}

/// What a difference in ranking comes from: other cases, or a model whose ranking does not hold for them.
fn ranking(view: &View<'_>, mix: &CaseMix) -> Option<String> {
    let expected = mix.auc.expected?;
    let observed = view.report.scored(&mix.name)?.overall.get("auc")?;
    let (low, high) = observed.interval()?;
    let verdict = if high < expected {
        view.lang.pick(
            "el modelo ordena estos casos peor de lo que dicen sus probabilidades",
            "the model ranks these cases worse than its probabilities say",
        )
    } else if low > expected {
        view.lang.pick(
            "el modelo ordena estos casos mejor de lo que dicen sus probabilidades",
            "the model ranks these cases better than its probabilities say",
        )
    } else {
        view.lang.pick(
            "no se ha demostrado que el modelo ordene estos casos de otro modo",
            "it has not been shown that the model ranks these cases otherwise",
        )
    };
    let (expected, observed) = (view.numbers.value(Unit::Decimal, expected), view.measure("auc", observed));
    Some(tell!(
        view.lang,
        "Según sus propias probabilidades cabe esperar un área bajo la curva ROC de {expected} en estos casos; la observada es {observed}: {verdict}.",
        "By the probabilities themselves an area under the ROC curve of {expected} is to be expected of these cases; the observed one is {observed}: {verdict}."
    ))
}

//! Why a number or an interval is missing, in words.

use amparo_evaluation::audit::{Finding, ThresholdRow};
use amparo_evaluation::reason::{Reason, SmallCell};

use super::lang::Lang;

/// A reason in a language, as it stands behind a number or behind "not known".
#[must_use]
pub fn reason(reason: &Reason, lang: Lang) -> String {
    let (es, en) = match *reason {
        Reason::Suppressed { fewer_than, of } => {
            let of = small_cell(of, lang);
            return lang.pick(
                format!("suprimido: menos de {fewer_than} {of}"),
                format!("suppressed: fewer than {fewer_than} {of}"),
            );
        }
        Reason::UndefinedInResamples { undefined, drawn } => {
            return lang.pick(
                format!("sin intervalo: indefinido en {undefined} de {drawn} remuestras"),
                format!("no interval: undefined in {undefined} of {drawn} resamples"),
            );
        }
        Reason::NotAProbability => (
            "una columna externa contiene un valor bruto, no una probabilidad",
            "an external column holds a raw value, not a probability",
        ),
        Reason::NoTrueProbability => (
            "no se conoce la probabilidad verdadera: la cohorte no es sintética",
            "the true probability is unknown: the cohort is not synthetic",
        ),
        Reason::InfiniteLogOdds => (
            "una probabilidad es exactamente 0 o 1 y su logit es infinito",
            "a probability is exactly 0 or 1, so its log-odds are infinite",
        ),
        Reason::NoLevels => ("no se asignaron niveles", "no levels were assigned"),
        Reason::NoSuchLevel => ("no tiene ese nivel", "it has no such level"),
        Reason::NoThreshold => (
            "el nivel no empieza en ninguna probabilidad entre 0 y 1",
            "the level begins at no probability within (0, 1)",
        ),
        Reason::NoSevereOutcome => {
            ("no se indicó ningún resultado más grave", "no more severe outcome was named")
        }
        Reason::NoFollowUp => (
            "no se conocen los días hasta el suceso o hasta el fin del seguimiento",
            "the days to the event or to the end of follow-up are not known",
        ),
        Reason::NoScoreInFollowUp => {
            ("las filas del seguimiento no tienen puntuación", "the rows of the follow-up have no score")
        }
        Reason::NobodyInSight => (
            "indefinido: todas las filas se perdieron de vista antes",
            "undefined: every row was lost from sight before",
        ),
        Reason::ScoreMissingInSomeRows => (
            "sin comparar: algunas filas no tienen esa puntuación",
            "not compared: some rows have no such score",
        ),
        Reason::NoReassessmentPeriod => (
            "indefinido: el nivel no tiene plazo de reevaluación",
            "undefined: the level has no period of reassessment",
        ),
        Reason::NoProtocol => (
            "indefinido: ningún protocolo fija el plazo de reevaluación de estos niveles",
            "undefined: the levels have no protocol that states a period of reassessment",
        ),
        Reason::NoVersionInForce => {
            ("no hay versión vigente con la que comparar", "there is no version in force to compare with")
        }
        Reason::NoRows => ("indefinido: no hay filas", "undefined: no rows"),
        Reason::NoWeight => ("indefinido: no hay peso", "undefined: no weight"),
        Reason::ZeroDenominator => ("indefinido: el denominador es 0", "undefined: its denominator is 0"),
        Reason::InfiniteLoss => (
            "indefinido: un caso con el suceso tenía probabilidad 0, o uno sin él, 1",
            "undefined: an event had probability 0, or a non-event 1",
        ),
        Reason::NoSlope => (
            "indefinido: la probabilidad es constante o separa los resultados",
            "undefined: the probability is constant or separates the outcomes",
        ),
        Reason::OneOutcome => (
            "indefinido: el suceso ocurrió en todas las filas, o en ninguna",
            "undefined: the event happened in every row, or in none",
        ),
        Reason::NoConvergence => (
            "no encontrado: el valor existe, pero la búsqueda no llegó a término",
            "not found: the value exists, but the search for it did not come to an end",
        ),
        Reason::OneLevel => (
            "indefinido: todas las filas tienen el mismo único nivel en ambos lados",
            "undefined: all rows have the same one level on both sides",
        ),
        Reason::NoComparablePair => (
            "indefinido: a ningún suceso le sigue una fila todavía en seguimiento",
            "undefined: no event is followed by a row still under observation",
        ),
        Reason::ReferenceIsZero => (
            "indefinido: el valor de la etiqueta de referencia es 0",
            "undefined: the reference label's value is 0",
        ),
        Reason::HighestIsZero => ("indefinido: el valor más alto es 0", "undefined: the highest value is 0"),
        Reason::LowestIsZero => (
            "sin intervalo: el valor más bajo es 0, que no tiene logaritmo",
            "no interval: the lowest value is 0, which has no logarithm",
        ),
        Reason::NotRecorded => {
            ("no consta: no es una etiqueta entre otras", "not recorded: no label among others")
        }
        Reason::FewerThanTwoLabels => {
            ("menos de dos etiquetas tienen valor", "fewer than two labels have a value")
        }
        Reason::NoBrierOrFewerThanTwoLabels => (
            "no hay puntuación de Brier, o menos de dos etiquetas tienen valor",
            "no Brier score, or fewer than two labels have a value",
        ),
        Reason::NoRatio => (
            "sin cociente: el cero de la medida no significa nada, o el ruido solo la aumenta",
            "no ratio: the metric has no zero that means none, or noise only adds to it",
        ),
        Reason::NoRatioOfLarger => {
            ("sin cociente: es la mayor de dos diferencias", "no ratio: it is the larger of two differences")
        }
        Reason::RiskUndetermined => (
            "los resultados de un periodo, o de todos, no determinan su riesgo",
            "the outcomes of a period, or of all, do not determine its risk",
        ),
        Reason::RiskUndeterminedInResamples => (
            "muy pocas remuestras determinan el riesgo de todos los periodos",
            "too few resamples determine the risk of every period",
        ),
        Reason::PeriodsAlike => (
            "con estas filas no se distingue el riesgo de unos periodos y otros",
            "the risk of the periods cannot be told apart with this many rows",
        ),
        Reason::ElasticityOnBothSides => {
            ("el intervalo de la elasticidad abarca 1/2", "the interval of the elasticity reaches over 1/2")
        }
        Reason::ElasticityUndefined => (
            "demasiadas remuestras dejan la elasticidad indefinida",
            "too many resamples leave the elasticity undefined",
        ),
        Reason::SameInResamples => {
            ("sin intervalo: igual en todas las remuestras", "no interval: the same in every resample")
        }
        Reason::OneSideSameInResamples => (
            "sin intervalo: uno de los valores es igual en todas las remuestras",
            "no interval: one of the values is the same in every resample",
        ),
        Reason::NotResampled => ("sin intervalo: no se remuestreó", "no interval: it was not resampled"),
        Reason::OneCase => (
            "sin intervalo: uno de los resultados tiene un solo caso",
            "no interval: an outcome has one case only",
        ),
        Reason::NoDeviation => (
            "sin intervalo: ningún caso se aparta de los demás",
            "no interval: no case deviates from the others",
        ),
        Reason::SameInCases => {
            ("sin intervalo: igual en todos los casos", "no interval: the same in every case")
        }
        Reason::NoSimultaneousInterval => ("sin intervalo simultáneo", "no simultaneous interval"),
        Reason::ContradictingIntervals => (
            "los intervalos de la diferencia, de la anterior y de su cambio se contradicen entre sí",
            "the intervals of the gap, of the gap before and of its change contradict one another",
        ),
        Reason::NotInReport => ("no está en el informe", "not in the report"),
        Reason::NotComputed => ("no calculado", "not computed"),
        Reason::NotComputedForGroup => ("no calculado para este grupo", "not computed for this group"),
    };
    lang.pick(es, en).to_owned()
}

/// What the capacity test found at a threshold rests on.
pub(super) fn because(row: &ThresholdRow, lang: Lang) -> String {
    let (es, en) = match (row.because, row.finding) {
        (Some(because), _) => return reason(&because, lang),
        (None, Finding::Follows) => ("la proporción varía con el riesgo", "the share moves with the risk"),
        (None, Finding::Fixed) => (
            "la proporción se mantiene mientras el riesgo varía",
            "the share stays where it is while the risk moves",
        ),
        (None, Finding::CannotTell) => ("no se puede saber", "cannot tell"),
    };
    lang.pick(es, en).to_owned()
}

/// What there is too little of, after "fewer than 10".
fn small_cell(of: SmallCell, lang: Lang) -> &'static str {
    let (es, en) = match of {
        SmallCell::Rows => ("filas", "rows"),
        SmallCell::Events => ("sucesos", "events"),
        SmallCell::RowsWithoutEvent => ("filas sin el suceso", "rows without the event"),
        SmallCell::RowsWithOrWithoutEvent => {
            ("filas con el suceso o sin él", "rows with the event or without it")
        }
        SmallCell::SevereOutcomes => ("resultados graves", "severe outcomes"),
        SmallCell::RowsAtLevel => ("filas en el nivel", "rows at the level"),
        SmallCell::RowsAtLevelOrAbove => ("filas en el nivel o por encima", "rows at the level or above"),
        SmallCell::RowsBelowLevel => ("filas por debajo del nivel", "rows below the level"),
        SmallCell::RowsOnEitherSideOfLevel => {
            ("filas en el nivel o por encima, o por debajo de él", "rows at the level or above, or below it")
        }
        SmallCell::RowsAtThresholdOrAbove => {
            ("filas en el umbral o por encima", "rows at the threshold or above")
        }
        SmallCell::RowsInACell => ("filas en una de las celdas que hay detrás", "rows in a cell behind it"),
        SmallCell::RowsWithOrWithoutIndicator => {
            ("filas con el indicador o sin él", "rows with it or without it")
        }
        SmallCell::ProposalsInACell => {
            ("propuestas en una de las celdas que hay detrás", "proposals in a cell behind it")
        }
        SmallCell::OwnViews => ("valoraciones propias", "own views"),
    };
    lang.pick(es, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_the_words() {
        let undefined = Reason::UndefinedInResamples { undefined: 2, drawn: 100 };
        assert_eq!(reason(&undefined, Lang::Es), "sin intervalo: indefinido en 2 de 100 remuestras");
        assert_eq!(reason(&undefined, Lang::En), "no interval: undefined in 2 of 100 resamples");
        let suppressed = Reason::suppressed(10, SmallCell::RowsAtLevel);
        assert_eq!(reason(&suppressed, Lang::Es), "suprimido: menos de 10 filas en el nivel");
        assert_eq!(reason(&suppressed, Lang::En), "suppressed: fewer than 10 rows at the level");
    }
}

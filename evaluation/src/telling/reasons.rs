//! The reasons for missing numbers, in Spanish; the report itself holds them in English.

const WHOLE: &[(&str, &str)] = &[
    (
        "a foreign column holds a raw value, not a probability",
        "una columna ajena contiene un valor bruto, no una probabilidad",
    ),
    (
        "the true probability is unknown: the cohort is not synthetic",
        "no se conoce la probabilidad verdadera: la cohorte no es sintética",
    ),
    (
        "a probability is exactly 0 or 1, so its log-odds are infinite",
        "una probabilidad es exactamente 0 o 1 y su logit es infinito",
    ),
    (
        "no Brier score, or fewer than two labels have a value",
        "no hay puntuación de Brier, o menos de dos etiquetas tienen valor",
    ),
    (
        "the days to the event or to the end of follow-up are not known",
        "no se conocen los días hasta el suceso o hasta el fin del seguimiento",
    ),
    ("no graver outcome was named", "no se indicó un resultado más grave"),
    ("no interval: an outcome has one case only", "sin intervalo: uno de los resultados tiene un solo caso"),
    ("no interval: no case deviates from the others", "sin intervalo: ningún caso se aparta de los demás"),
    ("no interval: not resampled", "sin intervalo: no se remuestreó"),
    ("not resampled", "no se remuestreó"),
    ("no interval: the same in every case", "sin intervalo: igual en todos los casos"),
    (
        "no interval: the lowest value is 0, which has no logarithm",
        "sin intervalo: el valor más bajo es 0, que no tiene logaritmo",
    ),
    ("no ratio: it is the larger of two spreads", "sin cociente: es la mayor de dos diferencias"),
    (
        "no ratio: the metric has no zero that means none, or noise only adds to it",
        "sin cociente: el cero de la medida no significa nada, o el ruido solo la aumenta",
    ),
    ("undefined: the highest value is 0", "indefinido: el valor más alto es 0"),
    ("undefined: the reference label's value is 0", "indefinido: el valor de la etiqueta de referencia es 0"),
    ("undefined: no rows", "indefinido: no hay filas"),
    ("undefined: no weight", "indefinido: no hay peso"),
    (
        "undefined: no event is followed by a row still in sight",
        "indefinido: a ningún suceso le sigue una fila aún en seguimiento",
    ),
    (
        "undefined: all have the same one level on both sides",
        "indefinido: todas tienen el mismo único nivel en ambos lados",
    ),
    (
        "undefined: all rows have the same one level on both sides",
        "indefinido: todas las filas tienen el mismo único nivel en ambos lados",
    ),
    (
        "undefined: the level has no period of reassessment",
        "indefinido: el nivel no tiene plazo de reevaluación",
    ),
    (
        "undefined: the levels have no protocol that states a period of reassessment",
        "indefinido: ningún protocolo fija el plazo de reevaluación de estos niveles",
    ),
    (
        "undefined: the share of the level was not computed",
        "indefinido: no se calculó la proporción del nivel",
    ),
    ("no period is stated", "no se declara plazo"),
    ("no levels were assigned", "no se asignaron niveles"),
    (
        "undefined: an event had probability 0, or a non-event 1",
        "indefinido: un caso con el suceso tenía probabilidad 0, o uno sin él, 1",
    ),
    (
        "undefined: the probability is constant or separates the outcomes",
        "indefinido: la probabilidad es constante o separa los resultados",
    ),
    ("undefined: its denominator is 0", "indefinido: el denominador es 0"),
    ("not compared: some rows have no such score", "sin comparar: algunas filas no tienen esa puntuación"),
    ("no interval: the same in every resample", "sin intervalo: igual en todas las remuestras"),
    (
        "no interval: one of the values is the same in every resample",
        "sin intervalo: uno de los valores es igual en todas las remuestras",
    ),
    ("fewer than two labels have a value", "menos de dos etiquetas tienen valor"),
    ("not in the report", "no está en el informe"),
    ("not computed", "no calculado"),
    ("not computed for this group", "no calculado para este grupo"),
    ("not compared", "no comparado"),
    ("it has no such level", "no tiene ese nivel"),
];

const UNITS: &[(&str, &str)] = &[
    ("rows at the level", "filas en el nivel"),
    ("rows in a cell behind it", "filas en una de las celdas que hay detrás"),
    ("rows", "filas"),
    ("events", "sucesos"),
    ("rows without the event", "filas sin el suceso"),
    ("rows at the level or above", "filas en el nivel o por encima"),
    ("rows below the level", "filas por debajo del nivel"),
    ("rows at the level or above, or below it", "filas en el nivel o por encima, o por debajo de él"),
    ("rows at the threshold or above", "filas en el umbral o por encima"),
    ("rows with the event or without it", "filas con el suceso o sin él"),
    ("severe outcomes", "resultados graves"),
];

/// The Spanish of a reason; `None` for one this table does not know.
pub(crate) fn spanish(reason: &str) -> Option<String> {
    if let Some((_, es)) = WHOLE.iter().find(|(en, _)| *en == reason) {
        return Some((*es).to_owned());
    }
    if let Some((k, what)) =
        reason.strip_prefix("suppressed: fewer than ").and_then(|rest| rest.split_once(' '))
    {
        let what = UNITS.iter().find(|(en, _)| *en == what)?.1;
        return Some(format!("suprimido: menos de {k} {what}"));
    }
    let (undefined, drawn) =
        reason.strip_prefix("no interval: undefined in ")?.strip_suffix(" resamples")?.split_once(" of ")?;
    Some(format!("sin intervalo: indefinido en {undefined} de {drawn} remuestras"))
}

#[cfg(test)]
mod tests {
    use super::spanish;

    #[test]
    fn patterns_and_unknown_reasons() {
        let es = spanish("no interval: undefined in 2 of 100 resamples");
        assert_eq!(es.as_deref(), Some("sin intervalo: indefinido en 2 de 100 remuestras"));
        let es = spanish("suppressed: fewer than 10 rows at the level");
        assert_eq!(es.as_deref(), Some("suprimido: menos de 10 filas en el nivel"));
        assert_eq!(spanish("suppressed: fewer than 10 moons"), None);
        assert_eq!(spanish("something else"), None);
    }
}

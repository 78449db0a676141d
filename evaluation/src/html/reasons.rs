//! The reasons for missing numbers, in Spanish; the report itself holds them in English.

const WHOLE: [(&str, &str); 15] = [
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
    ("no interval: the same in every resample", "sin intervalo: igual en todas las remuestras"),
    (
        "no interval: a highest less lowest is never negative and grows with noise",
        "sin intervalo: la diferencia entre el mayor y el menor nunca es negativa y crece con el ruido",
    ),
    ("fewer than two labels have a value", "menos de dos etiquetas tienen valor"),
    ("not in the report", "no está en el informe"),
    ("not computed", "no calculado"),
    ("not computed for this group", "no calculado para este grupo"),
    ("not compared", "no comparado"),
    ("it has no such level", "no tiene ese nivel"),
];

const UNITS: [(&str, &str); 7] = [
    ("rows at the level", "filas en el nivel"),
    ("rows in a cell behind it", "filas en una de las celdas que hay detrás"),
    ("rows", "filas"),
    ("events", "sucesos"),
    ("rows without the event", "filas sin el suceso"),
    ("rows at the level or above", "filas en el nivel o por encima"),
    ("rows below the level", "filas por debajo del nivel"),
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

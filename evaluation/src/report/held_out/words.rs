//! How rows were held out, in words.

use super::{Compared, HeldOut, How, PartialScore, Proof, VersionHeldOut};
use crate::definitions::Text;

/// A sentence in both languages that grows.
struct Sentence {
    es: String,
    en: String,
}

impl Sentence {
    fn new(es: String, en: String) -> Self {
        Self { es, en }
    }

    fn push(&mut self, es: &str, en: &str) {
        self.es.push_str(es);
        self.en.push_str(en);
    }

    fn into_text(self) -> Text {
        Text { es: self.es.into(), en: self.en.into() }
    }
}

/// The description in words.
pub(super) fn text(held_out: &HeldOut) -> Text {
    match held_out {
        HeldOut::Versions { n_rows, versions, partial } => of_versions(*n_rows, versions, partial).into_text(),
        HeldOut::CaseControl { n_rows } => Sentence::new(
            format!(
                "ajuste cruzado: {n_rows} filas de una muestra de casos y controles, ponderada a la población, cada una puntuada con \
                 puntos ajustados y calibrados sin su caso; las remuestras se extraen dentro de casos y de controles, como la muestra"
            ),
            format!(
                "cross-fitting: {n_rows} rows of a case-control sample, weighted to the population, each scored by points fitted and \
                 calibrated without its case; resamples are drawn within cases and controls, as the sample was"
            ),
        )
        .into_text(),
        HeldOut::Stated { text } => Sentence::new(text.clone(), text.clone()).into_text(),
    }
}

fn of_versions(n: u64, versions: &[VersionHeldOut], partial: &[PartialScore]) -> Sentence {
    let named = |is: &dyn Fn(How) -> bool| {
        let names = versions.iter().filter(|one| is(one.how)).map(|one| format!("`{}`", one.version));
        names.collect::<Vec<_>>().join(", ")
    };
    let tested = named(&|how| how == How::TestPart);
    let is_other = |how: How| matches!(how, How::OtherCohort { .. } | How::Recalibrated { .. });
    let has_other = versions.iter().any(|one| is_other(one.how));
    let mut sentence = match (crossed(versions), tested.is_empty()) {
        (None, true) => Sentence::new(
            format!(
                "las {n} filas con resultado conocido de una cohorte con la que no se entrenó ninguna versión"
            ),
            format!("all {n} labelled rows of a cohort that no version was trained on"),
        ),
        (None, false) => Sentence::new(
            format!(
                "parte de prueba: {n} filas de casos con los que no se ajustó ni calibró ninguna versión"
            ),
            format!("test part: {n} rows of cases that no version was fitted or calibrated on"),
        ),
        (Some(crossed), true) => Sentence::new(
            format!(
                "ajuste cruzado: {n} filas, cada una puntuada {} veces por modelos que las configuraciones de las versiones ajustan y \
                 calibran con {}, sin su propio caso",
                crossed.repeats, crossed.es
            ),
            format!(
                "cross-fitting: {n} rows, each scored {} times by models that the versions' configs fit and calibrate on {}, its own \
                 case not among them",
                crossed.repeats, crossed.en
            ),
        ),
        (Some(crossed), false) => {
            let by_fits = named(&|how| matches!(how, How::CrossFit { .. }));
            Sentence::new(
                format!(
                    "parte de prueba: {n} filas de casos con los que no se ajustó ni calibró {tested}; ajuste cruzado: para {by_fits}, \
                     cada fila se puntúa {} veces con modelos que su configuración ajusta y calibra con {}, sin su propio caso",
                    crossed.repeats, crossed.es
                ),
                format!(
                    "test part: {n} rows of cases that {tested} was not fitted or calibrated on; cross-fitting: for {by_fits}, each row \
                     is scored {} times by models that its config fits and calibrates on {}, its own case not among them",
                    crossed.repeats, crossed.en
                ),
            )
        }
    };
    if has_other {
        if versions.iter().any(|one| !is_other(one.how)) {
            sentence.push(
                "; las versiones entrenadas con otra cohorte puntúan las mismas filas tal como son",
                "; versions that were trained on another cohort score the same rows as they are",
            );
        }
        proofs(versions, &mut sentence);
    }
    for one in versions {
        let How::Recalibrated { folds } = one.how else { continue };
        let (version, seen) = (&one.version, folds.saturating_sub(1));
        sentence.push(
            &format!(
                "; `{version}` se recalibró con estas filas: cada una recibe su probabilidad de una calibración ajustada con {seen} de {folds} \
                 partes de los casos, sin el suyo"
            ),
            &format!(
                "; `{version}` was recalibrated on these rows: each is given its probability by a calibrator that was fitted on {seen} of {folds} \
                 parts of the cases, its own not among them"
            ),
        );
    }
    for PartialScore { score, n_rows } in partial {
        match n_rows {
            0 => sentence
                .push(&format!("; ninguna fila tiene `{score}`"), &format!("; no row has a `{score}`")),
            n => sentence.push(
                &format!("; `{score}` en las {n} filas que la tienen"),
                &format!("; `{score}` on the {n} rows that have one"),
            ),
        }
    }
    sentence
}

/// Whether it was proved that each version saw none of the cases: one clause for the versions of which the same is to be said.
fn proofs(versions: &[VersionHeldOut], sentence: &mut Sentence) {
    let mut told: Vec<(Proof, Vec<String>)> = Vec::new();
    for one in versions {
        let How::OtherCohort { proof } = one.how else { continue };
        let name = format!("`{}`", one.version);
        match told.iter_mut().find(|(other, _)| *other == proof) {
            Some((_, names)) => names.push(name),
            None => told.push((proof, vec![name])),
        }
    }
    for (proof, names) in told {
        let names = names.join(", ");
        let (es, en) = match proof {
            Proof::NoneInCommon { compared } => (
                format!(
                    "; que {names} no vio ninguno de estos casos está demostrado para sus identificadores: ninguno de los {} está entre los {} \
                     de su ajuste y calibración (huellas con clave){}",
                    compared.n_cases,
                    compared.n_seen,
                    answers_es(compared)
                ),
                format!(
                    "; that {names} saw none of these cases is proved for their ids: none of the {} is among the {} that it was fitted and \
                     calibrated on (keyed fingerprints){}",
                    compared.n_cases,
                    compared.n_seen,
                    answers_en(compared)
                ),
            ),
            Proof::AnswersInCommon { compared } => (
                format!(
                    "; que {names} no vio ninguno de estos casos lo declaró quien evaluó, y no está demostrado: ninguno de los {} \
                     identificadores está entre los {} de su ajuste y calibración, pero las mismas personas pueden estar en ambas cohortes con \
                     otros identificadores{}",
                    compared.n_cases,
                    compared.n_seen,
                    answers_es(compared)
                ),
                format!(
                    "; that {names} saw none of these cases was stated by whoever evaluated, and is not proved: none of the {} ids is among \
                     the {} that it was fitted and calibrated on, but the same people may stand in both cohorts under other ids{}",
                    compared.n_cases,
                    compared.n_seen,
                    answers_en(compared)
                ),
            ),
            Proof::NoCaseIds | Proof::NoFingerprints | Proof::OtherKey => {
                let [es, en] = match proof {
                    Proof::NoCaseIds => [
                        "una de las tablas no identifica sus casos",
                        "one of the tables does not name its cases",
                    ],
                    Proof::OtherKey => [
                        "las huellas de los casos de su ajuste se hicieron con otra clave",
                        "the fingerprints of the cases that it was fitted on were made with another key",
                    ],
                    _ => [
                        "el registro no guarda huellas de los casos de su ajuste",
                        "the registry holds no fingerprints of the cases that it was fitted on",
                    ],
                };
                (
                    format!(
                        "; que {names} no vio ninguno de estos casos lo declaró quien evaluó, y no está demostrado, porque {es}"
                    ),
                    format!(
                        "; that {names} saw none of these cases was stated by whoever evaluated, and is not proved, because {en}"
                    ),
                )
            }
        };
        sentence.push(&es, &en);
    }
}

fn answers_es(compared: Compared) -> String {
    let Compared { n_answers, n_answers_expected, .. } = compared;
    format!(
        "; {n_answers} casos tienen las respuestas de alguno de estos, y se esperan unos {n_answers_expected} de personas nunca vistas"
    )
}

fn answers_en(compared: Compared) -> String {
    let Compared { n_answers, n_answers_expected, .. } = compared;
    format!(
        "; {n_answers} cases have the answers of one of these, and about {n_answers_expected} are expected of people who were never seen"
    )
}

/// What cross-fitting does: how often, and on how many parts of the cases.
struct Crossed {
    repeats: u64,
    es: String,
    en: String,
}

/// `None` if no version is judged by cross-fitting; all that are repeat it as often.
fn crossed(versions: &[VersionHeldOut]) -> Option<Crossed> {
    let mut of_folds: Vec<(u64, Vec<&str>)> = Vec::new();
    let mut repeats = None;
    for one in versions {
        if let How::CrossFit { folds, repeats: times } = one.how {
            repeats = Some(times);
            match of_folds.iter_mut().find(|(other, _)| *other == folds) {
                Some((_, names)) => names.push(&one.version),
                None => of_folds.push((folds, vec![&one.version])),
            }
        }
    }
    let parts = |folds: u64| {
        let seen = folds.saturating_sub(1);
        [format!("{seen} de {folds} partes de los casos"), format!("{seen} of {folds} parts of the cases")]
    };
    let [es, en] = match &of_folds[..] {
        [(folds, _)] => parts(*folds),
        several => {
            let each = several.iter().map(|(folds, names)| {
                let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                parts(*folds).map(|parts| format!("{parts} ({names})"))
            });
            let (es, en): (Vec<_>, Vec<_>) = each.map(|[es, en]| (es, en)).unzip();
            [es.join(" o "), en.join(" or ")]
        }
    };
    Some(Crossed { repeats: repeats?, es, en })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(name: &str, how: How) -> VersionHeldOut {
        VersionHeldOut { version: name.to_owned(), how }
    }

    fn of(versions: &[(&str, How)], partial: &[(&str, u64)]) -> Text {
        HeldOut::Versions {
            n_rows: 300,
            versions: versions.iter().map(|(name, how)| version(name, *how)).collect(),
            partial: partial
                .iter()
                .map(|(score, n_rows)| PartialScore { score: (*score).to_owned(), n_rows: *n_rows })
                .collect(),
        }
        .text()
    }

    const FIVE: How = How::CrossFit { folds: 5, repeats: 3 };
    const COMPARED: Compared = Compared { n_cases: 250, n_seen: 900, n_answers: 12, n_answers_expected: 10 };
    const NONE: Proof = Proof::NoneInCommon { compared: COMPARED };
    const TEN: How = How::CrossFit { folds: 10, repeats: 3 };

    fn other(proof: Proof) -> How {
        How::OtherCohort { proof }
    }

    #[test]
    fn what_is_not_proved_says_why_of_each_version() {
        let suspect = other(Proof::AnswersInCommon { compared: Compared { n_answers: 240, ..COMPARED } });
        let text = of(
            &[("a@1", suspect), ("b@1", other(Proof::NoCaseIds)), ("c@1", suspect), ("d@1", other(NONE))],
            &[],
        );
        for said in [
            "; that `a@1`, `c@1` saw none of these cases was stated by whoever evaluated, and is not proved: none of the 250 ids is among",
            "under other ids; 240 cases have the answers of one of these, and about 10 are expected",
            "; that `b@1` saw none of these cases was stated by whoever evaluated, and is not proved, because one of the tables does not",
            "; that `d@1` saw none of these cases is proved for their ids: none of the 250",
        ] {
            assert!(text.en.contains(said), "`{said}` is not in {}", text.en);
        }
        for said in [
            "que `a@1`, `c@1` no vio",
            "240 casos tienen",
            "una de las tablas no identifica",
            "`d@1` no vio ninguno de estos casos está demostrado",
        ] {
            assert!(text.es.contains(said), "`{said}` is not in {}", text.es);
        }
    }

    #[test]
    fn one_way_of_holding_out_is_said_of_all_versions() {
        assert_eq!(
            of(&[("a@1", FIVE), ("a@2", FIVE)], &[]).en,
            "cross-fitting: 300 rows, each scored 3 times by models that the versions' configs fit and calibrate on 4 of 5 parts of \
             the cases, its own case not among them"
        );
        assert_eq!(
            of(&[("a@1", How::TestPart)], &[("sum", 290), ("other", 0)]).en,
            "test part: 300 rows of cases that no version was fitted or calibrated on; `sum` on the 290 rows that have one; no row \
             has a `other`"
        );
        assert_eq!(
            of(&[("a@1", other(Proof::NoFingerprints))], &[]).en,
            "all 300 labelled rows of a cohort that no version was trained on; that `a@1` saw none of these cases was stated by \
             whoever evaluated, and is not proved, because the registry holds no fingerprints of the cases that it was fitted on"
        );
        assert_eq!(
            of(&[("a@1", other(NONE)), ("b@1", How::TestPart)], &[]).en,
            "test part: 300 rows of cases that no version was fitted or calibrated on; versions that were trained on another cohort \
             score the same rows as they are; that `a@1` saw none of these cases is proved for their ids: none of the 250 is among the \
             900 that it was fitted and calibrated on (keyed fingerprints); 12 cases have the answers of one of these, and about 10 are \
             expected of people who were never seen"
        );
    }

    #[test]
    fn each_number_of_folds_stands_with_its_versions() {
        let text = of(&[("a@1", FIVE), ("b@1", TEN), ("a@2", FIVE)], &[]);
        assert_eq!(
            text.en,
            "cross-fitting: 300 rows, each scored 3 times by models that the versions' configs fit and calibrate on 4 of 5 parts of \
             the cases (`a@1`, `a@2`) or 9 of 10 parts of the cases (`b@1`), its own case not among them"
        );
        assert!(text.es.contains("4 de 5 partes de los casos (`a@1`, `a@2`)"), "{}", text.es);
        assert!(text.es.contains("9 de 10 partes de los casos (`b@1`)"), "{}", text.es);
    }

    #[test]
    fn a_test_part_and_cross_fitting_are_told_apart() {
        let text = of(&[("a@1", FIVE), ("b@1", How::TestPart)], &[]);
        assert_eq!(
            text.en,
            "test part: 300 rows of cases that `b@1` was not fitted or calibrated on; cross-fitting: for `a@1`, each row is scored 3 \
             times by models that its config fits and calibrates on 4 of 5 parts of the cases, its own case not among them"
        );
    }

    #[test]
    fn both_languages_say_every_case() {
        let all = [
            of(&[("a@1", FIVE)], &[("sum", 4)]),
            of(&[("a@1", How::TestPart)], &[]),
            of(&[("a@1", other(Proof::OtherKey))], &[("sum", 0)]),
            of(&[("a@1", FIVE), ("b@1", How::TestPart), ("c@1", other(Proof::OtherKey))], &[]),
            HeldOut::CaseControl { n_rows: 300 }.text(),
        ];
        for text in all {
            assert_ne!(text.es, text.en);
            assert!(text.es.contains("300 filas") && text.en.contains("300 "), "{text:?}");
        }
        assert_eq!(HeldOut::stated("all of them").text().es, "all of them");
    }
}

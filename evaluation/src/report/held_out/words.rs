//! How rows were held out, in words.

use super::{HeldOut, How, PartialScore, VersionHeldOut};
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
    let has_other = versions.iter().any(|one| one.how == How::OtherCohort);
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
        if versions.iter().any(|one| one.how != How::OtherCohort) {
            sentence.push(
                "; las versiones entrenadas con otra cohorte puntúan las mismas filas tal como son",
                "; versions that were trained on another cohort score the same rows as they are",
            );
        }
        sentence.push(
            "; que no vieron ninguno de estos casos lo declaró quien evaluó, y no está demostrado",
            "; that they saw none of these cases was stated by whoever evaluated, and is not proved",
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
    const TEN: How = How::CrossFit { folds: 10, repeats: 3 };

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
            of(&[("a@1", How::OtherCohort)], &[]).en,
            "all 300 labelled rows of a cohort that no version was trained on; that they saw none of these cases was stated by \
             whoever evaluated, and is not proved"
        );
        assert_eq!(
            of(&[("a@1", How::OtherCohort), ("b@1", How::TestPart)], &[]).en,
            "test part: 300 rows of cases that no version was fitted or calibrated on; versions that were trained on another cohort \
             score the same rows as they are; that they saw none of these cases was stated by whoever evaluated, and is not proved"
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
            of(&[("a@1", How::OtherCohort)], &[("sum", 0)]),
            of(&[("a@1", FIVE), ("b@1", How::TestPart), ("c@1", How::OtherCohort)], &[]),
            HeldOut::CaseControl { n_rows: 300 }.text(),
        ];
        for text in all {
            assert_ne!(text.es, text.en);
            assert!(text.es.contains("300 filas") && text.en.contains("300 "), "{text:?}");
        }
        assert_eq!(HeldOut::stated("all of them").text().es, "all of them");
    }
}

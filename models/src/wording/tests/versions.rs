//! Two versions in words.

use super::{Glossary, Made, points_on, row_of, small, vpr};
use crate::calibrator::Platt;
use crate::compare::{Side, sides};
use crate::protocol::Protocol;

fn side<'a>(name: &str, made: &'a Made) -> Side<'a> {
    Side {
        name: name.to_owned(),
        digest: "d",
        instrument: &made.form,
        protocol: &made.protocol,
        recidivism: &made.recidivism,
        lethality: made.lethality.as_ref(),
    }
}

fn words(a: &Made, b: &Made, row: &[u8]) -> amparo_datasets::Text {
    let difference = sides(&side("m@2", a), &side("m@1", b), row).unwrap();
    Glossary::built_in().unwrap().difference(a.facts(), &difference).unwrap()
}

/// The first weighs the door at 6 points, not 4: -2 + 0.5 (6 + 1 + 1) = 2, 88 of 100, red; the second -2 + 3 = 1, 73 of
/// 100, red; with the dog (0 points) 1.5 and 0.5: 82 and 62 of 100, red and amber. Mean of the door: 3 and 2 points.
#[test]
fn another_weight() {
    let before = small();
    let rows = vec![0, 0, 0, 1, 1, 0, 0, 2, 1, 0, 0, 1];
    let points =
        points_on(&before.form, &[("A", &[0, 6, 1]), ("B", &[0, 1, 3, 0]), ("C", &[0, 1, 0])], -2.0, 0.5);
    let platt = Platt { intercept: 0.0, slope: 1.0, covariance: [0.04, 0.0, 0.0] };
    let after = Made { recidivism: super::part("theft", &before.form, points, platt, rows), ..small() };
    let found = words(&after, &before, &[1, 1, 0]);
    assert_eq!(
        found.es,
        "m@2 propone el nivel rojo; m@1 propone ámbar. Lo que hace distinto el nivel: lo que pesa cada respuesta.\n\
         Con m@2 la cifra es de unos 82 de cada 100 casos; con m@1, de unos 62 de cada 100. Lo que más separa las dos cifras: lo \
         que pesa cada respuesta.\n\
         Respuestas que pesan más hacia arriba (o menos hacia abajo) con m@2, de más a menos diferencia: «Puerta»: sí. El caso \
         medio, con el que se compara este, está más arriba con m@2."
    );
    let found = words(&after, &before, &[1, 1, 1]);
    assert!(
        found.en.starts_with("m@2 and m@1 propose the same level: red.\nWith m@2 the number is about 88"),
        "{}",
        found.en
    );
}

#[test]
fn another_protocol_with_other_levels() {
    let (after, before) = (vpr(true), Made { protocol: Protocol::named("es-2019").unwrap(), ..vpr(true) });
    let found = words(&after, &before, &row_of(&after.form, &[]));
    assert_eq!(
        found.en,
        "TEST VERSION: it has learned from invented cases. It must not be used with real people.\n\
         m@2 proposes level low; m@1 proposes unappreciated.\n\
         With m@2 the number is about 47 of 1,000 cases; with m@1, about 47 of 1,000. The two numbers are the same."
    );
}

#[test]
fn no_forbidden_word_either() {
    let glossary = Glossary::built_in().unwrap();
    let (a, b) = (vpr(true), vpr(false));
    let found = words(&a, &b, &row_of(&a.form, &[("I02", "mild")]));
    assert_eq!(glossary.forbidden_in(&found), Vec::<&str>::new());
    assert!(found.es.contains("proponen el mismo nivel: bajo."), "{}", found.es);
}

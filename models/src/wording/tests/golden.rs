//! Texts on fixed cases, word for word.

use super::{Made, row_of, small, vpr};

fn check(made: &Made, row: &[u8], es: &str, en: &str) {
    let found = made.text(row);
    assert_eq!(found.es, es);
    assert_eq!(found.en, en);
}

/// Points 3 + 6 + 1 + 5 + 3 + 1 + 6 = 25: -3 + 25 / 8 = 0.125, 53 of 100. Without I06 and I21: 23 points, 47 of 100; with
/// them 29 points, 65 of 100; I06 alone 24 or 28 points, 50 or 62; I21 alone 24 or 26, 50 or 56. Lethality: -9.5 + (3 + 4) / 4 = -7.75, 1 of 2,321. I05 and I35 weigh alike: 4.5 points more
/// than the mean; I16 weighs 5.
#[test]
fn a_grave_case_of_the_real_form() {
    let made = vpr(true);
    let answers = [
        ("I02", "severe"),
        ("I05", "very_severe"),
        ("I06", "unknown"),
        ("I16", "present"),
        ("I18", "present"),
        ("I21", "unknown"),
        ("I30", "present"),
        ("I35", "present"),
    ];
    check(
        &made,
        &row_of(&made.form, &answers),
        "VERSIÓN DE PRUEBA: ha aprendido de casos inventados. No debe usarse con personas reales.\n\
         Nivel de riesgo propuesto: alto. Es una propuesta: tiene que confirmarla una persona, que puede subir el nivel. El \
         caso tiene que valorarse de nuevo en 7 días como máximo. Marcas del caso: menores en riesgo; agresor persistente.\n\
         En unos 53 de cada 100 casos con respuestas como estas se espera una nueva agresión denunciada en los 320 días \
         siguientes (el margen va de 48 a 58). La cifra habla de muchos casos parecidos; no dice qué pasará en este. El \
         margen solo tiene en cuenta los casos con los que se contrastó la cifra; si se hubiera aprendido de otros casos, la \
         cifra podría quedar fuera de él. El riesgo \
         de agresión letal se calcula aparte: en aproximadamente 1 de cada 2.300 casos con respuestas como estas se espera \
         una agresión mortal en los 365 días siguientes (el margen va de 1 de cada 11.000 a 1 de cada 500).\n\
         Respuestas que van unidas a una cifra más alta que la del caso medio, de más a menos peso: «Quebrantamientos previos \
         o actuales (cautelares o penales)»: presente; «Amenazas o planes dirigidos a causar daño»: muy grave; «La víctima \
         piensa que el agresor es capaz de agredirla con mucha violencia o incluso matarla»: presente; «Antecedentes de \
         violencia de género sobre otra u otras parejas»: presente. Respuestas que van unidas a una cifra más baja que la del \
         caso medio, de más a menos peso: «Tiene menores a su cargo»: ausente. Lo que pesa una respuesta dice en qué se \
         parece este caso a otros; no explica de dónde viene la violencia ni es un reproche a nadie.\n\
         Quedan 2 preguntas sin respuesta. Según lo que se respondiera, la cifra podría ir de 47 a 65, y el nivel que le \
         corresponde, de alto a extremo. Conviene preguntar por este orden: «Aumento de la escalada de agresiones o amenazas \
         en los últimos seis meses»: de 50 a 62, nivel de alto a extremo; «Adicciones o abuso de tóxicos del agresor \
         (alcohol, drogas, fármacos)»: de 50 a 56, nivel alto.",
        "TEST VERSION: it has learned from invented cases. It must not be used with real people.\n\
         Proposed level of risk: high. It is a proposal: a person has to confirm it, and may raise the level. The case has to \
         be assessed again within 7 days. Marks on the case: minors at risk; persistent aggressor.\n\
         In about 53 of 100 cases with answers like these, a new reported assault is expected within 320 days (the margin \
         goes from 48 to 58). The number speaks of many similar cases; it does not say what will happen in this one. The \
         margin takes into account only the cases that the number was checked against; had other cases been learned from, \
         the number could lie outside of it. The \
         risk of a lethal assault is calculated separately: in about 1 of 2,300 cases with answers like these, a lethal \
         assault is expected within 365 days (the margin goes from 1 of 11,000 to 1 of 500).\n\
         Answers that go with a higher number than that of the average case, the heaviest first: “Breaches of court orders, \
         past or present”: present; “Threats or plans to cause harm”: very severe; “The victim believes he is capable of \
         assaulting her with great violence or killing her”: present; “Record of violence against another partner”: present. \
         Answers that go with a lower number than that of the average case, the heaviest first: “Has minors in her charge”: \
         absent. What an answer weighs says how this case resembles others; it does not explain where violence comes from and \
         is no reproach to anyone.\n\
         2 questions are left without an answer. Depending on the answer, the number could go from 47 to 65, and the level it \
         corresponds to from high to extreme. It is best to ask in this order: “Escalation of assaults or threats in the last \
         six months”: from 50 to 62, level from high to extreme; “Addiction or substance abuse of the aggressor”: from 50 to \
         56, level high.",
    );
}

/// -2 + 0 = -2: 12 of 100, half-width 1.96 x 0.2. No dog, so the floor raises.
#[test]
fn a_small_form_without_time_or_listed_outcome() {
    check(
        &small(),
        &[0, 0, 0],
        "Nivel de riesgo propuesto: ámbar. Es una propuesta: tiene que confirmarla una persona, que puede subir el nivel. La \
         cifra por sí sola corresponde al nivel verde. Una regla del protocolo lo sube de verde a ámbar: no hay perro. El caso \
         tiene que valorarse de nuevo en 47 horas como máximo. Marcas del caso: sola en casa.\n\
         En unos 12 de cada 100 casos con respuestas como estas se espera el suceso «theft» durante el tiempo en que se \
         siguieron los casos (el margen va de 8 a 17). La cifra habla de muchos casos parecidos; no dice qué pasará en este. \
         El margen solo tiene en cuenta los casos con los que se contrastó la cifra; si se hubiera aprendido de otros casos, \
         la cifra podría quedar fuera de él.\n\
         Ninguna respuesta va unida a una cifra claramente más alta que la del caso medio. Respuestas que van unidas a una \
         cifra más baja que la del caso medio, de más a menos peso: «Puerta»: no; «Ventana»: nada; «Perro»: no. Lo que pesa \
         una respuesta dice en qué se parece este caso a otros; no explica de dónde viene la violencia ni es un reproche a \
         nadie.",
        "Proposed level of risk: amber. It is a proposal: a person has to confirm it, and may raise the level. The number \
         alone corresponds to level green. A rule of the protocol raises it from green to amber: there is no dog. The case has \
         to be assessed again within 47 hours. Marks on the case: alone at home.\n\
         In about 12 of 100 cases with answers like these, the event “theft” is expected during the time in which the cases \
         were followed (the margin goes from 8 to 17). The number speaks of many similar cases; it does not say what will \
         happen in this one. The margin takes into account only the cases that the number was checked against; had other \
         cases been learned from, the number could lie outside of it.\n\
         No answer goes with a number clearly higher than that of the average case. Answers that go with a lower number than \
         that of the average case, the heaviest first: “Door”: no; “Window”: none; “Dog”: no. What an answer weighs says how \
         this case resembles others; it does not explain where violence comes from and is no reproach to anyone.",
    );
}

#[test]
fn all_that_a_floor_and_a_mark_still_hang_on() {
    let found = small().text(&[2, 3, 2]);
    let (_, es) = found.es.rsplit_once('\n').unwrap();
    let (_, en) = found.en.rsplit_once('\n').unwrap();
    assert_eq!(
        es,
        "Quedan 3 preguntas sin respuesta. Según lo que se respondiera, la cifra podría ir de 12 a 88, y el nivel que le \
         corresponde, de verde a rojo. Conviene preguntar por este orden: «Puerta»: de 12 a 50, nivel de verde a ámbar; \
         «Ventana»: de 18 a 50, nivel de verde a ámbar; «Perro»: de 18 a 27, nivel de verde a ámbar. Con lo que falta por \
         saber no se puede descartar: subir el nivel por una regla del protocolo (no hay perro); sola en casa."
    );
    assert_eq!(
        en,
        "3 questions are left without an answer. Depending on the answer, the number could go from 12 to 88, and the level it \
         corresponds to from green to red. It is best to ask in this order: “Door”: from 12 to 50, level from green to amber; \
         “Window”: from 18 to 50, level from green to amber; “Dog”: from 18 to 27, level from green to amber. With what is \
         still unknown, the following cannot be ruled out: raising the level by a rule of the protocol (there is no dog); \
         alone at home."
    );
}

/// -3 + 6 / 8 = -2.25: low. Lethality: -9.5 + 8 / 4 = -7.5, 5.5 of 10,000.
#[test]
fn the_lethality_model_raises() {
    let made = vpr(false);
    let row = row_of(&made.form, &[("I04", "present"), ("I35", "present")]);
    let found = made.text(&row);
    let es = "Nivel de riesgo propuesto: medio. Es una propuesta: tiene que confirmarla una persona, que puede subir el nivel. La \
              cifra por sí sola corresponde al nivel bajo. Una regla del protocolo lo sube de bajo a medio: el riesgo de agresión \
              letal es al menos 5 de cada 10.000: caso de especial relevancia, como mínimo medio. El caso tiene que valorarse de \
              nuevo en 30 días como máximo. Marcas del caso: especial relevancia.\n";
    assert!(found.es.starts_with(es), "{}", found.es);
    let made = Made { lethality: None, ..made };
    let en = "The risk of a lethal assault is calculated separately";
    assert!(found.en.contains(en), "{}", found.en);
    let without = made.text(&row);
    assert!(!without.en.contains(en), "{}", without.en);
    let said = "This version does not calculate the risk of a lethal assault.";
    assert!(without.en.contains(said), "{}", without.en);
}

#[test]
fn everything_unknown_is_still_short() {
    let made = vpr(false);
    let unknown: Vec<u8> = made.form.indicators().iter().map(|i| i.unknown()).collect();
    let found = made.text(&unknown);
    let (_, es) = found.es.rsplit_once('\n').unwrap();
    assert_eq!(
        es,
        "Quedan 37 preguntas sin respuesta. Según lo que se respondiera, la cifra podría ir de 5 a 73, y el nivel que le \
         corresponde, de bajo a extremo. Conviene preguntar por este orden: «Violencia física»: de 12 a 20, nivel de bajo a \
         medio; «Amenazas o planes dirigidos a causar daño»: de 11 a 20, nivel de bajo a medio; «Quebrantamientos previos o \
         actuales (cautelares o penales)»: de 12 a 20, nivel de bajo a medio; «La víctima piensa que el agresor es capaz de \
         agredirla con mucha violencia o incluso matarla»: de 11 a 20, nivel de bajo a medio. Con lo que falta por saber no se \
         puede descartar: subir el nivel por la regla sobre el riesgo de agresión letal; especial relevancia; menores en \
         riesgo; agresor persistente."
    );
    assert!(found.es.split_whitespace().count() < 400, "{}", found.es);
}

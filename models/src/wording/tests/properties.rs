//! What holds for every text.

use amparo_datasets::Text;

use super::{Facts, Glossary, Made, small, text, vpr};
use crate::testing::{Draw, all_forms, form};
use crate::wording::{LEAST, MOST};

/// The text without what the form and the protocol say in it.
fn own_words(made: &Made, text: &Text) -> Text {
    let mut own = text.clone();
    let labels = made.form.indicators().iter().map(|i| &i.label);
    let reasons = made.protocol.lethality().into_iter().flat_map(|l| &l.rules).map(|rule| &rule.reason);
    for said in labels.chain(reasons) {
        own.es = own.es.replace(&said.es, "");
        own.en = own.en.replace(&said.en, "");
    }
    own
}

/// Faults of a text; none if it is as it has to be.
fn faults(made: &Made, row: &[u8], text: &Text) -> Vec<String> {
    let assessment = made.assess(row);
    let mut faults = Vec::new();
    let level = &made.protocol.levels()[made.protocol.position(&assessment.level).unwrap()].label;
    for (said, level) in [
        (&text.es, format!("Nivel de riesgo propuesto: {}.", level.es)),
        (&text.en, format!("Proposed level of risk: {}.", level.en)),
    ] {
        if !said.contains(&level) {
            faults.push(format!("`{level}` is not in `{said}`"));
        }
        if said.contains(['{', '}']) || said.contains("  ") || said.contains("..") || said.contains("NaN") {
            faults.push(format!("not well formed: `{said}`"));
        }
        if said.contains("PRUEBA") != (made.synthetic && said == &text.es)
            || said.contains("TEST VERSION") != (made.synthetic && said == &text.en)
        {
            faults.push(format!("invented or not is said wrongly: `{said}`"));
        }
    }
    let own = own_words(made, text);
    let forbidden = Glossary::built_in().unwrap().forbidden_in(&own);
    if !forbidden.is_empty() {
        faults.push(format!("uses {forbidden:?}"));
    }
    faults.extend(order(made, row, text));
    faults
}

/// Faults in which answers are named, and in which order, in either language.
fn order(made: &Made, row: &[u8], text: &Text) -> Vec<String> {
    let assessment = made.assess(row);
    let mut faults = Vec::new();
    for (said, start, sign) in [
        (&text.es, "cifra más alta que la del caso medio, de más a menos peso: ", 1.0),
        (&text.es, "cifra más baja que la del caso medio, de más a menos peso: ", -1.0),
        (&text.en, "higher number than that of the average case, the heaviest first: ", 1.0),
        (&text.en, "lower number than that of the average case, the heaviest first: ", -1.0),
    ] {
        let spanish = said == &text.es;
        let list = said.split_once(start).map_or("", |(_, rest)| rest.split_once(". ").unwrap().0);
        let named: Vec<f64> = list
            .split("; ")
            .filter(|item| !item.is_empty())
            .map(|item| {
                let at = made.form.indicators().iter().zip(row).position(|(i, &code)| {
                    let answer = &i.answers()[usize::from(code)].label;
                    item == if spanish {
                        format!("«{}»: {}", i.label.es, answer.es)
                    } else {
                        format!("“{}”: {}", i.label.en, answer.en)
                    }
                });
                // An answer that was not given has no value: equal to nothing.
                at.map_or(f64::NAN, |j| sign * assessment.explanation.values[j].value)
            })
            .collect();
        let mut expected: Vec<f64> = assessment.explanation.values.iter().map(|v| sign * v.value).collect();
        expected.retain(|v| *v >= LEAST);
        expected.sort_by(|a, b| b.total_cmp(a));
        expected.truncate(MOST);
        if named != expected {
            faults.push(format!("{start} {named:?}, expected {expected:?}"));
        }
    }
    faults
}

#[test]
fn every_form_of_the_small_one() {
    let made = small();
    for row in all_forms(&made.form) {
        assert_eq!(faults(&made, &row, &made.text(&row)), Vec::<String>::new(), "{row:?}");
    }
}

#[test]
fn forms_of_the_real_one_drawn_at_random() {
    let mut draw = Draw::new(5);
    for made in [vpr(true), vpr(false)] {
        for _ in 0..200 {
            // Mostly first answers, as forms are; then anything.
            let mut row = form(&mut draw, &made.form);
            let sparse = draw.below(2) == 0;
            row.iter_mut().for_each(|code| *code *= u8::from(!sparse || draw.below(5) == 0));
            assert_eq!(faults(&made, &row, &made.text(&row)), Vec::<String>::new(), "{row:?}");
        }
    }
}

#[test]
fn a_wrong_text_would_be_noticed() {
    let made = small();
    let (row, right) = ([1, 1, 0], made.text(&[1, 1, 0]));
    assert!(faults(&made, &row, &right).is_empty());
    // The text of another form; two answers swapped; a word that claims too much.
    assert!(!faults(&made, &row, &made.text(&[0, 0, 1])).is_empty());
    let row = [0, 0, 0];
    let mut swapped = made.text(&row);
    swapped.en = swapped.en.replace("“Window”: none; “Dog”: no", "“Dog”: no; “Window”: none");
    assert_eq!(faults(&made, &row, &swapped).len(), 1);
    let mut claims = made.text(&row);
    claims.en.push_str(" This is the cause.");
    assert_eq!(faults(&made, &row, &claims), ["uses [\"caus*\"]"]);
}

#[test]
fn the_numbers_are_those_of_the_assessment() {
    let glossary = Glossary::built_in().unwrap();
    let digits = |text: &str| -> Vec<f64> {
        text.replace(',', "").split(' ').filter_map(|word| word.parse().ok()).collect()
    };
    // Counted of 100 or 1,000 to half a case; 1 of N to two digits.
    let misses = |said: f64, of: f64, p: f64| {
        if said > 1.0 { ((said / of - p).abs() * of) / 0.5 } else { (p * of - 1.0).abs() / 0.05 }
    };
    let mut worst: f64 = 0.0;
    for k in 1..4000 {
        // From 1.1e-5 to 0.994.
        let p = 1.1e-5 * 10_f64.powf(f64::from(k) / 4000.0 * 4.956);
        let said = glossary.share(p);
        let numbers = digits(&said.en);
        assert_eq!(numbers.len(), 2, "{p} {said:?}");
        assert_eq!(digits(&said.es.replace('.', "")), numbers, "{said:?}");
        let miss = misses(numbers[0], numbers[1], p);
        assert!(miss <= 1.0 + 1e-9, "{p} {said:?}");
        worst = worst.max(miss);
        // A case more or a tenth less would be noticed.
        assert!(
            misses(numbers[0], numbers[1], if numbers[0] > 1.0 { p + 1.01 / numbers[1] } else { p * 1.12 })
                > 1.0
        );
    }
    assert!(worst > 0.5, "the tolerance is not idle");
}

#[test]
fn numbers_at_the_edges() {
    let glossary = Glossary::built_in().unwrap();
    for (p, es, en) in [
        (0.0, "menos de 1 de cada 100.000", "fewer than 1 of 100,000"),
        (1e-9, "menos de 1 de cada 100.000", "fewer than 1 of 100,000"),
        (1e-4, "aproximadamente 1 de cada 10.000", "about 1 of 10,000"),
        (0.009_99, "aproximadamente 1 de cada 100", "about 1 of 100"),
        (0.01, "unos 10 de cada 1.000", "about 10 of 1,000"),
        (0.1, "unos 10 de cada 100", "about 10 of 100"),
        (0.143, "unos 14 de cada 100", "about 14 of 100"),
        (0.999, "más de 99 de cada 100", "more than 99 of 100"),
        (1.0, "más de 99 de cada 100", "more than 99 of 100"),
    ] {
        let said = glossary.share(p);
        assert_eq!((said.es.as_str(), said.en.as_str()), (es, en), "{p}");
    }
    let number = |n| glossary.number(n).es;
    assert_eq!([number(7), number(999), number(1000), number(1_234_567)], ["7", "999", "1.000", "1.234.567"]);
}

#[test]
fn what_form_and_protocol_do_not_have_is_refused() {
    let (made, vpr) = (small(), vpr(false));
    let assessment = made.assess(&[0, 0, 0]);
    let facts = |instrument, protocol| Facts { instrument, protocol, synthetic: false };
    let refused = |facts: Facts<'_>| text(facts, &assessment).unwrap_err().to_string();
    assert_eq!(refused(facts(&made.form, &vpr.protocol)), "wording: level `l1` is not in protocol `es-2025`");
    assert_eq!(
        refused(facts(&vpr.form, &made.protocol)),
        "wording: indicator `A` is not on the form `vpr5.0-h`"
    );
    let mut strange = assessment.clone();
    strange.flags = vec!["none".to_owned()];
    let refused = text(made.facts(), &strange).unwrap_err().to_string();
    assert_eq!(refused, "wording: mark `none` is not in protocol `small`");
    strange = assessment;
    strange.explanation.values[0].answer = "maybe".to_owned();
    let refused = text(made.facts(), &strange).unwrap_err().to_string();
    assert_eq!(refused, "wording: answer `maybe` to indicator `A` is none of no, yes, unknown");
}

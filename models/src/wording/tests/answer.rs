//! Answers with the number that stands for them, and with those that weigh the same.

use std::collections::BTreeMap;

use amparo_datasets::FormAnswer;

use super::{Made, small, text};
use crate::assess::SameEffect;

fn said(made: &Made, change: impl Fn(&mut crate::Assessment)) -> [String; 2] {
    let mut assessment = made.assess(&[1, 2, 0]);
    change(&mut assessment);
    let text = text(made.facts(), &assessment).unwrap();
    [text.es, text.en]
}

/// Whether both texts hold what is expected, one in each language.
fn hold(texts: &[String; 2], expected: [&str; 2]) -> bool {
    texts.iter().zip(expected).all(|(text, expected)| text.contains(expected))
}

#[test]
fn a_number_that_was_given_is_named_beside_its_answer() {
    let made = small();
    let plain = ["«Ventana»: mucho", "“Window”: much"];
    assert!(hold(&said(&made, |_| {}), plain));
    let numbered = |number: f64| {
        let form = BTreeMap::from([
            ("A".to_owned(), FormAnswer::from("yes")),
            ("B".to_owned(), FormAnswer::Number(number)),
        ]);
        said(&made, move |assessment| *assessment = assessment.clone().with_numbers(&form))
    };
    for (number, expected) in [
        (34.0, ["«Ventana»: 34, que cuenta como mucho", "“Window”: 34, which counts as much"]),
        (2.5, ["«Ventana»: 2,5, que cuenta como mucho", "“Window”: 2.5, which counts as much"]),
        (-0.5, ["«Ventana»: -0,5, que cuenta como mucho", "“Window”: -0.5, which counts as much"]),
    ] {
        let texts = numbered(number);
        assert!(hold(&texts, expected), "{texts:?}");
        assert!(!hold(&texts, plain) && hold(&texts, ["«Puerta»: sí", "“Door”: yes"]));
    }
}

#[test]
fn how_many_answers_weigh_the_same_is_said_of_a_question_with_many() {
    let made = small();
    let shared = |answers: usize| {
        said(&made, move |assessment| {
            assessment.explanation.values[1].same_effect = Some(SameEffect { answers, of: 1250 });
        })
    };
    let expected = [
        "«Ventana»: mucho (una de las 23 respuestas que pesan lo mismo, de 1.250 posibles)",
        "“Window”: much (one of the 23 answers that weigh the same, of 1,250 possible ones)",
    ];
    assert!(hold(&shared(23), expected), "{:?}", shared(23));
    // An answer that has its weight alone needs no words for it.
    let alone = shared(1);
    assert!(hold(&alone, ["«Ventana»: mucho", "“Window”: much"]) && !alone[1].contains("weigh the same"));
    let both = said(&made, |assessment| {
        let value = &mut assessment.explanation.values[1];
        (value.number, value.same_effect) = (Some(7.0), Some(SameEffect { answers: 2, of: 20 }));
    });
    let expected = [
        "«Ventana»: 7, que cuenta como mucho (una de las 2 respuestas que pesan lo mismo, de 20 posibles)",
        "“Window”: 7, which counts as much (one of the 2 answers that weigh the same, of 20 possible ones)",
    ];
    assert!(hold(&both, expected), "{both:?}");
}

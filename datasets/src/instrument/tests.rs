#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::testing::form_file;

fn problems(text: &str) -> Vec<String> {
    match Instrument::from_toml(text, Path::new("small.toml")) {
        Err(Error::Invalid { problems, .. }) => problems.0.iter().map(ToString::to_string).collect(),
        other => panic!("expected problems, found {other:?}"),
    }
}

#[test]
fn the_first_assessment_has_its_37_questions() {
    let vpr = Instrument::named("vpr5.0-h").unwrap();
    let ids = vpr.indicators().iter().map(|i| i.id.clone()).collect::<Vec<_>>();
    let expected = (1..=35).map(|n| format!("I{n:02}")).chain(["P36".to_owned(), "P37".to_owned()]);
    assert_eq!(ids, expected.collect::<Vec<_>>());
    let per_factor = vpr.factors().iter().map(|factor| {
        (factor.id.as_str(), vpr.indicators().iter().filter(|i| i.factor == factor.id).count())
    });
    assert_eq!(
        per_factor.collect::<Vec<_>>(),
        [
            ("history", 6),
            ("aggressor", 17),
            ("vulnerability", 5),
            ("minors", 3),
            ("aggravating", 4),
            ("perceptions", 2)
        ]
    );
    for id in ["I01", "I02", "I03", "I05"] {
        let at = vpr.position(id).unwrap();
        assert_eq!(vpr.indicators()[at].answer_list(), "absent, mild, severe, very_severe, unknown");
    }
    assert_eq!(vpr.indicators()[35].answer_list(), "none, low, medium, high, extreme, unknown");
    assert_eq!(vpr.indicators()[36].answer_list(), "no, yes, unknown");
    let neutral = vpr.indicators().iter().filter(|i| i.polarity != Polarity::Risk).map(|i| i.id.as_str());
    assert_eq!(neutral.collect::<Vec<_>>(), ["P37"]);
    let correctable = vpr.indicators().iter().filter(|i| i.correctable).map(|i| i.id.as_str());
    assert_eq!(correctable.collect::<Vec<_>>(), ["I10", "I21", "I26", "I27"]);
}

#[test]
fn the_other_built_in_forms_are_sound() {
    let savry = Instrument::named("savry").unwrap();
    let of = |polarity| savry.indicators().iter().filter(|i| i.polarity == polarity).count();
    assert_eq!((of(Polarity::Risk), of(Polarity::Protective)), (24, 6));
    let compas = Instrument::named("compas").unwrap();
    assert_eq!(compas.indicators().len(), 6);
    assert!(["sex", "race"].iter().all(|group| compas.position(group).is_none()));
}

#[test]
fn unknown_is_the_last_answer_of_every_indicator() {
    for (id, _) in Instrument::BUILT_IN {
        let instrument = Instrument::named(id).unwrap();
        assert_eq!(instrument.id(), *id);
        for indicator in instrument.indicators() {
            assert_eq!(indicator.code(UNKNOWN), Some(indicator.unknown()));
            assert_eq!(usize::from(indicator.unknown()), indicator.n_answers() - 1);
            assert_eq!(
                indicator.answer(indicator.unknown()).map(|a| a.label.es.as_str()),
                Some("no se sabe")
            );
        }
    }
}

#[test]
fn json_gives_the_same_instrument_and_digest() {
    let vpr = Instrument::named("vpr5.0-h").unwrap();
    let back: Instrument = serde_json::from_str(&serde_json::to_string(&vpr).unwrap()).unwrap();
    assert_eq!(back, vpr);
    assert_eq!(back.digest(), vpr.digest());
    let reworded =
        Instrument::from_toml(&form_file().replace("a test", "another test"), Path::new("x")).unwrap();
    assert_ne!(reworded.digest(), crate::testing::form().digest());
}

#[test]
fn json_is_checked_like_toml() {
    let json = serde_json::to_string(&*crate::testing::form()).unwrap();
    let twice = json.replace(r#""id":"B""#, r#""id":"A""#);
    let error = serde_json::from_str::<Instrument>(&twice).unwrap_err();
    assert!(error.to_string().contains("indicator `A` is listed twice"), "{error}");
}

#[test]
fn all_problems_are_named_at_once() {
    let text = form_file()
        .replace("id = \"B\"\nfactor = \"all\"", "id = \"A\"\nfactor = \"some\"")
        .replace("answers = \"graded\"", "answers = \"binary\"")
        .replace("id = \"C\"", "id = \"A\"")
        .replace("{ id = \"present\", es", "{ id = \"absent\", es");
    assert_eq!(
        problems(&text),
        [
            "indicator `A` lists answer `absent` twice",
            "indicator `A` is listed twice",
            "indicator `A` names factor `some`, which is not listed",
            "indicator `A` lists answer `absent` twice",
            "indicator `A` is listed twice",
            "indicator `A` lists answer `absent` twice",
        ]
    );
}

#[test]
fn a_set_of_answers_must_exist_and_leave_unknown_out() {
    assert_eq!(
        problems(&form_file().replace("answers = \"graded\"", "answers = \"grades\"")),
        ["indicator `B` names answer set `grades`, expected one of binary, graded"]
    );
    let listed = problems(&form_file().replace("{ id = \"severe\", es", "{ id = \"unknown\", es"));
    assert_eq!(listed[0], "answer set `graded` lists `unknown`, which every indicator has anyway");
}

#[test]
fn a_key_that_is_not_known_is_refused() {
    let error = Instrument::from_toml(&form_file().replace("source =", "sources ="), Path::new("small.toml"));
    let message = error.unwrap_err().to_string();
    assert!(message.starts_with("`small.toml` is not an instrument: "), "{message}");
    assert!(message.contains("unknown field `sources`"), "{message}");
    let inner = form_file().replace("{ id = \"mild\", es", "{ id = \"mild\", fr = \"léger\", es");
    assert!(Instrument::from_toml(&inner, Path::new("x")).is_err());
}

#[test]
fn a_name_that_is_neither_built_in_nor_a_file_is_refused() {
    let error = Instrument::named("vpr9").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no instrument `vpr9`: it is neither built in (vpr5.0-h, savry, compas) nor a file"
    );
}

#[test]
fn bins_are_part_of_the_form_and_of_its_digest() {
    let compas = || Instrument::BUILT_IN[2].1;
    let read = |text: &str| Instrument::from_toml(text, Path::new("small.toml")).unwrap();
    let form = read(compas());
    let age = &form.indicators()[form.position("age").unwrap()];
    let bins = age.bins().unwrap();
    assert_eq!((bins.unit(), bins.starts()[6], bins.answers()[6].as_str()), ("years", 55.0, "from_55"));
    assert_eq!(age.code_of_number(17.9), Err("18 to 110 years".to_owned()));
    assert_eq!(age.code_of_number(55.0), Ok(age.code("from_55").unwrap()));
    let moved = read(
        &compas().replace("from = [18, 21, 25, 30, 35, 45, 55]", "from = [-inf, 21, 25, 30, 35, 45, 55]"),
    );
    assert_ne!(form.digest(), moved.digest());
    for form in [form, moved] {
        let text = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<Instrument>(&text).unwrap(), form);
    }
    let savry = Instrument::named("savry").unwrap();
    assert!(
        !serde_json::to_string(&savry).unwrap().contains("bins"),
        "the digest of a form without numbers stays"
    );
}

#[test]
fn bins_of_a_form_are_checked_with_it() {
    let text = Instrument::BUILT_IN[2].1;
    let spoilt = text
        .replace("from = [18, 21, 25, 30, 35, 45, 55]", "from = [18, 25, 21]")
        .replace("bins = \"priors\"", "bins = \"prior\"");
    assert_eq!(
        problems(&spoilt),
        [
            "indicator `priors_count` names bins `prior`, expected one of age, count, priors",
            "bins of indicator `age` have 3 starts and 7 answers, expected as many of both and at least one",
            "bins of indicator `age` start at [18.0, 25.0, 21.0] and end at 110.0, expected numbers that ascend, of which only the \
             first may be -inf and only the end inf",
        ]
    );
}

mod wide {
    use super::*;
    use crate::testing::{Question, Scale, form_text};

    fn text(known: usize, polarity: Polarity) -> String {
        form_text("small", &[Question::new("town", polarity, Scale::of(known))])
    }

    #[test]
    fn an_indicator_has_up_to_250_answers() {
        for known in [2, 15, 16, 250] {
            let form =
                Instrument::from_toml(&text(known, Polarity::Neutral), Path::new("small.toml")).unwrap();
            let town = &form.indicators()[0];
            assert_eq!(
                (town.n_known(), usize::from(town.unknown()), town.is_wide()),
                (known, known, known > 15)
            );
            assert_eq!(town.code(&format!("a{}", known - 1)), Some(known as u8 - 1));
            let again: Instrument = serde_json::from_str(&serde_json::to_string(&form).unwrap()).unwrap();
            assert_eq!(again, form);
        }
        for (known, found) in [(1, 1), (251, 251), (300, 300)] {
            assert_eq!(
                problems(&text(known, Polarity::Neutral)),
                [format!("indicator `town` has {found} known answers, expected 2 to 250")]
            );
        }
    }

    #[test]
    fn a_wide_indicator_has_no_direction_and_is_not_correctable() {
        assert!(Instrument::from_toml(&text(15, Polarity::Risk), Path::new("small.toml")).is_ok());
        for (polarity, said) in [(Polarity::Risk, "risk"), (Polarity::Protective, "protective")] {
            assert_eq!(
                problems(&text(16, polarity)),
                [format!(
                    "indicator `town` has 16 known answers and the polarity `{said}`, expected `neutral`: no direction is enforced over \
                     more than 15 answers"
                )]
            );
        }
        let correctable = Question::new("town", Polarity::Neutral, Scale::of(16)).correctable();
        assert_eq!(
            problems(&form_text("small", &[correctable])),
            [
                "indicator `town` has 16 known answers and is correctable, expected `correctable = false`: no correction is looked for \
              among more than 15 answers"
            ]
        );
    }

    #[test]
    fn messages_list_the_first_of_many_answers() {
        let form = Instrument::from_toml(&text(250, Polarity::Neutral), Path::new("small.toml")).unwrap();
        let list = form.indicators()[0].answer_list();
        assert_eq!(list, "a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, ... (250 in all), unknown");
    }

    #[test]
    fn the_pooled_form_has_pools_instead_of_answers() {
        let wide = Question::new("town", Polarity::Neutral, Scale::of(40));
        let narrow = Question::new("age", Polarity::Risk, Scale::graded());
        let form =
            Instrument::from_toml(&form_text("small", &[wide, narrow]), Path::new("small.toml")).unwrap();
        let pooled = form.pooled(&[Some(3), None]);
        assert_eq!(pooled.indicators()[0].answer_list(), "pool_1, pool_2, pool_3, unknown");
        assert_eq!(pooled.indicators()[1], form.indicators()[1]);
        assert_eq!(form.pooled(&[None, None]), form);
    }
}

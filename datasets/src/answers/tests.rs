#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::testing::form;

fn filled(pairs: &[(&str, &str)]) -> BTreeMap<String, FormAnswer> {
    pairs.iter().map(|(id, answer)| ((*id).to_owned(), FormAnswer::from(*answer))).collect()
}

#[test]
fn a_form_becomes_a_row_of_codes() {
    let codes = encode_form(&form(), &filled(&[("A", "present"), ("B", "severe"), ("C", "unknown")]));
    assert_eq!(codes.unwrap(), [1, 2, 2]);
}

#[test]
fn all_that_is_wrong_with_a_form_is_named_at_once() {
    let error =
        encode_form(&form(), &filled(&[("A", "maybe"), ("C", "absent"), ("D", "present")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "answers: 3 problems\n  \
         - answer `maybe` to indicator `A` is none of absent, present, unknown\n  \
         - indicator `B` is not answered, expected one of absent, mild, severe, unknown\n  \
         - indicator `D` is not on the form `small`"
    );
}

#[test]
fn a_number_is_an_answer_where_the_form_has_bins() {
    let compas = Instrument::named("compas").unwrap();
    let mut form =
        filled(&[("juv_fel_count", "none"), ("juv_misd_count", "unknown"), ("charge_degree", "felony")]);
    let mut row = |age: f64, priors: f64, juvenile: FormAnswer| {
        form.insert("age".to_owned(), FormAnswer::Number(age));
        form.insert("priors_count".to_owned(), FormAnswer::Number(priors));
        form.insert("juv_other_count".to_owned(), juvenile);
        encode_form(&compas, &form).map_err(|e| e.to_string())
    };
    // Ages are listed from the oldest: code 3 is 30 to 34.
    assert_eq!(row(30.0, 0.0, "two_or_more".into()).unwrap(), [3, 0, 0, 3, 2, 1]);
    assert_eq!(row(30.0_f64.next_down(), 13.0, FormAnswer::Number(1.0)).unwrap(), [4, 6, 0, 3, 1, 1]);
    assert_eq!(
        row(17.9, 100.5, "three".into()).unwrap_err(),
        "answers: 3 problems\n  \
         - answer to indicator `age` is the number 17.9, expected 18 to 110 years\n  \
         - answer to indicator `priors_count` is the number 100.5, expected 0 to 100 offences\n  \
         - answer `three` to indicator `juv_other_count` is none of none, one, two_or_more, unknown, or a number: 0 to 100 offences"
    );
    let form = BTreeMap::from([("A".to_owned(), FormAnswer::Number(1.0))]);
    let message = encode_form(&crate::testing::form(), &form).unwrap_err().to_string();
    assert!(
        message.contains("answer to indicator `A` is the number 1, expected one of absent, present, unknown"),
        "{message}"
    );
}

#[test]
fn codes_out_of_range_are_named_with_their_row() {
    let error = Answers::from_codes(form(), vec![0, 0, 0, 3, 4, 2]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "answers: 2 problems\n  \
         - code 3 of indicator `A` is not below 3 (row 2)\n  \
         - code 4 of indicator `B` is not below 4 (row 2)"
    );
    let error = Answers::from_codes(form(), vec![0; 4]).unwrap_err();
    assert_eq!(error.to_string(), "answers: 4 codes found, expected a multiple of 3 indicators");
}

proptest! {
    #[test]
    fn every_row_of_codes_survives_as_a_form(row in (0_u8..3, 0_u8..4, 0_u8..3)) {
        let (form, codes) = (form(), vec![row.0, row.1, row.2]);
        let named = form.indicators().iter().zip(&codes);
        let named = named.map(|(i, code)| (i.id.clone(), FormAnswer::Id(i.answer(*code).unwrap().id.clone()))).collect();
        prop_assert_eq!(encode_form(&form, &named).unwrap(), codes);
    }
}

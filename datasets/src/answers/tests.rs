#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::testing::form;

fn filled(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(id, answer)| ((*id).to_owned(), (*answer).to_owned())).collect()
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
        let named = named.map(|(i, code)| (i.id.clone(), i.answer(*code).unwrap().id.clone())).collect();
        prop_assert_eq!(encode_form(&form, &named).unwrap(), codes);
    }
}

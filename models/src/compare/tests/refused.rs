//! What cannot be compared.

use std::path::Path;

use amparo_datasets::Polarity;

use super::{drawn, small_form};
use crate::artefact::tests::draft;
use crate::compare::{Side, cases, sides};
use crate::testing::{Draw, instrument_of};
use crate::{Protocol, Registry};

#[test]
fn another_form_another_outcome_another_time() {
    let mut draw = Draw::new(8);
    let of = small_form();
    let (a, b) = (drawn(&mut draw, &of, 0), drawn(&mut draw, &of, 1));
    let refused = |a: &Side<'_>, b: &Side<'_>| sides(a, b, &[0, 0, 0, 0]).unwrap_err().to_string();

    let form = instrument_of(&[(2, Polarity::Risk); 4]);
    let other = Side { name: "m@7".to_owned(), instrument: &form, ..b.side() };
    let digests = [of.digest(), form.digest()].map(|digest| digest[..12].to_owned());
    let forms = format!(
        "they read forms `small` ({}) and `small` ({}), expected the same form",
        digests[0], digests[1]
    );
    assert_eq!(refused(&a.side(), &other), format!("comparison of `m@1` with `m@7`: {forms}"));

    let text = b.protocol.text();
    let later = text.replace("outcome = \"new_assault\"\nhorizon_days = 320", "outcome = \"theft\"");
    let later = Protocol::from_toml(&later, Path::new("later.toml")).unwrap();
    let other = Side { protocol: &later, ..other };
    assert_eq!(
        refused(&a.side(), &other),
        format!(
            "comparison of `m@1` with `m@7`: {forms}; they speak of outcomes `new_assault` and `theft`, expected the same \
             outcome; their probabilities are within 320 days and no number of days, expected the same time"
        )
    );
    assert!(sides(&a.side(), &b.side(), &[0, 0, 0, 0]).is_ok());
}

#[test]
fn published_versions_are_compared_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::create(dir.path().join("r")).unwrap();
    registry.publish(&draft("vpr")).unwrap();
    registry.publish(&draft("vpr")).unwrap();
    let load = |name: &str| registry.load(&name.parse().unwrap()).unwrap();
    let (one, two) = (load("vpr@1"), load("vpr@2"));
    let row = vec![0; one.instrument().indicators().len()];
    let found = cases(&two, &one, &row).unwrap();
    assert_eq!((found.model.version.as_str(), found.against.version.as_str()), ("vpr@2", "vpr@1"));
    assert_eq!((found.model.digest.as_str(), found.model.level.as_str()), (two.digest(), "low"));
    assert!(found.log_odds.same_population);
    let refused = cases(&two, &one, &row[1..]).unwrap_err().to_string();
    assert!(refused.starts_with("assessment: 3 answers and a model of 4 indicators found"), "{refused}");
}

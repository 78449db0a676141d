//! Versions under a clause on the level.

use std::collections::BTreeSet;

use amparo_datasets::Text;

use super::{draft, files, message};
use crate::artefact::Version;
use crate::artefact::files::CLAUSES;
use crate::calibrator::Platt;
use crate::testing::all_forms;
use crate::{Calibrator, Draft, NeverBelowBaseline};

fn under_clause() -> Draft {
    let draft = draft("vpr");
    let clause = NeverBelowBaseline {
        reason: Text { es: "acordado".to_owned(), en: "agreed".to_owned() },
        calibrator: Calibrator::Platt(Platt { intercept: 1.25, slope: 1.0, covariance: [0.0; 3] }),
    };
    let recidivism =
        draft.recidivism.clone().never_below(clause, &draft.instrument, &BTreeSet::new()).unwrap();
    Draft { recidivism, ..draft }
}

#[test]
fn a_clause_survives_and_is_said() {
    let draft = under_clause();
    let version = Version::from_files(files(&draft, 1)).unwrap();
    assert_eq!(version.manifest().clauses, ["never_below_baseline"]);
    assert_eq!(version.recidivism().never_below_baseline(), draft.recidivism.never_below_baseline());
    let free = Version::from_files(files(&super::draft("vpr"), 1)).unwrap();
    assert!(free.manifest().clauses.is_empty() && free.recidivism().never_below_baseline().is_none());
    let raised = all_forms(version.instrument()).into_iter().filter(|row| {
        let [with, without] = [&version, &free].map(|version| version.assess(row).unwrap().level);
        with != without
    });
    assert!(raised.count() > 0);
}

#[test]
fn a_clause_that_is_taken_away_changed_or_slipped_in_is_noticed() {
    let whole = files(&under_clause(), 1);
    let mut without = whole.clone();
    without.remove(CLAUSES);
    assert!(message(Version::from_files(without)).contains("clauses"));
    let mut changed = whole.clone();
    let text = String::from_utf8(changed[CLAUSES].clone()).unwrap().replace("1.25", "1.26");
    changed.insert(CLAUSES.to_owned(), text.into_bytes());
    assert!(message(Version::from_files(changed)).contains("clauses.json` has digest"));
    let mut slipped_in = files(&draft("vpr"), 1);
    slipped_in.insert(CLAUSES.to_owned(), whole[CLAUSES].clone());
    assert!(message(Version::from_files(slipped_in)).contains("`clauses.json` is not in it"));
}

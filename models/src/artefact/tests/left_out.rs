//! Versions that were fitted without some questions.

use std::collections::BTreeMap;

use amparo_datasets::FormAnswer;

use super::{files, message};
use crate::artefact::Version;
use crate::testing::{all_forms, small};
use crate::wording::words;

/// A form of the small version by its answers; `None` where there is none.
fn form(answers: [Option<&str>; 3]) -> BTreeMap<String, FormAnswer> {
    let named = ["A", "B", "C"].into_iter().zip(answers);
    named.filter_map(|(id, answer)| Some((id.to_owned(), FormAnswer::Id(answer?.to_owned())))).collect()
}

fn version(left_out: &str) -> Version {
    Version::from_files(files(&small::draft_without("small", left_out), 1)).unwrap()
}

#[test]
fn the_version_and_every_proposal_say_what_was_left_out() {
    let version = version("B");
    assert_eq!(version.manifest().left_out.iter().collect::<Vec<_>>(), ["B"]);
    for row in all_forms(version.instrument()) {
        let assessment = version.assess(&row).unwrap();
        assert_eq!(assessment.left_out, ["B"]);
        assert!(assessment.explanation.values[1].value.abs() <= 0.0);
        assert!(!assessment.unknown.contains(&"B".to_owned()), "{row:?}");
        assert!(assessment.if_answered.iter().flatten().all(|one| one.indicator != "B"));
        assert!(assessment.unlearned_answers.iter().all(|one| one.indicator != "B"));
        let absent = version.assess(&[row[0], 0, row[2]]).unwrap();
        assert_eq!(absent.recidivism, assessment.recidivism);
        assert_eq!(absent.lethality, assessment.lethality);
        let text = words(&version, &assessment).unwrap().text;
        assert!(text.en.contains("was learned without these questions"), "{}", text.en);
        assert!(text.es.contains("se aprendió sin estas preguntas"), "{}", text.es);
    }
    let whole = Version::from_files(files(&small::draft("small", -3.0), 1)).unwrap();
    let counted = whole.assess(&[0, 3, 0]).unwrap();
    assert!(counted.left_out.is_empty() && counted.unknown == ["B"]);
    assert!(!words(&whole, &counted).unwrap().text.en.contains("without these questions"));
}

#[test]
fn answers_to_what_was_left_out_are_not_listed_as_unlearned() {
    let listed = |version: &Version| -> Vec<String> {
        let ids = version.recidivism().unlearned_ids(version.instrument());
        ids.into_iter().map(|(id, answers)| format!("{id} ({answers})")).collect()
    };
    let whole = Version::from_files(files(&small::draft("small", -3.0), 1)).unwrap();
    assert_eq!(listed(&whole), ["A (unknown)", "B (unknown)", "C (unknown)"]);
    assert_eq!(listed(&version("B")), ["A (unknown)", "C (unknown)"]);
}

#[test]
fn an_answer_that_nothing_reads_may_be_missing_and_no_other() {
    let version = version("B");
    let whole = version.encode(&form([Some("present"), Some("severe"), Some("absent")])).unwrap();
    let missing = version.encode(&form([Some("present"), None, Some("absent")])).unwrap();
    assert_eq!((whole.as_slice(), missing.as_slice()), (&[1, 2, 0][..], &[1, 3, 0][..]));
    assert_eq!(version.assess(&whole).unwrap().recidivism, version.assess(&missing).unwrap().recidivism);
    let refused = version.encode(&form([None, None, Some("absent")])).unwrap_err().to_string();
    assert!(refused.contains("indicator `A` is not answered") && !refused.contains("`B`"), "{refused}");
    // A wrong answer is refused whether it counts or not.
    let wrong = version.encode(&form([Some("present"), Some("maybe"), Some("absent")])).unwrap_err();
    assert!(wrong.to_string().contains("answer `maybe` to indicator `B`"), "{wrong}");
}

/// A floor and a mark hang on `C`: its answer does not count in the number, and it still says whether children live there.
#[test]
fn an_answer_that_the_protocol_reads_is_needed_all_the_same() {
    let version = version("C");
    let refused = version.encode(&form([Some("present"), Some("mild"), None])).unwrap_err().to_string();
    assert!(refused.contains("indicator `C` is not answered"), "{refused}");
    let unknown = version
        .assess(&version.encode(&form([Some("absent"), Some("absent"), Some("unknown")])).unwrap())
        .unwrap();
    assert_eq!((&unknown.left_out, &unknown.unknown), (&vec!["C".to_owned()], &vec!["C".to_owned()]));
    assert_eq!(unknown.undetermined_flags[0].indicators, ["C"]);
}

#[test]
fn what_counts_cannot_be_said_to_be_left_out() {
    let draft = small::draft("small", -3.0);
    let of = |id: &str| draft.recidivism.clone().leaving_out(&[id.to_owned()], &draft.instrument);
    assert!(
        message(of("B"))
            .contains("`B` is said to be left out, but the model of `assault` counts its answers")
    );
    assert!(message(of("Z")).contains("`Z` is said to be left out, and is not on form"));
    // One of two calculations alone cannot leave a question out.
    let without = small::draft_without("small", "B");
    let mixed = crate::Draft { lethality: draft.lethality.clone(), ..without };
    assert!(message(mixed.files()).contains("lethality leaves out [], recidivism leaves out [B]"));
}

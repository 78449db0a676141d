use std::path::{Path, PathBuf};

use jiff::civil::date;
use proptest::prelude::*;

use crate::table::{read_cohort, write_cohort};
use crate::testing::{cohort, parts};
use crate::{
    Assigned, AssignedFolds, Classes, Cohort, CohortParts, ForeignScore, Group, Oracle, ScoreLevel, Side,
    Status, Synthetic,
};

/// A cohort that has everything a cohort can have.
fn full() -> CohortParts {
    let status = [Status::Event, Status::NoEvent, Status::Censored, Status::Event];
    let mut parts = parts(&["a", "b,\"ñ\"\n", "c", "a"], &status);
    parts.dates = Some((1..=4).map(|day| Some(date(2025, 2, day))).collect());
    parts.assigned = Assigned {
        sides: Some(vec![Side::Train, Side::Test, Side::LeftOut, Side::Train]),
        folds: Some(
            AssignedFolds::of_texts(
                &["2", "ñ", "", "2"].map(|t| Some(t.to_owned()).filter(|t| !t.is_empty())),
            )
            .unwrap(),
        ),
    };
    parts.weights = vec![1.0, 0.1, 1.0 / 3.0, f64::MIN_POSITIVE];
    parts.outcomes[0].horizon_days = Some(90);
    parts.outcomes[0].days = Some(vec![0.0, 90.0, 12.5, 90.0]);
    let mut lethal = parts.outcomes[0].clone();
    (lethal.name, lethal.horizon_days, lethal.days) = ("lethal".into(), None, None);
    let ids = ["none", "injury, slight", "ñ"].map(str::to_owned).into();
    lethal.classes = Some(Classes { ids, from: 1, codes: vec![Some(2), Some(0), None, None] });
    parts.outcomes.push(lethal);
    let mut asked_of_some = parts.outcomes[0].clone();
    asked_of_some.name = "asked of some".into();
    asked_of_some.status[2..].fill(Status::Excluded);
    asked_of_some.days = Some(vec![0.0, 90.0, 0.0, 0.0]);
    parts.outcomes.push(asked_of_some);
    let chances = vec![Some(0.0), Some(1.0), None, Some(0.3)];
    parts.scores.push(ForeignScore {
        name: "p".into(),
        values: chances,
        levels: vec![],
        is_probability: true,
    });
    let labels =
        vec!["with".to_owned(), "without".to_owned(), "no row has this".to_owned(), "unknown".to_owned()];
    let reference = Some("without".to_owned());
    parts.groups.push(Group { name: "children".into(), labels, codes: vec![1, 0, 3, 1], reference });
    let levels =
        vec![ScoreLevel { id: "low".into(), from: 0.0 }, ScoreLevel { id: "high".into(), from: 0.1 }];
    let values = vec![Some(-0.0), None, Some(1e-300), Some(0.1 + 0.2)];
    parts.scores.push(ForeignScore { name: "sum".into(), values, levels, is_probability: false });
    parts.oracles.push(Oracle { outcome: "lethal".into(), probability: vec![0.0, 1.0, 1e-17, 0.5] });
    parts.provenance.synthetic =
        Some(Synthetic { generator: "g 1".into(), seed: u64::MAX, statement: "invented".into() });
    parts.provenance.notes.push("a note".into());
    parts
}

/// A directory that is removed afterwards, and a file in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c.parquet");
    (directory, file)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort();
    names
}

#[test]
fn a_cohort_comes_back_as_it_was() {
    let (directory, path) = place();
    for cohort in [Cohort::new(full()).unwrap(), cohort(5)] {
        write_cohort(&cohort, &path).unwrap();
        let back = read_cohort(&path).unwrap();
        assert_eq!(back, cohort);
        assert_eq!(back.fingerprint(), cohort.fingerprint());
    }
    assert_eq!(names(directory.path()), ["c.parquet"], "nothing else is left");
}

#[test]
fn the_same_cohort_gives_the_same_bytes() {
    let (directory, path) = place();
    let other = directory.path().join("d.parquet");
    write_cohort(&Cohort::new(full()).unwrap(), &path).unwrap();
    write_cohort(&Cohort::new(full()).unwrap(), &other).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&other).unwrap());
}

#[test]
fn a_cohort_of_several_row_groups_comes_back() {
    let (_directory, path) = place();
    let cohort = cohort(300_000);
    write_cohort(&cohort, &path).unwrap();
    assert_eq!(read_cohort(&path).unwrap(), cohort);
}

#[test]
fn a_file_with_other_rows_than_were_written_is_refused() {
    let (directory, path) = place();
    let cohort = cohort(5);
    write_cohort(&cohort, &path).unwrap();
    // The fingerprint is stored as text: change its first digit in place, so that the file stays sound otherwise.
    let stored = cohort.fingerprint();
    let flipped = format!("{}{}", if stored.starts_with('0') { '1' } else { '0' }, &stored[1..]);
    let mut bytes = std::fs::read(&path).unwrap();
    let found = bytes.windows(64).filter(|w| *w == stored.as_bytes()).count();
    assert_eq!(found, 1);
    let at = bytes.windows(64).position(|w| w == stored.as_bytes()).unwrap();
    bytes[at..at + 64].copy_from_slice(flipped.as_bytes());
    std::fs::write(&path, bytes).unwrap();
    let expected = format!(
        "cohort `{}`: fingerprint `{stored}` found, expected `{flipped}`: the rows are not the ones that were written",
        path.display()
    );
    assert_eq!(read_cohort(&path).unwrap_err().to_string(), expected);
    assert_eq!(names(directory.path()), ["c.parquet"]);
}

#[test]
fn another_format_is_named_as_such() {
    let (_directory, path) = place();
    write_cohort(&cohort(5), &path).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let format = br#"{"format":5,"#;
    let at = bytes.windows(format.len()).position(|w| w == format).unwrap();
    bytes[at + 10] = b'6';
    std::fs::write(&path, &bytes).unwrap();
    let expected = format!("`{}` is not a cohort: format 6 found, expected 1 to 5", path.display());
    assert_eq!(read_cohort(&path).unwrap_err().to_string(), expected);
    // A format before is read: what it does not state is not stated.
    for former in [b'1', b'2', b'3', b'4'] {
        bytes[at + 10] = former;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(read_cohort(&path).unwrap(), cohort(5));
    }
}

#[test]
fn a_row_without_a_day_comes_back_without_one() {
    let (_directory, path) = place();
    let mut parts = full();
    parts.dates.as_mut().unwrap()[1] = None;
    let cohort = Cohort::new(parts).unwrap();
    write_cohort(&cohort, &path).unwrap();
    assert_eq!(read_cohort(&path).unwrap(), cohort);
    // Formats before know no such row: there, it is a fault.
    let mut bytes = std::fs::read(&path).unwrap();
    let format = br#"{"format":5,"#;
    let at = bytes.windows(format.len()).position(|w| w == format).unwrap();
    bytes[at + 10] = b'3';
    std::fs::write(&path, &bytes).unwrap();
    let expected = "column `date` holds nothing, expected a day such as 2025-03-31 (row 2)";
    let said = read_cohort(&path).unwrap_err().to_string();
    assert!(said.ends_with(expected), "{said}");
}

#[test]
fn one_cause_is_one_sentence() {
    let (_directory, path) = place();
    let of = |n: usize| {
        let names: Vec<String> = (0..n).map(|row| format!("c{row}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut parts = parts(&names, &vec![Status::Event; n]);
        // One row has a day, the others have none, which the formats before do not know.
        parts.dates = Some((0..n).map(|row| (row == 0).then(|| date(2025, 2, 1))).collect());
        write_cohort(&Cohort::new(parts).unwrap(), &path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let format = br#"{"format":5,"#;
        let at = bytes.windows(format.len()).position(|w| w == format).unwrap();
        bytes[at + 10] = b'3';
        std::fs::write(&path, &bytes).unwrap();
        read_cohort(&path).unwrap_err().to_string()
    };
    assert_eq!(of(4).lines().count(), 4, "three rows are told one by one, below a headline");
    let said = of(1000);
    let expected =
        "column `date` holds …, expected a day such as 2025-03-31: 999 rows, such as nothing (row 2)";
    assert!(said.ends_with(expected), "{said}");
}

#[test]
fn what_is_no_cohort_is_refused() {
    let (directory, path) = place();
    let message = || read_cohort(&path).unwrap_err().to_string();
    assert!(message().starts_with(&format!("cannot read `{}`: ", path.display())));
    for bytes in [&b""[..], b"PAR1", b"case,A\n", &[0; 4096]] {
        std::fs::write(&path, bytes).unwrap();
        assert!(
            message().starts_with(&format!("`{}` is not a Parquet table: ", path.display())),
            "{}",
            message()
        );
    }
    write_cohort(&cohort(5), &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for end in [whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..end]).unwrap();
        assert!(read_cohort(&path).is_err());
    }
    drop(directory);
}

#[test]
fn a_damaged_byte_is_never_read_as_something_else() {
    let (_directory, path) = place();
    let cohort = Cohort::new(full()).unwrap();
    write_cohort(&cohort, &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&path, bytes).unwrap();
        // A byte of the text about the cohort (a title, a note) may differ; its rows may not.
        if let Ok(read) = read_cohort(&path) {
            assert_eq!(read.fingerprint(), cohort.fingerprint(), "byte {at}");
        }
    }
}

#[test]
fn on_a_problem_nothing_is_left_behind() {
    let (directory, path) = place();
    let error = write_cohort(&cohort(5), &directory.path().join("no/such.parquet")).unwrap_err();
    assert!(error.to_string().starts_with("cannot write `"), "{error}");
    // A directory stands where the file should: the rename fails after the writing.
    std::fs::create_dir(&path).unwrap();
    assert!(write_cohort(&cohort(5), &path).is_err());
    assert_eq!(names(directory.path()), ["c.parquet"]);
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let (directory, path) = place();
    let mut parts = full();
    let mut days = parts.outcomes[1].clone();
    days.name = "again.days".into();
    parts.outcomes.push(days);
    let error = write_cohort(&Cohort::new(parts).unwrap(), &path).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cohort: column `outcome.again.days` would hold both outcome `again` and outcome `again.days`"
    );
    assert!(names(directory.path()).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_finite_number_and_any_text_comes_back(
        rows in proptest::collection::vec((".{1,12}", proptest::option::of(proptest::num::f64::NORMAL | proptest::num::f64::ZERO), 1e-9..1e9_f64), 1..20)
    ) {
        let cases = rows.iter().map(|(case, ..)| case.as_str()).collect::<Vec<_>>();
        let mut parts = parts(&cases, &vec![Status::Event; rows.len()]);
        parts.weights = rows.iter().map(|(_, _, weight)| *weight).collect();
        let values = rows.iter().map(|(_, value, _)| *value).collect();
        parts.scores.push(ForeignScore { name: "s".into(), values, levels: vec![], is_probability: false });
        let cohort = Cohort::new(parts).unwrap();
        let (_directory, path) = place();
        write_cohort(&cohort, &path).unwrap();
        prop_assert_eq!(read_cohort(&path).unwrap(), cohort);
    }
}

use std::path::Path;

use amparo_datasets::split::{Method, SharedCases};
use amparo_datasets::{EXAMPLE_SOURCE, ForeignColumn, ForeignKind, Instrument};
use amparo_models::Protocol;
use amparo_models::artefact::FoldsBy;
use amparo_training::Experiment;
use amparo_training::config::Holdout;

use super::role::{Role, Why};
use super::*;

mod stated;

const ROWS: usize = 200;

/// A table of 200 rows whose every fourth has the event; `more` columns stand behind `id` and `reoffended`.
fn table(more: &[(&str, &dyn Fn(usize) -> String)]) -> ForeignTable {
    let id = |row: usize| format!("c{row:04}");
    let outcome = |row: usize| if row.is_multiple_of(4) { "yes" } else { "no" }.to_owned();
    let all: Vec<(&str, &dyn Fn(usize) -> String)> =
        [("id", &id as &dyn Fn(usize) -> String), ("reoffended", &outcome)]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
    let column = |(name, cell): &(&str, &dyn Fn(usize) -> String)| ForeignColumn {
        name: (*name).to_owned(),
        kind: ForeignKind::Text,
        cells: (0..ROWS).map(cell).collect(),
    };
    ForeignTable { n_rows: ROWS, n_blank: 0, columns: all.iter().map(column).collect() }
}

fn weapon(row: usize) -> String {
    ["", "No", "Sí"][row % 3].to_owned()
}

const PLAN: DraftPlan<'_> = DraftPlan {
    table: "cases.csv",
    name: "cases",
    outcome: None,
    ordered: &[],
    unknown: &[],
    separator: None,
    encoding: None,
    sheet: None,
};

fn drafted(table: &ForeignTable) -> Draft {
    draft(table, &PLAN).unwrap()
}

fn file<'d>(draft: &'d Draft, name: &str) -> &'d str {
    &draft.files.iter().find(|(file, _)| *file == name).unwrap().1
}

fn toml(draft: &Draft, name: &str) -> toml::Table {
    file(draft, name).parse().unwrap_or_else(|e| panic!("{e}\n{}", file(draft, name)))
}

/// The roles of the columns behind `id` and `reoffended`.
fn roles(table: &ForeignTable) -> Vec<Role> {
    let numbers = told::NumbersTold::of(table, &PLAN);
    let columns: Vec<Column<'_>> =
        table.columns.iter().map(|c| Column::of(c, numbers.numbers, &PLAN)).collect();
    let candidates = outcome::candidates(&columns);
    let outcome = outcome::chosen(&columns, &candidates, &PLAN).unwrap();
    Roles::of(&columns, &outcome, &candidates).of.split_off(2)
}

#[test]
fn each_file_is_read_as_it_is_written_and_they_fit_each_other() {
    let age = |row: usize| (18 + row * 7 % 50).to_string();
    let draft = drafted(&table(&[("weapon", &weapon), ("age", &age)]));
    let form = Instrument::from_toml(file(&draft, INSTRUMENT), Path::new(INSTRUMENT)).unwrap();
    assert_eq!(form.indicators()[0].answer_list(), "no, si, unknown");
    let bins = form.indicators()[1].bins().unwrap();
    assert_eq!(form.indicators()[1].n_known(), 5);
    assert!(bins.starts()[0].is_infinite() && bins.most().is_infinite(), "open at both ends");
    let protocol = Protocol::from_toml(file(&draft, PROTOCOL), Path::new(PROTOCOL)).unwrap();
    assert_eq!((protocol.outcome(), protocol.horizon_days()), ("reoffended", None));
    assert!((protocol.levels()[1].from_probability - 0.25).abs() <= 1e-12, "the share of events");
    let experiment = Experiment::from_toml(file(&draft, CONFIG)).unwrap();
    let config = experiment.config();
    assert_eq!(
        [&config.name, &config.instrument, &config.protocol, &config.outcome],
        ["cases", "instrument.toml", "protocol.toml", "reoffended"]
    );
    assert!(!file(&draft, CONFIG).contains("compas@") && file(&draft, CONFIG).contains("`cases@1`"));
    let source = toml(&draft, SOURCE);
    assert_eq!(source["instrument"].as_str(), Some(INSTRUMENT));
    assert_eq!(source["case"]["column"].as_str(), Some("id"));
    assert_eq!(source["values"]["weapon"]["Sí"].as_str(), Some("si"));
    assert_eq!(source["values"]["weapon"][""].as_str(), Some("unknown"));
    // Everything that the form asks is read from somewhere.
    assert_eq!(source["indicator"].as_array().unwrap().len(), form.indicators().len());
    assert_eq!(source["notes"][0].as_str(), Some(source::UNCONFIRMED));
}

#[test]
fn what_there_is_to_decide_stands_in_the_files_and_is_told() {
    let draft = drafted(&table(&[("weapon", &weapon)]));
    let decides = |name: &str, n: usize| {
        assert!(file(&draft, name).matches("TO DECIDE").count() >= n, "{name}: {}", file(&draft, name));
    };
    decides(SOURCE, 5);
    decides(PROTOCOL, 2);
    decides(INSTRUMENT, 1);
    decides(CONFIG, 1);
    assert_eq!(
        draft.decide[0],
        "The outcome is proposed to be `reoffended`, which happened (`yes`) in 50 of 200 rows, without a horizon."
    );
    // The keys of each file are explained as in the built-in ones.
    for line in EXAMPLE_SOURCE.lines().take(3) {
        assert!(file(&draft, SOURCE).contains(line), "{line}");
    }
}

/// A text that says that nobody knows is no "no".
#[test]
fn an_outcome_that_nobody_knows_is_excluded() {
    let mut table = table(&[("weapon", &weapon)]);
    table.columns[1].cells[1] = "no consta".to_owned();
    let draft = drafted(&table);
    let source = toml(&draft, SOURCE);
    let rules = source["outcome"][0]["rules"].as_array().unwrap();
    let of = |text: &str| {
        let rule = rules.iter().find(|rule| rule["when"]["reoffended"].as_str() == Some(text)).unwrap();
        rule["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(["yes", "no", "no consta"].map(of), ["event", "no_event", "excluded"]);
    assert!(draft.decide[0].contains("in 50 of 199 rows"), "{}", draft.decide[0]);
}

#[test]
fn columns_are_told_apart() {
    let day = |row: usize| format!("2024-{:02}-{:02}", 1 + row % 12, 1 + row % 28);
    let day_of_reoffence =
        |row: usize| if row.is_multiple_of(4) { day(row).replace("2024", "2025") } else { String::new() };
    let violent = |row: usize| if row.is_multiple_of(8) { "1" } else { "0" }.to_owned();
    let charge =
        |row: usize| if row.is_multiple_of(8) { format!("charge {}", row % 7) } else { String::new() };
    let dni = |row: usize| if row == 150 { "12345678Z" } else { "none" }.to_owned();
    let found = roles(&table(&[
        ("weapon", &weapon),
        ("assessment_day", &day),
        ("reoffence_day", &day_of_reoffence),
        ("is_violent_recid", &violent),
        ("new_charge", &charge),
        ("hearing", &|row| if row % 16 == 4 { format!("room {}", row % 3) } else { String::new() }),
        ("risk_score", &|row| (row % 10).to_string()),
        ("sex", &|row| ["f", "m"][row % 2].to_owned()),
        ("copy", &weapon),
        ("document", &dni),
        ("constant", &|_| "x".to_owned()),
        ("ticked", &|row| if row % 2 == 0 { "x" } else { "" }.to_owned()),
        ("notes", &|row| format!("free text {row}")),
        ("town", &|row| format!("town {}", row % 30)),
        ("ward", &|row| format!("ward {}", row % 18)),
        ("empty", &|_| "NA".to_owned()),
    ]));
    let out = |said: &str| Role::Out(said.to_owned());
    let tells = |outcome: &str| Role::Later(Why::Tells { outcome: outcome.to_owned(), auc: 1.0 });
    assert_eq!(
        found,
        [
            Role::Indicator,
            Role::Date,
            tells("reoffended"),
            Role::OtherOutcome,
            // Of all reoffences it is filled in for half, of the violent ones for all.
            tells("is_violent_recid"),
            Role::Later(Why::OnlyWith { outcome: "reoffended".to_owned(), events: 13, rows: 13 }),
            Role::Later(Why::Score),
            Role::Group,
            out("it holds the same as column `weapon` in every row"),
            out("it holds what looks like a Spanish DNI: it must not enter a cohort"),
            out("it holds the same in every row"),
            out("it holds one text or nothing: say what nothing means before it is asked"),
            out("every row holds another text: it looks like an identifier or free text"),
            out("it holds 30 different texts in 200 rows, fewer than 10 rows for each: group them first"),
            Role::Indicator,
            out("it holds nothing in any row"),
        ]
    );
}

#[test]
fn what_tells_the_outcome_is_named_with_its_auc_and_never_an_answer() {
    // 45 of 50 rows with the outcome and 6 of 150 without: sensitivity 0.9, specificity 0.96, AUC their mean.
    let arrested = |row: usize| {
        let says = if row.is_multiple_of(4) { !row.is_multiple_of(40) } else { row % 25 == 1 };
        if says { "1" } else { "0" }.to_owned()
    };
    let draft = drafted(&table(&[("weapon", &weapon), ("arrested", &arrested)]));
    let source = toml(&draft, SOURCE);
    let never: Vec<&str> =
        source["never_answers"].as_array().unwrap().iter().filter_map(toml::Value::as_str).collect();
    assert_eq!(never, ["reoffended", "arrested"]);
    assert!(
        file(&draft, SOURCE).contains("# alone, it tells `reoffended` with an AUC of 0.930\n  \"arrested\"")
    );
    assert!(
        draft
            .decide
            .iter()
            .any(|one| one.contains("`arrested` (alone, it tells `reoffended` with an AUC of 0.930)"))
    );
    assert_eq!(source["indicator"].as_array().unwrap().len(), 1);
}

#[test]
fn an_outcome_is_stated_or_named_like_one_and_never_guessed() {
    let plain = |row: usize| if row.is_multiple_of(4) { "yes" } else { "no" }.to_owned();
    let mut without = table(&[("weapon", &weapon), ("married", &plain)]);
    without.columns[1].name = "status".to_owned();
    let refused = draft(&without, &PLAN).unwrap_err().to_string();
    assert_eq!(
        refused,
        "table `cases.csv`: no column is named like an outcome, expected one to be stated; these say yes or no: `status`, \
         `weapon`, `married`"
    );
    let of = |outcome| draft(&without, &DraftPlan { outcome: Some(outcome), ..PLAN });
    assert!(
        of(("status", None)).unwrap().decide[0]
            .contains("`status`, which happened (`yes`) in 50 of 200 rows")
    );
    // Rows that hold nothing say nothing of it: 67 of 133 that say something.
    assert!(
        of(("weapon", Some("No"))).unwrap().decide[0]
            .contains("`weapon`, which happened (`No`) in 67 of 133 rows")
    );
    for (outcome, said) in [
        (
            ("nobody", None),
            "the table has no column `nobody`, expected one of `id`, `status`, `weapon`, `married`",
        ),
        (
            ("weapon", Some("no")),
            "column `weapon` never holds `no`, expected one of its texts: `` 67, `No` 67, `Sí` 66",
        ),
        (("id", None), "column `id` does not say yes or no"),
    ] {
        let refused = of(outcome).unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn days_that_can_be_read_in_two_ways_are_not_chosen() {
    let either = |row: usize| format!("{:02}/{:02}/2024", 1 + row % 12, 1 + row % 11);
    let draft = drafted(&table(&[("weapon", &weapon), ("day", &either)]));
    assert!(toml(&draft, SOURCE).get("date").is_none());
    let told = "if days and months are not the other way round (`%d/%m/%Y` and `%m/%d/%Y` fit)";
    assert!(file(&draft, SOURCE).replace("\n# ", " ").contains(told), "{}", file(&draft, SOURCE));
}

#[test]
fn numbers_with_a_comma_are_read_as_most_columns_are_written() {
    let comma = |row: usize| format!("{},5", row % 40);
    let draft = drafted(&table(&[("amount", &comma), ("weapon", &weapon)]));
    // 12,5 has no group of three digits behind the comma: only one way is left.
    assert_eq!(toml(&draft, SOURCE)["numbers"]["decimal"].as_str(), Some(","));
    let either = |row: usize| format!("{},500", row % 40);
    let draft = drafted(&table(&[("amount", &either), ("weapon", &weapon)]));
    assert!(toml(&draft, SOURCE).get("numbers").is_none());
    assert!(
        draft.decide.iter().any(|one| one.contains("may stand before decimals or between thousands")),
        "{:?}",
        draft.decide
    );
}

#[test]
fn a_column_named_twice_is_read_once_if_both_hold_the_same() {
    let age = |row: usize| (row % 60).to_string();
    let draft = drafted(&table(&[("age", &age), ("age", &age), ("weapon", &weapon)]));
    let source = toml(&draft, SOURCE);
    assert_eq!(source["repeated"].as_array().unwrap().len(), 1);
    assert_eq!(source["indicator"].as_array().unwrap().len(), 2);
    let other = |row: usize| (row % 61).to_string();
    let found = roles(&table(&[("age", &age), ("age", &other), ("weapon", &weapon)]));
    let out =
        Role::Out("the header names it 2 times, with different cells below: it cannot be read".to_owned());
    assert_eq!(found, [out.clone(), out, Role::Indicator]);
}

#[test]
fn large_tables_are_held_out_once() {
    let mut large = table(&[("weapon", &weapon)]);
    for column in &mut large.columns {
        let cells = column.cells.clone();
        column.cells = (0..20_000).map(|row| cells[row % ROWS].clone()).collect();
    }
    large.n_rows = 20_000;
    let draft = drafted(&large);
    let config = Experiment::from_toml(file(&draft, CONFIG)).unwrap();
    assert!(config.plan().is_some());
    assert!(
        Experiment::from_toml(file(&drafted(&table(&[("weapon", &weapon)])), CONFIG))
            .unwrap()
            .plan()
            .is_none()
    );
}

#[test]
fn a_division_that_the_table_brings_is_proposed_and_taken() {
    let set = |row: usize| ["Training set", "train", "validation", "test", ""][row % 5].to_owned();
    let fold = |row: usize| if row.is_multiple_of(11) { "-1".to_owned() } else { (row % 4).to_string() };
    let draft = drafted(&table(&[("weapon", &weapon), ("set", &set), ("cv_fold", &fold)]));
    let source = toml(&draft, SOURCE);
    let texts = |value: &toml::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(source["split"]["column"].as_str(), Some("set"));
    assert_eq!(texts(&source["split"]["train"]), ["Training set", "train", "validation"]);
    assert_eq!(texts(&source["split"]["test"]), ["test"]);
    assert_eq!(texts(&source["split"]["left_out"]), [""]);
    assert_eq!(source["folds"]["column"].as_str(), Some("cv_fold"));
    assert_eq!(texts(&source["folds"]["left_out"]), ["-1"]);
    // Neither is asked.
    assert_eq!(source["indicator"].as_array().unwrap().len(), 1);
    let config = Experiment::from_toml(file(&draft, CONFIG)).unwrap();
    let Holdout::Split { method: Method::Column, shared_cases: SharedCases::Refuse, .. } =
        config.config().holdout
    else {
        panic!("{}", file(&draft, CONFIG));
    };
    let told = "Column `set` seems to be the table's own split, with 120 rows for training and 40 for the test, and the config takes it.";
    assert!(draft.decide.iter().any(|one| one == told), "{:?}", draft.decide);
    assert!(draft.decide.iter().any(|one| {
        one.contains("`cv_fold` seems to hold the table's own 4 folds, and the config takes the split.")
    }));
    assert!(file(&draft, SOURCE).matches("TO DECIDE").count() >= 7);
}

#[test]
fn folds_are_taken_where_there_is_no_split_and_shared_cases_are_stated() {
    let fold = |row: usize| format!("{}", row % 5 + 1);
    let mut brought = table(&[("weapon", &weapon), ("fold", &fold)]);
    let config =
        |table: &ForeignTable| Experiment::from_toml(file(&drafted(table), CONFIG)).unwrap().config().holdout;
    assert_eq!(
        config(&brought),
        Holdout::CrossFit { folds: 5, repeats: 1, by: FoldsBy::Column, shared_cases: SharedCases::Refuse }
    );
    // 40 rows of 20 cases, each in two folds.
    for at in 0..40 {
        brought.columns[0].cells[at] = format!("c{:04}", at / 2);
    }
    assert_eq!(
        config(&brought),
        Holdout::CrossFit {
            folds: 5,
            repeats: 1,
            by: FoldsBy::Column,
            shared_cases: SharedCases::LeaveOutOfTrain
        }
    );
    let said = drafted(&brought).decide;
    assert!(said.iter().any(|one| one.contains("20 cases have rows in more than one")), "{said:?}");
}

#[test]
fn what_only_looks_like_a_division_is_none() {
    let yes = |row: usize| ["yes", "no"][row / 2 % 2].to_owned();
    let number = |row: usize| (row % 3).to_string();
    let found = roles(&table(&[
        ("drug_test", &yes),
        ("test", &yes),
        ("cv", &|row| (row % 2).to_string()),
        ("train", &|row| ["bus", "train"][row % 2].to_owned()),
        ("folder", &|row| ["a", "b"][row % 2].to_owned()),
        ("split", &number),
        ("is_train", &|row| ["TRUE", "FALSE"][usize::from(row % 10 > 6)].to_owned()),
        ("in_test_set", &|row| ["0", "1"][usize::from(row % 10 > 7)].to_owned()),
    ]));
    let out = |said: &str| Role::Out(said.to_owned());
    assert_eq!(
        found,
        [
            Role::Indicator,
            out("it holds the same as column `drug_test` in every row"),
            Role::Indicator,
            Role::Indicator,
            Role::Indicator,
            out("it is named like a division of the rows, and its texts do not say into what"),
            Role::Split,
            out("it seems to divide the rows, as `is_train` does"),
        ]
    );
}

//! What a caller states, and the form alone.

use amparo_datasets::{CellKind, Polarity, Source};

use super::*;

fn plan<'a>(ordered: &'a [(&'a str, Order<'a>)], unknown: &'a [&'a str]) -> DraftPlan<'a> {
    DraftPlan { ordered, unknown, ..PLAN }
}

fn form(draft: &Draft) -> Instrument {
    Instrument::from_toml(file(draft, INSTRUMENT), Path::new(INSTRUMENT)).unwrap()
}

fn source(draft: &Draft) -> Source {
    Source::of_form(file(draft, SOURCE), Path::new(SOURCE), form(draft).into()).unwrap()
}

fn harm(row: usize) -> String {
    ["none", "minor", "severe", "no data"][row / 2 % 4].to_owned()
}

#[test]
fn a_stated_order_is_that_of_the_answers_and_says_more_risk() {
    let priors = |row: usize| (row % 7).to_string();
    let contact = |row: usize| (row % 11).to_string();
    let order = [
        ("harm", Order::Texts(vec!["none", "minor", "severe"])),
        ("priors", Order::Rising),
        ("contact", Order::Falling),
        ("weapon", Order::Rising),
    ];
    let table = table(&[
        ("harm", &harm),
        ("priors", &priors),
        ("contact", &contact),
        ("weapon", &weapon),
        ("town", &|row| format!("t{}", row % 3)),
    ]);
    let draft = draft(&table, &plan(&order, &["no data"])).unwrap();
    let form = form(&draft);
    let found: Vec<(String, Polarity)> =
        form.indicators().iter().map(|one| (one.answer_list(), one.polarity)).collect();
    assert_eq!(found[0], ("none, minor, severe, unknown".to_owned(), Polarity::Risk));
    assert_eq!([found[1].1, found[2].1, found[3].1], [Polarity::Risk, Polarity::Protective, Polarity::Risk]);
    assert_eq!(found[3].0, "no, si, unknown");
    assert_eq!(found[4].1, Polarity::Neutral);
    assert!(
        draft.decide.iter().any(|one| one.contains("4 with the direction that was stated and 1 without one")),
        "{:?}",
        draft.decide
    );
    // By the alphabet, without an order, it would be another.
    assert_eq!(super::drafted(&table).files[0].1.matches("polarity = \"neutral\"").count(), 5);
    let reader = source(&draft);
    let reader = reader.answer_readers().next().unwrap();
    let codes = ["none", "minor", "severe", "no data"].map(|text| reader.read(text, CellKind::Text).unwrap());
    assert_eq!(codes, [0, 1, 2, 3]);
    assert_eq!(
        reader.read("other", CellKind::Text).unwrap_err(),
        "one of `minor`, `no data`, `none`, `severe`"
    );
}

#[test]
fn a_text_that_is_stated_to_be_unknown_is_so_in_every_column() {
    let age = |row: usize| if row.is_multiple_of(9) { "99".to_owned() } else { (20 + row % 30).to_string() };
    let table = table(&[("harm", &harm), ("age", &age)]);
    let draft = draft(&table, &plan(&[], &["no data", "99"])).unwrap();
    let (form, source) = (form(&draft), source(&draft));
    assert_eq!(form.indicators()[0].answer_list(), "minor, none, severe, unknown");
    let readers: Vec<_> = source.answer_readers().collect();
    let unknown = form.indicators()[1].unknown();
    assert_eq!(readers[1].read("99", CellKind::Text), Ok(unknown));
    assert_eq!(readers[1].read_number(99.0), Ok(unknown));
    assert_ne!(readers[1].read_number(49.0).unwrap(), unknown);
    // Of the bins, it is none.
    assert!(!form.indicators()[1].bins().unwrap().starts().iter().any(|start| *start > 50.0));
}

#[test]
fn everything_that_is_stated_and_does_not_fit_is_told_at_once() {
    let many = |row: usize| format!("place {}", row % 18);
    let risk_score = |row: usize| ["low", "high"][row % 2].to_owned();
    let order = [
        ("harm", Order::Texts(vec!["none", "grave", "severe", "none", "unknown"])),
        ("gone", Order::Rising),
        ("place", Order::Rising),
        ("weapon", Order::Falling),
        ("weapon", Order::Falling),
        ("risk_score", Order::Texts(vec!["low", "high"])),
    ];
    let table = table(&[("harm", &harm), ("place", &many), ("weapon", &weapon), ("risk_score", &risk_score)]);
    let refused = draft(&table, &plan(&order, &["n.d."])).unwrap_err().to_string();
    for said in [
        "column `harm` never holds `grave`, which its order names",
        "the order of column `harm` names `none` twice",
        "the order of column `harm` names `unknown`, which says that nobody knows",
        "the order of column `harm` leaves out `minor`, `no data`, expected all of its texts",
        "the table has no column `gone`, for which an order is stated, expected one of `id`",
        "column `place` holds texts without an order of their own",
        "column `place` has 18 answers and a stated order, expected at most 15",
        "the order of column `weapon` is stated twice",
        "an order is stated for column `risk_score`, which is not asked: by its name, a score that somebody else gave",
        "no column holds `n.d.`, which is stated to be unknown",
    ] {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    assert!(refused.contains("10 problems"), "{refused}");
}

#[test]
fn a_group_with_a_stated_order_is_asked() {
    let age_cat = |row: usize| ["young", "old"][row % 2].to_owned();
    let table = table(&[("age_cat", &age_cat), ("weapon", &weapon)]);
    let order = [("age_cat", Order::Texts(vec!["old", "young"]))];
    let asked = |plan: &DraftPlan<'_>| form(&draft(&table, plan).unwrap()).indicators().len();
    assert_eq!((asked(&PLAN), asked(&plan(&order, &[]))), (1, 2));
}

fn alone(columns: &[(&str, ForeignKind, &[&str])]) -> ForeignTable {
    let column = |(name, kind, cells): &(&str, ForeignKind, &[&str])| ForeignColumn {
        name: (*name).to_owned(),
        kind: kind.clone(),
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
    };
    ForeignTable { n_rows: columns[0].2.len(), n_blank: 0, columns: columns.iter().map(column).collect() }
}

#[test]
fn every_column_is_a_question_of_the_form_alone() {
    let categories =
        ForeignKind::Categories { all: ["low", "mid", "high"].map(str::to_owned).into(), ordered: true };
    let table = alone(&[
        ("same", ForeignKind::Text, &["x", "x", "x", ""]),
        ("always", ForeignKind::Typed, &["3.0", "3.0", "3.0", "3.0"]),
        ("never", ForeignKind::Typed, &["false", "false", "false", "false"]),
        ("two", ForeignKind::Typed, &["2.5", "10.0", "2.5", "10.0"]),
        ("level", categories, &["high", "low", "low", "high"]),
        ("outcome", ForeignKind::Text, &["yes", "no", "no", "yes"]),
    ]);
    let draft = draft_form(&table, &PLAN).unwrap();
    assert_eq!(draft.files.len(), 2);
    let lists: Vec<String> = form(&draft).indicators().iter().map(|one| one.answer_list()).collect();
    assert_eq!(
        lists,
        [
            "x, other, unknown",
            "under_3, from_3, unknown",
            "false, true, unknown",
            "2_5, 10, unknown",
            "low, mid, high, unknown",
            "no, yes, unknown"
        ]
    );
    let source = source(&draft);
    let readers: Vec<_> = source.answer_readers().collect();
    let read = |at: usize, text: &str, kind| readers[at].read(text, kind).ok();
    assert_eq!(
        [read(0, "x", CellKind::Text), read(0, "", CellKind::Text), read(0, "y", CellKind::Text)],
        [Some(0), Some(2), None]
    );
    assert_eq!([readers[1].read_number(3.0), readers[1].read_number(2.0)], [Ok(1), Ok(0)]);
    // However a program writes yes and no, and a whole number.
    assert_eq!(
        [read(2, "False", CellKind::Text), read(2, "TRUE", CellKind::Text), read(2, "true", CellKind::Value)],
        [Some(0), Some(1), Some(1)]
    );
    assert_eq!(
        [readers[3].read_number(10.0).ok(), read(3, "10", CellKind::Value), readers[3].read_number(3.0).ok()],
        [Some(1), Some(1), None]
    );
    assert_eq!(read(4, "mid", CellKind::Text), Some(1));
    assert!(draft.decide[1].contains("`same`, `always`, `never`"), "{:?}", draft.decide);
}

#[test]
fn columns_that_cannot_be_a_question_are_told_at_once_with_what_to_do() {
    let many: Vec<String> = (0..300).map(|row| format!("t{row}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let all = |text| vec![text; 300];
    let (nothing, unknown, day, mail, one) =
        (all(""), all("no consta"), all("2024-01-31"), all("a@b.es"), all("1"));
    let refused = draft_form(
        &alone(&[
            ("many", ForeignKind::Text, &many),
            ("nothing", ForeignKind::Text, &nothing),
            ("unknown", ForeignKind::Text, &unknown),
            ("day", ForeignKind::Text, &day),
            ("mail", ForeignKind::Text, &mail),
            ("one", ForeignKind::Text, &one),
            ("one", ForeignKind::Text, &one),
            ("bytes", ForeignKind::Unreadable("bytes".to_owned()), &[]),
        ]),
        &PLAN,
    );
    let refused = refused.unwrap_err().to_string();
    for said in [
        "column `many` holds 300 different texts, expected at most 250 answers: group them, or leave it out",
        "column `nothing` holds nothing in any row, expected answers: leave it out",
        "column `unknown` holds nothing but texts that say that nobody knows",
        "column `day` holds days, expected answers",
        "column `mail` holds what looks like an e-mail address",
        "column `one` has the name of a column before it",
        "column `bytes` holds bytes, which cannot be read",
    ] {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    assert!(refused.contains("7 problems"), "{refused}");
    let empty = draft_form(&ForeignTable { n_rows: 0, n_blank: 0, columns: vec![] }, &PLAN).unwrap_err();
    assert!(empty.to_string().contains("0 columns and 0 rows"), "{empty}");
}

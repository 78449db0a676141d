use super::*;

/// A table of columns whose cells are known by row.
pub(super) fn table(n_rows: usize, columns: &[(&str, &dyn Fn(usize) -> String)]) -> ForeignTable {
    let column = |(name, cell): &(&str, &dyn Fn(usize) -> String)| ForeignColumn {
        name: (*name).to_owned(),
        kind: ForeignKind::Text,
        cells: (0..n_rows).map(cell).collect(),
    };
    ForeignTable { n_rows, n_blank: 0, columns: columns.iter().map(column).collect() }
}

pub(super) const PLAN: BinsPlan<'_> = BinsPlan {
    table: "t.csv",
    column: "age",
    outcome: ("reoffended", None),
    unknown: &[],
    only: &[],
    weight: None,
    case: None,
    direction: None,
    least_events: 10,
    most_bins: 6,
    n_bins: None,
    unit: Some("years"),
    seed: 1,
};

pub(super) fn age(row: usize) -> f64 {
    18.0 + (drawn(row as u64) * 50.0).floor()
}

pub(super) fn reoffended(row: usize) -> String {
    let rate = if age(row) < 25.0 { 0.6 } else { 0.2 };
    if drawn(5_000_000 + row as u64) < rate { "yes" } else { "no" }.to_owned()
}

fn written(row: usize) -> String {
    age(row).to_string()
}

fn aged(n_rows: usize) -> ForeignTable {
    table(n_rows, &[("age", &written), ("reoffended", &reoffended)])
}

/// The form `compas` with another set of answers and other bins of age.
fn form(proposed: &ProposedBins) -> Instrument {
    let (_, compas) = Instrument::BUILT_IN.iter().find(|(id, _)| *id == "compas").unwrap();
    let mut form: toml::Table = compas.parse().unwrap();
    let new: toml::Table = proposed.toml.parse().unwrap();
    for key in ["answers", "bins"] {
        form[key].as_table_mut().unwrap()["age"] = new[key].as_table().unwrap()["age"].clone();
    }
    Instrument::from_toml(&toml::to_string(&form).unwrap(), Path::new("new.toml")).unwrap()
}

#[test]
fn a_form_reads_every_number_as_the_bin_that_was_proposed_for_it() {
    let proposed = propose_bins(&aged(2000), &PLAN).unwrap();
    assert_eq!((proposed.direction, proposed.taken), (Direction::Falling, 2));
    assert_eq!(proposed.tried.iter().find(|tried| tried.n_bins == 2).unwrap().cuts, [25.0]);
    let form = form(&proposed);
    let indicator = form.indicators().iter().find(|indicator| indicator.id == "age").unwrap();
    // From the least to the most risk, while the bins go from the smallest to the largest number.
    assert_eq!(indicator.answer_list(), "from_25, under_25, unknown");
    let bins = indicator.bins().unwrap();
    assert_eq!(bins.unit(), "years");
    for (at, bin) in proposed.bins.iter().enumerate() {
        let id = &bins.answers()[at];
        assert_eq!([bin.smallest, bin.largest].map(|age| bins.answer(age).unwrap()), [id, id]);
    }
    let young = (0..2000).filter(|row| age(*row) < 25.0);
    let events = young.clone().filter(|row| reoffended(*row) == "yes").count();
    assert_eq!((proposed.bins[0].n_rows, proposed.bins[0].n_events), (young.count(), events));
    assert!(proposed.toml.contains("# unit = \"years\"\n# unknown = []\n"), "{}", proposed.toml);
}

/// 3 rows of one weight are one row of three times the weight, but for the number of rows that a bin needs.
#[test]
fn a_weight_is_as_many_rows() {
    let weight = |row: usize| (1 + row % 3).to_string();
    let weighted = table(900, &[("age", &written), ("reoffended", &reoffended), ("weight", &weight)]);
    let by_row: Vec<usize> = (0..900).flat_map(|row| std::iter::repeat_n(row, 1 + row % 3)).collect();
    let of = |cell: &dyn Fn(usize) -> String, row: usize| cell(by_row[row]);
    let repeated = table(
        by_row.len(),
        &[("age", &|row| of(&written, row)), ("reoffended", &|row| of(&reoffended, row))],
    );
    let plan = BinsPlan { n_bins: Some(3), least_events: 1, most_bins: 3, ..PLAN };
    let found = propose_bins(&weighted, &BinsPlan { weight: Some("weight"), ..plan.clone() }).unwrap();
    let expected = propose_bins(&repeated, &plan).unwrap();
    let ignored = propose_bins(&weighted, &plan).unwrap();
    for (found, expected) in found.tried.iter().zip(&expected.tried) {
        assert_eq!(found.cuts, expected.cuts);
        assert!((found.log_loss - expected.log_loss).abs() <= 1e-12);
        assert!((found.auc.value - expected.auc.value).abs() <= 1e-12);
    }
    assert!((found.number_auc.value - expected.number_auc.value).abs() <= 1e-12);
    assert!((ignored.number_auc.value - expected.number_auc.value).abs() > 1e-4, "the weights matter");
}

/// What the bins lose is what the number has more; no bins beat the monotone function.
#[test]
fn costs_are_told_against_the_number_and_the_best_monotone_function() {
    let proposed = propose_bins(&aged(2000), &PLAN).unwrap();
    for tried in &proposed.tried {
        let lost = proposed.number_auc.value - tried.auc.value;
        assert!((tried.lost_auc.value - lost).abs() <= 1e-12);
        assert!(
            tried.log_loss >= proposed.isotonic.log_loss && tried.auc.value <= proposed.isotonic.auc + 1e-12
        );
    }
    assert!(proposed.isotonic.auc >= proposed.number_auc.value);
    let one = &proposed.tried[0];
    assert!((one.auc.value - 0.5).abs() <= 1e-12 && one.lost_auc.value > 0.1, "{one:?}");
}

#[test]
fn rows_without_a_number_or_an_outcome_are_told_and_do_not_count() {
    let age_of = |row: usize| match row % 10 {
        0 => String::new(),
        1 => "NA".to_owned(),
        2 => "999".to_owned(),
        _ => written(row),
    };
    let outcome = |row: usize| match row % 7 {
        0 => String::new(),
        1 => "no consta".to_owned(),
        _ => reoffended(row),
    };
    let set = |row: usize| ["train", "train", "train", "test"][row % 4].to_owned();
    let table = table(2800, &[("age", &age_of), ("reoffended", &outcome), ("set", &set)]);
    let plan = BinsPlan { unknown: &["999"], only: &[("set", "train")], ..PLAN };
    let proposed = propose_bins(&table, &plan).unwrap();
    let count = |of: &dyn Fn(usize) -> bool| (0..2800).filter(|row| of(*row)).count();
    let (train, known, number) = (|row| row % 4 < 3, |row| row % 7 > 1, |row| row % 10 > 2);
    let counted = |row: usize| train(row) && known(row) && number(row);
    assert_eq!(
        proposed.rows,
        RowCounts {
            counted: count(&counted),
            events: count(&|row| counted(row) && reoffended(row) == "yes"),
            not_asked_for: count(&|row| !train(row)),
            without_outcome: count(&|row| train(row) && !known(row)),
            without_number: count(&|row| train(row) && known(row) && !number(row)),
        }
    );
    assert_eq!(proposed.unknown, ["", "999", "NA"]);
    assert_eq!((proposed.event, proposed.no_event), ("yes".to_owned(), vec!["no".to_owned()]));
    assert!(proposed.toml.contains(r#"# unknown = ["", "999", "NA"]"#), "{}", proposed.toml);
    // Without the word that 999 is none, it is a number that stands apart.
    let told = propose_bins(&table, &BinsPlan { unknown: &[], ..plan }).unwrap();
    assert_eq!((told.stands_apart, proposed.stands_apart), (Some(999.0), None));
}

#[test]
fn numbers_are_merged_beyond_the_limit_and_it_is_told() {
    let fine = |row: usize| format!("{:.4}", drawn(row as u64) * 50.0);
    let outcome = |row: usize| {
        let rate = if drawn(row as u64) < 0.5 { 0.2 } else { 0.5 };
        if drawn(5_000_000 + row as u64) < rate { "yes" } else { "no" }.to_owned()
    };
    let table = table(3000, &[("age", &fine), ("reoffended", &outcome)]);
    let proposed = propose_bins(&table, &PLAN).unwrap();
    assert!(proposed.n_values > MOST_VALUES && proposed.merged_into.is_some_and(|n| n <= MOST_VALUES));
    let cut = proposed.bins[1].from.unwrap();
    assert!((cut - 25.0).abs() <= 2.0, "{cut}");
    assert!(cut.to_string().len() <= 5, "as few digits as part the numbers: {cut}");
    let whole = propose_bins(&aged(3000), &PLAN).unwrap();
    assert_eq!(whole.merged_into, None);
}

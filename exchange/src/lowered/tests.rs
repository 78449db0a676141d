use amparo_datasets::Polarity;
use amparo_models::Model;
use amparo_models::scorer::Form;

use super::*;
use crate::foreign::{Arithmetic, Axis, Derived, ForeignModel, ForeignNode, Test, Value};
use crate::mapping::Mapping;
use crate::small::{MAPPING, columns, form, held, model, tree};
use crate::testing::sum;

/// All rows of codes of the form.
fn rows() -> Vec<Vec<u8>> {
    let step = |rows: Vec<Vec<u8>>, n: u8| {
        rows.iter()
            .flat_map(|row| (0..n).map(|code| [row.as_slice(), &[code]].concat()).collect::<Vec<_>>())
            .collect()
    };
    [3, 4, 3].into_iter().fold(vec![Vec::new()], step)
}

fn refused(model: &ForeignModel) -> String {
    lowered(model, &columns(), &form()).unwrap_err().to_string()
}

#[test]
fn every_row_of_answers_has_the_score_of_its_row_of_columns() {
    let (model, columns) = (model(), columns());
    let found = lowered(&model, &columns, &form()).unwrap();
    assert!(matches!(found.model.form(), Form::Trees(_)));
    let mut scores = Vec::new();
    for row in rows() {
        let expected = sum(&model, &held(&columns, model.inputs.len(), &row));
        assert!((found.model.score(&row) - expected).abs() <= 1e-14, "{row:?}");
        scores.push(expected);
    }
    let spread = |scores: &[f64]| scores.iter().copied().fold(f64::NEG_INFINITY, f64::max) - scores[0];
    assert!(spread(&scores) > 0.3, "a model that says one thing of all rows would fail");
}

#[test]
fn a_sum_of_terms_about_one_indicator_each_becomes_tables() {
    let mut model = model();
    model.terms.retain(|term| !matches!(term, Term::Tree(_)));
    model.terms.pop();
    // A tree about one question, and one that asks nothing.
    let stump = vec![
        ForeignNode::Split { column: 2, test: Test::Below { threshold: 15.0, missing: true }, yes: 1, no: 2 },
        ForeignNode::Leaf(0.5),
        ForeignNode::Leaf(0.7),
    ];
    model.terms.push(Term::Tree(tree(stump)));
    model.terms.push(Term::Tree(tree(vec![ForeignNode::Leaf(0.125)])));
    let columns = columns();
    let found = lowered(&model, &columns, &form()).unwrap();
    assert!(matches!(found.model.form(), Form::Additive(_)));
    for row in rows() {
        let expected = sum(&model, &held(&columns, model.inputs.len(), &row));
        assert!((found.model.score(&row) - expected).abs() <= 1e-14, "{row:?}");
    }
}

#[test]
fn a_question_about_a_number_that_no_answer_has_is_refused_with_its_place() {
    let asking = |test: Test| {
        let mut model = model();
        let nodes = vec![
            ForeignNode::Split { column: 2, test, yes: 1, no: 2 },
            ForeignNode::Leaf(0.5),
            ForeignNode::Leaf(0.7),
        ];
        model.terms = vec![Term::Tree(tree(nodes))];
        model
    };
    let told = refused(&asking(Test::Below { threshold: 35.5, missing: true }));
    assert!(
        told.contains("tree 0, node 0: the model asks whether `b` < 35.5, but no answer has another side"),
        "{told}"
    );
    assert!(
        told.contains("column `b` holds 10 for `a0`, 20.1 for `a1`, 30 for `a2`, nothing for `unknown`"),
        "{told}"
    );
    // The same threshold tells a missing value from all numbers, and is a question about an answer then.
    assert!(lowered(&asking(Test::Below { threshold: 35.5, missing: false }), &columns(), &form()).is_ok());
    let one_of = Test::OneOf { values: vec![Value::Number(10.0), Value::Number(11.0)], missing: false };
    let told = refused(&asking(one_of));
    assert!(told.contains("whether column `b` is 11, which no answer has"), "{told}");
}

#[test]
fn numbers_of_a_program_with_32_bits_are_compared_as_it_does() {
    // 20.1 is no 32-bit float: the next one above it is 20.1 as the program sees it.
    let mut model = model();
    let nodes = vec![
        ForeignNode::Split {
            column: 2,
            test: Test::Below { threshold: 20.1, missing: false },
            yes: 1,
            no: 2,
        },
        ForeignNode::Leaf(0.5),
        ForeignNode::Leaf(0.7),
    ];
    model.terms = vec![Term::Tree(tree(nodes))];
    let score =
        |model: &ForeignModel| lowered(model, &columns(), &form()).unwrap().model.score(&[0, 1, 0]) + 1.0;
    assert!((score(&model) - 0.7).abs() <= 1e-12, "20.1 < 20.1 does not hold");
    model.arithmetic = Arithmetic::Single;
    assert!((score(&model) - if f64::from(20.1_f32) < 20.1 { 0.5 } else { 0.7 }).abs() <= 1e-12);
}

#[test]
fn what_is_no_model_is_refused_with_everything_that_is_wrong() {
    let mut model = model();
    let split = |yes, no| ForeignNode::Split {
        column: 0,
        test: Test::Below { threshold: 0.5, missing: true },
        yes,
        no,
    };
    let axis = Axis { column: 0, n_bins: 2, tests: vec![(Test::IsMissing, 0)] };
    model.base = f64::INFINITY;
    model.terms = vec![
        Term::Tree(tree(vec![split(1, 2), ForeignNode::Leaf(f64::NAN), ForeignNode::Leaf(0.0)])),
        Term::Linear { column: 2, coefficient: 1.0, missing: None },
        Term::Linear { column: 0, coefficient: f64::NAN, missing: None },
        Term::Table { axes: vec![axis.clone()], values: vec![0.0; 3] },
        Term::Table { axes: vec![axis], values: vec![0.0; 2] },
    ];
    let told = refused(&model);
    for expected in [
        "the sum starts at inf",
        "tree 0, node 1: the leaf is NaN",
        "term 1: column `b` is multiplied by 1, but it holds no one finite number for answer `unknown`",
        "term 2: column `a` is multiplied by NaN",
        "term 3: 3 numbers in a table of 2 cells about 1 columns",
        "term 4: column `a` is in no bin for answer `absent`",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[test]
fn a_threshold_inside_a_bin_is_refused_unless_only_whole_numbers_are_there() {
    let form = amparo_datasets::testing::instrument(
        "ages",
        &[amparo_datasets::testing::Question::new(
            "age",
            Polarity::Neutral,
            amparo_datasets::testing::Scale::binary(),
        )],
    );
    let answers = &form.indicators()[0].answers()[..2];
    let set = |closed: bool, to: f64, test: &Test| {
        let values =
            [Value::Range { from: 18.0, to, closed }, Value::Range { from: 25.0, to: 99.0, closed: true }];
        Question { name: "age", asked: 0, values: &values, answers, arithmetic: Arithmetic::Single }.set(test)
    };
    let at_most = |threshold| Test::AtMost { threshold, missing: false };
    let told = set(false, 25.0, &at_most(24.5)).unwrap_err();
    assert!(
        told.contains("`age` <= 24.5, which holds for some numbers from 18 to 25 and not for others"),
        "{told}"
    );
    assert_eq!(set(true, 24.0, &at_most(24.5)), Ok(1));
    assert_eq!(set(false, 25.0, &Test::Below { threshold: 25.0, missing: false }), Ok(1));
    assert!(set(false, 25.0, &at_most(25.0)).unwrap_err().contains("25 to 99"));
}

#[test]
fn a_bin_of_numbers_that_no_answer_has_is_refused() {
    let mut model = model();
    let below = Test::Below { threshold: 5.0, missing: false };
    let axis =
        Axis { column: 2, n_bins: 3, tests: vec![(Test::IsMissing, 0), (below, 1), (Test::Always, 2)] };
    model.terms = vec![Term::Table { axes: vec![axis], values: vec![0.0, 1.0, 2.0] }];
    assert!(refused(&model).contains("whether `b` < 5, but no answer has another side"));
}

#[test]
fn the_mapping_of_these_tests_names_every_column_that_is_used() {
    let whole = Mapping::from_toml(MAPPING).unwrap();
    for left_out in 0..whole.column.len() {
        let mut mapping = whole.clone();
        let gone = mapping.column.remove(left_out).name;
        let told = Columns::new(&mapping, &model(), &form()).unwrap_err().to_string();
        assert!(told.contains(&format!("the model uses column `{gone}`")), "{told}");
    }
}

#[test]
fn a_path_that_cannot_be_explained_is_refused_with_its_tree() {
    use amparo_datasets::testing::{self, Question, Scale};
    let n = 33;
    let questions: Vec<Question> =
        (0..n).map(|j| Question::new(&format!("Q{j}"), Polarity::Neutral, Scale::binary())).collect();
    let form = testing::instrument("long", &questions);
    let chain = |length: usize| {
        let mut nodes = Vec::new();
        for column in 0..length {
            let test = Test::Below { threshold: 0.5, missing: true };
            nodes.push(ForeignNode::Split { column, test, yes: 2 * column + 1, no: 2 * column + 2 });
            nodes.push(ForeignNode::Leaf(column as f64));
        }
        nodes.push(ForeignNode::Leaf(-1.0));
        let inputs: Vec<String> = (0..n).map(|j| format!("f{j}")).collect();
        let columns = Derived::plain(n);
        let model = ForeignModel { inputs, columns, terms: vec![Term::Tree(tree(nodes))], ..model() };
        let mapping = Mapping::from_toml(&crate::mapping::suggested(&model.inputs, &form)).unwrap();
        let columns = Columns::new(&mapping, &model, &form).unwrap();
        lowered(&model, &columns, &form).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(chain(32), Ok(()));
    let told = chain(33).unwrap_err();
    assert!(told.contains("tree 0 asks 33 indicators on one path, expected at most 32"), "{told}");
}

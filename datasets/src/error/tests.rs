use super::*;

#[test]
fn a_long_list_is_cut_in_print_and_kept_in_full() {
    let problems = Problems((1..=53).map(|row| Problem::new("x", "wrong").at_row(row)).collect());
    let text = problems.to_string();
    assert!(text.starts_with("53 problems\n  - wrong (row 1)\n"));
    assert!(text.ends_with("\n  - wrong (row 50)\n  - and 3 more"));
    assert_eq!(problems.0.len(), 53);
}

#[test]
fn one_problem_stands_on_the_line_of_the_thing() {
    let error = Error::invalid("cohort", Problem::new("x", "wrong"));
    assert_eq!(error.to_string(), "cohort: wrong");
}

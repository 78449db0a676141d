use std::path::Path;

use crate::table::import;
use crate::testing::{close, form_file};
use crate::{Cohort, Source, Status};

pub(super) const SOURCE: &str = r#"
id = "toy"
title = "a toy"
origin = "nowhere"
instrument = "form.toml"
notes = ["a first note"]
never_answers = []

[case]
column = "id"
unique = true

[date]
column = "day"
format = "%d/%m/%Y"

[[rows]]
column = "kind"
is_not = ["test"]
reason = "a test"

[values.yes_no]
yes = "present"
no = "absent"
"" = "unknown"

[[indicator]]
id = "A"
column = "a"
values = "yes_no"

[[indicator]]
id = "B"
column = "b"
unit = "times"
unknown = [""]

[[indicator]]
id = "C"
column = "c"
values = "yes_no"

[[outcome]]
name = "again"
rules = [
  { when = { again = "0", ever = "0" }, status = "no_event" },
  { when = { again = "0", ever = "1" }, status = "no_event", note = "again, but later" },
  { when = { again = "1", ever = "1" }, status = "event" },
]

[[group]]
name = "sex"
column = "sex"
values = { f = "woman", m = "man" }

[[score]]
name = "sum"
column = "sum"
unknown = ["", "-9"]
"#;

pub(super) const HEADER: &str = "id,day,kind,a,b,c,again,ever,sex,sum\n";

fn read(rows: &str) -> Result<Cohort, String> {
    read_as(&[], rows)
}

/// Reads a table as the source describes it after some changes.
pub(super) fn read_as(changes: &[(&str, &str)], rows: &str) -> Result<Cohort, String> {
    let directory = tempfile::tempdir().unwrap();
    let table = directory.path().join("t.csv");
    std::fs::write(&table, rows).unwrap();
    let source = source(directory.path(), changes);
    let place = table.display().to_string();
    import(&source, &table).map_err(|e| e.to_string().replace(&place, "t.csv"))
}

/// The source after some changes, with its form in a folder.
pub(super) fn source(folder: &Path, changes: &[(&str, &str)]) -> Source {
    std::fs::write(folder.join("form.toml"), numeric_form("0", "99")).unwrap();
    let text = changes.iter().fold(SOURCE.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in the source");
        text.replace(from, to)
    });
    Source::from_toml(&text, &folder.join("toy.toml")).unwrap()
}

/// The form of which `B` asks for a number.
pub(super) fn numeric_form(least: &str, most: &str) -> String {
    let bins = format!(
        "[bins.many]\nunit = \"times\"\nfrom = [{least}, 1, 3]\nmost = {most}\nanswers = [\"absent\", \"mild\", \"severe\"]\n"
    );
    let (before, after) =
        form_file().split_once("\n[[indicator]]").map(|(b, a)| (b.to_owned(), a.to_owned())).unwrap();
    let after = after.replacen("id = \"B\"\n", "id = \"B\"\nbins = \"many\"\n", 1);
    format!("{before}\n{bins}\n[[indicator]]{after}")
}

#[test]
fn a_table_is_read_as_the_source_says() {
    let rows = "1,31/01/2025,,yes,0,no,0,0,f,1.5\n2,01/02/2025,test,,,,,,,\n3,02/02/2025,,no,2.5,,1,1,m,-9\n4,03/02/2025,,,,yes,0,1,f,-2\n5,03/02/2025,,yes,99,yes,0,1,f,0\n";
    let cohort = read(&format!("{HEADER}{rows}")).unwrap();
    assert_eq!(cohort.cases(), ["1", "3", "4", "5"]);
    assert_eq!(cohort.answers().codes(), [1, 0, 0, 0, 1, 2, 2, 3, 1, 1, 2, 1]);
    use Status::{Event, NoEvent};
    assert_eq!(cohort.outcomes()[0].status, [NoEvent, Event, NoEvent, NoEvent]);
    assert_eq!(cohort.groups()[0].labels, ["man", "woman"]);
    assert_eq!(cohort.groups()[0].codes, [1, 0, 1, 1]);
    assert_eq!(cohort.scores()[0].values, [Some(1.5), None, Some(-2.0), Some(0.0)]);
    assert_eq!(cohort.dates().unwrap()[0].unwrap().to_string(), "2025-01-31");
    let provenance = cohort.provenance();
    assert_eq!(
        provenance.notes,
        ["a first note", "1 rows left out: a test", "outcome `again`, 2 rows: again, but later"]
    );
    assert_eq!(provenance.source.as_deref(), Some("toy"));
    assert_eq!(provenance.input_digest.as_ref().map(String::len), Some(64));
    assert!(provenance.synthetic.is_none());
}

#[test]
fn everything_wrong_is_named_with_row_and_column() {
    let rows = "1,31/01/2025,,maybe,-1,no,0,0,f,x\n2,,test,,,,,,,\n1,2025-02-02,,no,many,,1,0,x,\n,03/02/2025,,Yes,,yes,2,1,f,-2\n";
    assert_eq!(
        read(&format!("{HEADER}{rows}")).unwrap_err(),
        "table `t.csv` read as `toy`: 11 problems\n  \
         - column `a` holds `maybe`, expected one of ``, `no`, `yes` (row 1)\n  \
         - column `b` holds `-1`, expected 0 to 99 times (row 1)\n  \
         - column `sum` holds `x`, expected a number (row 1)\n  \
         - case `1` was in row 1 before, expected once (row 3)\n  \
         - column `day` holds `2025-02-02`, expected a day written `%d/%m/%Y` (row 3)\n  \
         - column `b` holds `many`, expected a number (row 3)\n  \
         - column `sex` holds `x`, expected one of `f`, `m` (row 3)\n  \
         - outcome `again` reads `again` = `1` with `ever` = `0`, which no rule allows (row 3)\n  \
         - column `id` holds nothing, expected a case id (row 4)\n  \
         - column `a` holds `Yes`, expected one of ``, `no`, `yes` (row 4)\n  \
         - outcome `again` reads `again` = `2` with `ever` = `1`, which no rule allows (row 4)"
    );
}

#[test]
fn every_missing_column_is_named_with_its_purpose() {
    assert_eq!(
        read("id,day,kind,a,b,again,sex\n1,31/01/2025,,yes,0,0,f\n").unwrap_err(),
        "table `t.csv` read as `toy`: 3 problems\n  \
         - column `c` (indicator `C`) is missing\n  \
         - column `ever` (outcome `again`) is missing\n  \
         - column `sum` (score `sum`) is missing"
    );
}

#[test]
fn an_outcome_of_one_class_is_imported_with_a_word_about_it() {
    let cohort = read(&format!("{HEADER}1,31/01/2025,,yes,0,no,0,0,f,1\n2,,test,,,,,,,\n")).unwrap();
    let last = cohort.provenance().notes.last().unwrap();
    assert_eq!(last, "outcome `again` has no row with event: nothing can be fitted to it");
}

#[test]
fn a_table_of_which_no_row_is_kept_is_refused() {
    assert_eq!(
        read(&format!("{HEADER}1,31/01/2025,test,yes,0,no,0,0,f,1\n")).unwrap_err(),
        "table `t.csv` read as `toy`: none of 1 rows is kept by the source, expected at least one"
    );
    assert_eq!(
        read(HEADER).unwrap_err(),
        "table `t.csv`: no row was found below the header, expected at least one"
    );
    assert_eq!(read("").unwrap_err(), "table `t.csv`: the file is empty, expected a header and rows");
}

#[test]
fn a_row_can_be_excluded_from_one_outcome_and_a_score_be_a_probability() {
    let excluded = (
        "{ when = { again = \"1\", ever = \"1\" }, status = \"event\" },",
        "{ when = { again = \"1\", ever = \"1\" }, status = \"event\" },\n  { when = { again = \"-\", ever = \"0\" }, status = \"excluded\" },",
    );
    let probability = ("unknown = [\"\", \"-9\"]", "unknown = [\"\", \"-9\"]\nkind = \"probability\"");
    let row = |id: &str, again: &str, sum: &str| format!("{id},31/01/2025,,yes,0,no,{again},f,{sum}\n");
    let test = "9,31/01/2025,test,,,,,,,\n";
    let rows = [row("1", "0,0", "0.25"), row("2", "-,0", "1"), row("3", "1,1", "-9")].concat();
    let cohort = read_as(&[excluded, probability], &format!("{HEADER}{test}{rows}")).unwrap();
    assert_eq!(cohort.outcomes()[0].status, [Status::NoEvent, Status::Excluded, Status::Event]);
    assert_eq!(cohort.provenance().notes[2], "outcome `again`, 1 rows: excluded from this outcome");
    assert!(cohort.scores()[0].is_probability);
    let wrong = [row("1", "0,0", "0.25"), row("2", "1,1", "1.01")].concat();
    assert_eq!(
        read_as(&[excluded, probability], &format!("{HEADER}{test}{wrong}")).unwrap_err(),
        "table `t.csv` read as `toy`: score `sum` is 1.01, expected a value between 0 and 1: the source declares it a probability (row 3)"
    );
}

#[test]
fn a_group_says_what_was_not_recorded_and_what_the_rest_is_compared_with() {
    let changes = [(
        "values = { f = \"woman\", m = \"man\" }",
        "values = { f = \"woman\", m = \"man\" }\nunknown = [\"\", \"N/K\"]\nreference = \"woman\"",
    )];
    let rows = "1,31/01/2025,,yes,0,no,0,0,f,1.5\n2,02/02/2025,,no,2,,1,1,,-9\n3,03/02/2025,,,,yes,0,1,N/K,-2\n9,,test,,,,,,,\n4,03/02/2025,,,,yes,0,1,m,-2\n";
    let cohort = read_as(&changes, &format!("{HEADER}{rows}")).unwrap();
    let group = &cohort.groups()[0];
    assert_eq!(group.labels, ["man", "woman", "unknown"]);
    assert_eq!(group.codes, [1, 2, 2, 0]);
    assert_eq!(group.reference.as_deref(), Some("woman"));
    // The reference is part of the evaluation, not of what a model learns from.
    let other = read_as(
        &[(changes[0].0, &changes[0].1.replace("\nreference = \"woman\"", ""))],
        &format!("{HEADER}{rows}"),
    );
    let other = other.unwrap();
    assert_ne!(cohort.fingerprint(), other.fingerprint());
    assert_eq!(cohort.learned_fingerprint("again").unwrap(), other.learned_fingerprint("again").unwrap());
}

#[test]
fn a_number_as_text_has_the_answer_of_the_bin_it_is_in() {
    let cell = |number: f64| {
        format!("{HEADER}1,31/01/2025,,yes,{number:?},no,0,0,f,1\n2,31/01/2025,test,yes,0,no,0,0,f,1\n")
    };
    for (number, code) in [
        (0.0, 0),
        (1.0_f64.next_down(), 0),
        (1.0, 1),
        (1.0_f64.next_up(), 1),
        (3.0_f64.next_down(), 1),
        (3.0, 2),
        (99.0, 2),
    ] {
        assert_eq!(read(&cell(number)).unwrap().answers().codes()[1], code, "{number:?}");
    }
    for outside in [0.0_f64.next_down(), 99.0_f64.next_up()] {
        let message = read(&cell(outside)).unwrap_err();
        assert!(
            message.contains(&format!("column `b` holds `{outside:?}`, expected 0 to 99 times")),
            "{message}"
        );
    }
}

#[test]
fn a_table_may_bring_sampling_weights() {
    let changes = [("[date]", "[weight]\ncolumn = \"w\"\n\n[date]")];
    let header = HEADER.replace("sum\n", "sum,w\n");
    let rows = |weights: [&str; 4]| {
        let [a, b, c, d] = weights;
        format!(
            "{header}1,31/01/2025,,yes,0,no,0,0,f,1.5,{a}\n2,02/02/2025,,no,2,,1,1,m,-9,{b}\n3,03/02/2025,,,,yes,0,1,f,-2,{c}\n9,,test,,,,,,,,\n4,03/02/2025,,,,yes,0,1,m,-2,{d}\n"
        )
    };
    let cohort = read_as(&changes, &rows(["1", "2.5", "1e2", "0.25"])).unwrap();
    assert!(close(cohort.weights(), &[1.0, 2.5, 100.0, 0.25], 0.0));
    let note = "the rows have the sampling weights of column `w`, from 0.25 to 100";
    assert!(cohort.provenance().notes.iter().any(|found| found == note), "{:?}", cohort.provenance().notes);
    // The row that is left out needs none; every wrong one is named.
    let message = read_as(&changes, &rows(["0", "-1", "", "1"])).unwrap_err();
    for (row, text) in [(1, "0"), (2, "-1"), (3, "")] {
        let problem = format!("column `w` holds `{text}`, expected a weight above 0 (row {row})");
        assert!(message.contains(&problem), "{problem} is not in {message}");
    }
    assert!(message.contains("3 problems"), "{message}");
    let message = read_as(&changes, &rows(["inf", "1", "1", "1e400"])).unwrap_err();
    assert!(message.contains("2 problems"), "{message}");
    let of_indicator = [changes[0], ("column = \"c\"", "column = \"w\"")];
    let text = of_indicator.iter().fold(SOURCE.to_owned(), |text, (from, to)| text.replace(from, to));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("form.toml"), numeric_form("0", "99")).unwrap();
    let refused = Source::from_toml(&text, &folder.path().join("toy.toml")).unwrap_err().to_string();
    assert!(
        refused
            .contains("indicator `C` reads column `w`, which is never an answer: it is the sampling weight"),
        "{refused}"
    );
}

/// The lines of the toy source that state its outcome.
fn its_outcome() -> &'static str {
    let from = SOURCE.find("[[outcome]]").unwrap();
    &SOURCE[from..SOURCE.find("[[group]]").unwrap()]
}

#[test]
fn a_source_without_an_outcome_reads_cases_that_are_only_scored() {
    use crate::Description;
    use crate::table::{read_cohort, write_cohort};

    // Neither is there a column that an outcome could be read from.
    let header = HEADER.replace("again,ever,", "");
    let rows = "1,31/01/2025,,yes,0,no,f,1\n2,31/01/2025,test,,,,,\n3,01/02/2025,,no,2,yes,m,2\n";
    let cohort = read_as(&[(its_outcome(), "")], &format!("{header}{rows}")).unwrap();
    assert_eq!((cohort.cases(), cohort.outcomes().len()), (&["1".to_owned(), "3".to_owned()][..], 0));
    assert_eq!(cohort.answers().codes(), [1, 0, 0, 0, 1, 1]);
    let note = "the source states no outcome: these cases can be scored, but no model can be fitted to them or judged by them";
    let noted = |cohort: &Cohort| cohort.provenance().notes.iter().any(|found| found == note);
    assert!(noted(&cohort));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.parquet");
    write_cohort(&cohort, &file).unwrap();
    assert_eq!(read_cohort(&file).unwrap(), cohort);
    let page = Description::of(&cohort, 10).render();
    assert!(page.contains("\noutcomes\n  none\n"), "{page}");

    let rows = "1,31/01/2025,,yes,0,no,0,0,f,1\n2,31/01/2025,test,,,,,,,\n3,01/02/2025,,no,2,yes,1,1,m,2\n";
    assert!(
        !noted(&read(&format!("{HEADER}{rows}")).unwrap()),
        "of a source with an outcome nothing is noted"
    );
}

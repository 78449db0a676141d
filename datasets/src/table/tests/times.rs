//! Survival tables: a time, and whether the event happened then.

use super::import::read_as;
use crate::table::import;
use crate::testing::{close, real_data};
use crate::{Cohort, Description, LateAnswers, Rate, Source, Status};

const RULES: &str = r#"rules = [
  { when = { again = "0", ever = "0" }, status = "no_event" },
  { when = { again = "0", ever = "1" }, status = "no_event", note = "again, but later" },
  { when = { again = "1", ever = "1" }, status = "event" },
]"#;

/// `again` says whether it happened, `ever` holds the time, and `sum` how long others were followed.
fn read_times(time: &str, rows: &[(&str, &str, &str)]) -> Result<Cohort, String> {
    let outcome = format!(
        "horizon_days = 365\n{time}\nrules = [\n  {{ when = {{ again = \"0\" }}, status = \"no_event\" }},\n  {{ when = {{ again = \"1\" }}, status = \"event\" }},\n]"
    );
    let lines = rows
        .iter()
        .enumerate()
        .map(|(at, (again, ever, sum))| format!("{},31/01/2025,,yes,0,no,{again},{ever},f,{sum}\n", at + 1));
    let table =
        format!("{}2000,01/01/2025,test,,,,,,,\n{}", super::import::HEADER, lines.collect::<String>());
    read_as(&[(RULES, &outcome)], &table)
}

fn read(cohort: &Cohort) -> (Vec<Status>, Vec<f64>) {
    let outcome = &cohort.outcomes()[0];
    (outcome.status.clone(), outcome.days.clone().unwrap())
}

use Status::{Censored, Event, NoEvent};

#[test]
fn the_horizon_decides_what_a_time_means() {
    let time = "time = { column = \"ever\", unit = \"days\" }";
    let rows = [
        ("1", "0", "1"),
        ("1", "365", "1"),
        ("1", "365.5", "1"),
        ("0", "364", "1"),
        ("0", "365", "1"),
        ("0", "900", "1"),
    ];
    let cohort = read_times(time, &rows).unwrap();
    let (status, days) = read(&cohort);
    assert_eq!(status, [Event, Event, NoEvent, Censored, NoEvent, NoEvent]);
    assert!(close(&days, &[0.0, 365.0, 365.5, 364.0, 365.0, 900.0], 0.0));
    assert_eq!(
        cohort.provenance().notes[2..],
        [
            "outcome `again`, 1 rows: the event came after the horizon of 365 days and is no event within it",
            "outcome `again`, 1 rows: followed for less than 365 days without the event, so censored",
        ]
    );
}

#[test]
fn units_are_those_that_are_stated() {
    let rows = [("1", "12", "1"), ("0", "52.5", "1")];
    let of =
        |unit: &str| read(&read_times(&format!("time = {{ column = \"ever\", {unit} }}"), &rows).unwrap());
    let weeks = of("unit = \"weeks\"");
    assert_eq!(weeks.0, [Event, NoEvent]);
    assert!(close(&weeks.1, &[84.0, 367.5], 0.0));
    // Twelve months of 30.4375 days are 365.25 days: after a horizon of 365.
    let months = of("unit = \"months\", unit_days = 30.4375");
    assert_eq!(months.0, [NoEvent, NoEvent]);
    assert!(close(&months.1, &[365.25, 1_597.968_75], 1e-9));
    assert_eq!(of("unit = \"months\", unit_days = 30").0, [Event, NoEvent]);
    assert!(close(&of("unit = \"years\", unit_days = 365").1, &[4380.0, 19_162.5], 1e-9));
}

#[test]
fn a_blank_time_is_what_the_source_says() {
    let stated = "time = { column = \"ever\", unit = \"days\", blank = [\"\", \"-\"], followed = 400 }";
    let (status, days) =
        read(&read_times(stated, &[("1", "90", "1"), ("0", "", "1"), ("0", "-", "1")]).unwrap());
    assert_eq!(status, [Event, NoEvent, NoEvent]);
    assert!(close(&days, &[90.0, 400.0, 400.0], 0.0));
    let column = "time = { column = \"ever\", unit = \"weeks\", blank = [\"\"], followed_column = \"sum\" }";
    let rows = [("1", "4", "60"), ("0", "", "60"), ("0", "", "20")];
    let (status, days) = read(&read_times(column, &rows).unwrap());
    assert_eq!(status, [Event, NoEvent, Censored]);
    assert!(close(&days, &[28.0, 420.0, 140.0], 0.0));
}

#[test]
fn times_that_cannot_be_are_told_with_their_rows() {
    let plain = "time = { column = \"ever\", unit = \"days\" }";
    assert_eq!(
        read_times(plain, &[("1", "-1", "1"), ("0", "", "1"), ("1", "soon", "1")]).unwrap_err(),
        "table `t.csv` read as `toy`: 3 problems\n  \
         - column `ever` holds `-1`, expected a time of 0 or more (row 2)\n  \
         - column `ever` holds ``, expected a number (row 3)\n  \
         - column `ever` holds `soon`, expected a number (row 4)"
    );
    let blank = "time = { column = \"ever\", unit = \"days\", blank = [\"\"], followed_column = \"sum\" }";
    assert_eq!(
        read_times(blank, &[("1", "", "1"), ("0", "5", "1"), ("0", "", "-9"), ("1", "5", "1")]).unwrap_err(),
        "table `t.csv` read as `toy`: 3 problems\n  \
         - column `ever` holds ``, expected the time at which outcome `again` happened (row 2)\n  \
         - column `ever` holds `5`, expected `` where outcome `again` did not happen (row 3)\n  \
         - column `sum` holds `-9`, expected a time of 0 or more (row 4)"
    );
}

/// ProPublica's table as a survival table: a time to the next charge, which is no follow-up for `two_year_recid` (the table keeps
/// those who reoffended however short they were followed), but is one of its own.
#[test]
fn compas_as_a_survival_table_is_that_of_lifelines() {
    let Some(path) = real_data("compas_two_years_deid.csv") else { return };
    let text = Source::BUILT_IN[1].1;
    let start = text.find("[[outcome]]").unwrap();
    let end = start + text[start..].find("[[group]]").unwrap();
    let of = |horizon: u32| {
        let outcome = format!(
            "[[outcome]]\nname = \"charge\"\nhorizon_days = {horizon}\ntime = {{ column = \"end\", unit = \"days\" }}\nrules = [\n  {{ when = {{ event = \"1\" }}, status = \"event\" }},\n  {{ when = {{ event = \"0\" }}, status = \"no_event\" }},\n]\n\n"
        );
        let source = format!("{}{outcome}{}", &text[..start], &text[end..]);
        import(&Source::from_toml(&source, "compas.toml".as_ref()).unwrap(), &path).unwrap()
    };
    // pandas: ((event == 1) & (end <= h)).sum(), ((event == 0) & (end < h)).sum(); lifelines 0.30.0: 1 - KaplanMeierFitter().fit(end,
    // event).predict(h) and the ends of its confidence_interval_ at h.
    let expected = [
        (365, [2022, 1023], [0.305_703_416_661_588_96, 0.294_676_191_051_314_15, 0.317_044_187_073_396_1]),
        (730, [2601, 1366], [0.406_425_769_204_795_8, 0.394_329_057_057_672_85, 0.418_752_884_012_949]),
    ];
    for (horizon, [events, censored], risk) in expected {
        let outcome = Description::of(&of(horizon), 10).outcomes.remove(0);
        assert_eq!((outcome.events, outcome.censored), (events, censored));
        let Rate::Known { value, interval: Some((low, high)), n: 7214, .. } = outcome.rate else {
            panic!("{:?}", outcome.rate)
        };
        assert!(close(&[value, low, high], &risk, 1e-12), "{value} {low} {high}");
        // The mistakes: the share among those not censored, and the share among all.
        let Some(Rate::Known { value: known, .. }) = outcome.rate_of_known else { panic!("none") };
        assert!(!close(&[known], &[value], 0.01) && !close(&[events as f64 / 7214.0], &[value], 0.01));
    }
}

/// The day of `C` is in column `sum`, whose score is gone.
fn dated(format: &str) -> [(&'static str, String); 3] {
    [
        (
            "column = \"c\"\nvalues = \"yes_no\"",
            "column = \"c\"\nvalues = \"yes_no\"\nknown_on = \"sum\"".to_owned(),
        ),
        ("[[score]]\nname = \"sum\"\ncolumn = \"sum\"\nunknown = [\"\", \"-9\"]\n", String::new()),
        ("format = \"%d/%m/%Y\"", format!("format = \"{format}\"\nunknown = [\"\"]")),
    ]
}

#[test]
fn answers_that_were_known_only_after_the_assessment_are_counted() {
    let changes = dated("%d/%m/%Y");
    let changes: Vec<(&str, &str)> = changes.iter().map(|(from, to)| (*from, to.as_str())).collect();
    let row = |id: u32, assessed: &str, known: &str| format!("{id},{assessed},,yes,0,no,0,0,f,{known}\n");
    let table = [
        super::import::HEADER.to_owned(),
        "9,01/01/2025,test,,,,,,,01/01/2030\n".to_owned(),
        row(1, "31/01/2025", "31/01/2025"),
        row(2, "31/01/2025", "01/02/2025"),
        row(3, "31/01/2025", "30/01/2025"),
        row(4, "31/01/2025", ""),
        row(5, "", "01/02/2025"),
    ]
    .concat();
    let cohort = read_as(&changes, &table).unwrap();
    let late = LateAnswers { indicator: "C".to_owned(), n_late: 1, n_dated: 3 };
    assert_eq!(cohort.provenance().late_answers, std::slice::from_ref(&late));
    let note = "indicator `C` is dated after the assessment in 1 of 3 rows, by column `sum`";
    assert!(cohort.provenance().notes.iter().any(|said| said == note), "{:?}", cohort.provenance().notes);
    // Written and read back it says the same; a file without any has no such key.
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cohort.parquet");
    crate::table::write_cohort(&cohort, &path).unwrap();
    assert_eq!(crate::table::read_cohort(&path).unwrap().provenance().late_answers, [late]);
    let early = table.replace("01/02/2025", "30/01/2025");
    assert_eq!(read_as(&changes, &early).unwrap().provenance().late_answers, []);
    let wrong = read_as(&changes, &table.replace("30/01/2025", "30-01-2025")).unwrap_err();
    assert!(
        wrong.contains("column `sum` holds `30-01-2025`, expected a day written `%d/%m/%Y` (row 4)"),
        "{wrong}"
    );
}

#[test]
fn a_day_of_an_answer_needs_the_day_of_the_assessment() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let _ = super::import::source(folder, &[]);
    let text = super::import::SOURCE
        .replace("[date]\ncolumn = \"day\"\nformat = \"%d/%m/%Y\"\n", "")
        .replace("column = \"c\"\n", "column = \"c\"\nknown_on = \"sum\"\n");
    let said = Source::from_toml(&text, &folder.join("toy.toml")).unwrap_err().to_string();
    assert!(said.contains("indicator `C` has `known_on`, and the source has no [date]"), "{said}");
}

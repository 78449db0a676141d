//! Parquet tables are read as the CSV table would be that holds the same.

use std::path::Path;

use super::foreign::{self, Foreign};
use super::import::{HEADER, source};
use crate::Cohort;
use crate::table::arrow_zones::tests::{DAY_IN_MADRID, DAY_IN_UTC, DAY_ON_MARS, OFFSET};
use crate::table::import;

/// `again` whole numbers, `b` floats with a gap, the rest texts; `ever` as the test wants it.
fn read(ever: Foreign, name: &str) -> Result<Cohort, String> {
    use Foreign::{Float32, Float64, Int32, Int64, Text};
    let columns = [
        ("id", Int64(vec![Some(7), Some(8), Some(9)])),
        ("day", Text(vec![Some("31/01/2025"), Some("01/02/2025"), Some("02/02/2025")])),
        ("kind", Text(vec![None, Some(""), Some("test")])),
        ("a", Text(vec![Some("yes"), None, Some("no")])),
        ("b", Float64(vec![Some(1.5), None, Some(99.0)])),
        ("c", Text(vec![Some("yes"), Some("no"), Some("no")])),
        ("again", Int32(vec![Some(0), Some(1), Some(0)])),
        ("ever", ever),
        ("sex", Text(vec![Some("f"), Some("m"), Some("m")])),
        ("sum", Float32(vec![Some(0.1), Some(-9.0), Some(2.0)])),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    foreign::write(&path, &columns, 3, 2);
    read_file(folder.path(), &path)
}

fn read_file(folder: &Path, path: &Path) -> Result<Cohort, String> {
    let changes = [("unknown = [\"\", \"-9\"]", "unknown = [\"\", \"-9.0\"]")];
    let place = path.display().to_string();
    import(&source(folder, &changes), path).map_err(|e| e.to_string().replace(&place, "the table"))
}

#[test]
fn cells_are_read_as_csv_would_hold_them() {
    let found = read(Foreign::UInt32(vec![Some(1), Some(1), Some(0)]), "t.parquet").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let rows = "7,31/01/2025,,yes,1.5,yes,0,1,f,0.1\n8,01/02/2025,,,,no,1,1,m,-9.0\n9,02/02/2025,test,no,99.0,no,0,0,m,2.0\n";
    std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
    let expected = read_file(folder.path(), &path).unwrap();
    assert_eq!(found.cases(), ["7", "8"]);
    assert_eq!(found.cases(), expected.cases());
    assert_eq!(found.answers(), expected.answers());
    assert_eq!(found.outcomes(), expected.outcomes());
    assert_eq!(found.scores(), expected.scores());
    assert_eq!(found.scores()[0].values, [Some(0.1), None]);
    assert_eq!(found.dates(), expected.dates());
    assert_ne!(found.provenance().input_digest, expected.provenance().input_digest);
}

#[test]
fn a_boolean_is_read_as_a_word() {
    let error = read(Foreign::Boolean(vec![Some(true), Some(true), Some(false)]), "t.parquet").unwrap_err();
    assert_eq!(
        error,
        "table `the table` read as `toy`: 2 problems\n  \
         - outcome `again` reads `again` = `0` with `ever` = `true`, which no rule allows (row 1)\n  \
         - outcome `again` reads `again` = `1` with `ever` = `true`, which no rule allows (row 2)"
    );
}

#[test]
fn an_unsigned_number_keeps_its_size() {
    let error = read(Foreign::UInt32(vec![Some(u32::MAX), Some(1), Some(0)]), "t.parquet").unwrap_err();
    assert!(error.contains("`ever` = `4294967295`"), "{error}");
}

#[test]
fn a_type_that_is_no_text_is_refused_by_name() {
    let expected = "expected text, booleans, numbers, days, local times or moments of a zone";
    let bytes = Foreign::Bytes(vec![Some(b"1"), None, None]);
    let error = read(bytes, "t.parquet").unwrap_err();
    assert!(error.contains(&format!("column `ever` holds bytes, {expected}")), "{error}");
    // Which day a moment is depends on where it was noted.
    let moments = Foreign::Moment(true, vec![Some(1), Some(1), Some(0)]);
    let error = read(moments, "t.parquet").unwrap_err();
    assert!(error.contains("column `ever` holds moments in UTC") && error.contains(expected), "{error}");
}

/// The columns of the toy table with a day of some type, and numbers of others.
fn typed(day: Foreign, again: Foreign, sum: Foreign) -> Result<Cohort, String> {
    typed_beside(day, again, sum, None, &[])
}

/// The same with the schema of Arrow, and with changes to the source.
fn typed_beside(
    day: Foreign,
    again: Foreign,
    sum: Foreign,
    arrow: Option<&str>,
    changes: &[(&str, &str)],
) -> Result<Cohort, String> {
    use Foreign::{Int32, Int64, Nothing, Text};
    let columns = [
        ("day", day),
        ("id", Int64(vec![Some(7), Some(8)])),
        ("kind", Nothing),
        ("a", Text(vec![Some("yes"), None])),
        ("b", Int32(vec![Some(1), None])),
        ("c", Text(vec![Some("yes"), Some("no")])),
        ("again", again.clone()),
        ("ever", again),
        ("sex", Text(vec![Some("f"), Some("m")])),
        ("sum", sum),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    foreign::write_beside(&path, &columns, 2, 2, arrow);
    let kept = [&[("is_not = [\"test\"]", "is = [\"\"]")], changes].concat();
    let place = path.display().to_string();
    import(&source(folder.path(), &kept), &path).map_err(|e| e.to_string().replace(&place, "the table"))
}

#[test]
fn a_typed_value_is_what_it_says_whatever_its_type() {
    use Foreign::{Boolean, Day, Decimal, Float64, Int64, Moment, Text};
    let texts = Text(vec![Some("31/01/2025"), Some("28/02/1969")]);
    let whole = Int64(vec![Some(0), Some(1)]);
    let expected = typed(texts, whole.clone(), Float64(vec![Some(12.5), Some(-0.05)])).unwrap().fingerprint();
    let (first, second) = (20_119_i64, -307_i64);
    let nanos = |day: i64| Some(day * 86_400_000_000_000 + 86_399_999_999_999);
    for day in
        [Day(vec![Some(first as i32), Some(second as i32)]), Moment(false, vec![nanos(first), nanos(second)])]
    {
        for again in [whole.clone(), Float64(vec![Some(0.0), Some(1.0)]), Decimal(0, vec![Some(0), Some(1)])]
        {
            let sum = Decimal(2, vec![Some(1250), Some(-5)]);
            assert_eq!(typed(day.clone(), again, sum).unwrap().fingerprint(), expected);
        }
    }
    // Another day, another cent or another bit is another cohort.
    let day = Day(vec![Some(20_119), Some(-306)]);
    let sum = Decimal(2, vec![Some(1250), Some(-5)]);
    assert_ne!(typed(day.clone(), whole.clone(), sum).unwrap().fingerprint(), expected);
    let day = Day(vec![Some(20_119), Some(-307)]);
    let sum = Decimal(2, vec![Some(1251), Some(-5)]);
    assert_ne!(typed(day.clone(), whole, sum.clone()).unwrap().fingerprint(), expected);
    let error = typed(day.clone(), Boolean(vec![Some(false), Some(true)]), sum.clone()).unwrap_err();
    assert!(error.contains("`again` = `false`"), "{error}");
    let error = typed(Day(vec![Some(20_119), None]), Int64(vec![Some(0), Some(1)]), sum).unwrap_err();
    assert!(error.ends_with("column `day` holds ``, expected a day (row 2)"), "{error}");
}

#[test]
fn a_moment_is_the_day_that_it_is_in_its_own_zone() {
    use Foreign::{Decimal, Int64, Moment, Text};
    let (again, sum) = (Int64(vec![Some(0), Some(1)]), Decimal(2, vec![Some(1250), Some(-5)]));
    // 00:30 in Madrid on 31 January (in winter) and on 1 August (in summer) of 2025, which is the day before in UTC.
    let half_past = |seconds: i64| Some(seconds * 1_000_000_000);
    let moments = || Moment(true, vec![half_past(1_738_279_800), half_past(1_754_001_000)]);
    let of = |arrow: Option<&str>, zone: &str| {
        let stated = format!("format = \"%d/%m/%Y\"\n{zone}");
        let changes = [("format = \"%d/%m/%Y\"", stated.as_str())];
        typed_beside(moments(), again.clone(), sum.clone(), arrow, &changes)
    };
    let text = |day: &'static str, other: &'static str| {
        typed(Text(vec![Some(day), Some(other)]), again.clone(), sum.clone()).unwrap().fingerprint()
    };
    let (madrid, utc) = (text("31/01/2025", "01/08/2025"), text("30/01/2025", "31/07/2025"));
    assert_ne!(madrid, utc);
    // The zone of the file, then that of the source where the file says none but UTC.
    assert_eq!(of(Some(DAY_IN_MADRID), "").unwrap().fingerprint(), madrid);
    assert_eq!(of(Some(OFFSET), "").unwrap().fingerprint(), text("31/01/2025", "01/08/2025"));
    for arrow in [None, Some(DAY_IN_UTC), Some("damaged")] {
        assert_eq!(of(arrow, "zone = \"Europe/Madrid\"\n").unwrap().fingerprint(), madrid);
        assert_eq!(of(arrow, "zone = \"UTC\"\n").unwrap().fingerprint(), utc);
        let error = of(arrow, "").unwrap_err();
        let expected = "column `day` holds moments in UTC, whose day depends on a zone that the file does not say (for the day of assessment, the \
                        source states it under date.zone), expected text,";
        assert!(error.contains(expected), "{error}");
    }
    // What the file says is not overruled.
    assert_eq!(of(Some(DAY_IN_MADRID), "zone = \"Europe/Madrid\"\n").unwrap().fingerprint(), madrid);
    for (arrow, found) in [(DAY_IN_MADRID, "Europe/Madrid"), (OFFSET, "+05:30")] {
        let error = of(Some(arrow), "zone = \"Atlantic/Canary\"\n").unwrap_err();
        let expected = format!(
            "column `day` holds moments of the zone `{found}`, expected `Atlantic/Canary`, as the source states under date.zone"
        );
        assert!(error.contains(&expected), "{error}");
    }
    let error = of(Some(DAY_ON_MARS), "").unwrap_err();
    assert!(error.contains("moments of the zone `Mars/Base`, which is not known"), "{error}");
    // A zone has no say in local times and days that are written.
    let local = Moment(false, vec![half_past(1_738_279_800), half_past(1_754_001_000)]);
    let zone = [("format = \"%d/%m/%Y\"", "format = \"%d/%m/%Y\"\nzone = \"Pacific/Auckland\"")];
    assert_eq!(typed_beside(local, again.clone(), sum.clone(), None, &zone).unwrap().fingerprint(), utc);
}

#[test]
fn rows_without_any_value_are_none_beside_moments_that_are_not_read() {
    use Foreign::{Moment, Text};
    let columns =
        [("x", Text(vec![Some("1"), None, Some("2")])), ("at", Moment(true, vec![Some(1), None, None]))];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    foreign::write(&path, &columns, 3, 2);
    let table = crate::table::read_foreign(&path, &crate::dialect::Dialect::default()).unwrap();
    assert_eq!((table.n_rows, table.n_blank), (2, 1));
}

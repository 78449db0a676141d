//! Tables as other programs save them: encodings, marks, compression, numbers, blanks and capitals.

use std::io::Write as _;

use encoding_rs::Encoding;

use super::import::{HEADER, source};
use crate::Cohort;
use crate::table::import;

const ROWS: &str = "1,31/01/2025,,yes,0,no,0,0,f,1\n2,01/02/2025,,yes,2.5,no,1,1,ñ,-1.5\n";
const SIGN: (&str, &str) =
    ("values = { f = \"woman\", m = \"man\" }", "values = { f = \"woman\", \"ñ\" = \"man\" }");
const KEPT: (&str, &str) = ("is_not = [\"test\"]", "is = [\"\"]");

/// Reads the bytes of a file as the source says after some changes.
fn read(name: &str, bytes: &[u8], changes: &[(&str, &str)]) -> Result<Cohort, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let source = source(folder.path(), &[&[KEPT, SIGN], changes].concat());
    let place = path.display().to_string();
    import(&source, &path).map_err(|e| e.to_string().replace(&place, name))
}

fn fingerprint(name: &str, bytes: &[u8], changes: &[(&str, &str)]) -> String {
    read(name, bytes, changes).unwrap_or_else(|error| panic!("{name}: {error}")).fingerprint()
}

fn text() -> String {
    format!("{HEADER}{ROWS}")
}

fn utf_16(text: &str, of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(of).collect()
}

fn encoded(label: &str) -> Vec<u8> {
    let text = text();
    let (bytes, _, lossy) = Encoding::for_label(label.as_bytes()).unwrap().encode(&text);
    assert!(!lossy);
    bytes.into_owned()
}

fn csv(stated: &str) -> (&'static str, String) {
    ("[case]", format!("[csv]\n{stated}\n\n[case]"))
}

#[test]
fn one_table_in_every_encoding_is_one_cohort() {
    let expected = fingerprint("t.csv", text().as_bytes(), &[]);
    let marked = format!("\u{feff}{}", text());
    for bytes in [
        marked.clone().into_bytes(),
        utf_16(&marked, u16::to_le_bytes),
        utf_16(&marked, u16::to_be_bytes),
        text().replace('\n', "\r\n").into_bytes(),
        text().replace('\n', "\r").into_bytes(),
        format!("sep=,\r\n{}", text()).into_bytes(),
    ] {
        assert_eq!(fingerprint("t.csv", &bytes, &[]), expected);
    }
    for (label, bytes) in [
        ("windows-1252", encoded("windows-1252")),
        ("iso-8859-15", encoded("iso-8859-15")),
        ("latin1", encoded("windows-1252")),
        ("macintosh", encoded("macintosh")),
        ("utf-16le", utf_16(&text(), u16::to_le_bytes)),
        ("UTF-8", text().into_bytes()),
    ] {
        let (from, to) = csv(&format!("encoding = \"{label}\""));
        assert_eq!(fingerprint("t.csv", &bytes, &[(from, &to)]), expected, "{label}");
    }
    // In the wrong one the letter is another: nothing is guessed from how it looks.
    let (from, to) = csv("encoding = \"macintosh\"");
    let error = read("t.csv", &encoded("windows-1252"), &[(from, &to)]).unwrap_err();
    assert!(error.contains("expected one of `f`, `ñ`"), "{error}");
}

#[test]
fn endings_and_separators_are_those_of_the_file() {
    let expected = fingerprint("t.csv", text().as_bytes(), &[]);
    let semicolons = text().replace(',', ";");
    let tabs = text().replace(',', "\t");
    let packed = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    for (name, bytes) in [
        ("T.CSV", text().into_bytes()),
        ("t.tsv", tabs.clone().into_bytes()),
        ("t.csv.gz", packed(&text())),
        ("t.TSV.GZ", packed(&tabs)),
        ("t.csv", format!("sep=;\r\n{semicolons}").into_bytes()),
        ("t.csv", format!("\u{feff}\"SEP=;\"\n{semicolons}").into_bytes()),
        ("t.csv", utf_16(&format!("\u{feff}sep=\t\r\n{tabs}"), u16::to_le_bytes)),
    ] {
        assert_eq!(fingerprint(name, &bytes, &[]), expected, "{name}");
    }
    let (from, to) = csv("separator = \",\"");
    assert_eq!(
        read("t.csv", format!("sep=;\n{semicolons}").as_bytes(), &[(from, &to)]).unwrap_err(),
        "table `t.csv`: the first line names the separator `;`, but it is stated to be `,` (the source says which under \
         csv.separator)"
    );
    assert!(read("t.csv.gz", text().as_bytes(), &[]).unwrap_err().starts_with("cannot read `t.csv.gz`: "));
    assert_eq!(
        read("t.xls", b"", &[]).unwrap_err(),
        "table: `t.xls` ends in none of .csv, .tsv, .csv.gz, .tsv.gz, .parquet and .xlsx"
    );
}

#[test]
fn an_encoding_that_is_not_stated_is_named_with_its_first_place() {
    let bytes = encoded("windows-1252");
    let expected = |line: usize, place: &str| {
        format!(
            "table `t.csv`: line {line}, {place}, holds bytes that are no UTF-8: the file is likely to be in windows-1252, \
             which can be stated (the source says which under csv.encoding)"
        )
    };
    assert_eq!(read("t.csv", &bytes, &[]).unwrap_err(), expected(3, "column `sex`"));
    // Lines are those that an editor shows, whatever ends them, empty ones too.
    for (from, to, line) in [("\n", "\r\n\r\n", 5), ("\n", "\r", 3), ("31/01", "\"\n\n\"", 5)] {
        let other = text().replace(from, to);
        let bytes: Vec<u8> = other.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(read("t.csv", &bytes, &[]).unwrap_err(), expected(line, "column `sex`"), "{to:?}");
    }
    let header = [b"a\xf1o,".to_vec(), bytes].concat();
    assert_eq!(read("t.csv", &header, &[]).unwrap_err(), expected(1, "cell 1"));
    let error = read("t.csv", &utf_16(&text(), u16::to_be_bytes), &[]).unwrap_err();
    assert!(error.contains("the file seems to be utf-16be without a byte order mark"), "{error}");
    let (from, to) = csv("encoding = \"windows-1252\"");
    let error = read("t.csv", format!("\u{feff}{}", text()).as_bytes(), &[(from, &to)]).unwrap_err();
    assert!(
        error.contains(
            "begins with the byte order mark of utf-8, but its encoding is stated to be windows-1252"
        ),
        "{error}"
    );
    let (from, to) = csv("encoding = \"utf-16le\"");
    let odd = [&utf_16(&text(), u16::to_le_bytes)[..], b"x"].concat();
    assert_eq!(
        read("t.csv", &odd, &[(from, &to)]).unwrap_err(),
        "`t.csv` is not a CSV table: line 4 holds bytes that are no utf-16le, in which it is stated to be"
    );
}

#[test]
fn numbers_are_written_as_the_source_says() {
    let expected = fingerprint("t.csv", text().as_bytes(), &[]);
    let spain = text().replace(',', ";").replace("2.5", "2,5").replace("-1.5", "-1,5");
    let stated = "[csv]\nseparator = \";\"\n\n[numbers]\ndecimal = \",\"\nthousands = \".\"\n\n[case]";
    assert_eq!(fingerprint("t.csv", spain.as_bytes(), &[("[case]", stated)]), expected);
    assert_eq!(
        read("t.csv", spain.replace("2,5", "2.5").as_bytes(), &[("[case]", stated)]).unwrap_err(),
        "table `t.csv` read as `toy`: column `b` holds `2.5`, expected a number written 1.234,5 (row 2)"
    );
    assert!(
        read("t.csv", spain.as_bytes(), &[csv("separator = \";\"")].map(|(a, b)| (a, b.leak() as &str)))
            .is_err()
    );
}

#[test]
fn blanks_and_capitals_matter_unless_the_source_says_otherwise() {
    let expected = fingerprint("t.csv", text().as_bytes(), &[]);
    let untidy = text().replace("1,31/01/2025,,yes,", "1,31/01/2025, , YES ,").replace(",ñ,", ",Ñ,");
    assert!(read("t.csv", untidy.as_bytes(), &[]).is_err());
    let tidy = "[columns]\nkind = { trim = true }\na = { trim = true, fold_case = true }\nsex = { fold_case = true }\n\n[case]";
    assert_eq!(fingerprint("t.csv", untidy.as_bytes(), &[("[case]", tidy)]), expected);
    let other = untidy.replace(" YES ", " Y ES ");
    assert_eq!(
        read("t.csv", other.as_bytes(), &[("[case]", tidy)]).unwrap_err(),
        "table `t.csv` read as `toy`: column `a` holds `Y ES`, expected one of ``, `no`, `yes` (row 1)"
    );
}

#[test]
fn a_day_may_be_unknown_where_the_source_says_so() {
    let without = text().replace("01/02/2025", "?");
    let error = read("t.csv", without.as_bytes(), &[]).unwrap_err();
    assert!(error.ends_with("column `day` holds `?`, expected a day written `%d/%m/%Y` (row 2)"), "{error}");
    let said = [("format = \"%d/%m/%Y\"", "format = \"%d/%m/%Y\"\nunknown = [\"?\"]")];
    assert_eq!(read("t.csv", text().as_bytes(), &said).unwrap().dates().map(<[_]>::len), Some(2));
    let of = |table: &str, said: &[(&str, &str)]| {
        let cohort = read("t.csv", table.as_bytes(), said).unwrap();
        let notes = cohort.provenance().notes.clone();
        (
            cohort.dates().map(<[_]>::to_vec),
            cohort.n_undated(),
            notes.into_iter().find(|note| note.starts_with("the day of")),
        )
    };
    let known = Some(jiff::civil::date(2025, 1, 31));
    let note = "the day of 1 of 2 rows is not known: their cases are in no part of a temporal split";
    assert_eq!(of(&without, &said), (Some(vec![known, None]), 1, Some(note.to_owned())));
    let blank = [("format = \"%d/%m/%Y\"", "format = \"%d/%m/%Y\"\nunknown = [\"\"]")];
    assert_eq!(of(&without.replace('?', ""), &blank), of(&without, &said));
    // A day that is none is still refused.
    assert!(read("t.csv", without.as_bytes(), &blank).is_err());
    let note = "the day of no row is known, so the cohort cannot be divided by time";
    assert_eq!(of(&without.replace("31/01/2025", "?"), &said), (None, 0, Some(note.to_owned())));
}

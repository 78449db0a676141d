//! Foreign tables that are scored: read as `import` reads them, without what came later.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use super::import::{HEADER, numeric_form, read_as, source};
use crate::Instrument;
use crate::table::FormBlocks;

fn form(least: &str) -> Arc<Instrument> {
    Arc::new(Instrument::from_toml(&numeric_form(least, "99"), Path::new("form.toml")).unwrap())
}

/// The case ids and codes of a table by the toy source, read in blocks of so many rows.
fn read(text: &str, rows: usize, form: &Arc<Instrument>) -> Result<(Vec<String>, Vec<u8>), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.csv");
    std::fs::write(&path, text).unwrap();
    let source = source(folder.path(), &[]);
    let said = |error: crate::Error| error.to_string().replace(&path.display().to_string(), "new.csv");
    let table = FormBlocks::open_by(&path, &source, form, NonZeroUsize::new(rows).unwrap()).map_err(said)?;
    let (mut cases, mut codes) = (vec![], vec![]);
    for at in 0..table.n_blocks() {
        let forms = table.block(at).map_err(said)?;
        cases.extend(forms.cases.unwrap());
        codes.extend_from_slice(forms.answers.codes());
        assert_eq!(forms.ignored, table.ignored());
    }
    Ok((cases, codes))
}

/// Numbers on the borders of the bins, and just beside them, in the order of the answers they have.
const NUMBERS: [(&str, u8); 8] = [
    ("0", 0),
    ("0.9999999999999999", 0),
    ("1.0", 1),
    ("1.0000000000000002", 1),
    ("2.9999999999999996", 1),
    ("3", 2),
    ("99", 2),
    ("", 3),
];

#[test]
fn new_cases_have_the_answers_that_an_import_gives_them() {
    let lines = NUMBERS.iter().enumerate();
    let whole: String = lines
        .clone()
        .map(|(at, (number, _))| format!("c{at},31/01/2025,,yes,{number},no,0,0,f,1\n"))
        .collect();
    let unneeded = "c9,31/01/2025,test,yes,0,no,0,0,f,1\n";
    let imported = read_as(&[], &format!("{HEADER}{whole}{unneeded}")).unwrap();
    let expected: Vec<u8> = NUMBERS.iter().flat_map(|(_, code)| [1, *code, 0]).collect();
    assert_eq!(imported.answers().codes(), expected);
    let new: String = lines.map(|(at, (number, _))| format!("{number},c{at},no,yes\n")).collect();
    for rows in [1, 3, 100] {
        let (cases, codes) = read(&format!("b,id,c,a\n{new}"), rows, &form("0")).unwrap();
        assert_eq!((cases.as_slice(), codes.as_slice()), (imported.cases(), expected.as_slice()));
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_row_of_the_table() {
    let text = "id,a,b,c\n1,yes,1,no\n2,yes,99.00000000000001,no\n,maybe,x,no\n";
    assert_eq!(
        read(text, 1, &form("0")).unwrap_err(),
        "forms `new.csv`: 4 problems\n  \
         - column `b` holds `99.00000000000001`, expected 0 to 99 times (row 2)\n  \
         - column `id` holds nothing, expected a case id (row 3)\n  \
         - column `a` holds `maybe`, expected one of ``, `no`, `yes` (row 3)\n  \
         - column `b` holds `x`, expected a number (row 3)"
    );
    assert_eq!(
        read("id,a,c\n1,yes,no\n", 1, &form("0")).unwrap_err(),
        "forms `new.csv`: column `b` (indicator `B`) is missing"
    );
}

#[test]
fn a_source_of_other_bins_is_refused() {
    let message = read("id,a,b,c\n1,yes,1,no\n", 1, &form("-inf")).unwrap_err();
    assert!(message.contains("source `toy` answers form `small` (digest "), "{message}");
    assert!(message.ends_with("their questions, answers or bins differ"), "{message}");
}

//! All of a foreign table, before any source describes it.

use std::path::Path;

use super::column_text::CellKind;
use super::opened::Opened;
use crate::dialect::Dialect;
use crate::{Error, ForeignColumn, ForeignKind, ForeignTable, Problems};

/// Reads CSV, Parquet or a workbook, by the ending of the name. The whole table is held in memory.
///
/// # Errors
/// [`Error::Io`]; [`Error::Format`]; [`Error::Invalid`] for a table in which no row can be read, such as one with another
/// separator or encoding than stated.
pub fn read_foreign(path: &Path, dialect: &Dialect) -> Result<ForeignTable, Error> {
    let table = Opened::open(path, dialect)?;
    let raw = table.window(0..table.n_rows())?;
    let mut columns = Vec::with_capacity(table.names().len());
    for (at, name) in table.names().iter().enumerate() {
        let (kind, cells) = match raw.unreadable_at(at) {
            Some(why) => (ForeignKind::Unreadable(why), vec![]),
            None => {
                // What cannot be shown is known already: there is no problem here.
                let Some(shown) = raw.shown_at(at, &mut Problems::default())? else { continue };
                let kind = match shown.common_kind() {
                    CellKind::Text => ForeignKind::Text,
                    CellKind::Value => ForeignKind::Typed,
                    CellKind::Day => ForeignKind::Day,
                };
                (kind, shown.texts)
            }
        };
        columns.push(ForeignColumn { name: name.clone(), kind, cells });
    }
    table.check_unchanged()?;
    Ok(ForeignTable { n_rows: table.n_rows(), n_blank: table.n_blank(), columns })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_there_as_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, "a;b;a\n1;x;2\n;;\n 3;;4\n").unwrap();
        let dialect = Dialect::stated(Some(";"), None).unwrap();
        let table = read_foreign(&path, &dialect).unwrap();
        let found: Vec<(&str, &[String])> =
            table.columns.iter().map(|column| (column.name.as_str(), &column.cells[..])).collect();
        let of = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            found,
            [("a", &of(["1", " 3"])[..]), ("b", &of(["x", ""])[..]), ("a", &of(["2", "4"])[..])]
        );
        assert_eq!((table.n_rows, table.n_blank), (2, 1));
        assert!(table.columns.iter().all(|column| column.kind == ForeignKind::Text));
        let refused = read_foreign(&path, &Dialect::default()).unwrap_err().to_string();
        assert!(refused.contains("the separator seems to be `;`"), "{refused}");
    }
}

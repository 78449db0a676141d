//! The columns of a CSV table, every cell as text.

use csv::{ByteRecord, ReaderBuilder};

use super::texts::Texts;

/// A table in memory: the cells of each column, under its name.
pub(super) struct CsvIn {
    pub names: Vec<String>,
    pub columns: Vec<Texts>,
    pub n_rows: usize,
}

/// Reads a table with a header. Cells that a line lacks are empty, those that it has too many are left out: whoever calls
/// this has found such lines before.
///
/// # Errors
/// The first cell that is no UTF-8, with its row, or what the reader says.
pub(super) fn read(bytes: &[u8], separator: u8) -> Result<CsvIn, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(bytes);
    let header = reader.headers().map_err(|e| e.to_string())?;
    let names: Vec<String> = header.iter().map(str::to_owned).collect();
    let mut columns = vec![Texts::default(); names.len()];
    let mut record = ByteRecord::new();
    let mut n_rows = 0;
    while reader.read_byte_record(&mut record).map_err(|e| e.to_string())? {
        n_rows += 1;
        for ((at, column), name) in columns.iter_mut().enumerate().zip(&names) {
            let cell = std::str::from_utf8(record.get(at).unwrap_or_default());
            let cell =
                cell.map_err(|_| format!("column `{name}` holds bytes that are no UTF-8 (row {n_rows})"))?;
            column.push(Some(cell));
        }
    }
    Ok(CsvIn { names, columns, n_rows })
}

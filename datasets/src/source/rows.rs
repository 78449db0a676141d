//! Which rows are read, and whose they are.

use super::written::{WrittenCase, WrittenCsv, WrittenFilter, WrittenNumbers, WrittenXlsx};
use super::{CaseIds, RowFilter};
use crate::dialect::Dialect;
use crate::identity::CaseNumber;
use crate::{Numbers, Problem, Problems};

/// How the text of a CSV table is written, and which sheet of a workbook the table is.
pub(super) fn dialect(csv: &WrittenCsv, xlsx: &WrittenXlsx, problems: &mut Problems) -> Dialect {
    let stated = Dialect::stated(csv.separator.as_deref(), csv.encoding.as_deref());
    let stated = stated.unwrap_or_else(|messages| {
        problems.0.extend(messages.into_iter().map(|m| Problem::new("csv", format!("csv.{m}"))));
        Dialect::default()
    });
    stated.with_sheet(xlsx.sheet.as_deref())
}

/// How numbers are written in texts.
pub(super) fn numbers(written: &WrittenNumbers, problems: &mut Problems) -> Numbers {
    let stated = Numbers::stated(written.decimal.as_deref(), written.thousands.as_deref());
    stated.unwrap_or_else(|messages| {
        problems.0.extend(messages.into_iter().map(|m| Problem::new("numbers", format!("numbers.{m}"))));
        Numbers::default()
    })
}

/// Where the ids of cases come from: a column, or the numbers of the rows.
pub(super) fn case(written: WrittenCase, problems: &mut Problems) -> CaseIds {
    match written {
        WrittenCase { column: Some(column), unique: Some(unique), numbers, row_number: false } => {
            CaseIds::Column { column, unique, numbers: case_numbers(&numbers, problems) }
        }
        WrittenCase { column: None, unique: None | Some(true), numbers, row_number: true }
            if numbers.is_empty() =>
        {
            CaseIds::RowNumber
        }
        WrittenCase { column, unique, numbers, row_number } => {
            let said = [
                column.map(|column| format!("column = `{column}`")),
                unique.map(|unique| format!("unique = {unique}")),
                (!numbers.is_empty()).then(|| "numbers".to_owned()),
                row_number.then(|| "row_number = true".to_owned()),
            ];
            let said = said.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let message = format!(
                "case says {}, expected column and unique, or row_number = true alone",
                if said.is_empty() { "nothing" } else { &said }
            );
            problems.push(Problem::new("case", message));
            CaseIds::RowNumber
        }
    }
}

fn case_numbers(written: &[String], problems: &mut Problems) -> Vec<CaseNumber> {
    let mut read = |text: &String| {
        text.parse()
            .map_err(|said: String| problems.push(Problem::new("case", format!("case.numbers: {said}"))))
            .ok()
    };
    written.iter().filter_map(&mut read).collect()
}

/// The filters, each with texts that keep rows or leave them out.
pub(super) fn filters(written: Vec<WrittenFilter>, problems: &mut Problems) -> Vec<RowFilter> {
    let mut found = Vec::with_capacity(written.len());
    for WrittenFilter { column, is, is_not, reason } in written {
        let (keeps, texts) = match (is, is_not) {
            (Some(texts), None) => (true, texts),
            (None, Some(texts)) => (false, texts),
            _ => {
                let message = format!(
                    "rows of column `{column}` must have either `is` or `is_not`, and have both or neither"
                );
                problems.push(Problem::new("rows", message));
                continue;
            }
        };
        if texts.is_empty() {
            let message = format!("rows of column `{column}` list no text, expected at least one");
            problems.push(Problem::new("rows", message));
        }
        found.push(RowFilter { column, texts, keeps, reason });
    }
    found
}

//! Writes workbooks, part by part as ECMA-376 names them, so that a test says what stands in the file.

use std::io::Write;
use std::path::Path;

/// A cell with its place in the sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// A text in the table of shared texts.
    Shared(String),
    /// A text in the cell itself.
    Inline(String),
    /// A number as it stands in the file, under a format of [`FORMATS`].
    Number(String, usize),
    Boolean(bool),
    Error(&'static str),
    /// A day in words.
    Iso(&'static str),
    /// A formula, with the number that it was last calculated to.
    Formula(&'static str, Option<&'static str>),
    /// A cell that has a format and nothing in it.
    Formatted,
}

/// The formats of cells by their place: a number, a day (14), a day with a time (22), a duration (46), and a written one.
const FORMATS: &str = r#"<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/></numFmts><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="46"/><xf numFmtId="164"/></cellXfs>"#;

/// A sheet: its name, its state, its rows from the top, and the cells that are merged.
pub(super) struct Sheet<'a> {
    pub name: &'a str,
    pub hidden: bool,
    pub rows: Vec<Vec<Option<Cell>>>,
    pub merged: &'a [&'a str],
}

impl<'a> Sheet<'a> {
    pub fn of(name: &'a str, rows: Vec<Vec<Option<Cell>>>) -> Self {
        Self { name, hidden: false, rows, merged: &[] }
    }
}

pub(super) fn text(text: &str) -> Option<Cell> {
    Some(Cell::Shared(text.to_owned()))
}

pub(super) fn number(number: &str) -> Option<Cell> {
    Some(Cell::Number(number.to_owned(), 0))
}

pub(super) fn write(path: &Path, is_1904: bool, sheets: &[Sheet<'_>]) {
    let mut shared: Vec<String> = Vec::new();
    let main = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = r#"xmlns="http://schemas.openxmlformats.org/package/2006/relationships""#;
    let mut parts = Vec::new();
    let (mut listed, mut related) = (String::new(), String::new());
    for (at, sheet) in sheets.iter().enumerate() {
        let id = at + 1;
        let state = if sheet.hidden { r#" state="hidden""# } else { "" };
        listed.push_str(&format!(r#"<sheet name="{}" sheetId="{id}"{state} r:id="rId{id}"/>"#, sheet.name));
        related.push_str(&format!(
            r#"<Relationship Id="rId{id}" Type="{office}/worksheet" Target="worksheets/sheet{id}.xml"/>"#
        ));
        let rows: String =
            sheet.rows.iter().enumerate().map(|(at, row)| written(at, row, &mut shared)).collect();
        let merged: String =
            sheet.merged.iter().map(|area| format!(r#"<mergeCell ref="{area}"/>"#)).collect();
        let merged = if merged.is_empty() { merged } else { format!("<mergeCells>{merged}</mergeCells>") };
        parts.push((
            format!("xl/worksheets/sheet{id}.xml"),
            format!("<worksheet {main}><sheetData>{rows}</sheetData>{merged}</worksheet>"),
        ));
    }
    let texts: String = shared
        .iter()
        .map(|text| format!(r#"<si><t xml:space="preserve">{}</t></si>"#, escaped(text)))
        .collect();
    for (what, id) in [("styles", 90), ("sharedStrings", 91)] {
        related
            .push_str(&format!(r#"<Relationship Id="rId{id}" Type="{office}/{what}" Target="{what}.xml"/>"#));
    }
    let date1904 = if is_1904 { r#"<workbookPr date1904="1"/>"# } else { "" };
    parts.extend([
        ("xl/sharedStrings.xml".to_owned(), format!("<sst {main}>{texts}</sst>")),
        ("xl/styles.xml".to_owned(), format!("<styleSheet {main}>{FORMATS}</styleSheet>")),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships {package}>{related}</Relationships>")),
        (
            "xl/workbook.xml".to_owned(),
            format!(r#"<workbook {main} xmlns:r="{office}">{date1904}<sheets>{listed}</sheets></workbook>"#),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                r#"<Relationships {package}><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
    ]);
    std::fs::write(path, zip(&parts)).unwrap();
}

fn written(at: usize, row: &[Option<Cell>], shared: &mut Vec<String>) -> String {
    let cells = row.iter().enumerate().filter_map(|(column, cell)| {
        let place = crate::table::sheet_cell::address(at as u32, column as u32);
        let (attributes, body) = match cell.as_ref()? {
            Cell::Shared(text) => {
                let place = shared.iter().position(|known| known == text).unwrap_or_else(|| {
                    shared.push(text.clone());
                    shared.len() - 1
                });
                (r#" t="s""#.to_owned(), format!("<v>{place}</v>"))
            }
            Cell::Inline(text) => {
                (r#" t="inlineStr""#.to_owned(), format!("<is><t>{}</t></is>", escaped(text)))
            }
            Cell::Number(number, format) => (format!(r#" s="{format}""#), format!("<v>{number}</v>")),
            Cell::Boolean(value) => (r#" t="b""#.to_owned(), format!("<v>{}</v>", u8::from(*value))),
            Cell::Error(error) => (r#" t="e""#.to_owned(), format!("<v>{error}</v>")),
            Cell::Iso(day) => (r#" s="1" t="d""#.to_owned(), format!("<v>{day}</v>")),
            Cell::Formula(formula, value) => {
                (String::new(), format!("<f>{formula}</f><v>{}</v>", value.unwrap_or_default()))
            }
            Cell::Formatted => (r#" s="1""#.to_owned(), String::new()),
        };
        Some(format!(r#"<c r="{place}"{attributes}>{body}</c>"#))
    });
    format!(r#"<row r="{}">{}</row>"#, at + 1, cells.collect::<String>())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A ZIP archive that holds its parts as they are.
fn zip(parts: &[(String, String)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, body) in parts {
        let mut sum = flate2::Crc::new();
        sum.update(body.as_bytes());
        let [name_length, length] = [name.len() as u32, body.len() as u32];
        // Version 2.0, nothing compressed, midnight of 1 January 1980.
        let mut common = Vec::new();
        for field in [20_u16, 0, 0, 0, 0x21] {
            common.write_all(&field.to_le_bytes()).unwrap();
        }
        for field in [sum.sum(), length, length] {
            common.write_all(&field.to_le_bytes()).unwrap();
        }
        common.write_all(&name_length.to_le_bytes()).unwrap();
        let offset = archive.len() as u32;
        archive.extend([b"PK\x03\x04", &common[..], name.as_bytes(), body.as_bytes()].concat());
        directory.extend(
            [b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &offset.to_le_bytes(), name.as_bytes()].concat(),
        );
    }
    let n = parts.len() as u16;
    let (length, offset) = (directory.len() as u32, archive.len() as u32);
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([n.to_le_bytes(), n.to_le_bytes()].concat());
    archive.extend([length.to_le_bytes(), offset.to_le_bytes()].concat());
    archive.extend([0, 0]);
    archive
}

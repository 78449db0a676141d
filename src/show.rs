//! Numbers and tables for a terminal.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::{Report, ScoredReport};
use amparo_models::artefact::{CalibrationRecord, TriedCalibration};
use amparo_reporting::telling::Block;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Row, Table, TableStyle};

/// Rules above, below and under the header; none between rows.
const RULES: TableStyle = TableStyle::new().top_border(RULE).header_separator(RULE).bottom_border(RULE);
const RULE: LineStyle = LineStyle::none().fill('─').junction('─');

/// Prints blocks of text: lines as they are, items under their word, tables with a rule.
pub fn print(blocks: &[Block]) {
    for block in blocks {
        match block {
            Block::Line(text) => say!("{text}"),
            Block::Item { lead, paragraphs } => {
                for (at, paragraph) in paragraphs.iter().enumerate() {
                    let head = if at == 0 { format!("{lead:<11} ") } else { MARGIN.to_owned() };
                    say!("{}", wrapped(paragraph, &head, MARGIN));
                }
            }
            Block::Table { header, rows } => say!("{}", table(header, rows)),
        }
    }
}

/// Under the word that begins an item.
const MARGIN: &str = "            ";

/// Methods of calibration that were compared, with their losses; the one that was taken is marked.
pub fn calibrations(record: &CalibrationRecord) -> Vec<[String; 2]> {
    let row = |tried: &TriedCalibration| {
        let mark = if tried.method == record.method { " taken" } else { "" };
        let loss = match (tried.log_loss, &tried.problem) {
            (Some(loss), _) => format!("{loss:.5}{mark}"),
            (None, problem) => problem.clone().unwrap_or_default(),
        };
        [tried.method.clone(), loss]
    };
    record.tried.iter().map(row).collect()
}

/// A table with a header; every column but the first is aligned right.
pub fn table<R>(header: impl Into<Row>, rows: impl IntoIterator<Item = R>) -> Table
where
    R: Into<Row>,
{
    let mut table = Table::new();
    table.load_style(RULES).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    rows.into_iter().for_each(|row| {
        table.add_row(row);
    });
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Width of running text, in characters.
const WIDTH: usize = 100;

/// Text in lines of at most 100 characters, unless a single word is longer; `first` stands before the first line, `next`
/// before each other.
pub fn wrapped(text: &str, first: &str, next: &str) -> String {
    let mut lines = vec![first.to_owned()];
    let mut fresh = true;
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut() {
            if fresh || line.chars().count() + 1 + word.chars().count() <= WIDTH {
                line.push_str(if fresh { "" } else { " " });
                line.push_str(word);
            } else {
                lines.push(format!("{next}{word}"));
            }
        }
        fresh = false;
    }
    lines.join("\n")
}

/// A line of a page as it is; one that is longer than running text may be, in several lines below each other.
pub fn wrapped_line(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    wrapped(text, indent, &format!("{indent}    "))
}

/// `0.712 [0.698, 0.726]`; a dash where there is no number: the report says why.
pub fn measure(measure: Option<&Measure>) -> String {
    match measure {
        Some(Measure::Value { value, low, high, .. }) => format!("{value:.3} [{low:.3}, {high:.3}]"),
        Some(Measure::Point { value, .. }) => format!("{value:.3} [no interval]"),
        Some(Measure::Undefined { .. }) | None => "-".to_owned(),
    }
}

/// One line a scored version: how it ranks, how it is calibrated, what it costs.
pub fn summary(report: &Report) -> Table {
    let line = |scored: &ScoredReport| {
        let of = |key: &str| measure(scored.overall.get(key));
        [scored.name.clone(), of("auc"), of("observed_expected"), of("protection"), of("overload")]
    };
    let header = ["version", "AUC", "O:E", "protection", "overload"];
    table(header, report.scored.iter().map(line))
}

/// The beginning of a digest, as people compare them.
pub fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::{wrapped, wrapped_line};

    #[test]
    fn lines_break_between_words() {
        let text = "palabra ".repeat(40);
        let lines = wrapped(text.trim(), "", "");
        assert!(lines.lines().all(|line| line.chars().count() <= 100 && !line.starts_with(' ')));
        assert_eq!(lines.replace('\n', " "), text.trim());
        assert_eq!(wrapped(&"é".repeat(120), "", "").lines().count(), 1);
    }

    #[test]
    fn text_is_wrapped_between_words() {
        let word = "x".repeat(30);
        let four = [word.as_str(); 4].join("  ");
        assert_eq!(wrapped(&four, "- ", "  "), format!("- {word} {word} {word}\n  {word}"));
        let long = "y".repeat(150);
        assert_eq!(wrapped(&format!("a {long} b"), "", "  "), format!("a\n  {long}\n  b"));
        assert_eq!(wrapped("", "- ", "  "), "- ");
    }

    #[test]
    fn only_long_lines_are_wrapped() {
        let aligned = "    absent            812      30   3.7 %";
        assert_eq!(wrapped_line(aligned), aligned);
        let word = "x".repeat(60);
        assert_eq!(wrapped_line(&format!("  - {word} {word}")), format!("  - {word}\n      {word}"));
    }
}

use clap::Args;

/// How the file of a table is written that is read without a source.
#[derive(Debug, Args)]
pub struct Spelling {
    /// What stands between the cells of a CSV table: a comma, `;`, `|` or a tab.
    #[arg(long, value_name = "CHARACTER")]
    pub csv_separator: Option<String>,
    /// Encoding of a CSV table that is not in UTF-8, by its WHATWG name, such as `windows-1252`.
    #[arg(long, value_name = "NAME")]
    pub csv_encoding: Option<String>,
    /// Sheet of an `.xlsx` workbook that is the table; the only one need not be named. Workbooks are read by a program that was built with
    /// `--features xlsx`.
    #[arg(long, value_name = "NAME")]
    pub xlsx_sheet: Option<String>,
}

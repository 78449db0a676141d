//! `amparo data draft`: instrument, source, protocol and config for a table, to be edited.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use amparo_datasets::{ForeignTable, table};
use amparo_lab::{Draft, DraftPlan, Order, draft};

use super::{by_flag, column_and_text, create_dir, dialect};
use crate::failure::Failure;
use crate::{cli, show};

pub fn run(args: &cli::Draft) -> Result<(), Failure> {
    let stated = dialect(&args.spelling)?;
    let foreign = table::read_foreign(&args.table, &stated).map_err(by_flag)?;
    let file = args.table.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = args.name.clone().unwrap_or_else(|| name_of(&file));
    let ordered: Vec<(&str, Order<'_>)> =
        args.ordered.iter().map(|text| ordered(text, &foreign)).collect::<Result<_, _>>()?;
    let unknown: Vec<&str> = args.unknown.iter().map(String::as_str).collect();
    let plan = DraftPlan {
        table: &file,
        name: &name,
        outcome: args.outcome.as_deref().map(|text| column_and_text(text, &foreign)),
        ordered: &ordered,
        unknown: &unknown,
        separator: args.spelling.csv_separator.as_deref(),
        encoding: args.spelling.csv_encoding.as_deref(),
        sheet: args.spelling.xlsx_sheet.as_deref(),
    };
    let drafted = draft(&foreign, &plan)?;
    write(&args.out, &drafted)?;
    let out = args.out.display();
    say!("{} rows and {} columns of {}", foreign.n_rows, foreign.columns.len(), args.table.display());
    for (file, _) in &drafted.files {
        say!("written to {}", args.out.join(file).display());
    }
    say!("\nWhat a person has to decide before anything rests on it:");
    drafted.decide.iter().for_each(|one| say!("{}", show::wrapped(one, "- ", "  ")));
    say!("\nThe files can be tried as they are:");
    say!(
        "  amparo data import --source {out}/source.toml --in {} --out {out}/cohort.parquet",
        args.table.display()
    );
    say!("  amparo train --config {out}/config.toml --cohort {out}/cohort.parquet --registry {out}/registry");
    let version = format!("{name}@1");
    say!(
        "  amparo evaluate --registry {out}/registry --model {version} --cohort {out}/cohort.parquet --out {out}/report"
    );
    Ok(())
}

/// `COLUMN=A,B,C`, or `COLUMN=rising` and `COLUMN=falling`.
fn ordered<'a>(text: &'a str, table: &ForeignTable) -> Result<(&'a str, Order<'a>), Failure> {
    match column_and_text(text, table) {
        (column, Some("rising")) => Ok((column, Order::Rising)),
        (column, Some("falling")) => Ok((column, Order::Falling)),
        (column, Some(texts)) => Ok((column, Order::Texts(texts.split(',').collect()))),
        (_, None) => Err(Failure::Usage(format!(
            "`--ordered {text}` states no order, expected COLUMN=A,B,C from least to most risk, COLUMN=rising or COLUMN=falling"
        ))),
    }
}

/// The name of a table without its ending, in letters that a model may be called.
fn name_of(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or_default().to_lowercase();
    let plain = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
    let name: String = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    let name: String = name.chars().take(48).collect();
    if name.is_empty() { "draft".to_owned() } else { name }
}

/// Writes all files or none that would take the place of another.
fn write(folder: &Path, draft: &Draft) -> Result<(), Failure> {
    create_dir(folder)?;
    let there: Vec<String> = draft
        .files
        .iter()
        .map(|(file, _)| folder.join(file))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| format!("`{}`", path.display()))
        .collect();
    if !there.is_empty() {
        let message = format!(
            "{} would be overwritten, expected another folder or none of these files",
            there.join(", ")
        );
        return Err(Failure::Usage(message));
    }
    for (file, text) in &draft.files {
        let path = folder.join(file);
        let opened = OpenOptions::new().write(true).create_new(true).open(&path);
        let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(Failure::io("write", path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_table_names_the_model() {
        assert_eq!(name_of("COMPAS two_years.csv.gz"), "compas-two-years");
        assert_eq!(name_of("año 2024.parquet"), "a-o-2024");
        assert_eq!(name_of("¡!.csv"), "draft");
    }
}

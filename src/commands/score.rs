//! `amparo score`: a table of forms, scored by one version, block by block in bounded memory.

mod columns;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use amparo_datasets::table::{Dialect, FormBlocks, Forms, Parts, PartsPlan};
use amparo_datasets::{Error, Source};
use amparo_lab::display_name;
use amparo_models::Version;
use indicatif::ProgressBar;

use super::{by_flag, dialect};
use crate::cli::Score;
use crate::failure::Failure;
use crate::progress;

/// Rows that are read, scored and written at once: a row group of the result.
const BLOCK: NonZeroUsize = match NonZeroUsize::new(1 << 16) {
    Some(rows) => rows,
    None => NonZeroUsize::MIN,
};

pub fn run(args: &Score) -> Result<(), Failure> {
    let version = amparo_stores::open(&args.registry)?.load(&args.model)?;
    let dialect = dialect(&args.spelling)?;
    let layout = match &args.source {
        Some(source) => Layout::Source(Box::new(Source::named(source)?)),
        None => Layout::Plain(dialect),
    };
    let job = Job::open(&version, &args.input, &layout, &args.out, args.explain, BLOCK)?;
    let (n_rows, n_kept) = (job.n_rows(), job.n_kept());
    let bar = progress::bar("scoring", n_rows as u64);
    let job = job.score(&bar)?;
    let (ignored, notes) = (job.input.ignored().join(", "), job.input.notes());
    bar.finish_and_clear();
    let bar = progress::bar("writing", n_rows as u64);
    job.finish(&bar)?;
    bar.finish_and_clear();
    say!("{n_rows} forms scored by {}, written to {}", display_name(&version), args.out.display());
    if n_kept > 0 {
        say!("{n_kept} of them were scored by a run that did not end");
    }
    notes.iter().for_each(|note| say!("{note}"));
    if !ignored.is_empty() {
        say!("columns not read: {ignored}");
    }
    Ok(())
}

/// How the table is laid out.
enum Layout {
    /// A column for each indicator, named by its id.
    Plain(Dialect),
    /// As a source says.
    Source(Box<Source>),
}

/// A table on its way to scores. Dropped or killed before its end, it goes on when it is opened again.
struct Job<'a> {
    version: &'a Version,
    input: FormBlocks,
    parts: Parts,
    explain: bool,
}

impl<'a> Job<'a> {
    fn open(
        version: &'a Version,
        input: &Path,
        layout: &Layout,
        out: &Path,
        explain: bool,
        rows_per_block: NonZeroUsize,
    ) -> Result<Self, Failure> {
        let form = version.instrument();
        let (blocks, read_as) = match layout {
            Layout::Plain(dialect) => (
                FormBlocks::open(input, dialect, form, rows_per_block).map_err(by_flag)?,
                ("dialect", dialect.to_string()),
            ),
            Layout::Source(source) => {
                let read_as = ("source", format!("{} (sha256 {})", source.id(), source.digest()));
                (FormBlocks::open_by(input, source, form, rows_per_block)?, read_as)
            }
        };
        let name = input.file_name().unwrap_or_default().to_string_lossy();
        let made_from = [
            ("input", format!("{name} (sha256 {})", blocks.digest())),
            ("version", format!("{} (digest {})", display_name(version), version.digest())),
            read_as,
            ("explain", explain.to_string()),
            ("program", concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned()),
        ];
        let plan = PartsPlan {
            n_rows: blocks.n_rows(),
            rows_per_part: rows_per_block.get(),
            made_from: made_from.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<BTreeMap<_, _>>(),
        };
        Ok(Self { version, input: blocks, parts: Parts::open(out, plan)?, explain })
    }

    fn n_rows(&self) -> usize {
        self.input.n_rows()
    }

    /// Rows that were scored before.
    fn n_kept(&self) -> usize {
        self.n_rows() - self.parts.n_rows_missing()
    }

    /// Scores what is missing: one block is scored while the next is read.
    ///
    /// A bad cell ends it: the list of bad cells is the error, and nothing is left to go on from.
    fn score(mut self, bar: &ProgressBar) -> Result<Self, Failure> {
        bar.set_position(self.n_kept() as u64);
        let mut missing = self.parts.missing().into_iter();
        let mut next = missing.next().map(|at| (at, self.input.block(at)));
        while let Some((at, read)) = next {
            let forms = match read {
                Ok(forms) => forms,
                Err(error) => return Err(self.give_up(error).into()),
            };
            let Self { version, input, parts, explain } = &mut self;
            let (written, ahead) = rayon::join(
                || write(version, parts, at, forms, *explain, bar),
                || missing.next().map(|at| (at, input.block(at))),
            );
            written?;
            next = ahead;
        }
        Ok(self)
    }

    /// Puts the file together.
    fn finish(self, bar: &ProgressBar) -> Result<(), Failure> {
        if let Err(error) = self.input.check_unchanged() {
            return Err(self.give_up(error).into());
        }
        let manifest = self.version.manifest();
        let scored_by = serde_json::json!({
            "version": format!("{}@{}", manifest.name, manifest.version),
            "digest": self.version.digest(),
            "outcome": self.version.recidivism().outcome(),
            "synthetic": manifest.training.synthetic_statement(),
            "rows": self.n_rows(),
        });
        self.parts.finish(("amparo.scores", scored_by.to_string()), |rows| bar.inc(rows as u64))?;
        Ok(())
    }

    /// Removes the parts if the input has to be mended: another input makes other parts.
    fn give_up(self, error: Error) -> Error {
        if let Error::Invalid { .. } = error {
            // What is wrong with the input is what is told; parts that stay are refused by the next run, with a reason.
            let _ = self.parts.discard();
        }
        error
    }
}

fn write(
    version: &Version,
    parts: &mut Parts,
    at: usize,
    forms: Forms,
    explain: bool,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    let columns = columns::scored(version, forms, explain, &|rows| bar.inc(rows as u64))?;
    Ok(parts.write(at, columns)?)
}

#[cfg(test)]
mod tests;

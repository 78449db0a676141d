//! `amparo export`: a version in a format of other programs.

use amparo_lab::{ExportFormat, export};

use super::{print_json, write};
use crate::cli::{Export, ExportAs};
use crate::failure::Failure;

pub fn run(args: &Export) -> Result<(), Failure> {
    let version = amparo_stores::open(&args.registry)?.load(&args.model)?;
    let format = match args.format {
        ExportAs::Onnx => ExportFormat::Onnx,
        ExportAs::XgboostJson => ExportFormat::XgboostJson,
        ExportAs::PointsMd => ExportFormat::PointsMd(args.lang.into()),
    };
    let exported = export(&version, format)?;
    write(&args.out, &exported.bytes)?;
    if args.json {
        return print_json(&exported);
    }
    let (name, n_bytes) = (&exported.version, exported.n_bytes);
    say!("{name} written to {} ({}, {n_bytes} bytes)", args.out.display(), exported.format);
    exported.notes.iter().for_each(|note| say!("{note}"));
    say!("sha256 {}", exported.sha256);
    Ok(())
}

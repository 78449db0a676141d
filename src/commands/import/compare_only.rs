//! `amparo import --compare-only`: a graph that runs as it is, mapped to a form and compared with the program that made it.

use amparo_datasets::Instrument;
use amparo_exchange::compared::ComparedModel;
use amparo_exchange::{Graph, MappedGraph, mapping};

use super::super::{create_new, graphs, json, print_json};
use crate::cli::ImportModel;
use crate::failure::Failure;
use crate::show;

pub fn run(args: &ImportModel, bytes: Vec<u8>, form: &Instrument) -> Result<(), Failure> {
    let graph = Graph::read(bytes)?;
    if let Some(out) = &args.suggest_mapping {
        let inputs = graph.inputs();
        create_new(out, mapping::suggested(&inputs, form))?;
        return super::suggested(inputs.len(), out);
    }
    let text = super::mapping_text(args)?;
    let mapped = MappedGraph::new(&graph, &text, form)?;
    match (&args.probes, &args.check, &args.prediction, &args.out) {
        (Some(out), ..) => super::probes(&mapped.probes(), out, args),
        (_, Some(check), Some(prediction), Some(out)) => {
            let mut run = graphs::running(&args.runtime, graph.bytes())?;
            let model = super::with_scored((check, prediction), args, |scored, table_sha256| {
                mapped.compared(scored, table_sha256, &mut *run)
            })?;
            create_new(out, json(&model)?)?;
            told(&model, args, out)
        }
        _ => Err(Failure::Usage("--check needs --prediction and --out".to_owned())),
    }
}

fn told(model: &ComparedModel, args: &ImportModel, out: &std::path::Path) -> Result<(), Failure> {
    let record = &model.record;
    if args.json {
        return print_json(record);
    }
    let program = record.program.as_deref().map_or(String::new(), |program| format!(" of {program}"));
    let text = format!(
        "{} is a graph{program} that runs as it is. In ONNX Runtime it says what the original program says of {} rows: the largest difference of the {} is \
         {:.1e}, where rounding may be {:.1e}. It can be compared, and neither explained, published nor served.",
        args.file.display(),
        record.check.n_rows,
        record.check.compared.replace('_', "-"),
        record.check.largest_difference,
        record.check.allowed_there
    );
    say!("{}", show::wrapped(&text, "", ""));
    say!("\nwritten to {}; beside a version:\n", out.display());
    let name = out.file_stem().unwrap_or_default().to_string_lossy();
    say!("amparo evaluate --compared \"{name}={}\" --other-cases ...", out.display());
    Ok(())
}

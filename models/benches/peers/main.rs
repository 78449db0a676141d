//! One pass of ours over what `measure.py` beside this file wrote: `cargo bench -p amparo-models --bench peers -- FOLDER`.
//!
//! FOLDER holds `model.json` (a scorer), `background` and `rows` (a byte an answer, row by row). The values go to `values`,
//! base first, as little-endian numbers; the times to the standard output, in seconds, as JSON.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measures, on data made for it")]

#[path = "../drawn/mod.rs"]
#[expect(dead_code, reason = "the forest and the population are read here, not drawn")]
mod drawn;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use amparo_datasets::{Answers, Instrument};
use amparo_models::explain::Background;
use amparo_models::{Explain, Explainer, Scorer};

/// Batches that are timed together.
const BATCHES: u32 = 10;

fn main() {
    let folder: PathBuf = std::env::args().skip(1).find(|arg| !arg.starts_with("--")).unwrap().into();
    let instrument = drawn::instrument();
    let scorer: Scorer = serde_json::from_slice(&fs::read(folder.join("model.json")).unwrap()).unwrap();
    scorer.check(&instrument).unwrap();
    let population = read(&folder.join("background"), &instrument);
    let cases = read(&folder.join("rows"), &instrument);

    let weights = vec![1.0; population.n_rows()];
    let (sum, background) = timed(|| Background::of(&scorer, &population, &weights).unwrap());
    let (compile, explainer) = timed(|| Explainer::new(&scorer, &background).unwrap());
    let mut one: Vec<f64> =
        cases.rows().map(|row| timed(|| black_box(explainer.explain(black_box(row)))).0).collect();
    one.sort_by(f64::total_cmp);
    let at = |share: f64| one[((one.len() - 1) as f64 * share) as usize];
    // Several in a row, as long in all as one of the others takes.
    let (batches, ()) =
        timed(|| (0..BATCHES).for_each(|_| explainer.batch(&cases).for_each(|parts| drop(black_box(parts)))));
    let batch = batches / f64::from(BATCHES);

    let mut values = Vec::new();
    for parts in explainer.batch(&cases) {
        values.extend(parts.total.base.to_le_bytes());
        values.extend(parts.total.values.iter().flat_map(|value| value.to_le_bytes()));
    }
    fs::write(folder.join("values"), values).unwrap();
    println!(
        "{{\"sum\": {sum}, \"compile\": {compile}, \"bytes\": {}, \"p50\": {}, \"p99\": {}, \"batch\": {batch}}}",
        explainer.table_bytes(),
        at(0.5),
        at(0.99),
    );
}

fn read(path: &Path, instrument: &Arc<Instrument>) -> Answers {
    Answers::from_codes(Arc::clone(instrument), fs::read(path).unwrap()).unwrap()
}

fn timed<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = run();
    (start.elapsed().as_secs_f64(), result)
}

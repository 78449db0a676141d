//! `amparo gate`: a version judged by its gates, and the verdict kept beside it.

use std::path::Path;

use amparo_datasets::built_in_or_file;
use amparo_evaluation::gates::{Gates, Waivers};
use amparo_lab::gate::{Gated, Gating, against};
use amparo_lab::{documents, gate};
use amparo_reporting::telling::{self, Lang};

use super::{cohort_for, now, write, write_files};
use crate::cli::Gate;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;
use crate::tracked::{self, Tracking};

pub fn run(args: &Gate) -> Result<(), Failure> {
    let lang = Lang::from(args.lang);
    let gates = Gates::from_toml(&built_in_or_file("gates", &args.gates, Gates::BUILT_IN)?)?;
    let waivers = args.waivers.as_ref().map(|path| read_waivers(path)).transpose()?.unwrap_or_default();
    let key = args.key.as_deref().map(super::keys::read).transpose()?;
    let registry = amparo_stores::open_to_write(&args.registry)?;
    let version = registry.load(&args.model)?;
    let against = against(&registry, &version, args.against.as_ref())?;
    let tracking = Tracking::begin(&args.tracked, &args.registry, "gate")?;
    let cohort = cohort_for(&args.cohort, &version, version.recidivism())?;
    let settings = args.resampling.settings();
    let gating = Gating {
        version: &version,
        against: against.as_ref(),
        other_cases: args.other_cases,
        gates: &gates,
        waivers: &waivers,
        key: key.as_ref(),
        at: &now(),
    };
    let Gated { report, verdict, entry } = gate(&gating, &registry, cohort, &settings, &Bars::default())?;
    if let Some(dir) = &args.out {
        write_files(dir, &documents::of_report(&report, "report")?)?;
        write(&dir.join("verdict.json"), &super::json(&verdict)?)?;
    }
    if let Some(tracking) = tracking {
        let at = tracked::moment();
        let aliases = tracked::aliases(&registry, &version.manifest().name, &at)?;
        let mut files = documents::of_report(&report, "report")?;
        files.push(("verdict.json".to_owned(), super::json(&verdict)?));
        let found = (&report, &verdict, entry.number);
        let runs = tracked::of_gate(&tracking, &version, found, files, (&aliases, &at))?;
        tracking.end(&runs)?;
    }
    if args.json {
        super::print_json(&verdict)?;
    } else {
        show::print(&telling::verdict(&verdict, lang));
        let (number, name) = (entry.number, &verdict.version.name);
        match lang {
            Lang::Es => say!("El veredicto {number} sobre {name} queda guardado en el registro"),
            Lang::En => say!("Verdict {number} on {name} is kept in the registry"),
        }
    }
    if verdict.passed {
        return Ok(());
    }
    let names: Vec<&str> = verdict.in_the_way().map(|gate| gate.name.as_str()).collect();
    Err(Failure::Refused(format!("{}: {}", telling::outcome(&verdict, lang), names.join(", "))))
}

fn read_waivers(path: &Path) -> Result<Waivers, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io("read", path))?;
    Ok(Waivers::from_toml(&text)?)
}

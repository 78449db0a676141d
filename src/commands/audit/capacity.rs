//! Whether level shares follow risk.

use std::path::Path;

use amparo_lab::audit::{self, CapacityAudit, Tested, of_cohort, of_decisions};
use amparo_lab::hold_out;
use amparo_models::registry::{ModelRef, Registry};
use amparo_reporting::telling::{self, Lang};

use super::{logged, settings};
use crate::cli::{self, Period, RiskFrom};
use crate::commands::{cohort_for, print_json};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;

pub fn run(args: &cli::Capacity) -> Result<(), Failure> {
    let registry = amparo_stores::open(&args.registry)?;
    match (&args.cohort, &args.model, &args.log) {
        (Some(cohort), Some(model), _) => on_cohort(args, &registry, cohort, model),
        (Some(_), None, _) => Err(Failure::Usage("--cohort needs --model".to_owned())),
        (None, _, Some(log)) => on_log(args, &registry, log),
        (None, _, None) => {
            Err(Failure::Usage("neither --cohort nor --log is given, expected one".to_owned()))
        }
    }
}

fn on_cohort(
    args: &cli::Capacity,
    registry: &Registry,
    cohort: &Path,
    model: &ModelRef,
) -> Result<(), Failure> {
    let risk = match args.risk {
        RiskFrom::Outcomes => audit::RiskFrom::Outcomes,
        RiskFrom::Model => audit::RiskFrom::Model,
    };
    let settings = settings(&args.how);
    let audit = CapacityAudit { score: args.score.as_deref(), risk, period: period(args.period), settings };
    audit.check()?;
    let version = registry.load(model)?;
    let cohort = cohort_for(cohort, &version, version.recidivism())?;
    let held = hold_out(registry, &[&version], &cohort, args.other_cases, &Bars::default())?;
    tell(args, &of_cohort(&held, &audit)?)
}

fn on_log(args: &cli::Capacity, registry: &Registry, log: &str) -> Result<(), Failure> {
    let tested = of_decisions(
        registry,
        &logged(log, Lang::from(args.how.lang))?,
        args.confirmed,
        period(args.period),
        settings(&args.how),
    )?;
    tell(args, &tested)
}

fn period(period: Period) -> audit::Period {
    match period {
        Period::Month => audit::Period::Month,
        Period::Quarter => audit::Period::Quarter,
        Period::Year => audit::Period::Year,
    }
}

/// Prints what was found; fixed shares are a check that says no.
fn tell(args: &cli::Capacity, tested: &Tested) -> Result<(), Failure> {
    let Tested { levels, synthetic, capacity } = tested;
    let lang = Lang::from(args.how.lang);
    if args.how.json {
        print_json(capacity)?;
    } else {
        if let Some(statement) = synthetic {
            say!("{statement}");
        }
        show::print(&telling::capacity(levels, capacity, lang));
    }
    telling::fixed(levels, capacity, lang).map_or(Ok(()), |fixed| Err(Failure::Refused(fixed)))
}

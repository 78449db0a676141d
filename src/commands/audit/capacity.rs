//! Whether level shares follow risk.

use std::path::Path;

use amparo_datasets::table;
use amparo_evaluation::audit::{Capacity, Finding};
use amparo_evaluation::html::Lang;
use amparo_evaluation::telling;
use amparo_lab::audit::{self, CapacityAudit, Proposed, Tested, of_cohort, of_decisions};
use amparo_lab::hold_out;
use amparo_models::registry::{ModelRef, Registry};

use super::{logged, settings};
use crate::cli::{self, Period, RiskFrom};
use crate::commands::print_json;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;

pub fn run(args: &cli::Capacity) -> Result<(), Failure> {
    let registry = Registry::open(&args.registry)?;
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
    let cohort = table::read_cohort(cohort)?;
    let version = registry.load(model)?;
    let held = hold_out(&[&version], &cohort, args.other_cases, &Bars::default())?;
    let Tested { subject, synthetic, capacity } = of_cohort(&held, &audit)?;
    tell(args, &format!("`{subject}`"), synthetic.as_deref(), &capacity)
}

fn on_log(args: &cli::Capacity, registry: &Registry, log: &str) -> Result<(), Failure> {
    let tested =
        of_decisions(registry, &logged(log)?, args.confirmed, period(args.period), settings(&args.how))?;
    let subject = match tested.subject {
        Proposed::Proposals(n) => format!("{n} proposals"),
        Proposed::Confirmed(n) => format!("{n} confirmed levels"),
    };
    if !args.confirmed && !args.how.json {
        say!(
            "Proposals are cuts of these probabilities, so this shows what floors, the second reading and a change of version did; what \
             officers made of them: --confirmed."
        );
    }
    tell(args, &subject, tested.synthetic.as_deref(), &tested.capacity)
}

fn period(period: Period) -> audit::Period {
    match period {
        Period::Month => audit::Period::Month,
        Period::Quarter => audit::Period::Quarter,
        Period::Year => audit::Period::Year,
    }
}

/// Prints what was found; fixed shares are a check that says no.
fn tell(
    args: &cli::Capacity,
    subject: &str,
    synthetic: Option<&str>,
    found: &Capacity,
) -> Result<(), Failure> {
    if args.how.json {
        print_json(found)?;
    } else {
        print(subject, synthetic, found);
    }
    let fixed: Vec<&str> =
        found.thresholds.iter().filter(|t| t.finding == Finding::Fixed).map(|t| t.level.as_str()).collect();
    if fixed.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "the share of {subject} at {} or above stays fixed while the risk moves",
        fixed.join(", ")
    )))
}

fn print(subject: &str, synthetic: Option<&str>, found: &Capacity) {
    if let Some(statement) = synthetic {
        say!("{statement}");
    }
    say!("Do the levels of {subject} follow the risk?\n");
    for row in &found.periods {
        let shares: Vec<String> = found
            .levels
            .iter()
            .zip(&row.shares)
            .map(|(level, share)| format!("{level} {}", show::measure(Some(share))))
            .collect();
        let risk = show::measure(Some(&row.risk));
        say!("{}  n {}  risk {risk}  {}", row.period, row.n, shares.join("  "));
    }
    say!("");
    let rows = found.thresholds.iter().map(|row| {
        let finding = match row.finding {
            Finding::Follows => "follows",
            Finding::Fixed => "FIXED",
            Finding::CannotTell => "cannot tell",
        };
        let of = |measure| show::measure(Some(measure));
        [
            row.level.clone(),
            finding.to_owned(),
            of(&row.elasticity),
            of(&row.movement),
            telling::because(row, Lang::En),
        ]
    });
    say!("{}", show::table(["level or above", "finding", "elasticity", "movement of risk", "because"], rows));
    say!("Elasticity 1: the share moves as the risk does; 0: it stays whatever the risk.");
}

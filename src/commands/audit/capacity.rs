//! Whether level shares follow risk.

use std::collections::BTreeMap;

use amparo_datasets::table;
use amparo_evaluation::audit::{Capacity, Finding, Risk, Stream, capacity};
use amparo_evaluation::input::Scored;
use amparo_lab::hold_out;
use amparo_models::registry::{ModelRef, Registry};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{logged, settings};
use crate::cli::{self, Period, RiskFrom};
use crate::commands::print_json;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;

pub fn run(args: &cli::Capacity) -> Result<(), Failure> {
    let registry = Registry::open(&args.registry)?;
    let (subject, stream, synthetic) = match (&args.cohort, &args.log) {
        (Some(_), _) => of_cohort(args, &registry)?,
        (None, Some(log)) => of_log(args, &registry, log)?,
        (None, None) => {
            return Err(Failure::Usage("neither --cohort nor --log is given, expected one".to_owned()));
        }
    };
    let found = capacity(&stream, settings(&args.how))?;
    if args.how.json {
        print_json(&found)?;
    } else {
        print(&subject, synthetic.as_deref(), &found);
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

/// What is tested, in words; the rows; and the sentence that must stand with numbers of a synthetic cohort.
type Subject = (String, Stream, Option<String>);

fn of_cohort(args: &cli::Capacity, registry: &Registry) -> Result<Subject, Failure> {
    let (Some(path), Some(model)) = (&args.cohort, &args.model) else {
        return Err(Failure::Usage("--cohort needs --model".to_owned()));
    };
    let cohort = table::read_cohort(path)?;
    let version = registry.load(model)?;
    let held = hold_out(&[&version], &cohort, args.other_cases, &Bars::default())?;
    let Some(dates) = held.part.dates() else {
        return Err(Failure::Usage(format!(
            "`{}` has no dates of assessment: nothing can be said over time",
            path.display()
        )));
    };
    if args.risk == RiskFrom::Model && args.score.is_none() {
        return Err(Failure::Usage(
            "--risk model takes the version's probability at its word, so it cannot test the version's own levels; expected --score \
             or --risk outcomes"
                .to_owned(),
        ));
    }
    let columns = held.input.columns();
    let subject = match &args.score {
        None => &held.scored[0],
        Some(name) => foreign(&held.scored, name)?,
    };
    let levels = subject.levels.as_ref().ok_or_else(|| {
        Failure::Usage(format!(
            "score `{}` has no levels, expected one that is cut into levels",
            subject.name
        ))
    })?;
    // Of repeated cross-fitting the first round: every assessment once.
    let n = held.part.n_rows();
    let times = (columns.y.len() / n) as f64;
    let named: Vec<String> = dates.iter().map(|date| period_of(*date, args.period)).collect();
    let (periods, period) = coded(&named)?;
    let stream = Stream {
        levels: levels.ids.clone(),
        level: levels.codes[..n].to_vec(),
        periods,
        period,
        weight: columns.weight[..n].iter().map(|w| w * times).collect(),
        cluster: columns.cluster[..n].to_vec(),
        risk: match (args.risk, &held.scored[0].probability) {
            (RiskFrom::Model, Some(probability)) => Risk::Stated(probability[..n].to_vec()),
            _ => Risk::Outcomes { score: held.scored[0].score[..n].to_vec(), y: columns.y[..n].to_vec() },
        },
    };
    let synthetic = held.part.provenance().synthetic.as_ref().map(|s| s.statement.clone());
    Ok((format!("`{}`", subject.name), stream, synthetic))
}

fn foreign<'a>(scored: &'a [Scored], name: &str) -> Result<&'a Scored, Failure> {
    let known = || scored[1..].iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
    scored[1..].iter().find(|one| one.name == name).ok_or_else(|| {
        Failure::Usage(format!("the cohort has no score `{name}` on every row, expected one of: {}", known()))
    })
}

fn of_log(args: &cli::Capacity, registry: &Registry, log: &str) -> Result<Subject, Failure> {
    let mut decisions = logged(log)?;
    let all = decisions.len();
    if args.confirmed {
        decisions.retain(|decision| decision.confirmed.is_some());
    }
    let Some(first) = decisions.first() else {
        return Err(Failure::Usage(format!("the log holds no such proposal ({all} in all), expected some")));
    };
    let version = registry.load(&ModelRef::version(&first.model, first.version)?)?;
    let protocol = version.protocol();
    let levels: Vec<String> = protocol.levels().iter().map(|level| level.id.clone()).collect();
    let mut cases = BTreeMap::new();
    let (mut level, mut cluster, mut named) = (Vec::new(), Vec::new(), Vec::new());
    for decision in &decisions {
        let given = match (&decision.confirmed, args.confirmed) {
            (Some(confirmed), true) => confirmed,
            _ => &decision.level,
        };
        let at = protocol.position(given).and_then(|at| u8::try_from(at).ok());
        level.push(at.ok_or_else(|| {
            Failure::Usage(format!(
                "proposal `{}` has level `{given}`, the first proposal's protocol `{}` has {}: two scales of levels in one log \
                 cannot be one stream",
                decision.proposal_id,
                protocol.id(),
                levels.join(", ")
            ))
        })?);
        let next = cases.len() as u32;
        cluster.push(*cases.entry(decision.case_id.as_str()).or_insert(next));
        let date = decision.assessed_at.to_zoned(TimeZone::UTC).date();
        named.push(period_of(date, args.period));
    }
    let (periods, period) = coded(&named)?;
    let stream = Stream {
        levels,
        weight: vec![1.0; level.len()],
        level,
        periods,
        period,
        cluster,
        risk: Risk::Stated(decisions.iter().map(|decision| decision.probability).collect()),
    };
    if !args.confirmed {
        say!(
            "Proposals are cuts of these probabilities, so this shows what floors, the second reading and a change of version did; what \
             officers made of them: --confirmed."
        );
    }
    let what = if args.confirmed { "confirmed levels" } else { "proposals" };
    Ok((
        format!("{} {what}", decisions.len()),
        stream,
        version.manifest().training.synthetic_statement().map(str::to_owned),
    ))
}

fn period_of(date: Date, period: Period) -> String {
    match period {
        Period::Month => format!("{:04}-{:02}", date.year(), date.month()),
        Period::Quarter => format!("{:04}-Q{}", date.year(), (date.month() + 2) / 3),
        Period::Year => format!("{:04}", date.year()),
    }
}

/// The names in order, and the place of each row's.
fn coded(named: &[String]) -> Result<(Vec<String>, Vec<u16>), Failure> {
    let mut periods = named.to_vec();
    periods.sort_unstable();
    periods.dedup();
    if periods.len() > usize::from(u16::MAX) {
        return Err(Failure::Usage(format!("{} periods, expected at most {}", periods.len(), u16::MAX)));
    }
    let codes = named.iter().map(|name| periods.partition_point(|other| other < name) as u16).collect();
    Ok((periods, codes))
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
        [row.level.clone(), finding.to_owned(), of(&row.elasticity), of(&row.movement), row.because.clone()]
    });
    say!("{}", show::table(["level or above", "finding", "elasticity", "movement of risk", "because"], rows));
    say!("Elasticity 1: the share moves as the risk does; 0: it stays whatever the risk.");
}

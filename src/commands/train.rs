//! `amparo train`: every candidate of a config, published.

use amparo_datasets::split::examples;
use amparo_datasets::{Cohort, Polarity, table};
use amparo_lab::{Published, Training, train};
use amparo_models::artefact::Version;
use amparo_models::learned::Compared;
use amparo_training::Experiment;

use super::{now, print_json};
use crate::cli::Train;
use crate::failure::Failure;
use crate::show;
use crate::tracked::{self, Recorder, Tracking};

pub fn run(args: &Train) -> Result<(), Failure> {
    let is_new = !args.registry.exists();
    run_on(args).inspect_err(|_| {
        if is_new {
            // Removes an empty folder only, so nothing that was published; the failure is what is told.
            let _ = std::fs::remove_dir(&args.registry);
        }
    })
}

fn run_on(args: &Train) -> Result<(), Failure> {
    let experiment = Experiment::named(&args.config)?.accepting_leaks(&args.accept_leak)?;
    // Before hours of fitting, not after: a registry that cannot be written is said at once.
    let registry = amparo_stores::create(&args.registry)?;
    let tracking = Tracking::begin(&args.tracked, &args.registry, "train")?;
    let cohort = table::read_cohort(&args.cohort)?;
    let lethality = args.lethality_cohort.as_ref().map(|path| table::read_cohort(path)).transpose()?;
    let training = Training {
        experiment: &experiment,
        cohort: &cohort,
        lethality: lethality.as_ref(),
        name: args.name.as_deref().unwrap_or(&experiment.config().name),
        at: &now(),
    };
    let recorder = Recorder::default();
    let published = train(&training, &registry, &recorder)?;
    let told = recorder.told();
    print_all(args, &cohort, &published)?;
    let Some(tracking) = tracking else { return Ok(()) };
    let at = tracked::moment();
    let aliases = tracked::aliases(&registry, training.name, &at)?;
    let runs = tracked::of_training(&tracking, told, (&published, training.name), &cohort, (&aliases, &at))?;
    tracking.end(&runs)
}

fn print_all(args: &Train, cohort: &Cohort, published: &Published) -> Result<(), Failure> {
    if args.json {
        return print_json(&published.versions.iter().map(Version::manifest).collect::<Vec<_>>());
    }
    if let Some(synthetic) = &cohort.provenance().synthetic {
        say!("{}", synthetic.statement);
    }
    print(published);
    Ok(())
}

/// The losses over the grid of dials, as the choice among blends was seen, and what was published.
pub fn print(published: &Published) {
    print_dials(published);
    print_calibrations(published);
    print_cuts(published);
    print_sides(published);
    print_versions(&published.versions);
    print_pools(published);
    print_unlearned(published);
    print_directions(published);
    print_notes(published);
    print_left_out(published);
}

/// What candidates say of their fits.
fn print_notes(published: &Published) {
    let trained = &published.trained;
    for (candidate, _) in &trained.candidates {
        for note in trained.notes(candidate) {
            say!("{}", show::wrapped(&format!("{candidate}: {note}."), "", ""));
        }
    }
}

/// The indicators that nothing was fitted on.
fn print_left_out(published: &Published) {
    let Some((_, part)) = published.trained.candidates.first() else { return };
    let left_out: Vec<&str> = part.left_out(&published.trained.instrument).collect();
    if !left_out.is_empty() {
        let text =
            format!("Left out by the config, so that their answers do not count: {}", left_out.join(", "));
        say!("{}", show::wrapped(&text, "", ""));
    }
}

/// Where a temporal split cut.
fn print_cuts(published: &Published) {
    let Some(split) = &published.trained.split else { return };
    let Some(cuts) = &split.cuts else { return };
    let gap = match cuts.gap_days {
        0 => "no gap is left before the test part".to_owned(),
        days => format!(
            "a gap of {days} days leaves out {} rows; {} cases are in no part",
            split.left_out.len() as u64 - cuts.n_rows_without_day,
            cuts.n_cases_left_out
        ),
    };
    let undated = match cuts.n_cases_without_day {
        0 => String::new(),
        n => format!(
            " The day of an assessment of {n} cases ({} rows) is unknown, so they are in no part.",
            cuts.n_rows_without_day
        ),
    };
    let text = format!(
        "Divided by the day of the first assessment: the calibrate part begins on {}, the test part on {}; {gap}.{undated}",
        cuts.calibrate_from, cuts.test_from
    );
    say!("{}", show::wrapped(&text, "", ""));
}

/// What the table's own split left out, because of cases on both of its sides.
fn print_sides(published: &Published) {
    let Some(split) = &published.trained.split else { return };
    if split.shared_cases.is_empty() {
        return;
    }
    let text = format!(
        "{} cases stand on both sides of the table's own split, such as {}; as the config states, their rows of one side are among the {} \
         rows that are in no part.",
        split.shared_cases.len(),
        examples(split.shared_cases.iter().map(String::as_str)),
        split.left_out.len()
    );
    say!("{}", show::wrapped(&text, "", ""));
}

/// The declared directions that the rows contradict, and the indicators that end without an effect.
fn print_directions(published: &Published) {
    let trained = &published.trained;
    let contradicted: Vec<[String; 3]> = trained
        .directions
        .iter()
        .filter(|direction| direction.is_contradicted())
        .map(|d| {
            let declared = if d.declared == Polarity::Protective { "protective" } else { "risk" };
            let trend = format!("{:+.4} [{:+.4}, {:+.4}]", d.per_step, d.low, d.high);
            [d.indicator.clone(), declared.to_owned(), trend]
        })
        .collect();
    if !contradicted.is_empty() {
        let text = "The rows of the fit contradict these declared directions, each indicator by itself. The fit keeps to what is \
                    declared, so that such an indicator loses its effect or part of it:";
        say!("{}", show::wrapped(text, "", ""));
        say!("{}", show::table(["indicator", "declared", "share of events per answer [95 %]"], contradicted));
    }
    for (candidate, part) in &trained.candidates {
        let indicators = trained.instrument.indicators();
        let flat = part.without_effect(&trained.instrument);
        let flat: Vec<&str> =
            flat.into_iter().filter(|&j| !part.leaves_out(j)).map(|j| indicators[j].id.as_str()).collect();
        if !flat.is_empty() {
            let text = format!("Indicators without an effect in {candidate}: {}", flat.join(", "));
            say!("{}", show::wrapped(&text, "", ""));
        }
    }
}

/// How the answers to indicators with many of them were dealt into pools.
fn print_pools(published: &Published) {
    let trained = &published.trained;
    let parts = trained.candidates.first().map(|(_, part)| part).into_iter().chain(&trained.lethality);
    let rows: Vec<[String; 5]> = parts
        .flat_map(|part| part.pooling().wide().iter().map(move |pools| (part, pools)))
        .map(|(part, pools)| {
            let indicator = &trained.instrument.indicators()[pools.indicator];
            [
                format!("{} ({})", indicator.id, part.outcome()),
                format!("{} of {}", pools.n_pooled(), indicator.n_known()),
                pools.n_pools().to_string(),
                format!("{:.3}", pools.sd),
                show_range(pools.effects.first(), pools.effects.last()),
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let text = "Indicators with many answers: answers of similar effect are in one pool. Effects are in log-odds against the \
                average answer, shrunken by as much as the rows of each answer leave open:";
    say!("{}", show::wrapped(text, "", ""));
    say!(
        "{}",
        show::table(["indicator", "answers learned", "pools", "sd of effects", "effects of pools"], rows)
    );
}

fn show_range(low: Option<&f64>, high: Option<&f64>) -> String {
    low.zip(high).map_or(String::new(), |(low, high)| format!("{low:+.3} to {high:+.3}"))
}

/// The answers that too few fit rows had.
fn print_unlearned(published: &Published) {
    let trained = &published.trained;
    let parts = trained.candidates.first().map(|(_, part)| part).into_iter().chain(&trained.lethality);
    for part in parts {
        let Some(learned) = part.learned() else { continue };
        let of = |(id, answers): (&str, String)| format!("{id} ({answers})");
        let unlearned: Vec<String> = part.unlearned_ids(&trained.instrument).into_iter().map(of).collect();
        if !unlearned.is_empty() {
            let rows = match learned.compared {
                Compared::Rows => "rows",
                Compared::EffectiveRows => "effective rows (Kish)",
            };
            let text = format!(
                "Answers that fewer than {} {rows} of the fit have, so that each counts as the average of the learned answers to \
                 its question ({}): {}",
                learned.needed,
                part.outcome(),
                unlearned.join(", ")
            );
            say!("{}", show::wrapped(&text, "", ""));
        }
    }
}

fn print_dials(published: &Published) {
    let Some(lowest) = published.lowest_log_loss() else { return };
    say!("Dial from baseline (0) to candidate (1), cross-fitted on the rows fitted on:");
    let rows = published.trained.dials.iter().map(|d| {
        let mark = if d.losses.log_loss <= lowest { " lowest" } else { "" };
        [
            d.candidate.clone(),
            d.dial.to_string(),
            format!("{:.5}{mark}", d.losses.log_loss),
            format!("{:.5}", d.losses.brier),
        ]
    });
    say!("{}", show::table(["blend with", "dial", "log loss", "Brier"], rows));
    print_stacked(published);
}

/// Where stacking put a dial, by the weights that lose least.
fn print_stacked(published: &Published) {
    let trained = &published.trained;
    for (candidate, part) in &trained.candidates {
        let Some(record) = trained.stacking(candidate) else { continue };
        let text = format!(
            "`{candidate}` stands at dial {:.4}: the log-odds weigh {:.4} (baseline) and {:.4} (candidate), with a cross-fitted log loss of {:.5} \
             once slope and intercept are fitted",
            part.scorer().dial(),
            record.baseline,
            record.candidate,
            record.log_loss
        );
        say!("{}", show::wrapped(&text, "", ""));
    }
}

/// The methods of calibration that were compared, if there was a choice.
fn print_calibrations(published: &Published) {
    let trained = &published.trained;
    let compared = trained.candidates.iter().zip(&trained.calibrations);
    let rows: Vec<[String; 3]> = compared
        .flat_map(|((candidate, _), record)| {
            show::calibrations(record)
                .into_iter()
                .map(move |[method, loss]| [candidate.clone(), method, loss])
        })
        .collect();
    if !rows.is_empty() {
        say!("Methods of calibration, cross-fitted on the rows calibrated on:");
        say!("{}", show::table(["candidate", "method", "log loss"], rows));
    }
}

fn print_versions(versions: &[Version]) {
    let rows = versions.iter().map(|version| {
        let m = version.manifest();
        [
            format!("{}@{}", m.name, m.version),
            m.training.candidate.clone(),
            m.dial.to_string(),
            m.calibrator.clone(),
            version.digest()[..16].to_owned(),
        ]
    });
    say!("{}", show::table(["version", "candidate", "dial", "calibrator", "digest"], rows));
}

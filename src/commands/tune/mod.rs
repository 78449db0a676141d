//! `amparo tune`: candidates compared by nested cross-validation, and their parameters chosen.

mod kept;

use amparo_datasets::table;
use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::Report;
use amparo_lab::documents;
use amparo_lab::tune::{Compared, FailedCandidate, TrialLosses, Tuned, Tuning};
use amparo_training::Experiment;

use super::{create_dir, write_files};
use crate::cli::Tune;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::show;
use kept::Kept;

pub fn run(args: &Tune) -> Result<(), Failure> {
    let experiment = Experiment::named(&args.config)?.accepting_leaks(&args.accept_leak)?;
    let cohort = table::read_cohort(&args.cohort)?;
    let settings = args.resampling.settings();
    let tuning = Tuning { experiment: &experiment, cohort: &cohort, settings: &settings };
    // Before hours of fitting, not after: what does not agree, and a folder that cannot be written.
    let prepared = tuning.prepared()?;
    create_dir(&args.out)?;
    let kept = Kept::open(&args.out.join("search.jsonl"), &tuning.digest()?)?;
    if kept.n_at_first() > 0 {
        crate::progress::note(&format!(
            "{} finished trials are taken from {}",
            kept.n_at_first(),
            args.out.join("search.jsonl").display()
        ));
    }
    let compared = prepared.run(&kept, &Bars::default())?;
    write_files(&args.out, &documents::of_report(&compared.report, "report")?)?;
    let files = [("tuned.toml", &compared.config), ("trials.jsonl", &compared.trials)];
    write_files(&args.out, &files.map(|(name, text)| (name.to_owned(), text.clone())))?;
    if let Some(synthetic) = &cohort.provenance().synthetic {
        say!("{}", synthetic.statement);
    }
    print(&compared);
    say!("Report: {}", args.out.join("report.html").display());
    say!("Config with the chosen parameters, for `amparo train`: {}", args.out.join("tuned.toml").display());
    Ok(())
}

fn print(compared: &Compared) {
    let Compared { tuned, failed, report, .. } = compared;
    let reference = &report.context.reference;
    say!("By nested cross-validation, on rows that neither choice nor fit has seen, with 95 % intervals:");
    let rows = tuned.iter().map(|one| {
        let name = if one.compare_only {
            format!("{} (compared only)", one.candidate)
        } else {
            one.candidate.clone()
        };
        let of = |metric: &str| measure(overall(report, &one.candidate, metric), 4, false);
        let difference = report
            .differences
            .iter()
            .find(|d| d.name == one.candidate && d.against == *reference && d.metric == "log_loss");
        let difference = match difference {
            Some(difference) => measure(Some(&difference.measure), 5, true),
            None => "reference".to_owned(),
        };
        [name, of("auc"), of("log_loss"), of("brier"), difference]
    });
    let against = format!("log loss less that of {reference}");
    say!("{}", show::table(["candidate", "AUC", "log loss", "Brier", &against], rows));
    for FailedCandidate { candidate, scope, why } in failed {
        let text = format!("{candidate} could not be compared: in {scope}, {why}");
        say!("{}", show::wrapped(&text, "", ""));
    }
    for one in tuned.iter().filter(|one| one.on_all_rows.trials.len() > 1) {
        print_choice(one);
    }
    print_failed(tuned);
}

fn overall<'r>(report: &'r Report, candidate: &str, metric: &str) -> Option<&'r Measure> {
    report.scored.iter().find(|scored| scored.name == candidate)?.overall.get(metric)
}

fn measure(measure: Option<&Measure>, digits: usize, signed: bool) -> String {
    let number = |x: f64| if signed { format!("{x:+.digits$}") } else { format!("{x:.digits$}") };
    let Some((measure, value)) = measure.and_then(|m| Some((m, m.value()?))) else {
        return "not computed".to_owned();
    };
    match measure.interval() {
        Some((low, high)) => format!("{} [{}, {}]", number(value), number(low), number(high)),
        None => number(value),
    }
}

/// What was chosen on all rows, and how often each outer fold chose the same.
fn print_choice(one: &Tuned) {
    let chosen = &one.on_all_rows;
    let taken = &chosen.trials[chosen.taken];
    let values: Vec<String> =
        taken.parameters.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    let same = one.by_fold.iter().filter(|(_, fold)| fold.taken == chosen.taken).count();
    let text = format!(
        "{}: on all rows trial {} of {} is best by the rule, {}; {same} of {} outer folds chose the same.",
        one.candidate,
        chosen.taken + 1,
        chosen.trials.len(),
        values.join(", "),
        one.by_fold.len()
    );
    say!("{}", show::wrapped(&text, "", ""));
}

/// The trials that could not be fitted or calibrated: an error of a few is no error of the whole, and is not hidden.
fn print_failed(tuned: &[Tuned]) {
    for one in tuned {
        let choices = std::iter::once(&one.on_all_rows).chain(one.by_fold.iter().map(|(_, chosen)| chosen));
        let failed: Vec<&str> = choices
            .flat_map(|chosen| &chosen.trials)
            .filter_map(|trial| match &trial.losses {
                TrialLosses::Failed(why) => Some(why.as_str()),
                TrialLosses::Losses(_) => None,
            })
            .collect();
        if let Some(first) = failed.first() {
            let text = format!(
                "{}: {} trials of all folds failed and were not taken; the first: {first}",
                one.candidate,
                failed.len()
            );
            say!("{}", show::wrapped(&text, "", ""));
        }
    }
}

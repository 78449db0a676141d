//! `amparo data bins`: bins of a numeric column that lose least, and what they cost.

use amparo_datasets::table;
use amparo_lab::{BinsPlan, Direction, Estimated, ProposedBins, TriedBins, propose_bins};

use super::{by_flag, column_and_text, create_new, dialect, print_json};
use crate::cli::{Bins, Goes};
use crate::failure::Failure;
use crate::show;

pub fn run(args: &Bins) -> Result<(), Failure> {
    let foreign = table::read_foreign(&args.table, &dialect(&args.spelling)?).map_err(by_flag)?;
    let file = args.table.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unknown: Vec<&str> = args.unknown.iter().map(String::as_str).collect();
    let only: Option<Vec<(&str, &str)>> = args
        .only
        .iter()
        .map(|text| {
            let (column, text) = column_and_text(text, &foreign);
            Some((column, text?))
        })
        .collect();
    let only = only.ok_or_else(|| {
        Failure::Usage("--only says no text of the column, expected COLUMN=TEXT".to_owned())
    })?;
    let proposed = propose_bins(
        &foreign,
        &BinsPlan {
            table: &file,
            column: &args.column,
            outcome: column_and_text(&args.outcome, &foreign),
            unknown: &unknown,
            only: &only,
            weight: args.weight.as_deref(),
            case: args.case.as_deref(),
            direction: match args.direction {
                Goes::Either => None,
                Goes::Rising => Some(Direction::Rising),
                Goes::Falling => Some(Direction::Falling),
            },
            least_events: args.least_events,
            most_bins: args.most_bins,
            n_bins: args.bins,
            unit: args.unit.as_deref(),
            seed: args.seed,
        },
    )?;
    if let Some(out) = &args.out {
        create_new(out, &proposed.toml)?;
    }
    if args.json {
        return print_json(&proposed);
    }
    told(&proposed, args);
    match &args.out {
        Some(out) => say!("\nwritten to {}", out.display()),
        None => say!("\n{}", proposed.toml.trim_end()),
    }
    Ok(())
}

fn told(proposed: &ProposedBins, args: &Bins) {
    let ProposedBins { column, outcome, event, rows, .. } = proposed;
    let paragraph = |text: &str| say!("{}", show::wrapped(text, "", ""));
    paragraph(&format!(
        "Column `{column}` of {}: {} rows count, of which {} have `{outcome}` = `{event}` and the others {}. The rate of the outcome {} with \
         the number.",
        args.table.display(),
        rows.counted,
        rows.events,
        listed(&proposed.no_event),
        match proposed.direction {
            Direction::Rising => "rises",
            Direction::Falling => "falls",
        }
    ));
    paragraph(&format!(
        "Rows that do not count: {} whose outcome is not known, {} without a number ({}), {} that were not asked for.",
        rows.without_outcome,
        rows.without_number,
        if proposed.unknown.is_empty() {
            "no text stands for none".to_owned()
        } else {
            listed(&proposed.unknown)
        },
        rows.not_asked_for
    ));
    if let Some(groups) = proposed.merged_into {
        paragraph(&format!(
            "The column holds {} different numbers: adjoining ones were merged into {groups} groups of about as many rows, between which \
             all cuts were tried.",
            proposed.n_values
        ));
    }
    if let Some(number) = proposed.stands_apart {
        paragraph(&format!(
            "{number} stands apart from all other numbers: if it says that nothing is known, pass --unknown {number}."
        ));
    }
    if proposed.ambiguous_numbers {
        paragraph(
            "Some columns hold numbers with a comma, which may stand before decimals or between thousands; they are read with neither.",
        );
    }
    tried(proposed);
    let why = match proposed.stated {
        true => "as asked for".to_owned(),
        false => format!(
            "the fewest, of 2 or more, whose cross-validated log loss is within one standard error of the least{}",
            proposed.best.map_or(String::new(), |best| format!(", that of {best}"))
        ),
    };
    paragraph(&format!("Taken: {} bins, {why}.", proposed.taken));
    if proposed.best == Some(1) {
        paragraph(
            "One bin has the least cross-validated log loss: these rows do not show that the number tells the outcome.",
        );
    }
    let bins = proposed.bins.iter().map(|bin| {
        let seen = format!("{} to {}", bin.smallest, bin.largest);
        [bin.label.clone(), seen, bin.n_rows.to_string(), bin.n_events.to_string(), interval(&bin.rate)]
    });
    say!("\n{}", show::table(["bin", "seen in it", "rows", "events", "rate"], bins));
    paragraph(
        "The bins have seen the outcomes of these rows. A model that is judged on the same rows looks better than it is: judge it on rows that \
         --only leaves out, or on another table.",
    );
}

fn tried(proposed: &ProposedBins) {
    let line = |tried: &TriedBins| {
        let mark = if tried.n_bins == proposed.taken { " taken" } else { "" };
        let behind = match tried.behind_best {
            Some((behind, Some(error))) if behind > 0.0 => format!("{behind:.5} ({error:.5})"),
            Some((behind, None)) if behind > 0.0 => format!("{behind:.5}"),
            Some(_) => "least".to_owned(),
            None => "-".to_owned(),
        };
        [
            format!("{}{mark}", tried.n_bins),
            tried.cuts.iter().map(f64::to_string).collect::<Vec<_>>().join(" "),
            format!("{:.5}", tried.log_loss),
            tried.cross_validated.map_or("-".to_owned(), |loss| format!("{loss:.5}")),
            behind,
            format!("{:.4}", tried.auc.value),
            interval(&tried.lost_auc),
        ]
    };
    let header = ["bins", "cuts", "log loss", "cross-validated", "above least (SE)", "AUC", "AUC lost"];
    let blank = || String::new();
    let number = [
        "the number".to_owned(),
        blank(),
        blank(),
        blank(),
        blank(),
        format!("{:.4}", proposed.number_auc.value),
        blank(),
    ];
    let best = &proposed.isotonic;
    let monotone = [
        "monotone".to_owned(),
        format!("{} steps", best.n_steps),
        format!("{:.5}", best.log_loss),
        blank(),
        blank(),
        format!("{:.4}", best.auc),
        blank(),
    ];
    say!("\n{}", show::table(header, proposed.tried.iter().map(line).chain([number, monotone])));
    let said = "AUC lost: by how much the AUC of the number itself is larger, with its 95 % interval (DeLong). `monotone` is the best \
                monotone function of the number, which no bins can beat in the rows that they were found on.";
    say!("{}", show::wrapped(said, "", ""));
}

fn listed(texts: &[String]) -> String {
    texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
}

/// `0.4512 [0.4397, 0.4627]`.
fn interval(of: &Estimated) -> String {
    match of.interval {
        Some((low, high)) => format!("{:.4} [{low:.4}, {high:.4}]", of.value),
        None => format!("{:.4} [no interval]", of.value),
    }
}

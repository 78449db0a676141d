//! Answers and time against an outcome, as text of at most 80 columns.

use std::fmt::{self, Write};

use super::{By, Crossed, CrossedCell, Description, Rate};

/// Most characters of the name of an answer.
const NAME: usize = 28;

/// The tables of one outcome.
pub(super) fn page(d: &Description, crossed: &Crossed, to: &mut String) -> fmt::Result {
    writeln!(to, "\nanswers by outcome `{}`", crossed.outcome)?;
    head("answer", "", to)?;
    for (indicator, summary) in crossed.indicators.iter().zip(&d.indicators) {
        writeln!(to, "  {}", cut(&format!("{} - {}", indicator.id, summary.label), 76))?;
        for cell in indicator.answers.iter().filter(|cell| cell.n > 0) {
            line(cell, "", to)?;
        }
    }
    writeln!(to, "\ntime of assessment by outcome `{}`", crossed.outcome)?;
    let Some(periods) = &crossed.periods else {
        return writeln!(to, "  not known");
    };
    head("period", " unknown", to)?;
    for period in periods {
        line(&period.cell, &format!("{:6.1} %", 100.0 * period.share_unknown), to)?;
    }
    Ok(())
}

fn head(what: &str, last: &str, to: &mut String) -> fmt::Result {
    let text =
        format!("    {what:<NAME$} {:>7} {:>6}  {:<22}{last}", "rows", "events", "rate (95 % interval)");
    writeln!(to, "{}", text.trim_end())
}

fn line(cell: &CrossedCell, last: &str, to: &mut String) -> fmt::Result {
    let events = cell.events.map_or("-".to_owned(), |events| events.to_string());
    let text = format!(
        "    {:<NAME$} {:>7} {events:>6}  {:<22}{last}",
        cut(&cell.of, NAME),
        cell.n,
        rate(&cell.rate)
    );
    writeln!(to, "{}", text.trim_end())
}

/// `45.1 % (43.9 to 46.2)`; `*` behind an estimate that is no plain share.
fn rate(rate: &Rate) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    match rate {
        Rate::Known { value, interval, by, .. } => {
            let mark = if *by == By::Share { "" } else { "*" };
            let interval = match interval {
                Some((low, high)) => format!("({} to {})", percent(*low), percent(*high)),
                None => "(none)".to_owned(),
            };
            format!("{} %{mark} {interval}", percent(*value))
        }
        Rate::Suppressed { fewer_than } => format!("fewer than {fewer_than}"),
        Rate::Undefined { .. } => "undefined".to_owned(),
    }
}

/// The text, or its beginning with an ellipsis.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['\u{2026}']).collect()
}

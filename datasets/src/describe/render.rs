//! The description as text.

use std::fmt::{self, Write};

use super::{AnswerCount, By, Description, IndicatorSummary, OutcomeSummary, Rate, SHOWN};
use crate::MAX_TOLD_APART;

/// A page of text, with the statement of a synthetic cohort first.
pub(super) fn render(d: &Description) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = page(d, &mut text);
    text
}

fn page(d: &Description, to: &mut String) -> fmt::Result {
    writeln!(to, "{}", d.title)?;
    if let Some(statement) = &d.synthetic {
        writeln!(to, "{statement}")?;
    }
    writeln!(to)?;
    writeln!(to, "instrument   {}", d.instrument)?;
    writeln!(to, "rows         {} ({} cases)", d.rows, d.cases)?;
    match d.dates {
        Some((first, last)) if d.undated > 0 => {
            writeln!(to, "dates        {first} to {last}; {} rows have no day", d.undated)?;
        }
        Some((first, last)) => writeln!(to, "dates        {first} to {last}")?,
        None => writeln!(to, "dates        not known")?,
    }
    if let Some(source) = &d.source {
        writeln!(to, "source       {source}")?;
    }
    if let Some(digest) = &d.input_digest {
        writeln!(to, "raw table    sha256 {digest}")?;
    }
    writeln!(to, "fingerprint  {}", d.fingerprint)?;
    section(to, "outcomes")?;
    d.outcomes.iter().try_for_each(|o| outcome(o, to))?;
    if d.outcomes.is_empty() {
        writeln!(to, "  none")?;
    }
    section(to, "groups")?;
    for group in &d.groups {
        let labels =
            group.labels.iter().map(|l| format!("{} {}", l.label, l.n)).collect::<Vec<_>>().join(", ");
        writeln!(to, "  {}: {labels}", group.name)?;
    }
    if d.groups.is_empty() {
        writeln!(to, "  none")?;
    }
    section(to, "scores that came with the table")?;
    for score in &d.scores {
        let range = score.range.map_or("no value".to_owned(), |(low, high)| format!("{low} to {high}"));
        writeln!(to, "  {}: n = {}, {range}", score.name, score.n)?;
    }
    if d.scores.is_empty() {
        writeln!(to, "  none")?;
    }
    section(to, "indicators")?;
    let width = d.indicators.iter().map(|i| i.id.chars().count()).max().unwrap_or_default();
    for indicator in &d.indicators {
        let answers = answers(indicator);
        let percent = 100.0 * indicator.share_unknown;
        writeln!(to, "  {:width$}  {answers} ({percent:.1} % unknown) - {}", indicator.id, indicator.label)?;
    }
    d.crossed.iter().try_for_each(|crossed| super::crossed_page::page(d, crossed, to))?;
    if !d.notes.is_empty() {
        section(to, "notes")?;
        d.notes.iter().try_for_each(|note| writeln!(to, "  - {note}"))?;
    }
    Ok(())
}

/// `absent 812, present 300, unknown 5`; of many answers the most frequent ones.
fn answers(indicator: &IndicatorSummary) -> String {
    let said = |of: &AnswerCount| format!("{} {}", of.answer, of.n);
    let Some((unknown, known)) = indicator.answers.split_last() else { return String::new() };
    if known.len() <= MAX_TOLD_APART {
        return indicator.answers.iter().map(said).collect::<Vec<_>>().join(", ");
    }
    let mut frequent: Vec<&AnswerCount> = known.iter().filter(|of| of.n > 0).collect();
    // Stable: equals stay in the form's order.
    frequent.sort_by_key(|of| std::cmp::Reverse(of.n));
    let (shown, others) = frequent.split_at(frequent.len().min(SHOWN));
    let mut all: Vec<String> = shown.iter().map(|of| said(of)).collect();
    if !others.is_empty() {
        let n: usize = others.iter().map(|of| of.n).sum();
        all.push(format!("{} other answers {n}", others.len()));
    }
    all.push(said(unknown));
    format!("{} of {} answers occur: {}", frequent.len(), known.len(), all.join(", "))
}

fn section(to: &mut String, heading: &str) -> fmt::Result {
    writeln!(to, "\n{heading}")
}

fn outcome(o: &OutcomeSummary, to: &mut String) -> fmt::Result {
    let horizon = o.horizon_days.map_or("no horizon stated".to_owned(), |days| format!("within {days} days"));
    // The rate has a line of its own, so that with a long name it is read on a terminal of 80 columns.
    writeln!(to, "  {} ({horizon})", o.name)?;
    writeln!(to, "    {}", rate(&o.rate))?;
    write!(to, "    {} events, {} without, {} censored", o.events, o.no_events, o.censored)?;
    match o.excluded {
        0 => writeln!(to)?,
        n => writeln!(to, ", {n} excluded from this outcome")?,
    }
    match &o.rate_of_known {
        Some(known) if o.censored > 0 => {
            writeln!(to, "    {} of the rows not censored:\n      it overstates the risk", rate(known))
        }
        Some(known) => writeln!(to, "    {} without the weights", rate(known)),
        None => Ok(()),
    }
}

/// `45.1 % (95 % interval 43.9 to 46.2, n = 7214)`.
fn rate(rate: &Rate) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    match rate {
        Rate::Known { value, interval, n, by } => {
            let how = match by {
                By::Share => "",
                By::WeightedShare => " with the weights",
                By::KaplanMeier => " by Kaplan-Meier",
            };
            let interval = match interval {
                Some((low, high)) => format!("95 % interval {} to {}", percent(*low), percent(*high)),
                None => "no interval".to_owned(),
            };
            format!("{} %{how} ({interval}, n = {n})", percent(*value))
        }
        Rate::Suppressed { fewer_than } => format!("fewer than {fewer_than} rows or events"),
        Rate::Undefined { reason } => format!("rate undefined: {reason}"),
    }
}

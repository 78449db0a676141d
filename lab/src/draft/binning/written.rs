//! Proposed bins in the syntax of a form, to be edited.

use super::super::answers::Answers;
use super::super::bins::Bin;
use super::super::words;
use super::super::written::{comment, list, quoted};
use super::counted::{Cell, Groups, Rows};
use super::optimal::{Direction, Partition};
use super::{BinsPlan, ProposedBins, cut_at, goes};

/// An answer for each bin, in the order of the numbers.
pub(super) fn answers(found: &Partition, groups: &Groups, cells: &[Cell], rows: &Rows) -> Answers {
    let bins = found.spans(cells.len()).zip(found.bins(cells)).map(|((start, end), bin)| Bin {
        from: if start == 0 { groups.ends[0].0 } else { cut_at(groups, start) },
        to: groups.ends[end - 1].1,
        n_rows: bin.n_rows,
    });
    Answers::of_numbers(bins.collect(), rows.numbers.iter().copied())
}

/// The set of answers, the bins, and what the source says of the column.
pub(super) fn toml(proposed: &ProposedBins, answers: &Answers, plan: &BinsPlan<'_>) -> String {
    let ProposedBins { column, outcome, event, rows, direction, .. } = proposed;
    let name = words::id(column).unwrap_or_else(|| "number".to_owned());
    let unit = plan.unit.map_or_else(|| format!("units of {name}"), str::to_owned);
    let counts: Vec<String> = proposed.bins.iter().map(|bin| bin.n_rows.to_string()).collect();
    let head = format!(
        "Proposed by `amparo data bins` for column `{column}` of `{}`: the bins of least log loss of `{outcome}` = `{event}` in {} rows with \
         {} events, if each bin has at least {} rows with the event and as many without, and rates {} from bin to bin. Their outcomes were \
         looked at: a model that is judged on these rows looks better than it is.",
        plan.table,
        rows.counted,
        rows.events,
        plan.least_events,
        goes(*direction)
    );
    let decide = "TO DECIDE: whether a person would defend each cut-point, the unit, and labels in both languages. Both ends are open: close \
                  them where a number beyond is a mistake.";
    let order = "For the instrument. The set stands below its line [answers], from least to most risk, as `polarity = \"risk\"` needs it.";
    // The list goes from least to most risk; the bins go from the smallest to the largest number.
    let mut by_risk = answers.clone();
    if *direction == Direction::Falling {
        by_risk.answers.reverse();
    }
    let source = format!("For the source, in the indicator that reads column `{column}`:");
    format!(
        "{}{}#\n{}[answers]\n{}\n{}{}\n{}# unit = {}\n# unknown = {}\n",
        comment(&head),
        comment(decide),
        comment(order),
        by_risk.set_written(&name),
        comment(&format!("Rows in each bin: {}.", counts.join(", "))),
        answers.bins_written(&name, &unit),
        comment(&source),
        quoted(&unit),
        list(proposed.unknown.iter().map(String::as_str)),
    )
}

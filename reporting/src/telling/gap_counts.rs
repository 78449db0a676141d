//! How many gaps are present, absent, or cannot be told.

use amparo_evaluation::report::{Equivalence, Gap, GroupTable, split_key};

use super::lang::tell;
use super::number::Unit;
use super::view::{View, stands_apart};

/// Gaps counted over some group tables.
pub(crate) struct GapCounts<'a> {
    /// Gaps with a verdict about the margin, or, without a margin, with an interval.
    pub(crate) judged: usize,
    /// Beyond the margin.
    pub(crate) present: Vec<(&'a GroupTable, &'a Gap)>,
    /// Within the margin.
    pub(crate) absent: usize,
    /// Neither, but told from zero.
    pub(crate) apart: Vec<(&'a GroupTable, &'a Gap)>,
    /// Neither, and not told from zero.
    pub(crate) untold: usize,
    /// Without an interval: too few rows, or undefined.
    pub(crate) missing: Vec<(&'a GroupTable, &'a Gap)>,
    /// Measures and levels among the gaps judged: the families that simultaneous intervals hold for, each on its own.
    pub(crate) families: usize,
    /// The smallest gaps that could have been seen, sorted.
    pub(crate) detectable: Vec<f64>,
}

impl<'a> GapCounts<'a> {
    /// Counts the gaps in recall, false-positive rate and positive predictive value at every level: rates, and no two of them each
    /// other's complement.
    pub(crate) fn new(tables: impl Iterator<Item = &'a GroupTable>) -> Self {
        let gaps = tables.flat_map(|table| table.gaps.iter().map(move |gap| (table, gap)));
        let mut families = std::collections::BTreeSet::new();
        let mut out = Self {
            judged: 0,
            present: Vec::new(),
            absent: 0,
            apart: Vec::new(),
            untold: 0,
            missing: Vec::new(),
            families: 0,
            detectable: Vec::new(),
        };
        for (table, gap) in gaps.filter(|(_, gap)| is_counted(gap)) {
            if gap.simultaneous.is_none() && gap.measure.interval().is_none() {
                out.missing.push((table, gap));
                continue;
            }
            out.judged += 1;
            families.insert(&gap.metric);
            out.detectable.extend(gap.detectable);
            match gap.equivalence {
                Some(Equivalence::Present) => out.present.push((table, gap)),
                Some(Equivalence::Absent) => out.absent += 1,
                _ if stands_apart(gap) => out.apart.push((table, gap)),
                _ => out.untold += 1,
            }
        }
        out.families = families.len();
        out.detectable.sort_by(f64::total_cmp);
        out
    }

    /// `of 24 differences between groups, 2 are present (beyond the margin), 10 are absent (within the margin) and 12 cannot be told`.
    pub(crate) fn in_words(&self, view: &View<'_>) -> String {
        let (judged, present, absent) = (self.judged, self.present.len(), self.absent);
        let (apart, untold) = (self.apart.len(), self.untold);
        let cannot = apart + untold;
        match view.report.context.margin {
            Some(_) => tell!(
                view.lang,
                "de {judged} diferencias entre grupos, {present} están presentes (superan el margen), {absent} están ausentes (caben en el margen) y de {cannot} no se puede saber",
                "of {judged} differences between groups, {present} are present (beyond the margin), {absent} are absent (within the margin) and {cannot} cannot be told"
            ),
            None => tell!(
                view.lang,
                "de {judged} diferencias entre grupos, {apart} se distinguen de cero",
                "of {judged} differences between groups, {apart} can be told from zero"
            ),
        }
    }

    /// The largest of the gaps present, or else of those told from zero.
    pub(crate) fn largest(&self) -> Option<(&'a GroupTable, &'a Gap)> {
        let size = |gap: &Gap| gap.measure.value().map_or(0.0, f64::abs);
        let told = if self.present.is_empty() { &self.apart } else { &self.present };
        told.iter().copied().reduce(|a, b| if size(b.1) > size(a.1) { b } else { a })
    }

    /// The labels of the gaps without an interval, each once: `race: Asian, Other; sex: other`.
    pub(crate) fn labels_missing(&self) -> String {
        let mut columns: Vec<(&str, Vec<&str>)> = Vec::new();
        for (table, gap) in &self.missing {
            let label = gap.label.as_str();
            match columns.iter_mut().find(|(group, _)| *group == table.group) {
                Some((_, labels)) if labels.contains(&label) => {}
                Some((_, labels)) => labels.push(label),
                None => columns.push((&table.group, vec![label])),
            }
        }
        let columns = columns.into_iter().map(|(group, labels)| format!("{group}: {}", labels.join(", ")));
        columns.collect::<Vec<_>>().join("; ")
    }

    /// The median of the smallest gaps that could have been seen.
    pub(crate) fn typical(&self, view: &View<'_>) -> Option<String> {
        let median = self.detectable.get(self.detectable.len() / 2)?;
        Some(view.numbers.difference(Unit::Share, *median, None).0.replace('+', ""))
    }
}

fn is_counted(gap: &Gap) -> bool {
    matches!(split_key(&gap.metric).0, "recall" | "false_positive_rate" | "ppv")
}

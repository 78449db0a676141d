use std::fmt;

use serde::{Deserialize, Serialize};

/// An indicator that seems to tell the outcome rather than foretell it, by itself or by its days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leak {
    /// The outcome.
    pub outcome: String,
    /// The indicator.
    pub indicator: String,
    /// The AUC by which its answers alone rank cases whose outcomes were not used to rank them, if it is suspiciously high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auc: Option<f64>,
    /// An answer that goes with the outcome only, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_with: Option<OnlyWith>,
    /// That answers were known only after the assessment, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated_after: Option<DatedAfter>,
}

/// Answers that were known only after the assessment, by the days of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatedAfter {
    /// Rows whose answer was known only after the day of the assessment.
    pub n_rows: u64,
    /// Rows of which both days are known.
    pub n_dated: u64,
}

/// An answer that nearly no row has without the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnlyWith {
    /// The answer; nothing if it is any known answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Rows with it.
    pub n_rows: u64,
    /// Those of them with the outcome.
    pub n_events: u64,
}

/// A suspicion that somebody has looked at, and the reason why the indicator was fitted on all the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedLeak {
    /// What was found.
    pub leak: Leak,
    /// Why it does not matter.
    pub reason: String,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outcome, indicator, auc, only_with, dated_after } = self;
        write!(f, "`{indicator}`")?;
        if let Some(DatedAfter { n_rows, n_dated }) = dated_after {
            let joint = if auc.is_some() { "," } else { "" };
            write!(f, " is dated after the assessment in {n_rows} of {n_dated} rows{joint}")?;
        }
        if let Some(auc) = auc {
            write!(f, " alone ranks cases by `{outcome}` with an AUC of {auc:.3}")?;
        }
        if let Some(OnlyWith { answer, n_rows, n_events }) = only_with {
            let joint = if auc.is_some() || dated_after.is_some() { ", and" } else { ":" };
            let answer = answer
                .as_ref()
                .map_or_else(|| "any known answer".to_owned(), |answer| format!("the answer `{answer}`"));
            write!(f, "{joint} {n_events} of {n_rows} rows with {answer} have the outcome `{outcome}`")?;
        }
        Ok(())
    }
}

#![expect(clippy::unwrap_used, reason = "tests")]

mod files;
mod gaps;
mod values;
mod verdicts;
use super::testing::{
    AT, HEAD, answer, answered, few, gap, gates, judged, one, report, row, scored, table, value, written,
};
use super::{Finding, Gates, Verdict, Waivers};
use crate::input::Kind;
use crate::measure::Measure;
use crate::reason::{Reason, SmallCell};
use crate::report::{Band, Gap, GroupTable, Measures, Report};

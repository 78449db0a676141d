//! The classes of ordered outcomes in a foreign table.

use super::import::KeptRows;
use crate::source::{ClassColumn, listed};
use crate::{Classes, Error, Status};

impl KeptRows<'_> {
    /// The class of every row, as the horizon sees it: `ruled` is what the rules say without it, `status` what is so at the horizon.
    ///
    /// Of an event that came after the horizon, the class at the horizon is the lowest one if all others are the event, else it is not known.
    pub(super) fn classes(
        &mut self,
        name: &str,
        column: &ClassColumn,
        (ruled, status): (&[Option<Status>], &[Status]),
        notes: &mut Vec<String>,
    ) -> Result<Classes, Error> {
        let ClassColumn { column, ids, from, values, unknown } = column;
        let read = self.read(column, |cell| match cell.is_one_of(unknown) {
            true => Ok(None),
            false => listed(values, cell.text).map(|code| Some(*code)),
        })?;
        let mut n_late = 0;
        let at_horizon = |((code, ruled), status): ((Option<u8>, &Option<Status>), &Status)| match status {
            Status::Censored | Status::Excluded => None,
            Status::NoEvent if *ruled == Some(Status::Event) => {
                n_late += 1;
                (*from == 1).then_some(0)
            }
            Status::NoEvent | Status::Event => code,
        };
        let codes: Vec<Option<u8>> = read.into_iter().zip(ruled).zip(status).map(at_horizon).collect();
        let of = |class: Option<u8>| codes.iter().filter(|code| **code == class).count();
        let each = ids.iter().enumerate().map(|(at, id)| format!("{} {id}", of(Some(at as u8))));
        let each = each.collect::<Vec<_>>().join(", ");
        let (start, n_unknown) = (&ids[usize::from(*from)], of(None));
        notes.push(format!(
            "outcome `{name}` is ordered, and is the event from `{start}` on: {each}, and {n_unknown} rows whose class is not known"
        ));
        if n_late > 0 {
            let counts = if *from == 1 { "they are in the lowest class" } else { "their class is not known" };
            notes.push(format!(
                "outcome `{name}`, {n_late} rows whose event came after the horizon: {counts} at the horizon"
            ));
        }
        Ok(Classes { ids: ids.clone(), from: *from, codes })
    }
}

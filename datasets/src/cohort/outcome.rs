//! Outcomes by name.

use super::{Cohort, Outcome};
use crate::{Error, Problem};

impl Cohort {
    /// An outcome by name.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the names that exist.
    pub fn outcome(&self, name: &str) -> Result<&Outcome, Error> {
        self.outcomes().iter().find(|o| o.name == name).ok_or_else(|| {
            Error::invalid("cohort", Problem::new("outcome", self.misses_outcome("cohort", name)))
        })
    }

    /// What is wrong with a cohort, called `which`, that does not have an outcome: it has others, or it has none at all.
    pub fn misses_outcome(&self, which: &str, name: &str) -> String {
        let known: Vec<&str> = self.outcomes().iter().map(|o| o.name.as_str()).collect();
        if known.is_empty() {
            return format!(
                "no outcome `{name}` in the {which}: it has no outcome at all, because its source states none, so that its cases can \
                 be scored, but no model can be fitted to them or judged by them"
            );
        }
        format!("no outcome `{name}` in the {which}, expected one of {}", known.join(", "))
    }
}

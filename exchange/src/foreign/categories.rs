//! Categories, by their names where a file has them.

use super::{Test, Value};

/// The names of the categories of each column, by code.
pub(crate) struct Categories {
    names: Vec<Option<Vec<Value>>>,
    budget: Budget,
    codes: bool,
}

impl Categories {
    /// One entry for each column; `None` for a column of numbers, or of categories without names.
    pub(crate) fn new(names: Vec<Option<Vec<Value>>>) -> Self {
        Self { names, budget: Budget::default(), codes: false }
    }

    /// The test of being one of these categories.
    ///
    /// # Errors
    /// What was found and what was expected.
    pub(crate) fn test(&mut self, column: usize, codes: &[u32], missing: bool) -> Result<Test, [String; 2]> {
        let Some(Some(names)) = self.names.get(column) else {
            self.codes = true;
            return Ok(Test::Code { codes: codes.to_vec(), missing });
        };
        let mut values = Vec::new();
        for &code in codes {
            let Some(name) = names.get(code as usize) else {
                let expected = format!("codes below {}", names.len());
                return Err([format!("the category {code}, which has no name"), expected]);
            };
            self.budget.take(name)?;
            values.push(name.clone());
        }
        Ok(Test::OneOf { values, missing })
    }

    /// What has to be known of a model of which tests were made here.
    pub(crate) fn note(&self) -> Option<String> {
        let note = || "some columns hold categories of which the file has codes and no names".to_owned();
        self.codes.then(note)
    }
}

/// How many bytes of names a model may hold. A name stands in a file once and in a model at every test that asks for it.
const MOST: usize = 1 << 28;

/// What is left of them.
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MOST)
    }
}

impl Budget {
    /// Takes what a name needs.
    ///
    /// # Errors
    /// What was found and what was expected, if too little is left.
    pub(crate) fn take(&mut self, name: &Value) -> Result<(), [String; 2]> {
        let text = if let Value::Text(text) = name { text.len() } else { 0 };
        match self.0.checked_sub(size_of::<Value>() + text) {
            Some(left) => self.0 = left,
            None => {
                return Err(["more names of categories".to_owned(), format!("at most {MOST} bytes in all")]);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_that_is_asked_for_often_is_refused() {
        let mut categories = Categories::new(vec![Some(vec![Value::Text("x".repeat(MOST / 4))])]);
        assert!((0..3).all(|_| categories.test(0, &[0], true).is_ok()));
        let Err([found, _]) = categories.test(0, &[0], true) else { panic!() };
        assert_eq!(found, "more names of categories");
        assert!(categories.test(0, &[1], true).is_err());
        assert_eq!(categories.note(), None);
    }
}

use serde::{Deserialize, Serialize};

/// One thing for each outcome that a version answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcomes<T> {
    /// For a new assault within the horizon; every version has it.
    pub recidivism: T,
    /// For a lethal assault, where the version has a part for it.
    pub lethality: Option<T>,
}

impl<T> Outcomes<T> {
    /// The same shape with references.
    pub fn as_ref(&self) -> Outcomes<&T> {
        Outcomes { recidivism: &self.recidivism, lethality: self.lethality.as_ref() }
    }

    /// Applies a function to each.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Outcomes<U> {
        Outcomes { recidivism: f(self.recidivism), lethality: self.lethality.map(f) }
    }

    /// Applies a function that may fail to each, stopping at the first failure.
    ///
    /// # Errors
    /// What the function returns.
    pub fn try_map<U, E>(self, mut f: impl FnMut(T) -> Result<U, E>) -> Result<Outcomes<U>, E> {
        Ok(Outcomes { recidivism: f(self.recidivism)?, lethality: self.lethality.map(f).transpose()? })
    }

    /// Pairs with another, if both have the same outcomes.
    pub fn zip<U>(self, other: Outcomes<U>) -> Option<Outcomes<(T, U)>> {
        let lethality = match (self.lethality, other.lethality) {
            (Some(a), Some(b)) => Some((a, b)),
            (None, None) => None,
            _ => return None,
        };
        Some(Outcomes { recidivism: (self.recidivism, other.recidivism), lethality })
    }

    /// Each with the name of its outcome's role.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &T)> {
        std::iter::once(("recidivism", &self.recidivism))
            .chain(self.lethality.as_ref().map(|t| ("lethality", t)))
    }
}

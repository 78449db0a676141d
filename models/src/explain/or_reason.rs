use serde::{Deserialize, Serialize};

/// A thing, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OrReason<T> {
    /// The thing.
    Value(T),
    /// There is none.
    Undefined {
        /// Why.
        undefined: String,
    },
}

impl<T> OrReason<T> {
    /// Nothing, for a reason.
    pub fn undefined(reason: impl Into<String>) -> Self {
        Self::Undefined { undefined: reason.into() }
    }

    /// The thing, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Undefined { .. } => None,
        }
    }

    /// The same reason, or what a function makes of the thing.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> OrReason<U> {
        match self {
            Self::Value(value) => OrReason::Value(f(value)),
            Self::Undefined { undefined } => OrReason::Undefined { undefined },
        }
    }

    /// The same with a reference.
    pub fn as_ref(&self) -> OrReason<&T> {
        match self {
            Self::Value(value) => OrReason::Value(value),
            Self::Undefined { undefined } => OrReason::undefined(undefined.as_str()),
        }
    }
}

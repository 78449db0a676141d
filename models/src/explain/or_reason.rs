use serde::{Deserialize, Serialize};

use crate::reason::{Reason, reason_or_sentence};

/// A thing, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OrReason<T> {
    /// The thing.
    Value(T),
    /// There is none.
    Undefined(Undefined),
}

/// A number that there is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Undefined {
    /// Why.
    #[serde(deserialize_with = "reason_or_sentence")]
    pub undefined: Reason,
}

impl<T> OrReason<T> {
    /// Nothing, for a reason.
    pub fn undefined(undefined: Reason) -> Self {
        Self::Undefined(Undefined { undefined })
    }

    /// The thing, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Undefined(_) => None,
        }
    }

    /// Why there is none, if there is none.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Value(_) => None,
            Self::Undefined(Undefined { undefined }) => Some(undefined),
        }
    }

    /// The same reason, or what a function makes of the thing.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> OrReason<U> {
        match self {
            Self::Value(value) => OrReason::Value(f(value)),
            Self::Undefined(reason) => OrReason::Undefined(reason),
        }
    }

    /// The same with a reference.
    pub fn as_ref(&self) -> OrReason<&T> {
        match self {
            Self::Value(value) => OrReason::Value(value),
            Self::Undefined(reason) => OrReason::Undefined(reason.clone()),
        }
    }
}

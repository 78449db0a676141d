//! What callers may be, and what each of them may do.

use serde::{Deserialize, Serialize};

/// What a caller may be. A caller may have several roles, and then has the rights of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The case platform: it asks for proposals, and sees those of its own institution.
    Platform,
    /// The officers' tools: they confirm proposals of their own institution.
    Officer,
    /// A data scientist: models and reports, and no case.
    Scientist,
    /// An oversight body: it sees everything and changes nothing.
    Oversight,
    /// Whoever runs the service: aliases and the state of the service, and no case.
    Operator,
}

/// What a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Nothing: anybody may ask.
    Anyone,
    /// To ask for proposals.
    Assess,
    /// To see proposals: those of the caller's own institution, or all of them; see [`Role::sees_all`].
    ReadCases,
    /// To say which level holds.
    Confirm,
    /// To see what is published.
    ReadModels,
    /// To move aliases.
    MoveAliases,
    /// To see reports about models that hold no case.
    ReadReports,
    /// To see how the service does.
    ReadState,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] =
        [Self::Platform, Self::Officer, Self::Scientist, Self::Oversight, Self::Operator];

    /// The rights of the role, besides those of anybody.
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::Platform => &[Right::Assess, Right::ReadCases, Right::ReadModels],
            Self::Officer => &[Right::Confirm, Right::ReadCases, Right::ReadModels],
            Self::Scientist => &[Right::ReadModels, Right::ReadReports],
            Self::Oversight => &[Right::ReadCases, Right::ReadModels, Right::ReadReports, Right::ReadState],
            Self::Operator => &[Right::ReadModels, Right::MoveAliases, Right::ReadState],
        }
    }

    /// Whether the role sees the cases of all institutions, and not only of its own.
    pub fn sees_all(self) -> bool {
        self == Self::Oversight
    }

    /// Its name, as configuration and log have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Officer => "officer",
            Self::Scientist => "scientist",
            Self::Oversight => "oversight",
            Self::Operator => "operator",
        }
    }
}

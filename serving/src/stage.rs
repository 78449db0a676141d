//! The parts of the work on a request.

/// A part of the work on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The body comes.
    Body,
    /// A thread for the assessment is waited for.
    Wait,
    /// The assessment is computed.
    Assess,
    /// The entry is made durable.
    Log,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::Body, Self::Wait, Self::Assess, Self::Log];

    pub fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Wait => "wait",
            Self::Assess => "assess",
            Self::Log => "log",
        }
    }
}

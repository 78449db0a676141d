use serde::{Deserialize, Serialize};

/// Which number of rows was compared with the number that an answer needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Compared {
    /// The number of rows.
    #[default]
    Rows,
    /// Kish's effective number of rows, which unequal weights make smaller; see [`crate::learned::EffectiveRows`].
    EffectiveRows,
}

impl Compared {
    /// Whether the rows were counted as they are.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(crate) fn is_rows(&self) -> bool {
        *self == Self::Rows
    }
}

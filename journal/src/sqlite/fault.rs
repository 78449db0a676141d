use crate::packing::codec::Damaged;

/// What can go wrong with what is kept in the file.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The file cannot be read or written.
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
    /// A body cannot be packed.
    #[error(transparent)]
    Packing(#[from] std::io::Error),
    /// The operating system gives no random bytes.
    #[error(transparent)]
    Random(#[from] getrandom::Error),
    /// What was to be erased is not what it was.
    #[error("{0}")]
    NotErased(crate::Error),
    /// What is read is not what was kept.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

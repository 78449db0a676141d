//! How a caller follows a verb while it runs.

/// Sees the progress of a verb, and records what it was run with and what came of it.
///
/// Every method does nothing unless it is implemented, so a caller takes what it needs: the command shows stages as bars, an
/// experiment tracker records parameters, metrics and artefacts. Calls may come from several threads.
pub trait Observer: Sync {
    /// A stage begins that takes `total` steps; the stage before it has ended.
    fn stage(&self, name: &str, total: u64) {
        let _ = (name, total);
    }

    /// So many steps of the stage are done.
    fn advance(&self, done: u64) {
        let _ = done;
    }

    /// What the stage is busy with now.
    fn busy(&self, with: &str) {
        let _ = with;
    }

    /// Something that a person should know, and that is no error.
    fn note(&self, text: &str) {
        let _ = text;
    }

    /// A parameter that the verb was run with, such as `boosted.trees`.
    fn param(&self, key: &str, value: &str) {
        let _ = (key, value);
    }

    /// A number that came out, such as `boosted/test/auc`.
    fn metric(&self, key: &str, value: f64) {
        let _ = (key, value);
    }

    /// A file that came out, such as `vpr@3/card.md`.
    fn artefact(&self, name: &str, bytes: &[u8]) {
        let _ = (name, bytes);
    }
}

/// Nobody watches.
impl Observer for () {}

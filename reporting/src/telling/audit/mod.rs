//! What the audits found, in words and tables.

mod capacity;
mod cell;
mod factors;
mod overrides;

pub use capacity::{capacity, fixed};
pub use factors::factors;
pub use overrides::overrides;

use super::{Lang, tell};

/// How many proposals an audit of a log knows nothing of.
pub fn erased(n: usize, lang: Lang) -> String {
    match n {
        1 => tell!(
            lang,
            "1 propuesta del registro se ha borrado y no se cuenta",
            "1 proposal of the log was erased, and is not counted"
        ),
        n => tell!(
            lang,
            "{} propuestas del registro se han borrado y no se cuentan",
            "{} proposals of the log were erased, and are not counted";
            n
        ),
    }
}

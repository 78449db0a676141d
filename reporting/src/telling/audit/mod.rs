//! What the audits found, in words and tables.

mod capacity;
mod cell;
mod factors;
mod overrides;
mod shadow;

pub use capacity::{capacity, fixed};
pub use factors::factors;
pub use overrides::overrides;
pub use shadow::shadow;

use super::{Lang, tell};

/// How many proposals a shadow could not be compared with, and why; nothing where there are none.
pub fn not_compared(other_form: u64, other_levels: u64, lang: Lang) -> Option<String> {
    (other_form + other_levels > 0).then(|| {
        tell!(
            lang,
            "Sin comparar: {other_form} propuestas con otro formulario y {other_levels} con otros niveles",
            "Not compared: {other_form} proposals with another form, and {other_levels} with other levels"
        )
    })
}

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

/// How many proposals are left out because another replaced them.
pub fn replaced(n: usize, lang: Lang) -> String {
    match n {
        1 => tell!(
            lang,
            "1 propuesta del registro se ha sustituido por otra, que cuenta en su lugar",
            "1 proposal of the log was replaced by another, which counts in its place"
        ),
        n => tell!(
            lang,
            "{} propuestas del registro se han sustituido por otras, que cuentan en su lugar",
            "{} proposals of the log were replaced by others, which count in their place";
            n
        ),
    }
}

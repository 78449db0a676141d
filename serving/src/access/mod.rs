//! Who may ask what: the caller of each request, and the right that its route takes.
//!
//! Every route has a row in [`table`]; what has none is refused. A caller has roles, and a role has rights.

mod admission;
mod asker;
mod caller;
mod rights;
mod table;

pub(crate) use admission::admit;
pub(crate) use asker::Asker;
pub use caller::{Caller, Officers};
pub use rights::{Right, Role};

//! Entries erased in the database, and tables without a trace of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::address::Target;
use super::session::{Fault, Role, Session};
use super::statements::Ask;
use super::{schema, table, transaction};
use crate::erasure::Left;
use crate::packing::codec::{Codec, Packed};
use crate::{Entry, Erasure, Error};

/// Entries erased by one statement.
const TOGETHER: usize = 500;

/// Where connections are made that erase.
#[derive(Debug)]
pub(super) struct Erasing(Arc<Target>);

impl Erasing {
    pub fn of(target: Arc<Target>) -> Self {
        Self(target)
    }

    /// Erases entries and writes the entry that says so, in one transaction.
    pub async fn erase(&self, erasure: Erasure) -> Result<Entry, Error> {
        let session = schema::session(&self.0, Role::Writes).await?;
        erase(&session, &erasure).await.map_err(|fault| match fault {
            Fault::NotErased(error) => error,
            other => self.0.failed("erase from", other),
        })
    }

    /// Writes the tables anew, with all that lies outside of their rows and with their indexes.
    pub async fn scrub(&self) -> Result<(), Error> {
        let session = schema::session(&self.0, Role::Writes).await?;
        let scrubbed = session.patiently("VACUUM FULL amparo_log_entries, amparo_log_proposals").await;
        scrubbed.map_err(|fault| self.0.failed("scrub", fault))
    }
}

/// On a connection that is of no use any more if this fails: then the server takes back what was done.
async fn erase(session: &Session, erasure: &Erasure) -> Result<Entry, Fault> {
    let begun = transaction::begin(session, &Codec::default(), &None, &[]).await?;
    let mut named = Vec::new();
    for (first, last) in erasure.entries.bounds() {
        named.extend(left(session, Ask::Left, &[first, last]).await?);
    }
    let later = left(session, Ask::Later, &[&erasure.seen]).await?;
    let of = erasure.with_later(named, later);
    let record = erasure.record(&of).map_err(Fault::NotErased)?;
    // As a text: the trigger that lets entries be erased reads it.
    let packed = Packed::Plain(record.body.clone());
    let (entry, leaf) = begun.grown(begun.end.clone(), record, &HashMap::new())?;
    table::insert(session, &[(&entry, Some(&packed), &leaf, None)]).await?;
    for together in of.chunks(TOGETHER) {
        let sequences: Vec<i64> = together.iter().map(|left| left.sequence).collect();
        let erased = session.execute(Ask::Erase, &[&sequences]).await?;
        if erased != together.len() as u64 {
            return Err(Fault::Unexpected(format!("{erased} of {} entries were erased", together.len())));
        }
        session.execute(Ask::Forget, &[&sequences]).await?;
    }
    session.batch("COMMIT").await?;
    Ok(entry)
}

/// What would be left of entries.
async fn left(
    session: &Session,
    which: Ask,
    bound: &[&(dyn tokio_postgres::types::ToSql + Sync)],
) -> Result<Vec<Left>, Fault> {
    session.ask(which, bound).await?.iter().map(table::left).collect()
}

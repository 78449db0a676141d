//! From the editions before: proposals of the second could not be listed; nothing of the first could be erased, and its dictionaries were trained on bodies as they are, so that they may hold something of a
//! single case.
//!
//! Of the second, all entries stay as they are. Of the first, every body is packed anew, with a dictionary of what bodies have in common, and the dictionaries before go. The owner of the tables may do that.

use super::address::Target;
use super::session::{Fault, Role, Session};
use super::statements::Ask;
use super::table::{self, Kept};
use super::{listing, schema, session};
use crate::packing::codec::Codec;
use crate::packing::learning;
use crate::{Entry, Error, Summary};

/// Rows read at a time.
const PAGE: i64 = 500;

/// What makes the tables those of the present edition, once nothing protects them.
const ALTER: &str = "
DROP TRIGGER amparo_log_entries_are_not_changed ON amparo_log_entries;
DROP TRIGGER amparo_log_dictionaries_are_not_changed ON amparo_log_dictionaries;
ALTER TABLE amparo_log_entries ALTER COLUMN request_digest DROP NOT NULL, ALTER COLUMN body DROP NOT NULL";

/// After the last body was packed anew.
const FINISH: &str = "
DELETE FROM amparo_log_dictionaries WHERE number <= 1000000;
ALTER TABLE amparo_log_entries ADD CHECK (dictionary = 0 OR dictionary > 1000000);
UPDATE amparo_log SET edition = 3";

/// The same of the second edition, once its proposals are listed.
const FINISH_LISTING: &str = "UPDATE amparo_log SET edition = 3";

/// Migrates a log in one transaction.
///
/// # Errors
/// [`Error::Store`], among others if the role does not own the tables. Then the log is as it was.
pub(super) async fn migrate(session: &Session, target: &Target) -> Result<(), Error> {
    // Its statements are those of the present edition, which are understood once the table of proposals is there.
    let mut own =
        Session::connect(target, Role::Writes).await.map_err(|fault| target.failed("migrate", fault))?;
    let entries = migrated(&mut own).await.map_err(|fault| target.failed("migrate", fault))?;
    drop(own);
    if let Some((from, entries)) = entries {
        tracing::info!(from, entries, "log migrated");
    }
    schema::check(session, Role::Writes, &target.place).await.map(|_| ())
}

/// The edition and the number of entries; nothing if somebody else migrated the log meanwhile.
async fn migrated(session: &mut Session) -> Result<Option<(i32, i64)>, Fault> {
    session.batch(schema::BEGIN).await?;
    session.batch("LOCK TABLE amparo_log_entries IN ACCESS EXCLUSIVE MODE").await?;
    let edition: i32 = session::within(async {
        Ok(session.client.query_one("SELECT edition FROM amparo_log", &[]).await?.try_get(0)?)
    })
    .await?;
    if ![schema::WITHOUT_ERASURE, schema::WITHOUT_LISTING].contains(&edition) {
        session.batch("ROLLBACK").await?;
        return Ok(None);
    }
    session.batch(listing::TABLE).await?;
    session.prepare(true).await?;
    let session = &*session;
    let entries = match edition {
        schema::WITHOUT_ERASURE => packed_anew(session).await?,
        _ => listed(session).await?,
    };
    schema::protect(session).await?;
    session.batch("COMMIT").await?;
    Ok(Some((edition, entries)))
}

/// Lists the proposals of the second edition.
async fn listed(session: &Session) -> Result<i64, Fault> {
    let codec = Codec::default();
    let (mut count, mut next) = (0, i64::MIN);
    loop {
        let rows = session.ask(Ask::Entries, &[&next, &PAGE]).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            entries.push(Kept::of(row)?.unpacked(&codec, session).await?);
        }
        let Some(last) = entries.last() else { break };
        next = last.sequence.saturating_add(1);
        count += entries.len() as i64;
        list(session, &entries).await?;
    }
    session.batch(FINISH_LISTING).await?;
    Ok(count)
}

async fn list(session: &Session, entries: &[Entry]) -> Result<(), Fault> {
    let summaries: Vec<_> = entries.iter().map(Summary::of_entry).collect();
    let of: Vec<_> = entries.iter().zip(summaries.iter().map(Option::as_ref)).collect();
    listing::note(session, &of).await
}

/// Packs every body of the first edition anew, and lists its proposals.
async fn packed_anew(session: &Session) -> Result<i64, Fault> {
    session.batch(ALTER).await?;
    let (old, new) = (Codec::default(), Codec::default());
    if let Some(dictionary) = learning::train(&samples(session, &old).await?) {
        new.learn(table::keep(session, &dictionary).await?, &dictionary);
    }
    let (mut entries, mut next) = (0, i64::MIN);
    loop {
        let rows = session.ask(Ask::Entries, &[&next, &PAGE]).await?;
        let (mut sequences, mut packed, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            let entry = Kept::of(row)?.unpacked(&old, session).await?;
            entries += 1;
            next = entry.sequence.saturating_add(1);
            sequences.push(entry.sequence);
            let body = new.pack_if_any(entry.body.as_deref());
            packed.push(body.map_err(|error| Fault::Unexpected(error.to_string()))?);
            read.push(entry);
        }
        if rows.is_empty() {
            break;
        }
        let (bodies, dictionaries): (Vec<Option<&[u8]>>, Vec<Option<i64>>) =
            packed.iter().map(|body| table::kept(body.as_ref())).unzip();
        let sql = "UPDATE amparo_log_entries SET body = new.body, dictionary = new.dictionary
            FROM unnest($1::bigint[], $2::bytea[], $3::bigint[]) AS new (sequence, body, dictionary)
            WHERE amparo_log_entries.sequence = new.sequence";
        session.client.execute(sql, &[&sequences, &bodies, &dictionaries]).await?;
        list(session, &read).await?;
    }
    session.patiently(FINISH).await?;
    Ok(entries)
}

/// Bodies from all over the log.
async fn samples(session: &Session, codec: &Codec) -> Result<Vec<String>, Fault> {
    let sql = "SELECT sequence FROM amparo_log_entries WHERE kind = 'proposal' ORDER BY sequence";
    let rows = session.client.query(sql, &[]).await?;
    let mut samples = Vec::new();
    for row in rows.iter().step_by(rows.len().div_ceil(learning::MOST).max(1)) {
        let sequence: i64 = row.try_get(0)?;
        for row in session.ask(Ask::Entries, &[&sequence, &1_i64]).await? {
            let body = Kept::of(&row)?.unpacked(codec, session).await?.body;
            samples.extend(body.filter(|body| body.len() >= learning::SHORTEST));
        }
    }
    Ok(samples)
}

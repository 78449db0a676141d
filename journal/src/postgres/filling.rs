//! A database that is filled with another log, in one transaction: all of it is there, or nothing.

use std::sync::Arc;

use super::address::Target;
use super::reader::PostgresReader;
use super::reading::Reading;
use super::session::{Role, Session};
use super::{schema, table};
use crate::packing::codec::Codec;
use crate::store::Filling;
use crate::tree::Leaf;
use crate::{Entry, Error, Pending, Store, Summary};

/// The log, in a transaction that nobody else sees.
pub(crate) struct PostgresFilling {
    target: Arc<Target>,
    session: Arc<Session>,
    codec: Arc<Codec>,
}

impl PostgresFilling {
    /// Begins at `postgres://user@host/database`, where there must be no log.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Format`].
    pub async fn at(address: &str) -> Result<Self, Error> {
        let target = Arc::new(Target::parse(address)?);
        let failed = |fault| target.failed("make", fault);
        let mut session = Session::connect(&target, Role::Writes).await.map_err(failed)?;
        // The other log is read in between, and that may take its time.
        session.batch("SET idle_in_transaction_session_timeout = 0").await.map_err(failed)?;
        schema::make_new(&session, &target).await?;
        schema::check(&session, Role::Writes, &target.place).await?;
        session.prepare(true).await.map_err(failed)?;
        Ok(Self { target, session: Arc::new(session), codec: Arc::new(Codec::default()) })
    }
}

impl Filling for PostgresFilling {
    fn keep(&mut self, dictionary: Vec<u8>) -> Pending<'_, ()> {
        Box::pin(async move {
            let number = table::keep(&self.session, &dictionary).await;
            let number = number.map_err(|fault| self.target.failed("make", fault))?;
            self.codec.learn(number, &dictionary);
            Ok(())
        })
    }

    fn write(&mut self, entries: Vec<(Entry, Leaf)>) -> Pending<'_, ()> {
        Box::pin(async move {
            let packed: Vec<_> =
                entries.iter().map(|(entry, _)| self.codec.pack_if_any(entry.body.as_deref())).collect();
            let packed: Vec<_> = packed
                .into_iter()
                .collect::<Result<_, _>>()
                .map_err(|source: std::io::Error| self.target.failed("make", source))?;
            let summaries: Vec<_> = entries.iter().map(|(entry, _)| Summary::of_entry(entry)).collect();
            let rows: Vec<_> = entries
                .iter()
                .zip(packed.iter().zip(&summaries))
                .map(|((entry, leaf), (packed, summary))| (entry, packed.as_ref(), leaf, summary.as_ref()))
                .collect();
            table::insert(&self.session, &rows).await.map_err(|fault| self.target.failed("make", fault))
        })
    }

    fn written(&mut self) -> Pending<'_, Arc<dyn Store>> {
        let (target, codec, session) =
            (Arc::clone(&self.target), Arc::new(Codec::default()), Arc::clone(&self.session));
        let reading = Reading::on(target, codec, session);
        Box::pin(async { Ok(Arc::new(PostgresReader::with(reading)) as Arc<dyn Store>) })
    }

    fn finish(self: Box<Self>) -> Pending<'static, ()> {
        Box::pin(async move {
            self.session.batch("COMMIT").await.map_err(|fault| self.target.failed("make", fault))
        })
    }
}

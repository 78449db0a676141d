//! A file that is filled with another log, and gets its name once all of it is there.

use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use super::backup::Unnamed;
use super::fault::Fault;
use super::{dictionaries, file, schema, table};
use crate::packing::codec::Codec;
use crate::store::Filling;
use crate::tree::Leaf;
use crate::{Entry, Error, Pending, Store, Summary};

/// The log, aside.
pub(crate) struct SqliteFilling {
    unnamed: Unnamed,
    place: String,
    open: Option<Open>,
}

/// What is written to. One transaction is open, which is never rolled back: what fails is thrown away with the file.
struct Open {
    connection: Connection,
    codec: Codec,
}

impl SqliteFilling {
    /// Begins at a path or `sqlite:path` where there must be no file.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Store`].
    pub async fn at(address: &str) -> Result<Self, Error> {
        let path = file::path(address)?;
        let place = path.display().to_string();
        let unnamed = Unnamed::create("make", &place, &path)?;
        let aside = unnamed.path().to_owned();
        let begin = move || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(aside, flags)?;
            connection.execute_batch(
                "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN",
            )?;
            schema::make(&connection)?;
            Ok(Open { connection, codec: Codec::default() })
        };
        let open = blocking(&place, begin).await?;
        Ok(Self { unnamed, place, open: Some(open) })
    }

    /// Does something to what is open.
    async fn work(
        &mut self,
        work: impl FnOnce(&Open) -> Result<(), Fault> + Send + 'static,
    ) -> Result<(), Error> {
        let begun = self.open.take();
        let open =
            begun.ok_or_else(|| Error::store("make", &self.place, "what was written before has failed"))?;
        let done = move || {
            work(&open)?;
            Ok(open)
        };
        self.open = Some(blocking(&self.place, done).await?);
        Ok(())
    }
}

/// Does something off the threads that wait for others.
async fn blocking<T: Send + 'static>(
    place: &str,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|fault| Error::store("make", place, fault)),
        Err(_) => Err(Error::store("make", place, "writing it panicked")),
    }
}

impl Filling for SqliteFilling {
    fn keep(&mut self, dictionary: Vec<u8>) -> Pending<'_, ()> {
        Box::pin(self.work(move |Open { connection, codec }| {
            codec.learn(dictionaries::keep(connection, &dictionary)?, &dictionary);
            Ok(())
        }))
    }

    fn write(&mut self, entries: Vec<(Entry, Leaf)>) -> Pending<'_, ()> {
        Box::pin(self.work(move |Open { connection, codec }| {
            for (entry, leaf) in &entries {
                let packed = codec.pack_if_any(entry.body.as_deref())?;
                let summary = Summary::of_entry(entry);
                table::insert(connection, entry, (packed.as_ref(), summary.as_ref()), leaf)?;
            }
            Ok(())
        }))
    }

    fn written(&mut self) -> Pending<'_, Arc<dyn Store>> {
        Box::pin(async {
            if let Some(Open { connection, .. }) = self.open.take() {
                let end = move || {
                    connection.execute_batch("COMMIT")?;
                    Ok(connection.close().map_err(|(_, source)| source)?)
                };
                blocking(&self.place, end).await?;
                self.unnamed.sync()?;
            }
            Ok(Arc::new(self.unnamed.open().await?) as Arc<dyn Store>)
        })
    }

    fn finish(self: Box<Self>) -> Pending<'static, ()> {
        Box::pin(async move { self.unnamed.named() })
    }
}

//! The store that an address means.

use std::sync::Arc;

use crate::address::is_postgres;
#[cfg(feature = "postgres")]
use crate::postgres::{PostgresFilling, PostgresReader, PostgresStore};
use crate::sqlite::{self, SqliteFilling, SqliteReader, SqliteStore};
use crate::store::Filling;
use crate::{Error, Store};

/// Opens a store, and makes it if there is none.
pub(crate) async fn open(address: &str) -> Result<Arc<dyn Store>, Error> {
    match is_postgres(address) {
        #[cfg(feature = "postgres")]
        true => Ok(Arc::new(PostgresStore::open(address).await?)),
        #[cfg(not(feature = "postgres"))]
        true => Err(Error::WithoutPostgres),
        false => Ok(Arc::new(SqliteStore::open(address).await?)),
    }
}

/// Opens a store that must be there, to be read only.
pub(crate) async fn read(address: &str) -> Result<Arc<dyn Store>, Error> {
    match is_postgres(address) {
        #[cfg(feature = "postgres")]
        true => Ok(Arc::new(PostgresReader::open(address).await?)),
        #[cfg(not(feature = "postgres"))]
        true => Err(Error::WithoutPostgres),
        false => Ok(Arc::new(SqliteReader::open(address).await?)),
    }
}

/// Whether there is a store at an address; an error if it could not be written to, as far as that shows without writing.
pub(crate) fn could_open(address: &str) -> Result<bool, Error> {
    // What a role may do in a database shows when it does it.
    if is_postgres(address) { Ok(true) } else { sqlite::could_open(address) }
}

/// Begins a store that must not be there.
pub(crate) async fn fill(address: &str) -> Result<Box<dyn Filling>, Error> {
    match is_postgres(address) {
        #[cfg(feature = "postgres")]
        true => Ok(Box::new(PostgresFilling::at(address).await?)),
        #[cfg(not(feature = "postgres"))]
        true => Err(Error::WithoutPostgres),
        false => Ok(Box::new(SqliteFilling::at(address).await?)),
    }
}

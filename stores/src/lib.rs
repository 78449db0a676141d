#![doc = include_str!("../README.md")]

mod address;
#[cfg(feature = "s3")]
mod s3;

use std::path::Path;

use amparo_models::{Error, Registry};

use address::{Address, Bucket};

/// Opens an existing registry at an address, to read from it.
///
/// # Errors
/// [`Error::Invalid`] for an address that is none, or of a store that this program was built without; [`Error::Io`] if the store cannot be
/// reached, or is not there; see [`Registry::open`].
pub fn open(address: &Path) -> Result<Registry, Error> {
    match Address::parse(address)? {
        Address::Folder(dir) => Registry::open(dir),
        Address::S3(bucket) => on_s3(bucket, false),
    }
}

/// Opens an existing registry at an address, to add to it.
///
/// # Errors
/// As [`open`]; [`Error::Invalid`] also for a store on which writers could lose what others wrote.
pub fn open_to_write(address: &Path) -> Result<Registry, Error> {
    match Address::parse(address)? {
        Address::Folder(dir) => Registry::open(dir),
        Address::S3(bucket) => on_s3(bucket, true),
    }
}

/// Opens a registry at an address to add to it, and makes its folder if there is none. A bucket has to be there.
///
/// # Errors
/// As [`open_to_write`]; see [`Registry::create`].
pub fn create(address: &Path) -> Result<Registry, Error> {
    match Address::parse(address)? {
        Address::Folder(dir) => Registry::create(dir),
        Address::S3(bucket) => on_s3(bucket, true),
    }
}

#[cfg(feature = "s3")]
fn on_s3(bucket: Bucket, to_write: bool) -> Result<Registry, Error> {
    let store = s3::S3::open(bucket)?;
    if to_write {
        store.check()?;
    }
    Ok(Registry::on(store))
}

#[cfg(not(feature = "s3"))]
fn on_s3(bucket: Bucket, _to_write: bool) -> Result<Registry, Error> {
    let problem = "it is on an S3-compatible store, which this program was built without: build it with `cargo build --release --features s3`, \
                   or name a folder";
    Err(Error::invalid(format!("registry `{}`", bucket.address()), problem))
}

//! `amparo log backup`: a copy of the log beside the service that writes it.

use std::path::Path;

use amparo_journal::sqlite::SqliteReader;

use super::super::print_json;
use super::verify;
use crate::failure::Failure;

pub async fn run(address: &str, out: &Path, json: bool) -> Result<(), Failure> {
    let verified = SqliteReader::open(address).await?.back_up(out).await?;
    if json {
        return print_json(&verified);
    }
    say!("{}", verify::whole(&verified));
    say!("copied to {}", out.display());
    Ok(())
}

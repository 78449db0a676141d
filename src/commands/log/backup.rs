//! `amparo log backup`: a copy of the log beside the service that writes it.

use std::path::Path;

use amparo_journal::Log;

use super::super::print_json;
use super::verify;
use crate::failure::Failure;

pub async fn run(address: &str, out: &Path, json: bool) -> Result<(), Failure> {
    let verified = Log::back_up(address, out).await?;
    if json {
        return print_json(&verified);
    }
    say!("{}", verify::whole(&verified));
    say!("copied to {}", out.display());
    Ok(())
}

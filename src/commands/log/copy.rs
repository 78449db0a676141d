//! `amparo log copy`: the log moved to another store.

use amparo_journal::Log;

use super::super::print_json;
use super::verify;
use crate::failure::Failure;

pub async fn run(from: &str, to: &str, json: bool) -> Result<(), Failure> {
    let verified = Log::copy(from, to).await?;
    if json {
        return print_json(&verified);
    }
    say!("{}", verify::whole(&verified));
    say!("copied whole, and verified");
    Ok(())
}

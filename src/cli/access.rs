//! What can be typed about API keys of the service: `amparo access`.

use std::path::PathBuf;

use amparo_serving::{Role, rfc3339};
use clap::{Args, Subcommand};
use jiff::Timestamp;

#[derive(Debug, Subcommand)]
pub enum Access {
    /// Issue an API key. It is printed once, here: the file keeps only its SHA-256. The file is created if it does not exist, readable by its owner only.
    Issue(Issue),
    /// Print all keys: id, state, roles, whom they stand for, and who issued them. No secret is printed, because none is kept.
    List {
        #[command(flatten)]
        file: Keys,
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Issue a key that replaces another one, with the same roles and names. Both are valid for the time of the overlap.
    Rotate {
        #[command(flatten)]
        file: Keys,
        #[command(flatten)]
        by: By,
        /// When the new key expires: a day (`2028-06-01`, at 00:00 UTC) or an RFC 3339 time.
        #[arg(long, value_name = "TIME", value_parser = time)]
        expires: Timestamp,
        /// Hours for which the old key stays valid, unless it expires before.
        #[arg(long, value_name = "HOURS", default_value_t = 24)]
        overlap: u32,
        /// Id of the key that is replaced.
        id: String,
    },
    /// Revoke a key. A running service refuses it within a second or two, without a restart.
    Revoke {
        #[command(flatten)]
        file: Keys,
        #[command(flatten)]
        by: By,
        /// Id of the key.
        id: String,
    },
}

/// The file of API keys.
#[derive(Debug, Args)]
pub struct Keys {
    /// File of API keys, which `amparo serve --access-keys` reads.
    #[arg(long = "store", value_name = "FILE", env = "AMPARO_ACCESS_KEYS")]
    pub store: PathBuf,
}

/// Who changes it.
#[derive(Debug, Args)]
pub struct By {
    /// Who does this; the file keeps it.
    #[arg(long, value_name = "NAME")]
    pub by: String,
}

#[derive(Debug, Args)]
pub struct Issue {
    #[command(flatten)]
    pub file: Keys,
    #[command(flatten)]
    pub by: By,
    /// What the owner may do: `platform` asks for proposals and reads those of its institution, `officer` confirms them and reads them, `scientist` sees
    /// models and reports, `oversight` reads everything and changes nothing, `operator` moves aliases and sees the state of the service. May be repeated.
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = role)]
    pub roles: Vec<Role>,
    /// Institution that the owner acts for: it sees and confirms proposals of this institution only.
    #[arg(long)]
    pub institution: Option<String>,
    /// Unit of the institution, for the log.
    #[arg(long)]
    pub unit: Option<String>,
    /// Officer whom the owner may name in requests; with `*` at the end, all whose ids begin like it. May be repeated. Without it, no officer may be named.
    #[arg(long, value_name = "ID")]
    pub officers: Vec<String>,
    /// When the key expires: a day (`2027-06-01`, at 00:00 UTC) or an RFC 3339 time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub expires: Timestamp,
    /// What the key is for.
    #[arg(long, value_name = "TEXT")]
    pub note: String,
}

fn time(text: &str) -> Result<Timestamp, String> {
    rfc3339::timestamp(text).or_else(|| rfc3339::timestamp(&format!("{text}T00:00:00Z"))).ok_or_else(|| {
        "expected a day like `2027-06-01` or an RFC 3339 time like `2027-06-01T12:00:00Z`".to_owned()
    })
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::name).join(", ");
    Role::ALL
        .into_iter()
        .find(|role| role.name() == text)
        .ok_or_else(|| format!("expected one of {}", known()))
}

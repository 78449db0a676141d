//! What can be typed about the log: `amparo log`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::erasing::{Erase, Retain};

#[derive(Debug, Subcommand)]
pub enum Log {
    /// Recompute the chain of hashes and the tree, and check checkpoints, receipts and proofs. The exit code is 1 if something does not hold.
    ///
    /// Without a log, receipts and checkpoints are checked by themselves, with the public key.
    Verify(Verify),
    /// Print every entry as one line of JSON, in order, with the salt of its leaf. Of an entry that was erased, what is left is printed, and `leaf` in the
    /// place of the salt. Each entry is verified first; where the chain is broken, the export stops
    /// with exit code 1.
    Export(LogFile),
    /// Copy the log, a SQLite file, into a new file, also while the service writes to it, and verify the copy: its chain and its tree. No service waits. The copy gets its
    /// name only when all of it is on the disk and verified.
    Backup {
        #[command(flatten)]
        file: LogFile,
        /// File to write, which must not exist. It is readable by its owner only.
        #[arg(long)]
        out: PathBuf,
        /// Print the number of entries, the last hash and the root of the tree as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Copy a whole log into a store of its own, for example from a SQLite file into a PostgreSQL database or back: entries, chain and tree with its
    /// salts. The log is verified before and the copy after. Stop the services that use the log first: if it grows meanwhile, the copy is refused.
    /// Until all of it is there and verified, there is no copy.
    Copy {
        /// Log to copy: a SQLite file, or `postgres://user@host/database`. It is only read.
        #[arg(long)]
        from: String,
        /// Where the copy is made, and where there must be no log.
        #[arg(long)]
        to: String,
        /// Print the number of entries, the last hash and the root of the tree as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Destroy what the log holds of a case, or of single proposals: request, answer, key, case id and salt, of the proposals and their
    /// confirmations. An entry of the log says which were erased, who did it, when and why. Place and hash of each stay, so that chain, tree, checkpoints and
    /// receipts hold as before.
    ///
    /// Without `--yes`, nothing is changed. An erased proposal can never be shown, audited or replayed again, also not by a court: look first whether
    /// something obliges you to keep it.
    Erase(Erase),
    /// Destroy all proposals that are older than a period or a day, with their confirmations, as `erase` does. Their age counts from when they were made, by the
    /// log. Entries about keys and erasures stay.
    ///
    /// Without `--yes`, nothing is changed. Of many thousands, some thousands are erased at a time, each with an entry of its own, so that a service need not wait.
    Retain(Retain),
    /// Rewrite the log, so that nothing of what was erased is left in unused places of its files: a SQLite file by `VACUUM`, a PostgreSQL table by `VACUUM FULL`.
    /// `erase` and `retain` do it themselves, unless they are told to leave it for later. Services may have to wait meanwhile.
    Scrub {
        /// Log of proposals: a SQLite file, or `postgres://user@host/database`.
        #[arg(long, env = "AMPARO_LOG", hide_env_values = true)]
        log: String,
        /// Print the number of entries, the last hash and the root of the tree as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Verify the whole log, and sign its size and the root of its tree: a checkpoint.
    Checkpoint {
        #[command(flatten)]
        file: LogFile,
        /// Private key of the log, made by `amparo keys new`.
        #[arg(long)]
        key: PathBuf,
        /// File to write, which must not exist. Without it, the checkpoint is printed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Prove that a proposal is in the log: a receipt of JSON that holds no case data.
    Receipt {
        #[command(flatten)]
        file: LogFile,
        #[command(flatten)]
        signing: Signing,
        /// File to write, which must not exist. Without it, the receipt is printed.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Id of the proposal, or of another entry.
        proposal: String,
    },
    /// Prove that the log only grew between two checkpoints, for somebody who has both and not the log.
    Consistency {
        #[command(flatten)]
        file: LogFile,
        /// Checkpoint to start from.
        #[arg(long)]
        from: PathBuf,
        /// Later checkpoint.
        #[arg(long)]
        to: PathBuf,
        /// File to write, which must not exist. Without it, the proof is printed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Write the tree of a checkpoint as static files that a web server can publish (C2SP tlog-tiles). They hold salted hashes only, and no case
    /// data. A folder that holds the tiles of an earlier checkpoint of the same log is continued.
    Tiles {
        #[command(flatten)]
        file: LogFile,
        /// Checkpoint whose tree is written.
        #[arg(long)]
        checkpoint: PathBuf,
        /// Folder to write to. It is created if it does not exist.
        #[arg(long)]
        out: PathBuf,
    },
}

/// A log that is needed.
#[derive(Debug, Args)]
pub struct LogFile {
    /// Log of proposals: a SQLite file, or `postgres://user@host/database`. It is only read, also beside the running service, on a read-only mount or
    /// with a role that may only select.
    #[arg(long, env = "AMPARO_LOG", hide_env_values = true)]
    pub log: String,
}

/// The checkpoint that a receipt refers to.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("of").required(true))]
pub struct Signing {
    /// Private key of the log: the whole log is verified, and a new checkpoint is signed.
    #[arg(long, group = "of")]
    pub key: Option<PathBuf>,
    /// Checkpoint that was signed before, for example one that witnesses have cosigned. No key is needed.
    #[arg(long, group = "of")]
    pub checkpoint: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// Log of proposals: a SQLite file, or `postgres://user@host/database`. It is only read.
    #[arg(long, env = "AMPARO_LOG", hide_env_values = true, required_unless_present_any = ["checkpoint", "receipt", "consistency"])]
    pub log: Option<String>,
    #[command(flatten)]
    pub proofs: Proofs,
    /// Print the number of entries, the last hash and the root of the tree as JSON; without a log, what was checked.
    #[arg(long)]
    pub json: bool,
}

/// What somebody holds of a log.
#[derive(Debug, Args)]
pub struct Proofs {
    /// Checkpoint to check. Repeat the flag for several: all must be of one log.
    #[arg(long, requires = "verifier_key")]
    pub checkpoint: Vec<PathBuf>,
    /// Receipt to check. Repeat the flag for several.
    #[arg(long, requires = "verifier_key")]
    pub receipt: Vec<PathBuf>,
    /// Proof that the log only grew between two checkpoints, made by `amparo log consistency`. Repeat the flag for several.
    #[arg(long, requires = "verifier_key")]
    pub consistency: Vec<PathBuf>,
    /// Public key of the log that you trust: its text, or a file that holds it. Repeat the flag for several.
    #[arg(long, value_name = "KEY")]
    pub verifier_key: Vec<String>,
    /// Public key of a witness that must have cosigned every checkpoint given by `--checkpoint`: its text, or a file. Repeat the flag for several.
    #[arg(long, value_name = "KEY", requires = "checkpoint")]
    pub witness_key: Vec<String>,
}

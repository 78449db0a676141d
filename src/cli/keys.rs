//! What can be typed about keys: `amparo keys`.

use std::path::PathBuf;

use clap::Subcommand;

use super::LogFile;

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key that signs checkpoints of a log, or verdicts of gates (Ed25519). The public key is printed and written beside it, as `FILE.pub`.
    New {
        /// Name of the log, or of the owner of the gates, for ever: without spaces and `+`, usually an address such as `example.org/amparo`.
        #[arg(long, value_name = "ORIGIN")]
        name: String,
        /// File for the private key, which must not exist. Only its owner can read it.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Replace the key of a log: make a new one, and append an entry to the log that both keys have signed.
    ///
    /// The service may go on running. Checkpoints that cover the entry are signed by the new key only.
    Rotate {
        #[command(flatten)]
        log: LogFile,
        /// Private key so far.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// File for the new private key, which must not exist. The public key is written beside it, as `FILE.pub`.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

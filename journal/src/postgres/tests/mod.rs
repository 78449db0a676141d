//! On a server that the environment variable `AMPARO_POSTGRES` names: `postgres://` with a role that may do everything. `.ci/cluster.py` starts
//! one for a command.
#![expect(clippy::unwrap_used, reason = "tests")]

mod conforming;
mod copying;
mod encrypted;
mod erased;
mod lost;
mod packed;
mod protected;
mod refused;
mod tampering;
mod together;

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{Log, PROPOSAL};

/// The server.
fn server() -> String {
    let unset = "AMPARO_POSTGRES is not set: run these tests by `.ci/cluster.py cargo test ...`";
    std::env::var("AMPARO_POSTGRES").unwrap_or_else(|_| panic!("{unset}"))
}

/// An address with a parameter more.
fn with(address: &str, parameter: &str) -> String {
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}{parameter}")
}

/// A schema of its own.
struct Place {
    name: String,
    address: String,
}

impl Place {
    async fn fresh() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("log_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let address = with(&server(), &format!("options=-csearch_path={name}"));
        let place = Self { name: name.clone(), address };
        place.execute(&format!("CREATE SCHEMA {name}")).await;
        place
    }

    /// A connection of somebody who may do everything.
    async fn client(&self) -> tokio_postgres::Client {
        let config: tokio_postgres::Config = self.address.parse().unwrap();
        let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    async fn try_to(&self, sql: &str) -> Result<(), String> {
        let done = self.client().await.batch_execute(sql).await;
        done.map_err(|error| {
            error.as_db_error().map_or_else(|| error.to_string(), |e| e.message().to_owned())
        })
    }

    async fn execute(&self, sql: &str) {
        self.try_to(sql).await.unwrap();
    }

    /// The first number that is found.
    async fn number(&self, sql: &str) -> i64 {
        self.client().await.query_one(sql, &[]).await.unwrap().get(0)
    }
}

fn record(id: &str) -> Record {
    Record {
        kind: PROPOSAL,
        id: id.to_owned(),
        idempotency_key: None,
        request_digest: "d".to_owned(),
        body: format!(r#"{{"id":"{id}"}}"#),
    }
}

/// A log with entries `p0`, `p1` and so on, and its place.
async fn filled(n: usize) -> (Place, Log) {
    let place = Place::fresh().await;
    let log = Log::open(&place.address).await.unwrap();
    for k in 0..n {
        log.append(record(&format!("p{k}"))).await.unwrap();
    }
    (place, log)
}

#!/bin/sh
# sqlx 0.9.0 (SQLite, tokio 1.54.1), a pool of one connection.
#
# When a database is full, SQLite ends the transaction by itself. sqlx goes on counting it: its own ROLLBACK fails with "no
# transaction is active", the connection goes back to the pool all the same, and from then on `begin_with` fails on it every time
# with `InvalidSavePointStatement`, although there is room again. The pool never replaces it, so a service whose only writer this is
# stays silent until it is started anew.
#
# Output seen:
#   full: database or disk is full
#   rollback: cannot rollback - no transaction is active
#   there is room again: an insert without a transaction works
#   begin_with, 3 times: InvalidSavePointStatement InvalidSavePointStatement InvalidSavePointStatement
#   the same steps in Python's sqlite3: begins again
#
# Needs cargo, a C compiler and Python 3; takes a minute or two.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.1.0"
edition = "2024"

[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "sqlite"] }
tokio = { version = "=1.54.1", features = ["rt", "macros"] }
TOML
cat > src/main.rs <<'RUST'
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options =
        SqliteConnectOptions::new().filename("full.db").create_if_missing(true).pragma("max_page_count", "16");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (x BLOB)").execute(&pool).await.unwrap();
    {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let full = sqlx::query("INSERT INTO t VALUES (zeroblob(200000))").execute(&mut *transaction).await;
        println!("full: {}", message(full.unwrap_err()));
        println!("rollback: {}", message(transaction.rollback().await.unwrap_err()));
    }
    sqlx::query("INSERT INTO t VALUES (zeroblob(10))").execute(&pool).await.unwrap();
    println!("there is room again: an insert without a transaction works");
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(match pool.begin_with("BEGIN IMMEDIATE").await {
            Ok(_) => "begins".to_owned(),
            Err(error) => format!("{error:?}"),
        });
    }
    println!("begin_with, 3 times: {}", said.join(" "));
}

fn message(error: sqlx::Error) -> String {
    error.as_database_error().unwrap().message().to_owned()
}
RUST
cargo run --quiet > seen.txt
python3 - >> seen.txt <<'PY'
import sqlite3

db = sqlite3.connect(":memory:", isolation_level=None)
db.execute("PRAGMA max_page_count = 16")
db.execute("CREATE TABLE t (x BLOB)")
db.execute("BEGIN IMMEDIATE")
try:
    db.execute("INSERT INTO t VALUES (zeroblob(200000))")
except sqlite3.OperationalError:
    if db.in_transaction:
        db.execute("ROLLBACK")
db.execute("BEGIN IMMEDIATE")
print("the same steps in Python's sqlite3: begins again")
PY
cat seen.txt
cat > expected.txt <<'TEXT'
full: database or disk is full
rollback: cannot rollback - no transaction is active
there is room again: an insert without a transaction works
begin_with, 3 times: InvalidSavePointStatement InvalidSavePointStatement InvalidSavePointStatement
the same steps in Python's sqlite3: begins again
TEXT
cmp seen.txt expected.txt

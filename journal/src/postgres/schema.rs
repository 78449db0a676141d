//! The tables of the present edition: made if there are none, checked if there are.

use super::address::Target;
use super::session::{Fault, Role, Session};
use super::{listing, migration};
use crate::Error;

/// Edition of the tables below, kept in one of them.
const EDITION: i32 = 3;

/// The edition whose proposals could not be listed, and whose log knew no own views.
pub(super) const WITHOUT_LISTING: i32 = 2;

/// The edition whose entries could not be erased, and whose dictionaries could hold something of a single case.
pub(super) const WITHOUT_ERASURE: i32 = 1;

/// What all advisory locks of logs have in common; the second half of a lock is the table of the log, or nothing while it is made.
macro_rules! lock {
    ($of:literal) => {
        concat!("SELECT pg_advisory_xact_lock(1095585874, ", $of, ")")
    };
}

/// Begins a transaction in which nobody else appends to the log, and in which every statement sees what was committed before it.
pub(super) const BEGIN: &str = concat!(
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ",
    lock!("'amparo_log_entries'::regclass::oid::integer")
);

/// The same, where there may be no log yet.
const BEGIN_ANEW: &str = concat!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ", lock!("0"));

/// Texts are compared byte for byte. A body is a Zstandard frame, with the number of its dictionary or 0, or, if that is no shorter, a
/// text, with none; either way it lies outside of its row (`EXTERNAL`), so that what an entry adds to the tree is read without it. Of an entry that was
/// erased, key, digest, salt, body, dictionary and case are nothing. Dictionaries are numbered from beyond those of the edition before, which went when the log was
/// migrated: a program of that edition that is still running may write nothing that is packed with one of them.
const TABLES: &str = r#"
CREATE TABLE amparo_log (edition integer NOT NULL);
INSERT INTO amparo_log VALUES (3);
CREATE TABLE amparo_log_entries (
    sequence        bigint PRIMARY KEY,
    kind            text COLLATE "C" NOT NULL,
    id              text COLLATE "C" NOT NULL UNIQUE,
    idempotency_key text COLLATE "C" UNIQUE,
    request_digest  text COLLATE "C",
    salt            bytea,
    tree            bytea NOT NULL,
    body            bytea,
    dictionary      bigint CHECK (dictionary = 0 OR dictionary > 1000000),
    previous        text COLLATE "C" NOT NULL,
    hash            text COLLATE "C" NOT NULL,
    case_id         text COLLATE "C"
);
ALTER TABLE amparo_log_entries ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX amparo_log_entries_by_case ON amparo_log_entries (case_id, sequence) WHERE case_id IS NOT NULL;
CREATE TABLE amparo_log_dictionaries (
    number bigint PRIMARY KEY,
    digest text COLLATE "C" NOT NULL,
    bytes  bytea NOT NULL
);
ALTER TABLE amparo_log_dictionaries ALTER COLUMN bytes SET STORAGE EXTERNAL"#;

/// The tables, each with its columns.
const COLUMNS: [(&str, &str); 4] = [
    ("amparo_log", "edition integer"),
    ("amparo_log_dictionaries", "number bigint, digest text, bytes bytea"),
    (
        "amparo_log_entries",
        "sequence bigint, kind text, id text, idempotency_key text, request_digest text, salt bytea, tree bytea, body bytea, \
         dictionary bigint, previous text, hash text, case_id text",
    ),
    ("amparo_log_proposals", listing::COLUMNS),
];

/// What most triggers do.
const REFUSAL: &str =
    "BEGIN RAISE EXCEPTION 'the log is append-only: no row of % is changed or removed', TG_TABLE_NAME; END";

/// What the trigger before changes of entries does: a proposal and what belongs to it may be erased, whole and with nothing else changed, in the transaction in
/// which the last entry was written, which says so. (`xmin` is the transaction that wrote a row.)
macro_rules! erasure {
    ($kinds:literal) => {
        concat!("
DECLARE
    named boolean := false;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.kind IN (", $kinds, ") AND OLD.body IS NOT NULL
        AND num_nonnulls(NEW.idempotency_key, NEW.request_digest, NEW.salt, NEW.body, NEW.dictionary, NEW.case_id) = 0
        AND (NEW.sequence, NEW.kind, NEW.id, NEW.tree, NEW.previous, NEW.hash)
            = (OLD.sequence, OLD.kind, OLD.id, OLD.tree, OLD.previous, OLD.hash)
    THEN
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM (SELECT xmin, kind, body FROM %s ORDER BY sequence DESC LIMIT 1) AS last,
                json_array_elements(convert_from(last.body, ''UTF8'')::json -> ''erased'') AS range
            WHERE last.kind = ''erasure'' AND last.xmin = pg_current_xact_id()::xid
                AND $1 BETWEEN (range ->> 0)::bigint AND (range ->> 1)::bigint)', TG_RELID::regclass)
            INTO named USING OLD.sequence;
        IF named THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log is append-only: no row of % is changed or removed', TG_TABLE_NAME;
END")
    };
}

const ERASURE: &str = erasure!("'proposal', 'confirmation', 'own_view', 'read'");

/// The same in the edition before.
pub(super) const ERASURE_WITHOUT_OWN_VIEWS: &str = erasure!("'proposal', 'confirmation'");

/// The functions of the triggers, by name.
const FUNCTIONS: [(&str, &str); 2] = [("amparo_log_refuses", REFUSAL), ("amparo_log_erases", ERASURE)];

/// A trigger as it is made and as the database keeps it.
struct Trigger {
    table: &'static str,
    name: &'static str,
    /// What it is called before.
    by: &'static str,
    /// What it is called for: each row or each statement.
    each: &'static str,
    /// Its function, of [`FUNCTIONS`].
    function: usize,
    /// `tgtype`.
    kind: i16,
}

const fn trigger(table: &'static str, name: &'static str, function: usize, row: bool) -> Trigger {
    match row {
        true => Trigger { table, name, by: "UPDATE OR DELETE", each: "ROW", function, kind: 27 },
        false => Trigger { table, name, by: "TRUNCATE", each: "STATEMENT", function, kind: 34 },
    }
}

/// The triggers. They fire also for whoever says that they replicate (`ALWAYS`), and for rows that are reached through another table.
const TRIGGERS: [Trigger; 4] = [
    trigger("amparo_log_entries", "amparo_log_entries_are_not_changed", 1, true),
    trigger("amparo_log_entries", "amparo_log_entries_are_not_emptied", 0, false),
    trigger("amparo_log_dictionaries", "amparo_log_dictionaries_are_not_changed", 0, true),
    trigger("amparo_log_dictionaries", "amparo_log_dictionaries_are_not_emptied", 0, false),
];

/// A session to the log that is there.
///
/// # Errors
/// As [`check`].
pub(super) async fn session(target: &Target, role: Role) -> Result<Session, Error> {
    let failed = |fault| target.failed("open", fault);
    let mut session = Session::connect(target, role).await.map_err(failed)?;
    let edition = check(&session, role, &target.place).await?;
    session.prepare(edition > WITHOUT_LISTING).await.map_err(failed)?;
    Ok(session)
}

/// Makes the tables if there are none, so that two services that start at once make one log.
///
/// # Errors
/// As [`check`]; [`Error::Store`] if the role may not make tables.
pub(super) async fn prepare(session: &Session, target: &Target) -> Result<(), Error> {
    let failed = |fault: Fault| target.failed("open", fault);
    if let Some(WITHOUT_ERASURE | WITHOUT_LISTING) = edition(session, &target.place).await? {
        check(session, Role::Reads, &target.place).await?;
        return migration::migrate(session, target).await;
    }
    if !is_there(session, &target.place).await? {
        session.batch(BEGIN_ANEW).await.map_err(failed)?;
        if !is_there(session, &target.place).await? {
            make(session).await.map_err(failed)?;
        }
        session.batch("COMMIT").await.map_err(failed)?;
    }
    check(session, Role::Writes, &target.place).await.map(|_| ())
}

/// Makes the tables in a transaction, and refuses a place where a log is.
pub(super) async fn make_new(session: &Session, target: &Target) -> Result<(), Error> {
    let failed = |fault: Fault| target.failed("make", fault);
    session.batch(BEGIN_ANEW).await.map_err(failed)?;
    if is_there(session, &target.place).await? {
        return Err(target.failed("make", "there is a log already, and none is replaced"));
    }
    make(session).await.map_err(failed)
}

async fn make(session: &Session) -> Result<(), Fault> {
    session.batch(TABLES).await?;
    session.batch(listing::TABLE).await?;
    protect(session).await
}

/// Makes the triggers and their functions.
pub(super) async fn protect(session: &Session) -> Result<(), Fault> {
    for (name, text) in FUNCTIONS {
        let function = format!(
            "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $text${text}$text$"
        );
        session.batch(&function).await?;
    }
    for Trigger { table, name, by, each, function, .. } in TRIGGERS {
        let (function, _) = FUNCTIONS[function];
        let sql = format!(
            "CREATE OR REPLACE TRIGGER {name} BEFORE {by} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}();
             ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
        );
        session.batch(&sql).await?;
    }
    Ok(())
}

/// Whether there is a log, of whatever edition, that the connection's search path leads to.
async fn is_there(session: &Session, place: &str) -> Result<bool, Error> {
    // Not by `to_regclass` alone: after waiting for a lock, it may remember that there was no table.
    let sql = "SELECT coalesce(bool_or(relname = 'amparo_log'), false), count(*) FROM pg_class
        WHERE relname IN ('amparo_log', 'amparo_log_entries', 'amparo_log_dictionaries') AND pg_table_is_visible(oid)";
    let row = session.client.query_one(sql, &[]).await;
    let found = row.and_then(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    match found.map_err(|error| Error::store("open", place, Fault::from(error)))? {
        (true, _) => Ok(true),
        (false, 0_i64) => Ok(false),
        (false, _) => {
            Err(other(place, "a database with tables of a log, but without `amparo_log`".to_owned()))
        }
    }
}

/// The edition of the log, if there is one.
async fn edition(session: &Session, place: &str) -> Result<Option<i32>, Error> {
    let failed = |error: tokio_postgres::Error| Error::store("open", place, Fault::from(error));
    if !is_there(session, place).await? {
        return Ok(None);
    }
    // A table of that name whose edition cannot be read is another program's.
    let found = match session.client.query("SELECT edition::text FROM amparo_log", &[]).await {
        Ok(rows) => rows,
        Err(error) if error.code().is_some_and(|code| code.code() == "42703") => {
            return Err(other(place, "another program's table `amparo_log`".to_owned()));
        }
        Err(error) => return Err(failed(error)),
    };
    let editions: Vec<String> =
        found.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(failed)?;
    match editions.as_slice() {
        [edition] => edition.parse().map(Some).map_err(|_| other(place, format!("of edition {edition}"))),
        several => Err(other(place, format!("a log with {} editions", several.len()))),
    }
}

/// The edition of a log. Refused is what is no log of the present edition, or is one without what keeps entries from being changed.
///
/// # Errors
/// [`Error::Missing`], [`Error::Format`], [`Error::Unprotected`], [`Error::Store`].
pub(super) async fn check(session: &Session, role: Role, place: &str) -> Result<i32, Error> {
    let failed = |error: tokio_postgres::Error| Error::store("open", place, Fault::from(error));
    let client = &session.client;
    let edition = match edition(session, place).await? {
        Some(EDITION) => EDITION,
        // It can be read as it is.
        Some(before @ (WITHOUT_ERASURE | WITHOUT_LISTING)) if role == Role::Reads => before,
        Some(other_one) => return Err(other(place, format!("of edition {other_one}"))),
        None => return Err(Error::Missing { log: place.to_owned() }),
    };
    let columns = "SELECT c.relname::text, c.relkind = 'r' AND NOT c.relhasrules,
            string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.oid = ANY (ARRAY[to_regclass('amparo_log'), to_regclass('amparo_log_dictionaries'), to_regclass('amparo_log_entries'),
            to_regclass('amparo_log_proposals')])
        GROUP BY c.oid ORDER BY 1";
    let mut columns = client.query(columns, &[]).await.map_err(failed)?.into_iter();
    let tables = if edition < EDITION { &COLUMNS[..3] } else { &COLUMNS };
    for (table, expected) in tables {
        let row = columns.next().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)));
        let found: Option<(String, bool, String)> = row.transpose().map_err(failed)?;
        if found != Some(((*table).to_owned(), true, (*expected).to_owned())) {
            return Err(other(place, format!("a database without the table `{table}`")));
        }
    }
    let missing = missing(session, edition).await.map_err(|fault| Error::store("open", place, fault))?;
    if !missing.is_empty() {
        return Err(Error::Unprotected { log: place.to_owned(), triggers: missing });
    }
    if role == Role::Reads {
        return Ok(edition);
    }
    let settings = "SELECT current_setting('server_encoding'), current_setting('fsync'), has_table_privilege('amparo_log_entries', 'INSERT'),
            has_table_privilege('amparo_log_proposals', 'INSERT') AND has_table_privilege('amparo_log_proposals', 'UPDATE')";
    let row = client.query_one(settings, &[]).await;
    let settings =
        row.and_then(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)));
    let (encoding, fsync, may, may_list): (String, String, bool, bool) = settings.map_err(failed)?;
    let problem = if encoding != "UTF8" {
        format!("the database is encoded in {encoding}, expected UTF8")
    } else if fsync != "on" {
        format!("the server has `fsync = {fsync}`, so that nothing it keeps is durable; expected `on`")
    } else if !may {
        "the role may not insert into `amparo_log_entries`".to_owned()
    } else if !may_list {
        "the role may not insert into and update `amparo_log_proposals`".to_owned()
    } else {
        return Ok(edition);
    };
    Err(Error::store("open", place, problem))
}

/// Names of the triggers that are not there, or are not as an edition makes them, and of what else fires before an entry is written.
async fn missing(session: &Session, edition: i32) -> Result<Vec<&'static str>, Fault> {
    let sql = "SELECT c.relname::text, t.tgname::text, t.tgtype, p.prosrc
        FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_proc p ON p.oid = t.tgfoid
            JOIN pg_language l ON l.oid = p.prolang
        WHERE t.tgrelid = ANY (ARRAY[to_regclass('amparo_log_entries'), to_regclass('amparo_log_dictionaries')])
            AND NOT t.tgisinternal AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr::text = ''
            AND l.lanname = 'plpgsql'";
    let rows = session.client.query(sql, &[]).await?;
    let found: Vec<(String, String, i16, String)> = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)))
        .collect::<Result<_, tokio_postgres::Error>>()?;
    let is_there = |trigger: &&Trigger| {
        let text = match (edition, trigger.function) {
            (WITHOUT_ERASURE, _) => REFUSAL,
            (WITHOUT_LISTING, 1) => ERASURE_WITHOUT_OWN_VIEWS,
            (_, function) => FUNCTIONS[function].1,
        };
        found.iter().any(|(table, name, kind, source)| {
            table == trigger.table && name == trigger.name && *kind == trigger.kind && source == text
        })
    };
    Ok(TRIGGERS.iter().filter(|trigger| !is_there(trigger)).map(|trigger| trigger.name).collect())
}

/// Says what was found in the place of a log.
fn other(place: &str, found: String) -> Error {
    Error::Format { log: place.to_owned(), found, expected: format!("a log of edition {EDITION}") }
}

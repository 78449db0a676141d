//! What is asked of the tables.

/// The prepared statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Where the log ends, and what is needed to go on.
    End,
    /// Entries of ids.
    Ids,
    /// Entries of keys.
    Keys,
    /// Writes entries.
    Insert,
    /// Whether an entry could be written.
    TryOut,
    /// Entries of a case, from a sequence on.
    Case,
    /// Entries from a sequence on.
    Entries,
    /// What entries add to the tree.
    Leaves,
    /// A dictionary.
    Dictionary,
    /// The number of the newest dictionary.
    Newest,
    /// Keeps a dictionary.
    Keep,
    /// What would be left of entries between two sequences.
    Left,
    /// What would be left of confirmations, own views and readings after a sequence.
    Later,
    /// Erases entries.
    Erase,
    /// Lists proposals.
    List,
    /// Notes which entries confirm which proposals.
    Confirmed,
    /// The same of those that view them.
    Viewed,
    /// The same of those that replace them.
    Replaced,
    /// Which of some proposals were replaced.
    AreReplaced,
    /// Lists erased entries no more.
    Forget,
}

/// What a session is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question<'a> {
    /// One of the prepared statements.
    Prepared(Ask),
    /// What has as many forms as there are ways of searching.
    Text(&'a str),
}

impl From<Ask> for Question<'_> {
    fn from(what: Ask) -> Self {
        Self::Prepared(what)
    }
}

macro_rules! noted {
    ($part:literal) => {
        concat!(
            "UPDATE amparo_log_proposals SET ",
            $part,
            " = link.by
            FROM unnest($1::text[], $2::bigint[]) AS link (of, by) JOIN amparo_log_entries ON id = link.of
            WHERE amparo_log_proposals.sequence = amparo_log_entries.sequence
                AND amparo_log_proposals.sequence < link.by AND ",
            $part,
            " IS NULL"
        )
    };
}

macro_rules! entries {
    ($rest:literal) => {
        concat!(
            "SELECT sequence, kind, id, idempotency_key, request_digest, body, dictionary, previous, hash, case_id ",
            "FROM amparo_log_entries ",
            $rest
        )
    };
}

/// In the order of [`Ask`].
///
/// The end: the last entry, whose number is `n`, an entry that was the last one before, and those that keep the roots of the complete
/// trees side by side. The tree over `n` leaves is one of `2^level` for each bit of `n`, and the last leaf of that one is `n` without the
/// bits below.
pub(super) const STATEMENTS: [&str; 20] = [
    "SELECT sequence, hash, tree FROM amparo_log_entries JOIN (
        SELECT DISTINCT (n >> level) << level AS sequence
            FROM (SELECT max(sequence) AS n FROM amparo_log_entries) AS last, generate_series(0, 62) AS level
        UNION SELECT $1
    ) AS wanted USING (sequence) ORDER BY sequence",
    entries!("WHERE id = ANY($1)"),
    entries!("WHERE idempotency_key = ANY($1)"),
    "INSERT INTO amparo_log_entries
        (sequence, kind, id, idempotency_key, request_digest, salt, tree, body, dictionary, previous, hash, case_id)
    SELECT * FROM unnest(
        $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bigint[],
        $10::text[], $11::text[], $12::text[])",
    // A message in the server's write-ahead log, which no table keeps.
    "SELECT has_table_privilege('amparo_log_entries', 'INSERT'), pg_logical_emit_message(true, 'amparo', 'is the log writable')",
    entries!("WHERE case_id = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3"),
    entries!("WHERE sequence >= $1 ORDER BY sequence LIMIT $2"),
    "SELECT sequence, salt, tree FROM amparo_log_entries WHERE sequence >= $1 ORDER BY sequence LIMIT $2",
    "SELECT digest, bytes FROM amparo_log_dictionaries WHERE number = $1",
    "SELECT max(number) FROM amparo_log_dictionaries",
    "INSERT INTO amparo_log_dictionaries (number, digest, bytes)
        SELECT greatest(max(number), 1000000) + 1, $1, $2 FROM amparo_log_dictionaries RETURNING number",
    "SELECT sequence, kind, id, hash, tree, body IS NULL AS erased FROM amparo_log_entries
        WHERE sequence BETWEEN $1 AND $2 ORDER BY sequence",
    "SELECT sequence, kind, id, hash, tree, body IS NULL AS erased FROM amparo_log_entries
        WHERE sequence > $1 AND kind IN ('confirmation', 'own_view', 'read') ORDER BY sequence",
    "UPDATE amparo_log_entries
        SET idempotency_key = NULL, request_digest = NULL, salt = NULL, body = NULL, dictionary = NULL, case_id = NULL
        WHERE sequence = ANY($1)",
    "INSERT INTO amparo_log_proposals
        (sequence, created_at, level, model, version, unit, institution, own_view_first, replaces)
    SELECT * FROM unnest(
        $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::boolean[], $9::text[])",
    noted!("confirmation"),
    noted!("own_view"),
    noted!("replacement"),
    "SELECT id FROM amparo_log_entries JOIN amparo_log_proposals USING (sequence)
        WHERE id = ANY($1) AND replacement IS NOT NULL",
    // In one statement both parts see the list as it was.
    "WITH forgotten AS (DELETE FROM amparo_log_proposals WHERE sequence = ANY($1) RETURNING sequence, replaces)
    UPDATE amparo_log_proposals SET replacement = NULL
        FROM forgotten JOIN amparo_log_entries ON id = forgotten.replaces
        WHERE amparo_log_proposals.sequence = amparo_log_entries.sequence AND replacement = forgotten.sequence
            AND amparo_log_proposals.sequence <> ALL($1)",
];

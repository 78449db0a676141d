//! The table beside the entries that proposals are listed by: a narrow row for each, so that many are looked through in no time.

use rusqlite::types::Value;
use rusqlite::{Connection, Params, Row, params, params_from_iter};

use crate::entry::proposal_of;
use crate::{CONFIRMATION, Entry, Listed, OWN_VIEW, Page, Search, Summary};

/// A proposal as it is listed. What later entries say of it stands in its row, too: which confirms it, views it, replaces it. Few proposals wait for their
/// confirmation, and few are of one unit, so that these have indexes.
pub(super) const TABLE: &str = "
CREATE TABLE proposals (
    sequence       INTEGER PRIMARY KEY,
    created_at     INTEGER,
    level          TEXT,
    model          TEXT,
    version        INTEGER,
    unit           TEXT,
    institution    TEXT,
    own_view_first INTEGER NOT NULL,
    replaces       TEXT,
    confirmation   INTEGER,
    own_view       INTEGER,
    replacement    INTEGER
) STRICT;
CREATE INDEX proposals_by_unit ON proposals (unit) WHERE unit IS NOT NULL;
CREATE INDEX proposals_unconfirmed ON proposals (sequence) WHERE confirmation IS NULL";

/// Its columns.
pub(super) const COLUMNS: [&str; 12] = [
    "sequence",
    "created_at",
    "level",
    "model",
    "version",
    "unit",
    "institution",
    "own_view_first",
    "replaces",
    "confirmation",
    "own_view",
    "replacement",
];

/// Lists an entry that was just written, if it is a proposal, and notes with the proposal before it that it is about what it is.
pub(super) fn note(
    connection: &Connection,
    entry: &Entry,
    summary: Option<&Summary>,
) -> rusqlite::Result<()> {
    if let Some(of) = summary {
        let sql = "INSERT INTO proposals
            (sequence, created_at, level, model, version, unit, institution, own_view_first, replaces)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let (created_at, first) = (of.created_at, of.own_view_first);
        connection.prepare_cached(sql)?.execute(params![
            entry.sequence,
            created_at,
            of.level,
            of.model,
            of.version,
            of.unit,
            of.institution,
            first,
            of.replaces
        ])?;
    }
    let of_kind = proposal_of(&entry.kind, &entry.id).filter(|_| !entry.is_erased());
    let Some(about) = of_kind.or_else(|| summary?.replaces.as_deref()) else { return Ok(()) };
    let part = match entry.kind.as_str() {
        CONFIRMATION => "confirmation",
        OWN_VIEW => "own_view",
        _ => "replacement",
    };
    let sql = format!(
        "UPDATE proposals SET {part} = ? WHERE {part} IS NULL AND sequence = (SELECT sequence FROM entries WHERE id = ? AND sequence < ?)"
    );
    let noted = (entry.sequence, about, entry.sequence);
    connection.prepare_cached(&sql)?.execute(noted).map(|_| ())
}

/// Whether a proposal was replaced.
pub(super) fn is_replaced(connection: &Connection, proposal_id: &str) -> rusqlite::Result<bool> {
    let sql =
        "SELECT 1 FROM entries JOIN proposals USING (sequence) WHERE id = ? AND replacement IS NOT NULL";
    connection.prepare_cached(sql)?.exists([proposal_id])
}

/// Lists an entry no more, nor that it replaces another.
pub(super) fn forget(connection: &Connection, sequence: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE proposals SET replacement = NULL WHERE replacement = ?1 AND sequence =
        (SELECT sequence FROM entries WHERE id = (SELECT replaces FROM proposals WHERE sequence = ?1))";
    connection.prepare_cached(sql)?.execute([sequence])?;
    connection.prepare_cached("DELETE FROM proposals WHERE sequence = ?")?.execute([sequence]).map(|_| ())
}

/// One page of what a search finds.
pub(super) fn list(connection: &Connection, search: &Search, page: Page) -> rusqlite::Result<Vec<Listed>> {
    let mut conditions = Vec::new();
    let mut bound: Vec<Value> = Vec::new();
    let mut wanted = |condition: &'static str, value: Option<Value>| {
        if let Some(value) = value {
            conditions.push(condition);
            bound.push(value);
        }
    };
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    wanted("e.case_id = ?", text(&search.case_id));
    wanted("p.unit = ?", text(&search.unit));
    wanted("p.created_at >= ?", search.from.map(Value::Integer));
    wanted("p.created_at < ?", search.to.map(Value::Integer));
    wanted("p.level = ?", text(&search.level));
    wanted("p.model = ?", text(&search.model));
    wanted("p.version = ?", search.version.map(|version| Value::Integer(version.into())));
    let of_text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
    wanted("p.institution IS ?", search.institution.clone().map(of_text));
    let follows = if page.newest_first { "p.sequence < ?" } else { "p.sequence > ?" };
    wanted(follows, page.after.map(Value::Integer));
    match search.confirmed {
        Some(true) => conditions.push("p.confirmation IS NOT NULL"),
        Some(false) => conditions.push("p.confirmation IS NULL"),
        None => {}
    }
    if search.level.is_some() && search.without_withheld_levels {
        conditions.push("(p.own_view_first = 0 OR p.own_view IS NOT NULL)");
    }
    conditions.push("true");
    // In this order: the few entries of a case, or the narrow rows.
    let from = match search.case_id {
        Some(_) => "entries e CROSS JOIN proposals p",
        None => "proposals p CROSS JOIN entries e",
    };
    let sql = format!(
        "SELECT p.sequence, p.created_at, p.level, p.model, p.version, p.unit, p.institution, p.own_view_first, p.replaces,
            p.confirmation, p.own_view, p.replacement, e.id, e.case_id, r.id
        FROM {from} LEFT JOIN entries r ON r.sequence = p.replacement
        WHERE e.sequence = p.sequence AND {}
        ORDER BY p.sequence {} LIMIT ?",
        conditions.join(" AND "),
        if page.newest_first { "DESC" } else { "ASC" },
    );
    bound.push(Value::Integer(page.limit.into()));
    query(connection, &sql, params_from_iter(bound))
}

fn query(connection: &Connection, sql: &str, bound: impl Params) -> rusqlite::Result<Vec<Listed>> {
    connection.prepare_cached(sql)?.query_map(bound, listed)?.collect()
}

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        sequence: row.get(0)?,
        summary: Summary {
            created_at: row.get(1)?,
            level: row.get(2)?,
            model: row.get(3)?,
            version: row.get(4)?,
            unit: row.get(5)?,
            institution: row.get(6)?,
            own_view_first: row.get(7)?,
            replaces: row.get(8)?,
        },
        confirmation: row.get(9)?,
        own_view: row.get(10)?,
        replacement: row.get(11)?,
        proposal_id: row.get(12)?,
        case_id: row.get(13)?,
        replaced_by: row.get(14)?,
    })
}

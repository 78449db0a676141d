//! The table beside the entries that proposals are listed by: a narrow row for each, so that many are looked through in no time.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::session::{Fault, Session};
use super::statements::Ask;
use crate::entry::proposal_of;
use crate::{CONFIRMATION, Entry, Listed, OWN_VIEW, Page, Search, Summary};

/// A proposal as it is listed. What later entries say of it stands in its row, too: which confirms it, views it, replaces it. Few proposals wait for their
/// confirmation, and few are of one unit, so that these have indexes.
pub(super) const TABLE: &str = r#"
CREATE TABLE amparo_log_proposals (
    sequence       bigint PRIMARY KEY,
    created_at     bigint,
    level          text COLLATE "C",
    model          text COLLATE "C",
    version        bigint,
    unit           text COLLATE "C",
    institution    text COLLATE "C",
    own_view_first boolean NOT NULL,
    replaces       text COLLATE "C",
    confirmation   bigint,
    own_view       bigint,
    replacement    bigint
);
CREATE INDEX amparo_log_proposals_by_unit ON amparo_log_proposals (unit, sequence) WHERE unit IS NOT NULL;
CREATE INDEX amparo_log_proposals_unconfirmed ON amparo_log_proposals (sequence) WHERE confirmation IS NULL"#;

/// Its columns.
pub(super) const COLUMNS: &str = "sequence bigint, created_at bigint, level text, model text, version bigint, unit text, \
     institution text, own_view_first boolean, replaces text, confirmation bigint, own_view bigint, replacement bigint";

/// Lists entries that were just written, those that are proposals, and notes with the proposals before them that they are about what they are. All that the
/// server is asked is sent at once, in order.
pub(super) async fn note(session: &Session, entries: &[(&Entry, Option<&Summary>)]) -> Result<(), Fault> {
    let of: Vec<(i64, &Summary)> =
        entries.iter().filter_map(|(entry, summary)| Some((entry.sequence, (*summary)?))).collect();
    let texts = |of_one: fn(&Summary) -> Option<&str>| -> Vec<Option<&str>> {
        of.iter().map(|(_, summary)| of_one(summary)).collect()
    };
    let sequences: Vec<i64> = of.iter().map(|(sequence, _)| *sequence).collect();
    let created_at: Vec<Option<i64>> = of.iter().map(|(_, summary)| summary.created_at).collect();
    let versions: Vec<Option<i64>> = of.iter().map(|(_, summary)| summary.version.map(i64::from)).collect();
    let withheld: Vec<bool> = of.iter().map(|(_, summary)| summary.own_view_first).collect();
    let (levels, models) = (texts(|of| of.level.as_deref()), texts(|of| of.model.as_deref()));
    let (units, institutions) = (texts(|of| of.unit.as_deref()), texts(|of| of.institution.as_deref()));
    let replaces = texts(|of| of.replaces.as_deref());
    let bound: [&(dyn ToSql + Sync); 9] =
        [&sequences, &created_at, &levels, &models, &versions, &units, &institutions, &withheld, &replaces];
    let listing = async {
        match sequences.is_empty() {
            true => Ok(0),
            false => session.execute(Ask::List, &bound).await,
        }
    };
    let confirmations = links(entries, CONFIRMATION);
    let own_views = links(entries, OWN_VIEW);
    let replacements = links(entries, crate::PROPOSAL);
    let (listed, confirmed, viewed, replaced) = tokio::join!(
        biased;
        listing,
        link(session, Ask::Confirmed, &confirmations),
        link(session, Ask::Viewed, &own_views),
        link(session, Ask::Replaced, &replacements),
    );
    confirmed.and(viewed).and(replaced)?;
    match listed? == sequences.len() as u64 {
        true => Ok(()),
        false => Err(Fault::Unexpected(
            "proposals were not listed: something in the database is in the way".to_owned(),
        )),
    }
}

/// Which entries of a kind are about which proposals.
fn links(entries: &[(&Entry, Option<&Summary>)], kind: &str) -> (Vec<String>, Vec<i64>) {
    let about = |(entry, summary): &(&Entry, Option<&Summary>)| {
        let own = proposal_of(&entry.kind, &entry.id).filter(|_| !entry.is_erased());
        let about = own.or_else(|| (*summary)?.replaces.as_deref())?;
        (entry.kind == kind).then(|| (about.to_owned(), entry.sequence))
    };
    entries.iter().filter_map(about).unzip()
}

async fn link(session: &Session, what: Ask, (of, by): &(Vec<String>, Vec<i64>)) -> Result<(), Fault> {
    match of.is_empty() {
        true => Ok(()),
        false => session.execute(what, &[of, by]).await.map(|_| ()),
    }
}

/// What is asked for one page of what a search finds, and what is bound to it.
pub(super) fn question(search: &Search, page: Page) -> (String, Vec<Box<dyn ToSql + Sync + Send>>) {
    let mut conditions = Vec::new();
    let mut bound: Vec<Box<dyn ToSql + Sync + Send>> = Vec::new();
    let mut wanted = |condition: &str, value: Option<Box<dyn ToSql + Sync + Send>>| {
        if let Some(value) = value {
            bound.push(value);
            conditions.push(format!("{condition} ${}", bound.len()));
        }
    };
    let text = |text: &Option<String>| text.clone().map(|text| Box::new(text) as _);
    let number = |number: Option<i64>| number.map(|number| Box::new(number) as _);
    wanted("e.case_id =", text(&search.case_id));
    wanted("p.unit =", text(&search.unit));
    wanted("p.created_at >=", number(search.from));
    wanted("p.created_at <", number(search.to));
    wanted("p.level =", text(&search.level));
    wanted("p.model =", text(&search.model));
    wanted("p.version =", number(search.version.map(i64::from)));
    wanted("p.institution =", search.institution.as_ref().and_then(text));
    let follows = if page.newest_first { "p.sequence <" } else { "p.sequence >" };
    wanted(follows, number(page.after));
    if search.institution == Some(None) {
        conditions.push("p.institution IS NULL".to_owned());
    }
    match search.confirmed {
        Some(true) => conditions.push("p.confirmation IS NOT NULL".to_owned()),
        Some(false) => conditions.push("p.confirmation IS NULL".to_owned()),
        None => {}
    }
    if search.level.is_some() && search.without_withheld_levels {
        conditions.push("(NOT p.own_view_first OR p.own_view IS NOT NULL)".to_owned());
    }
    conditions.push("true".to_owned());
    let sql = format!(
        "SELECT p.*, e.id, e.case_id, r.id AS replaced_by
        FROM amparo_log_proposals p
            JOIN amparo_log_entries e ON e.sequence = p.sequence
            LEFT JOIN amparo_log_entries r ON r.sequence = p.replacement
        WHERE {} ORDER BY p.sequence {} LIMIT {}",
        conditions.join(" AND "),
        if page.newest_first { "DESC" } else { "ASC" },
        page.limit,
    );
    (sql, bound)
}

/// A row of an answer.
pub(super) fn listed(row: &Row) -> Result<Listed, tokio_postgres::Error> {
    Ok(Listed {
        sequence: row.try_get("sequence")?,
        proposal_id: row.try_get("id")?,
        case_id: row.try_get("case_id")?,
        summary: Summary {
            created_at: row.try_get("created_at")?,
            level: row.try_get("level")?,
            model: row.try_get("model")?,
            version: row
                .try_get::<_, Option<i64>>("version")?
                .and_then(|version| u32::try_from(version).ok()),
            unit: row.try_get("unit")?,
            institution: row.try_get("institution")?,
            own_view_first: row.try_get("own_view_first")?,
            replaces: row.try_get("replaces")?,
        },
        confirmation: row.try_get("confirmation")?,
        own_view: row.try_get("own_view")?,
        replacement: row.try_get("replacement")?,
        replaced_by: row.try_get("replaced_by")?,
    })
}

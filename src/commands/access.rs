//! `amparo access`: API keys of the service.

use std::collections::BTreeSet;

use amparo_serving::Role;
use amparo_serving::keys::{ApiKey, Issue, Issued, KeyStore};
use jiff::{SignedDuration, Timestamp, Unit};
use serde::Serialize;

use super::print_json;
use crate::cli;
use crate::failure::Failure;

/// A key as it is listed: with nothing of its secret, not even the digest.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    state: &'static str,
    roles: &'a BTreeSet<Role>,
    institution: Option<&'a str>,
    unit: Option<&'a str>,
    officers: &'a [String],
    expires: Timestamp,
    issued_at: Timestamp,
    issued_by: &'a str,
    note: &'a str,
    successor: Option<&'a str>,
    revoked_at: Option<Timestamp>,
    revoked_by: Option<&'a str>,
}

pub fn run(args: cli::Access) -> Result<(), Failure> {
    let now = Timestamp::now().round(Unit::Second).unwrap_or_else(|_| Timestamp::now());
    match args {
        cli::Access::Issue(args) => {
            let cli::Issue { file, by, roles, institution, unit, officers, expires, note } = args;
            let roles = roles.into_iter().collect();
            let issue = Issue { roles, institution, unit, officers, expires, note };
            shown(&KeyStore::at(&file.store).issue(issue, &by.by, now)?);
            Ok(())
        }
        cli::Access::Rotate { file, by, expires, overlap, id } => {
            let how = (expires, SignedDuration::from_hours(i64::from(overlap)));
            shown(&KeyStore::at(&file.store).rotate(&id, how, &by.by, now)?);
            Ok(())
        }
        cli::Access::Revoke { file, by, id } => {
            let key = KeyStore::at(&file.store).revoke(&id, &by.by, now)?;
            say!("key `{}` is revoked", key.id);
            Ok(())
        }
        cli::Access::List { file, json } => {
            let keys = KeyStore::at(&file.store).list()?;
            let listed: Vec<Listed<'_>> = keys.iter().map(|key| listed(key, now)).collect();
            if json {
                return print_json(&listed);
            }
            listed.iter().for_each(line);
            Ok(())
        }
    }
}

fn shown(issued: &Issued) {
    say!("{}", issued.secret);
    say!("key `{}` expires at {}; it is not shown again", issued.key.id, issued.key.expires);
}

fn listed(key: &ApiKey, now: Timestamp) -> Listed<'_> {
    Listed {
        id: &key.id,
        state: key.state(now),
        roles: &key.roles,
        institution: key.institution.as_deref(),
        unit: key.unit.as_deref(),
        officers: &key.officers,
        expires: key.expires,
        issued_at: key.issued_at,
        issued_by: &key.issued_by,
        note: &key.note,
        successor: key.successor.as_deref(),
        revoked_at: key.revoked.as_ref().map(|revoked| revoked.at),
        revoked_by: key.revoked.as_ref().map(|revoked| revoked.by.as_str()),
    }
}

fn line(key: &Listed<'_>) {
    let roles = key.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(",");
    let of =
        |name: &str, value: Option<&str>| value.map(|value| format!(" {name}={value}")).unwrap_or_default();
    let officers = (!key.officers.is_empty()).then(|| key.officers.join(","));
    let whom =
        of("institution", key.institution) + &of("unit", key.unit) + &of("officers", officers.as_deref());
    let successor = of("successor", key.successor);
    let (id, state, expires, by, note) = (key.id, key.state, key.expires, key.issued_by, key.note);
    say!("{id} {state} {roles}{whom} expires={expires} by={by}{successor} {note}");
}

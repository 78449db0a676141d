//! Callers with API keys, one for each role and some that are of no use.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::PathBuf;

use amparo_serving::keys::{Issue, KeyStore};
use amparo_serving::{Access, AccessConfig, Rate, Role};
use axum::http::request::Builder;
use jiff::{SignedDuration, Timestamp};

use super::Service;

/// Keys, by the role or the use that they have.
pub struct Callers {
    pub store: KeyStore,
    pub path: PathBuf,
    roles: Vec<(Role, String)>,
    expired: String,
    revoked: String,
}

/// What a key is to be.
pub fn issue(role: Role, institution: Option<&str>, officers: &[&str]) -> Issue {
    Issue {
        roles: BTreeSet::from([role]),
        institution: institution.map(str::to_owned),
        unit: None,
        officers: officers.iter().map(|officer| (*officer).to_owned()).collect(),
        expires: Timestamp::now() + SignedDuration::from_hours(1),
        note: "a test".to_owned(),
    }
}

/// A request with a key.
pub fn authorised(request: Builder, key: Option<&str>) -> Builder {
    match key {
        Some(key) => request.header("authorization", format!("Bearer {key}")),
        None => request,
    }
}

impl Callers {
    /// A service that knows them.
    pub async fn service() -> (Service, Self) {
        Self::with_rate(None).await
    }

    /// The same, where each may send so many requests a minute, and at once.
    pub async fn with_rate(rate: Option<(u32, u32)>) -> (Service, Self) {
        let service = Service::start().await;
        let path = service.dir.path().join("access-keys.json");
        let store = KeyStore::at(&path);
        let now = Timestamp::now();
        let roles = Role::ALL.map(|role| {
            (role, store.issue(issue(role, Some("police"), &["o-*"]), "ana", now).unwrap().secret)
        });
        let before = now - SignedDuration::from_hours(3);
        let past =
            Issue { expires: now - SignedDuration::from_hours(1), ..issue(Role::Oversight, None, &[]) };
        let expired = store.issue(past, "ana", before).unwrap().secret;
        let revoked = store.issue(issue(Role::Oversight, None, &[]), "ana", now).unwrap();
        store.revoke(&revoked.key.id, "ana", now).unwrap();
        let number = |n| NonZeroU32::new(n).unwrap();
        let rate =
            rate.map(|(per_minute, burst)| Rate { per_minute: number(per_minute), burst: number(burst) });
        let config = AccessConfig { keys: Some(path.clone()), rate, ..AccessConfig::default() };
        service.app.recognise(Access::of(&config, None).await.unwrap());
        (service, Self { store, path, roles: roles.to_vec(), expired, revoked: revoked.secret })
    }

    /// The key of a role.
    pub fn of(&self, role: Role) -> &str {
        self.roles.iter().find(|(of, _)| *of == role).map(|(_, key)| key.as_str()).unwrap()
    }

    /// What lets nobody in.
    pub fn useless(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("without a key", None),
            ("with an expired key", Some(&self.expired)),
            ("with a revoked key", Some(&self.revoked)),
            ("with a key that there is not", Some("amparo_0123456789ab_00")),
            ("with a token", Some("e30.e30.c2ln")),
        ]
    }
}

//! One append after the other.

use super::{Harness, Outcome, filled, holds, proposal, same, written};
use crate::{Appended, GENESIS, hash};

pub(super) async fn chained(harness: &dyn Harness) -> Outcome {
    let (store, entries) = filled(harness, 0).await?;
    holds(&store, &entries).await?;
    let (store, entries) = filled(harness, 3).await?;
    let mut previous = GENESIS.to_owned();
    for (entry, sequence) in entries.iter().zip(1..) {
        same("sequence", &entry.sequence, &sequence)?;
        same("previous hash", &entry.previous, &previous)?;
        same("hash", &Some(entry.hash.clone()), &hash(entry))?;
        let record = proposal(&entry.id, entry.idempotency_key.as_deref(), &format!("c{}", sequence % 3));
        let kept = (&*entry.kind, entry.request_digest.as_ref(), entry.body.as_ref());
        let expected = (record.kind, Some(&record.request_digest), Some(&record.body));
        same("what was to be kept", &kept, &expected)?;
        previous.clone_from(&entry.hash);
    }
    holds(&store, &entries).await
}

pub(super) async fn repeated_key(harness: &dyn Harness) -> Outcome {
    let (store, entries) = filled(harness, 3).await?;
    // With an id of its own and with the same one: the key is looked at first.
    for id in ["p9", "p2"] {
        let again = store.append(proposal(id, Some("k2"), "c2")).await?;
        same("a repetition", &again, &Appended::Repeated(entries[1].clone()))?;
    }
    same("a repetition", &store.find("p9").await?, &None)?;
    holds(&store, &entries).await
}

pub(super) async fn taken_key(harness: &dyn Harness) -> Outcome {
    let (store, entries) = filled(harness, 3).await?;
    let refused = store.append(proposal("p9", Some("k2"), "other")).await?;
    same("another request", &refused, &Appended::KeyTaken)?;
    same("another request", &store.find("p9").await?, &None)?;
    holds(&store, &entries).await
}

pub(super) async fn taken_id(harness: &dyn Harness) -> Outcome {
    let (store, mut entries) = filled(harness, 3).await?;
    for key in [None, Some("k9")] {
        let refused = store.append(proposal("p2", key, "c2")).await?;
        same("a second record of an id", &refused, &Appended::IdTaken)?;
    }
    // What was refused has not taken its key.
    entries.push(written(&*store, proposal("p9", Some("k9"), "c0")).await?);
    holds(&store, &entries).await
}

pub(super) async fn no_gap(harness: &dyn Harness) -> Outcome {
    let (store, mut entries) = filled(harness, 1).await?;
    for n in 2..=4 {
        store.append(proposal("p1", None, "c1")).await?;
        store.append(proposal("p9", Some("k1"), "other")).await?;
        store.append(proposal("p9", Some("k1"), "c1")).await?;
        // Records without a key are not each other's repetitions.
        let entry = written(&*store, proposal(&format!("q{n}"), None, "c1")).await?;
        same("sequence", &entry.sequence, &n)?;
        entries.push(entry);
    }
    holds(&store, &entries).await
}

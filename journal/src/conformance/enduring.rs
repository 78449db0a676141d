//! What is left at the end.

use super::{Harness, Outcome, Problem, filled, holds, proposal, same, written};

pub(super) async fn writable(harness: &dyn Harness) -> Outcome {
    let (store, mut entries) = filled(harness, 1).await?;
    for n in 2..=4 {
        store.writable().await?;
        holds(&store, &entries).await?;
        entries.push(written(&*store, proposal(&format!("p{n}"), None, "c")).await?);
    }
    holds(&store, &entries).await
}

pub(super) async fn closed(harness: &dyn Harness) -> Outcome {
    let (store, _) = filled(harness, 2).await?;
    store.close().await?;
    if let Ok(appended) = store.append(proposal("late", None, "c")).await {
        return Err(Problem(format!("an append gave {appended:?}")));
    }
    same("whether it says that it is writable", &store.writable().await.is_ok(), &false)?;
    same("whether it is read", &store.entries(1, 1).await.is_ok(), &false)
}

pub(super) async fn reopened(harness: &dyn Harness) -> Outcome {
    let (store, mut entries) = filled(harness, 3).await?;
    // While the first is open, as after a kill: what was acknowledged is there, and the chain goes on.
    let Some(second) = harness.reopened(&*store).await? else { return Ok(()) };
    holds(&second, &entries).await?;
    entries.push(written(&*second, proposal("p4", None, "c")).await?);
    entries.push(written(&*store, proposal("p5", None, "c")).await?);
    holds(&store, &entries).await?;
    store.close().await?;
    second.close().await?;
    match harness.reopened(&*store).await? {
        Some(third) => holds(&third, &entries).await,
        None => Err(Problem("it is not there after it was closed".to_owned())),
    }
}

//! The version at the server's own registry, with its tags and the aliases of its model.

use serde_json::{Value, json};

use super::answers::{list, pairs, text};
use super::experiment::AtServer;
use crate::{Aliases, Client, Error, Registered};

/// The tag that a version is found by.
const DIGEST: &str = "amparo.digest";
/// The tag that says when the facts about a version were found.
const TAGS_AT: &str = "amparo.tags.at";
/// The tag of a model that says when its aliases were so.
const ALIASES_AT: &str = "amparo.aliases.at";
/// Most pages of versions that are looked through.
const PAGES: usize = 1_000;

/// Finds or makes the version, and says the facts about it unless the server has newer ones. Gives the server's number of it.
pub(super) fn send(client: &Client, model: &Registered, run: &AtServer) -> Result<String, Error> {
    match client.post("registered-models/create", &json!({"name": model.name})) {
        Err(error) if !error.is("RESOURCE_ALREADY_EXISTS") => return Err(error),
        _ => {}
    }
    let versions = versions(client, &model.name)?;
    let number = match of_digest(client, &versions, &model.digest)? {
        Some(found) => text(client, found, "/version")?,
        None => {
            let tags = [
                (DIGEST, model.digest.clone()),
                ("amparo.version", format!("{}@{}", model.name, model.number)),
            ];
            let tags = tags.map(|(key, value)| json!({"key": key, "value": value}));
            let source = format!("{}/{}", run.artefacts.trim_end_matches('/'), model.source);
            let made = client.post(
                "model-versions/create",
                &json!({"name": model.name, "source": source, "run_id": run.id, "tags": tags}),
            )?;
            text(client, &made, "/model_version/version")?
        }
    };
    tag(client, model, &number)?;
    Ok(number)
}

/// Points the server's aliases of a model where ours point, unless it was told newer ones; says which it cannot hold, and why.
///
/// # Errors
/// A server that cannot be reached or refuses, or an alias that comes back as another one.
pub fn mirror(client: &Client, model: &str, aliases: &Aliases) -> Result<Vec<String>, Error> {
    let mut notes = Vec::new();
    if aliases.by_name.is_empty() {
        return Ok(notes);
    }
    let of_model = client.get("registered-models/get", &[("name", model)])?;
    let held = pairs(client, &of_model, "/registered_model/tags")?;
    if held.get(ALIASES_AT).and_then(|at| at.as_str()).is_some_and(|at| at > aliases.at.as_str()) {
        notes.push(format!("the server was told newer aliases of `{model}`"));
        return Ok(notes);
    }
    let versions = versions(client, model)?;
    for (alias, to) in &aliases.by_name {
        if is_reserved(alias) {
            notes.push(format!("MLflow reserves the alias `{alias}`, so it is not mirrored"));
            continue;
        }
        let Some(version) = of_digest(client, &versions, &to.digest)? else {
            notes.push(format!("`{alias}` points to {model}@{}, which the server does not know", to.number));
            continue;
        };
        let number = text(client, version, "/version")?;
        client.post("registered-models/alias", &json!({"name": model, "alias": alias, "version": number}))?;
        let found = client.get("registered-models/alias", &[("name", model), ("alias", alias)])?;
        let found = text(client, &found, "/model_version/version")?;
        if found != number {
            return Err(Error::ReadBack { what: format!("the alias `{alias}`"), sent: number, found });
        }
    }
    let tag = json!({"name": model, "key": ALIASES_AT, "value": aliases.at});
    client.post("registered-models/set-tag", &tag)?;
    Ok(notes)
}

/// `latest`, and `v` with digits behind, in any case.
fn is_reserved(alias: &str) -> bool {
    let alias = alias.to_lowercase();
    let is_number = |digits: &str| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    alias == "latest" || alias.strip_prefix('v').is_some_and(is_number)
}

fn tag(client: &Client, model: &Registered, number: &str) -> Result<(), Error> {
    if model.tags.is_empty() {
        return Ok(());
    }
    let found = get(client, model, number)?;
    let held = pairs(client, &found, "/model_version/tags")?;
    if held.get(TAGS_AT).and_then(|at| at.as_str()).is_some_and(|at| at > model.at.as_str()) {
        return Ok(());
    }
    let at = (TAGS_AT.to_owned(), model.at.clone());
    let all: Vec<_> =
        model.tags.iter().map(|(key, value)| (key.clone(), value.clone())).chain([at]).collect();
    for (key, value) in &all {
        let tag = json!({"name": model.name, "version": number, "key": key, "value": value});
        client.post("model-versions/set-tag", &tag)?;
    }
    let found = get(client, model, number)?;
    let held = pairs(client, &found, "/model_version/tags")?;
    for (key, value) in all {
        let found = held.get(key.as_str()).and_then(|value| value.as_str());
        if found != Some(&value) {
            let what = format!("tag `{key}` of version {number} of `{}`", model.name);
            return Err(Error::ReadBack { what, sent: value, found: found.unwrap_or("nothing").to_owned() });
        }
    }
    Ok(())
}

fn get(client: &Client, model: &Registered, number: &str) -> Result<Value, Error> {
    client.get("model-versions/get", &[("name", &model.name), ("version", number)])
}

/// All versions of a model at the server.
fn versions(client: &Client, model: &str) -> Result<Vec<Value>, Error> {
    if model.contains('\'') {
        let problem = format!("a model cannot be looked for by the name `{model}`");
        return Err(Error::Answer { url: client.address().to_string(), problem });
    }
    let filter = format!("name='{model}'");
    let (mut all, mut token) = (Vec::new(), String::new());
    for _ in 0..PAGES {
        let query = [("filter", filter.as_str()), ("max_results", "200"), ("page_token", &token)];
        let asked = if token.is_empty() { &query[..2] } else { &query[..] };
        let page = client.get("model-versions/search", asked)?;
        all.extend_from_slice(list(client, &page, "/model_versions")?);
        match page.get("next_page_token").and_then(Value::as_str) {
            Some(next) if !next.is_empty() => token = next.to_owned(),
            _ => break,
        }
    }
    Ok(all)
}

fn of_digest<'a>(client: &Client, versions: &'a [Value], digest: &str) -> Result<Option<&'a Value>, Error> {
    for version in versions {
        if pairs(client, version, "/tags")?.get(DIGEST).and_then(|value| value.as_str()) == Some(digest) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

//! Files, put and read back.

use std::collections::BTreeMap;

use super::experiment::AtServer;
use crate::{Client, Error};

/// What artefacts begin with that the server itself hands on.
const PROXIED: &str = "mlflow-artifacts:/";

/// Puts the files that the server does not hold as they are, and reads each back.
pub(super) fn send(
    client: &Client,
    run: &AtServer,
    artefacts: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Error> {
    let Some(folder) = folder(&run.artefacts) else {
        return Err(Error::Answer {
            url: client.address().to_string(),
            problem: format!(
                "it keeps artefacts at `{}` and does not take them itself; start it with --serve-artifacts",
                run.artefacts
            ),
        });
    };
    for (name, bytes) in artefacts {
        let path = format!("{folder}/{name}");
        if holds(client, &path, bytes)? {
            continue;
        }
        client.put_artefact(&path, bytes)?;
        if !holds(client, &path, bytes)? {
            return Err(Error::ReadBack {
                what: format!("the artefact `{name}`"),
                sent: format!("its {} bytes", bytes.len()),
                found: "others".to_owned(),
            });
        }
    }
    Ok(())
}

/// The path that the server's route of artefacts knows: `mlflow-artifacts:/1/abc/artifacts` and `mlflow-artifacts://host/1/abc/artifacts` alike.
fn folder(uri: &str) -> Option<&str> {
    let path = uri.strip_prefix(PROXIED)?;
    let path = match path.strip_prefix('/') {
        Some(with_host) => with_host.split_once('/')?.1,
        None => path,
    };
    Some(path.trim_matches('/'))
}

fn holds(client: &Client, path: &str, bytes: &[u8]) -> Result<bool, Error> {
    match client.get_artefact(path, bytes.len()) {
        Ok(found) => Ok(found == bytes),
        Err(error) if error.is("RESOURCE_DOES_NOT_EXIST") => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn only_what_the_server_hands_on_has_a_folder() {
        assert_eq!(folder("mlflow-artifacts:/1/a/artifacts"), Some("1/a/artifacts"));
        assert_eq!(folder("mlflow-artifacts://h:5000/1/a/artifacts"), Some("1/a/artifacts"));
        assert_eq!(folder("s3://bucket/1/a/artifacts"), None);
        assert_eq!(folder("file:///srv/1/a/artifacts"), None);
    }
}

//! The way to a bucket, from what the environment says.

use std::io;
use std::sync::Arc;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::{ClientConfigKey, RetryConfig};

use super::failure::told as words;

/// For what a request may wait, and how long. Together with the attempts of a question they keep an unreachable store from holding
/// anybody up for more than a quarter of a minute; a large file on a slow line has a minute.
const LIMITS: [(ClientConfigKey, &str); 3] = [
    (ClientConfigKey::ConnectTimeout, "3 seconds"),
    (ClientConfigKey::ReadTimeout, "5 seconds"),
    (ClientConfigKey::Timeout, "60 seconds"),
];

/// The client of a bucket, and the endpoint if it is told; `told` is what the environment says.
///
/// # Errors
/// A setting that cannot be used, or no credentials.
pub(super) async fn connect(
    told: AmazonS3Builder,
    bucket: &str,
) -> io::Result<(Arc<AmazonS3>, Option<String>)> {
    // Whichever is there first is used for all TLS of the process.
    let _there_already = rustls::crypto::ring::default_provider().install_default();
    // Attempts are repeated by whoever asks, who knows what a lost answer means.
    let once = RetryConfig { max_retries: 0, ..RetryConfig::default() };
    let mut builder = told
        .with_bucket_name(bucket)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_disable_bulk_delete(true)
        .with_retry(once);
    for (limit, time) in LIMITS {
        builder = builder.with_config(AmazonS3ConfigKey::Client(limit), time);
    }
    let said = |key| builder.get_config_value(&key);
    let endpoint = said(AmazonS3ConfigKey::S3Endpoint).or_else(|| said(AmazonS3ConfigKey::Endpoint));
    if endpoint.as_ref().is_some_and(|endpoint| endpoint.contains('@')) {
        let problem = "the endpoint holds a user name or a password, expected an address only; credentials belong in `AWS_ACCESS_KEY_ID` and \
                       `AWS_SECRET_ACCESS_KEY`";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
    }
    let is_signed = said(AmazonS3ConfigKey::SkipSignature).as_deref() != Some("true");
    let store = builder.build().map_err(|error| words(&error))?;
    if is_signed {
        store.credentials().get_credential().await.map_err(|error| no_credentials(&error))?;
    }
    Ok((Arc::new(store), endpoint))
}

fn no_credentials(error: &object_store::Error) -> io::Error {
    let problem = words(error);
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!(
            "no credentials: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are not set, and the other ways give none ({problem})"
        ),
    )
}

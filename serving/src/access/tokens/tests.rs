#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;
use tokio::runtime::Runtime;

use super::testing::{provider_in, vectors};
use super::*;
use crate::access::Role;

async fn open(folder: &std::path::Path) -> Tokens {
    Tokens::open(provider_in(folder)).await.unwrap()
}

#[tokio::test]
async fn tokens_of_another_implementation_hold() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = open(dir.path()).await;
    for (algorithm, token) in vectors().right {
        // The second time, it is remembered.
        for _ in 0..2 {
            let caller = tokens.caller(&token).await.unwrap_or_else(|why| panic!("{algorithm}: {why:?}"));
            assert_eq!((caller.id.as_str(), caller.institution.as_deref()), ("token:f:1", Some("police")));
            assert!(caller.roles.contains(&Role::Platform) && caller.speaks_for("u-7:o-1"));
        }
    }
}

#[tokio::test]
async fn every_class_of_wrong_token_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = open(dir.path()).await;
    let wrong = vectors().wrong;
    assert!(wrong.len() > 50, "{}", wrong.len());
    for (class, token) in wrong {
        match tokens.caller(&token).await {
            Err(ApiError::Unauthenticated(_)) => {}
            other => panic!("{class}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_without_a_word_of_the_token() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = open(dir.path()).await;
    let wrong = vectors().wrong;
    for (class, expected) in [
        ("expired", "expired"),
        ("exp is a text", "missing from the token"),
        ("nbf is a text", "of another type"),
        ("not valid before the end of time", "does not hold yet"),
        ("iss is another", "another issuer"),
        ("iss is an array", "no text"),
        ("aud is another", "another audience"),
        ("crit", "extensions"),
        ("crit of b64", "extensions"),
        ("typ of a logout", "no token of access"),
        ("unknown kid", "not among those"),
        ("signed by a stranger", "signature"),
        ("alg none", "no signed JSON Web Token"),
        ("HS256 with the public RS256 key as PEM", "algorithm is not that of the key"),
        ("RS512 of an RS256 key", "algorithm is not that of the key"),
        ("kid of another key", "algorithm is not that of the key"),
        ("bound to a key", "cnf"),
        ("sub is empty", "empty"),
    ] {
        let Err(ApiError::Unauthenticated(Unrecognised::Invalid(why))) = tokens.caller(&wrong[class]).await
        else {
            panic!("{class}")
        };
        assert!(why.contains(expected), "{class}: {why}");
    }
    let long = format!("{}.a", "x".repeat(LONGEST));
    assert_eq!(
        tokens.caller(&long).await,
        Err(ApiError::Unauthenticated(Unrecognised::Invalid("the token is longer than 16 KiB")))
    );
}

#[tokio::test]
async fn a_leeway_is_the_only_difference_of_clocks() {
    let dir = tempfile::tempdir().unwrap();
    // Expired when it was made, in 2026.
    let token = &vectors().wrong["expired"];
    let mut provider = provider_in(dir.path());
    for (leeway, holds) in [(Duration::ZERO, false), (Duration::from_secs(30 * 365 * 86_400), true)] {
        provider.leeway = leeway;
        let tokens = Tokens::open(provider.clone()).await.unwrap();
        assert_eq!(tokens.caller(token).await.is_ok(), holds, "{leeway:?}");
    }
}

#[tokio::test]
async fn a_key_that_is_not_published_any_more_signs_nothing_that_holds() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = open(dir.path()).await;
    let (token, vectors) = (&vectors().right["ES256"], vectors());
    assert!(tokens.caller(token).await.is_ok());
    let others: Vec<_> = vectors.keys.iter().filter(|key| key["kid"] != "ec-1").collect();
    std::fs::write(dir.path().join("keys.json"), json!({"keys": others}).to_string()).unwrap();
    // It is remembered until the keys are fetched again.
    assert!(tokens.caller(token).await.is_ok());
    tokens.refresh().await;
    assert!(matches!(tokens.caller(token).await, Err(ApiError::Unauthenticated(_))));
    assert!(tokens.caller(&vectors.right["EdDSA"]).await.is_ok());
    // Keys that cannot be read leave those that are known.
    std::fs::write(dir.path().join("keys.json"), "{}").unwrap();
    tokens.refresh().await;
    assert!(tokens.caller(&vectors.right["EdDSA"]).await.is_ok());
}

#[tokio::test]
async fn keys_have_to_be_there_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let provider = provider_in(dir.path());
    std::fs::write(dir.path().join("keys.json"), r#"{"keys": []}"#).unwrap();
    let problem = Tokens::open(provider.clone()).await.unwrap_err();
    assert!(problem.contains("keys.json") && problem.contains("none of the 0"), "{problem}");
    std::fs::remove_file(dir.path().join("keys.json")).unwrap();
    assert!(Tokens::open(provider).await.unwrap_err().contains("cannot read"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever is sent: refused, and nothing else.
    #[test]
    fn no_bytes_are_a_token(text in ".{0,200}", parts in prop::collection::vec("[A-Za-z0-9_=-]{0,60}", 0..5)) {
        check(&[text, parts.join(".")])?;
    }

    /// A token with some bytes changed.
    #[test]
    fn no_changed_token_holds(which in 0usize..3, at in any::<prop::sample::Index>(), with in "[A-Za-z0-9_.=-]{0,3}", cut in 0usize..4) {
        let vectors = vectors();
        let token = vectors.right.values().nth(which).unwrap();
        let at = at.index(token.len());
        let changed = format!("{}{with}{}", &token[..at], &token[(at + cut).min(token.len())..]);
        prop_assume!(changed != *token);
        check(&[changed])?;
    }
}

fn check(texts: &[String]) -> Result<(), TestCaseError> {
    static TOKENS: LazyLock<(Tokens, Runtime)> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        (runtime.block_on(open(dir.path())), runtime)
    });
    let (tokens, runtime) = &*TOKENS;
    for text in texts {
        let found = runtime.block_on(tokens.caller(text));
        prop_assert!(matches!(found, Err(ApiError::Unauthenticated(_))), "{text}");
    }
    Ok(())
}

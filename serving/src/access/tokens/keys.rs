//! The keys that an identity provider publishes (RFC 7517), as far as they are taken.

use std::collections::HashMap;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::Value;

/// Most keys that are taken.
const MOST: usize = 100;

/// Shortest modulus of RSA, in bytes.
const SHORTEST_MODULUS: usize = 256;

/// A key, and the only algorithm that it is used with.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub algorithm: Algorithm,
    pub key: DecodingKey,
}

/// Keys by their name.
#[derive(Debug, Default)]
pub(super) struct KeySet {
    named: HashMap<String, Vec<Key>>,
    unnamed: Vec<Key>,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// The keys of a document. Those for something else, or for algorithms that are not taken, are left out.
    ///
    /// # Errors
    /// What is no such document, or holds no key that is taken, in words.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(bytes)
            .map_err(|error| format!("they are no JSON Web Key Set: {error}"))?;
        let found = document.keys.len();
        if found > MOST {
            return Err(format!("they are {found}, expected {MOST} at most"));
        }
        let mut set = Self::default();
        for key in document.keys {
            let Ok(jwk) = serde_json::from_value::<Jwk>(key) else { continue };
            let Some(key) = taken(&jwk) else { continue };
            match jwk.common.key_id {
                Some(name) => set.named.entry(name).or_default().push(key),
                None => set.unnamed.push(key),
            }
        }
        if set.len() == 0 {
            return Err(format!(
                "none of the {found} is for signatures of RS256 (2048 bits or more), ES256 or EdDSA (Ed25519)"
            ));
        }
        Ok(set)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.unnamed.len() + self.named.values().map(Vec::len).sum::<usize>()
    }

    /// Those that a token may be signed with: of the name that it gives, or the only one if it gives none.
    pub fn of(&self, name: Option<&str>) -> &[Key] {
        match name {
            Some(name) => self.named.get(name).map_or(&[], Vec::as_slice),
            None if self.len() == 1 => {
                self.named.values().next().map_or(self.unnamed.as_slice(), Vec::as_slice)
            }
            None => &[],
        }
    }
}

/// The key with its algorithm, which its kind decides, never a token; nothing if it is not taken.
fn taken(jwk: &Jwk) -> Option<Key> {
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    if jwk.common.key_operations.as_ref().is_some_and(|all| !all.contains(&KeyOperations::Verify)) {
        return None;
    }
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    if jwk.common.key_algorithm.is_some_and(|said| said != KeyAlgorithm::from(algorithm)) {
        return None;
    }
    let key = DecodingKey::from_jwk(jwk).ok()?;
    let long_enough = match (algorithm, key.kind()) {
        (_, DecodingKeyKind::RsaModulusExponent { n, e }) => {
            let leading = n.iter().take_while(|byte| **byte == 0).count();
            n.len() - leading >= SHORTEST_MODULUS && !e.is_empty()
        }
        (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => point.len() == 65,
        (_, DecodingKeyKind::SecretOrDer(point)) => point.len() == 32,
    };
    long_enough.then_some(Key { algorithm, key })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::access::tokens::testing::{jwks, vectors};

    #[test]
    fn keys_are_taken_with_the_algorithm_of_their_kind() {
        let set = KeySet::read(jwks().as_bytes()).unwrap();
        assert_eq!(set.len(), 3);
        for (name, algorithm) in
            [("rsa-1", Algorithm::RS256), ("ec-1", Algorithm::ES256), ("ed-1", Algorithm::EdDSA)]
        {
            let [key] = set.of(Some(name)) else { panic!("{name}") };
            assert_eq!(key.algorithm, algorithm);
        }
        // Without a name, a token is signed by one of several: nobody guesses which.
        assert!(set.of(None).is_empty() && set.of(Some("rsa-2")).is_empty());
        let one = format!(r#"{{"keys": [{}]}}"#, vectors().keys[1]);
        assert_eq!(KeySet::read(one.as_bytes()).unwrap().of(None).len(), 1);
    }

    #[test]
    fn keys_for_something_else_are_left_out() {
        let [rsa, ec, ed] = &vectors().keys[..] else { panic!("three") };
        for (key, field, value) in [
            (ec, "use", "enc"),
            (ec, "crv", "P-384"),
            (ec, "alg", "ES384"),
            (ec, "alg", "HS256"),
            (ec, "kty", "oct"),
            (ec, "x", "AAAA"),
            (ec, "x", "!"),
            (rsa, "alg", "RSA-OAEP"),
            (rsa, "alg", "PS256"),
            (rsa, "n", "AQAB"),
            (rsa, "e", ""),
        ] {
            let mut key = key.clone();
            key[field] = value.into();
            let problem = KeySet::read(format!(r#"{{"keys": [{key}]}}"#).as_bytes()).unwrap_err();
            assert!(problem.contains("none of the 1"), "{field} {value}: {problem}");
            // Beside one that is taken, it does no harm.
            let both = format!(r#"{{"keys": [{key}, {}]}}"#, ed);
            assert_eq!(KeySet::read(both.as_bytes()).unwrap().len(), 1);
        }
        let mut signing = ec.clone();
        signing["key_ops"] = serde_json::json!(["sign"]);
        assert!(KeySet::read(format!(r#"{{"keys": [{signing}]}}"#).as_bytes()).is_err());
        assert!(KeySet::read(b"{}").unwrap_err().contains("no JSON Web Key Set"));
        assert!(KeySet::read(br#"{"keys": []}"#).unwrap_err().contains("none of the 0"));
        let many = format!(r#"{{"keys": [{}]}}"#, vec!["{}"; MOST + 1].join(","));
        assert!(KeySet::read(many.as_bytes()).unwrap_err().contains("101"));
    }
}

"""Tokens by PyJWT: those that hold, and every class of those that do not, for any issuer, audience and keys.

Run by itself, it prints what the unit tests of the service read: tokens that hold until 2100, with their public keys. The private ones are forgotten.
"""

import base64
import hashlib
import hmac
import json
import sys
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

YEAR_2100 = 4102444800


class Key:
    """A key pair and the algorithm that it is used with."""

    def __init__(self, algorithm, name):
        self.algorithm, self.name = algorithm, name
        make = {
            "RS256": lambda: rsa.generate_private_key(65537, 2048),
            "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "EdDSA": ed25519.Ed25519PrivateKey.generate,
        }
        self.private = make[algorithm]()

    def public(self):
        """As a JSON Web Key Set lists it."""
        key = jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.private.public_key(), as_dict=True)
        key.pop("key_ops", None)
        return key | {"kid": self.name, "use": "sig", "alg": self.algorithm}

    def pem(self):
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, info)

    def sign(self, claims, name=None, algorithm=None, **header):
        return jwt.encode(claims, self.private, algorithm or self.algorithm, {"kid": name or self.name} | header)


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def by_hand(header, claims, signature=lambda _: b""):
    """What no honest library makes."""
    message = f"{part(header)}.{part(claims)}"
    return f"{message}.{base64.urlsafe_b64encode(signature(message.encode())).rstrip(b'=').decode()}"


def without(claims, name):
    return {key: value for key, value in claims.items() if key != name}


def wrong(keys, claims, leeway):
    """Tokens that must be refused, each with what is wrong with it; `claims` are those of one that holds."""
    by_kind = {key.algorithm: key for key in keys}
    rs, es, ed = by_kind["RS256"], by_kind["ES256"], by_kind["EdDSA"]
    now = int(time.time())
    signed = {
        "expired": claims | {"exp": now - leeway - 5},
        "expired as a float": claims | {"exp": now - leeway - 5.5},
        "not valid yet": claims | {"nbf": now + leeway + 600},
        "not valid before the end of time": claims | {"nbf": YEAR_2100 * 1000},
        "exp is a text": claims | {"exp": str(claims["exp"])},
        "exp is true": claims | {"exp": True},
        "exp is null": claims | {"exp": None},
        "exp is below zero": claims | {"exp": -1},
        "exp is missing": without(claims, "exp"),
        "nbf is a text": claims | {"nbf": "0"},
        "iss is another": claims | {"iss": claims["iss"] + "/"},
        "iss is an array": claims | {"iss": [claims["iss"]]},
        "iss is missing": without(claims, "iss"),
        "aud is another": claims | {"aud": "somebody-else"},
        "aud are others": claims | {"aud": ["a", "b"]},
        "aud is a number": claims | {"aud": 5},
        "aud is missing": without(claims, "aud"),
        "sub is missing": without(claims, "sub"),
        "sub is empty": claims | {"sub": ""},
        "sub is a number": claims | {"sub": 7},
        "bound to a key": claims | {"cnf": {"jkt": "x"}},
    }
    # PyJWT itself checks what it encodes only where it stands: these are encoded by hand and signed by the key.
    sign = lambda body, header: es_signed(es, body, header)
    tokens = {name: sign(body, {}) for name, body in signed.items()}
    tokens |= {
        "crit": sign(claims, {"crit": ["exp"]}),
        "crit of b64": sign(claims, {"crit": ["b64"], "b64": True}),
        "crit is empty": sign(claims, {"crit": []}),
        "typ of a logout": sign(claims, {"typ": "logout+jwt"}),
        "unknown kid": es.sign(claims, name="nobody"),
        "kid of another key": es.sign(claims, name=rs.name),
        "kid of another key of another kind": ed.sign(claims, name=es.name),
        "no kid": jwt.encode(claims, es.private, "ES256"),
        "kid is a number": sign(claims, {"kid": 5}),
        "signed by a stranger": Key("ES256", es.name).sign(claims),
        "RS256 signed by a stranger": Key("RS256", rs.name).sign(claims),
        "EdDSA signed by a stranger": Key("EdDSA", ed.name).sign(claims),
        "stranger's key in the header": jwk_in_header(es, claims),
        "RS512 of an RS256 key": rs.sign(claims, algorithm="RS512"),
        "PS256 of an RS256 key": rs.sign(claims, algorithm="PS256"),
        "alg none": by_hand({"alg": "none", "typ": "JWT", "kid": rs.name}, claims),
        "alg None": by_hand({"alg": "None", "kid": es.name}, claims),
        "alg is missing": by_hand({"kid": rs.name}, claims),
        "without a signature": by_hand({"alg": "RS256", "kid": rs.name}, claims),
        "two parts": ".".join(es.sign(claims).split(".")[:2]),
        "four parts": es.sign(claims) + ".e30",
        "no JSON": "a.b.c",
        "empty": "",
        "too long": es.sign(claims | {"padding": "x" * 20_000}),
    }
    for key in keys:
        for secret, shown in [(key.pem(), "PEM"), (json.dumps(key.public()).encode(), "JWK")]:
            mac = lambda message, secret=secret: hmac.new(secret, message, hashlib.sha256).digest()
            header = {"alg": "HS256", "typ": "JWT", "kid": key.name}
            tokens[f"HS256 with the public {key.algorithm} key as {shown}"] = by_hand(header, claims, mac)
        head, body, signature = key.sign(claims).split(".")
        tokens[f"{key.algorithm}: other claims"] = f"{head}.{part(claims | {'sub': 'eve'})}.{signature}"
        flipped = bytearray(base64.urlsafe_b64decode(signature + "=="))
        flipped[len(flipped) // 2] ^= 1
        tokens[f"{key.algorithm}: one bit of the signature"] = f"{head}.{body}.{base64.urlsafe_b64encode(flipped).rstrip(b'=').decode()}"
    return tokens


def es_signed(key, claims, header):
    """Claims and header as they stand, signed with ES256."""
    prepared = jwt.get_algorithm_by_name("ES256")
    head = {"alg": "ES256", "typ": "JWT", "kid": key.name} | header
    return by_hand(head, claims, lambda message: prepared.sign(message, key.private))


def jwk_in_header(key, claims):
    """A token that brings the key which it is signed with."""
    stranger = Key("ES256", key.name)
    return es_signed(stranger, claims, {"jwk": stranger.public()})


def vectors():
    keys = [Key("RS256", "rsa-1"), Key("ES256", "ec-1"), Key("EdDSA", "ed-1")]
    claims = {
        "iss": "https://login.example.org/realms/police",
        "aud": ["account", "amparo"],
        "sub": "f:1",
        "exp": YEAR_2100,
        "nbf": 1_700_000_000,
        "realm_access": {"roles": ["offline_access", "amparo-platform"]},
        "organisation": "police",
        "unit": "u-7",
        "officers": ["u-7:*"],
    }
    return {
        "made": f"by .ci/oracles/minted.py with PyJWT {jwt.__version__}; the private keys were forgotten",
        "keys": [key.public() for key in keys],
        "right": {key.algorithm: key.sign(claims) for key in keys},
        # What does not hold for a time must not hold in 2099 either.
        "wrong": {name: token for name, token in wrong(keys, claims, 30).items() if name not in ("not valid yet", "too long")},
    }


if __name__ == "__main__":
    json.dump(vectors(), sys.stdout, indent=1)
    print()

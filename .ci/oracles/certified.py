"""Certificates by `cryptography`: authorities, servers and clients, in date or not.

Run by itself, it prints what the unit tests of the service read. The keys in it protect nothing.
"""

import datetime
import ipaddress
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
OIDS = {"CN": NameOID.COMMON_NAME, "O": NameOID.ORGANIZATION_NAME}


def name(text):
    """`O=Police,CN=platform` as a name; `\\,` stands for a comma."""
    parts = [part.replace("\0", ",").split("=", 1) for part in text.replace("\\,", "\0").split(",")]
    return x509.Name([x509.NameAttribute(OIDS[kind], value) for kind, value in parts])


def alternative(text):
    kind, value = text.split(":", 1)
    make = {
        "dns": x509.DNSName,
        "uri": x509.UniformResourceIdentifier,
        "email": x509.RFC822Name,
        "ip": lambda ip: x509.IPAddress(ipaddress.ip_address(ip)),
    }
    return make[kind](value)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def key_pem(key):
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


class Authority:
    """A root, or an intermediate under `parent`."""

    def __init__(self, text, parent=None, days=3650):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name(text)
        signer, issuer = (parent.key, parent.name) if parent else (self.key, self.name)
        builder = built(self.name, issuer, self.key, -1, days)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = builder.sign(signer, hashes.SHA256())

    def pem(self):
        return pem(self.certificate)

    def issue(self, subject, alternatives, client=False, start=-1, days=365):
        """A certificate with its key (PEM); `start` and `days` count from today."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        builder = built(name(subject), self.name, key, start, days)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(list(map(alternative, alternatives))), critical=False)
        return pem(builder.sign(self.key, hashes.SHA256())), key_pem(key)


def built(subject, issuer, key, start, days):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now + start * DAY).not_valid_after(now + days * DAY)


def vectors():
    century = 365 * 70
    root = Authority("CN=authority of tests", days=century)
    names = ["dns:Platform.police.example", "uri:spiffe://police.example/platform", "email:it@police.example", "ip:127.0.0.1"]
    client, _ = root.issue("O=Police,CN=case platform\\, police", names, client=True, days=century)
    expired, _ = root.issue("O=Police,CN=case platform\\, police", names, client=True, start=-9, days=-2)
    server, key = root.issue("CN=localhost", ["dns:localhost", "ip:127.0.0.1"], days=century)
    old, old_key = root.issue("CN=localhost", ["dns:localhost"], start=-9, days=-2)
    other, other_key = Authority("CN=another authority of tests", days=century).issue("CN=localhost", ["dns:localhost"], days=century)
    made = "by .ci/oracles/certified.py; the keys protect nothing"
    return dict(made=made, root=root.pem(), client=client, expired=expired, server=server, key=key, old=old, old_key=old_key, other=other, other_key=other_key)


if __name__ == "__main__":
    json.dump(vectors(), sys.stdout, indent=1)
    print()

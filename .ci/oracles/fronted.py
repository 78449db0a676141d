"""A front that ends TLS before a server, by Python's `ssl`, with certificates of authorities that are made up here."""

import datetime
import ipaddress
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


class Authority:
    """Signs certificates; `path` is the file with its own."""

    def __init__(self, folder, name):
        self.folder, self.name, self.path = folder, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), folder / f"{name}.pem"
        self.key = ec.generate_private_key(ec.SECP256R1())
        own = self.builder(self.name, self.key, NOW + 30 * DAY).add_extension(x509.BasicConstraints(True, None), True)
        self.certificate = own.sign(self.key, hashes.SHA256())
        self.path.write_bytes(self.certificate.public_bytes(Encoding.PEM))

    def builder(self, subject, key, until):
        return (
            x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(NOW - 30 * DAY).not_valid_after(until)
        )

    def signed(self, file, host, until=NOW + DAY):
        """Key and certificate of a server, in one file."""
        key, names = ec.generate_private_key(ec.SECP256R1()), []
        try:
            names = [x509.IPAddress(ipaddress.ip_address(host))]
        except ValueError:
            names = [x509.DNSName(host)]
        made = self.builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key, until)
        made = made.add_extension(x509.SubjectAlternativeName(names), False).sign(self.key, hashes.SHA256())
        return written(self.folder / file, key, made)

    def as_server(self, file):
        """Its own certificate, as one that nobody else has signed."""
        return written(self.folder / file, self.key, self.certificate)


def written(path, key, certificate):
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM))
    return path


class Front:
    """`https://localhost:PORT` before a server on this machine; `n_bytes` counts what clients said once the connection was encrypted."""

    def __init__(self, to, certificate, newest=ssl.TLSVersion.TLSv1_3):
        self.to, self.n_bytes = to, 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.maximum_version = newest
        self.context.load_cert_chain(certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.handle, args=(client,), daemon=True).start()

    def handle(self, client):
        try:
            with self.context.wrap_socket(client, server_side=True) as client, socket.create_connection(("127.0.0.1", self.to)) as server:
                threading.Thread(target=self.copy, args=(server, client, False), daemon=True).start()
                self.copy(client, server, True)
        except OSError:
            # A client that does not trust the certificate.
            client.close()

    def copy(self, source, target, counts):
        try:
            while data := source.recv(65536):
                self.n_bytes += len(data) if counts else 0
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

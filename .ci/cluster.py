#!/usr/bin/env python3
"""A PostgreSQL server for as long as something runs: `cluster.py COMMAND...` runs a command with the server's address in its environment.

The server's files are in a temporary folder and go with it. It listens on the loopback address and in that folder; `initdb` and `postgres`
refuse to be run by root, so that they are run by the user `postgres` then, or by `nobody`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def programs():
    """The folder of `initdb` and `pg_ctl`: Debian keeps them off the path, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    at = shutil.which("pg_ctl")
    assert at, "no PostgreSQL: install Debian's package `postgresql`"
    return Path(at).resolve().parent


def somebody():
    """Whoever may run a server, as `subprocess` takes it: nobody else, unless we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        except KeyError:
            pass
    raise SystemExit("neither `postgres` nor `nobody` is a user here")


class Cluster:
    """A server with three roles: `postgres`, who may do everything; `amparo`, who owns the database `amparo`; and `secretive`, who needs a password."""

    PASSWORD = "not-to-be-seen"

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="amparo-postgres-"))
        self.bin, self.who = programs(), somebody()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if self.who:
            os.chown(self.folder, self.who["user"], self.who["group"])
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.run("initdb", "--pgdata", self.data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8")
        self.certificates()
        (self.data / "postgresql.auto.conf").write_text(
            f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{self.folder}'\n"
            f"ssl = on\nssl_cert_file = '{self.folder}/server.pem'\nssl_key_file = '{self.folder}/server.key'\n"
            "password_encryption = 'scram-sha-256'\n"
        )
        (self.data / "pg_hba.conf").write_text("local all all trust\nhost all secretive all scram-sha-256\nhost all all all trust\n")
        self.start()
        for sql in (
            "CREATE ROLE amparo LOGIN",
            "CREATE DATABASE amparo OWNER amparo",
            f"CREATE ROLE secretive LOGIN PASSWORD '{self.PASSWORD}'",
        ):
            self.sql(sql)

    def certificates(self):
        """Two authorities, and a certificate of the first for `localhost`."""
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
        at = lambda name: str(self.folder / name)
        quiet = {"check": True, "capture_output": True, **self.who}
        for name in ("ca", "other"):
            subprocess.run([*make, "-subj", f"/CN={name}", *authority, "-keyout", at(f"{name}.key"), "-out", at(f"{name}.pem")], **quiet)
        signed = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:localhost"]
        subprocess.run([*make, "-subj", "/CN=localhost", *signed, "-keyout", at("server.key"), "-out", at("server.pem")], **quiet)

    def run(self, program, *args):
        done = subprocess.run([self.bin / program, *map(str, args)], capture_output=True, text=True, cwd="/", **self.who)
        assert done.returncode == 0, f"{program} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self):
        # Its output would be waited for as long as the server runs.
        start = [self.bin / "pg_ctl", "start", "--wait", "--pgdata", self.data, "--log", self.folder / "log"]
        done = subprocess.run(start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self.who)
        assert done.returncode == 0, f"the server did not start:\n{(self.folder / 'log').read_text()}"

    def stop(self, mode="fast"):
        self.run("pg_ctl", "stop", "--wait", "--pgdata", self.data, "--mode", mode)

    def sql(self, text, database="postgres"):
        return self.run("psql", "--host", self.folder, "--port", self.port, "--username", "postgres", "--dbname", database,
                        "--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--command", text).strip()

    def address(self, database="amparo", user="amparo", host="127.0.0.1"):
        return f"postgres://{user}@{host}:{self.port}/{database}"

    def environment(self):
        return {
            "AMPARO_POSTGRES": self.address("postgres", "postgres"),
            "AMPARO_POSTGRES_CA": str(self.folder / "ca.pem"),
            "AMPARO_POSTGRES_OTHER_CA": str(self.folder / "other.pem"),
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder)


if __name__ == "__main__":
    with Cluster() as cluster:
        ended = subprocess.run(sys.argv[1:], env=os.environ | cluster.environment()).returncode
    sys.exit(ended)

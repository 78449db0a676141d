"""The service from outside: proposals add up, survive a crash and a full disk, are given once a key, and a stop is gentle."""

import contextlib
import gzip
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from common import AMPARO, QUICKSTART, WORK, amparo, close, holds
from served import SERVE, ask, free_port, ready, start

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
OPERATIONAL = FOLDER / "operational.log"
FIRST = FOLDER / "first.sqlite"


def add_up(title, body):
    proposal = json.loads(body)
    values = [v["value"] for v in proposal["explanation"]["values"]]
    total = proposal["explanation"]["base"] + sum(values)
    close(f"{title}: base and values add up", total, proposal["recidivism"]["log_odds"], 1e-9, total - max(values, key=abs))
    return proposal


def crash(server, port, case):
    """Kills the server without warning; what it acknowledged is still there."""
    status, first = ask(port, "/v1/assessments", case, key="ci-1")
    holds("a form is answered with 201", lambda s: s == 201, status, ask(port, "/v1/assessments", b"{}")[0])
    proposal = add_up("the proposal", first)
    again = ask(port, "/v1/assessments", case, key="ci-1")
    other = ask(port, "/v1/assessments", case, key="ci-2")
    holds("the same key gives the same bytes", lambda body: body == first, again[1], other[1])
    server.kill()
    server.wait()
    server = start(port, FIRST, OPERATIONAL)
    path = "/v1/assessments/" + proposal["proposal_id"]
    holds("after kill -9 the proposal is there, byte by byte", lambda reply: reply == (200, first), ask(port, path), other)
    return server


def stop(server, port):
    """A second server on the port says so; a stop is clean and quick."""
    said = amparo(*SERVE, "--log", f"sqlite:{FOLDER / 'second.sqlite'}", "--listen", f"127.0.0.1:{port}", code=2)
    holds("a port in use is named", lambda text: f"cannot listen on `127.0.0.1:{port}`" in text, said, "error: something")
    started = time.monotonic()
    server.send_signal(signal.SIGTERM)
    code = server.wait(timeout=10)
    seconds = time.monotonic() - started
    holds(f"SIGTERM: exit code {code} after {seconds:.2f} s", lambda c: c == 0, code, -signal.SIGKILL)
    assert seconds <= 2, "an idle server has nothing to wait for"


def raw(port, headers, body):
    """The status of what is sent as it stands, without a client that would mend it."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"POST /v1/assessments HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{head}\r\n".encode() + body)
        reply = b""
        while more := connection.recv(65536):
            reply += more
    return int(reply.split(b" ", 2)[1])


def headers(port, case):
    """What a body is said to be is believed or refused, whatever its bytes are."""
    json_type, length = ("content-type", "application/json"), ("content-length", len(case))
    chunks = f"{len(case):x}\r\n".encode() + case + b"\r\n0\r\n\r\n"
    packed = gzip.compress(case)
    chunked_gzip = f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n"
    for name, sent, body, expected in [
        ("plain", [json_type, length], case, 201),
        ("in chunks", [json_type, ("transfer-encoding", "chunked")], chunks, 201),
        ("compressed", [json_type, ("content-encoding", "gzip"), ("content-length", len(packed))], packed, 415),
        ("plain, said to be compressed", [json_type, ("content-encoding", "gzip"), length], case, 415),
        ("compressed on the way", [json_type, ("transfer-encoding", "gzip, chunked")], chunked_gzip, 501),
        ("in UTF-16", [("content-type", "application/json; charset=utf-16"), length], case, 415),
        ("a part", [json_type, ("content-range", f"bytes 0-{len(case) - 1}/*"), length], case, 400),
        ("with two types", [json_type, json_type, length], case, 415),
        ("with two lengths", [json_type, length, ("content-length", 5)], case, 400),
    ]:
        wrong = 201 if expected != 201 else 400
        holds(f"a body {name}: {expected}", lambda status: status == expected, raw(port, sent, body), wrong)


@contextlib.contextmanager
def small_disk(size):
    """A file system of its own that holds `size`; nothing where this process may not make one."""
    disk = Path(tempfile.mkdtemp(dir=FOLDER))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], capture_output=True, text=True)
    if mounted.returncode:
        assert os.geteuid() != 0, f"root cannot mount a file system: {mounted.stderr}"
        print(f"  skipped: a full disk, which needs root: {mounted.stderr.strip()}")
    try:
        yield None if mounted.returncode else disk
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", disk], check=True)


@contextlib.contextmanager
def read_only(folder):
    """The folder once more, on a mount that cannot be written to; nothing where this process may not make one."""
    mount = Path(tempfile.mkdtemp(dir=FOLDER))
    if os.geteuid() != 0:
        print("  skipped: a read-only mount, which needs root")
        yield None
        return
    subprocess.run(["mount", "--bind", folder, mount], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", mount], check=True)
        yield mount
    finally:
        subprocess.run(["umount", mount], check=True)


def audited(log, proposal):
    """What an auditor finds in a log."""
    registry = ["--registry", QUICKSTART / "registry"]
    return [
        amparo("log", "verify", "--log", log),
        amparo("log", "export", "--log", log),
        amparo("replay", *registry, "--log", log, "--proposal", proposal),
        amparo("audit", "overrides", *registry, "--log", log),
    ]


def as_nobody(log):
    """What `log verify` says to somebody who may read the log, and write neither to it nor beside it."""
    program = FOLDER / "amparo"
    if not program.exists():
        shutil.copy(AMPARO, program)
    for folder in (WORK, FOLDER, log.parent):
        folder.chmod(folder.stat().st_mode | 0o011)
    for file in log.parent.iterdir():
        file.chmod(0o644)
    done = subprocess.run([program, "log", "verify", "--log", log], capture_output=True, text=True, user=65534, group=65534, extra_groups=[])
    assert done.returncode == 0, done.stderr
    return done.stdout


def audits(port, case):
    """An auditor finds the same whether the service runs, was killed or has stopped, and changes nothing."""
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    log = folder / "log.sqlite"
    with read_only(folder) as mount:
        if mount is None:
            return
        server = start(port, log, OPERATIONAL)
        try:
            proposals = [json.loads(ask(port, "/v1/assessments", case, key=f"audit-{k}")[1]) for k in range(3)]
            proposal = proposals[1]["proposal_id"]
            look = lambda: audited(mount / "log.sqlite", proposal)
            running = look()
            says = lambda n: running[0].startswith(f"{n} entries; the chain is intact")
            holds("on a read-only mount, beside the service: the whole log", says, 3, 2)
            holds("without permission to write, beside the service: the same", lambda said: said == running[0], as_nobody(log), "")
            # Somebody holds the lock for writing, and the auditor does not wait for it.
            with contextlib.closing(sqlite3.connect(log, isolation_level=None)) as writer:
                writer.execute("BEGIN IMMEDIATE")
                started = time.monotonic()
                locked = amparo("log", "verify", "--log", log)
                seconds = time.monotonic() - started
                holds(f"beside a writer: read after {seconds:.2f} s", lambda said: said == running[0], locked, "")
                assert seconds < 4, "the auditor waited for the lock"
                writer.execute("ROLLBACK")
            server.kill()
            server.wait()
            files = {path.name: path.read_bytes() for path in folder.iterdir()}
            assert len(files) == 3, sorted(files)
            holds("after kill -9: the same", lambda said: said == running, look(), [""] * 4)
            assert audited(log, proposal) == running
            unchanged = lambda before: before == {path.name: path.read_bytes() for path in folder.iterdir()}
            holds("after kill -9: nothing is written", unchanged, files, files | {"log.sqlite": b""})
            (folder / "log.sqlite-shm").unlink()
            assert look() == running and audited(log, proposal) == running and as_nobody(log) == running[0]
            server = start(port, log, OPERATIONAL)
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=10) == 0
        finally:
            server.kill()
            server.wait()
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert list(files) == ["log.sqlite"], sorted(files)
        holds("after a stop: the same", lambda said: said == running, look(), [""] * 4)
        assert audited(log, proposal) == running
        holds("without permission to write, after a stop: the same", lambda said: said == running[0], as_nobody(log), "")
        holds("after a stop: nothing is written", unchanged, files, files | {"log.sqlite-wal": b""})


def fill(disk):
    """Takes all the room there is, to the last byte."""
    with (disk / "filling").open("wb", buffering=0) as filling:
        for piece in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while filling.write(b"x" * piece) == piece:
                    pass


def full_disk(port, case):
    """No answer while the disk is full, and one on the first request when it is not, without a restart."""
    with small_disk("2M") as disk:
        if disk is None:
            return
        # The operational log is on the full disk as well.
        server = start(port, disk / "log.sqlite", disk / "operational.log")
        try:
            assert ask(port, "/v1/assessments", case, key="first")[0] == 201
            fill(disk)
            # Room that the write-ahead file has already is used up first.
            before = [ask(port, "/v1/assessments", case, key=f"filling-{k}")[0] for k in range(100)]
            n_written = 1 + before.count(201)
            holds("a full disk: 503 again and again", lambda found: set(found) == {503}, before[-20:], [503, 201, 503])
            missing = ready(port, 503)
            holds("a full disk: it is not ready, and says why", lambda said: b'"log"' in said, missing[1], b"ready")
            assert ask(port, "/health/live")[0] == 200
            again = ask(port, "/v1/assessments", case, key="first")
            holds("a full disk: what was answered before is answered again", lambda s: s == 200, again[0], before[-1])
            (disk / "filling").unlink()
            after = ask(port, "/v1/assessments", case, key="filling-99")
            holds("with room again: 201 on the first request", lambda s: s == 201, after[0], before[-1])
            holds("with room again: it is ready", lambda s: s == 200, ready(port, 200)[0], missing[0])
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=10) == 0
        finally:
            server.kill()
            server.wait()
        said = amparo("log", "verify", "--log", disk / "log.sqlite")
        says = lambda n: said.startswith(f"{n} entries; the chain is intact")
        holds("after a full disk: the chain holds what was answered, and nothing else", says, n_written + 1, n_written + 2)
        with contextlib.closing(sqlite3.connect(disk / "log.sqlite")) as log:
            assert log.execute("PRAGMA integrity_check").fetchone() == ("ok",)


port = free_port()
case = (QUICKSTART / "case.json").read_bytes()
server = start(port, FIRST, OPERATIONAL)
try:
    server = crash(server, port, case)
    headers(port, case)
    stop(server, port)
finally:
    server.kill()
full_disk(port, case)
audits(port, case)
case_id, log = json.loads(case)["case_id"], OPERATIONAL.read_text()
assert "listening" in log
holds("the operational log names no case", lambda text: case_id not in text, log, f"{log} {case_id}")
said = amparo("explain", "--registry", QUICKSTART / "registry", "--model", "vpr@challenger", "--in", QUICKSTART / "case.json", "--json")
add_up("amparo explain", said)

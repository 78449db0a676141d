"""The service from outside: proposals add up, survive a crash, are given once a key, and a stop is gentle."""

import json
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from common import AMPARO, QUICKSTART, WORK, amparo, close, holds

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
OPERATIONAL = FOLDER / "operational.log"
SERVE = ["serve", "--registry", str(QUICKSTART / "registry"), "--default-model", "vpr@challenger"]


def start(port):
    args = [AMPARO, *SERVE, "--log", f"sqlite:{FOLDER / 'first.sqlite'}", "--listen", f"127.0.0.1:{port}"]
    with OPERATIONAL.open("a") as log:
        server = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=log)
    for _ in range(200):
        try:
            if ask(port, "/health/ready")[0] == 200:
                return server
        except OSError:
            assert server.poll() is None, f"amparo serve ended with {server.returncode}:\n{OPERATIONAL.read_text()}"
        time.sleep(0.05)
    server.kill()
    raise AssertionError("not ready within 10 seconds")


def ask(port, path, body=None, key=None):
    headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


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
    server = start(port)
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


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
case = (QUICKSTART / "case.json").read_bytes()
server = start(port)
try:
    server = crash(server, port, case)
    stop(server, port)
finally:
    server.kill()
case_id, log = json.loads(case)["case_id"], OPERATIONAL.read_text()
assert "listening" in log
holds("the operational log names no case", lambda text: case_id not in text, log, f"{log} {case_id}")
said = amparo("explain", "--registry", QUICKSTART / "registry", "--model", "vpr@challenger", "--in", QUICKSTART / "case.json", "--json")
add_up("amparo explain", said)

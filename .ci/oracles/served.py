"""A running service, and how to ask it."""

import socket
import subprocess
import time
import urllib.error
import urllib.request

from common import AMPARO, QUICKSTART

SERVE = ["serve", "--registry", str(QUICKSTART / "registry"), "--default-model", "vpr@challenger"]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start(port, log, operational, *more, serve=SERVE):
    args = [AMPARO, *serve, "--log", f"sqlite:{log}", "--listen", f"127.0.0.1:{port}", *more]
    with operational.open("a") as said:
        server = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=said)
    for _ in range(200):
        try:
            if ask(port, "/health/ready")[0] == 200:
                return server
        except OSError:
            assert server.poll() is None, f"amparo serve ended with {server.returncode}:\n{operational.read_text()}"
        time.sleep(0.05)
    server.kill()
    raise AssertionError("not ready within 10 seconds")


def ready(port, status):
    """The answer about its readiness, once it has a status: a change shows with the next check that ends, not with the next answer."""
    for _ in range(200):
        reply = ask(port, "/health/ready")
        if reply[0] == status:
            return reply
        time.sleep(0.05)
    raise AssertionError(f"readiness is {reply}, expected {status} within 10 seconds")


def ask(port, path, body=None, key=None, method=None):
    headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()

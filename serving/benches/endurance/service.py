"""A service to be ill-treated, and clients that remember what it acknowledged. Standard library only."""

import http.client
import json
import os
import signal
import subprocess
import threading
import time
import uuid
from pathlib import Path

AMPARO = os.environ.get("AMPARO", "target/release/amparo")


class Service:
    """`amparo serve` on the registry of a quickstart, started again and again on one log and one port."""

    def __init__(self, quickstart, folder, *flags):
        self.quickstart, self.log = Path(quickstart), Path(folder) / "log.sqlite"
        self.said = Path(folder) / "operational.log"
        self.case = json.loads((self.quickstart / "case.json").read_bytes())
        self.flags, self.port, self.process = flags, None, None

    def start(self, before=()):
        listen = f"127.0.0.1:{self.port or 0}"
        args = [AMPARO, "serve", "--registry", self.quickstart / "registry", "--default-model", "vpr@challenger"]
        args += ["--log", f"sqlite:{self.log}", "--listen", listen, *self.flags]
        with self.said.open("ab") as said:
            self.process = subprocess.Popen([*before, *map(str, args)], stdout=subprocess.PIPE, stderr=said, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://"), f"it does not start: {line!r}, see {self.said}"
        self.port = int(line.split(",")[0].rsplit(":", 1)[1])

    def end(self, how):
        """Sends a signal and waits; gives the exit code and the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        return code, time.monotonic() - begun

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def verify(self):
        """Number of entries of a log whose chain holds."""
        done = subprocess.run([AMPARO, "log", "verify", "--log", str(self.log), "--json"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)["entries"]


class Clients:
    """Threads that send one form after the other on connections that are kept alive, until told to end."""

    def __init__(self, service, n, rate=None):
        self.service, self.ended = service, threading.Event()
        self.pause = n / rate if rate else 0
        # Path and body of each answer, and the key of each request that has none.
        self.acknowledged, self.unknown, self.cut_short = [], [], 0
        self.threads = [threading.Thread(target=self.ask, daemon=True) for _ in range(n)]
        for thread in self.threads:
            thread.start()

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def ask(self):
        connection, used = None, False
        while not self.ended.is_set():
            key = str(uuid.uuid4())
            body = json.dumps({**self.service.case, "case_id": key})
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
                    connection.connect()
                    used = False
                connection.request("POST", "/v1/assessments", body, {"Content-Type": "application/json", "Idempotency-Key": key})
                reply = connection.getresponse()
                text = reply.read()
                if reply.status == 201:
                    self.acknowledged.append((reply.headers["Location"], text))
                elif reply.status != 503:
                    raise AssertionError(f"{reply.status}: {text[:300]}")
                if reply.will_close:
                    connection.close()
                    connection = None
                used = True
            except ConnectionRefusedError:
                connection = None
                time.sleep(0.005)
            except (OSError, http.client.HTTPException):
                # A connection that was kept alive may be closed while a request is on its way; that on a fresh one is cut short.
                self.unknown.append(key)
                self.cut_short += not used
                connection.close()
                connection = None
            self.ended.wait(self.pause)


def stopped(service):
    return service.end(signal.SIGTERM)

"""Two services on one log in a PostgreSQL database: under load, while its server goes and comes back, and moved to a file and back."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from common import AMPARO, QUICKSTART, WORK, amparo, holds
from served import SERVE, ask, free_port, ready

sys.path.insert(0, str(Path(__file__).parents[1]))
from cluster import Cluster

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
TOOL = Path(__file__).parents[2] / "tools" / "verify_log.py"
FORM = json.loads((QUICKSTART / "case.json").read_text())


def case(name):
    return json.dumps(FORM | {"case_id": name}).encode()


class Service:
    """One of several on a log."""

    def __init__(self, log, name):
        self.log, self.said, self.port = log, FOLDER / f"{name}.log", free_port()
        self.start()

    def start(self):
        args = [AMPARO, *SERVE, "--log", self.log, "--listen", f"127.0.0.1:{self.port}"]
        with self.said.open("a") as said:
            self.process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=said)
        for _ in range(400):
            with contextlib.suppress(OSError):
                if ask(self.port, "/health/ready")[0] == 200:
                    return
            assert self.process.poll() is None, f"amparo serve ended with {self.process.returncode}:\n{self.said.read_text()}"
            time.sleep(0.05)
        raise AssertionError("not ready within 20 seconds")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0


class Load:
    """Clients that ask again with the same key until they are answered, each time a service that they draw; now and then once more after that."""

    def __init__(self, services, clients, name):
        self.services, self.name, self.ended = services, name, threading.Event()
        self.proposals, self.statuses, self.moments = {}, {}, []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.client, args=(k,)) for k in range(clients)]
        for thread in self.threads:
            thread.start()

    def client(self, k):
        draw, n = random.Random(k), 0
        while not self.ended.is_set():
            n += 1
            key, wanted, answers = f"{self.name}-{k}-{n}", 1 + (n % 5 == 0), []
            while len(answers) < wanted:
                service = draw.choice(self.services)
                try:
                    status, body = ask(service.port, "/v1/assessments", case(f"case-{k}"), key=key)
                except OSError:
                    # Killed in the middle of it.
                    status, body = 0, None
                with self.lock:
                    self.statuses[status] = self.statuses.get(status, 0) + 1
                    if status in (200, 201):
                        self.moments.append((time.monotonic(), service.port))
                        answers.append(body)
                time.sleep(0.02)
            with self.lock:
                self.proposals[key] = set(answers)

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a client was never answered"

    def since(self, moment, port):
        """Seconds until a service answered again."""
        with self.lock:
            return min((at - moment for at, of in self.moments if at > moment and of == port), default=None)


def checked(log, load, others=0):
    """One chain without a gap, and in it every key once, with the bytes that were answered."""
    verified = json.loads(amparo("log", "verify", "--json", "--log", log))
    entries = [json.loads(line) for line in amparo("log", "export", "--log", log).splitlines()]
    holds("entries follow each other", lambda found: found == list(range(1, len(entries) + 1)), [e["sequence"] for e in entries], [1, 3])
    assert verified["entries"] == len(entries)
    keys = [entry["idempotency_key"] for entry in entries]
    once = lambda keys: len(keys) == len(set(keys)) and set(load.proposals) <= set(keys)
    holds(f"each of {len(load.proposals)} keys is in the log once", once, keys, keys + keys[:1])
    by_key = {entry["idempotency_key"]: entry for entry in entries}
    for key, answers in load.proposals.items():
        assert len(answers) == 1, f"{key} was answered in {len(answers)} ways"
        (answer,) = answers
        proposal = json.loads(answer)
        receipt = proposal["receipt"]
        entry = by_key[key]
        assert (proposal["proposal_id"], receipt["log_sequence"], receipt["log_hash"]) == (entry["id"], entry["sequence"], entry["hash"]), key
    # Whoever gave up asking may have left an entry more, never one less.
    assert len(entries) - others >= len(load.proposals)
    return verified, entries


def together(cluster, log):
    """Two services at once, then without the one that is killed."""
    services = [Service(log, "one"), Service(log, "two")]
    load = Load(services, 8, "together")
    time.sleep(6)
    services[1].process.kill()
    services[1].process.wait()
    time.sleep(1)
    services[1].start()
    time.sleep(2)
    load.end()
    print(f"  answers by status: {load.statuses}")
    assert set(load.statuses) <= {200, 201, 0}, load.statuses
    checked(log, load)
    same = [ask(service.port, "/v1/assessments", case("same"), key="same") for service in services]
    holds("the same key gives the same bytes at both", lambda replies: replies[0][1] == replies[1][1] and [r[0] for r in replies] == [201, 200], same,
          [same[0], ask(services[1].port, "/v1/assessments", case("same"), key="other")])
    return services


def failover(cluster, log, services):
    """The server is stopped, killed and started again, and connections are cut, under load."""
    load = Load(services, 8, "failover")
    seconds = []
    for mode in ("fast", "immediate", "immediate"):
        time.sleep(1.5)
        cluster.stop(mode)
        time.sleep(1)
        for service in services:
            ready(service.port, 503)
            assert ask(service.port, "/health/live")[0] == 200
        cluster.start()
        started = time.monotonic()
        time.sleep(2.5)
        seconds += [load.since(started, service.port) for service in services]
    holds(f"after the server is back, each service answers again within 2 s: {max(map(float, seconds)):.2f}", lambda s: None not in s and max(s) <= 2, seconds, [None])
    cut = 0
    for _ in range(40):
        sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'amparo'"
        cut += int(cluster.sql(sql))
        time.sleep(0.05)
    load.end()
    print(f"  {cut} connections cut; answers by status: {load.statuses}")
    holds("answers are proposals or 503", lambda found: set(found) <= {200, 201, 503} and 503 in found, load.statuses, {201: 1, 500: 1})
    for service in services:
        ready(service.port, 200)
    return checked(log, load)[0]


def moved(cluster, log, services):
    """The whole log in a file and back: the same chain, tree and salts, verified and replayed."""
    for service in services:
        service.stop()
    verified = json.loads(amparo("log", "verify", "--json", "--log", log))
    key = FOLDER / "log.key"
    amparo("keys", "new", "--name", "example.org/amparo", "--out", key)
    public = f"{key}.pub"
    checkpoint, receipt = FOLDER / "checkpoint", FOLDER / "receipt.json"
    amparo("log", "checkpoint", "--log", log, "--key", key, "--out", checkpoint)
    exported = amparo("log", "export", "--log", log)
    proposal = json.loads(exported.splitlines()[3])["id"]
    amparo("log", "receipt", "--log", log, "--checkpoint", checkpoint, "--out", receipt, proposal)
    file, back = FOLDER / "copy.sqlite", cluster.address("back")
    cluster.sql("CREATE DATABASE back OWNER amparo")
    copied = json.loads(amparo("log", "copy", "--from", log, "--to", file, "--json"))
    amparo("log", "copy", "--from", file, "--to", back)
    for address in (file, back):
        text = amparo("log", "export", "--log", address)
        holds(f"the copy is the log, salts and all ({'file' if address == file else 'database'})", lambda t: t == exported, text, text.replace("0", "1"))
        amparo("log", "verify", "--log", address, "--checkpoint", checkpoint, "--receipt", receipt, "--verifier-key", public)
    holds("the same head and root", lambda found: found == verified, copied, copied | {"root": copied["head"]})
    export = FOLDER / "export.jsonl"
    export.write_text(exported)
    check = [sys.executable, TOOL, "--export", export, "--checkpoint", checkpoint, "--receipt", receipt, "--verifier-key", public]
    done = subprocess.run([*map(str, check)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    told = amparo("replay", "--all", "--log", back, "--registry", QUICKSTART / "registry")
    print(f"  {told.splitlines()[0]}")
    assert f"{verified['entries']} the same as in the log" in told, told
    said = amparo("log", "copy", "--from", file, "--to", back, code=2)
    holds("no log is replaced", lambda text: "there is a log already" in text, said, told)
    said = amparo("log", "backup", "--log", log, "--out", FOLDER / "backup", code=2)
    holds("a backup names what does it", lambda text: "pg_dump" in text and "amparo log copy" in text, said, told)
    # What PostgreSQL's own tool makes of it is the log, too.
    cluster.sql("CREATE DATABASE restored OWNER amparo")
    dump = cluster.run("pg_dump", "--host", cluster.folder, "--port", cluster.port, "--username", "postgres", "amparo")
    restore = [cluster.bin / "psql", "--host", str(cluster.folder), "--port", str(cluster.port), "--username", "postgres", "--quiet", "--dbname", "restored"]
    subprocess.run(restore, input=dump, text=True, check=True, stdout=subprocess.DEVNULL, cwd="/", **cluster.who)
    assert json.loads(amparo("log", "verify", "--json", "--log", cluster.address("restored"))) == verified


def killed_copy(cluster, file):
    """A copy that is killed leaves no log."""
    cluster.sql("CREATE DATABASE killed OWNER amparo")
    target = cluster.address("killed")
    copying = subprocess.Popen([AMPARO, "log", "copy", "--from", str(file), "--to", target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begun = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'killed' AND state LIKE '%transaction%' OR datname = 'killed' AND backend_xid IS NOT NULL"
    while cluster.sql(begun) == "0" and copying.poll() is None:
        pass
    copying.kill()
    copying.wait()
    said = amparo("log", "verify", "--log", target, code=2)
    holds("a copy that was killed is no log", lambda text: "no log at" in text, said, amparo("log", "verify", "--log", file))


def tampered(cluster):
    """Whoever may do everything on the server is found out."""
    at = cluster.address("back")
    triggers = "ALTER TABLE amparo_log_entries {} TRIGGER amparo_log_entries_are_not_changed;"
    change = "UPDATE amparo_log_entries SET request_digest = repeat('0', 64) WHERE sequence = 3;"
    cluster.sql(triggers.format("DISABLE") + change + triggers.format("ENABLE ALWAYS"), "back")
    said = amparo("log", "verify", "--log", at, code=1)
    holds("a changed entry is found where it is", lambda text: "is broken at sequence 3: hash is " in text, said, "")
    cluster.sql("UPDATE amparo_log SET edition = 9", "back")
    said = amparo("log", "verify", "--log", at, code=2)
    holds("a newer edition is refused", lambda text: "is of edition 9, expected a log of edition 3" in text, said, "")


def secret(cluster):
    """A password is used and not seen."""
    cluster.sql("CREATE DATABASE secret OWNER secretive")
    inside = f"postgres://secretive:{cluster.PASSWORD}@127.0.0.1:{cluster.port}/secret"
    outside = cluster.address("secret", "secretive")
    encrypted = cluster.address("secret", "secretive", "localhost") + f"?sslmode=verify-full&sslrootcert={cluster.folder}/ca.pem"
    service = Service(inside, "secret")
    assert ask(service.port, "/v1/assessments", case("secret"))[0] == 201
    cluster.stop("fast")
    ask(service.port, "/v1/assessments", case("secret"))
    cluster.start()
    ready(service.port, 200)
    service.stop()
    said = service.said.read_text()
    os.environ["PGPASSWORD"] = cluster.PASSWORD
    for address in (outside, encrypted):
        said += amparo("log", "verify", "--log", address)
    os.environ["PGPASSWORD"] = "wrong"
    refused = amparo("log", "verify", "--log", outside, code=2)
    del os.environ["PGPASSWORD"]
    holds("a wrong password is refused", lambda text: "password authentication failed" in text, refused, said)
    said += refused + amparo("log", "verify", "--log", inside.replace("secretive", "nobody"), code=2)
    said += amparo("log", "verify", "--log", inside + "?sslmode=prefer", code=2) + amparo("log", "verify", "--log", inside.replace("postgres:", "mysql:"), code=2)
    os.environ["AMPARO_LOG"] = inside
    for command in (["log", "verify"], ["serve"], ["replay"], ["audit", "overrides"]):
        said += amparo(*command, "--help")
    del os.environ["AMPARO_LOG"]
    holds("no password is seen", lambda text: cluster.PASSWORD not in text, said, inside)


with Cluster() as cluster:
    log = cluster.address()
    services = together(cluster, log)
    try:
        failover(cluster, log, services)
        moved(cluster, log, services)
    finally:
        for service in services:
            service.process.kill()
    killed_copy(cluster, FOLDER / "copy.sqlite")
    tampered(cluster)
    secret(cluster)

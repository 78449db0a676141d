"""Erasing from a log in use: beside a service under load, killed in the middle, and without a trace in the files of SQLite and of PostgreSQL."""

import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from common import AMPARO, QUICKSTART, WORK, amparo, holds
from served import ask, free_port, start

sys.path.insert(0, str(Path(__file__).parents[1]))
from cluster import Cluster

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
TOOL = Path(__file__).parents[2] / "tools" / "verify_log.py"
FORM = json.loads((QUICKSTART / "case.json").read_text())
WHY = ["--reason", "art. 17", "--by", "dpo"]
KILLS = 40


def form(case):
    return json.dumps(FORM | {"case_id": case}).encode()


def ran(*command):
    done = subprocess.run([str(AMPARO), *map(str, command)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def verified(log):
    return json.loads(amparo("log", "verify", "--json", "--log", log))


def checked_by_python(log):
    export = FOLDER / "export.jsonl"
    export.write_text(amparo("log", "export", "--log", log))
    done = subprocess.run([sys.executable, TOOL, "--export", export], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def residues(files, *words):
    everything = b"".join(path.read_bytes() for path in files)
    return {word for word in words if word.encode() in everything}


class Load:
    """Clients that ask until they are told to end; nothing but answers is allowed."""

    def __init__(self, port, clients):
        self.port, self.ended, self.answered, self.others = port, threading.Event(), 0, []
        self.threads = [threading.Thread(target=self.client, args=(k,)) for k in range(clients)]
        for thread in self.threads:
            thread.start()

    def client(self, k):
        n = 0
        while not self.ended.is_set():
            n += 1
            status, body = ask(self.port, "/v1/assessments", form(f"load-{k}-{n}"), key=f"load-{k}-{n}")
            if status == 201:
                self.answered += 1
            else:
                self.others.append((status, body))
            time.sleep(0.01)

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(timeout=60)


def beside_a_service(log, files):
    """What a client sees of a proposal that was erased, while others go on."""
    port = free_port()
    server = start(port, log, FOLDER / "service.log")
    try:
        ids, key = {}, "key-of-the-first-case"
        for n, case in enumerate(["case-to-erase", "case-to-erase", "case-to-keep"]):
            status, body = ask(port, "/v1/assessments", form(case), key=key if n == 0 else None)
            assert status == 201, body
            ids.setdefault(case, []).append(json.loads(body)["proposal_id"])
        first = ids["case-to-erase"][0]
        level = json.loads(ask(port, f"/v1/assessments/{first}")[1])["level"]
        confirmation = json.dumps({"officer": {"id": "officer-to-erase"}, "level": level}).encode()
        assert ask(port, f"/v1/assessments/{first}/confirmation", confirmation)[0] == 201
        load = Load(port, 4)
        time.sleep(1)
        said = ran("log", "erase", "--log", log, "--case", "case-to-erase", *WHY, "--yes", "--scrub-later")
        assert said[0] == 0 and "2 proposals and 1 confirmation erased, entries 1 to 2, 4" in said[1], said
        time.sleep(0.5)
        load.end()
        print(f"  {load.answered} answered meanwhile")
        holds("the service answered all of them", lambda others: others == [], load.others, [(503, b"")])
        for path, body in ((f"/v1/assessments/{first}", None), (f"/v1/assessments/{first}/confirmation", confirmation)):
            status, reply = ask(port, path, body)
            gone = lambda reply: reply[0] == 410 and json.loads(reply[1])["code"] == "proposal_erased"
            holds(f"{path.split('/')[-1][:12]}: 410 proposal_erased", gone, (status, reply), (404, b'{"code": "proposal_not_found"}'))
        kept = ids["case-to-keep"][0]
        holds("another case is shown as before", lambda status: status == 200, ask(port, f"/v1/assessments/{kept}")[0], 410)
        status, body = ask(port, "/v1/assessments", form("case-after"), key=key)
        holds("the key of an erased proposal is free again: a new proposal", lambda s: s == 201, status, 200)
        # While nobody reads, so that the write-ahead file can be emptied.
        said = ran("log", "scrub", "--log", log)
        holds("the log is scrubbed beside the service", lambda said: said[0] == 0, said, (1, ""))
        words = ("case-to-erase", "officer-to-erase", "case-to-keep")
        holds("nothing of the case is left in the bytes of the files", lambda found: found == {"case-to-keep"}, residues(files(), *words), set(words))
        status, body = ask(port, "/v1/assessments", form("case-after"))
        holds("the service goes on after it", lambda s: s == 201, status, 503)
    finally:
        server.terminate()
        server.wait(timeout=20)
    found = verified(log)
    holds("three entries are erased, and the log holds", lambda v: v["erased"] == 3, found, found | {"erased": 0})
    assert ", 3 of them erased" in checked_by_python(log)


def killed(log):
    """Killed at any moment: each step is done whole or not at all, and the next run does the rest."""
    draw, after, seconds = random.Random(1), [], None
    whole, old = verified(log)["entries"], verified(log)["erased"]
    copy = FOLDER / "killed.sqlite"
    # The last proposals were made within this second, and are to be older than it.
    time.sleep(1)
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    args = [*map(str, [AMPARO, "log", "retain", "--log", copy, "--before", until, *WHY, "--yes"])]
    for _ in range(KILLS + 1):
        for part in ("", "-wal", "-shm"):
            Path(f"{copy}{part}").unlink(missing_ok=True)
        shutil.copy(log, copy)
        began = time.monotonic()
        process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # The first is not killed: how long it takes is how long the others have at most.
        if seconds is None:
            assert process.wait() == 0
            seconds = time.monotonic() - began
        else:
            time.sleep(draw.uniform(0, seconds))
            process.kill()
            process.wait()
        found = verified(copy)
        after.append((found["entries"] - whole, found["erased"] - old))
    counts = {found: after.count(found) for found in after}
    print(f"  entries added and erased, with how often: {counts}")
    all_or_nothing = lambda found: all((added == 0 and erased == 0) or (added == 1 and erased > 0) for added, erased in found)
    holds(f"{KILLS} kills: nothing, or all with the entry that says so", all_or_nothing, after, [*after, (0, 3)])
    said = subprocess.run([*map(str, args)], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    found = verified(copy)
    entries = [json.loads(line) for line in amparo("log", "export", "--log", copy).splitlines()]
    holds("in the end nothing is left but what says so", lambda kinds: kinds == {"erasure"}, {e["kind"] for e in entries if e["body"]}, {"proposal"})
    checked_by_python(copy)


def refused(log):
    """Bad input: one clear line, and nothing written."""
    before = amparo("log", "verify", "--json", "--log", log)
    some = next(json.loads(line) for line in amparo("log", "export", "--log", log).splitlines())
    for args, told in [
        (["erase", "--case", "nobody"], "the log holds no proposal of this case: it is unknown, or was erased already"),
        (["erase", "--id", "nobody"], "the log holds no proposal `nobody`"),
        (["erase", "--id", some["id"]], "was erased already, as entry"),
        (["retain", "--before", "yesterday"], "expected a day like `2021-11-29`"),
        (["retain", "--before", "2999-01-01"], "it is in the future"),
        (["retain", "--older-than", "long"], "expected a period like `5y`"),
        (["retain", "--older-than", "-5y"], "expected a period like `5y`"),
    ]:
        said = ran("log", *args, "--log", log, *WHY, "--yes")
        holds(f"{' '.join(args[:2])} {told[:40]}", lambda said: said[0] == 2 and told in said[1], said, (0, ""))
    for missing in ("--reason", "--by"):
        why = [part for pair in zip(WHY[::2], WHY[1::2]) if pair[0] != missing for part in pair]
        said = ran("log", "erase", "--case", "load-0-1", "--log", log, *why, "--yes")
        holds(f"without {missing}", lambda said: said[0] == 2 and missing in said[1], said, (0, ""))
    said = ran("log", "erase", "--case", "load-0-1", "--log", log, "--reason", "of load-0-1", "--by", "dpo", "--yes")
    holds("a reason that names the case", lambda said: said[0] == 2 and "names the case" in said[1], said, (0, ""))
    said = ran("log", "erase", "--case", "x", "--log", FOLDER / "nowhere.sqlite", *WHY, "--yes")
    holds("a log that is not there is not made", lambda said: said[0] == 2 and not (FOLDER / "nowhere.sqlite").exists(), said, (0, ""))
    assert amparo("log", "verify", "--json", "--log", log) == before


def in_a_database():
    """The same in a database, whose files are looked through, too."""
    with Cluster() as cluster:
        log = cluster.address()
        file = FOLDER / "in-database.sqlite"
        port = free_port()
        server = start(port, file, FOLDER / "service.log")
        for n in range(6):
            assert ask(port, "/v1/assessments", form(f"database-case-{n % 2}"))[0] == 201
        server.terminate()
        server.wait(timeout=20)
        amparo("log", "copy", "--from", file, "--to", log)
        relations = lambda: [path for path in (cluster.data / "base").rglob("*") if path.is_file()]
        cluster.sql("CHECKPOINT")
        words = ("database-case-0", "database-case-1")
        holds("the case stands in the files of the server before", lambda found: found == set(words), residues(relations(), *words), set())
        said = ran("log", "erase", "--log", log, "--case", words[0], *WHY, "--yes")
        assert said[0] == 0 and "3 proposals erased, entries 1, 3, 5; entry 7 says so" in said[1], said
        cluster.sql("CHECKPOINT")
        holds("nothing of it is left in the tables and indexes", lambda found: found == {words[1]}, residues(relations(), *words), set(words))
        assert verified(log)["erased"] == 3
        checked_by_python(log)


LOG = FOLDER / "log.sqlite"
beside_a_service(LOG, lambda: sorted(FOLDER.glob("log.sqlite*")))
killed(LOG)
refused(LOG)
in_a_database()

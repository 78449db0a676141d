"""Versions in motion from outside: an alias that swaps under load, a shadow beside the audit of the log, a challenger by its formula.

`AMPARO_SWAPS` is the number of swaps, 20 by default. Nothing else should run on the machine when their times are to mean something.
"""

import contextlib
import hashlib
import http.client
import json
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from common import QUICKSTART, WORK, Cohort, amparo, close, holds
from served import ask, free_port, start

FOLDER = Path(tempfile.mkdtemp(prefix="motion-", dir=WORK))
REGISTRY = FOLDER / "registry"
SWAPS = int(os.environ.get("AMPARO_SWAPS", 20))
# The baseline, and the blend that the quickstart calls the challenger: they say different things of most forms.
OLD, NEW = 1, 6
SALT = "trial-1"
CLIENTS = 4


@contextlib.contextmanager
def served(name, *flags):
    """A service on a log of its own; gives its port and the log."""
    log, port = FOLDER / f"{name}.sqlite", free_port()
    server = start(port, log, FOLDER / f"{name}.log", serve=["serve", "--registry", str(REGISTRY), *flags])
    try:
        yield port, f"sqlite:{log}"
        server.terminate()
        assert server.wait(timeout=30) == 0
    finally:
        server.kill()
        server.wait()


def sent(port, path, value, method=None):
    status, body = ask(port, path, json.dumps(value).encode(), method=method)
    return status, json.loads(body)


def forms(rows, seed):
    """Forms of a cohort that was drawn for this, each of a unit or of none."""
    path = FOLDER / f"forms-{seed}.parquet"
    amparo("data", "generate", "--instrument", "vpr5.0-h", "--rows", rows, "--seed", seed, "--out", path)
    cohort = Cohort(path)
    ids = [i["id"] for i in cohort.indicators]
    rows = cohort.table[ids].to_dict("records")
    officer = lambda n: {"id": "o-1", "unit": "u-1"} if n % 2 else {"id": "o-1"}
    return [{"case_id": f"c-{n}", "instrument": "vpr5.0-h", "answers": row, "officer": officer(n)} for n, row in enumerate(rows)]


class Load:
    """Clients that send one form after the other on connections of their own, until told to end."""

    def __init__(self, port, bodies):
        self.port, self.bodies, self.ended = port, [json.dumps(body) for body in bodies], threading.Event()
        self.taken, self.wrong, self.versions = [], [], set()
        self.threads = [threading.Thread(target=self.send, args=(n,), daemon=True) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def send(self, n):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.ended.is_set():
            begun = time.monotonic()
            try:
                connection.request("POST", "/v1/assessments", self.bodies[n % len(self.bodies)], {"content-type": "application/json"})
                reply = connection.getresponse()
                text = reply.read()
                self.taken.append(time.monotonic() - begun)
                if reply.status == 201:
                    self.versions.add(json.loads(text)["version"])
                else:
                    self.wrong.append((reply.status, text[:200]))
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(repr(error))
                return
            n += CLIENTS
        connection.close()

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        ms = np.array(self.taken) * 1e3
        return f"{len(ms)} requests, p50 {np.percentile(ms, 50):.1f} ms, p99 {np.percentile(ms, 99):.1f} ms, slowest {ms.max():.1f} ms, {(ms > 50).sum()} above 50 ms"


def swaps(cases):
    """An alias is moved and rolled back, again and again, while forms are answered."""
    amparo("models", "alias", "--registry", REGISTRY, "vpr", "live", OLD, "--by", "ci", "--reason", "to begin with")
    with served("swaps", "--default-model", "vpr@live") as (port, log):
        quiet = Load(port, cases)
        time.sleep(min(10, 1 + SWAPS / 20))
        print(f"  without a move: {quiet.end()}")
        assert not quiet.wrong, quiet.wrong[:3]
        load, moves, stale = Load(port, cases), [], []
        for n in range(SWAPS):
            there, path = (NEW, "") if n % 2 == 0 else (OLD, "/rollback")
            asked = {"reason": f"swap {n}", "by": "ci", "expected": OLD + NEW - there} | ({} if path else {"version": there})
            begun = time.monotonic()
            status, said = sent(port, f"/v1/models/vpr/aliases/live{path}", asked, "POST" if path else "PUT")
            moves.append(time.monotonic() - begun)
            assert (status, said.get("moved")) == (200, True), said
            repeated = sent(port, f"/v1/models/vpr/aliases/live{path}", asked, "POST" if path else "PUT")
            assert repeated == (200, said | {"moved": False}), repeated
            # Whoever asks after the answer is answered by the version that it names.
            answered = sent(port, "/v1/assessments", cases[n % len(cases)])[1]["version"]
            if answered != there:
                stale.append((n, answered))
        print(f"  during {SWAPS} moves: {load.end()}")
        print(f"  a move takes {1e3 * np.median(moves[:100]):.1f} ms at first and {1e3 * np.median(moves[-100:]):.1f} ms at the end")
        holds("no request failed", lambda wrong: not wrong, load.wrong, [(503, b"")])
        holds("both versions answered, and no other", lambda seen: seen == {OLD, NEW}, load.versions, {OLD})
        holds("after each move the new version answers", lambda stale: not stale, stale, [(0, OLD)])
        again = sent(port, "/v1/models/vpr/aliases/live", {"version": NEW, "reason": "r", "by": "ci", "expected": NEW + 1}, "PUT")
        refused = lambda reply: reply[0] == 409 and reply[1]["code"] == "alias_moved"
        holds("who expects another version is refused", refused, again, (200, {}))
        history = json.loads(ask(port, "/v1/models/vpr")[1])["history"]
        of_live = [one["version"] for one in history if one["alias"] == "live"]
        expected = [OLD] + [NEW if n % 2 == 0 else OLD for n in range(SWAPS)]
        holds("the history has every move, once", lambda versions: versions == expected, of_live, expected[1:])
    slowest = 1e3 * max(load.taken)
    if SWAPS >= 1000:
        assert slowest <= 50, f"the slowest request took {slowest:.1f} ms"
    said = amparo("replay", "--registry", REGISTRY, "--log", log, "--all", "--json")
    holds("every answer is computed again", lambda told: told["different"] == 0 and told["not_replayed"] == 0, json.loads(said), {"different": 1, "not_replayed": 0})


def settled(port):
    for _ in range(600):
        report = json.loads(ask(port, "/v1/shadow")[1])
        if report["waiting"] == 0:
            time.sleep(0.1)
            if json.loads(ask(port, "/v1/shadow")[1]) == report:
                return report
        time.sleep(0.05)
    raise AssertionError(f"something waits for ever: {report}")


def told(counts):
    """A count, or nothing where it is hidden."""
    return [None if isinstance(n, dict) or n is None else n for n in counts]


def shadow(cases):
    """What the service says of its shadow at once is what the audit computes from the log."""
    amparo("models", "alias", "--registry", REGISTRY, "vpr", "shadow", NEW, "--by", "ci", "--reason", "beside")
    with served("shadow", "--default-model", f"vpr@{OLD}", "--shadow", "vpr@shadow") as (port, log):
        for case in cases:
            assert sent(port, "/v1/assessments", case)[0] == 201
        report = settled(port)
    assert (report["shed"], report["failed"], report["version"]) == (0, 0, NEW), report
    audit = lambda version, cell: json.loads(amparo(
        "audit", "shadow", "--registry", REGISTRY, "--log", log, "--model", f"vpr@{version}", "--replicates", 200, "--smallest-cell", cell, "--json"
    ))["of_levels"][0]
    whole, other, hidden = audit(NEW, 1), audit(4, 1), audit(NEW, 10)
    [found] = report["of_levels"]
    holds("all proposals are compared", lambda n: n == len(cases), report["compared"], len(cases) - 1)

    def agrees(moves):
        pairs = [(a, b) for row, of in zip(found["moves"], moves) for a, b in zip(row["to"], of["to"])]
        shown = [(a, b) for a, b in pairs if a is not None]
        return len(shown) >= 4 and all(a == b for a, b in shown)

    holds("who moves, by level, as the audit has it", agrees, whole["moves"], other["moves"])
    for row, of in zip(found["moves"], hidden["moves"]):
        if row["to"] is not None and of["to"] is not None:
            assert all(a is None for a, b in zip(row["to"], told(of["to"])) if b is None), (row, of)

    def rows(audited):
        by = {(row["unit"], row["level"]): row for row in audited["rows"]}
        # The audit says shares of the proposals of a unit at a level, and the service says counts.
        n = lambda row: row["lower"] + row["same"] + row["higher"]
        of = [(row, by[row["unit"], row["level"]]) for row in found["units"]]
        return [(row["higher"] / n(row), row["lower"] / n(row)) for row, _ in of], [(a["higher"]["value"], a["lower"]["value"]) for _, a in of]

    ours, theirs = rows(whole)
    assert ours, "no unit can be told, so nothing is compared"
    close("who moves, by unit and level", ours, theirs, 1e-12, rows(other)[1])
    difference = lambda audited: audited["rows"][0]["difference"]["value"]
    close("mean difference of the probabilities", found["probability"]["mean"], difference(whole), 1e-12, difference(other))
    absolute = lambda audited: audited["rows"][0]["absolute_difference"]["value"]
    close("mean absolute difference", found["probability"]["mean_absolute"], absolute(whole), 1e-12, absolute(other))
    small = [n for row in found["moves"] for n in [row["proposals"], *row["to"]] if n is not None and 0 < n < 10]
    holds("no small count is told", lambda counts: not counts, small, [3])


def broken_shadow(cases):
    """A shadow whose file was damaged harms nobody."""
    model = REGISTRY / "vpr" / "5" / "model.json"
    right = model.read_bytes()
    model.write_bytes(right[:-40])
    try:
        with served("broken", "--default-model", f"vpr@{OLD}", "--shadow", "vpr@5") as (port, _):
            statuses = [sent(port, "/v1/assessments", case)[0] for case in cases[:50]]
            holds("beside a damaged shadow everybody is answered", lambda s: set(s) == {201}, statuses, [201, 503])
            report = settled(port)
            counts = lambda r: (r["failed"], r["compared"]) == (50, 0)
            holds("and it is told that nothing was compared", counts, report, report | {"failed": 0})
    finally:
        model.write_bytes(right)


def challenger(cases):
    """Each case is answered by the side that the formula of the documentation gives it."""
    flags = ["--default-model", f"vpr@{OLD}", "--challenger", f"vpr@{NEW}", "--challenger-share", "0.3", "--challenger-salt", SALT, "--shadow", f"vpr@{NEW}"]
    bucket = lambda case, salt=SALT: int(hashlib.sha256(f"{salt}\n{case['case_id']}".encode()).hexdigest()[:16], 16) % 10_000
    with served("challenger", *flags) as (port, log):
        answers = [sent(port, "/v1/assessments", case)[1] for case in cases]
        by = lambda salt: [(bucket(case, salt), NEW if bucket(case, salt) < 3000 else OLD) for case in cases]
        found = [(answer["assignment"]["bucket"], answer["version"]) for answer in answers]
        holds("the formula says who answers", lambda expected: found == expected, by(SALT), by("trial-2"))
        share = np.mean([version == NEW for _, version in found])
        close("the share of the cases", share, 0.3, 4 * np.sqrt(0.21 / len(cases)), 1 - share)
        named = sent(port, "/v1/assessments", {**cases[0], "model": f"vpr@{OLD}"})[1]
        holds("who names a version is assigned nothing", lambda answer: "assignment" not in answer, named, answers[0])
        report = settled(port)
        n = sum(version == OLD for _, version in found)
        # The one that names the default version is answered by it, too.
        holds("the shadow stands beside the default version only", lambda n: report["compared"] == n, n + 1, len(cases))
    said = json.loads(amparo("replay", "--registry", REGISTRY, "--log", log, "--all", "--json"))
    holds("replayed, the same decided", lambda told: (told["same"], told["different"]) == (len(cases) + 1, 0), said, said | {"same": 0})


shutil.copytree(QUICKSTART / "registry", REGISTRY)
drawn = forms(1500, 31)
swaps(drawn)
shadow(drawn)
broken_shadow(drawn)
challenger(drawn[:600])
shutil.rmtree(FOLDER)

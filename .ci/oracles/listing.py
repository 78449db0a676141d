"""Listing proposals while somebody writes: every page compared with a plain filter over the exported log."""

import json
import random
import shutil
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from common import QUICKSTART, WORK, amparo, holds
from served import ask, free_port, start

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
FORM = json.loads((QUICKSTART / "case.json").read_text())
ROWS = 3_000
RANDOM = random.Random(7)


def form(k):
    answers = dict(FORM["answers"])
    # Half of them with nothing known, so that levels differ.
    if k % 2:
        answers = dict.fromkeys(answers, "unknown")
    officer = {"id": f"o-{k % 11}", "unit": f"u-{k % 5}"}
    return FORM | {"case_id": f"case-{k % 40}", "answers": answers, "officer": officer, "fields": [],
                   "model": f"vpr@{1 + k % 2}"}


def batch(port, forms):
    text = "".join(json.dumps(form) + "\n" for form in forms)
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/assessments:batch", data=text.encode(),
                                     headers={"content-type": "application/x-ndjson"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return [json.loads(line) for line in reply]


def post(port, path, body, expected=201):
    status, reply = ask(port, path, json.dumps(body).encode())
    assert status == expected, f"{path}: {status} {reply}"
    return json.loads(reply)


def page(port, query):
    status, reply = ask(port, "/v1/assessments?" + urllib.parse.urlencode(query))
    assert status == 200, f"{query}: {status} {reply}"
    return json.loads(reply)


def pages(port, query, limit):
    """All pages of a question, and how long each took."""
    found, cursor, taken = [], None, []
    while True:
        asked = query | {"limit": limit} | ({"cursor": cursor} if cursor else {})
        begun = time.perf_counter()
        told = page(port, asked)
        taken.append(time.perf_counter() - begun)
        assert len(told["proposals"]) <= limit
        found += told["proposals"]
        cursor = told["next"]
        if cursor is None:
            return found, taken


def exported(log):
    """Every proposal as the exported log says it, by our own reading of it."""
    rows, at = [], {}
    for line in amparo("log", "export", "--log", log).splitlines():
        entry = json.loads(line)
        body = json.loads(entry["body"])
        if entry["kind"] == "proposal":
            request, answer = body["request"], body["answer"]
            at[entry["id"]] = row = {
                "proposal_id": entry["id"], "log_sequence": entry["sequence"], "case_id": request["case_id"],
                "created_at": answer["created_at"], "model": answer["model"], "version": answer["version"],
                "level": answer["level"], "unit": request.get("officer", {}).get("unit"), "institution": None,
                "confirmed": False, "withheld": answer.get("own_view_first", False),
                "replaces": request.get("replaces", {}).get("proposal_id"), "replaced_by": None,
            }
            if row["replaces"]:
                at[row["replaces"]]["replaced_by"] = entry["id"]
            rows.append(row)
        elif entry["kind"] == "confirmation":
            at[body["answer"]["proposal_id"]]["confirmed"] = True
        elif entry["kind"] == "own_view":
            at[body["answer"]["proposal_id"]]["withheld"] = False
    return rows


def wanted(rows, query):
    """A plain filter; times are texts of one form, which compare as times do."""
    def fits(row):
        return all((
            query.get("case_id") in (None, row["case_id"]), query.get("unit") in (None, row["unit"]),
            query.get("model") in (None, row["model"]), query.get("version") in (None, row["version"]),
            query.get("level") in (None, row["level"]) and not ("level" in query and row["withheld"]),
            query.get("confirmed") in (None, json.dumps(row["confirmed"])),
            query.get("from", "") <= row["created_at"], row["created_at"] < query.get("to", "9"),
        ))
    found = [row | ({"level": None} if row["withheld"] else {}) for row in rows if fits(row)]
    return found if query.get("order") == "oldest" else found[::-1]


class Writing:
    """A client that goes on writing until it is told to end."""

    def __init__(self, port):
        self.port, self.ended, self.written = port, threading.Event(), 0
        self.thread = threading.Thread(target=self.write)
        self.thread.start()

    def write(self):
        while not self.ended.is_set():
            answers = batch(self.port, [form(self.written + k) for k in range(10)])
            assert not any("code" in answer for answer in answers), answers
            self.written += len(answers)
            time.sleep(0.02)

    def stop(self):
        self.ended.set()
        self.thread.join()


def main():
    port, log = free_port(), FOLDER / "log.sqlite"
    server = start(port, log, FOLDER / "serve.log")
    try:
        answers = [a for begun in range(0, ROWS, 500) for a in batch(port, [form(k) for k in range(begun, begun + 500)])]
        assert not any("code" in answer for answer in answers), next(a for a in answers if "code" in a)
        for answer in RANDOM.sample(answers, 300):
            body = {"officer": {"id": "o"}, "level": answer["level"]}
            post(port, f"/v1/assessments/{answer['proposal_id']}/confirmation", body)
        for k, answer in enumerate(RANDOM.sample(answers, 60)):
            request = form(k) | {"case_id": answer["case_id"],
                                 "replaces": {"proposal_id": answer["proposal_id"], "reason": "another answer"}}
            post(port, "/v1/assessments", request)
        for k in range(40):
            ticket = post(port, "/v1/assessments", form(k) | {"own_view_first": True}, 202)
            if k % 2:
                view = {"officer": {"id": "o"}, "level": "low"}
                post(port, f"/v1/assessments/{ticket['proposal_id']}/own-view", view)

        before = exported(log)
        middle = before[len(before) // 2]["created_at"]
        questions = [
            {}, {"case_id": "case-7"}, {"unit": "u-3"}, {"level": before[0]["level"]}, {"model": "vpr", "version": 2},
            {"confirmed": "true"}, {"confirmed": "false", "unit": "u-1"}, {"from": middle}, {"to": middle},
            {"from": middle, "level": before[1]["level"], "confirmed": "false", "case_id": "case-9"}, {"unit": "nobody"},
        ]
        writing, taken, found = Writing(port), [], []
        for query in questions:
            for order in ("newest", "oldest"):
                for limit in (7, 100, 500):
                    if limit == 7 and len(wanted(before, query)) > 400:
                        continue
                    asked = query | {"order": order}
                    rows, times = pages(port, asked, limit)
                    found.append((asked, rows))
                    taken += times
        writing.stop()
        after = exported(log)
        assert len(after) > len(before) + 100, "nothing was written meanwhile"
        for asked, rows in found:
            expected = wanted(after, asked)
            # What was written while the pages were read: newer than the first of them, or not yet there at the end.
            if asked["order"] == "newest":
                expected = expected[len(expected) - len(rows):]
            else:
                expected = expected[:len(rows)]
            assert rows == expected, f"{asked}: pages are not what the log says"
            assert len(rows) >= len(wanted(before, asked)), f"{asked}: {len(rows)} rows, something was left out"
        holds(f"{len(found)} questions answered page by page, as a plain filter of the log says",
              lambda rows: rows == wanted(after, questions[1] | {"order": "oldest"})[:len(rows)],
              next(rows for asked, rows in found if asked == questions[1] | {"order": "oldest"}),
              next(rows for asked, rows in found if asked == questions[2] | {"order": "oldest"}))
        taken.sort()
        print(f"  {len(taken)} pages of {len(after)} proposals: p50 {taken[len(taken) // 2] * 1e3:.1f} ms, p99 {taken[int(len(taken) * 0.99)] * 1e3:.1f} ms")

        cursor = page(port, {"unit": "u-1", "limit": 2})["next"]
        refused = lambda query: ask(port, "/v1/assessments?" + urllib.parse.urlencode(query))[0] == 422
        holds("a cursor of another question is refused", refused, {"unit": "u-2", "cursor": cursor},
              {"unit": "u-1", "cursor": cursor})
    finally:
        server.terminate()
        server.wait(timeout=20)
    verified = json.loads(amparo("log", "verify", "--json", "--log", log))
    assert verified["entries"] > ROWS, verified

    # Whoever has the file can say something else in the list, and is found.
    import sqlite3
    def sound(change):
        copy = FOLDER / "changed.sqlite"
        shutil.copy(log, copy)
        with sqlite3.connect(copy) as connection:
            connection.execute(change)
        connection.close()
        return "is broken at sequence" not in amparo("log", "verify", "--log", copy, code=1 if "level" in change else 0)
    holds("a list that says what no body says is found", sound, "UPDATE proposals SET unit = unit WHERE sequence = 9",
          "UPDATE proposals SET level = 'other' WHERE sequence = 9")


if __name__ == "__main__":
    main()

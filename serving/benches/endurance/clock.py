"""Sets the clock of the service back a day while it is under load, and forward again. Needs libfaketime (Debian: `faketime`).

    python3 serving/benches/endurance/clock.py amparo-quickstart [seconds]
"""

import http.client
import json
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from service import Clients, Service, stopped

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
DAY = timedelta(days=1)


def asked(service, key, **more):
    """One form with an idempotency key: status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    try:
        body = json.dumps({**service.case, "case_id": "clock-1", **more})
        connection.request("POST", "/v1/assessments", body, {"Content-Type": "application/json", "Idempotency-Key": key})
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def behind(body):
    """How far the clock that a proposal was made by is behind ours."""
    made = datetime.fromisoformat(json.loads(body)["created_at"].replace("Z", "+00:00"))
    return datetime.now(timezone.utc) - made


def main(quickstart, seconds=10):
    with tempfile.TemporaryDirectory() as folder:
        offset = Path(folder) / "offset"
        set_to = lambda text: offset.write_text(text + "\n")
        set_to("+0")
        # Times to wait are by the monotonic clock, which nobody sets.
        before = ["env", f"LD_PRELOAD={LIBRARY}", f"FAKETIME_TIMESTAMP_FILE={offset}", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"]
        service = Service(quickstart, folder)
        service.start(before)
        clients = Clients(service, 4)
        first = asked(service, "before")
        assert first[0] == 201 and abs(behind(first[1])) < timedelta(seconds=5), first[1][:300]
        time.sleep(seconds)
        set_to("-1d")
        time.sleep(0.5)
        back = asked(service, "back")
        assert back[0] == 201 and abs(behind(back[1]) - DAY) < timedelta(seconds=5), back[1][:300]
        # The same bytes for the same key, whatever the clock says now.
        again = asked(service, "before")
        assert again == (200, first[1]), again[1][:300]
        assert service.get("/health/ready")[0] == 200
        # A form of today is one of tomorrow by this clock: that is said, and nothing is guessed.
        today = asked(service, "today", assessed_at=datetime.now(timezone.utc).isoformat())
        assert today[0] == 422 and b"in the future" in today[1], today[1][:300]
        time.sleep(seconds)
        clients.end()
        code, took = stopped(service)
        assert code == 0 and took < 5, f"a stop ended with {code} after {took:.1f} s"
        # Started by the clock that is behind, on a log whose last entries are of a day later.
        service.start(before)
        clients_back = Clients(service, 4)
        time.sleep(seconds / 2)
        set_to("+0")
        time.sleep(seconds / 2)
        clients_back.end()
        forward = asked(service, "forward")
        assert forward[0] == 201 and abs(behind(forward[1])) < timedelta(seconds=5), forward[1][:300]
        answers = clients.acknowledged + clients_back.acknowledged
        assert not clients.unknown and not clients_back.unknown, "requests without an answer"
        for path, body in answers:
            assert service.get(path) == (200, body), path
        stopped(service)
        entries = service.verify()
    made = [json.loads(body) for _, body in answers + [(None, first[1]), (None, back[1]), (None, forward[1])]]
    assert entries == len(made) == len({p["proposal_id"] for p in made}), f"{entries} entries, {len(made)} answers"
    in_order = sorted(made, key=lambda p: p["receipt"]["log_sequence"])
    at = [datetime.fromisoformat(p["created_at"].replace("Z", "+00:00")) for p in in_order]
    steps = [round((b - a) / DAY) for a, b in zip(at, at[1:])]
    assert (steps.count(-1), steps.count(1)) == (1, 1), "the clock was not set back once and forward once"
    ids = [p["proposal_id"] for p in in_order]
    later = sum(a > b for a, b in zip(ids, ids[1:]))
    print(f"{entries} proposals, all found byte for byte, the chain is intact. Their times go back a day once and forward a day once;")
    print(f"{later} ids come before the one that precedes them in the log, whose order is that of `log_sequence` alone")


main(sys.argv[1], *map(float, sys.argv[2:]))

"""Operation: what is counted and traced, beside what a client did; `serve --check`; and a machine that is lost and restored."""

import contextlib
import http.server
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from common import QUICKSTART, WORK, amparo, holds
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from prometheus_client.parser import text_string_to_metric_families
from served import SERVE, ask, free_port, start

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
CASE = json.loads((QUICKSTART / "case.json").read_bytes())


class Collector(http.server.ThreadingHTTPServer):
    """Takes traces by OTLP over HTTP and decodes them by the published messages; `pause` makes it slow, `status` makes it refuse."""

    def __init__(self, pause=0, status=200):
        self.spans, self.resources, self.pause, self.status = [], [], pause, status
        super().__init__(("127.0.0.1", 0), Answering)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answering(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        time.sleep(self.server.pause)
        assert (self.path, self.headers["content-type"]) == ("/v1/traces", "application/x-protobuf"), self.path
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.server.resources.append({a.key: a.value.string_value for a in resource.resource.attributes})
            for scope in resource.scope_spans:
                self.server.spans.extend(scope.spans)
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        # Whoever waited no longer is gone.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(answer)

    def log_message(self, *_):
        pass


def series(port):
    """Every sample of the answer, read by Prometheus' own parser of its text format."""
    status, body = ask(port, "/metrics")
    assert status == 200
    text = body.decode()
    families = list(text_string_to_metric_families(text))
    untyped = [family.name for family in families if family.type in ("unknown", "untyped") or not family.documentation]
    assert not untyped, f"without a type or a description: {untyped}"
    samples = {}
    for family in families:
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in samples, f"{key} is there twice"
            samples[key] = sample.value
    return samples, text


def value(samples, name, **labels):
    return samples.get((name, tuple(sorted(labels.items()))), 0)


def answers(seed):
    """The form of the quickstart with other answers, some of them unknown."""
    draw = random.Random(seed)
    return {i: "unknown" if draw.random() < 0.2 else answer for i, answer in CASE["answers"].items()}


def assess(port, k, **more):
    body = json.dumps(CASE | {"case_id": f"drill-{k}", "answers": answers(k)} | more).encode()
    return ask(port, "/v1/assessments", body, key=f"operation-{k}")


def metrics(port, health):
    """Counts are those of the client, and nothing of a case is in them."""
    before, _ = series(port)
    sent = {(200, None): 0, (201, None): 0, (422, "invalid_request"): 0, (404, "model_not_found"): 0}
    levels, unknown = {}, {i: 0 for i in CASE["answers"]}
    for k in range(60):
        status, body = assess(port, k)
        assert status == 201, body
        sent[201, None] += 1
        proposal = json.loads(body)
        levels[proposal["level"]] = levels.get(proposal["level"], 0) + 1
        if k < 50:
            for i, answer in answers(k).items():
                unknown[i] += answer == "unknown"
        if k % 10 == 0:
            assert assess(port, k)[0] == 200
            sent[200, None] += 1
        if k % 20 == 0:
            assert assess(port, f"w-{k}", answers={"I01": "perhaps"})[0] == 422
            assert assess(port, f"m-{k}", model="vpr@999")[0] == 404
            sent[422, "invalid_request"] += 1
            sent[404, "model_not_found"] += 1
    after, text = series(port)
    gained = lambda samples: lambda name, **labels: value(samples, name, **labels) - value(before, name, **labels)
    here, double = gained(after), lambda *a, **l: 2 * gained(after)(*a, **l)
    counted = lambda of: {
        key: of("amparo_http_requests_total", method="POST", route="/v1/assessments", status=str(key[0])) for key in sent
    }
    holds("requests by status are those that were sent", lambda of: counted(of) == sent, here, double)
    refused = {code: n for (_, code), n in sent.items() if code}
    holds("refusals by code", lambda of: {c: of("amparo_refusals_total", code=c) for c in refused} == refused, here, double)
    version = {"model": "vpr", "version": str(proposal["version"])}
    proposed = lambda of: {level: of("amparo_proposals_total", level=level, **version) for level in levels}
    holds("proposals by level and version, repetitions not among them", lambda of: proposed(of) == levels, here, double)
    told = {"instrument": CASE["instrument"]}
    known = lambda of: (of("amparo_forms_total", **told), {i: of("amparo_unknown_answers_total", indicator=i, **told) for i in unknown})
    holds("unknown answers by indicator: of the first 50 forms", lambda of: known(of) == (50, unknown), here, double)
    for stage, n in [("body", 60 + 6 + 6), ("wait", 60), ("assess", 60), ("log", 60)]:
        of_stage = lambda of: of("amparo_stage_duration_seconds_count", stage=stage)
        holds(f"stage `{stage}`: {n} times", lambda of: of_stage(of) == n, here, double)
    buckets = [v for (name, labels), v in after.items() if name == "amparo_stage_duration_seconds_bucket" and ("stage", "log") in labels]
    holds("buckets rise to the count", lambda b: b == sorted(b) and b[-1] == 60, buckets, buckets[::-1])
    assert 0 < here("amparo_log_commits_total") <= 60 and here("amparo_log_commit_seconds_total") > 0
    assert (value(after, "amparo_places_taken"), value(after, "amparo_log_waiting")) == (0, 0)
    assert value(after, "amparo_connections_open") >= 1 and value(after, "amparo_version_loaded", **version) == 1
    assert value(after, "amparo_log_lines_dropped_total") == 0
    cases = [CASE["case_id"], "drill-", proposal["proposal_id"], "operation-"]
    holds("no case in them", lambda text: not any(c in text for c in cases), text, text + "drill-1")
    elsewhere, _ = series(health)
    holds("the address for health checks tells the same", lambda s: value(s, "amparo_proposals_total", level=max(levels, key=levels.get), **version) > 0, elsewhere, before)
    promtool(text)


def promtool(text):
    """Prometheus' own linter, where it is."""
    tool = os.environ.get("AMPARO_PROMTOOL") or shutil.which("promtool")
    if not tool:
        print("  promtool is not here; the parser of Prometheus' own client has read it")
        return
    lint = lambda said: subprocess.run([tool, "check", "metrics"], input=said, capture_output=True, text=True).returncode == 0
    holds("promtool finds nothing to say", lint, text, text.replace("# TYPE amparo_proposals_total counter", "# TYPE amparo_proposals_total gauge"))


PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def traced(port, k, parent=None):
    body = json.dumps(CASE | {"case_id": f"traced-{k}", "answers": answers(k)}).encode()
    headers = {"content-type": "application/json"} | ({"traceparent": parent} if parent else {})
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/assessments", data=body, headers=headers)
    begun = time.monotonic()
    with urllib.request.urlopen(request, timeout=10) as reply:
        assert reply.status == 201
    return time.monotonic() - begun


def traces():
    """Spans of a request and its stages, in the trace of whoever asked, with route and status and nothing else."""
    collector, port = Collector(), free_port()
    server = start(port, FOLDER / "traced.sqlite", FOLDER / "traced.log", "--otlp", collector.url)
    try:
        traced(port, 1, PARENT)
        traced(port, 2)
        traced(port, 3, PARENT.upper())
        traced(port, 4, PARENT[:-1] + "0")
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
    finally:
        server.kill()
    assert {"service.name": "amparo"}.items() <= collector.resources[0].items()
    requests = [s for s in collector.spans if s.name == "POST /v1/assessments"]
    holds("the last spans are sent before the end, unless the caller records nothing", lambda r: len(r) == 3, requests, requests[1:])
    named = [s for s in requests if s.trace_id.hex() == PARENT[3:35]]
    holds("a trace is continued under its parent", lambda s: [x.parent_span_id.hex() for x in s] == [PARENT[36:52]], named, requests)
    begun = [s for s in requests if not s.parent_span_id]
    holds("without a parent, or with a broken one, a trace begins", lambda s: len({x.trace_id for x in s}) == 2, begun, named)
    stages = sorted(s.name for s in collector.spans if s.parent_span_id == named[0].span_id)
    holds("with its stages", lambda s: s == ["assess", "body", "log", "wait"], stages, stages[1:])
    inside = all(named[0].start_time_unix_nano <= s.start_time_unix_nano <= s.end_time_unix_nano <= named[0].end_time_unix_nano
                 for s in collector.spans if s.parent_span_id == named[0].span_id)
    assert inside and abs(named[0].start_time_unix_nano / 1e9 - time.time()) < 120
    said = {a.key: a.value.string_value or a.value.int_value for a in named[0].attributes}
    told = {"http.request.method": "POST", "http.route": "/v1/assessments", "http.response.status_code": 201}
    holds("route and status, and nothing else", lambda found: found == told, said, said | {"case": "traced-1"})
    everything = b"".join(s.SerializeToString() for s in collector.spans)
    holds("no case in them", lambda found: b"traced-" not in found, everything, everything + b"traced-1")
    assert PARENT[3:35] not in (FOLDER / "traced.log").read_text(), "what a client chose is in the operational log"
    collector.shutdown()


def collectors_away():
    """A collector that is slow, refuses or is not there slows nothing, and what is lost is counted."""
    slow, refusing = Collector(pause=8), Collector(status=400)
    for name, url in [("slow", slow.url), ("not there", f"http://127.0.0.1:{free_port()}"), ("refusing", refusing.url)]:
        port = free_port()
        server = start(port, FOLDER / "away.sqlite", FOLDER / "away.log", "--otlp", url)
        try:
            took = max(traced(port, k) for k in range(10))
            holds(f"with a collector that is {name}: {took * 1000:.0f} ms at most", lambda seconds: seconds < 1.5, took, 8)
            if name == "refusing":
                for _ in range(100):
                    dropped = value(series(port)[0], "amparo_spans_dropped_total")
                    if dropped >= 50:
                        break
                    time.sleep(0.1)
                holds("what it refused is counted", lambda n: n >= 50, dropped, 0)
            begun = time.monotonic()
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=20) == 0
            holds("and the stop does not wait for it", lambda seconds: seconds < 5, time.monotonic() - begun, 8)
        finally:
            server.kill()


def checks(port):
    """`serve --check` says what a start would say, all of it, and makes nothing."""
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    log = folder / "log.sqlite"
    free = ["--log", f"sqlite:{log}", "--listen", f"127.0.0.1:{free_port()}", "--check"]
    said = amparo(*SERVE, *free)
    holds("what would start is told so", lambda text: "would start" in text, said, "error")
    assert not list(folder.iterdir()), "a file was made"
    said = amparo("serve", "--registry", QUICKSTART / "registry", "--default-model", "vpr@999", "--log", f"sqlite:{folder}/none/log.sqlite",
                  "--listen", f"127.0.0.1:{port}", "--check", code=2)
    wrong = ["`listen`", "`default_model`", "`log`"]
    holds("all that is wrong is told at once", lambda text: all(w in text for w in wrong), said, "`listen`: in use")
    log.write_bytes(b"another file, which is no log " * 200)
    before = log.read_bytes()
    said = amparo(*SERVE, *free, code=2)
    holds("another file is no log, and is not touched", lambda text: "`log`" in text and log.read_bytes() == before, said, "")


def drill():
    """A machine that is lost under load: what was backed up is restored, and answers as before."""
    machine, safe = FOLDER / "machine", FOLDER / "safe"
    machine.mkdir()
    safe.mkdir()
    shutil.copytree(QUICKSTART / "registry", machine / "registry")
    port = free_port()
    serve = ["serve", "--registry", str(machine / "registry"), "--default-model", "vpr@challenger"]
    server = start(port, machine / "log.sqlite", FOLDER / "drill.log", serve=serve)
    answered, over = {}, threading.Event()

    def load(lane):
        k = 0
        while not over.is_set():
            status, body = assess(port, f"{lane}-{k}")
            assert status == 201, body
            answered[f"{lane}-{k}"] = body
            k += 1

    clients = [threading.Thread(target=load, args=[lane]) for lane in "ab"]
    try:
        [client.start() for client in clients]
        while len(answered) < 30:
            time.sleep(0.01)
        kept = dict(answered)
        said = amparo("log", "backup", "--log", machine / "log.sqlite", "--out", safe / "log.sqlite")
        shutil.copytree(machine / "registry", safe / "registry")
        while len(answered) < len(kept) + 10:
            time.sleep(0.01)
        over.set()
        [client.join() for client in clients]
    finally:
        over.set()
        server.kill()
        server.wait()
    print(f"  {len(kept)} answers before the backup, {len(answered)} in all: {said.strip()}")
    shutil.rmtree(machine)
    machine.mkdir()
    # The owner alone may read it, as before.
    shutil.copy(safe / "log.sqlite", machine / "log.sqlite")
    (machine / "log.sqlite").chmod(0o600)
    shutil.copytree(safe / "registry", machine / "registry")
    said = amparo("log", "verify", "--log", machine / "log.sqlite")
    entries = int(said.split(" ")[0])
    holds(f"the restored log holds: {entries} entries", lambda n: len(kept) <= n <= len(answered), entries, len(kept) - 1)
    replayed = json.loads(amparo("replay", "--registry", machine / "registry", "--log", machine / "log.sqlite", "--all", "--json"))
    assert replayed["same"] == entries, replayed
    amparo(*serve, "--log", machine / "log.sqlite", "--listen", f"127.0.0.1:{free_port()}", "--check")
    server = start(port, machine / "log.sqlite", FOLDER / "drill.log", serve=serve)
    try:
        again = {k: assess(port, k) for k in kept}
        same = lambda found: all(found[k] == (200, body) for k, body in kept.items())
        holds("the same keys have the same answers, byte by byte", same, again, again | {next(iter(kept)): (201, b"")})
        lost = sorted(set(answered) - set(kept))
        status = assess(port, lost[-1])[0]
        holds("what came after the backup is asked for again, with its key", lambda s: s in (200, 201), status, 409)
    finally:
        server.kill()
        server.wait()


port, health = free_port(), free_port()
server = start(port, FOLDER / "log.sqlite", FOLDER / "operational.log", "--health-listen", f"127.0.0.1:{health}")
try:
    metrics(port, health)
    checks(port)
finally:
    server.kill()
    server.wait()
traces()
collectors_away()
drill()

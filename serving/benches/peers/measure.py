"""The service beside what would be written without it, and beside an earlier build: the same forms, one after the other, in one run.

    cargo build --release && target/release/amparo quickstart --no-serve
    pip install --requirement serving/benches/peers/requirements.txt
    python serving/benches/peers/measure.py amparo-quickstart [--seconds 8] [--before OLD_AMPARO OLD_QUICKSTART] [--slow-disk]

All log to SQLite, on the disk before an answer is sent. Processor time is that of the server's processes, as the system counts it;
the clients share the two processors with them. Rounds: each contender in turn, as often as `--rounds` says; the median of its rounds counts.
"""

import argparse
import json
import os
import pickle
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import lightgbm
import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
AMPARO = os.environ.get("AMPARO", str(ROOT / "target/release/amparo"))
TICK = os.sysconf("SC_CLK_TCK")


def forms(quickstart, n=2000):
    """As many forms of the cohort as bodies of requests, their answers as codes, and what the outcome was."""
    case = json.loads((quickstart / "case.json").read_bytes())
    cohort = pd.read_parquet(quickstart / "cohort.parquet")
    names = list(case["answers"])
    answers = cohort[names].astype(str)
    form = {name: {answer: code for code, answer in enumerate(sorted(answers[name].unique()))} for name in names}
    codes = pd.DataFrame({name: answers[name].map(form[name]) for name in names}).to_numpy(float)
    drawn = answers.sample(n, random_state=1)
    bodies = [{**case, "case_id": f"c-{k}", "answers": row} for k, row in enumerate(drawn.to_dict("records"))]
    outcome = (cohort["outcome.new_assault"] == "event").to_numpy(float)
    return bodies, form, codes, outcome


def written(bodies, path, **more):
    path.write_text("".join(json.dumps({**body, **more}) + "\n" for body in bodies))
    return path


class Server:
    """A server that was started, with all its processes."""

    def __init__(self, args, port, folder, environment=()):
        self.url = f"http://127.0.0.1:{port}/v1/assessments"
        self.said = open(folder / "said.log", "ab")
        self.process = subprocess.Popen(list(map(str, args)), stdout=self.said, stderr=self.said, start_new_session=True,
                                        env={**os.environ, **dict(environment)})

    def ready(self, body):
        """Waits for the first answer."""
        for _ in range(600):
            try:
                request = urllib.request.Request(self.url, json.dumps(body).encode(), {"Content-Type": "application/json"})
                with urllib.request.urlopen(request, timeout=60) as reply:
                    assert reply.status == 201
                    return len(reply.read())
            except urllib.error.HTTPError as error:
                sys.exit(f"{self.url}: {error.read().decode()[:500]}")
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{self.url}: no answer")

    def processes(self):
        """Those of its session."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                yield stat.parent, fields

    def processor_seconds(self):
        return sum(int(fields[11]) + int(fields[12]) for _, fields in self.processes()) / TICK

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.said.close()


class Contender:
    def __init__(self, name, start, bodies):
        self.name, self.start, self.bodies = name, start, bodies
        self.seen = {}

    def round(self, load, seconds, connections, environment=()):
        with tempfile.TemporaryDirectory() as folder:
            server = self.start(Path(folder), environment)
            try:
                size = server.ready(json.loads(self.bodies.read_text().split("\n", 1)[0]))
                load(server.url, self.bodies, 4, 2)
                for n in connections:
                    before = server.processor_seconds()
                    seen = load(server.url, self.bodies, n, seconds)
                    assert seen["refused"] == 0, f"{self.name}: {seen}"
                    seen["cpu_ms"] = (server.processor_seconds() - before) / seen["requests"] * 1e3
                    self.seen.setdefault(n, []).append(seen)
                half = statistics.median(seen["rate"] for seen in self.seen[connections[-1]]) / 2
                self.seen.setdefault("half", []).append(load(server.url, self.bodies, connections[-1], seconds, half))
                self.size = size
            finally:
                server.end()

    def median(self, at, what):
        return statistics.median(seen[what] for seen in self.seen[at])


def load_program():
    command = ["cargo", "bench", "--package", "amparo-serving", "--bench", "load", "--no-run", "--message-format", "json"]
    lines = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    programs = [m.get("executable") for m in map(json.loads, lines) if m.get("target", {}).get("name") == "load"]
    return next(filter(None, programs))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("quickstart", type=Path)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--before", nargs=2, metavar=("AMPARO", "QUICKSTART"), help="an earlier build, with its own registry")
    parser.add_argument("--slow-disk", action="store_true", help="every sync takes 5 ms longer")
    args = parser.parse_args()
    program = load_program()

    def load(url, bodies, connections, seconds, rate=None):
        flags = [f"--connections={connections}", f"--seconds={seconds}"] + ([f"--rate={rate}"] if rate else [])
        return json.loads(subprocess.run([program, url, bodies, *flags], stdout=subprocess.PIPE, check=True).stdout)

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        bodies, form, codes, outcome = forms(args.quickstart)
        settings = {"objective": "binary", "num_leaves": 16, "max_depth": 4, "learning_rate": 0.1, "num_threads": 1, "verbose": -1}
        booster = lightgbm.train(settings, lightgbm.Dataset(codes, outcome), 200)
        port = iter(range(18_400, 18_500))

        def serve(binary, quickstart):
            def start(place, environment):
                at = next(port)
                flags = ["--registry", quickstart / "registry", "--default-model", "vpr@challenger", "--log", f"sqlite:{place}/log.sqlite"]
                return Server([binary, "serve", *flags, "--listen", f"127.0.0.1:{at}"], at, place, environment)
            return start

        def peer(explanation, workers):
            def start(place, environment):
                at = next(port)
                booster.save_model(place / "model.txt")
                (place / "form.pickle").write_bytes(pickle.dumps((form, codes[:1000])))
                command = [sys.executable, "-m", "uvicorn", "peer:app", "--app-dir", HERE, "--port", at, "--workers", workers, "--log-level", "warning", "--no-access-log"]
                return Server(command, at, place, {**dict(environment), "PEER": str(place), "EXPLANATION": explanation, "OMP_NUM_THREADS": "1"})
            return start

        full, lean = written(bodies, folder / "full.jsonl"), written(bodies, folder / "lean.jsonl", fields=["text.es"])
        bare = folder / "bare.jsonl"
        bare.write_text("".join(json.dumps({k: b[k] for k in ("case_id", "instrument", "answers")}) + "\n" for b in bodies))
        contenders = [Contender("Amparo, full answers", serve(AMPARO, args.quickstart), full),
                      Contender('Amparo, `"fields": ["text.es"]`', serve(AMPARO, args.quickstart), lean)]
        if args.before:
            contenders.append(Contender("an earlier build, full answers", serve(args.before[0], Path(args.before[1])), full))
        contenders.append(Contender("FastAPI + LightGBM `pred_contrib`, 2 workers", peer("contrib", 2), bare))
        if not args.slow_disk:
            contenders.append(Contender("FastAPI + shap, 1,000 background rows, 2 workers", peer("shap", 2), bare))
        environment = {}
        if args.slow_disk:
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", folder / "slow_disk.so", HERE / "slow_disk.c", "-ldl"], check=True)
            environment = {"LD_PRELOAD": str(folder / "slow_disk.so"), "DELAY_US": "5000"}
        for _ in range(args.rounds):
            for contender in contenders:
                contender.round(load, args.seconds, args.connections, environment)

    ours = contenders[0]
    print("| contender | " + " | ".join(f"requests/s, {n} conn." for n in args.connections) + " | processor ms a request | p99 ms at half its rate | bytes an answer |")
    print("|---|" + "---|" * (len(args.connections) + 3))
    for c in contenders:
        rates = [f"{c.median(n, 'rate'):,.0f} ({ours.median(n, 'rate') / c.median(n, 'rate'):.2f})" for n in args.connections]
        cpu = f"{c.median(args.connections[-1], 'cpu_ms'):.2f}"
        print(f"| {c.name} | {' | '.join(rates)} | {cpu} | {c.median('half', 'p99_ms'):.1f} | {c.size:,} |")
    print("In brackets: how many times as many requests the first answers.")


main()

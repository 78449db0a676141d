"""Runs at a real MLflow server, read back by MLflow's own client: what was logged, in what was queued while the server was down, and in what was
killed on its way. The folder of each run says what must be there."""

import hashlib
import json
import os
import re
import signal
import sqlite3
import ssl
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from common import AMPARO, WORK, amparo, close, holds
from fronted import DAY, NOW, Authority, Front
from served import free_port

ROOT, HERE = Path(__file__).parents[2], Path(__file__).parent
PYTHON = Path(os.environ["AMPARO_MLFLOW_PYTHON"])
FOLDER = Path(tempfile.mkdtemp(dir=WORK))
COHORT, CONFIG, GATES, REGISTRY = (FOLDER / name for name in ("cohort.parquet", "small.toml", "gates.toml", "registry"))
LONG = "porque así lo pide la autoridad; " * 300


class Server:
    """`mlflow server` on SQLite, which can be stopped and started again."""

    def __init__(self):
        self.port, self.home = free_port(), FOLDER / "server"
        self.url, self.database = f"http://127.0.0.1:{self.port}", self.home / "mlflow.db"
        self.home.mkdir()

    def __enter__(self):
        args = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", self.port, "--workers", "1",
                "--backend-store-uri", f"sqlite:///{self.database}", "--artifacts-destination", self.home / "artifacts"]
        quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
        with (self.home / "log").open("a") as log:
            self.process = subprocess.Popen([PYTHON, *map(str, args)], stdout=log, stderr=log, env=quiet, start_new_session=True)
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5):
                    return self
            except OSError:
                assert self.process.poll() is None, (self.home / "log").read_text()
            time.sleep(0.1)
        raise AssertionError("`mlflow server` is not there within a minute")

    def __exit__(self, *_):
        # Its workers are of its group.
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=30)

    def read(self):
        done = subprocess.run([PYTHON, HERE / "tracking_read.py", self.url], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def n_metrics(self):
        """Rows of the server's own table: a number that was sent twice would be there twice."""
        return sqlite3.connect(self.database).execute("select count(*) from metrics").fetchone()[0]


def prepared():
    amparo("data", "generate", "--rows", 2000, "--seed", 1, "--out", COHORT)
    text = (ROOT / "training/configs/vpr.toml").read_text().replace("trees = 300", "trees = 5").split("\n[lethality]\n")[0]
    # A parameter that is longer than MLflow keeps.
    first = text.index("[[hybrid]]")
    text = text[:first] + text[first:].replace("[[hybrid]]", f'[[hybrid]]\nnever_below_baseline = {{ es = "{LONG}", en = "short" }}', 1)
    CONFIG.write_text(re.sub(r'kind = "split"(.|\n)*?calibrate = 0.2\n', 'kind = "cross_fit"\nfolds = 2\nrepeats = 1\n', text))
    GATES.write_text(
        'format = 1\nid = "ci"\ntitle = { es = "c", en = "c" }\nowner = "ci"\n\n[[gate]]\nname = "ranking"\n'
        'reason = { es = "r", en = "r" }\nkind = "value"\nmetric = "auc"\nat_least = 0.1\n'
    )


def train(*more):
    return amparo("train", "--config", CONFIG, "--cohort", COHORT, "--registry", REGISTRY, *more)


def mlflow_name(key):
    """The mapping of names, written again from the documentation."""
    return key.replace("@", ":")


class Kept:
    """A run folder, as plain files."""

    def __init__(self, path):
        read = lambda file: json.loads((path / file).read_text())
        self.path, self.head, self.params, self.tags = path, read("run.json"), read("params.json"), read("tags.json")
        self.undefined = read("undefined.json")
        self.metrics = {m["key"]: m["value"] for m in map(json.loads, (path / "metrics.jsonl").read_text().splitlines())}
        root = path / "artifacts"
        self.artefacts = {str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in root.rglob("*") if file.is_file()}


def kept(runs):
    return [Kept(path) for path in sorted(Path(runs).iterdir()) if (path / "run.json").exists()]


def agree(folders, found, what):
    """Every run of the folders is at the server, once, and as it is."""
    runs = found["experiments"]["vpr"]
    by_id = {run["tags"]["amparo.run"]: run for run in runs}
    assert len(by_id) == len(runs), f"{what}: a run is there twice"
    n_metrics = 0
    for folder in folders:
        run = by_id[folder.head["id"]]
        assert run["status"] == "FINISHED" and run["times"] == [folder.head["started"], folder.head["ended"]], run
        assert run["name"] == folder.head["name"]
        cut = {key: value for key, value in folder.params.items() if len(value) > 6000}
        for key, value in folder.params.items():
            if key not in cut:
                assert run["params"][mlflow_name(key)] == value, (key, value)
        assert len(run["params"]) == len(folder.params)
        names = json.loads(read_artefact(run, "amparo/names.json")) if "amparo/names.json" in run["artefacts"] else {}
        metrics = {names.get(key, key): value for key, value in run["metrics"].items()}
        assert metrics == folder.metrics, set(metrics) ^ set(folder.metrics)
        assert all(run["metrics"][mlflow_name(key)] == value for key, value in folder.metrics.items() if re.fullmatch(r"[\w@./ -]+", key))
        assert run["history"] in (None, 1)
        assert all(run["tags"][key] == value for key, value in folder.tags.items())
        assert all(run["artefacts"][name] == digest for name, digest in folder.artefacts.items())
        added = {name for name in run["artefacts"] if name not in folder.artefacts}
        assert added <= {"amparo/names.json", "amparo/undefined.json", "long/params.json", "long/tags.json"}, added
        assert ("amparo/undefined.json" in added) == bool(folder.undefined) and ("long/params.json" in added) == bool(cut)
        if cut:
            assert json.loads(read_artefact(run, "long/params.json")) == cut
        dataset = folder.head["dataset"]
        assert run["datasets"] == ([[dataset["name"], dataset["fingerprint"][:32], {"mlflow.data.context": dataset["context"]}]] if dataset else [])
        assert run["tags"].get("amparo.cohort.fingerprint") == (dataset["fingerprint"] if dataset else None)
        parent = folder.head["parent"]
        assert run["tags"].get("mlflow.parentRunId") == (by_id[parent]["id"] if parent else None)
        n_metrics += len(folder.metrics)
    print(f"  {what}: {len(folders)} runs, {n_metrics} numbers, each there once and to the last bit")
    return n_metrics


def read_artefact(run, name):
    (found,) = [path for path in (SERVER.home / "artifacts").rglob(name) if run["id"] in str(path)]
    return found.read_text()


def versions(found, folders):
    """Every version that a run is about is registered once, below that run or an earlier one."""
    digests = {folder.head["model"]["digest"] for folder in folders if folder.head["model"]}
    of_model = found["models"]["vpr"]["versions"]
    registered = [version["tags"]["amparo.digest"] for version in of_model]
    holds(f"{len(digests)} versions are registered, each once", lambda all: sorted(all) == sorted(digests), registered, registered + registered[:1])
    for version in of_model:
        assert version["source"].endswith(f"/{version['run']}/artifacts/version"), version
    return {version["tags"]["amparo.version"]: version for version in of_model}


def logged():
    runs = FOLDER / "runs"
    said = train("--mlflow", SERVER.url)
    assert f"and at {SERVER.url}" in said, said
    folders = kept(runs)
    assert len(folders) > 4 and folders[0].head["parent"] is None
    assert any(len(value) > 6000 for value in folders[0].params.values()), "a parameter is long"
    assert all(any(re.fullmatch("cross-fitted/repeat-1/fold-2/auc", key) for key in folder.metrics) for folder in folders[1:])
    found = SERVER.read()
    agree(folders, found, "train")
    versions(found, folders)
    judged = ["--registry", REGISTRY, "--cohort", COHORT, "--replicates", 100, "--mlflow", SERVER.url]
    amparo("evaluate", *judged, "--model", "vpr@2", "--against", "vpr@1", "--out", FOLDER / "report")
    amparo("gate", *judged, "--model", "vpr@1", "--gates", GATES)
    folders = kept(runs)
    found = SERVER.read()
    n = agree(folders, found, "train, evaluate and gate")
    close("numbers in the server's table", SERVER.n_metrics(), n, 0, n + 1)
    evaluated = [folder for folder in folders if folder.head["name"].startswith("evaluate")]
    assert any("@" in key for key in evaluated[0].metrics) and any(key.startswith("group/") for key in evaluated[0].metrics)
    assert {"report.html", "report.json", "report.csv", "card.md"} <= set(evaluated[0].artefacts)
    verdict = versions(found, folders)["vpr@1"]["tags"]
    holds("the verdict is a tag of the version", lambda tags: tags.get("amparo.gate.verdict") == "passed" and tags["amparo.gate.result.ranking"] == "pass",
          verdict, {"amparo.gate.verdict": "not passed"})


def move(alias, number, *more):
    return amparo("models", "alias", "--registry", REGISTRY, "vpr", alias, number, "--by", "ci", "--reason", f"{alias}, to try", *more)


def pointed(found):
    """The version of ours that each alias of the server points to."""
    numbers = {version["number"]: version["tags"]["amparo.version"] for version in found["models"]["vpr"]["versions"]}
    return {alias: numbers[str(number)] for alias, number in found["models"]["vpr"]["aliases"].items()}


def aliases():
    assert f"and at {SERVER.url}" in move("champion", 1, "--mlflow", SERVER.url)
    move("challenger", 3, "--mlflow", SERVER.url)
    found = SERVER.read()
    holds("aliases are mirrored as they are moved", lambda found: found == {"champion": "vpr@1", "challenger": "vpr@3"}, pointed(found), {})
    moved = next(run["tags"] for run in found["experiments"]["vpr"] if run["name"] == "alias champion to vpr@1")
    verdict = json.loads((REGISTRY / "vpr/aliases.jsonl").read_text().splitlines()[0])["verdict"]
    expected = {"amparo.alias": "champion", "amparo.alias.by": "ci", "amparo.alias.reason": "champion, to try", "amparo.alias.verdict": verdict}
    assert all(moved[key] == value for key, value in expected.items()) and "amparo.alias.from" not in moved, moved
    move("challenger", 2)
    amparo("mlflow", "push", "--runs", FOLDER / "runs", "--mlflow", SERVER.url, "--registry", REGISTRY)
    holds("and by a push where they were moved without", lambda found: found["challenger"] == "vpr@2", pointed(SERVER.read()), pointed(found))


def queued():
    """The server is down: the training and moves of aliases succeed, say so, and are sent later."""
    said = train("--mlflow", SERVER.url)
    assert "did not take the run" in said and "amparo mlflow push --runs" in said, said
    # Within one second, as a rule: the last one counts.
    for number in (3, 4, 5):
        said = move("challenger", number, "--mlflow", SERVER.url)
        assert f"vpr@challenger points to vpr@{number}" in said and "did not take the run" in said, said
    amparo("mlflow", "push", "--runs", FOLDER / "runs", "--mlflow", SERVER.url, code=2)
    assert json.loads((REGISTRY / "vpr/aliases.jsonl").read_text().splitlines()[-1])["version"] == 5


def sent_later():
    push = lambda: amparo("mlflow", "push", "--runs", FOLDER / "runs", "--mlflow", SERVER.url)
    folders = kept(FOLDER / "runs")
    unsent = [folder for folder in folders if not (folder.path / "sent.json").exists()]
    assert len(unsent) > 4
    said = push()
    assert f"{len(unsent)} runs sent, {len(folders) - len(unsent)} sent before, 0 not sent" in said, said
    close("numbers in the server's table", SERVER.n_metrics(), agree(folders, SERVER.read(), "queued, then sent"), 0, 0)
    assert f"0 runs sent, {len(folders)} sent before" in push()
    found = pointed(SERVER.read())
    holds("the alias is where it was moved last", lambda found: found == {"champion": "vpr@1", "challenger": "vpr@5"}, found, found | {"challenger": "vpr@2"})


def killed():
    """A push that is killed at any moment goes on, and doubles nothing."""
    train("--runs", FOLDER / "runs")
    amparo("evaluate", "--registry", REGISTRY, "--cohort", COHORT, "--replicates", 100, "--model", "vpr@2", "--against", "vpr@1", "--out",
           FOLDER / "report", "--runs", FOLDER / "runs")
    kills, delay = 0, 0.03
    for _ in range(60):
        push = subprocess.Popen([AMPARO, "mlflow", "push", "--runs", FOLDER / "runs", "--mlflow", SERVER.url], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            push.wait(timeout=delay)
            assert push.returncode == 0, push.stderr.read()
            break
        except subprocess.TimeoutExpired:
            push.kill()
            push.wait()
            kills += 1
            delay *= 1.1
    assert kills > 4, "it was killed on its way"
    amparo("mlflow", "push", "--runs", FOLDER / "runs", "--mlflow", SERVER.url)
    folders, found = kept(FOLDER / "runs"), SERVER.read()
    close(f"numbers in the server's table after {kills} kills", SERVER.n_metrics(), agree(folders, found, "killed, then sent"), 0, 0)
    versions(found, folders)
    assert not list((FOLDER / "runs").glob(".*.part"))


TRUSTED = "MLFLOW_TRACKING_SERVER_CERT_PATH"


def encrypted():
    """Behind TLS: a server that cannot show a trusted certificate is told nothing, and its runs are queued; one that can gets them."""
    said = subprocess.run([AMPARO, "mlflow", "push", "--runs", FOLDER / "runs", "--mlflow", "https://localhost:1"], capture_output=True, text=True).stderr
    if "without the feature `mlflow-tls`" in said:
        print("  behind TLS: nothing, since this program was built without `mlflow-tls`")
        return
    ministry, other = (Authority(FOLDER, name) for name in ("ministry", "other"))
    certificate = ministry.signed("server.pem", "localhost")
    queued = 0
    for name, shown, trusted, expected in [
        ("an authority that nobody stated", certificate, None, "not among those of Mozilla; state the certificate"),
        ("another authority", certificate, other.path, f"not among those in `{other.path}`"),
        ("one of yesterday", ministry.signed("old.pem", "localhost", NOW - DAY), ministry.path, "certificate expired"),
        ("one of another name", ministry.signed("name.pem", "mlflow.example"), ministry.path, "certificate not valid for name \"localhost\""),
        ("one that signed itself", ministry.as_server("self.pem"), ministry.path, "CaUsedAsEndEntity"),
    ]:
        with Front(SERVER.port, shown) as front:
            os.environ |= {"MLFLOW_TRACKING_TOKEN": "secret"} | ({TRUSTED: str(trusted)} if trusted else {})
            queued += 1
            said = " ".join(move("shadow", 1 + queued % 2, "--mlflow", front.url).split())
            os.environ.pop(TRUSTED, None)
            assert "the certificate of the server is refused" in said and "It is queued in" in said and "secret" not in said, said
            holds(f"refused, queued and told nothing: {name}", lambda of: of[0] in said and of[1] == 0, (expected, front.n_bytes), ("no such text", 0))
    (FOLDER / "none.pem").write_text("no certificate\n")
    moves = (REGISTRY / "vpr/aliases.jsonl").read_text()
    with Front(SERVER.port, certificate, newest=ssl.TLSVersion.TLSv1_2) as old, Front(SERVER.port, certificate) as front:
        os.environ[TRUSTED] = str(FOLDER / "none.pem")
        move_it = ["models", "alias", "--registry", REGISTRY, "vpr", "shadow", 4, "--by", "ci", "--reason", "r", "--mlflow", front.url]
        said = amparo(*move_it, code=2)
        assert "it holds no certificate" in said and moves == (REGISTRY / "vpr/aliases.jsonl").read_text(), said
        os.environ[TRUSTED] = str(ministry.path)
        said = move("shadow", 4, "--mlflow", old.url)
        assert f"and at {old.url}" in said and old.n_bytes > 0, said
        before = SERVER.n_metrics()
        said = amparo("mlflow", "push", "--runs", FOLDER / "runs", "--mlflow", front.url)
        # All of them, since the address is another one; those that the server has are found there.
        folders, found = kept(FOLDER / "runs"), SERVER.read()
        assert f"{len(folders)} runs sent, 0 sent before, 0 not sent" in said and front.n_bytes > 0, said
        close("numbers in the server's table", agree(folders, found, "behind TLS"), before, 0, before + 1)
        holds("the alias is where it was moved last", lambda found: found["shadow"] == "vpr@4", pointed(found), {"shadow": "vpr@1"})
    del os.environ[TRUSTED], os.environ["MLFLOW_TRACKING_TOKEN"]


prepared()
SERVER = Server()
with SERVER:
    logged()
    aliases()
queued()
with SERVER:
    sent_later()
    killed()
    encrypted()

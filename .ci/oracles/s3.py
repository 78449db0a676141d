"""A registry on an S3-compatible store beside the same in a folder: trained, gated, served, raced, killed, cut off, and refused where it
could lose what others wrote. The server is moto; a client that is not ours reads what is there."""

import json
import os
import re
import subprocess
import tempfile
import time
from hashlib import sha256
from pathlib import Path

import pandas as pd

from bucket import KEY_ID, NAME, SECRET, Bucket
from common import AMPARO, QUICKSTART, WORK, amparo, close, holds
from served import ask, free_port, ready

ROOT = Path(__file__).parents[2]
FOLDER = Path(tempfile.mkdtemp(dir=WORK))
COHORT = FOLDER / "cohort.parquet"
CONFIG = FOLDER / "small.toml"
GATES = FOLDER / "gates.toml"
RACERS = 6


def prepared():
    amparo("data", "generate", "--rows", 2000, "--seed", 1, "--out", COHORT)
    text = (ROOT / "training/configs/vpr.toml").read_text()
    # Without the lethality model, which has a cohort of its own.
    small = text.replace("trees = 300", "trees = 5").split("\n[lethality]\n")[0]
    assert "trees = 5" in small and small != text
    CONFIG.write_text(small)
    GATES.write_text(
        'format = 1\nid = "ci"\ntitle = { es = "c", en = "c" }\nowner = "ci"\n\n[[gate]]\nname = "ranking"\n'
        'reason = { es = "r", en = "r" }\nkind = "value"\nmetric = "auc"\nat_least = 0.1\n'
    )


def address(prefix):
    return f"s3://{NAME}/{prefix}"


def train(registry, *more, code=0):
    return amparo("train", "--config", CONFIG, "--cohort", COHORT, "--registry", registry, *more, code=code)


def started(*args):
    return subprocess.Popen([AMPARO, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)


def ended(processes):
    """Exit code and words of each."""
    return [(process.wait(timeout=120), process.stdout.read()) for process in processes]


def version(bucket, prefix, name, number):
    """The files of a version, found by the layout alone."""
    folder = f"{prefix}/{name}/{number}"
    index = json.loads(bucket.read(f"{folder}/.index.json"))
    assert index["edition"] == 1
    files = {file: bucket.read(f"{prefix}/.files/{name}/{number}/{index['attempt']}/{file}") for file in index["files"]}
    assert {file: sha256(bytes).hexdigest() for file, bytes in files.items()} == index["files"]
    return files


def same_as_in_a_folder(bucket):
    """Files, numbers and answers are those of the registry in the folder."""
    folder = FOLDER / "registry"
    train(folder)
    train(address("r"))
    listed = [json.loads(amparo("models", "list", "--json", "--registry", at)) for at in (folder, address("r"))]
    holds("the same versions are listed", lambda two: two[0] == two[1] and two[0], listed, [[], []])
    numbers = listed[0][0]["versions"]
    assert len(numbers) > 2
    for number in numbers:
        files = version(bucket, "r", "vpr", number)
        there = {path.name: path.read_bytes() for path in (folder / "vpr" / str(number)).iterdir()}
        manifests = [json.loads(of.pop("manifest.json")) for of in (files, there)]
        # When it was published is the one thing that is not the same, and the seal is over that as well.
        for manifest in manifests:
            del manifest["published_at"], manifest["seal"]
        assert manifests[0] == manifests[1] and manifests[0]["files"]
        wrong = there | {"model.json": b""}
        holds(f"version {number}: {len(files)} files, byte for byte", lambda found: found == files, there, wrong)
    forms = FOLDER / "scores"
    for name, at in (("folder", folder), ("bucket", address("r"))):
        amparo("score", "--registry", at, "--model", "vpr@4", "--in", COHORT, "--out", f"{forms}-{name}.parquet")
    # The file itself names the digest of the version, and with it the moment at which it was published.
    scored = [pd.read_parquet(f"{forms}-{name}.parquet") for name in ("folder", "bucket")]
    holds("the same scores, to the last bit", lambda two: two[0].equals(two[1]), scored, [scored[0], scored[1].iloc[::-1]])
    key = bucket.read("r/fingerprint.key")
    holds("a key of its own", lambda keys: keys[0] != keys[1] and len(keys[0]) == 32, [key, (folder / "fingerprint.key").read_bytes()], [key, key])


def put_in_force(registry, number):
    gated = ["--registry", registry, "--model", f"vpr@{number}", "--cohort", COHORT, "--replicates", 100]
    amparo("gate", *gated, "--gates", GATES)
    amparo("models", "alias", "--registry", registry, "vpr", "champion", number, "--by", "ci", "--reason", "gated")


def verbs():
    """Every command that takes a registry takes one in a bucket."""
    r = ["--registry", address("r")]
    put_in_force(address("r"), 1)
    holds("the champion is shown", lambda said: "champion" in said, amparo("models", "list", *r), "nothing")
    history = amparo("models", "history", *r, "vpr", "--json")
    holds("its move is told", lambda said: json.loads(said)[-1]["alias"] == "champion", history, '[{"alias": "x"}]')
    amparo("models", "show", *r, "vpr@champion")
    amparo("models", "verdict", *r, "vpr@champion")
    amparo("models", "mend", *r, "vpr")
    amparo("explain", *r, "--model", "vpr@champion", "--in", QUICKSTART / "case.json")
    amparo("evaluate", *r, "--model", "vpr@2", "--against", "vpr@champion", "--cohort", COHORT, "--replicates", 100, "--out", FOLDER / "report")
    amparo("audit", "factors", *r, "--model", "vpr@champion", "--cohort", COHORT, "--replicates", 100)


def races():
    """Several processes at once: one has a number, one makes a move, and nothing is lost."""
    publishing = [started("train", "--config", CONFIG, "--cohort", COHORT, "--registry", address("race")) for _ in range(3)]
    results = ended(publishing)
    assert [code for code, _ in results] == [0] * 3, results
    (model,) = json.loads(amparo("models", "list", "--json", "--registry", address("race")))
    told = sorted(int(number) for _, said in results for number in set(re.findall(r"\bvpr@(\d+)\b", said)))
    holds(f"three publishers: {len(told)} numbers, none twice, none missing", lambda numbers: numbers == list(range(1, len(told) + 1)), told, [1, 1])
    assert model["versions"] == told
    move = lambda alias, number, reason: started(
        "models", "alias", "--registry", address("race"), "vpr", alias, number, "--by", "ci", "--reason", reason)
    codes = [code for code, _ in ended([move("shadow", 1, "all alike") for _ in range(RACERS)])]
    holds(f"{RACERS} make the same move: one is told that it did", lambda found: sorted(found) == [0] + [2] * (RACERS - 1), codes, [0] * RACERS)
    results = ended([move("challenger", number, f"racer {number}") for number in range(1, RACERS + 1)])
    assert [code for code, _ in results] == [0] * RACERS, results
    moves = json.loads(amparo("models", "history", "--json", "--registry", address("race"), "vpr"))
    reasons = sorted(move["reason"] for move in moves)
    expected = sorted(["all alike"] + [f"racer {number}" for number in range(1, RACERS + 1)])
    holds(f"{RACERS} make moves of their own: each is there once", lambda found: found == expected, reasons, expected[1:])


def killed(bucket):
    """A publisher that is killed before its version is there leaves nothing that is seen, and takes no number."""
    with bucket.holding("/.index.json") as reached:
        publisher = started("train", "--config", CONFIG, "--cohort", COHORT, "--registry", address("killed"))
        assert reached.wait(60), publisher.communicate()
        publisher.kill()
        publisher.wait()
    left = bucket.keys("killed/")
    holds(f"a killed publisher leaves {len(left)} files", lambda keys: len(keys) > 10, [k for k in left if "/.files/" in k], [])
    assert not any(key.endswith(".index.json") for key in left), left
    assert json.loads(amparo("models", "list", "--json", "--registry", address("killed"))) == []
    train(address("killed"))
    (model,) = json.loads(amparo("models", "list", "--json", "--registry", address("killed")))
    holds("the next takes its number", lambda numbers: numbers[0] == 1, model["versions"], [2])


def lost(bucket):
    """An answer that is lost on the way is not taken for a refusal."""
    with bucket.losing_answers():
        train(address("lost"))
        amparo("models", "alias", "--registry", address("lost"), "vpr", "shadow", 2, "--by", "ci", "--reason", "lost")
        assert bucket.lost > 4
    (model,) = json.loads(amparo("models", "list", "--json", "--registry", address("lost")))
    holds("numbers without a gap", lambda numbers: numbers == list(range(1, len(numbers) + 1)), model["versions"], [1, 3])
    moves = json.loads(amparo("models", "history", "--json", "--registry", address("lost"), "vpr"))
    holds("a move is there once", lambda found: [move["reason"] for move in found] == ["lost"], moves, moves * 2)


def cut_off(bucket, operational):
    """What is loaded is served while the store is away, and a move that was made meanwhile takes effect when it is back."""
    case = (QUICKSTART / "case.json").read_bytes()
    case = json.dumps({"case_id": "ci-1", "instrument": "vpr5.0-h"} | json.loads(case)).encode()
    port, log = free_port(), FOLDER / "served.sqlite"
    args = ["serve", "--registry", address("r"), "--default-model", "vpr@champion", "--log", log, "--listen", f"127.0.0.1:{port}"]
    with operational.open("w") as said:
        server = subprocess.Popen([AMPARO, *map(str, args)], stdout=subprocess.DEVNULL, stderr=said)
    answers = lambda body: lambda reply: reply[0] == 201 and json.loads(reply[1])["version"] == body
    try:
        for _ in range(200):
            try:
                ready(port, 200)
                break
            except OSError:
                assert server.poll() is None, operational.read_text()
                time.sleep(0.05)
        first = ask(port, "/v1/assessments", case)
        holds("served from the bucket", answers(1), first, (503, b""))
        folder = json.loads(amparo("explain", "--json", "--registry", FOLDER / "registry", "--model", "vpr@1", "--in", QUICKSTART / "case.json"))
        score = json.loads(first[1])["recidivism"]["log_odds"]
        close("the score is that of the folder", score, folder["recidivism"]["log_odds"], 0, score + 1e-6)
        with bucket.gone():
            begun = time.monotonic()
            for _ in range(20):
                reply = ask(port, "/v1/assessments", case)
                assert answers(1)(reply), reply
            seconds = time.monotonic() - begun
            print(f"  20 answers without the store in {seconds:.2f} s")
            assert seconds < 5
            time.sleep(6)
            holds("it says that it is ready", lambda reply: reply[0] == 200, ask(port, "/health/ready"), (503, b""))
            other = ask(port, "/v1/assessments", json.dumps(json.loads(case) | {"model": "vpr@2"}).encode())
            holds("what is not loaded is refused", lambda reply: reply[0] == 503 and b"registry_unavailable" in reply[1], other, first)
            begun = time.monotonic()
            said = amparo("models", "list", "--registry", address("r"), code=2)
            holds(f"a command says so in one line, after {time.monotonic() - begun:.1f} s", lambda text: text.count("\n") == 1 and "cannot open `s3://" in text, said, "")
            assert time.monotonic() - begun < 20
        put_in_force(address("r"), 2)
        moved = time.monotonic()
        while not answers(2)(ask(port, "/v1/assessments", case)):
            assert time.monotonic() - moved < 15, operational.read_text()
            time.sleep(0.1)
        print(f"  the move takes effect {time.monotonic() - moved:.1f} s after it was made")
    finally:
        server.terminate()
        assert server.wait(timeout=15) == 0
    said = operational.read_text()
    holds("the operational log says when it began and when it ended", lambda text: "cannot be read, so aliases" in text and "can be read again" in text, said, "")
    same = amparo("replay", "--all", "--registry", address("r"), "--log", log)
    print(f"  {same.splitlines()[-1]}")


def refused(bucket):
    """A store that ignores conditions is refused before anything is written; so are wrong addresses and keys."""
    for condition, header in (("create", "If-None-Match"), ("match", "If-Match")):
        with bucket.ignoring(condition):
            said = train(address("refused"), code=2)
            holds(f"a store that ignores {header}", lambda text: f"`{header}" in text and "honours conditional puts" in text, said, "error: something")
            said = amparo("models", "alias", "--registry", address("r"), "vpr", "shadow", 1, "--by", "ci", "--reason", "no", code=2)
            assert header in said, said
    assert bucket.keys("refused/") == [], bucket.keys("refused/")
    assert not [key for key in bucket.keys() if "/.probe/" in key]
    said = amparo("models", "list", "--registry", "s3://no-such-bucket/r", code=2)
    holds("a bucket that is not there", lambda text: "NoSuchBucket" in text, said, "")
    for variable, value, expected in [
        ("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}", "Connection refused"),
        ("AWS_ALLOW_HTTP", "false", "cannot open"),
        ("AWS_SECRET_ACCESS_KEY", None, "cannot open"),
        ("AWS_ENDPOINT_URL", bucket.endpoint.replace("://", f"://{KEY_ID}:{SECRET}@"), "user name or a password"),
    ]:
        kept = os.environ.pop(variable)
        if value is not None:
            os.environ[variable] = value
        said = amparo("models", "list", "--registry", address("r"), code=2)
        os.environ[variable] = kept
        holds(f"{variable}: {said.strip()}", lambda text: expected in text and text.count("\n") == 1, said, "")
        assert SECRET not in said and KEY_ID not in said


def suite():
    """The suite that every store must pass, of the crate, on this server."""
    os.environ["AMPARO_S3_SERVER"] = address("suite")
    cargo = [os.environ.get("CARGO", "cargo"), "test", "-p", "amparo-stores", "--features", "s3", "a_real_server"]
    done = subprocess.run([*cargo, "--", "--nocapture"], cwd=ROOT, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    holds("the suite of stores", lambda text: f"the suite ran on {address('suite')}" in text, said, "1 passed")


if __name__ == "__main__":
    prepared()
    BUCKET = Bucket()
    suite()
    same_as_in_a_folder(BUCKET)
    verbs()
    races()
    killed(BUCKET)
    lost(BUCKET)
    cut_off(BUCKET, FOLDER / "operational.log")
    refused(BUCKET)

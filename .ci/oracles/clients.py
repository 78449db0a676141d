"""Clients of the service: the lines of curl and the program in Rust of the documentation, and one in Python that is generated from the document."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from common import QUICKSTART, WORK, holds
from served import ask, free_port, start

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
ROOT = Path(__file__).resolve().parents[2]
GENERATOR = Path(os.environ.get("AMPARO_CLIENT_GENERATOR", Path(sys.executable).with_name("openapi-python-client")))


def by_curl(service):
    """The block of the documentation, as it stands there."""
    text = (ROOT / "docs" / "clients.md").read_text()
    block = re.search(r"```sh\n(.*?)```", text, re.S).group(1)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block], cwd=FOLDER, capture_output=True, text=True,
        env=os.environ | {"AMPARO_SERVICE": service, "CASE": str(QUICKSTART / "case.json")},
    )
    assert done.returncode == 0, done.stderr
    made, again = [line for line in done.stdout.splitlines() if line.startswith("{")][:2]
    holds("curl: a proposal, and the same bytes by its id", lambda two: two[0] == two[1], (made, again), (made, "{}"))
    return json.loads(made)


def by_python(service, document):
    """A package that openapi-python-client generates: the calls of the documentation."""
    (FOLDER / "openapi.json").write_bytes(document)
    # The generator tidies up by `ruff`, which is beside it.
    env = os.environ | {"PATH": f"{GENERATOR.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [GENERATOR, "generate", "--path", FOLDER / "openapi.json", "--meta", "none", "--output-path", FOLDER / "amparo_client"],
        capture_output=True, text=True, env=env,
    )
    assert done.returncode == 0 and "Warning" not in done.stdout, done.stdout + done.stderr
    text = (ROOT / "docs" / "clients.md").read_text()
    program = FOLDER / "client.py"
    program.write_text(re.search(r"```python\n(.*?)```", text, re.S).group(1))
    python = GENERATOR.with_name("python")
    done = subprocess.run([python, program, service, QUICKSTART / "case.json"], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def by_rust(service):
    """The example of the crate."""
    program = Path(os.environ.get("AMPARO_CLIENT_EXAMPLE", ROOT / "target" / "debug" / "examples" / "client"))
    done = subprocess.run([program, service, QUICKSTART / "case.json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wrong = FOLDER / "wrong.json"
    case = json.loads((QUICKSTART / "case.json").read_bytes())
    wrong.write_text(json.dumps(case | {"instrument": "none"}))
    refused = subprocess.run([program, service, wrong], capture_output=True, text=True)
    holds("Rust: a refusal is told with its code", lambda d: d.returncode != 0 and "instrument_mismatch" in d.stderr, refused, done)
    return json.loads(done.stdout)


port = free_port()
server = start(port, FOLDER / "log.sqlite", FOLDER / "operational.log")
try:
    service = f"http://127.0.0.1:{port}"
    status, document = ask(port, "/openapi.json")
    assert status == 200
    proposals = {"curl": by_curl(service), "Python": by_python(service, document), "Rust": by_rust(service)}
finally:
    server.kill()
    server.wait()
numbers = lambda proposal: (proposal["level"], proposal["recidivism"]["log_odds"], proposal["recidivism"]["probability"])
for name, proposal in proposals.items():
    other = proposal | {"recidivism": proposal["recidivism"] | {"log_odds": 0.0}}
    holds(f"{name}: the same level and numbers as the others", lambda p: numbers(p) == numbers(proposals["curl"]), proposal, other)
ids = {proposal["proposal_id"] for proposal in proposals.values()}
assert len(ids) == 3, "each of them asked for a proposal of its own"

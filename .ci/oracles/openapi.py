"""The OpenAPI document as others read it: two validators, a generator of TypeScript, and schemathesis against the running service."""

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from common import WORK, holds
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from served import ask, free_port, start

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
NODE = Path(os.environ["NODE_PREFIX"]) / "node_modules" / ".bin"
# Beside this file, and found by its path.
ENVIRONMENT = os.environ | {"SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("schemathesis_hooks.py"))}
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


def run(*args):
    """Whether a program is content; what it said goes with it."""
    done = subprocess.run([str(a) for a in args], cwd=FOLDER, env=ENVIRONMENT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode == 0, done.stdout + done.stderr


def written(name, document):
    path = FOLDER / name
    path.write_text(json.dumps(document))
    return path


def is_valid(document):
    try:
        validate(document)
    except OpenAPIValidationError:
        return False
    return True


def redocly(path):
    content, said = run(NODE / "redocly", "lint", path)
    return content and "is valid" in said


def typescript(path):
    types = path.with_suffix(".ts")
    made, _ = run(NODE / "openapi-typescript", path, "-o", types)
    return made and run(NODE / "tsc", "--noEmit", "--strict", types)[0]


def schemathesis(path, port, *more):
    """All checks; the same draws each time."""
    content, said = run(
        SCHEMATHESIS, "--config-file", Path(__file__).with_name("schemathesis.toml"), "run", path,
        "--url", f"http://127.0.0.1:{port}", "--checks", "all", "--max-examples", "30", "--seed", "1",
        "--continue-on-failure", "--request-timeout", "30", *more,
    )
    return content, said


def main():
    port = free_port()
    server = start(port, FOLDER / "log.sqlite", FOLDER / "operational.log")
    try:
        document = json.loads(ask(port, "/openapi.json")[1])
        twice = copy.deepcopy(document)
        for methods in twice["paths"].values():
            for operation in methods.values():
                operation["operationId"] = "show"
        right, wrong = written("openapi.json", document), written("twice.json", twice)
        holds("openapi-spec-validator takes the document", is_valid, document, twice)
        holds("redocly takes it", redocly, right, wrong)
        holds("its TypeScript compiles", typescript, right, wrong)

        [example] = document["components"]["schemas"]["AssessmentRequest"]["examples"]
        incomplete = {**example, "answers": dict(list(example["answers"].items())[1:])}
        assess = lambda body: ask(port, "/v1/assessments", json.dumps(body).encode())[0] == 201
        holds("its own example is answered", assess, example, incomplete)

        otherwise = copy.deepcopy(document)
        otherwise["components"]["schemas"]["Health"]["properties"]["status"] = {"type": "integer"}
        mistaken = written("otherwise.json", otherwise)
        content, said = schemathesis(right, port)
        assert content, said
        one_path = ["--include-path", "/health/live"]
        holds("schemathesis finds nothing", lambda args: schemathesis(*args)[0], (right, port, *one_path), (mistaken, port, *one_path))
        print("\n".join(line for line in said.splitlines() if "generated" in line))
        refused = [line for line in (FOLDER / "operational.log").read_text().splitlines() if '"status":5' in line]
        holds("no request was answered by 5xx", lambda lines: not lines, refused, ["one"])
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(FOLDER)


main()

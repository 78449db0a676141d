"""The Open Inference Protocol by unmodified clients: tritonclient, kserve and mlserver ask the running service in every way that they have, and
every number is the one of `/v1/assessments` and of `amparo score`, to the last bit."""

import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from common import QUICKSTART, WORK, Cohort, amparo, holds, versions
from served import ask, free_port, start

PYTHON = Path(os.environ["AMPARO_INFERENCE_PYTHON"])
FOLDER = Path(tempfile.mkdtemp(dir=WORK))
ROWS = 5
NUMBERS = ("log_odds", "probability", "lower", "upper", "base", "values")


def client(name, port, forms):
    """What a client gives, in a process of its own."""
    out = FOLDER / f"{name}.json"
    script = Path(__file__).with_name("inference_clients.py")
    done = subprocess.run([PYTHON, "-W", "ignore", script, name, str(port), forms, out], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(out.read_text())


def mlserver_infer(port, forms, *flags):
    """The outputs of `mlserver infer`, line by line."""
    lines, out = FOLDER / "requests.jsonl", FOLDER / "answers.jsonl"
    one = lambda k: {"inputs": [
        {"name": "case_id", "shape": [1], "datatype": "BYTES", "data": [forms["cases"][k]]},
        {"name": "answers", "shape": [1, len(forms["codes"][k])], "datatype": "INT64", "data": forms["codes"][k]},
    ]}
    lines.write_text("".join(json.dumps(one(k)) + "\n" for k in range(ROWS)))
    program = PYTHON.with_name("mlserver")
    args = [PYTHON, "-W", "ignore", program, "infer", "-u", f"127.0.0.1:{port}", "-m", "vpr", "-i", lines, "-o", out, *flags]
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    # Several requests are under way at once: what comes first is written first.
    return sorted(map(json.loads, out.read_text().splitlines()), key=lambda answer: answer["parameters"]["batch_index"])


def equal(title, found, expected, texts=True):
    """Every number of every row, and the level, to the last bit."""
    wanted = {name: expected[name] for name in (*NUMBERS, *(["level"] if texts else []))}
    other = {**wanted, "log_odds": [np.nextafter(x, 9) for x in wanted["log_odds"]]}
    same = lambda numbers: all(list(found[name]) == list(numbers[name]) for name in numbers)
    holds(f"{title}: all numbers, to the last bit", same, wanted, other)


def asked(port, forms):
    """What `/v1/assessments` answers, as the outputs have it."""
    proposals = [json.loads(ask(port, "/v1/assessments", json.dumps(body).encode())[1]) for body in forms["bodies"]]
    of = lambda take: [take(proposal) for proposal in proposals]
    return {
        "log_odds": of(lambda p: p["recidivism"]["log_odds"]),
        "probability": of(lambda p: p["recidivism"]["probability"]),
        "lower": of(lambda p: p["recidivism"]["interval"]["low"]),
        "upper": of(lambda p: p["recidivism"]["interval"]["high"]),
        "base": of(lambda p: p["explanation"]["base"]),
        "values": [v["value"] for proposal in proposals for v in proposal["explanation"]["values"]],
        "level": of(lambda p: p["level"]),
    }, proposals


def scored(cohort, version):
    """What `amparo score` says of the same forms."""
    table = version.scored(FOLDER / "forms.parquet", FOLDER / "scores.parquet").head(ROWS)
    columns = {"log_odds": "log_odds", "probability": "probability", "lower": "probability.low", "upper": "probability.high", "base": "base"}
    values = table[[f"value.{i['id']}" for i in cohort.indicators]].to_numpy().ravel().tolist()
    return {name: table[column].tolist() for name, column in columns.items()} | {"values": values}


def triton(port, forms, expected):
    found = client("triton", port, FOLDER / "forms.json")
    ways = [name for name, result in found.items() if isinstance(result, dict) and "values" in result]
    holds("tritonclient: as many ways as there are", lambda n: len(ways) == n, 36, 35)
    for name in ways:
        equal(f"tritonclient, {name}", found[name], expected)
        assert found[name]["response"]["model_version"] == str(forms["version"])
    given = found["version by alias, id and parameters"]["response"]
    holds("tritonclient: the id comes back, and that rows are logged", lambda r: (r.get("id"), r["parameters"]) == ("r-1", {"log": "on"}), given, found["async"]["response"])
    holds("tritonclient: a key gives the same proposals", lambda way: found[way]["proposal_id"] == found["key"]["proposal_id"], "key again", "async")
    holds("tritonclient: health, and no health of what is not there", lambda h: h == [True] * 4 + [False] * 2, found["health"], [True] * 6)
    for name, said in [
        ("without a case", "[422] request is refused: 1 problem: input `case_id` is missing"),
        ("an answer", f"to indicator `{forms['indicators'][0]}` is none of"),
        ("an answer, version 9", "[404] no version `vpr@9`"),
        ("a model", "[404] no model `nope`"),
        ("an indicator", f"indicator `{forms['indicators'][0]}` is not answered"),
        ("an output", "output `y` is unknown, expected one of `proposal_id`"),
        ("an output by class", "that extension is not offered"),
        ("FP16", "datatype `FP16` is not read, expected one of BYTES"),
        ("key of other rows", "[409] header `Idempotency-Key` was used before"),
        ("model configuration", "[404] no such path"),
        ("statistics", "[404] no such path"),
    ]:
        holds(f"tritonclient shows why it is refused: {name}", lambda text: said in text, found[name], "[422] request is refused: 1 problem")
    unlogged = found["unlogged"]["response"]
    holds("tritonclient: an unlogged model says so", lambda r: r["parameters"] == {"log": "off"}, unlogged, given)
    codes = {i["name"]: i["parameters"] for i in found["version"]["inputs"] if "codes" in i["parameters"]}
    first = forms["indicators"][0]
    holds("tritonclient: the metadata say what codes mean", lambda k: codes[first]["codes"][forms["ids"][0][0]] == k, forms["codes"][0][0], -1)
    assert [i["version"] for i in found["index"]] == found["model"]["versions"] and found["server"]["name"] == "amparo"
    return found


def kserve(port, forms, expected):
    found = client("kserve", port, FOLDER / "forms.json")
    ways = [name for name, result in found.items() if isinstance(result, dict) and "values" in result]
    holds("kserve: as many ways as there are", lambda n: len(ways) == n, 30, 29)
    for name in ways:
        equal(f"kserve, {name}", found[name], expected)
    assert found["FP32 JSON"]["response"]["id"] == "FP32 JSON"
    holds("kserve: health, and no health of what is not there", lambda h: h == [True] * 4 + [False], found["health"], [True] * 5)
    holds("kserve, version 1: alive and ready", lambda h: h == [True] * 2, found["health by version 1"], [True, None])
    scores = lambda answers: [p["recidivism"]["log_odds"] for p in answers]
    for name in ("predictions", "explanations"):
        holds(f"kserve, version 1: {name}", lambda e: scores(found[name]) == e, expected["log_odds"], expected["log_odds"][::-1])
    values = [v["value"] for e in found["explanations"] for v in e["explanation"]["values"]]
    holds("kserve, version 1: values of explanations", lambda e: values == e, expected["values"], expected["values"][::-1])
    print(f"  kserve shows of a refusal: {found['without a case']}")
    for name in ("without a case", "predictions without a case"):
        holds(f"kserve: {name} is refused", lambda text: "422" in text, found[name], "nothing was refused")


def mlserver(port, forms, expected):
    found = client("types", port, FOLDER / "forms.json")
    equal("mlserver's types and codecs", found["codecs"], expected)
    holds("mlserver's types: the id comes back", lambda r: r["id"] == "m-1", found["codecs"]["response"], {"id": None})
    for flags in ([], ["-b"], ["-s", "2"], ["-b", "-s", "3"]):
        answers = mlserver_infer(port, forms, *flags)
        rows = {}
        for answer in answers:
            outputs = {output["name"]: output for output in answer["outputs"]}
            n = outputs["log_odds"]["shape"][0]
            for name in (*NUMBERS, "level"):
                rows.setdefault(name, []).extend(outputs[name]["data"])
            assert n == len(outputs["level"]["data"])
        equal(f"mlserver infer {' '.join(flags)}", rows, expected)


def main():
    os.environ["AMPARO_UNLOGGED_MODELS"] = "vpr@5"
    amparo("data", "generate", "--rows", 200, "--seed", 3, "--out", FOLDER / "forms.parquet")
    cohort = Cohort(FOLDER / "forms.parquet")
    newest = versions(QUICKSTART / "registry", "vpr")[-1]
    indicators = cohort.indicators
    codes = cohort.codes[:ROWS].tolist()
    ids = [[i["answers"][code]["id"] for i, code in zip(indicators, row)] for row in codes]
    bodies = [
        {"case_id": f"oip-{k}", "instrument": cohort.meta["instrument"]["id"], "answers": dict(zip([i["id"] for i in indicators], row))}
        for k, row in enumerate(ids)
    ]
    forms = {
        "indicators": [i["id"] for i in indicators], "cases": [body["case_id"] for body in bodies], "ids": ids, "codes": codes,
        "unknown": newest.unknown, "version": int(newest.reference.split("@")[1]), "bodies": bodies,
    }
    (FOLDER / "forms.json").write_text(json.dumps(forms))
    port, log = free_port(), FOLDER / "log.sqlite"
    server = start(port, log, FOLDER / "operational.log")
    try:
        expected, _ = asked(port, forms)
        equal("`/v1/assessments` and `amparo score`", scored(cohort, newest), expected, texts=False)
        found = triton(port, forms, expected)
        kserve(port, forms, expected)
        mlserver(port, forms, expected)
        shown = [ask(port, f"/v1/assessments/{p}")[1].decode() for p in found["key"]["proposal_id"]]
        assert [json.loads(p)["case_id"] for p in shown] == forms["cases"]
        whole = found["proposals"]
        shown = [ask(port, f"/v1/assessments/{json.loads(p)['proposal_id']}")[1].decode() for p in whole]
        holds("whole proposals are those of the log, byte by byte", lambda texts: whole == texts, shown, [text[:-1] for text in shown])
        said = (FOLDER / "operational.log").read_text()
        holds("the start says which model is not logged", lambda name: f'"{name}"' in said and "is not logged" in said, "vpr@5", "vpr@4")
        holds("the operational log names no case", lambda text: "oip-1" not in text, said, f"{said} oip-1")
        failed = [line for line in said.splitlines() if '"status":5' in line]
        holds("no request was answered by 5xx", lambda lines: not lines, failed, ["one"])
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
    finally:
        server.kill()
        server.wait()
    replayed = amparo("replay", "--registry", QUICKSTART / "registry", "--log", f"sqlite:{log}", "--all")
    print("  " + replayed.strip().splitlines()[0])
    holds("every entry is answered again as it was", lambda text: "the same as in the log, to the last bit; 0 different; 0 could not" in text, replayed, "1 different")


main()

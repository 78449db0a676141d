"""Graphs that do not reduce to a sum of terms: run as they are beside versions and beside the log, and never explained.

Two neural networks: one of scikit-learn as skl2onnx writes it, with missing values filled in inside the graph, and the same layers put together by hand with
one output of log-odds, as exporters of deep learning write them. What Amparo reports of them has to be what scikit-learn says of its own predictions.
"""

import json
import os
import tempfile
import tomllib
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.impute import SimpleImputer
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from common import QUICKSTART, WORK, Cohort, amparo, close, holds
from served import ask, free_port, start

FOLDER = Path(tempfile.mkdtemp(prefix="compared-", dir=WORK))
FORM = "vpr5.0-h"
REGISTRY = QUICKSTART / "registry"


def generated(name, rows, seed):
    path = FOLDER / f"{name}.parquet"
    amparo("data", "generate", "--instrument", FORM, "--rows", rows, "--seed", seed, "--out", path)
    return Cohort(path)


THEIRS, OTHERS = generated("theirs", 6000, 21), generated("others", 8000, 22)
UNKNOWN = np.array([len(i["answers"]) - 1 for i in THEIRS.indicators])


def coded(codes):
    return np.where(codes == UNKNOWN, np.nan, codes.astype(np.float32)).astype(np.float32)


def network():
    """Fits a network; the graph of skl2onnx, one of our own with the same layers, and what scikit-learn says."""
    rows, events, _ = THEIRS.labelled("new_assault")
    model = make_pipeline(SimpleImputer(), StandardScaler(), MLPClassifier((16, 8), alpha=0.1, max_iter=60, random_state=1))
    x = coded(THEIRS.codes[rows])
    model.fit(x, events.astype(int))
    # Without the map of labels, as `zipmap=False` leaves it out.
    (FOLDER / "network.onnx").write_bytes(to_onnx(model, x[:1], options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3}).SerializeToString())
    said = lambda codes: model.predict_proba(coded(codes))[:, 1]

    fill, scale, layers = (step for _, step in model.steps)
    constants = {"fill": fill.statistics_, "mean": scale.mean_, "by": scale.scale_}
    for at, (weights, shift) in enumerate(zip(layers.coefs_, layers.intercepts_)):
        constants |= {f"w{at}": weights, f"b{at}": shift}
    n = len(layers.coefs_)
    nodes = [helper.make_node("IsNaN", ["x"], ["none"]), helper.make_node("Where", ["none", "fill", "x"], ["filled"]),
             helper.make_node("Sub", ["filled", "mean"], ["centred"]), helper.make_node("Div", ["centred", "by"], ["h0"])]
    for at in range(n):
        nodes.append(helper.make_node("Gemm", [f"h{at}", f"w{at}", f"b{at}"], [f"z{at}"]))
        if at < n - 1:
            nodes.append(helper.make_node("Relu", [f"z{at}"], [f"h{at + 1}"]))
    graph = helper.make_graph(
        nodes, "layers", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", x.shape[1]])],
        [helper.make_tensor_value_info(f"z{n - 1}", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(np.asarray(value, np.float32), name) for name, value in constants.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10, producer_name="by hand")
    onnx.checker.check_model(made, full_check=True)
    (FOLDER / "layers.onnx").write_bytes(made.SerializeToString())
    return said


def mapping(file):
    path = FOLDER / f"{file}.toml"
    amparo("import", FOLDER / file, "--instrument", FORM, "--compare-only", "--suggest-mapping", path)
    return path


def codes_of(table):
    """The answer codes of rows of columns."""
    found = table.to_numpy(float)
    return np.where(np.isnan(found), UNKNOWN, found).astype(int)


def taken(file, said, predicts, code=0, change=lambda table: table):
    """Probes, what the program says of them, and the comparison."""
    out, probes, checked = (FOLDER / f"{file}.{end}" for end in ("json", "probes.csv", "checked.csv"))
    command = ("import", FOLDER / file, "--instrument", FORM, "--compare-only", "--mapping", FOLDER / f"{file}.toml")
    probes.unlink(missing_ok=True)
    amparo(*command, "--probes", probes)
    table = pd.read_csv(probes)
    change(table.assign(said=said(codes_of(table)))).to_csv(checked, index=False)
    told = amparo(*command, "--check", checked, "--prediction", "said", "--predicts", predicts, "--out", out, code=code)
    return out, told, len(table)


def evaluated(said, models):
    out, rows = FOLDER / "report", FOLDER / "predictions.parquet"
    named = [flag for name, file in models.items() for flag in ("--compared", f"{name}={file}")]
    command = ("evaluate", "--registry", REGISTRY, "--model", "vpr@1", "--cohort", OTHERS.path, *named, "--out", out, "--replicates", 200, "--predictions", rows)
    told = amparo(*command, code=2)
    holds("what it was fitted on has to be declared", lambda text: text in told and not out.exists(), "--other-cases", wrong="no such text")
    told = amparo(*command, "--other-cases")
    report, rows = json.loads((out / "report.json").read_text()), pd.read_parquet(rows)
    known, _, _ = OTHERS.labelled("new_assault")
    expected = said(OTHERS.codes[known])
    holds("the report says what it is", lambda text: any(text in note for note in report["context"]["notes"]), "nobody can say why a case has its score", wrong="no such text")
    page = (out / "report.html").read_text()
    for name in models:
        mine = rows[rows["scored"] == name]
        assert (mine["case"].to_numpy() == OTHERS.table["case"].to_numpy()[known]).all()
        close(f"{name}: probabilities of the cohort", mine["probability"], expected, 1e-6, wrong=expected[::-1])
        overall = next(one for one in report["scored"] if one["name"] == name)["overall"]
        y, w, p = mine["event"], mine["weight"], mine["probability"]
        turned = 1 - p
        close(f"{name}: AUC", [overall["auc"]["value"]], [roc_auc_score(y, p, sample_weight=w)], 1e-12, wrong=[roc_auc_score(y, turned, sample_weight=w)])
        close(f"{name}: Brier score", [overall["brier"]["value"]], [brier_score_loss(y, p, sample_weight=w)], 1e-12, wrong=[brier_score_loss(y, turned, sample_weight=w)])
        close(f"{name}: log loss", [overall["log_loss"]["value"]], [log_loss(y, p, sample_weight=w)], 1e-12, wrong=[log_loss(y, turned, sample_weight=w)])
        holds(f"{name}: it is on the page, with levels", lambda text: text in page and mine["level"].notna().all(), name, wrong=f"{name}-other")


def shadowed(said, files):
    """Forms that the service answers, beside what the networks and another version say of them."""
    port, log = free_port(), FOLDER / "log.sqlite"
    server = start(port, log, FOLDER / "operational.log")
    answers = [[a["id"] for a in i["answers"]] for i in OTHERS.indicators]
    proposals = []
    for row in range(240):
        codes = OTHERS.codes[row]
        form = {i["id"]: answers[j][codes[j]] for j, i in enumerate(OTHERS.indicators)}
        officer = {"id": "o-1", "unit": f"u-{row % 3}"}
        body = {"case_id": f"case-{row // 2}", "instrument": FORM, "answers": form, "officer": officer}
        status, reply = ask(port, "/v1/assessments", json.dumps(body).encode())
        assert status == 201, reply
        proposals.append(json.loads(reply))
    server.terminate()
    server.wait()
    common = ("audit", "shadow", "--registry", REGISTRY, "--log", f"sqlite:{log}", "--replicates", 200, "--smallest-cell", 1)
    levels = tomllib.loads((REGISTRY / "vpr" / "1" / "protocol.toml").read_text())["level"]
    cuts, ids = [level["from_probability"] for level in levels], [level["id"] for level in levels]
    level = lambda p: np.searchsorted(cuts, p, side="right") - 1
    ours = np.array([one["recidivism"]["probability"] for one in proposals])
    theirs = said(OTHERS.codes[:240])
    assert np.abs(theirs[:, None] - np.array(cuts)[None, 1:]).min() > 1e-6, "no probability is at a cut-point"
    for file in files.values():
        moves = FOLDER / "moves.parquet"
        found = json.loads(amparo(*common, "--compared", file, "--json", "--moves", moves))
        (one,) = found["of_levels"]
        total = next(row for row in one["rows"] if row["unit"] == "" and row["level"] == "")
        before, after = level(ours), level(theirs)
        close("mean difference beside the log", [total["difference"]["value"]], [(theirs - ours).mean()], 1e-6, wrong=[(ours - theirs).mean()])
        close("share that would be higher, lower", [total[of]["value"] for of in ("higher", "lower")], [(after > before).mean(), (after < before).mean()], 1e-12,
              wrong=[(after < before).mean(), (after > before).mean()])
        table = np.zeros((len(ids), len(ids)))
        np.add.at(table, (before, after), 1)
        close("who moves where", [row["to"] for row in one["moves"]], table, 0.5, wrong=table.T)
        moved = pd.read_parquet(moves).set_index("proposal")
        expected = {p["proposal_id"]: ids[after[at]] for at, p in enumerate(proposals) if before[at] != after[at]}
        holds("each of them is in the file", lambda of: dict(moved["shadow_level"]) == of, expected, wrong=dict(list(expected.items())[1:]))
    # A version beside the log: the one that answered is its own shadow, and another one says what it says.
    for model, moves_any in (("vpr@challenger", False), ("vpr@1", True)):
        found = json.loads(amparo(*common, "--model", model, "--json"))
        total = next(row for row in found["of_levels"][0]["rows"] if row["unit"] == "" and row["level"] == "")
        shift = total["absolute_difference"]["value"]
        holds(f"{model} beside what vpr@challenger answered: {shift:.3f} away", lambda any_: (shift > 0) == any_, moves_any, wrong=not moves_any)
    for lang, text in (("en", "Agreement of the levels"), ("es", "Acuerdo de los niveles")):
        told = amparo(*common, "--compared", files["network"], "--lang", lang)
        holds(f"in words, {lang}", lambda expected: expected in told, text, wrong="no such text")


def main():
    said = network()
    told = amparo("import", FOLDER / "network.onnx", "--instrument", FORM, "--suggest-mapping", FOLDER / "none.toml", code=2)
    holds("a network is no sum of terms, and it is said what to do", lambda text: text in told, "--compare-only", wrong="no such text")
    logit = lambda codes: np.log(said(codes)) - np.log1p(-said(codes))
    models = {}
    for file, says, predicts in (("network.onnx", said, "probability"), ("layers.onnx", logit, "log-odds")):
        mapping(file)
        models[file.split(".")[0]], told, n = taken(file, says, predicts)
        record = json.loads(models[file.split(".")[0]].read_text())["record"]["check"]
        print(f"{file}: {n} rows, largest difference {record['largest_difference']:.1e}, allowed {record['allowed_there']:.1e}")
        assert "neither explained, published nor served" in told.replace("\n", " ")
    evaluated(said, models)
    shadowed(said, models)

    # What is wrong is refused, and nothing is written.
    kept = {name: file.read_bytes() for name, file in models.items()}
    for name, change, expected in [
        ("other predictions where weapons are unknown", lambda table: table.assign(said=table["said"] * np.where(table.iloc[:, 3].isna(), 0.99, 1)), "nothing was imported"),
        ("a pair of answers that no row has", lambda table: table[~((table.iloc[:, 0] == 1) & table.iloc[:, 4].isna())], "no row has"),
        ("a prediction that is none", lambda table: table.assign(said=table["said"] + 1), "expected a probability from 0 to 1"),
    ]:
        (FOLDER / "network.onnx.json").unlink(missing_ok=True)
        out, told, _ = taken("network.onnx", said, "probability", code=2, change=change)
        holds(name, lambda text: text in told and not out.exists(), expected, wrong="no such text")
    changed = json.loads(kept["network"])
    changed["graph"] = changed["graph"][:-200] + ("A" if changed["graph"][-200] != "A" else "B") + changed["graph"][-199:]
    (FOLDER / "changed.json").write_text(json.dumps(changed))
    command = ("evaluate", "--registry", REGISTRY, "--model", "vpr@1", "--cohort", OTHERS.path, "--other-cases", "--out", FOLDER / "none")
    told = amparo(*command, "--compared", f"network={FOLDER / 'changed.json'}", code=2)
    holds("a graph that was changed since", lambda text: text in told, "the graph that was compared", wrong="no such text")
    (FOLDER / "network.onnx.json").write_bytes(kept["network"])
    library, os.environ["AMPARO_ONNXRUNTIME"] = os.environ["AMPARO_ONNXRUNTIME"], str(FOLDER)
    told = amparo(*command, "--compared", f"network={FOLDER / 'network.onnx.json'}", code=2)
    os.environ["AMPARO_ONNXRUNTIME"] = library
    holds("without the library it is said what to install", lambda text: text in told, "pip install onnxruntime", wrong="no such text")


main()

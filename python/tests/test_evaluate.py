"""Anybody's scores: beside the report of the command on the same rows, and beside scikit-learn."""

import json
import os
import subprocess
import threading
import time
import signal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

import amparo
from conftest import QUICKSTART

GROUPS = ["children", "foreign", "age"]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The report of the command on the test part of the cohort, and its rows."""
    out = tmp_path_factory.mktemp("report")
    args = ["evaluate", "--registry", QUICKSTART / "registry", "--model", "vpr@challenger", "--against", "vpr@1", "--cohort", QUICKSTART / "cohort.parquet",
            "--out", out, "--predictions", out / "rows.parquet", "--replicates", 200]
    subprocess.run([os.environ["AMPARO"], *map(str, args)], check=True, stdout=subprocess.DEVNULL)
    rows = pd.read_parquet(out / "rows.parquet")
    report = json.loads((out / "report.json").read_text())
    by_name = {name: rows[rows["scored"] == name].reset_index(drop=True) for name in rows["scored"].unique()}
    return report, by_name


@pytest.fixture(scope="module")
def same(judged):
    """The same scores, handed in."""
    report, rows = judged
    names = [report["context"]["subject"], report["context"]["reference"]]
    first = rows[names[0]]
    return names, first, dict(
        scores={name: rows[name]["probability"] for name in names}, events=first["event"], weights=first["weight"], cases=first["case"],
        groups=first[[f"group.{name}" for name in GROUPS]].rename(columns=lambda name: name.removeprefix("group.")),
        held_out="the test part", reference=names[1], replicates=200,
    )


def test_numbers_are_those_of_the_command(judged, same):
    report, _ = judged
    names, _, given = same
    found = amparo.evaluate(**given)
    assert found.names == names
    for name in names:
        theirs = next(one for one in report["scored"] if one["name"] == name)["overall"]
        for metric in ("auc", "brier", "log_loss", "observed_expected", "average_precision", "calibration_slope"):
            ours, expected = found.measure(metric, name), theirs[metric]
            assert ours.keys() == expected.keys() and (ours["n"], ours["events"]) == (expected["n"], expected["events"])
            # The order of the sums differs, as a version's scores are log-odds.
            assert max(abs(ours[of] - expected[of]) for of in ("value", "low", "high")) <= 1e-12, (name, metric)
    gap = lambda of: {(one["against"], one["metric"]): one["measure"] for one in of["differences"] if one["name"] == names[0] and one["against"] == names[1]}
    ours, theirs = gap(found.to_dict()), gap(report)
    # The mean score of a version is one of log-odds.
    shared = [key for key in ours if "low" in ours[key] and "low" in theirs.get(key, {}) and key[1] != "mean_score"]
    assert len(shared) > 10 and max(abs(ours[key][of] - theirs[key][of]) for key in shared for of in ("value", "low", "high")) <= 1e-12
    # Other resamples have other intervals.
    other = amparo.evaluate(**given | {"seed": 2})
    slopes = [one.measure("calibration_slope") for one in (found, other)]
    assert slopes[0]["value"] == slopes[1]["value"] and slopes[0]["low"] != slopes[1]["low"]


def test_groups_are_compared_as_by_the_command(judged, same):
    report, _ = judged
    names, first, given = same
    found = amparo.evaluate(**given).to_dict()
    of = lambda report: {one["group"]: one for one in next(s for s in report["scored"] if s["name"] == names[0])["groups"]}
    ours, theirs = of(found), of(report)
    assert set(ours) == set(GROUPS)
    for name in GROUPS:
        label = lambda row: row["label"]
        rows = {label(row): row for row in theirs[name]["rows"]}
        for row in ours[name]["rows"]:
            assert row["measures"]["auc"] == rows[label(row)]["measures"]["auc"] if "measures" in row else row["n"] == rows[label(row)]["n"]
    # A missing label says that nothing was recorded.
    gone = first["group.age"].astype(object).copy()
    gone.iloc[:500] = None
    found = amparo.evaluate(**given | {"groups": {"age": gone}}).to_dict()["scored"][0]["groups"][0]
    assert found["unknown"] == ["unknown"]


def test_numbers_are_those_of_scikit_learn(same):
    names, first, given = same
    found = amparo.evaluate(**given)
    y, p, w = first["event"], given["scores"][names[0]], first["weight"]
    for metric, theirs in [("auc", roc_auc_score), ("brier", brier_score_loss), ("log_loss", log_loss)]:
        assert abs(found.measure(metric)["value"] - theirs(y, p, sample_weight=w)) <= 1e-12
        assert abs(found.measure(metric)["value"] - theirs(y, 1 - p, sample_weight=w)) > 1e-3


def test_a_report_is_read_in_every_way(same, tmp_path):
    names, _, given = same
    found = amparo.evaluate(**given, title="rows of a test", synthetic="These rows are made up.")
    assert found.to_dict()["context"]["synthetic"] == "These rows are made up." and "made up" in found.html("es")
    lines = found.frame("overall")
    auc = lines[(lines["metric"] == "auc") & (lines["version"] == names[0])]
    assert auc["value"].iloc[0] == found.measure("auc")["value"]
    values = [one[metric].get("value") for one in (one["overall"] for one in found.to_dict()["scored"]) for metric in one]
    assert set(lines["value"].dropna()) <= set(values), "floats survive to the last bit"
    assert len(found.frame()) > 500
    # A count of few rows makes the columns of counts texts in the tables that have such a count.
    small = dict(found.files)
    small["report.csv"] += ",".join({"table": "few", "n": "<10"}.get(name, "") for name in found.frame().columns) + "\n"
    assert not pd.api.types.is_numeric_dtype(amparo.Report(small).frame()["n"])
    assert list(amparo.Report(small).frame("few")["n"]) == ["<10"]
    again = amparo.Report(small).frame("overall")
    assert again["n"].dtype == "Int64" and (again["n"] == lines["n"]).all() and lines["n"].iloc[0] == found.measure("auc")["n"]
    with pytest.raises(KeyError, match="no table `x`"):
        found.frame("x")
    with pytest.raises(KeyError, match="no measure `accuracy`"):
        found.measure("accuracy")
    with pytest.raises(KeyError, match="no score"):
        found.measure("auc", "x")
    assert names[0] in repr(found) and "<table>" in found._repr_html_()
    assert "rows of a test" in found.html() and "<html lang=\"es\"" in found.html("es")
    found.save(tmp_path / "report")
    assert json.loads((tmp_path / "report/report.json").read_text()) == found.to_dict()
    assert amparo.Report.load(tmp_path / "report").files == found.files


def test_scores_that_are_no_probabilities_are_judged_by_ranks_and_levels(same):
    _, first, given = same
    points = np.log(first["probability"] / (1 - first["probability"])) * 10
    plain = {key: value for key, value in given.items() if key not in ("scores", "reference")}
    found = amparo.evaluate({"points": points}, probabilities=False, levels={"points": {"low": -1000.0, "high": -15.0}}, **plain)
    expected = amparo.evaluate({"p": first["probability"]}, **plain)
    assert found.measure("auc") == expected.measure("auc")
    assert found.measure("brier")["reason"]["code"] == "not_a_probability"
    shares = [one["level"] for one in found.to_dict()["scored"][0]["levels"]]
    assert shares == ["low", "high"]


def test_polars_and_lists_and_dicts_are_taken(same):
    _, first, given = same
    expected = amparo.evaluate(**given).measure("auc")
    groups = pl.from_pandas(given["groups"])
    scores = {name: values.tolist() for name, values in given["scores"].items()}
    found = amparo.evaluate(**given | {"groups": groups, "scores": scores, "events": first["event"].astype(int)})
    assert found.measure("auc") == expected
    assert [one["group"] for one in found.to_dict()["scored"][0]["groups"]] == GROUPS


def test_everything_that_is_wrong_is_told_at_once(same):
    _, first, given = same
    p = first["probability"].to_numpy().copy()
    p[3], p[4] = 1.5, np.nan
    y = first["event"].astype(float).to_numpy().copy()
    y[7] = 2
    with pytest.raises(amparo.InputError) as caught:
        amparo.evaluate({"a": p, "b": p[:5]}, y, held_out="x", weights=np.zeros(len(p)), groups={"g": ["x"]}, references={"h": "x"}, levels={"c": {}})
    told = {(one.row, one.column, one.found) for one in caught.value.problems}
    assert {(7, "events", "2.0"), (3, "a", "1.5"), (4, "a", "nan"), (None, "b", "shape (5,)"), (0, "weights", "0.0"), (None, "g", "1 values"),
            (None, "references", "a group `h`"), (None, "levels", "a score `c`")} <= told
    assert caught.value.n_problems == len(p) + 7
    with pytest.raises(amparo.InputError, match="no score"):
        amparo.evaluate({}, y, held_out="x")
    with pytest.raises(amparo.AmparoError, match="event"):
        amparo.evaluate({"a": first["probability"]}, np.zeros(len(p)), held_out="x")
    with pytest.raises(amparo.AmparoError, match="replicates"):
        amparo.evaluate(**given | {"replicates": 3})
    with pytest.raises(amparo.AmparoError, match="none"):
        amparo.evaluate(**given | {"reference": "none"})


def test_ctrl_c_ends_the_resampling(same):
    _, _, given = same
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    # A second of all processors, whatever else the machine does meanwhile.
    started = time.process_time()
    with pytest.raises(KeyboardInterrupt):
        amparo.evaluate(**given | {"replicates": 60_000})
    assert time.process_time() - started < (0.5 + 1.0) * os.cpu_count()
    # Nothing goes on behind the scenes, and the next one is as ever.
    used = time.process_time()
    time.sleep(1.0)
    assert time.process_time() - used < 0.5
    assert amparo.evaluate(**given, progress=True).measure("auc")["value"] > 0.5

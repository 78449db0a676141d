"""Verdicts on anybody's scores, beside the command's on the same numbers."""

import json
import os
import subprocess

import pandas as pd
import pytest

import amparo
from conftest import QUICKSTART

GATES = """
format = 1
id = "test"
title = { es = "Prueba", en = "Test" }
owner = "a test"

[[gate]]
name = "ranking"
reason = { es = "Por qué.", en = "Why." }
kind = "value"
metric = "auc"
at_least = 0.65

[[gate]]
name = "sure-ranking"
reason = { es = "Por qué.", en = "Why." }
kind = "value"
metric = "auc"
at_least = 0.95

[[gate]]
name = "missed-with-children"
reason = { es = "Por qué.", en = "Why." }
kind = "value"
metric = "recall@high"
group = "children"
at_least = 0.3

[[gate]]
name = "alike"
reason = { es = "Por qué.", en = "Why." }
kind = "gap"
metric = "false_positive_rate@high"
margin = 0.05

[[gate]]
name = "no-worse"
reason = { es = "Por qué.", en = "Why." }
kind = "difference"
metric = "auc"
margin = 0.01
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The command's verdict on a copy of the registry, and the rows that it judged."""
    folder = tmp_path_factory.mktemp("gate")
    (folder / "gates.toml").write_text(GATES)
    subprocess.run(["cp", "-r", QUICKSTART / "registry", folder / "registry"], check=True)
    common = ["--registry", folder / "registry", "--model", "vpr@challenger", "--against", "vpr@1", "--cohort", QUICKSTART / "cohort.parquet", "--replicates", 200]
    run = lambda *args: subprocess.run([os.environ["AMPARO"], *map(str, args)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    assert run("gate", *common, "--gates", folder / "gates.toml", "--out", folder / "gate") == 1
    assert run("evaluate", *common, "--out", folder / "report", "--predictions", folder / "rows.parquet") == 0
    rows = pd.read_parquet(folder / "rows.parquet")
    by_name = {name: of.reset_index(drop=True) for name, of in rows.groupby("scored", sort=False)}
    return json.loads((folder / "gate/verdict.json").read_text()), json.loads((folder / "report/report.json").read_text()), by_name


@pytest.fixture(scope="module")
def report(judged):
    """The same rows and scores, handed in."""
    _, theirs, rows = judged
    names = [theirs["context"]["subject"], theirs["context"]["reference"]]
    first = rows[names[0]]
    levels = {}
    for name in names:
        scored = next(one for one in theirs["scored"] if one["name"] == name)
        levels[name] = {level["level"]: level["cut"] or 0.0 for level in scored["levels"]}
    groups = first[[name for name in first.columns if name.startswith("group.")]].rename(columns=lambda name: name.removeprefix("group."))
    references = {table["group"]: table["reference"] for table in theirs["scored"][0]["groups"]}
    return amparo.evaluate(
        {name: rows[name]["probability"] for name in names}, first["event"], weights=first["weight"], cases=first["case"], groups=groups, levels=levels,
        references={name: label for name, label in references.items() if name in groups}, reference=names[1], held_out="the test part", replicates=200,
    )


def test_the_verdict_is_the_command_s(judged, report):
    theirs, _, _ = judged
    found = amparo.gate(report, GATES)
    assert found.passed is False and not found and theirs["passed"] is False
    ours = {gate["name"]: gate for gate in found.gates}
    assert [gate["answer"] for gate in theirs["results"]] == [ours[gate["name"]]["answer"] for gate in theirs["results"]]
    assert {"pass", "block"} <= {gate["answer"] for gate in found.gates}
    compared = 0
    for gate in theirs["results"]:
        key = lambda one: (one["group"], one["label"], one["against"])
        mine = {key(one): one for one in ours[gate["name"]]["findings"]}
        assert set(mine) == {key(one) for one in gate["findings"]}
        for one in gate["findings"]:
            assert mine[key(one)]["answer"] == one["answer"]
            if one["judged"] is not None:
                compared += 1
                # The order of the sums differs, as a version's scores are log-odds.
                assert max(abs(mine[key(one)]["judged"][end] - one["judged"][end]) for end in ("low", "high")) <= 1e-9
    assert compared > 8
    # Another threshold has another answer.
    other = amparo.gate(report, GATES.replace("at_least = 0.65", "at_least = 0.99"))
    assert {gate["name"]: gate["answer"] for gate in other.gates}["ranking"] == "block" != ours["ranking"]["answer"]


def test_a_verdict_is_read_in_every_way(report, tmp_path):
    found = amparo.gate(report, GATES)
    frame = found.frame()
    assert len(frame) == len(found.findings) > 8 and set(frame["answer"]) <= {"pass", "block", "cannot_tell"}
    auc = frame[frame["gate"] == "ranking"].iloc[0]
    measure = report.measure("auc")
    assert (auc["value"], auc["low"], auc["high"], auc["n"]) == (measure["value"], measure["low"], measure["high"], measure["n"])
    assert "does not pass: of 5 gates" in found.text and "ranking" in repr(found) and "sure-ranking" in found._repr_html_()
    assert len(found.lines()) == len(found.lines("es")) == 5 and found.lines() != found.lines("es")
    found.save(tmp_path / "verdict.json")
    assert json.loads((tmp_path / "verdict.json").read_text()) == found.to_dict()
    # It is about scores of no version, so no registry would keep it.
    assert "digest" not in found.to_dict()["version"]
    (tmp_path / "gates.toml").write_text(GATES)
    assert amparo.gate(report, tmp_path / "gates.toml").gates == found.gates
    assert amparo.gate(report, "quickstart").to_dict()["gates"]["id"] == "quickstart"
    # Of the other scores of the report.
    other = amparo.gate(report, GATES, version=report.names[1])
    assert other.to_dict()["version"]["name"] == report.names[1]
    assert {gate["name"]: gate["answer"] for gate in other.gates}["no-worse"] == "cannot_tell"


def test_waivers_lift_what_cannot_be_told_for_the_scores_that_they_name(report, tmp_path):
    name = report.names[0]
    open_gate = GATES[: GATES.index("[[gate]]")] + '[[gate]]\nname = "directions"\nreason = { es = "p", en = "w" }\nkind = "directions"\n'
    assert [gate["answer"] for gate in amparo.gate(report, open_gate).gates] == ["cannot_tell"]
    waiver = f'format = 1\n[[waiver]]\ngate = "directions"\nversion = "{name}"\nreason = "no form stands behind these scores"\nby = "a test"\n'
    waived = amparo.gate(report, open_gate, waiver)
    assert waived.passed and waived and waived.gates[0]["waived"]
    (tmp_path / "waivers.toml").write_text(waiver)
    assert amparo.gate(report, open_gate, tmp_path / "waivers.toml").passed
    with pytest.raises(amparo.AmparoError, match="a waiver is for one version"):
        amparo.gate(report, open_gate, waiver.replace(name, "vpr@9"))


def test_gates_that_mean_nothing_for_the_report_are_refused(report):
    wrong = GATES.replace('group = "children"', 'group = "religion"').replace("recall@high", "recall@gigantic")
    with pytest.raises(amparo.AmparoError) as caught:
        amparo.gate(report, wrong)
    assert "group `religion` is no group column" in str(caught.value) and "recall@gigantic" in str(caught.value)
    with pytest.raises(amparo.AmparoError, match="expected this intersection among its groups"):
        amparo.gate(report, GATES.replace('group = "children"', 'group = "children x foreign"'))
    with pytest.raises(amparo.AmparoError, match="no scores `gone`"):
        amparo.gate(report, GATES, version="gone")
    with pytest.raises(amparo.AmparoError, match="nowhere"):
        amparo.gate(report, "nowhere")
    with pytest.raises(FileNotFoundError):
        amparo.gate(report, GATES, waivers="nowhere.toml")

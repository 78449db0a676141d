"""Drafts from frames: beside what the command makes of the same files, and in every library."""

import os
import pickle
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import amparo

COMPAS = Path(os.environ.get("AMPARO_DATA", "../shared/data")) / "compas_two_years_deid.csv"
ROWS = 400


@pytest.fixture(scope="module")
def compas():
    if not COMPAS.exists():
        if os.environ.get("AMPARO_REAL_DATA") == "required":
            pytest.fail(f"{COMPAS} is required")
        pytest.skip(f"there is no {COMPAS}")
    return pd.read_csv(COMPAS)


@pytest.fixture(scope="module")
def frame():
    """A table with a column of every kind, whose outcome is known in all but 20 rows."""
    rng = np.random.default_rng(7)
    pick = lambda *values: rng.choice(np.array(values, dtype=object), ROWS)
    missing = lambda values, dtype: pd.array([None if gone else value for value, gone in zip(values, rng.random(ROWS) < 0.1)], dtype=dtype)
    return pd.DataFrame({
        "case_id": [f"c{row // 2:04}" for row in range(ROWS)],
        "reoffended": pick(*["yes"] * 6, *["no"] * 13, "unknown"),
        "assessed_on": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, ROWS), unit="D"),
        "harm": pick("none", "minor", "severe", "no data"),
        "threat": pd.Categorical(pick("mild", "grave"), categories=["mild", "middling", "grave"], ordered=True),
        "weapon": rng.random(ROWS) < 0.4,
        "minors": missing(rng.random(ROWS) < 0.5, "boolean"),
        "arrests": missing(rng.integers(0, 2, ROWS), "Int64"),
        "priors": rng.integers(0, 12, ROWS),
        "distance": rng.gamma(2.0, 3.0, ROWS).astype("float32"),
        "income": np.where(rng.random(ROWS) < 0.1, np.nan, rng.integers(10, 90, ROWS) * 1.0),
        "sex": pick("f", "m"),
    })


@pytest.fixture(scope="module")
def draft(frame):
    return amparo.Instrument.from_frame(
        frame, ordered={"harm": ["none", "minor", "severe"], "threat": "rising", "priors": "rising", "weapon": "rising"}, unknown=["no data"]
    )


def imported(draft, folder, name, write):
    """The cohort that the command makes of the saved files and a file of the table."""
    draft.save(folder)
    write(folder / name)
    args = ["data", "import", "--source", folder / "source.toml", "--in", folder / name, "--out", folder / "cohort.parquet"]
    subprocess.run([os.environ["AMPARO"], *map(str, args)], check=True, stdout=subprocess.DEVNULL)
    return pd.read_parquet(folder / "cohort.parquet")


def digest_of(folder):
    return amparo.Instrument(str(folder / "instrument.toml")).digest


WAYS = {
    "pandas.csv": lambda frame: lambda path: frame.to_csv(path, index=False),
    "polars.csv": lambda frame: lambda path: pl.from_pandas(frame).with_columns(pl.col("assessed_on").dt.date()).write_csv(path),
    "pandas.parquet": lambda frame: lambda path: frame.to_parquet(path),
    "pyarrow.parquet": lambda frame: lambda path: pa.parquet.write_table(pa.Table.from_pandas(frame), path),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_saved_files_read_the_saved_table_as_the_draft_reads_the_frame(frame, draft, tmp_path, way):
    cohort = imported(draft, tmp_path, way, WAYS[way](frame))
    forms = draft.forms(frame)
    assert digest_of(tmp_path) == draft.digest
    assert list(forms.columns) == draft.indicators == [name for name in cohort.columns if name in draft.indicators]
    assert (forms.to_numpy() == cohort[draft.indicators].astype(str).to_numpy()).all()
    assert (cohort["case"] == draft.cases(frame)).all()
    known = draft.known(frame)
    assert 0 < (~known).sum() < 60 and (known == (frame["reoffended"] != "unknown")).all()
    assert (cohort["outcome.reoffended"].to_numpy()[known] == np.where(draft.events(frame[known]), "event", "no_event")).all()
    assert (cohort["outcome.reoffended"][~known] == "excluded").all()
    assert (cohort["group.sex"] == draft.groups(frame)["sex"]).all()
    # A changed table is read otherwise.
    other = frame.assign(harm=frame["harm"].replace({"minor": "severe"}))
    assert (draft.forms(other)["harm"] != forms["harm"]).sum() == (frame["harm"] == "minor").sum() > 0


def test_every_library_gives_the_same_draft_and_the_same_answers(frame, draft):
    forms, codes = draft.forms(frame), draft.codes(frame)
    assert codes.dtype == np.uint8 and codes.shape == (ROWS, len(draft.indicators))
    for place, name in enumerate(draft.indicators):
        assert (np.array(draft.answers(name))[codes[:, place]] == forms[name]).all()
    ordered = {"harm": ["none", "minor", "severe"], "threat": "rising", "priors": "rising", "weapon": "rising"}
    tables = {"polars": pl.from_pandas(frame), "lazy": pl.from_pandas(frame).lazy(), "pyarrow": pa.Table.from_pandas(frame)}
    tables["polars"] = tables["polars"].with_columns(pl.col("threat").cast(pl.Enum(["mild", "middling", "grave"])))
    for name, table in tables.items():
        if name != "lazy":
            again = amparo.Instrument.from_frame(table, ordered=ordered, unknown=["no data"])
            assert again.digest == draft.digest, name
        found = draft.forms(table)
        module = "polars" if name == "lazy" else name
        assert type(found).__module__.split(".")[0] == module
        assert (pd.DataFrame(found.to_pandas()).to_numpy() == forms.to_numpy()).all()
    # The index stays.
    moved = frame.set_index(np.arange(ROWS) + 10)
    assert (draft.forms(moved).index == moved.index).all()


def test_orders_are_those_that_were_stated(draft, frame):
    of = {one["id"]: (one["polarity"], [answer["id"] for answer in one["answers"]]) for one in draft.to_dict()["indicators"]}
    assert of["harm"] == ("risk", ["none", "minor", "severe", "unknown"])
    # The category that no row has may be answered all the same.
    assert of["threat"] == ("risk", ["mild", "middling", "grave", "unknown"])
    assert of["weapon"] == ("risk", ["false", "true", "unknown"])
    assert of["arrests"] == ("neutral", ["0", "1", "unknown"])
    assert of["priors"][0] == "risk" and of["priors"][1][0] == "under_3"
    plain = {one["id"]: one for one in amparo.Instrument.from_frame(frame).to_dict()["indicators"]}
    assert plain["harm"]["polarity"] == "neutral" and [a["id"] for a in plain["harm"]["answers"]] == ["minor", "no_data", "none", "severe", "unknown"]
    assert draft.outcome == "reoffended" and draft.columns["distance"] == "distance" and "sex" not in draft.columns


def test_everything_that_does_not_fit_is_told_at_once(draft, frame):
    with pytest.raises(amparo.InputError) as caught:
        amparo.Instrument.from_frame(frame, ordered={"harm": ["none", "grave"], "gone": "rising", "sex": "sideways"} | {"sex": ["f", "x"]}, unknown=["?"])
    told = str(caught.value)
    for said in ("never holds `grave`", "leaves out `minor`, `no data`, `severe`", "no column `gone`", "never holds `x`", "leaves out `m`", "no column holds `?`"):
        assert said in told, said
    with pytest.raises(amparo.AmparoError, match="the order is `sideways`"):
        amparo.Instrument.from_frame(frame, ordered={"sex": "sideways"})
    with pytest.raises(amparo.InputError, match="no column `gone`"):
        amparo.Instrument.from_frame(frame, outcome="gone")
    with pytest.raises(ValueError, match="event is stated without an outcome"):
        amparo.Instrument.from_frame(frame, event="yes")
    wrong = frame.copy()
    wrong["harm"] = wrong["harm"].where(wrong.index != 3, "colossal").where(wrong.index != 4, None)
    wrong["arrests"] = wrong["arrests"].astype("Int64").where(wrong.index != 5, 7)
    wrong["priors"] = wrong["priors"].astype(float).where(wrong.index != 6, np.inf)
    with pytest.raises(amparo.InputError) as caught:
        draft.forms(wrong.drop(columns="distance"))
    told = {(one.row, one.column, one.found) for one in caught.value.problems}
    assert told == {(None, "distance", "no such column"), (3, "harm", "`colossal`"), (4, "harm", "a missing value"), (5, "arrests", "7"), (6, "priors", "inf")}
    assert any('missing="unknown"' in one.expected for one in caught.value.problems if one.row == 4)
    some = frame.copy()
    some["harm"] = some["harm"].where(some.index != 4, None)
    assert draft.forms(some, missing="unknown")["harm"][4] == "unknown"
    # Where the draft had missing values, they are read.
    assert (draft.forms(frame)["minors"][frame["minors"].isna()] == "unknown").all() and frame["minors"].isna().any()
    with pytest.raises(amparo.InputError, match="no known outcome") as caught:
        draft.events(frame)
    assert caught.value.n_problems == (~draft.known(frame)).sum()


def test_files_are_saved_whole_and_never_overwritten(draft, tmp_path):
    (tmp_path / "protocol.toml").write_text("mine")
    with pytest.raises(FileExistsError, match="protocol.toml would be overwritten"):
        draft.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["protocol.toml"] and (tmp_path / "protocol.toml").read_text() == "mine"
    draft.save(tmp_path / "new/folder")
    assert {path.name: path.read_text() for path in (tmp_path / "new/folder").iterdir()} == draft.files


def test_a_draft_goes_to_another_process_and_is_shown(draft, frame):
    again = pickle.loads(pickle.dumps(draft))
    assert again.files == draft.files and again.decide == draft.decide and (again.codes(frame) == draft.codes(frame)).all()
    shown = draft._repr_html_()
    assert "a later answer means more risk" in shown and all(name in shown for name in draft.indicators)
    assert "The outcome is proposed to be `reoffended`" in shown and "8 indicators" in repr(draft)
    assert isinstance(draft, amparo.Instrument)


def test_a_table_of_a_newcomer_reaches_a_report_in_five_lines(compas):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    draft = amparo.Instrument.from_frame(compas)
    events = draft.events(compas)
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression(max_iter=1000))
    p = cross_val_predict(model, draft.forms(compas), events, cv=5, method="predict_proba")[:, 1]
    report = amparo.evaluate({"logistic": p}, events, groups=draft.groups(compas), cases=draft.cases(compas), held_out="five folds", replicates=200)

    assert draft.outcome == "two_year_recid" and events.mean() == compas["two_year_recid"].mean()
    # What came later, and the scores of COMPAS itself, are no questions.
    assert {"age", "priors_count"} <= set(draft.columns.values())
    assert not {"is_recid", "decile_score", "r_charge_degree", "event", "end"} & set(draft.columns.values())
    auc = report.measure("auc")
    assert 0.65 < auc["low"] < auc["value"] < auc["high"] < 0.9 and auc["n"] == len(compas)
    assert {one["group"] for one in report.to_dict()["scored"][0]["groups"]} >= {"sex", "race"}


def test_the_command_trains_on_the_files_and_reads_the_same_codes(compas, tmp_path):
    draft = amparo.Instrument.from_frame(compas, name="compas-draft")
    cohort = imported(draft, tmp_path, "compas.csv", lambda path: compas.to_csv(path, index=False))
    assert (draft.forms(compas).to_numpy() == cohort[draft.indicators].astype(str).to_numpy()).all()
    config = (tmp_path / "config.toml").read_text()
    args = ["train", "--config", tmp_path / "config.toml", "--cohort", tmp_path / "cohort.parquet", "--registry", tmp_path / "registry"]
    subprocess.run([os.environ["AMPARO"], *map(str, args)], check=True, stdout=subprocess.DEVNULL)
    version = amparo.Registry(tmp_path / "registry")["compas-draft@1"]
    assert version.instrument.digest == draft.digest and "compas-draft" in config
    scores = version.score(draft.forms(compas))
    assert len(scores) == len(compas) and scores["probability"].between(0, 1).all()

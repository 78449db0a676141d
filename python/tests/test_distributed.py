"""Scorers of parts of a table; `test_beyond.py` gives them to Spark, Dask and Ray."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import amparo
from amparo.distributed import Scorer
from conftest import QUICKSTART

ROWS = 3000
KEEP = ["row", "case"]


@pytest.fixture(scope="module")
def challenger(registry):
    return registry["vpr@challenger"]


@pytest.fixture(scope="module")
def table(challenger):
    """Forms as texts beside what is known of them."""
    cohort = pd.read_parquet(QUICKSTART / "cohort.parquet").iloc[:ROWS]
    forms = cohort[challenger.instrument.indicators].astype(str)
    known = {"row": np.arange(ROWS), "case": cohort["case"]}
    return pd.DataFrame(known).join(forms)


@pytest.fixture(scope="module")
def scorer(challenger):
    return Scorer(challenger, keep=KEEP, explain=True)


@pytest.fixture(scope="module")
def expected(scorer, table):
    """What one process says of all forms."""
    return scorer(table)


def test_a_scorer_says_what_the_version_says(challenger, scorer, table, expected):
    forms = table[challenger.instrument.indicators]
    scores, explained = challenger.score(forms), challenger.explain_arrays(forms)
    for name in scores.columns:
        assert (expected[name] == scores[name]).all(), name
    assert (expected["base"] == explained.base).all()
    assert (expected[[f"value_{name}" for name in explained.indicators]].to_numpy() == explained.values).all()
    assert (expected["case"] == table["case"]).all()
    assert expected["probability"].nunique() > 1000


def test_a_part_without_rows_has_the_columns_and_types_of_the_others(scorer, table, challenger):
    few = table.iloc[:5]
    arrow, polars = pa.Table.from_pandas(few, preserve_index=False), pl.from_pandas(few)
    found = scorer(few.iloc[:0])
    assert len(found) == 0 and (found.dtypes == scorer(few).dtypes).all()
    assert scorer(arrow.slice(0, 0)).schema == scorer(arrow).schema
    assert scorer(polars.clear()).schema == scorer(polars).schema
    (batch,) = scorer.batches(arrow.to_batches())
    assert isinstance(batch, pa.RecordBatch) and batch.schema == scorer(arrow).schema
    assert list(scorer.batches([arrow.to_batches()[0].slice(0, 0)])) == []
    # Columns are missed all the same, and where it is no part, rows are.
    for gone in ("I04", "case"):
        with pytest.raises(amparo.InputError, match=gone):
            scorer(few.iloc[:0].drop(columns=gone))
    with pytest.raises(amparo.InputError, match="no indicator"):
        scorer(few.assign(other=1))
    with pytest.raises(amparo.InputError, match="no row, expected one row or more, or allow_empty=True"):
        challenger.score(few.iloc[:0][challenger.instrument.indicators])
    with pytest.raises(ValueError, match="`base`"):
        Scorer(challenger, keep=["base"])


def test_an_index_with_labels_twice_comes_back(scorer, table):
    twice = table.iloc[:3].set_axis([1, 1, 0])
    assert list(scorer(twice).index) == [1, 1, 0]


def test_a_process_loads_a_version_once(challenger, scorer, tmp_path):
    content = pickle.dumps(scorer)
    first, second = pickle.loads(content), pickle.loads(content)
    assert first.version is second.version
    for name, file in challenger._native.files().items():
        (tmp_path / name).write_bytes(file)
    by_path = Scorer(tmp_path, keep=KEEP)
    assert pickle.loads(pickle.dumps(by_path)).version is first.version and len(pickle.dumps(by_path)) < 1000 < len(content)
    # Another version is another one, and damage is found where it is loaded.
    (tmp_path / "manifest.json").write_bytes(challenger._native.files()["manifest.json"] + b" ")
    with pytest.raises(amparo.AmparoError, match="manifest"):
        by_path.version.score

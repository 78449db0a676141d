"""Spark, Dask and Ray beside one process: the same scores and explanations, bit for bit, and the same report of partials.

What is not installed is passed over, unless AMPARO_DISTRIBUTED is `required`. `requirements-distributed.txt` has what is needed; Spark needs Java 17 or later.
"""

import importlib
import os
import pickle
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import amparo
from amparo.distributed import Scorer
from conftest import QUICKSTART

ROWS = 20_000
SETTINGS = dict(held_out="it was not: the cohort that the version was trained on", replicates=100)


def engine(name):
    if os.environ.get("AMPARO_DISTRIBUTED") == "required":
        return importlib.import_module(name)
    return pytest.importorskip(name)


@pytest.fixture(scope="module")
def challenger(registry):
    return registry["vpr@challenger"]


@pytest.fixture(scope="module")
def table(challenger):
    """Forms as texts beside what is known of them, in an order of their own."""
    cohort = pd.read_parquet(QUICKSTART / "cohort.parquet").iloc[:ROWS]
    forms = cohort[challenger.instrument.indicators].astype(str)
    known = {"row": np.arange(ROWS), "case": cohort["case"], "event": cohort["outcome.any_assault"].astype(str) == "event", "age": cohort["group.age"].astype(str)}
    return pd.DataFrame(known).join(forms)


KEEP = ["row", "case", "event", "age"]


@pytest.fixture(scope="module")
def file(table, tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "forms.parquet"
    table.to_parquet(path, index=False)
    return str(path)


@pytest.fixture(scope="module")
def scorer(challenger):
    return Scorer(challenger, keep=KEEP, explain=True)


@pytest.fixture(scope="module")
def expected(scorer, table):
    """What one process says of all forms."""
    return scorer(table)


@pytest.fixture(scope="module")
def report(expected):
    """The report of one process."""
    of = dict(groups=expected[["age"]], cases=expected["case"], outcome="any assault", **SETTINGS)
    return amparo.evaluate({"challenger": expected["probability"]}, expected["event"], **of)


def partial_of(frame):
    return amparo.evaluate_partials(
        {"challenger": frame["probability"]}, frame["event"], groups=frame[["age"]], cases=frame["case"], outcome="any assault"
    )


def assert_same(found, expected):
    found = found.sort_values("row", ignore_index=True)
    assert list(found.columns) == list(expected.columns) and len(found) == ROWS
    for name in expected.columns:
        assert (found[name].to_numpy() == expected[name].to_numpy()).all(), name


def test_a_scorer_says_what_the_version_says(challenger, scorer, table, expected):
    forms = table[challenger.instrument.indicators]
    scores, explained = challenger.score(forms), challenger.explain_arrays(forms)
    for name in scores.columns:
        assert (expected[name] == scores[name]).all(), name
    assert (expected["base"] == explained.base).all()
    assert (expected[[f"value.{name}" for name in explained.indicators]].to_numpy() == explained.values).all()
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


@pytest.fixture(scope="module")
def spark():
    engine("pyspark")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "8", "spark.driver.memory": "1g", "spark.sql.session.timeZone": "UTC",
                "spark.sql.execution.arrow.maxRecordsPerBatch": "3000", "spark.executorEnv.RAYON_NUM_THREADS": "1"}
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def test_spark(spark, scorer, file, expected, report, challenger):
    # By case into more partitions than are needed, of which some have no row.
    frame = spark.read.parquet(file).repartition(13, "age")
    assert 0 in frame.rdd.glom().map(len).collect()
    scored = frame.mapInArrow(scorer.batches, scorer.spark_schema(frame.schema))
    assert_same(scored.toPandas(), expected)
    by_pandas = frame.mapInPandas(scorer.batches, scorer.spark_schema(frame.schema))
    assert_same(by_pandas.toPandas(), expected)

    def partials(frames):
        for frame in frames:
            yield pd.DataFrame({"partial": [partial_of(frame).to_bytes()]})

    found = [row.partial for row in scored.mapInPandas(partials, "partial binary").collect()]
    assert len(found) > 6
    merged = amparo.merge(found)
    assert merged == partial_of(expected)
    assert merged.report(**SETTINGS).files == report.files
    # A broadcast goes to each worker once.
    broadcast = spark.sparkContext.broadcast(challenger)

    def scored_by_broadcast(batches):
        yield from Scorer(broadcast.value, keep=KEEP, explain=True).batches(batches)

    assert_same(frame.mapInArrow(scored_by_broadcast, scorer.spark_schema(frame.schema)).toPandas(), expected)


def test_dask(scorer, file, expected, report):
    distributed = engine("distributed")
    dask = engine("dask")
    dataframe = engine("dask.dataframe")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster, distributed.Client(cluster):
        frame = dataframe.read_parquet(file).repartition(npartitions=5)
        scored = frame.map_partitions(scorer, meta=scorer(frame._meta))
        assert_same(scored.compute(), expected)
        # Some partitions have no row here.
        few = scored[scored["row"] < 3000]
        sizes = few.map_partitions(len).compute()
        assert 0 in list(sizes)
        assert len(few.compute()) == 3000
        parts = [dask.delayed(partial_of)(part) for part in scored.to_delayed()]
        merged = amparo.merge(dask.compute(*parts))
        assert merged.report(**SETTINGS).files == report.files
        # Workers put partials together, too, by twos.
        while len(parts) > 1:
            parts = [dask.delayed(amparo.merge)(parts[at : at + 2]) for at in range(0, len(parts), 2)]
        assert parts[0].compute() == merged


def test_ray(scorer, file, expected, report):
    ray = engine("ray")
    data = engine("ray.data")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=200 * 2**20)
    try:
        scored = data.read_parquet(file).repartition(5).map_batches(scorer, batch_format="pyarrow")
        assert_same(scored.to_pandas(), expected)

        def partials(frame):
            return {"partial": np.array([partial_of(frame).to_bytes()], dtype=object)}

        found = [row["partial"] for row in scored.map_batches(partials, batch_format="pandas", batch_size=4096).take_all()]
        assert len(found) > 1
        merged = amparo.merge(found)
        assert merged.report(**SETTINGS).files == report.files
    finally:
        ray.shutdown()

"""Spark, Dask and Ray beside one process, by the code of docs/beyond-one-machine.md: the same scores and explanations, bit for bit, and the same report of
partials.

What is not installed is passed over, unless AMPARO_DISTRIBUTED is `required`. `requirements-distributed.txt` has what is needed; Spark needs Java 17 or later.
"""

import importlib
import os
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import amparo
from amparo.distributed import Scorer
from conftest import QUICKSTART

ROWS = 20_000
PAGE = Path(__file__).parents[2] / "docs" / "beyond-one-machine.md"


def engine(name):
    if os.environ.get("AMPARO_DISTRIBUTED") == "required":
        return importlib.import_module(name)
    return pytest.importorskip(name)


@pytest.fixture(scope="module")
def table(registry):
    """Forms as texts beside what is known of them."""
    cohort = pd.read_parquet(QUICKSTART / "cohort.parquet").iloc[:ROWS]
    known = {"assessment": np.arange(ROWS), "case": cohort["case"], "event": cohort["outcome.any_assault"].astype(str) == "event", "age": cohort["group.age"].astype(str)}
    forms = cohort[registry["vpr@challenger"].instrument.indicators].astype(str)
    # Groups of parts have other sizes than parts.
    return pd.DataFrame(known).join(forms).sort_values("age", kind="stable")


@pytest.fixture(scope="module")
def folder(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("beyond")
    (folder / "amparo-quickstart").symlink_to(QUICKSTART.resolve())
    table.to_parquet(folder / "forms.parquet", index=False, row_group_size=3000)
    return folder


@pytest.fixture
def page(folder, monkeypatch):
    """Runs blocks of the page, one after the other, as a script would; what they leave behind."""
    monkeypatch.chdir(folder)

    def ran(*names, **given):
        space = {"__name__": "__main__", **given}
        for name in names:
            (block,) = re.findall(rf"<!-- python: {name} -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
            exec(compile(block, f"{PAGE.name}: {name}", "exec"), space)
        return space

    return ran


@pytest.fixture(scope="module")
def expected(registry, table):
    """What one process says of all forms."""
    return Scorer(registry["vpr@challenger"], keep=["assessment", "case", "event", "age"], explain=True)(table)


@pytest.fixture(scope="module")
def report(expected):
    """The report of one process."""
    of = dict(groups=expected[["age"]], cases=expected["case"], outcome="any assault")
    return amparo.evaluate({"challenger": expected["probability"]}, expected["event"], held_out="a third of the cases, drawn before any fit", **of)


def assert_same(found, expected):
    found = found.sort_values("assessment", ignore_index=True)
    assert list(found.columns) == list(expected.columns) and len(found) == ROWS
    expected = expected.sort_values("assessment", ignore_index=True)
    for name in expected.columns:
        assert (found[name].to_numpy() == expected[name].to_numpy()).all(), name
    # Another order is another table.
    assert (found["probability"].to_numpy()[1:] != expected["probability"].to_numpy()[:-1]).any()


@pytest.fixture(scope="module")
def spark(folder):
    engine("pyspark")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {"spark.ui.enabled": "false", "spark.driver.memory": "1g", "spark.sql.execution.arrow.maxRecordsPerBatch": "3000",
                "spark.executorEnv.RAYON_NUM_THREADS": "1"}
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    # Java keeps the folder that it is started in.
    here = os.getcwd()
    os.chdir(folder)
    session = builder.getOrCreate()
    os.chdir(here)
    yield session
    session.stop()


def test_spark(spark, page, expected, report):
    of = page("shared", "spark", spark=spark)
    assert_same(of["scored"].toPandas(), expected)
    assert len(of["found"]) > 6
    assert of["report"].files == report.files
    # By age into more partitions than there are ages, so that some have no row; by pandas; and with a version that was broadcast, or lies in a folder.
    frame, schema = of["frame"].repartition(13, "age"), of["scorer"].spark_schema(of["frame"].schema)
    assert 0 in frame.rdd.glom().map(len).collect()
    broadcast, keep = spark.sparkContext.broadcast(of["version"]), ["assessment", "case", "event", "age"]

    def by_broadcast(batches):
        yield from Scorer(broadcast.value, keep=keep, explain=True).batches(batches)

    assert_same(frame.mapInPandas(of["scorer"].batches, schema).toPandas(), expected)
    assert_same(frame.mapInArrow(by_broadcast, schema).toPandas(), expected)
    by_folder = Scorer(Path("amparo-quickstart/registry/vpr").resolve() / of["version"].name.split()[0].split("@")[1], keep=keep, explain=True)
    assert_same(frame.mapInArrow(by_folder.batches, schema).toPandas(), expected)


def test_dask(page, table, expected, report):
    distributed = engine("distributed")
    dask = engine("dask")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster, distributed.Client(cluster):
        of = page("shared", "dask")
        assert_same(of["scored"].compute(), expected)
        assert of["report"].files == report.files
        # In other partitions, of which some have no row; workers put partials together, by twos.
        frame = engine("dask.dataframe").from_pandas(table.reset_index(drop=True), npartitions=5)
        age = expected["age"].mode()[0]
        scored = frame[frame["age"] == age].map_partitions(of["scorer"], meta=of["scorer"](frame._meta))
        assert 0 in list(scored.map_partitions(len).compute())
        parts = [dask.delayed(of["partial_of"])(part) for part in scored.to_delayed()]
        while len(parts) > 1:
            parts = [dask.delayed(amparo.merge)(parts[at : at + 2]) for at in range(0, len(parts), 2)]
        assert parts[0].compute() == of["partial_of"](expected[expected["age"] == age]) != of["merged"]


def test_ray(page, expected, report):
    ray = engine("ray")
    engine("ray.data")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=200 * 2**20)
    try:
        of = page("shared", "ray")
        assert_same(of["scored"].to_pandas(), expected)
        assert of["report"].files == report.files
        small = of["scored"].map_batches(of["partials"], batch_format="pandas", batch_size=4096).take_all()
        assert len(small) > 4 and amparo.merge(row["partial"] for row in small) == of["partial_of"](expected)
    finally:
        ray.shutdown()

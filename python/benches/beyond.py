"""10,000,000 assessments scored and judged by one process, by Spark and by Dask on this machine: seconds, processor time, peak memory.

    python python/benches/beyond.py --quickstart amparo-quickstart --rows 10000000

It draws rows of the cohort of `amparo quickstart` with replacement into files of 250,000 rows, scores all of them, makes a partial of each file or batch, and
merges the partials; a tenth of the files are explained, too. All three must give the same partial, to the last bit. The report is made once. It is no part of CI:
it takes some minutes and some gigabytes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

import amparo
from amparo.distributed import Scorer

FILE = 250_000
CORES = 2
KEEP = ["case", "event", "age"]
ENGINES = ["one process", "spark", "dask"]


def drawn(quickstart: Path, folder: Path, rows: int) -> None:
    """Files of forms as texts, each with a case, an outcome and an age group."""
    form = amparo.Registry(quickstart / "registry")["vpr@challenger"].instrument.indicators
    cohort = pd.read_parquet(quickstart / "cohort.parquet")
    known = {"event": cohort["outcome.any_assault"].astype(str) == "event", "age": cohort["group.age"].astype(str)}
    table = pa.Table.from_pandas(pd.DataFrame(known).join(cohort[form].astype(str)), preserve_index=False)
    rng = np.random.default_rng(1)
    for at, first in enumerate(range(0, rows, FILE)):
        n = min(FILE, rows - first)
        file = table.take(pa.array(rng.integers(0, len(cohort), n)))
        pq.write_table(file.add_column(0, "case", pa.array(rng.integers(0, rows // 9 + 1, n))), folder / f"{at:04}.parquet")


def partial_of(scored: Any) -> bytes:
    """What a part of the scored rows gives, for an arrow or a pandas table."""
    column = (lambda name: scored[name].to_numpy()) if isinstance(scored, pd.DataFrame) else (lambda name: scored.column(name).to_numpy(zero_copy_only=False))
    return amparo.evaluate_partials(
        {"challenger": column("probability")}, column("event"), groups={"age": column("age")}, cases=column("case"), outcome="any assault"
    ).to_bytes()


def explained(scored: Any) -> float:
    """The sum of what one answer adds: something that needs all explanations and is small."""
    return float(np.abs(np.asarray(scored["value_I01"])).sum())


def one_process(files: list[str], few: list[str], scorer: Scorer, explainer: Scorer) -> dict[str, Any]:
    started = time.time()
    partials = [partial_of(scorer(pq.read_table(file))) for file in files]
    scored = time.time() - started
    started = time.time()
    total = sum(explained(explainer(pq.read_table(file))) for file in few)
    return {"partials": partials, "score_seconds": scored, "explain_seconds": time.time() - started, "explained": total}


def spark(files: list[str], few: list[str], scorer: Scorer, explainer: Scorer) -> dict[str, Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{CORES}]").config("spark.ui.enabled", "false").config("spark.driver.memory", "2g")
    session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "50000").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")

    def partials(batches: Any) -> Any:
        for batch in scorer.batches(batches):
            yield pa.RecordBatch.from_pydict({"partial": [partial_of(batch)]})

    def totals(batches: Any) -> Any:
        for batch in explainer.batches(batches):
            yield pa.RecordBatch.from_pydict({"total": [explained(batch)]})

    started = time.time()
    found = [bytes(row.partial) for row in session.read.parquet(*files).mapInArrow(partials, "partial binary").collect()]
    scored = time.time() - started
    started = time.time()
    total = sum(row.total for row in session.read.parquet(*few).mapInArrow(totals, "total double").collect())
    taken = time.time() - started
    session.stop()
    return {"partials": found, "score_seconds": scored, "explain_seconds": taken, "explained": total}


def dask(files: list[str], few: list[str], scorer: Scorer, explainer: Scorer) -> dict[str, Any]:
    import dask.dataframe
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=CORES, threads_per_worker=1, processes=True, dashboard_address=None) as cluster, Client(cluster):
        started = time.time()
        frame = dask.dataframe.read_parquet(files)
        scored = frame.map_partitions(scorer, meta=scorer(frame._meta))
        found = list(dask.compute(*[dask.delayed(partial_of)(part) for part in scored.to_delayed()]))
        seconds = time.time() - started
        started = time.time()
        frame = dask.dataframe.read_parquet(few)
        parts = frame.map_partitions(explainer, meta=explainer(frame._meta)).to_delayed()
        total = sum(dask.compute(*[dask.delayed(explained)(part) for part in parts]))
        return {"partials": found, "score_seconds": seconds, "explain_seconds": time.time() - started, "explained": total}


def run(engine: str, folder: Path, version: Path) -> None:
    """The work of one engine, in a process of its own; what it found goes to standard output."""
    files = sorted(map(str, folder.glob("*.parquet")))
    scorer, explainer = Scorer(version, keep=KEEP), Scorer(version, keep=KEEP, explain=True)
    found = {"one process": one_process, "spark": spark, "dask": dask}[engine](files, files[: max(1, len(files) // 10)], scorer, explainer)
    partials = found.pop("partials")
    started = time.time()
    merged = amparo.merge(partials)
    found |= {"merge_seconds": time.time() - started, "partials": len(partials), "bytes": sum(map(len, partials)), "rows": merged.n_rows, "digest": merged.digest}
    if engine == "one process":
        (folder / "merged").write_bytes(merged.to_bytes())
    sys.stdout.write(json.dumps(found) + "\n")


def watched(command: list[str]) -> dict[str, Any]:
    """Runs a command; its seconds, and the processor time and the largest memory of it and all that it starts, looked at four times a second."""
    started, peak, used = time.time(), 0, {}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        memory = 0
        for one in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
            try:
                memory += one.memory_full_info().pss
                used[one.pid] = sum(one.cpu_times()[:2])
            except psutil.Error:
                pass
        peak = max(peak, memory)
        time.sleep(0.25)
    if process.returncode:
        raise SystemExit(f"{command} failed")
    lines = process.stdout.read().splitlines() if process.stdout else []
    return json.loads(lines[-1]) | {"seconds": time.time() - started, "processor_seconds": sum(used.values()), "peak_mb": peak / 2**20}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quickstart", type=Path, required=True, help="folder of `amparo quickstart`")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--replicates", type=int, default=100, help="of the report; 0 makes none")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    version = options.quickstart / "registry" / "vpr" / str(amparo.Registry(options.quickstart / "registry").aliases("vpr")["challenger"])
    if options.engine:
        run(options.engine, options.folder, version)
        return
    # All take as many threads as there are cores: workers one each, the process all.
    with tempfile.TemporaryDirectory() as folder:
        drawn(options.quickstart, Path(folder), options.rows)
        rows = []
        for engine in ENGINES:
            os.environ["RAYON_NUM_THREADS"] = str(CORES if engine == "one process" else 1)
            rows.append({"engine": engine} | watched([sys.executable, __file__, "--quickstart", str(options.quickstart), "--engine", engine, "--folder", folder]))
            sys.stdout.write(json.dumps(rows[-1]) + "\n")
            sys.stdout.flush()
        same = {(row["digest"], row["rows"]) for row in rows}
        if len(same) != 1 or not np.allclose([row["explained"] for row in rows], rows[0]["explained"], rtol=1e-12, atol=0):
            raise SystemExit(f"the engines disagree: {same}")
        if options.replicates:
            os.environ["RAYON_NUM_THREADS"] = str(CORES)
            merged = amparo.Partial.from_bytes((Path(folder) / "merged").read_bytes())
            started, used = time.time(), time.process_time()
            report = merged.report(held_out="it was not: this is a measurement of time", replicates=options.replicates)
            memory = psutil.Process().memory_info().rss / 2**20
            took = {"report_seconds": time.time() - started, "processor_seconds": time.process_time() - used, "replicates": options.replicates, "memory_after_mb": memory}
            sys.stdout.write(json.dumps(took) + f"\n{report!r}\n")
    sys.stdout.write(pd.DataFrame(rows).to_string() + "\n")


if __name__ == "__main__":
    main()

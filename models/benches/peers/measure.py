"""Amparo beside LightGBM, XGBoost, shap and WOODELF: the same forest, background and rows, one thread, in one run.

    pip install --requirement .ci/oracles/requirements.txt
    python models/benches/peers/measure.py [--quick] [--passes N] [--plot FILE.svg]

Before any time is told, whoever answers our question (shap and WOODELF, on the uncut background) must agree with us, and
whoever answers another one (LightGBM and XGBoost, path-dependent) with each other: then all read the same forest.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

# One thread for all; libraries read this once, when they are loaded.
ONE = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"]
os.environ.update(dict.fromkeys(ONE, "1"))
warnings.filterwarnings("ignore", category=PendingDeprecationWarning)

import numpy as np

import contenders
import forests
import plot

ROOT = Path(__file__).resolve().parents[3]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes and one pass: does it all still run?")
    parser.add_argument("--passes", type=int, default=3, help="how often each contender runs, in turn (3)")
    parser.add_argument("--plot", type=Path, help="measure growth as well, and draw it into this file")
    args = parser.parse_args()
    program = built()
    # The same processor all the time, also for what is started from here.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(contenders.Amparo(program, Path(folder)), args.quick)
        bench.side_by_side(1 if args.quick else args.passes)
        if args.plot:
            args.plot.write_text(plot.drawn(bench.growth()))


def built():
    command = ["cargo", "bench", "--package", "amparo-models", "--bench", "peers", "--no-run", "--message-format", "json"]
    lines = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    programs = [message.get("executable") for message in map(json.loads, lines) if message.get("target", {}).get("name") == "peers"]
    return next(filter(None, programs))


class Bench:
    def __init__(self, amparo, quick):
        self.amparo, self.quick = amparo, quick
        self.n_trees, self.n_background, self.n_rows, self.n_shap = (20, 2_000, 500, 20) if quick else (200, 40_000, 10_000, 4)
        draw = np.random.default_rng(1)
        self.background = forests.population(draw, self.n_background)
        self.rows = forests.population(draw, self.n_rows)
        self.outcome = forests.outcome(draw, self.background)

    def case(self, n_trees, depth, n_background=None):
        booster = forests.trained(self.background, self.outcome, n_trees, depth)
        return contenders.Case(booster, self.background[:n_background], self.rows)

    def side_by_side(self, passes):
        """Each contender in turn, as often as there are passes; the best pass of each counts."""
        case = self.case(self.n_trees, 6)
        print(f"{self.n_trees} trees 6 deep, {case.leaves} leaves, 40 indicators of 3 answers, {self.n_background} background rows; "
              f"batch of {self.n_rows} rows, shap {self.n_shap} rows; best of {passes} passes, one thread")
        ours, cold, woodelf, lightgbm, xgboost, shap = [], [], [], [], [], []
        for _ in range(passes):
            times, values = self.amparo.run(case)
            ours.append(times)
            first, seconds, by_woodelf = contenders.by_woodelf(case, self.n_rows)
            cold.append(first)
            woodelf.append(seconds)
            lightgbm.append(contenders.by_lightgbm(case, self.n_rows))
            xgboost.append(contenders.by_xgboost(case, self.n_rows))
            shap.append(contenders.by_shap(case, self.n_shap))
        # The base of WOODELF is shap's, of 100 rows of the background, so only its values count.
        agree("WOODELF", values[:, 1:], by_woodelf, 1e-6, lightgbm[0][1][:, :-1])
        agree("shap", values[: self.n_shap], shap[0][1], 1e-6, np.roll(lightgbm[0][1][: self.n_shap], 1, axis=1))
        # Sums of 32-bit floats.
        agree("LightGBM and XGBoost, with each other", lightgbm[0][1], xgboost[0][1], 1e-5, np.roll(values, -1, axis=1))
        best = {key: min(pass_[key] for pass_ in ours) for key in ours[0]}
        print(f"Amparo, when published: {best['sum'] * 1e3:.0f} ms; when loaded: {best['compile'] * 1e3:.0f} ms, "
              f"{best['bytes'] / 2**20:.1f} MiB\nAmparo, one row: p50 {best['p50'] * 1e6:.1f} us, p99 {best['p99'] * 1e6:.1f} us")
        ours_a_row = best["batch"] / self.n_rows
        row("Amparo", ours_a_row, ours_a_row)
        row("WOODELF", min(woodelf) / self.n_rows, ours_a_row)
        row("  of which for the background", min(cold) / self.n_rows, ours_a_row)
        row("  and for the rows", max(min(woodelf) - min(cold), 0) / self.n_rows, ours_a_row)
        row("LightGBM", min(seconds for seconds, _ in lightgbm) / self.n_rows, ours_a_row)
        row("XGBoost", min(seconds for seconds, _ in xgboost) / self.n_rows, ours_a_row)
        row("shap", min(seconds for seconds, _ in shap) / self.n_shap, ours_a_row)

    def growth(self):
        """Microseconds a row, by what grows and who; `one row` is the median of rows in turn, all else are batches."""
        depths, trees, backgrounds = ([3, 4], [10, 20], [500, 2_000]) if self.quick else (
            [3, 4, 5, 6, 7, 8], [50, 100, 200, 300, 400], [100, 1_000, 10_000, 40_000])
        panels = [
            ("trees 6 deep", trees, lambda n: self.case(n, 6)),
            (f"questions on a path, {self.n_trees} trees", depths, lambda depth: self.case(self.n_trees, depth)),
            (f"background rows, {self.n_trees} trees 6 deep", backgrounds, lambda n: self.case(self.n_trees, 6, n)),
        ]
        return [(title, {at: self.a_row(case(at)) for at in grid}) for title, grid, case in panels]

    def a_row(self, case):
        times = [self.amparo.run(case)[0] for _ in range(1 if self.quick else 3)]
        few = min(self.n_rows, 500)
        of = {
            "Amparo, one row": min(time["p50"] for time in times),
            "Amparo, batch": min(time["batch"] for time in times) / self.n_rows,
            "WOODELF, batch": contenders.by_woodelf(case, self.n_rows)[1] / self.n_rows,
            "LightGBM": contenders.by_lightgbm(case, few)[0] / few,
            "XGBoost": contenders.by_xgboost(case, few)[0] / few,
            "shap": contenders.by_shap(case, 1)[0],
        }
        print(f"  {case.leaves} leaves, {len(case.background)} background rows: "
              + ", ".join(f"{who} {seconds * 1e6:.1f}" for who, seconds in of.items()) + " us", flush=True)
        return {who: seconds * 1e6 for who, seconds in of.items()}


def agree(name, found, expected, tolerance, wrong):
    error, control = np.abs(found - expected).max(), np.abs(found - wrong).max()
    print(f"agrees: {name}: {len(found)} rows, max error {error:.1e}, tolerance {tolerance:.0e}, another question gives {control:.1e}")
    assert error <= tolerance < control, f"{name}: not the same, or the check cannot fail"


def row(name, seconds, ours):
    print(f"{name:30} {seconds * 1e6:12.2f} us a row {1 / max(seconds, 1e-12):12,.0f} rows/s {seconds / ours:12.1f} x")


if __name__ == "__main__":
    sys.exit(main())

"""What the oracles share: running amparo, reading what it wrote, scoring from the files alone, and one check."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

AMPARO = os.environ["AMPARO"]
DATA = Path(os.environ["AMPARO_DATA"])
WORK = Path(os.environ["AMPARO_WORK"])
QUICKSTART = WORK / "quickstart"


def close(name, found, expected, tolerance, wrong):
    """max |found - expected| <= tolerance; `wrong` is what a likely mistake would give, and must not pass."""
    # What is not a number is as wrong as can be, and proves nothing about a mistake.
    error, control = distance(found, expected, undefined=np.inf), distance(found, wrong, undefined=0.0)
    print(f"  {name}: max error {error:.1e}, tolerance {tolerance:.0e}, a mistake gives {control:.1e}")
    assert error <= tolerance, f"{name}: error {error} above {tolerance}"
    assert control > tolerance, f"{name}: the check cannot fail: a mistake is off by {control} only"


def holds(name, claim, right, wrong):
    """`claim(right)` is true, and `claim(wrong)` is not."""
    print(f"  {name}")
    assert claim(right), f"{name}: does not hold"
    assert not claim(wrong), f"{name}: the check cannot fail"


def distance(a, b, undefined):
    a, b = np.asarray(a, float), np.asarray(b, float)
    assert a.shape == b.shape and a.size > 0, f"shapes {a.shape} and {b.shape}"
    gap = np.abs(a - b)
    return float(np.where(np.isnan(gap), undefined, gap).max())


def amparo(*args, code=0):
    """Runs the command; its exit code must be `code`."""
    done = subprocess.run([AMPARO, *map(str, args)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == code, f"amparo {args[:2]} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


class Cohort:
    """A cohort file: its table, and what it says about itself."""

    def __init__(self, path):
        self.path = path
        self.table = pd.read_parquet(path)
        self.meta = json.loads(pq.read_metadata(path).metadata[b"amparo.cohort"])
        self.indicators = self.meta["instrument"]["indicators"]
        # Codes of answers, row by row: the place of the answer in the indicator's list, `unknown` last.
        self.codes = np.column_stack([
            self.table[i["id"]].map({a["id"]: code for code, a in enumerate(i["answers"])}) for i in self.indicators
        ])

    def labelled(self, outcome):
        """Rows whose outcome is known, whether it happened, and weights by the inverse probability of being in sight."""
        from statsmodels.duration.survfunc import SurvfuncRight

        status, weight = self.table[f"outcome.{outcome}"], self.table["weight"].to_numpy()
        known = (status != "censored").to_numpy()
        if not known.all():
            horizon = next(o["horizon_days"] for o in self.meta["outcomes"] if o["name"] == outcome)
            days = self.table[f"outcome.{outcome}.days"].to_numpy()
            # On the same day an event comes before a loss of sight.
            curve = SurvfuncRight(days - 1e-6 * (status == "event"), (~known).astype(int))
            at = np.searchsorted(curve.surv_times, np.minimum(days, horizon) - 1e-3)
            weight = weight / np.concatenate([[1.0], curve.surv_prob])[at]
        return np.flatnonzero(known), (status == "event").to_numpy()[known], weight[known]


class Version:
    """A published version, read from its files."""

    def __init__(self, registry, name, number):
        self.reference, self.registry = f"{name}@{number}", registry
        folder = Path(registry) / name / str(number)
        read = lambda file: json.loads((folder / file).read_text())
        self.manifest, self.instrument = read("manifest.json"), read("instrument.json")
        ((self.family, self.model),) = read("model.json")["recidivism"].items()
        self.calibrator = read("calibrator.json")["recidivism"]
        self.candidate = self.manifest["training"]["candidate"]
        self.unknown = [len(i["answers"]) - 1 for i in self.instrument["indicators"]]

    def scored(self, forms, out, explain=True):
        """The table that `amparo score` writes."""
        flag = ["--explain"] if explain else []
        amparo("score", "--registry", self.registry, "--model", self.reference, "--in", forms, "--out", out, *flag)
        return pd.read_parquet(out)

    def score(self, codes):
        return log_odds(self.family, self.model, codes)

    def probability(self, score):
        """Probability with the ends of its interval."""
        platt = self.calibrator["platt"]
        middle = platt["intercept"] + platt["slope"] * score
        a, b, c = platt["covariance"]
        half = 1.959963984540054 * np.sqrt(a + 2 * score * b + score**2 * c)
        return [1 / (1 + np.exp(-x)) for x in (middle, middle - half, middle + half)]


def versions(registry, name):
    """All versions of a model, in order."""
    numbers = sorted(int(folder.name) for folder in (Path(registry) / name).iterdir() if folder.name.isdigit())
    return [Version(registry, name, number) for number in numbers]


def log_odds(family, model, codes):
    """Scores by the definition of each family, plainly."""
    if family == "points":
        return model["offset"] + model["scale"] * pick(model["points"], codes).sum(axis=1)
    if "weights" in model:
        return model["intercept"] + pick(model["weights"], codes).sum(axis=1)
    if "trees" in model:
        return model["base"] + sum(np.array([leaf(tree, row) for row in codes]) for tree in model["trees"])
    assert family == "hybrid", family
    ((candidate, inner),) = model["candidate"].items()
    baseline = log_odds("points", model["baseline"], codes)
    return (1 - model["dial"]) * baseline + model["dial"] * log_odds(candidate, inner, codes)


def pick(tables, codes):
    return np.column_stack([np.array(table, float)[codes[:, j]] for j, table in enumerate(tables)])


def leaf(tree, row):
    at = 0
    while "split" in tree[at]:
        split = tree[at]["split"]
        at = split["left"] if split["set"] >> int(row[split["indicator"]]) & 1 else split["right"]
    return tree[at]["leaf"]

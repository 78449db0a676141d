"""What is measured: each contender makes one pass and says how long it took, in seconds, and what came out."""

import json
import subprocess
import time
from dataclasses import dataclass

import lightgbm
import numpy as np
import pandas as pd
import shap
import xgboost
from woodelf import WoodelfExplainer

import forests


@dataclass
class Case:
    """A forest, the population it is compared with, and rows to explain."""

    booster: xgboost.Booster
    background: np.ndarray
    rows: np.ndarray

    def __post_init__(self):
        self.lightgbm = forests.for_lightgbm(self.booster)
        self.leaves = forests.n_leaves(self.booster)


def timed(run):
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result


class Amparo:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def run(self, case):
        """Times by name, and base with values by row."""
        (self.folder / "model.json").write_text(json.dumps(forests.ours(case.booster)))
        case.background.tofile(self.folder / "background")
        case.rows.tofile(self.folder / "rows")
        done = subprocess.run([self.program, self.folder], capture_output=True, text=True, check=True)
        values = np.fromfile(self.folder / "values").reshape(len(case.rows), 1 + forests.N_INDICATORS)
        return json.loads(done.stdout), values


def by_lightgbm(case, n_rows):
    rows = forests.numbers(case.rows[:n_rows])
    return timed(lambda: case.lightgbm.predict(rows, pred_contrib=True, num_threads=1))


def by_xgboost(case, n_rows):
    rows = xgboost.DMatrix(forests.numbers(case.rows[:n_rows]), nthread=1)
    return timed(lambda: case.booster.predict(rows, pred_contribs=True))


def by_shap(case, n_rows):
    """Interventional, the background uncut."""
    background = forests.numbers(case.background)
    masker = shap.maskers.Independent(background, max_samples=len(background))
    explainer = shap.TreeExplainer(case.booster, masker, feature_perturbation="interventional")
    assert len(explainer.data) == len(background), "shap cut the background"
    seconds, values = timed(lambda: explainer.shap_values(forests.numbers(case.rows[:n_rows])))
    return seconds, np.column_stack([np.full(n_rows, explainer.expected_value), values])


def by_woodelf(case, n_rows):
    """Seconds of a single row, which is what the background costs, and of all rows; both count the background anew."""
    frame = lambda codes: pd.DataFrame(forests.numbers(codes), columns=[f"f{j}" for j in range(forests.N_INDICATORS)])
    rows = frame(case.rows[:n_rows])
    explainer = WoodelfExplainer(case.booster, frame(case.background))
    cold, _ = timed(lambda: explainer.shap_values(rows.iloc[:1], verbose=False))
    seconds, values = timed(lambda: explainer.shap_values(rows, verbose=False))
    return cold, seconds, values

"""How much of what could be told each family tells: on a synthetic cohort the true risk is known, and nothing ranks better, but for chance.

    cargo build --release
    pip install --requirement .ci/oracles/requirements.txt
    AMPARO=target/release/amparo python training/benches/ladder.py [--rows 40000] [--test 100000]

All learn from the same forms and score the same other ones. Printed is the AUC, and the share of the gap between the points and the true risk that it closes; then the best of ours
against the best peer, with an interval from resamples of the other cases.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("AMPARO_WORK", tempfile.mkdtemp())
os.environ.setdefault("AMPARO_DATA", ".")
sys.path.insert(0, str(Path(__file__).parents[2] / ".ci" / "oracles"))

import lightgbm
import numpy as np
import xgboost
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from common import WORK, Cohort, amparo
from drawn import scored, trained

OUTCOME = "new_assault"
TREES = {"n_estimators": 300, "max_depth": 4, "learning_rate": 0.05, "reg_lambda": 5.0, "subsample": 0.8, "colsample_bytree": 0.8}
OURS = {
    "points": 'family = "points", unit = 0.1',
    "centroid": 'family = "centroid", metric = "diagonal", shrinkage = 0.5',
    "naive-bayes": 'family = "naive_bayes", smoothing = 0.5',
    "tree": 'family = "tree", depth = 4, min_rows = 50, smoothing = 10',
    "random-forest": 'family = "random_forest", trees = 200, depth = 6, min_rows = 20, rows = 1.0, indicators = 0.3',
    "logistic": 'family = "logistic", l2 = 1.0',
    "elastic-net": 'family = "elastic_net", l1_ratio = 0.5, lambda = { folds = 10, n_lambdas = 100, min_ratio = 0.0001, rule = "least_loss" }',
    "cox": 'family = "cox", l2 = 1.0',
    "additive": 'family = "additive", rounds = 2000, learning_rate = 0.02, l2 = 5.0, min_weight = 3.0, pairs = 10, algorithm = "fast"',
    "boosted": 'family = "boosted", trees = 300, depth = 4, learning_rate = 0.05, l2 = 5.0, min_child_weight = 3.0, rows = 0.8, indicators = 0.8',
}


def peers(codes, y, w, other):
    """Scores of other forms by the packages of others, on codes of answers; the linear one on a column an answer."""
    sizes = codes.max(axis=0) + 1
    hot = lambda x: np.column_stack([x[:, j] == code for j, size in enumerate(sizes) for code in range(size)]).astype(float)
    yield "scikit-learn, logistic", LogisticRegression(C=1.0, max_iter=2000).fit(hot(codes), y, w).decision_function(hot(other))
    boosted = lightgbm.LGBMClassifier(**TREES, num_leaves=16, subsample_freq=1, min_child_weight=3.0, n_jobs=1, verbose=-1, random_state=1)
    yield "LightGBM", boosted.fit(codes, y, sample_weight=w).predict(other, raw_score=True)
    boosted = xgboost.XGBClassifier(**TREES, min_child_weight=3.0, n_jobs=1, random_state=1)
    yield "XGBoost", boosted.fit(codes, y, sample_weight=w).predict(other, output_margin=True)
    kinds = ["nominal"] * codes.shape[1]
    additive = ExplainableBoostingClassifier(feature_types=kinds, interactions=10, outer_bags=4, n_jobs=1, random_state=1)
    yield "interpret, EBM", additive.fit(codes, y, sample_weight=w).decision_function(other)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--test", type=int, default=100_000)
    asked = parser.parse_args()
    cohorts = []
    for part, rows, seed in (("fit", asked.rows, 501), ("test", asked.test, 502)):
        path = WORK / f"ladder-{part}.parquet"
        amparo("data", "generate", "--rows", rows, "--seed", seed, "--out", path)
        cohorts.append(Cohort(path))
    fit, test = cohorts
    (fit_rows, y, w), (rows, event, weight) = fit.labelled(OUTCOME), test.labelled(OUTCOME)
    versions = trained("ladder", "r", fit, "es-2025", OUTCOME, [f'name = "{name}", {of}' for name, of in OURS.items()], enforced=True)
    scores = {version.candidate: of[rows] for version, of in zip(versions, scored(versions, test))}
    theirs = dict(peers(fit.codes[fit_rows], y, w / w.mean(), test.codes[rows]))
    truth = test.table[f"oracle.{OUTCOME}"].to_numpy()[rows]
    auc = lambda of, at=slice(None): roc_auc_score(event[at], of[at], sample_weight=weight[at])
    low, high = auc(scores["points"]), auc(truth)
    closed = lambda of: (auc(of) - low) / (high - low)
    print(f"{len(fit_rows)} forms to learn from, {len(rows)} other ones with {event.sum()} events; AUC, share of the gap closed")
    for name, of in sorted({**scores, **theirs, "true risk": truth}.items(), key=lambda one: auc(one[1])):
        print(f"{name:26} {auc(of):.4f} {closed(of):6.1%}")
    best, peer = max(scores, key=lambda name: auc(scores[name])), max(theirs, key=lambda name: auc(theirs[name]))
    draw = np.random.default_rng(1)
    drawn = (draw.integers(0, len(rows), len(rows)) for _ in range(200))
    apart = [auc(scores[best], at) - auc(theirs[peer], at) for at in drawn]
    print(f"{best} - {peer}: {auc(scores[best]) - auc(theirs[peer]):+.4f} [{np.quantile(apart, 0.025):+.4f}, {np.quantile(apart, 0.975):+.4f}]; "
          f"of what {peer} closes, {best} closes {closed(scores[best]) / closed(theirs[peer]):.0%}")


main()

"""The weights of a stacked blend are those that scipy finds on out-of-fold log-odds of its two ends, and no dial loses less."""

import numpy as np
import pandas as pd
import scipy.optimize

from common import WORK, Cohort, amparo, close, holds
from drawn import compas, synthetic, trained

SEED, FOLDS = 8, 3
POINTS = 'name = "points", family = "points", unit = 0.1'
ENDS = {
    "logistic": 'family = "logistic", l2 = 1.0',
    # Over-confident: without a bound its weight would be negative.
    "bayes": 'family = "naive_bayes", smoothing = 0.5',
    "stump": 'family = "tree", depth = 1, min_rows = 50, smoothing = 10',
}


def log_loss(x, y, w, t):
    s = x @ t
    return np.average(np.logaddexp(0, s) - y * s, weights=w)


def least(x, y, w, lowest):
    """Numbers of least log loss, each at least its lowest value if it has one, by scipy."""
    def loss(t):
        return log_loss(x, y, w, t), x.T @ (w * (1 / (1 + np.exp(-x @ t)) - y)) / w.sum()

    return scipy.optimize.minimize(loss, np.full(x.shape[1], 0.1), jac=True, method="L-BFGS-B", bounds=[(low, None) for low in lowest],
                                   options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 9999}).x


def out_of_fold(name, published, cohort):
    """Log-odds of each version, by the models of the folds, and event and weight of all labelled rows, as `evaluate --predictions` writes them."""
    path, (first, *others) = WORK / "stacking.parquet", published
    against = [word for version in others for word in ("--against", version.reference)]
    amparo("evaluate", "--registry", first.registry, "--model", first.reference, *against, "--cohort", cohort.path,
           "--out", WORK / f"report-stacking-{name}", "--predictions", path, "--replicates", 100)
    rows = pd.read_parquet(path)
    of = [rows[rows["scored"] == f"{version.reference} {version.candidate}"] for version in published]
    return [one["score"].to_numpy() for one in of], (of[0]["event"] == 1).to_numpy(float), of[0]["weight"].to_numpy()


def check(name, cohort, protocol, outcome):
    ends = [POINTS, *(f'name = "{end}", {family}' for end, family in ENDS.items())]
    blends = "\n".join(f'[[hybrid]]\nbaseline = "points"\ncandidate = "{end}"\nstacked = true\n' for end in ENDS)
    stacked = trained("stacking", f"{name}-stacked", cohort, protocol, outcome, ends, seed=SEED, inner_folds=FOLDS, more=blends)[len(ends):]
    # Outer folds are dealt by the seed of the first repeat, which is one more than that of the config; inner ones by the config's. So the outer
    # folds of this twin are the inner ones of the stacked blends, and its predictions are what those were weighed by.
    twin = trained("stacking", f"{name}-twin", cohort, protocol, outcome, ends, seed=SEED - 1, holdout=f"folds = {FOLDS}, repeats = 1")
    (points, *others), y, w = out_of_fold(name, twin, cohort)
    for end, version, log_odds in zip(ENDS, stacked, others):
        x = np.column_stack([points, log_odds, np.ones(len(y))])
        record = version.manifest["training"]["stacking"]
        weights, free = least(x, y, w, [0, 0, None]), least(x, y, w, [None] * 3)
        title = f"{name}: points and {end}"
        holds(f"{title}: dial {version.manifest['dial']:.4f}; without a bound the candidate's weight would be {free[1]:.4f}",
              lambda weight: (weight == 0) == (free[1] < 0), record["candidate"], 0.5 if free[1] < 0 else 0)
        close(f"{title}: weights by scipy", [record["baseline"], record["candidate"], record["intercept"]], weights, 1e-7,
              [weights[1], weights[0], weights[2]])
        close(f"{title}: the dial", version.manifest["dial"], weights[1] / weights[:2].sum(), 1e-7, weights[0] / weights[:2].sum())
        close(f"{title}: their log loss", record["log_loss"], log_loss(x, y, w, weights), 1e-9, log_loss(x, y, w, [0, 0, weights[2]]))
        compared = {one["dial"]: one["log_loss"] for one in record["compared"]}

        def at(dial):
            blend = np.column_stack([(1 - dial) * x[:, 0] + dial * x[:, 1], np.ones(len(y))])
            return log_loss(blend, y, w, least(blend, y, w, [None, None]))

        expected = [at(dial) for dial in compared]
        close(f"{title}: the loss at {len(compared)} positions", list(compared.values()), expected, 1e-9, expected[::-1])
        holds(f"{title}: no position loses less", lambda loss: all(loss <= one + 1e-12 for one in expected), record["log_loss"], max(expected))


[(fit, _)] = synthetic("stacking", 6000, 811, 812, 1)
check("synthetic", fit, "es-2025", "new_assault")
[(fit, _)] = compas("stacking", 1)
check("COMPAS", fit, "compas-2", "two_year_recid")

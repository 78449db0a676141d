"""Calibrators that `recalibrate` fits are those of scipy, scikit-learn, betacal and venn-abers on the same rows, and its new versions are judged by folds."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.optimize
from betacal import BetaCalibration
from sklearn.isotonic import IsotonicRegression
from venn_abers import VennAbers

from common import QUICKSTART, WORK, Version, amparo, close, holds
from drawn import compas, scored, trained

METHODS = ["platt", "platt_smoothed", "beta", "isotonic", "venn_abers"]
FOLDS, MODEL = 4, "vpr@3"


def softplus(x):
    return np.logaddexp(0, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def log_loss(p, y, w):
    return -np.average(np.where(y, np.log(p), np.log1p(-p)), weights=w)


def fit(features, targets, w, bounds=None):
    """The numbers of greatest likelihood, by scipy, and their loss."""
    def loss(t):
        s = features @ t
        return np.average(softplus(s) - targets * s, weights=w), (features * (w * (sigmoid(s) - targets))[:, None]).sum(0) / w.sum()

    start = np.zeros(features.shape[1])
    if bounds is None:
        done = scipy.optimize.minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-10})
    else:
        done = scipy.optimize.minimize(loss, start + 0.5, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-16, "gtol": 1e-11, "maxiter": 9999})
    return done.x, done.fun


def line(x):
    return np.column_stack([np.ones(len(x)), x])


def smoothed(y, w):
    w = w / w.mean()
    return np.where(y, (w[y].sum() + 1) / (w[y].sum() + 2), 1 / (w[~y].sum() + 2))


def bent(x):
    return np.column_stack([-softplus(-x), softplus(x), np.ones(len(x))])


def two_fits(x, y, w, at):
    """p0 and p1 by their definition: scikit-learn's isotonic regression with the case added."""
    ends = [IsotonicRegression().fit(np.append(x, at), np.append(y, event), sample_weight=np.append(w / w.mean(), 1)).predict([at])[0] for event in (0, 1)]
    return np.array(ends)


def tables(calibrator, at):
    """p0 and p1 of our tables."""
    low = np.concatenate([[0.0], calibrator["low"]])[np.searchsorted(calibrator["low_from"], at, side="right")]
    high = np.concatenate([calibrator["high"], [1.0]])[np.searchsorted(calibrator["high_to"], at, side="left")]
    return np.column_stack([low, high])


registry, cohort = QUICKSTART / "registry", WORK / "later.parquet"
amparo("data", "generate", "--rows", 6000, "--seed", 77, "--out", cohort)
made = {}
for method in [*METHODS, "best"]:
    manifest = json.loads(amparo("recalibrate", "--registry", registry, "--model", MODEL, "--cohort", cohort, "--calibration", method,
                                 "--folds", FOLDS, "--seed", 5, "--json"))
    made[method] = manifest
versions = {method: Version(registry, "vpr", manifest["version"]) for method, manifest in made.items()}
old = Version(registry, "vpr", 3)


def judged(method):
    """Score, event, weight, fold and out-of-fold probability of all rows."""
    out, path = WORK / f"report-{method}", WORK / f"judged-{method}.parquet"
    amparo("evaluate", "--registry", registry, "--model", versions[method].reference, "--cohort", cohort, "--out", out, "--predictions", path,
           "--replicates", 100)
    rows = pd.read_parquet(path)
    return rows[rows["scored"].str.split(" ").str[0] == versions[method].reference].reset_index(drop=True)


rows = judged("platt")
x, y, w, fold = rows["score"].to_numpy(), rows["event"].to_numpy() == 1, rows["weight"].to_numpy(), rows["fold"].to_numpy()
holds("all labelled rows of the cohort are judged", lambda n: n == len(x), made["platt"]["training"]["recalibration"]["cohort"]["n_rows"], 0)
holds("the model is that of the version before", lambda v: v.model == old.model, versions["beta"], Version(registry, "vpr", 1))
platt = versions["platt"].calibrator["platt"]
close("platt by scipy", [platt["intercept"], platt["slope"]], fit(line(x), y.astype(float), w)[0], 1e-6, fit(line(x), smoothed(y, w), w)[0])
platt = versions["platt_smoothed"].calibrator["platt"]
close("smoothed targets by scipy", [platt["intercept"], platt["slope"]], fit(line(x), smoothed(y, w), w)[0], 1e-6, fit(line(x), y.astype(float), w)[0])
beta = versions["beta"].calibrator["beta"]
numbers, least = fit(bent(x), y.astype(float), w, bounds=[(0, None), (0, None), (None, None)])
ours = log_loss(sigmoid(bent(x) @ [beta["a"], beta["b"], beta["c"]]), y, w)
holds("no worse than scipy's likelihood of beta calibration", lambda loss: loss <= least + 1e-10, ours,
      log_loss(sigmoid(bent(x) @ (numbers + [0.02, -0.02, 0.02])), y, w))
close("beta by scipy", [beta["a"], beta["b"], beta["c"]], numbers, 1e-3, [platt["slope"], platt["slope"], platt["intercept"]])
found = versions["venn_abers"].calibrator["venn_abers"]
draw = np.random.default_rng(1)
at = np.concatenate([draw.choice(x, 60), draw.uniform(x.min() - 1, x.max() + 1, 60), [x.min(), x.max()]])
expected = np.array([two_fits(x, y, w, s) for s in at])
close("Venn-Abers by two isotonic fits of scikit-learn", tables(found, at), expected, 1e-10, np.array([two_fits(x, y, w * (1 + y), s) for s in at]))
# The packages: on COMPAS, since that of Venn-Abers knows no weights.
[(fit_on, later)] = compas("calibrators", 1)
[first] = trained("calibrators", "compas", fit_on, "compas-2", "two_year_recid", ['name = "points", family = "points", unit = 0.1'])
[there] = scored([first], later)
known, happened, _ = later.labelled("two_year_recid")
assert len(known) == len(there)


def recalibrated(method):
    manifest = json.loads(amparo("recalibrate", "--registry", first.registry, "--model", first.reference, "--cohort", later.path, "--calibration", method, "--json"))
    return Version(first.registry, "calibrators", manifest["version"])


calibration = np.column_stack([1 - sigmoid(there), sigmoid(there)])
package = VennAbers()
package.fit(calibration, happened.astype(int))
_, both = package.predict_proba(calibration)
close("Venn-Abers by its package", tables(recalibrated("venn_abers").calibrator["venn_abers"], there), both, 1e-10, both[:, ::-1])
curve = recalibrated("beta").calibrator["beta"]
risen = sigmoid(bent(there) @ [curve["a"], curve["b"], curve["c"]])
# Its solver stops a little beside the greatest likelihood. The mistake: one exponent for both.
theirs, one = [BetaCalibration(of).fit(sigmoid(there), happened.astype(int)).predict(sigmoid(there)) for of in ("abm", "am")]
close("beta by betacal", risen, theirs, 1e-3, one)
flat = np.ones(len(there))
holds("and betacal's curve is no more likely", lambda p: log_loss(risen, happened, flat) <= log_loss(p, happened, flat) + 1e-12, theirs, happened * 0.2 + 0.4)
# The probability between the two, as it is served: `score` writes it.
frame = versions["venn_abers"].scored(cohort, WORK / "venn.parquet", explain=False)
both = tables(found, frame["log_odds"].to_numpy())
close("one probability of the two", frame["probability"], both[:, 1] / (1 - both[:, 0] + both[:, 1]), 1e-12, both.mean(axis=1))

# Out-of-fold probabilities: each fold by a fit of the others.
expected, seen = np.empty(len(x)), fit(line(x), y.astype(float), w)[0]
for held in np.unique(fold):
    others = fold != held
    intercept, slope = fit(line(x[others]), y[others].astype(float), w[others])[0]
    expected[~others] = sigmoid(intercept + slope * x[~others])
close("probabilities out of fold", rows["probability"], expected, 1e-6, sigmoid(line(x) @ seen))
holds("no case is divided between folds", lambda f: (pd.Series(f).groupby(rows["case"].to_numpy()).nunique() == 1).all(), fold, np.arange(len(fold)))
close("their log loss is declared", made["platt"]["training"]["metrics"]["recalibration, cross-fitted"]["log_loss"],
      log_loss(rows["probability"].to_numpy(), y, w), 1e-9, log_loss(sigmoid(line(x) @ seen), y, w))

# The choice: the losses over the folds of all rows, the least taken.
tried = {t["method"]: t.get("log_loss") for t in made["best"]["training"]["calibration"]["tried"]}
holds("all methods are compared", lambda m: list(tried) == m, METHODS, METHODS[1:])
holds("the least loss is taken", lambda m: tried[m] == min(tried.values()), made["best"]["training"]["calibration"]["method"], max(tried, key=tried.get))
close("the loss of platt over the same folds", tried["platt"], log_loss(expected, y, w), 1e-8, ours)

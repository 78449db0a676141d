"""Boosted trees beside LightGBM and XGBoost: with the same rows, weights, directions and parameters, as good on other rows."""

import numpy as np
import lightgbm
import xgboost

from boosters import numbers
from common import WORK, Cohort, amparo, holds, versions

N_ROWS, SEEDS, TOLERANCE = 20_000, range(4), 0.001
TREES, DEPTH, RATE, L2, WEIGHT, SHARE = 300, 4, 0.05, 5.0, 3.0, 0.8

CONFIG = f"""
name = "trees"
instrument = "vpr5.0-h"
protocol = "es-2025"
outcome = "new_assault"
seed = {{seed}}
not_monotone = []
inner_folds = 2
least_rows = 10
calibration = "platt"
holdout = {{{{ kind = "cross_fit", folds = 2, repeats = 1 }}}}
candidate = [{{{{ name = "boosted", family = "boosted", trees = {TREES}, depth = {DEPTH}, learning_rate = {RATE}, l2 = {L2},
                min_child_weight = {WEIGHT}, rows = {SHARE}, indicators = {SHARE} }}}}]
""".replace(",\n                ", ", ")


def cohort(name, seed):
    path = WORK / f"{name}.parquet"
    amparo("data", "generate", "--instrument", "vpr5.0-h", "--rows", N_ROWS, "--seed", seed, "--out", path)
    return Cohort(path)


def by_amparo(fit, test, seed):
    config, registry = WORK / "trees.toml", WORK / f"registry-trees-{seed}"
    config.write_text(CONFIG.format(seed=seed))
    amparo("train", "--config", config, "--cohort", fit.path, "--registry", registry)
    (version,) = versions(registry, "trees")
    return version.scored(test.path, WORK / "scores.parquet", explain=False)["log_odds"].to_numpy()


def by_xgboost(fit, test, seed):
    rows, events, weights = fit.labelled("new_assault")
    x = numbers(fit.codes, unknown(fit))[rows]
    params = {"objective": "binary:logistic", "max_depth": DEPTH, "eta": RATE, "lambda": L2, "min_child_weight": WEIGHT,
              "subsample": SHARE, "colsample_bytree": SHARE, "tree_method": "hist", "seed": seed, "nthread": 1,
              "monotone_constraints": tuple(directions(fit))}
    model = xgboost.train(params, xgboost.DMatrix(x, events, weight=weights / weights.mean()), TREES)
    return model.predict(xgboost.DMatrix(numbers(test.codes, unknown(test))), output_margin=True)


def by_lightgbm(fit, test, seed):
    rows, events, weights = fit.labelled("new_assault")
    params = {"objective": "binary", "max_depth": DEPTH, "num_leaves": 2**DEPTH, "learning_rate": RATE, "lambda_l2": L2,
              "min_sum_hessian_in_leaf": WEIGHT, "min_data_in_leaf": 1, "bagging_fraction": SHARE, "bagging_freq": 1,
              "feature_fraction": SHARE, "max_bin": 15, "seed": seed, "num_threads": 1, "verbose": -1,
              "monotone_constraints": directions(fit)}
    data = lightgbm.Dataset(numbers(fit.codes, unknown(fit))[rows], events, weight=weights / weights.mean())
    model = lightgbm.train(params, data, TREES)
    return model.predict(numbers(test.codes, unknown(test)), raw_score=True)


def unknown(cohort):
    return [len(i["answers"]) - 1 for i in cohort.indicators]


def directions(cohort):
    return [{"risk": 1, "protective": -1, "neutral": 0}[i["polarity"]] for i in cohort.indicators]


def log_loss(scores, test):
    rows, events, weights = test.labelled("new_assault")
    s = np.asarray(scores, float)[rows]
    return np.average(np.logaddexp(0, s) - events * s, weights=weights)


test = cohort("trees-test", 1_000)
losses = {}
for seed in SEEDS:
    fit = cohort("trees-fit", 2_000 + seed)
    for who in (by_amparo, by_xgboost, by_lightgbm):
        losses.setdefault(who.__name__, []).append(log_loss(who(fit, test, seed), test))
mean = {who: float(np.mean(all)) for who, all in losses.items()}
print("  " + ", ".join(f"{who} {loss:.5f}" for who, loss in mean.items()), f"({len(SEEDS)} seeds, {N_ROWS} rows each)")
best = min(mean["by_xgboost"], mean["by_lightgbm"])
rate = log_loss(np.full(len(test.codes), np.log(0.15 / 0.85)), test)
holds(f"log loss within {TOLERANCE} of the better of the two", lambda loss: loss <= best + TOLERANCE, mean["by_amparo"], rate)

"""Boosted trees beside LightGBM and XGBoost: with the same rows, weights, directions and parameters, as good on other rows.

The same under limits on which indicators may meet in a tree, and no published tree breaks them.
"""

import json

import numpy as np
import lightgbm
import xgboost

from boosters import numbers
from common import WORK, Cohort, amparo, holds, versions

N_ROWS, SEEDS, TOLERANCE = 20_000, range(4), 0.001
TREES, DEPTH, RATE, L2, WEIGHT, SHARE = 300, 4, 0.05, 5.0, 3.0, 0.8
# Sets that share indicators; the last indicators of the form are in none.
LIMITS = [list(range(0, 6)), list(range(4, 12)), list(range(12, 30, 2)), list(range(13, 30, 2))]

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
                min_child_weight = {WEIGHT}, rows = {SHARE}, indicators = {SHARE}{{limits}} }}}}]
""".replace(",\n                ", ", ")


def cohort(name, seed):
    path = WORK / f"{name}.parquet"
    amparo("data", "generate", "--instrument", "vpr5.0-h", "--rows", N_ROWS, "--seed", seed, "--out", path)
    return Cohort(path)


def published(fit, seed, limits):
    config, registry = WORK / "trees.toml", WORK / f"registry-trees-{seed}-{len(limits)}"
    ids = [[fit.indicators[j]["id"] for j in held] for held in limits]
    config.write_text(CONFIG.format(seed=seed, limits=f", interactions = {json.dumps(ids)}" if limits else ""))
    amparo("train", "--config", config, "--cohort", fit.path, "--registry", registry)
    (version,) = versions(registry, "trees")
    return version


def by_amparo(fit, test, seed, limits):
    return published(fit, seed, limits).scored(test.path, WORK / "scores.parquet", explain=False)["log_odds"].to_numpy()


def by_xgboost(fit, test, seed, limits):
    rows, events, weights = fit.labelled("new_assault")
    x = numbers(fit.codes, unknown(fit))[rows]
    params = {"objective": "binary:logistic", "max_depth": DEPTH, "eta": RATE, "lambda": L2, "min_child_weight": WEIGHT,
              "subsample": SHARE, "colsample_bytree": SHARE, "tree_method": "hist", "seed": seed, "nthread": 1,
              "monotone_constraints": tuple(directions(fit)), **({"interaction_constraints": json.dumps(limits)} if limits else {})}
    model = xgboost.train(params, xgboost.DMatrix(x, events, weight=weights / weights.mean()), TREES)
    return model.predict(xgboost.DMatrix(numbers(test.codes, unknown(test))), output_margin=True)


def by_lightgbm(fit, test, seed, limits):
    rows, events, weights = fit.labelled("new_assault")
    params = {"objective": "binary", "max_depth": DEPTH, "num_leaves": 2**DEPTH, "learning_rate": RATE, "lambda_l2": L2,
              "min_sum_hessian_in_leaf": WEIGHT, "min_data_in_leaf": 1, "bagging_fraction": SHARE, "bagging_freq": 1,
              "feature_fraction": SHARE, "max_bin": 15, "seed": seed, "num_threads": 1, "verbose": -1,
              "monotone_constraints": directions(fit)}
    if limits:
        # LightGBM never asks for an indicator in no set.
        params["interaction_constraints"] = limits + [[j] for j in range(len(fit.indicators)) if not any(j in held for held in limits)]
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


def compare(what, seeds, limits):
    losses = {}
    for seed in seeds:
        fit = cohort("trees-fit", 2_000 + seed)
        for who in (by_amparo, by_xgboost, by_lightgbm):
            losses.setdefault(who.__name__, []).append(log_loss(who(fit, test, seed, limits), test))
    mean = {who: float(np.mean(all)) for who, all in losses.items()}
    print(f"  {what}: " + ", ".join(f"{who} {loss:.5f}" for who, loss in mean.items()), f"({len(seeds)} seeds, {N_ROWS} rows each)")
    best = min(mean["by_xgboost"], mean["by_lightgbm"])
    rate = log_loss(np.full(len(test.codes), np.log(0.15 / 0.85)), test)
    holds(f"{what}: log loss within {TOLERANCE} of the better of the two", lambda loss: loss <= best + TOLERANCE, mean["by_amparo"], rate)


def mixed(tree, at=0, asked=frozenset()):
    """Whether some path asks for indicators that no set holds together."""
    if "leaf" in tree[at]:
        return len(asked) > 1 and not any(asked <= set(held) for held in LIMITS)
    split = tree[at]["split"]
    return any(mixed(tree, split[side], asked | {split["indicator"]}) for side in ("left", "right"))


test = cohort("trees-test", 1_000)
compare("all may meet", SEEDS, [])
compare("limits", SEEDS[:2], LIMITS)
forests = [versions(WORK / f"registry-trees-0-{n}", "trees")[0].model["trees"] for n in (len(LIMITS), 0)]
holds("no published tree breaks the limits", lambda trees: not any(map(mixed, trees)), *forests)

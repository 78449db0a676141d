"""The trees of a published version as an XGBoost model, so that other people's software explains and scores the very trees that we publish."""

import json

import numpy as np
import xgboost

from common import WORK, amparo


def booster(version, base=None):
    """The trees by `amparo export`, of a blend the candidate alone; with another start, if one is given, as a mistake would have it.

    XGBoost keeps 32-bit floats. Our start and leaves are rounded to such as they are grown; only the copies of a tree that
    stand for answers that were not learned have shares of leaves, which XGBoost rounds: by less than what is compared.
    """
    path = WORK / "booster.json"
    amparo("export", "--registry", version.registry, "--model", version.reference, "--format", "xgboost-json", "--out", path)
    model = json.loads(path.read_text())
    assert float(model["learner"]["attributes"]["amparo.rounding"]) <= 1e-6, "XGBoost would round the forest to another one"
    if base is not None:
        model["learner"]["learner_model_param"]["base_score"] = repr(base)
    loaded = xgboost.Booster({"nthread": 1})
    loaded.load_model(bytearray(json.dumps(model), "utf-8"))
    return loaded


def numbers(codes, unknown):
    """The codes of answers as numbers, `unknown` as missing."""
    return np.where(codes == unknown, np.nan, codes.astype(float))

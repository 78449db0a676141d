"""What each indicator adds, and each pair, is what shap and woodelf say of the same trees against the whole, uncut background.

Both read the published forest as an XGBoost model (`amparo export`, `boosters.py`), with `unknown` as a missing value.

shap       `maskers.Independent` keeps 100 rows of a background unless told otherwise. Values are off by up to 1e-8.
woodelf    Wants DataFrames. It counts the whole background, missing values too, but keeps the weights of coalitions as
           32-bit floats: 1/3 is off by 1e-8, and so are values. Its `expected_value` asks shap, which keeps 100 rows:
           0.15 log-odds off here. What is compared as base is the mean of the trees as it read them.
"""

import json
import re

import numpy as np
import pandas as pd
import shap
import xgboost
from woodelf import WoodelfExplainer

from boosters import booster, numbers
from common import DATA, QUICKSTART, WORK, Cohort, amparo, close, holds, versions

# shap takes 10 ms a row here, woodelf explains all rows in less than a second.
SAMPLE = 40


def check(source, model, registry):
    """All versions of a model that was trained on all rows of a cohort, each of weight 1: they are the background."""
    cohort = Cohort(WORK / f"{source}.parquet")
    rows = np.linspace(0, len(cohort.codes) - 1, SAMPLE).astype(int)
    families = set()
    for version in versions(registry, model):
        families.add(version.family)
        table = version.scored(cohort.path, WORK / "scores.parquet")
        found = table[["base", *[f"value.{i['id']}" for i in cohort.indicators]]].to_numpy()
        title = f"{source}: {version.reference} {version.candidate}"
        against(f"{title}, shap", version, found[rows], cohort.codes[rows], cohort.codes, trees_by_shap)
        if version.family in ("forest", "hybrid"):
            against(f"{title}, woodelf", version, found, cohort.codes, cohort.codes, trees_by_woodelf)
        if version.family == "forest":
            trees_as_published(title, version, table["log_odds"].to_numpy(), cohort.codes)
            pairs_by_woodelf(title, version, cohort, rows[[0, SAMPLE // 2, -1]])
    holds(f"{source}: all families are here", lambda f: f == families, {"points", "logistic", "forest", "hybrid"}, {"points"})


def against(title, version, found, codes, background, trees):
    of = lambda background: explain(version, version.family, version.model, codes, background, trees)
    expected, wrong = of(background), of(background[:100])
    # The mistake: shap's own default, a background cut to 100 rows. Values alone must show it, whatever the base.
    wrong[:, 0] = expected[:, 0]
    close(title, found, expected, 1e-6, wrong)


def trees_as_published(title, version, scores, codes):
    """XGBoost adds up 32-bit floats, so its scores are close and not closer. The mistake: a base that is left out."""
    rows = xgboost.DMatrix(numbers(codes, version.unknown))
    of = lambda trees: trees.predict(rows, output_margin=True)
    close(f"{title}, scores by XGBoost", scores, of(booster(version)), 1e-5, of(booster(version, base=0.0)))


def pairs_by_woodelf(title, version, cohort, rows):
    """What pairs of answers add: the two halves that woodelf gives, and what it keeps for each answer alone."""
    ids = [indicator["id"] for indicator in cohort.indicators]
    found = np.array([pairs(version, cohort.table[ids].iloc[row], ids) for row in rows])

    def of(background):
        explainer = WoodelfExplainer(booster(version), frame(numbers(background, version.unknown)))
        halves = explainer.shap_interaction_values(frame(numbers(cohort.codes[rows], version.unknown)), verbose=False)
        return halves + halves.transpose(0, 2, 1) * (1 - np.eye(len(ids)))

    close(f"{title}, pairs by woodelf", found, of(cohort.codes), 1e-6, of(cohort.codes[:100]))


def pairs(version, answers, ids):
    """By `amparo explain --pairs`: a matrix, of an answer alone on the diagonal."""
    (WORK / "case.json").write_text(json.dumps({"answers": answers.to_dict()}))
    said = amparo("explain", "--registry", version.registry, "--model", version.reference, "--in", WORK / "case.json",
                  "--pairs", "--json")
    explanation = json.loads(said)["explanation"]
    matrix = np.diag([value["alone"] for value in explanation["values"]])
    for pair in explanation["interactions"]:
        a, b = ids.index(pair["a"]), ids.index(pair["b"])
        matrix[a, b] = matrix[b, a] = pair["value"]
    return matrix


def with_gaps():
    """The Catalan table with every sixth answer struck out, so that `unknown` is asked about in the trees."""
    raw = pd.read_csv(DATA / "catalonia_juvenile_justice_2010.csv", dtype=str, keep_default_na=False)
    items = [column for column in raw if re.match(r"V(6[5-9]|[78]\d|9[0-4])_", column)]
    struck = np.random.default_rng(1).random((len(raw), len(items))) < 1 / 6
    raw[items] = raw[items].mask(struck, "")
    raw.to_csv(WORK / "gaps.csv", index=False)
    amparo("data", "import", "--source", "catalonia-savry", "--in", WORK / "gaps.csv", "--out", WORK / "gaps.parquet")
    amparo("train", "--config", "catalonia-savry", "--cohort", WORK / "gaps.parquet", "--registry", WORK / "registry-gaps")
    share = lambda path: (Cohort(path).table == "unknown").to_numpy().mean()
    holds("many answers are unknown", lambda path: share(path) > 0.1, WORK / "gaps.parquet", WORK / "catalonia-savry.parquet")
    return "gaps", "savry", WORK / "registry-gaps"


def explain(version, family, model, codes, background, trees):
    """Base and one value an indicator, of a model that the version is or holds; `trees` explains a forest, which is the only one."""
    if family == "points":
        weights = [model["scale"] * np.array(points, float) for points in model["points"]]
        return linear(model["offset"], weights, codes, background)
    if family == "logistic":
        return linear(model["intercept"], model["weights"], codes, background)
    if family == "forest":
        return trees(model, booster(version), numbers(codes, version.unknown), numbers(background, version.unknown))
    ((candidate, inner),) = model["candidate"].items()
    baseline = explain(version, "points", model["baseline"], codes, background, trees)
    of_candidate = explain(version, candidate, inner, codes, background, trees)
    return (1 - model["dial"]) * baseline + model["dial"] * of_candidate


def neutral_sets():
    """The forest of the quickstart splits a neutral indicator into sets of answers that are no thresholds."""
    forest = next(version for version in versions(QUICKSTART / "registry", "vpr") if version.family == "forest")
    cohort = Cohort(QUICKSTART / "cohort.parquet")
    neutral = [j for j, i in enumerate(cohort.indicators) if i["polarity"] == "neutral"]
    is_set = lambda split: (known := split["set"] & ~(1 << forest.unknown[split["indicator"]])) & (known + 1) != 0
    asked = {split["indicator"] for tree in forest.model["trees"] for node in tree if (split := node.get("split")) and is_set(split)}
    holds("some sets are no thresholds, of neutral indicators only", lambda asked: asked == set(neutral), asked, set())
    scores = forest.scored(cohort.path, WORK / "scores.parquet", explain=False)["log_odds"].to_numpy()
    trees_as_published("quickstart", forest, scores, cohort.codes)


def linear(intercept, weights, codes, background):
    """By shap; one column an answer, and the values of an indicator's columns belong together."""
    one_hot = lambda codes: np.hstack([np.eye(len(w))[codes[:, j]] for j, w in enumerate(weights)])
    masker = shap.maskers.Independent(one_hot(background), max_samples=len(background))
    explainer = shap.LinearExplainer((np.concatenate(weights), intercept), masker)
    starts = np.cumsum([0, *map(len, weights)])[:-1]
    values = np.add.reduceat(explainer.shap_values(one_hot(codes)), starts, axis=1)
    return np.column_stack([np.full(len(codes), explainer.expected_value), values])


def trees_by_shap(_, booster, rows, background):
    masker = shap.maskers.Independent(background, max_samples=len(background))
    explainer = shap.TreeExplainer(booster, masker, feature_perturbation="interventional")
    assert len(explainer.data) == len(background), "shap cut the background"
    return np.column_stack([np.full(len(rows), explainer.expected_value), explainer.shap_values(rows)])


def trees_by_woodelf(forest, booster, rows, background):
    explainer = WoodelfExplainer(booster, frame(background))
    base = forest["base"] + explainer.model.predict(frame(background)).mean()
    return np.column_stack([np.full(len(rows), base), explainer.shap_values(frame(rows), verbose=False)])


def frame(rows):
    return pd.DataFrame(rows, columns=[f"f{j}" for j in range(rows.shape[1])])


if __name__ == "__main__":
    neutral_sets()
    check(*with_gaps())
    check("compas-two-years", "compas", WORK / "registry-real")  # trained by published.py

"""What each indicator adds is what shap says against the whole, uncut background."""

import re

import numpy as np
import pandas as pd
import shap

from common import DATA, WORK, Cohort, amparo, close, holds, versions

SAMPLE = 40


def check(source, model, registry):
    """All versions of a model that was trained on all rows of a cohort, each of weight 1: they are the background."""
    cohort = Cohort(WORK / f"{source}.parquet")
    rows = np.linspace(0, len(cohort.codes) - 1, SAMPLE).astype(int)
    explained = cohort.codes[rows]
    families = set()
    for version in versions(registry, model):
        families.add(version.family)
        table = version.scored(cohort.path, WORK / "scores.parquet").iloc[rows]
        found = table[["base", *[f"value.{i['id']}" for i in cohort.indicators]]].to_numpy()
        of = lambda background: explain(version.family, version.model, explained, background, version.unknown)
        # The mistake: shap's own default, a background cut to 100 rows.
        close(f"{source}: {version.reference} {version.candidate}", found, of(cohort.codes), 1e-6, of(cohort.codes[:100]))
    holds(f"{source}: all families are here", lambda f: f == families, {"points", "logistic", "forest", "hybrid"}, {"points"})


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


def explain(family, model, codes, background, unknown):
    """Base and one value an indicator, by shap."""
    if family == "points":
        weights = [model["scale"] * np.array(points, float) for points in model["points"]]
        return linear(model["offset"], weights, codes, background)
    if family == "logistic":
        return linear(model["intercept"], model["weights"], codes, background)
    if family == "forest":
        return trees(model, codes, background, unknown)
    ((candidate, inner),) = model["candidate"].items()
    baseline = explain("points", model["baseline"], codes, background, unknown)
    return (1 - model["dial"]) * baseline + model["dial"] * explain(candidate, inner, codes, background, unknown)


def linear(intercept, weights, codes, background):
    """One column an answer; the values of an indicator's columns belong together."""
    one_hot = lambda codes: np.hstack([np.eye(len(w))[codes[:, j]] for j, w in enumerate(weights)])
    masker = shap.maskers.Independent(one_hot(background), max_samples=len(background))
    explainer = shap.LinearExplainer((np.concatenate(weights), intercept), masker)
    starts = np.cumsum([0, *map(len, weights)])[:-1]
    values = np.add.reduceat(explainer.shap_values(one_hot(codes)), starts, axis=1)
    return np.column_stack([np.full(len(codes), explainer.expected_value), values])


def trees(model, codes, background, unknown):
    """The codes of answers as numbers, `unknown` as missing."""
    as_numbers = lambda codes: np.where(codes == unknown, np.nan, codes.astype(float))
    masker = shap.maskers.Independent(as_numbers(background), max_samples=len(background))
    forest = {"trees": [tree(nodes, unknown) for nodes in model["trees"]], "base_offset": model["base"],
              "internal_dtype": np.float64, "input_dtype": np.float64}
    explainer = shap.TreeExplainer(forest, masker, feature_perturbation="interventional")
    assert len(explainer.data) == len(background), "shap cut the background"
    values = explainer.shap_values(as_numbers(codes), check_additivity=False)
    return np.column_stack([np.full(len(codes), explainer.expected_value), values])


def tree(nodes, unknown):
    """A tree as shap writes it: a set of answers is a threshold, and where `unknown` goes."""
    n = len(nodes)
    out = {key: np.full(n, -1) for key in ("children_left", "children_right", "children_default")}
    out |= {"feature": np.full(n, -2), "threshold": np.full(n, -2.0), "value": np.zeros((n, 1)), "node_sample_weight": np.ones(n)}
    for at, node in enumerate(nodes):
        if "leaf" in node:
            out["value"][at] = node["leaf"]
            continue
        split = node["split"]
        missing = 1 << unknown[split["indicator"]]
        known = split["set"] & ~missing
        assert known & (known + 1) == 0, f"set {split['set']:b} is no threshold"
        out["feature"][at], out["threshold"][at] = split["indicator"], known.bit_length() - 0.5
        out["children_left"][at], out["children_right"][at] = split["left"], split["right"]
        out["children_default"][at] = split["left"] if split["set"] & missing else split["right"]
    return out


if __name__ == "__main__":
    check(*with_gaps())
    check("compas-two-years", "compas", WORK / "registry-real")  # trained by published.py

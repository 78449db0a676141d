"""How a cohort differs from the one that a version was fitted on, by scipy and by counting, from the two cohorts themselves."""

import json

import numpy as np
import pandas as pd
import scipy.stats

from common import DATA, WORK, Cohort, amparo, close, holds
from drawn import compas, scored, synthetic, trained


def kish(w):
    return w.sum() ** 2 / (w**2).sum()


def shares(codes, w, size):
    return np.bincount(codes, weights=w, minlength=size) / w.sum()


def index(p, q, n):
    p, q = ((m * share + 0.5) / (m + len(share) / 2) for m, share in zip(n, (p, q)))
    return ((q - p) * np.log(q / p)).sum()


def by_pairs(p, w):
    """The model-based concordance, pair by pair."""
    weight = np.outer(w * p, w * (1 - p))
    np.fill_diagonal(weight, 0)
    ranked = (p[:, None] > p[None, :]) + 0.5 * (p[:, None] == p[None, :])
    return (weight * ranked).sum() / weight.sum()


def compared(name, fit, later, outcome, protocol, tolerance):
    [version] = trained(name, "r", fit, protocol, outcome, ['name = "points", family = "points", unit = 0.05'])
    out = WORK / f"{name}-report"
    amparo("evaluate", "--registry", version.registry, "--model", version.reference, "--cohort", later.path, "--other-cases", "--out", out,
           "--replicates", 100, "--smallest-cell", 1)
    report = json.loads((out / "report.json").read_text())
    [mix] = report["case_mix"]
    (fit_rows, fit_events, fit_w), (rows, events, w) = fit.labelled(outcome), later.labelled(outcome)
    there, here = fit.codes[fit_rows], later.codes[rows]

    counts = lambda m: [m["fitted"]["n"], m["fitted"]["events"], m["here"]["n"], m["here"]["events"]]
    expected = [len(fit_rows), int(fit_events.sum()), len(rows), int(events.sum())]
    holds(f"{name}: rows and events of both", lambda found: found == expected, counts(mix), expected[::-1])
    n, by_id = (kish(fit_w), kish(w)), {one["indicator"]: one for one in mix["indicators"]}
    psi, limits, moved, unweighted = [], [], [], []
    for j, indicator in enumerate(fit.indicators):
        size = len(indicator["answers"])
        p, q = shares(there[:, j], fit_w, size), shares(here[:, j], w, size)
        one = by_id[indicator["id"]]
        found = [[a["fitted"], a["here"]] for a in one["answers"]]
        assert np.abs(np.array(found, float) - np.column_stack([p, q])).max() <= 1e-9
        assert [a["n"] for a in one["answers"]] == np.bincount(here[:, j], minlength=size).tolist()
        occurs = (p > 0) | (q > 0)
        psi.append(index(p[occurs], q[occurs], n))
        moved.append(np.abs(p - q).sum() / 2)
        unweighted.append(np.abs(shares(there[:, j], np.ones(len(there)), size) - shares(here[:, j], np.ones(len(here)), size)).sum())
        chance = scipy.stats.chi2.isf(0.05 / len(fit.indicators), occurs.sum() - 1) if occurs.sum() > 1 else np.nan
        limits.append((1 / n[0] + 1 / n[1]) * chance)
    listed = lambda key: np.array([by_id[i["id"]][key] for i in fit.indicators], float)
    close(f"{name}: total variation", listed("total_variation"), moved, 1e-9, unweighted)
    close(f"{name}: stability index", listed("psi"), psi, tolerance, 2 * np.array(psi))
    known = ~np.isnan(limits)
    assert (np.isnan(listed("psi_by_chance")) == ~known).all()
    close(f"{name}: limit of chance by scipy", listed("psi_by_chance")[known], np.array(limits)[known], tolerance,
          np.array(limits)[known] * (1 / len(fit_w)) / (1 / n[0] + 1 / n[1]))
    order = [one["psi"] for one in mix["indicators"]]
    holds(f"{name}: from the most different to the least", lambda o: o == sorted(o, reverse=True), order, order[::-1])

    fit_scores, scores = scored([version], fit)[0][fit_rows], scored([version], later)[0][rows]
    below = np.array([[fit_w[fit_scores < s - 1e-9].sum(), fit_w[np.abs(fit_scores - s) <= 1e-9].sum()] for s in scores]) / fit_w.sum()
    percentile = below[:, 0] + below[:, 1] / 2
    close(f"{name}: mean percentile", mix["scores"]["mean_percentile"], np.average(percentile, weights=w), mix["scores"]["resolution"] + 1e-9,
          np.average(below[:, 0], weights=w) - 0.05)
    frame = version.scored(later.path, WORK / f"{name}-scores.parquet", explain=False)
    p = frame["probability"].to_numpy()[rows]
    close(f"{name}: expected area", mix["auc"]["expected"], by_pairs(p, w), 1e-9, by_pairs(np.sqrt(p), w))
    unseen = [~np.isin(here[:, j], there[:, j]) for j in range(here.shape[1])]
    n_unseen = int(np.any(unseen, axis=0).sum())
    holds(f"{name}: {n_unseen} rows with an answer that was not learned", lambda found: found == n_unseen, mix["with_unlearned"], n_unseen + 1)


[(fit_on, later)] = compas("case-mix", 1)
compared("case-mix-compas", fit_on, later, "two_year_recid", "compas-2", 1e-9)
# A fit that never saw anybody with many priors.
table = pd.read_csv(DATA / "compas_two_years_deid.csv", dtype=str, keep_default_na=False)
parts = []
third = np.arange(len(table)) % 3 == 0
for part, rows in (("few", ~third & (table["priors_count"].astype(int) <= 2)), ("all", third)):
    raw, path = WORK / f"case-mix-{part}.csv", WORK / f"case-mix-{part}.parquet"
    table[rows].to_csv(raw, index=False)
    amparo("data", "import", "--source", "compas-two-years", "--in", raw, "--out", path)
    parts.append(Cohort(path))
compared("case-mix-unseen", *parts, "two_year_recid", "compas-2", 1e-9)
# With unequal weights: the version keeps whole numbers of effective rows.
[(fit_on, later)] = synthetic("case-mix", 600, 8101, 8201, 1)
compared("case-mix-drawn", fit_on, later, "new_assault", "es-2025", 1e-3)

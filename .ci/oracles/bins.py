"""Bins of numbers: the least log loss by trying every cut, optbinning on the same rows, areas and the monotone function by scikit-learn.

optbinning looks for the largest information value, so its bins may be others; they must not lose less.
"""

import json
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
from optbinning import OptimalBinning
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss, roc_auc_score

from common import DATA, amparo, close, holds

LEAST, MOST = 20, 8
TABLE = DATA / "compas_two_years_deid.csv"


def rates_of(x, y, cuts):
    """The share of events of each row's bin."""
    bins = np.searchsorted(cuts, x, side="right")
    n, k = np.bincount(bins, minlength=len(cuts) + 1), np.bincount(bins, weights=y, minlength=len(cuts) + 1)
    return (k / np.maximum(n, 1))[bins]


def least_by_all_cuts(x, y, n_bins, sign):
    """The least log loss of all allowed bins, and how many are allowed."""
    values = np.unique(x)
    n = np.concatenate([[0], np.cumsum([np.sum(x == v) for v in values])])
    k = np.concatenate([[0], np.cumsum([np.sum(y[x == v]) for v in values])])
    ends = np.array(list(combinations(range(1, len(values)), n_bins - 1)), int)
    ends = np.column_stack([np.zeros(len(ends), int), ends, np.full(len(ends), len(values))])
    rows, events = np.diff(n[ends]), np.diff(k[ends])
    rate = events / rows
    allowed = (events >= LEAST).all(1) & (rows - events >= LEAST).all(1) & (np.diff(sign * rate) > 0).all(1)
    rows, events, rate = rows[allowed], events[allowed], rate[allowed]
    losses = -(events * np.log(rate) + (rows - events) * np.log(1 - rate)).sum(1) / len(x)
    return losses.min(), allowed.sum()


def peer(x, y, n_bins, trend):
    found = OptimalBinning(monotonic_trend=trend, min_n_bins=n_bins, max_n_bins=n_bins, min_bin_n_event=LEAST, min_bin_n_nonevent=LEAST,
                           max_n_prebins=500, min_prebin_size=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found.fit(x, y)
    assert found.status == "OPTIMAL" and len(found.splits) == n_bins - 1, (found.status, found.splits)
    return found.splits


def information(x, y, cuts):
    """What optbinning makes as large as it can."""
    bins = np.searchsorted(cuts, x, side="right")
    p, q = (np.bincount(bins[y == of]) / np.sum(y == of) for of in (1, 0))
    return np.sum((p - q) * np.log(p / q))


def check(column, sign, trend):
    table = pd.read_csv(TABLE)
    x, y = table[column].to_numpy(float), table["two_year_recid"].to_numpy(int)
    said = json.loads(amparo("data", "bins", TABLE, "--column", column, "--outcome", "two_year_recid", "--least-events", LEAST,
                             "--most-bins", MOST, "--json"))
    assert said["direction"] == ("rising" if sign > 0 else "falling") and said["rows"]["counted"] == len(x)
    tried = {bins["n_bins"]: bins for bins in said["tried"]}
    assert sorted(tried) == list(range(1, MOST + 1))
    for n, bins in tried.items():
        rates = rates_of(x, y, bins["cuts"])
        quantiles = np.unique(np.quantile(x, np.arange(1, n) / n, method="higher")) if n > 1 else [np.median(x)]
        others = rates_of(x, y, quantiles)
        close(f"{column}, {n}: log loss of the cuts", bins["log_loss"], log_loss(y, rates), 1e-12, log_loss(y, others))
        close(f"{column}, {n}: AUC", bins["auc"]["value"], roc_auc_score(y, rates), 1e-12, roc_auc_score(y, others))
        lost = roc_auc_score(y, sign * x) - roc_auc_score(y, rates)
        close(f"{column}, {n}: AUC lost", bins["lost_auc"]["value"], lost, 1e-12, roc_auc_score(y, -sign * x) - roc_auc_score(y, rates))
        if 2 <= n <= 4:
            least, allowed = least_by_all_cuts(x, y, n, sign)
            close(f"{column}, {n}: least of {allowed} ways", bins["log_loss"], least, 1e-12, log_loss(y, others))
        if n >= 2:
            theirs = peer(x, y, n, trend)
            their_loss = log_loss(y, rates_of(x, y, theirs))
            print(f"  {column}, {n}: ours {bins['cuts']} {bins['log_loss']:.6f}, optbinning's {theirs} {their_loss:.6f}")
            holds(f"{column}, {n}: no more lost than by optbinning", lambda loss: loss <= their_loss + 1e-12, bins["log_loss"], log_loss(y, others))
            gained = information(x, y, theirs)
            holds(f"{column}, {n}: optbinning finds what it looks for", lambda value: value <= gained + 1e-9, information(x, y, bins["cuts"]), gained + 0.01)
    raw = roc_auc_score(y, sign * x)
    close(f"{column}: AUC of the number", said["number_auc"]["value"], raw, 1e-12, 1 - raw)
    monotone = IsotonicRegression(increasing=sign > 0).fit_transform(x, y)
    ours = [said["isotonic"]["log_loss"], said["isotonic"]["auc"]]
    wrong = IsotonicRegression(increasing=sign < 0).fit_transform(x, y)
    measures = lambda p: [-np.mean(np.log(np.where(y == 1, p, 1 - p))), roc_auc_score(y, p)]
    close(f"{column}: the best monotone function", ours, measures(monotone), 1e-9, measures(wrong))
    found = pd.DataFrame(said["bins"])
    bins = np.searchsorted(tried[said["taken"]]["cuts"], x, side="right")
    expected = pd.DataFrame({"n_rows": np.bincount(bins), "n_events": np.bincount(bins, weights=y)})
    close(f"{column}: rows and events of each bin", found[["n_rows", "n_events"]], expected, 0, expected.iloc[::-1])


check("age", -1, "descending")
check("priors_count", 1, "ascending")

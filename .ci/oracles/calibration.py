"""Calibration in a report is that of relplot, statsmodels, scikit-learn and R's rms::val.prob on the same rows."""

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from relplot.kernels import ReflectedGaussianKernel
from relplot.metrics import search_param, smECE, smECE_sigma
from sklearn.metrics import brier_score_loss
from statsmodels.nonparametric.smoothers_lowess import lowess

from common import WORK, close
from metrics import compas, halves, synthetic

TOLERANCE, APPROXIMATE = 1e-9, 1e-6
CURVE = ["ici", "e50", "e90", "emax"]
BRIER = ["brier_reliability", "brier_resolution", "brier_uncertainty"]


def smooth_ece(p, y, w):
    """relplot's smECE; with weights, from its kernels, which are linear in what they smooth."""
    if (w == 1).all():
        return smECE(p, y)

    def at(sigma):
        points = np.linspace(0, 1, max(round(10 / sigma), 200))
        kernel = ReflectedGaussianKernel(sigma)
        return np.abs(kernel.apply(p, w * (p - y), points)).sum() / (kernel.apply(p, w, points) + 1e-4).sum()

    return at(search_param(lambda sigma: sigma < 0.001 or sigma < at(sigma)))


def curve(p, y, w, robust=0):
    """Cleveland's smooth at the values where R fits it: by statsmodels' lowess, or with weights by a regression at each."""
    values = np.unique(p)
    step, knots = 0.01 * (values[-1] - values[0]), [0]
    while knots[-1] < len(values) - 1:
        knots.append(max(knots[-1] + 1, np.searchsorted(values, values[knots[-1]] + step, side="right") - 1))
    knots = values[knots]
    if (w == 1).all():
        fits = lowess(y, p, frac=2 / 3, it=robust, xvals=knots)
    else:
        fits = np.array([local_line(p, y, w, at) for at in knots])
    return lambda at: np.interp(at, knots, fits)


def local_line(p, y, w, at):
    off = np.abs(p - at)
    order = np.argsort(off, kind="stable")
    unit = min(1, w.min())
    half = off[order][np.argmax(np.cumsum(w[order]) > 2 / 3 * w.sum() + 1e-7 - unit)]
    kernel = w * np.where(off > 0.999 * half, 0, np.where(off <= 0.001 * half, 1, (1 - (off / half) ** 3) ** 3))
    return sm.WLS(y, sm.add_constant(p - at, has_constant="add"), weights=kernel).fit().params[0]


def off_diagonal(p, w, smooth):
    """Mean, median, 90 % quantile and largest of |curve - p|."""
    off = np.abs(smooth(p) - p)
    if (w == 1).all():
        return np.mean(off), *np.quantile(off, [0.5, 0.9]), off.max()
    # A row of weight w covers w - unit; the unit leads to the next row.
    order, unit = np.argsort(off, kind="stable"), min(1, w.min())
    ends = np.cumsum(w[order])
    places, values = np.column_stack([ends - w[order], ends - unit]).ravel(), np.repeat(off[order], 2)
    return np.average(off, weights=w), *np.interp([q * (ends[-1] - unit) for q in (0.5, 0.9)], places, values), off.max()


def equal_weight(p, w, bins):
    """Bins of equal weight; rows of equal probability stay together."""
    sizes = pd.Series(w).groupby(p).sum()
    before = sizes.cumsum() - sizes
    return np.minimum(((before + sizes / 2) / sizes.sum() * bins).astype(int), bins - 1).loc[p].to_numpy()


def in_bins(p, y, w, bins):
    """Calibration error and the parts of the Brier score."""
    t = pd.DataFrame({"w": w, "y": w * y, "p": w * p}).groupby(bins).sum() / w.sum()
    rates, rate = t.y / t.w, np.average(y, weights=w)
    parts = (t.w * (t.p / t.w - rates) ** 2).sum(), (t.w * (rates - rate) ** 2).sum(), rate * (1 - rate)
    off, rates = p - (t.p / t.w).loc[bins].to_numpy(), rates.loc[bins].to_numpy()
    within = np.average(off**2 - 2 * off * (y - rates), weights=w)
    brier = brier_score_loss(y, p, sample_weight=w)
    close("    parts add up to scikit-learn's Brier score", parts[0] - parts[1] + parts[2] + within, brier, TOLERANCE, brier + within)
    return dict(zip(["ece", *BRIER], [np.abs(t.y - t.p).sum(), *parts]))


def expected(p, y, w, bins):
    return {"smooth_ece": smooth_ece(p, y, w), **dict(zip(CURVE, off_diagonal(p, w, curve(p, y, w)))),
            **in_bins(p, y, w, equal_weight(p, w, bins))}


def mistaken(p, y, w, bins):
    """Fixed kernel, robust smooth (which takes events for outliers), bins of equal width, weights left out, Brier score for its parts."""
    one = np.ones(len(w))
    robust = lowess(y, p, frac=2 / 3, it=3, delta=0.01 * np.ptp(p))
    smooth = lambda at: np.interp(at, robust[:, 0], robust[:, 1])
    wide = in_bins(p, y, w, np.minimum((p * bins).astype(int), bins - 1))
    wide["brier_uncertainty"] = brier_score_loss(y, p)
    return {"smooth_ece": smECE_sigma(p, y, 0.01), **dict(zip(CURVE, off_diagonal(p, one, smooth))), **wide}


def check(name, measures, p, y, w, bins):
    """Every number alone; a report may suppress those of a small group, and must say so."""
    shown = [key for key in ["smooth_ece", *CURVE, "ece", *BRIER] if "value" in measures[key]]
    reasons = [m["reason"] for m in measures.values() if "value" not in m]
    assert shown or any(reason["code"] == "suppressed" for reason in reasons), (name, reasons)
    if shown:
        right, wrong = expected(p, y, w, bins), mistaken(p, y, w, bins)
        for key in shown:
            close(f"{name}: {key}", measures[key]["value"], right[key], TOLERANCE, wrong[key])


def check_curve(name, points, p, y, w):
    at, found = [point["probability"] for point in points], [point["observed"]["value"] for point in points]
    # Shown as rates, cut at 0 and 1.
    close(f"{name}: smooth curve", found, curve(p, y, w)(at).clip(0, 1), TOLERANCE, at)


def check_r(tables):
    """What R says of all tables `(name, measures, p, y, w)` at once."""
    folder = Path(WORK / "val_prob")
    folder.mkdir(exist_ok=True)
    for i, (_, _, p, y, w) in enumerate(tables):
        pd.DataFrame({"p": p, "y": y.astype(int), "w": w}).to_csv(folder / f"{i:03}.csv", index=False, float_format="%.17g")
    subprocess.run(["Rscript", Path(__file__).parent / "val_prob.R", folder], check=True)
    numbers = pd.read_csv(folder / "numbers.csv", skipinitialspace=True)
    assert len(numbers) == len(tables), (len(numbers), len(tables))
    assert numbers["emax"].notna().sum() > 0, "val.prob saw no table"
    for (name, measures, *_), r in zip(tables, numbers.to_dict("records")):
        found = lambda key: measures[key]["value"]
        for key, mistake in [("calibration_slope", 1.0), ("calibration_intercept", 0.0)]:
            close(f"{name}: {key} by R's glm", found(key), r[key], TOLERANCE, mistake)
        if np.isfinite(r["emax"]):
            # Its fit stops as soon as the deviance moves little.
            close(f"{name}: slope by val.prob", found("calibration_slope"), r["val_prob_slope"], APPROXIMATE, 1 / r["val_prob_slope"])
            # Its Eavg is our ici; it does not give e50, which is the median of the same distances.
            for key, mistake in [("ici", "e50"), ("e50", "ici"), ("e90", "emax"), ("emax", "e90"), ("brier", "ici")]:
                close(f"{name}: {key} by val.prob", found(key), r[key], TOLERANCE, r[mistake])


def main():
    tables = []
    catalonia = halves("catalonia-savry", "catalonia_juvenile_justice_2010.csv", "savry")
    for judged in [synthetic(), compas(), catalonia]:
        bins, frame = judged.report["context"]["bins"], judged.cohort.table.iloc[judged.rows]
        for place, (version, scores) in enumerate(judged.scores.items()):
            reported, name = judged.reported(version), f"{judged.title}: {version}"
            p, y, w = scores.probability, judged.y, judged.w
            check(name, reported["overall"], p, y, w, bins)
            check_curve(name, reported["curve"], p, y, w)
            tables.append((name, reported["overall"], p, y, w))
            # One version by group: the code is the same for all.
            for group in reported["groups"] if place == 0 else []:
                label = frame[f"group.{group['group']}"].to_numpy()
                for row in group["rows"]:
                    of = label == row["label"]
                    if of.any():
                        check(f"{name}: {group['group']} = {row['label']}", row["measures"], p[of], y[of], w[of], bins)
    check_r(tables)


if __name__ == "__main__":
    main()

"""Hazards by lifelines, scikit-survival and SciPy, on synthetic forms and on COMPAS with its time to the next charge."""

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from scipy.optimize import minimize
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.metrics import concordance_index_censored

from common import DATA, WORK, Cohort, amparo, close, holds
from drawn import thermometer, trained

ROOT = Path(__file__).resolve().parents[2]
L2 = 1.0
ENDS_OF = {730: [90, 180, 365, 545, 730], 320: [40, 80, 160, 240, 320]}


def replaced(text, pattern, by):
    out, n = re.subn(pattern, lambda _: by, text, flags=re.DOTALL | re.MULTILINE)
    assert n >= 1, pattern
    return out


def with_times(horizon):
    """COMPAS with the time to the next charge, in a source of its own, and weights that are drawn."""
    outcome = (
        f'[weight]\ncolumn = "drawn"\n\n[[outcome]]\nname = "two_year_recid"\nhorizon_days = {horizon}\ntime = {{ column = "end", unit = "days" }}\n'
        'rules = [\n  { when = { event = "1" }, status = "event" },\n  { when = { event = "0" }, status = "no_event" },\n]\n\n'
    )
    text = replaced((ROOT / "datasets/sources/compas-two-years.toml").read_text(), r"^\[\[outcome\]\].*?(?=^\[\[group\]\])", outcome)
    table = pd.read_csv(DATA / "compas_two_years_deid.csv", dtype=str, keep_default_na=False)
    cohorts = []
    for name, weights in (("plain", np.ones(len(table))), ("weighted", np.random.default_rng(1).integers(2, 12, len(table)) / 4)):
        source, csv, out = (WORK / f"hazard-{name}.{kind}" for kind in ("toml", "csv", "parquet"))
        source.write_text(text)
        table.assign(drawn=weights).to_csv(csv, index=False)
        amparo("data", "import", "--source", source, "--in", csv, "--out", out)
        cohorts.append(Cohort(out))
    return cohorts


def steps(version, answers, slope):
    """The log hazard ratios of a version as steps."""
    tables = version.model["weights"]
    unknown = version.unknown
    before = lambda j, a: tables[j][0] if a == unknown[j] else tables[j][a - 1]
    return np.array([(tables[j][a] - before(j, a)) / slope for j, a in answers])


def noted(version):
    """Cumulative hazard by the horizon with the first answers, and what a log hazard ratio of 1 adds to the score."""
    (note,) = [n for n in version.manifest["training"]["notes"] if n.startswith("The cumulative hazard")]
    return [float(x) for x in re.findall(r"\d+\.\d{6}", note)]


def by_efron(x, time, event, w, beta):
    """Cumulative baseline hazard with Efron's ties, day by day; without them, Breslow's."""
    risk, efron, breslow = w * np.exp(x @ beta), 0.0, 0.0
    for day in np.unique(time[event]):
        tied = event & (time == day)
        at_risk, d, v = risk[time >= day].sum(), tied.sum(), w[tied].mean()
        efron += (v / (at_risk - np.arange(d) / d * risk[tied].sum())).sum()
        breslow += d * v / at_risk
    return efron, breslow


def score_of(cumulative, beta, x, w):
    """The score by its formula, from ratios and hazard that others found."""
    link = np.log(cumulative) + x @ beta
    r = np.average(1 - np.exp(-np.exp(link)), weights=w)
    slope = -np.log1p(-r) / r
    return np.log(r / (1 - r)) + slope * (link - np.log(-np.log1p(-r))), slope


def person_periods(x, time, event, ends):
    """One line for each interval that a row enters: its row, the interval, whether the event is in it."""
    lines, start = [], 0
    for k, end in enumerate(ends):
        entered = time > start if start else time >= 0
        with_event = entered & event & (time <= end)
        lived = entered & ~with_event & (event | (time >= (start + end) / 2))
        for rows, y in ((with_event, 1), (lived, 0)):
            at = np.flatnonzero(rows)
            lines.append(np.column_stack([at, np.full(len(at), k), np.full(len(at), y)]))
        start = end
    return np.concatenate(lines)


def discrete(x, time, event, w, ends):
    """Baselines and steps by a general minimiser on the person-periods, written out."""
    lines = person_periods(x, time, event, ends)
    design = np.column_stack([np.eye(len(ends))[lines[:, 1]], x[lines[:, 0]]])
    y, weight, penalty = lines[:, 2].astype(bool), w[lines[:, 0]], np.r_[np.zeros(len(ends)), np.full(x.shape[1], L2)]

    def objective(b):
        h = np.exp(design @ b)
        loss = np.where(y, -np.log(-np.expm1(-h)), h)
        slope = np.where(y, -h / np.expm1(h), h)
        return (weight * loss).sum() + (penalty * b**2).sum() / 2, design.T @ (weight * slope) + penalty * b

    start = np.r_[np.full(len(ends), -2.0), np.zeros(x.shape[1])]
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-16, "gtol": 1e-7})
    return found.x[: len(ends)], found.x[len(ends) :]


def compared(name, cohort, protocol, outcome, horizon):
    candidates = [
        f'name = "times", family = "cox", l2 = {L2}',
        f'name = "steps", family = "discrete_hazard", l2 = {L2}, intervals = {ENDS_OF[horizon]}',
        f'name = "binary", family = "logistic", l2 = {L2}',
    ]
    version_of = {v.candidate: v for v in trained("hazard", cohort.path.stem, cohort, protocol, outcome, candidates)}
    status = cohort.table[f"outcome.{outcome}"]
    counted = (status != "excluded").to_numpy()
    assert counted.all()
    event = (status == "event").to_numpy()
    time = np.minimum(cohort.table[f"outcome.{outcome}.days"].to_numpy(), horizon)
    w = cohort.table["weight"].to_numpy()
    w = w / w.mean()
    x, answers = thermometer(cohort)
    n = len(time)

    frame = pd.DataFrame(x, columns=[f"x{k}" for k in range(x.shape[1])]).assign(time=time, event=event, w=w)
    options = {"duration_col": "time", "event_col": "event", "weights_col": "w"}
    # lifelines penalises columns of standard deviation 1, per row.
    penalty = L2 / n / frame.iloc[:, : x.shape[1]].std(ddof=1).to_numpy() ** 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = CoxPHFitter(penalizer=penalty).fit(frame, robust=True, fit_options={"precision": 1e-12}, **options)
    beta = fitter.params_.to_numpy()
    version = version_of["times"]
    cumulative, slope = noted(version)
    ours = steps(version, answers, slope)
    plain = steps(version, answers, 1.0)
    close(f"{name}: log hazard ratios by lifelines", ours, beta, 5e-6, plain)
    if np.ptp(w) == 0:
        truth = np.array(list(zip(event, time)), dtype=[("event", bool), ("time", float)])
        of_ties = {t: CoxPHSurvivalAnalysis(alpha=L2, ties=t, tol=1e-14, n_iter=200).fit(x, truth).coef_ for t in ("efron", "breslow")}
        close(f"{name}: log hazard ratios by scikit-survival", ours, of_ties["efron"], 5e-6, of_ties["breslow"])
    efron, breslow = by_efron(x, time, event, w, beta)
    close(f"{name}: cumulative baseline hazard with Efron's ties", cumulative, efron, 2e-6, breslow)
    base = fitter.baseline_cumulative_hazard_.iloc[-1, 0] / np.exp(fitter._norm_mean.to_numpy() @ beta)
    close(f"{name}: Breslow's by lifelines", breslow, base, 1e-6, efron)
    expected, _ = score_of(efron, beta, x, w)
    close(f"{name}: scores", version.score(cohort.codes), expected, 1e-5, np.log(efron) + x @ beta)
    concordance = [concordance_index_censored(event, time, s)[0] for s in (version.score(cohort.codes), x @ beta)]
    binary = concordance_index_censored(event, time, version_of["binary"].score(cohort.codes))[0]
    print(f"  {name}: {n} rows, {event.sum()} events, concordance {concordance[0]:.4f}, of logistic regression {binary:.4f}")
    holds(f"{name}: concordance as by the ratios of lifelines", lambda c: abs(c - concordance[1]) <= 1e-4, concordance[0], 1 - concordance[0])

    baselines, beta = discrete(x, time, event, w, ENDS_OF[horizon])
    version = version_of["steps"]
    cumulative, slope = noted(version)
    close(f"{name}: ratios of person-periods", steps(version, answers, slope), beta, 5e-6, steps(version, answers, 1.0))
    close(f"{name}: their cumulative hazard", cumulative, np.exp(baselines).sum(), 5e-6, 1 - np.exp(-np.exp(baselines).sum()))
    score, _ = score_of(np.exp(baselines).sum(), beta, x, w)
    close(f"{name}: their scores", version.score(cohort.codes), score, 1e-5, np.log(np.exp(baselines).sum()) + x @ beta)


warnings.simplefilter("ignore", UserWarning)
plain, weighted = with_times(730)
compared("COMPAS", plain, "compas-2", "two_year_recid", 730)
compared("COMPAS, weighted", weighted, "compas-2", "two_year_recid", 730)
synthetic = WORK / "hazard.parquet"
amparo("data", "generate", "--instrument", "vpr5.0-h", "--rows", 4_000, "--seed", 9, "--out", synthetic)
compared("synthetic", Cohort(synthetic), "es-2025", "new_assault", 320)

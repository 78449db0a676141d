"""Ordered outcomes by statsmodels, SciPy, scikit-learn and counting, and beside LightGBM: COMPAS with the level that its instrument gave, and Catalonia
with how grave the new offence was."""

import json
import re
import warnings
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy.optimize import minimize
from sklearn.metrics import cohen_kappa_score, confusion_matrix, f1_score, precision_score, recall_score
from statsmodels.miscmodels.ordinal_model import OrderedModel

from common import DATA, WORK, Cohort, amparo, close, holds
from drawn import thermometer, trained

ROOT = Path(__file__).resolve().parents[2]
L2 = 1.0
GROWN = "trees = 150, depth = 3, learning_rate = 0.05, l2 = 1.0, min_child_weight = 1.0, rows = 1.0, indicators = 1.0"
CANDIDATES = [
    f'name = "odds", family = "proportional_odds", l2 = {L2}',
    'name = "free", family = "proportional_odds", l2 = 1e-6',
    f'name = "grown", family = "ordered_boosted", {GROWN}',
    f'name = "binary", family = "logistic", l2 = {L2}',
]
PROTOCOL = """
id = "levels"
title = {{ es = "Niveles", en = "Levels" }}
cut_points = {{ es = "De este oráculo.", en = "Of this oracle." }}
outcome = "{outcome}"
cumulative_measures = false
unlearned_answers = "flag"
"""
LEVEL = '\n[[level]]\nid = "level-{at}"\nlabel = {{ es = "{at}", en = "{at}" }}\nfrom_probability = {cut}\nmeasures = []\n'


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def replaced(text, pattern, by):
    out, n = re.subn(pattern, lambda _: by, text, flags=re.DOTALL | re.MULTILINE)
    assert n == 1, pattern
    return out


def cohort(name, source, table):
    toml, csv, out = (WORK / f"ordered-{name}.{kind}" for kind in ("toml", "csv", "parquet"))
    toml.write_text(source)
    table.to_csv(csv, index=False)
    amparo("data", "import", "--source", toml, "--in", csv, "--out", out)
    return Cohort(out)


def compas_levels(name, weighted):
    """The level that COMPAS gave, which of some rows is taken away, but for whether it was above the lowest; rows for the fit may be weighted."""
    table = pd.read_csv(DATA / "compas_two_years_deid.csv", dtype=str, keep_default_na=False)
    drawn = np.random.default_rng(5)
    outcome = (
        '[weight]\ncolumn = "drawn"\n\n[[outcome]]\nname = "above_low"\nrules = [\n  { when = { above = "1" }, status = "event" },\n'
        '  { when = { above = "0" }, status = "no_event" },\n]\nclasses = { column = "grade", from_lowest = ["low", "medium", "high"], from = "medium", '
        'values = { Low = "low", Medium = "medium", High = "high" }, unknown = ["N/A"] }\n\n'
    )
    text = replaced((ROOT / "datasets/sources/compas-two-years.toml").read_text(), r"^\[\[outcome\]\].*?(?=^\[\[group\]\])", outcome)
    text = re.sub(r"^\[\[score\]\].*?(?=^\[\[|\Z)", "", text, flags=re.DOTALL | re.MULTILINE)
    text = replaced(text, r"^repeated = .*?$", 'repeated = ["priors_count"]')
    table = table.assign(grade=table.score_text, above=(table.score_text != "Low").astype(int), drawn="1")
    is_fit = drawn.random(len(table)) < 2 / 3
    fit, test = table[is_fit].copy(), table[~is_fit].copy()
    if weighted:
        fit["drawn"] = drawn.integers(2, 12, len(fit)) / 4
    fit.loc[drawn.random(len(fit)) < 0.1, "grade"] = "N/A"
    test.loc[drawn.random(len(test)) < 0.05, "grade"] = "N/A"
    return cohort(f"{name}-fit", text, fit), cohort(f"{name}-test", text, test), "above_low"


def catalonia_severity():
    """None, or how grave the new offence was (0 to 4); of some the severity is not known."""
    table = pd.read_csv(DATA / "catalonia_juvenile_justice_2010.csv", dtype=str, keep_default_na=False)
    again, grave = table["V132_REINCIDENCIA_2013"] == "Sí", table["V131_severitat_puntuacio_2013"]
    table = table.assign(grade=np.where(again, np.where(grave == "", "?", grave), "none"))
    ids = ["none", "0.0", "1.0", "2.0", "3.0", "4.0"]
    listed = ", ".join(f'"{i}" = "{i}"' for i in ids)
    classes = f'classes = {{ column = "grade", from_lowest = {json.dumps(ids)}, from = "0.0", values = {{ {listed} }}, unknown = ["?"] }}\n'
    text = (ROOT / "datasets/sources/catalonia-savry.toml").read_text()
    text = replaced(text, r'^name = "recidivism_2013"\n', f'name = "recidivism_2013"\n{classes}')
    is_fit = np.random.default_rng(6).random(len(table)) < 2 / 3
    return cohort("catalonia-fit", text, table[is_fit]), cohort("catalonia-test", text, table[~is_fit]), "recidivism_2013"


def classes_of(cohort, outcome):
    """Code of the class of each row, -1 where it is not known."""
    (meta,) = [o for o in cohort.meta["outcomes"] if o["name"] == outcome]
    ids = meta["classes"]["ids"]
    return ids, meta["classes"]["from"], cohort.table[f"outcome.{outcome}.class"].map({i: k for k, i in enumerate(ids)}).fillna(-1).astype(int).to_numpy()


def negative(x, y, w, k, l2):
    """Penalised loss of thresholds and steps, with its gradient, by the definition."""
    def objective(p):
        t, beta = np.concatenate([[-np.inf], np.cumsum(np.r_[p[0], np.exp(p[1 : k - 1])]), [np.inf]]), p[k - 1 :]
        lp = x @ beta
        up, down = sigmoid(lp - t[y]), sigmoid(lp - t[y + 1])
        share = up - down
        du, dd = up * (1 - up), down * (1 - down)
        by_lp = -(w / share) * (du - dd)
        by_t = np.zeros(k + 1)
        np.add.at(by_t, y, (w / share) * du)
        np.add.at(by_t, y + 1, -(w / share) * dd)
        by_t = by_t[1:k]
        above = np.cumsum(by_t[::-1])[::-1]
        by_p = np.r_[above[0], above[1:] * np.exp(p[1 : k - 1])]
        return -(w * np.log(share)).sum() + l2 / 2 * (beta**2).sum(), np.r_[by_p, x.T @ by_lp + l2 * beta]

    return objective


def by_scipy(x, y, w, k, l2):
    reached = np.array([w[y >= c].sum() / w.sum() for c in range(1, k)])
    t = -np.log(reached / (1 - reached))
    start = np.r_[t[0], np.log(np.diff(t)), np.zeros(x.shape[1])]
    options = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-17, "gtol": 1e-8}
    found = minimize(negative(x, y, w, k, l2), start, jac=True, method="L-BFGS-B", options=options).x
    return np.cumsum(np.r_[found[0], np.exp(found[1 : k - 1])]), found[k - 1 :]


def steps(version, answers):
    tables, unknown = version.model["weights"], version.unknown
    before = lambda j, a: tables[j][0] if a == unknown[j] else tables[j][a - 1]
    return np.array([tables[j][a] - before(j, a) for j, a in answers])


def rps(p, y):
    """By counting: of every row and every threshold, the squared distance of the probability to be at or below it from what came."""
    total = 0.0
    for row, is_ in zip(p, y):
        below = 0.0
        for k in range(p.shape[1] - 1):
            below += row[k]
            total += (below - (is_ <= k)) ** 2
    return total / len(y) / (p.shape[1] - 1)


def class_probabilities(version, codes):
    """From the files alone: the calibrated probability at the score, moved by the distance of the thresholds."""
    record = version.manifest["training"]["ordered"]
    t = np.array(record["thresholds"])
    own = t[record["classes"].index(record["from"]) - 1]
    score = version.score(codes)
    reached = np.column_stack([version.probability(score + own - threshold)[0] for threshold in t])
    reached = np.column_stack([np.ones(len(score)), reached, np.zeros(len(score))])
    return reached[:, :-1] - reached[:, 1:]


def compared(name, fit, test, outcome, with_statsmodels=False, is_large=True):
    ids, start, y = classes_of(fit, outcome)
    k = len(ids)
    protocol = WORK / f"ordered-{name}-protocol.toml"
    known = y >= 0
    w = fit.table["weight"].to_numpy()
    levels = [0] + [round(float(np.average(y[known] >= c, weights=w[known])), 6) for c in range(k - 1, 0, -1)]
    text = PROTOCOL.format(outcome=outcome)
    protocol.write_text(text + "".join(LEVEL.format(at=at, cut=cut) for at, cut in enumerate(levels)))
    published = {v.candidate: v for v in trained(f"ordered-{name}", "r", fit, protocol, outcome, CANDIDATES if is_large else [c for c in CANDIDATES if "free" not in c])}
    x, answers = thermometer(fit)
    x, y, w = x[known], y[known], w[known] / w[known].mean()

    record = published["odds"].manifest["training"]["ordered"]
    counts = lambda r: (r["n_rows"], r["n_without_class"])
    holds(f"{name}: rows with and without a class", lambda c: c == (known.sum(), (~known).sum()), counts(record), (len(known), 0))
    t, beta = by_scipy(x, y, w, k, L2)
    other_penalty = by_scipy(x, y, w, k, 2 * L2)
    close(f"{name}: steps by SciPy", steps(published["odds"], answers), beta, 1e-5, other_penalty[1])
    close(f"{name}: thresholds by SciPy", record["thresholds"], t, 1e-5, other_penalty[0])
    close(f"{name}: intercept is that of the outcome", -published["odds"].model["intercept"], t[start - 1], 1e-5, t[start - 1] + 0.01)
    if with_statsmodels:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = OrderedModel(y, x, distr="logit")
            result = model.fit(method="bfgs", disp=False, maxiter=2_000, gtol=1e-6)
        free = published["free"]
        others = model.transform_threshold_params(result.params)[1:-1]
        close(f"{name}: log-likelihood by statsmodels", -negative(x, y, w, k, 0)(to_parameters(free, answers))[0], result.llf, 1e-3, result.llf + 1)
        close(f"{name}: thresholds by statsmodels", free.manifest["training"]["ordered"]["thresholds"], others, 1e-3, others + 0.1)

    out = WORK / f"ordered-{name}-report"
    ids_test, _, truth = classes_of(test, outcome)
    seen = truth >= 0
    assert ids_test == ids
    scores, weights = {}, test.table["weight"].to_numpy()[seen]
    for candidate, version in published.items():
        amparo("evaluate", "--registry", version.registry, "--model", version.reference, "--cohort", test.path, "--other-cases", "--out", out,
               "--replicates", 200, "--smallest-cell", 1)
        told = json.loads((out / "report.json").read_text())["classes"]
        by = {one["by"]: one for one in told["judged"]}
        assert told["ids"] == ids and told["unknown"] == (~seen).sum() and not told["not_judged"]
        probability = version.scored(test.path, WORK / "ordered-scores.parquet", explain=False)["probability"].to_numpy()
        foretold = {"levels": np.searchsorted(levels[1:], probability, side="right")}
        if candidate != "binary":
            p = class_probabilities(version, test.codes)
            holds(f"{name}, {candidate}: no class is less probable than never", lambda q: (q >= 0).all() and np.abs(q.sum(axis=1) - 1).max() < 1e-12, p, p - 0.01)
            foretold["probabilities"] = p.argmax(axis=1)
        assert sorted(by) == sorted(foretold)
        for how, codes in foretold.items():
            one, a, b = by[how], codes[seen], truth[seen]
            value = lambda m: m.get("value", np.nan)
            here = f"{name}, {candidate}, by {how}"
            kappa = cohen_kappa_score(a, b, labels=range(k), weights="quadratic", sample_weight=weights)
            close(f"{here}: quadratic kappa by scikit-learn", value(one["kappa_quadratic"]), kappa, 1e-9, np.average(a == b, weights=weights))
            close(f"{here}: macro F1 by scikit-learn", value(one["macro_f1"]), f1_score(b, a, average="macro", sample_weight=weights), 1e-9, f1_score(b, a, average="micro"))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for key, of in (("recall", recall_score), ("precision", precision_score)):
                    expected = of(b, a, labels=range(k), average=None, sample_weight=weights)
                    found = np.array([value(c[key]) for c in one["by_class"]], float)
                    close(f"{here}: {key} by scikit-learn", found[~np.isnan(found)], expected[~np.isnan(found)], 1e-9, 1 - expected[~np.isnan(found)])
            table = confusion_matrix(a, b, labels=range(k))
            holds(f"{here}: told against true by scikit-learn", lambda t: [c["n"] for c in one["cells"]] == t.ravel().tolist(), table, table[::-1])
            certain = np.eye(k)[a] if how == "levels" else p[seen]
            close(f"{here}: ranked probability score by counting", value(one["ranked_probability_score"]), rps(certain, b), 1e-9, rps(certain[:, ::-1], b))
            # Without an interval where all rows are put at one class: then kappa is 0 in every resample.
            interval = lambda m: m["low"] < m["value"] < m["high"] if "low" in m else len(set(codes)) == 1
            assert all(interval(one[m]) for m in ("kappa_quadratic", "macro_f1", "ranked_probability_score")), here
        if candidate != "binary":
            scores[candidate] = value(by["probabilities"]["ranked_probability_score"])
    scores["shares alone"] = rps(np.tile(np.bincount(y, weights=w, minlength=k) / w.sum(), (seen.sum(), 1)), truth[seen])

    if not is_large:
        print(f"  {name}: ranked probability score on {seen.sum()} other rows: " + ", ".join(f"{who} {s:.5f}" for who, s in scores.items()))
        return
    # LightGBM tells classes apart without an order; at the same size, the order is worth no less.
    params = {"objective": "multiclass", "num_class": k, "max_depth": 3, "num_leaves": 8, "learning_rate": 0.05, "lambda_l2": 1.0, "min_sum_hessian_in_leaf": 1.0,
              "min_data_in_leaf": 1, "verbosity": -1, "num_threads": 1, "seed": 1}
    table = lgb.Dataset(fit.codes[known].astype(float), y, weight=w)
    by_rounds = {rounds: rps(lgb.train(params, table, rounds).predict(test.codes[seen].astype(float)), truth[seen]) for rounds in (25, 50, 75, 100, 150)}
    scores["LightGBM, best of five lengths"] = min(by_rounds.values())
    print(f"  {name}: ranked probability score on {seen.sum()} other rows: " + ", ".join(f"{who} {s:.5f}" for who, s in scores.items()))
    holds(f"{name}: trees with an order are no worse than LightGBM's by 1 %", lambda s: s <= 1.01 * scores["LightGBM, best of five lengths"], scores["grown"], scores["shares alone"])
    holds(f"{name}: and so are proportional odds by 3 %", lambda s: s <= 1.03 * scores["LightGBM, best of five lengths"], scores["odds"], scores["shares alone"])


def to_parameters(version, answers):
    t = np.array(version.manifest["training"]["ordered"]["thresholds"])
    return np.r_[t[0], np.log(np.diff(t)), steps(version, answers)]


compared("compas", *compas_levels("compas", weighted=False), with_statsmodels=True)
compared("compas-weighted", *compas_levels("compas-weighted", weighted=True))
# 563 rows: too few for a fit without a penalty, and for a comparison of trees.
compared("catalonia", *catalonia_severity(), is_large=False)

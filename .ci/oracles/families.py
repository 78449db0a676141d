"""Families by scikit-learn: naive Bayes, nearest centroid and elastic net, on synthetic forms and on COMPAS."""

import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import CategoricalNB
from sklearn.neighbors import NearestCentroid

from common import DATA, WORK, Cohort, amparo, close, holds
from drawn import trained

SMOOTHING, SHRINKAGE, LAMBDA, L1_RATIO = 0.5, 0.5, 0.003, 0.5

NET = f'family = "elastic_net", l1_ratio = {L1_RATIO}'
CANDIDATES = [
    f'name = "bayes", family = "naive_bayes", smoothing = {SMOOTHING}',
    'name = "euclidean", family = "centroid", metric = "euclidean", shrinkage = 0.0',
    f'name = "diagonal", family = "centroid", metric = "diagonal", shrinkage = {SHRINKAGE}',
    f'name = "net", {NET}, lambda = {LAMBDA}',
    f'name = "chosen", {NET}, lambda = {{ folds = 5, n_lambdas = 40, min_ratio = 0.001, rule = "least_loss" }}',
]


def steps(cohort, rows):
    """A step from each known answer to the next, of a neutral question a column for each answer but the first, and one for `unknown`."""
    columns, answers = [], []
    for j, indicator in enumerate(cohort.indicators):
        codes, unknown = cohort.codes[rows, j], len(indicator["answers"]) - 1
        for answer in range(1, unknown + 1):
            of_step = (codes >= answer) & (codes < unknown)
            columns.append(codes == answer if answer == unknown or indicator["polarity"] == "neutral" else of_step)
            answers.append((j, answer))
    return np.column_stack(columns).astype(float), answers


def net(cohort, rows, events, weights):
    """The objective, scikit-learn's weights, and those that a version has."""
    x, answers = steps(cohort, rows)
    w, y = weights / weights.mean(), events.astype(float)

    def objective(b):
        s = b[0] + x @ b[1:]
        return np.mean(w * (np.logaddexp(0, s) - y * s)) + LAMBDA * (L1_RATIO * np.abs(b[1:]).sum() + (1 - L1_RATIO) / 2 * (b[1:] ** 2).sum())

    model = LogisticRegression(solver="saga", C=1 / (len(y) * LAMBDA), l1_ratio=L1_RATIO, tol=1e-9, max_iter=3_000, random_state=0)
    model.fit(x, events, sample_weight=w)

    def of_version(version):
        tables = version.model["weights"]
        before = lambda j, answer: tables[j][answer - 1]
        is_step = lambda j, answer: cohort.indicators[j]["polarity"] != "neutral" and answer < len(tables[j]) - 1
        # An answer that no row has counts as the average of the others; the fit itself gives it nothing.
        steps = [tables[j][a] - (before(j, a) if is_step(j, a) else 0) for j, a in answers]
        return np.concatenate([[version.model["intercept"]], np.where(x.any(axis=0), steps, 0)])

    return objective, np.concatenate([model.intercept_, model.coef_[0]]), of_version


def log_loss(scores, events, weights):
    return np.average(np.logaddexp(0, scores) - events * scores, weights=weights)


def bayes(cohort, rows, events, weights, smoothing):
    sizes = [len(i["answers"]) for i in cohort.indicators]
    model = CategoricalNB(alpha=smoothing, min_categories=sizes).fit(cohort.codes[rows], events, sample_weight=weights / weights.mean())
    joint = model.predict_joint_log_proba(cohort.codes[rows])
    return joint[:, 1] - joint[:, 0]


def coordinates(cohort, rows):
    """Grades from 0 to 1 with `unknown` at the mean, and beside them; a neutral question with more than two answers one by one."""
    columns = []
    for j, indicator in enumerate(cohort.indicators):
        codes, unknown = cohort.codes[rows, j], len(indicator["answers"]) - 1
        if indicator["polarity"] == "neutral" and unknown > 2:
            columns += [(codes == answer) / np.sqrt(2) for answer in range(unknown + 1)]
        else:
            grades = codes / max(unknown - 1, 1)
            columns += [np.where(codes == unknown, grades[codes != unknown].mean(), grades), (codes == unknown) * 1.0]
    return np.column_stack([column for column in columns if np.ptp(column) > 0])


def centroids(cohort, rows, events):
    """Without weights, which scikit-learn does not take: the Euclidean score by NumPy, the decision and the shrunken diagonal score."""
    x, prior = coordinates(cohort, rows), np.log(events.mean() / (1 - events.mean()))
    plain = NearestCentroid().fit(x, events)
    away, near = (((x - centroid) ** 2).sum(axis=1) for centroid in plain.centroids_)
    shrunken = NearestCentroid(priors="empirical", shrink_threshold=SHRINKAGE).fit(x, events)
    return (away - near) / 2 + prior, plain.predict(x), shrunken.decision_function(x) / 2, prior


def compare(name, cohort, protocol, outcome):
    rows, events, weights = cohort.labelled(outcome)
    fitted = {version.candidate: version for version in trained("families", name, cohort, protocol, outcome, CANDIDATES)}
    found = {of: version.score(cohort.codes[rows]) for of, version in fitted.items()}
    objective, theirs, of_version = net(cohort, rows, events, weights)
    ours = of_version(fitted["net"])
    off = ours + np.where(np.arange(len(ours)) == np.abs(ours[1:]).argmax() + 1, 0.01, 0)
    print(f"  {name}: objective {objective(ours):.10f}, scikit-learn's {objective(theirs):.10f}, {np.sum(ours == 0)} of {len(ours)} weights are 0")
    holds(f"{name}: elastic net no worse than scikit-learn's", lambda b: objective(b) <= objective(theirs) + 1e-8, ours, off)
    close(f"{name}: elastic net", ours, theirs, 1e-3, off)
    share = np.log(np.average(events, weights=weights) / np.average(~events, weights=weights))
    holds(f"{name}: elastic net by cross-validation", lambda s: log_loss(s, events, weights) < log_loss(share, events, weights) - 0.01,
          found["chosen"], share)
    close(f"{name}: naive Bayes", found["bayes"], bayes(cohort, rows, events, weights, SMOOTHING), 1e-10,
          bayes(cohort, rows, events, weights, 1.0))
    if np.ptp(weights) > 0:
        return
    euclidean, decision, diagonal, prior = centroids(cohort, rows, events)
    close(f"{name}: difference of distances", found["euclidean"], euclidean, 1e-10, euclidean - prior)
    close(f"{name}: nearest centroid", found["euclidean"] > prior, decision, 0, found["euclidean"] > 0)
    close(f"{name}: diagonal metric, shrunken", found["diagonal"], diagonal, 1e-10, 2 * diagonal)


warnings.simplefilter("ignore", UserWarning)
synthetic, compas = WORK / "families.parquet", WORK / "families-compas.parquet"
amparo("data", "generate", "--instrument", "vpr5.0-h", "--rows", 5_000, "--seed", 8, "--out", synthetic)
amparo("data", "import", "--source", "compas-two-years", "--in", DATA / "compas_two_years_deid.csv", "--out", compas)
compare("synthetic", Cohort(synthetic), "es-2025", "new_assault")
compare("compas", Cohort(compas), "compas-2", "two_year_recid")

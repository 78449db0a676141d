"""Families by other people's software: naive Bayes and nearest centroid by scikit-learn, on synthetic forms and on COMPAS."""

import warnings

import numpy as np
from sklearn.naive_bayes import CategoricalNB
from sklearn.neighbors import NearestCentroid

from common import DATA, WORK, Cohort, amparo, close, versions

SMOOTHING, SHRINKAGE = 0.5, 0.5

CONFIG = """
name = "families"
instrument = "{instrument}"
protocol = "{protocol}"
outcome = "{outcome}"
seed = 1
not_monotone = {exempt}
inner_folds = 2
least_rows = 1
calibration = "platt"
holdout = {{ kind = "cross_fit", folds = 2, repeats = 1 }}
candidate = [
  {{ name = "bayes", family = "naive_bayes", smoothing = {smoothing} }},
  {{ name = "euclidean", family = "centroid", metric = "euclidean", shrinkage = 0.0 }},
  {{ name = "diagonal", family = "centroid", metric = "diagonal", shrinkage = {shrinkage} }},
]
"""


def trained(name, cohort, protocol, outcome):
    """Versions by the name of their candidate. Directions are not enforced, for scikit-learn has none."""
    config, registry = WORK / "families.toml", WORK / f"registry-families-{name}"
    config.write_text(CONFIG.format(instrument=cohort.meta["instrument"]["id"], protocol=protocol, outcome=outcome, smoothing=SMOOTHING,
                                    shrinkage=SHRINKAGE, exempt=str([i["id"] for i in cohort.indicators]).replace("'", '"')))
    amparo("train", "--config", config, "--cohort", cohort.path, "--registry", registry)
    return {version.candidate: version for version in versions(registry, "families")}


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
    found = {of: version.score(cohort.codes[rows]) for of, version in trained(name, cohort, protocol, outcome).items()}
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

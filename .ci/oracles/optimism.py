"""The optimism of a version's numbers is that of Harrell's bootstrap by scikit-learn, with resamples of its own."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from common import DATA, WORK, Cohort, amparo, close, holds
from drawn import trained

N_ROWS, RESAMPLES = 500, 200
# A small part of the table, which a model with a number an answer can learn by heart.
table = pd.read_csv(DATA / "compas_two_years_deid.csv", dtype=str, keep_default_na=False)
raw, path = WORK / "optimism.csv", WORK / "optimism.parquet"
table.sample(N_ROWS, random_state=5).to_csv(raw, index=False)
amparo("data", "import", "--source", "compas-two-years", "--in", raw, "--out", path)
cohort = Cohort(path)
[version] = trained("optimism", "compas", cohort, "compas-2", "two_year_recid", ['name = "logistic", family = "logistic", l2 = 1.0'],
                    holdout="folds = 5, repeats = 2", more=f"[optimism]\nresamples = {RESAMPLES}")
declared = version.manifest["training"]["metrics"]
rows, y, _ = cohort.labelled("two_year_recid")
codes = cohort.codes[rows]
x = np.column_stack([codes[:, j] == code for j, i in enumerate(cohort.indicators) for code in range(len(i["answers"]))]).astype(float)


def fitted(rows):
    return LogisticRegression(C=1.0, max_iter=2000, tol=1e-8).fit(x[rows], y[rows])


def auc(model, rows):
    return roc_auc_score(y[rows], model.decision_function(x[rows]))


everybody, draw = np.arange(len(y)), np.random.default_rng(9)
close("apparent AUC", declared["apparent"]["auc"], auc(fitted(everybody), everybody), 3e-3, declared["cross-fitted"]["auc"])
differences = []
for _ in range(RESAMPLES):
    drawn = draw.choice(len(y), len(y))
    model = fitted(drawn)
    differences.append(auc(model, drawn) - auc(model, everybody))
optimism, error = np.mean(differences), np.std(differences) / np.sqrt(RESAMPLES)
ours = declared["apparent"]["auc"] - declared["optimism-corrected"]["auc"]
print(f"  optimism of the AUC: ours {ours:.4f}, scikit-learn's {optimism:.4f}, standard error of each {error:.4f}")
# Two means of independent resamples: four standard errors of their difference. The ridge is on steps from answer to answer there, on answers here.
close("optimism of the AUC", ours, optimism, 4 * np.sqrt(2) * error, 0.0)
holds("all resamples were used", lambda n: n == RESAMPLES, declared["optimism-corrected"]["resamples"], RESAMPLES - 1)
close("corrected and cross-fitted tell the same story", declared["optimism-corrected"]["auc"], declared["cross-fitted"]["auc"], 0.02, declared["apparent"]["auc"])
holds("a fit that is calibrated by its own rows has a slope that shrinks", lambda d: d["optimism-corrected"]["calibration_slope"] < d["apparent"]["calibration_slope"],
      declared, declared | {"optimism-corrected": {"calibration_slope": 9.9}})

"""The rows that `evaluate --predictions` writes are those behind the report: pandas and polars read them, scikit-learn agrees."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.linear_model import LogisticRegression

from common import DATA, WORK, Cohort, amparo, close, holds

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-9

# ProPublica's table with the decile as it is, and a tenth of it declared a probability.
table = pd.read_csv(DATA / "compas_two_years_deid.csv", dtype=str, keep_default_na=False)
table["chance"] = (table["decile_score"].astype(float) / 11).astype(str)
table.to_csv(WORK / "chance.csv", index=False)
text = (ROOT / "datasets/sources/compas-two-years.toml").read_text()
source, cohort, out = WORK / "chance.toml", WORK / "chance.parquet", WORK / "report-predictions"
source.write_text(text + '\n[[score]]\nname = "chance"\ncolumn = "chance"\nkind = "probability"\nunknown = []\n')
amparo("data", "import", "--source", source, "--in", WORK / "chance.csv", "--out", cohort)
config = (ROOT / "training/configs/compas-two-years.toml").read_text()
config, n = re.subn(r"^folds = 10$(.*?)^repeats = 3$", "folds = 4\nrepeats = 2", config, flags=re.DOTALL | re.MULTILINE)
assert n == 1
(WORK / "predictions-config.toml").write_text(config)
registry, path = WORK / "registry-predictions", WORK / "predictions.parquet"
amparo("train", "--config", WORK / "predictions-config.toml", "--cohort", cohort, "--registry", registry)
amparo("evaluate", "--registry", registry, "--model", "compas@2", "--against", "compas@1", "--cohort", cohort, "--out", out,
       "--predictions", path, "--replicates", 100)
report = json.loads((out / "report.json").read_text())

found, same = pd.read_parquet(path), pl.read_parquet(path)
names = [s["name"] for s in report["scored"]]
holds("pandas and polars read the same columns", lambda c: c == list(found.columns) and c == same.columns,
      ["case", "date", "scored", "repeat", "fold", "score", "probability", "level", "event", "weight", "group.race", "group.sex", "group.age_cat"],
      ["case"])
holds("a row for each case, repeat and score", lambda n: len(found) == same.height == n, len(names) * 2 * len(table), len(table))
holds("what is missing is null in both", lambda t: (t["probability"].isna() == (t["scored"] == "decile")).all(), found, found.assign(probability=1.0))
holds("polars has no NaN for it", lambda n: same["probability"].null_count() == n, 2 * len(table), 0)
cases = Cohort(cohort).table["case"].to_numpy()
holds("the cases in their order", lambda c: (found["case"].to_numpy() == c).all(), np.tile(cases, 2 * len(names)), np.tile(cases[::-1], 2 * len(names)))
version = found[found["scored"] == names[0]]
folds = version.groupby("repeat")["fold"].nunique()
holds("folds of each repeat", lambda n: (folds == n).all(), 4, 5)

for scored in report["scored"]:
    rows, measures = found[found["scored"] == scored["name"]], scored["overall"]
    y, w, s = rows["event"].to_numpy(), rows["weight"].to_numpy(), rows["score"].to_numpy()
    auc = lambda score: roc_auc_score(y, score, sample_weight=w)
    close(f"{scored['name']}: AUC", measures["auc"]["value"], auc(s), TOLERANCE, auc(-s))
    if rows["probability"].isna().all():
        assert measures["brier"]["reason"]["code"] == "not_a_probability", measures["brier"]
        continue
    p = rows["probability"].to_numpy()
    numbers = lambda p: [brier_score_loss(y, p, sample_weight=w), log_loss(y, p, sample_weight=w), np.average(y, weights=w) / np.average(p, weights=w)]
    reported = [measures[m]["value"] for m in ("brier", "log_loss", "observed_expected")]
    close(f"{scored['name']}: Brier, log loss, O/E", reported, numbers(p), TOLERANCE, numbers(1 - p))
    logit = np.log(p / (1 - p)).reshape(-1, 1)
    slope = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(logit, y, sample_weight=w).coef_[0, 0]
    close(f"{scored['name']}: calibration slope", measures["calibration_slope"]["value"], slope, 1e-5, 1 / slope)

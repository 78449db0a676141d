"""The numbers of a report are those of scikit-learn, statsmodels and fairlearn on the same rows."""

import json
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from fairlearn.metrics import MetricFrame, false_positive_rate
from sklearn.metrics import brier_score_loss, log_loss, precision_score, recall_score, roc_auc_score

from common import DATA, QUICKSTART, WORK, Cohort, amparo, close, holds, versions

TOLERANCE = 1e-9


@dataclass
class Scores:
    """What one version, or one column of a foreign table, said of each row."""

    score: np.ndarray
    probability: np.ndarray | None
    levels: list  # ids, from the lowest
    level: np.ndarray  # place in `levels`

    def upside_down(self):
        """A mistake: low for high."""
        p = None if self.probability is None else 1 - self.probability
        return Scores(-self.score, p, self.levels, len(self.levels) - 1 - self.level)

    def thresholds(self):
        """Each level but the lowest, with whether a row is at it or above."""
        return [(id, self.level >= at) for at, id in enumerate(self.levels) if at > 0]


def check(name, reported, scores, y, w, table):
    """The main numbers that a report gives for one version: all rows, then each group."""
    assert "value" in reported["overall"]["auc"], f"{name}: no AUC over all rows"
    compare(f"{name}: overall", reported["overall"], overall(scores, y, w), overall(scores.upside_down(), y, w))
    for group in reported["groups"]:
        frame = by_group(scores, y, w, table[f"group.{group['group']}"].to_numpy())
        for row in group["rows"]:
            if row["label"] in frame.by_group.index:
                # The mistake: the numbers of all for those of the group.
                what = f"{name}: {group['group']} = {row['label']}"
                compare(what, row["measures"], frame.by_group.loc[row["label"]], frame.overall)


def overall(s, y, w):
    """The main numbers by a library."""
    numbers = {"auc": roc_auc_score(y, s.score, sample_weight=w), "base_rate": np.average(y, weights=w)}
    for at, id in enumerate(s.levels):
        numbers[f"level_share@{id}"] = np.average(s.level == at, weights=w)
    for id, flagged in s.thresholds():
        numbers[f"recall@{id}"] = recall_score(y, flagged, sample_weight=w)
        numbers[f"false_positive_rate@{id}"] = false_positive_rate(y, flagged, sample_weight=w)
        numbers[f"ppv@{id}"] = precision_score(y, flagged, sample_weight=w, zero_division=np.nan)
    if s.probability is not None:
        p, logit = s.probability, np.log(s.probability / (1 - s.probability))
        line = lambda x, offset: sm.GLM(y, x, sm.families.Binomial(), freq_weights=w, offset=offset).fit(tol=1e-14).params
        numbers |= {
            "brier": brier_score_loss(y, p, sample_weight=w),
            "log_loss": log_loss(y, p, sample_weight=w),
            "mean_probability": np.average(p, weights=w),
            "calibration_slope": line(sm.add_constant(logit), None)[1],
            "calibration_intercept": line(np.ones(len(y)), logit)[0],
        }
    return numbers


def by_group(s, y, w, label):
    """fairlearn's table of a few numbers, split by a group."""
    metrics = {"auc": lambda y, s, at_least, sample_weight: roc_auc_score(y, s, sample_weight=sample_weight)}
    params = {"auc": {"sample_weight": w, "at_least": s.score}}
    for id, flagged in s.thresholds():
        for key, metric in [("recall", recall_score), ("false_positive_rate", false_positive_rate)]:
            metrics[f"{key}@{id}"] = lambda y, _, at_least, sample_weight, metric=metric: metric(y, at_least, sample_weight=sample_weight)
            params[f"{key}@{id}"] = {"sample_weight": w, "at_least": flagged}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a label with one class has no AUC: the report suppresses it
        return MetricFrame(metrics=metrics, y_true=y, y_pred=s.score, sensitive_features=label, sample_params=params)


def compare(name, measures, expected, wrong):
    """All measures that the report shows; it may suppress one that rests on few rows, and must say so."""
    shown = [key for key in expected.keys() if "value" in measures[key]]
    reasons = {key: measures[key]["reason"] for key in expected.keys() if key not in shown}
    assert all(reason["code"] == "suppressed" for reason in reasons.values()), (name, reasons)
    if shown:
        pick = lambda numbers: [numbers[key] for key in shown]
        close(f"{name}, {len(shown)} numbers", [measures[key]["value"] for key in shown], pick(expected), TOLERANCE, pick(wrong))


@dataclass
class Judged:
    """A report on rows that no version was trained on, and what it is about."""

    title: str
    cohort: Cohort
    report: dict
    rows: np.ndarray  # of the cohort, with a known outcome
    y: np.ndarray
    w: np.ndarray
    scores: dict  # by name of the version, on these rows
    log_odds: dict  # by name of the version, on all rows of the cohort

    def reported(self, name):
        (reported,) = [s for s in self.report["scored"] if s["name"] == name]
        return reported


def evaluated(title, registry, model, cohort):
    """Evaluates all versions of a model on a cohort that none was trained on: on all its rows with a known outcome."""
    first, *others = versions(registry, model)
    out = WORK / f"report-{title}"
    against = [word for v in others for word in ("--against", v.reference)]
    amparo("evaluate", "--registry", registry, "--model", first.reference, *against, "--cohort", cohort.path, "--other-cases", "--out", out,
           "--replicates", 200)
    report = json.loads((out / "report.json").read_text())
    judged = Judged(title, cohort, report, *cohort.labelled(report["context"]["outcome"]), {}, {})
    for version in [first, *others]:
        table = version.scored(cohort.path, WORK / "scores.parquet", explain=False)
        judged.log_odds[f"{version.reference} {version.candidate}"] = table["log_odds"].to_numpy()
        table = table.iloc[judged.rows]
        reported = judged.reported(f"{version.reference} {version.candidate}")
        p, levels = table["probability"].to_numpy(), [level["level"] for level in reported["levels"]]
        at = np.searchsorted([level["cut"] for level in reported["levels"][1:]], p, side="right")
        given = table["computed_level"].map({id: at for at, id in enumerate(levels)}).to_numpy()
        holds(f"{title}: {reported['name']}: levels", lambda at: (given == at).all(), at, at * 0)
        judged.scores[reported["name"]] = Scores(table["log_odds"].to_numpy(), p, levels, at)
    return judged


def check_all(judged):
    """The main numbers of every version."""
    report, y, w = judged.report, judged.y, judged.w
    holds(f"{judged.title}: rows and events", lambda n: (report["rows"]["n"], report["rows"]["events"]) == n, (len(y), y.sum()), (0, 0))
    for name, scores in judged.scores.items():
        check(f"{judged.title}: {name}", judged.reported(name), scores, y, w, judged.cohort.table.iloc[judged.rows])


def synthetic():
    path = WORK / "external.parquet"
    amparo("data", "generate", "--rows", 5000, "--seed", 77, "--out", path)
    return evaluated("synthetic", QUICKSTART / "registry", "vpr", Cohort(path))


def halves(source, raw, model):
    """Trained on every second row of a public table, judged on the others."""
    table = pd.read_csv(DATA / raw, dtype=str, keep_default_na=False)
    paths = []
    for half in (0, 1):
        csv, path = WORK / f"{model}-{half}.csv", WORK / f"{model}-{half}.parquet"
        table.iloc[half::2].to_csv(csv, index=False)
        amparo("data", "import", "--source", source, "--in", csv, "--out", path)
        paths.append(path)
    registry = WORK / f"registry-halves-{model}"
    if not registry.exists():
        amparo("train", "--config", source, "--cohort", paths[0], "--registry", registry)
    return evaluated(model, registry, model, Cohort(paths[1]))


def compas():
    return halves("compas-two-years", "compas_two_years_deid.csv", "compas")


if __name__ == "__main__":
    judged = synthetic()
    check_all(judged)
    found = judged.report["rows"]["base_rate"]["value"]
    close("synthetic: base rate, lost rows made up for", found, np.average(judged.y, weights=judged.w), TOLERANCE, judged.y.mean())
    check_all(compas())

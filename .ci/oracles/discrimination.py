"""Ranking, decisions, levels and gaps of a report are those of scikit-learn, lifelines, dcurves and fairlearn on the same rows."""

from pathlib import Path

import numpy as np
import pandas as pd
from dcurves import dca
from fairlearn import metrics as fair
from lifelines.utils import concordance_index
from sklearn.metrics import average_precision_score, cohen_kappa_score, precision_score

from common import DATA, WORK, Cohort, amparo, close, holds
from metrics import TOLERANCE, Scores, compas, evaluated, halves, synthetic

ROOT = Path(__file__).resolve().parents[2]
# Why a measure may have no value: too few rows, or nothing to divide by.
UNKNOWN = {"suppressed", "no_rows", "no_weight", "zero_denominator", "infinite_loss", "no_slope", "one_outcome", "one_level", "no_comparable_pair"}
RATES = {
    "recall": fair.true_positive_rate,
    "false_positive_rate": fair.false_positive_rate,
    "false_negative_rate": fair.false_negative_rate,
    "selection_rate": fair.selection_rate,
    "ppv": precision_score,
}


def check(judged):
    everyone = judged.scores | foreign(judged)
    for name, scores in everyone.items():
        ranking(judged, name, scores)
    for name, scores in judged.scores.items():
        decisions(judged, name, scores.probability)
        workload(judged, name, scores)
        for group in judged.reported(name)["groups"]:
            label = judged.cohort.table[f"group.{group['group']}"].to_numpy()[judged.rows]
            rates_by_group(f"{judged.title}: {name}: {group['group']}", group, scores, judged.y, judged.w, label)
    agreement(judged, everyone)
    for moved in judged.report["reclassification"]:
        moves(judged, moved, everyone)


def foreign(judged):
    """The scores that came with the table and that every row has."""
    out, table = {}, judged.cohort.table.iloc[judged.rows]
    for meta in judged.cohort.meta["scores"]:
        values = table[f"score.{meta['name']}"].to_numpy(float)
        if not np.isnan(values).any():
            levels, cuts = [level["id"] for level in meta["levels"]], [level["from"] for level in meta["levels"][1:]]
            out[meta["name"]] = Scores(values, None, levels, np.searchsorted(cuts, values, side="right"))
    return out


def shown(measures):
    """The values of a dictionary of measures, without those that the report suppresses and says so."""
    reasons = [m["reason"] for m in measures.values() if "value" not in m]
    assert all(reason["code"] in UNKNOWN for reason in reasons), reasons
    return {key: m["value"] for key, m in measures.items() if "value" in m}


def ranking(judged, name, s):
    found = judged.reported(name)["overall"]
    of = lambda score: average_precision_score(judged.y, score, sample_weight=judged.w)
    # The mistake: low for high.
    close(f"{judged.title}: {name}: average precision", found["average_precision"]["value"], of(s.score), TOLERANCE, of(-s.score))
    auc, error = delong(judged.y, s.score, judged.w, judged.cohort.table["case"].to_numpy()[judged.rows])
    ends = lambda auc, error: [max(auc - 1.959963984540054 * error, 0), min(auc + 1.959963984540054 * error, 1)]
    interval = [found["auc"]["low"], found["auc"]["high"]]
    close(f"{judged.title}: {name}: DeLong's interval by case", interval, ends(auc, error), TOLERANCE, ends(auc, 1.01 * error))


def delong(y, s, w, case):
    """Area and standard error by all pairs: the formulas of Obuchowski, 1997, with weights."""
    events, others = s[y], s[~y]
    w1, w0 = w[y] / w[y].sum(), w[~y] / w[~y].sum()
    won = (events[:, None] > others) + 0.5 * (events[:, None] == others)
    auc = w1 @ won @ w0
    parts = pd.DataFrame({"case": case, "a": 0.0, "b": 0.0, "has": y, "hasnt": ~y})
    parts.loc[y, "a"] = w1 * (won @ w0 - auc)
    parts.loc[~y, "b"] = w0 * (w1 @ won - auc)
    by = parts.groupby("case").agg({"a": "sum", "b": "sum", "has": "any", "hasnt": "any"})
    corrected = lambda n: n / (n - 1)
    variance = corrected(by.has.sum()) * (by.a**2).sum() + corrected(by.hasnt.sum()) * (by.b**2).sum()
    return auc, np.sqrt(variance + 2 * corrected(len(by)) * (by.a * by.b).sum())


def decisions(judged, name, p):
    """dcurves knows no weights: where rows weigh differently, its formula with weighted sums."""
    curve, y, w = judged.reported(name)["decision"], judged.y, judged.w
    cuts = {level["cut"] for level in judged.reported(name)["levels"][1:]}
    holds(f"{judged.title}: {name}: every cut is a threshold", lambda cuts: cuts <= {at["threshold"] for at in curve}, cuts, {0.123})
    curve = [point for point in curve if "value" in point["net_benefit"]]
    thresholds = [point["threshold"] for point in curve]
    found = [[point[key]["value"] for key in ("net_benefit", "treat_all")] for point in curve]
    if np.ptp(w) < 1e-12:
        table = dca(pd.DataFrame({"y": y.astype(int), "p": p}), "y", ["p"], thresholds=thresholds)
        expected = np.column_stack([table[table.model == model].net_benefit for model in ("p", "all")])
    else:
        worth = lambda act, t: (w @ (act & y) - w @ (act & ~y) * t / (1 - t)) / w.sum()
        expected = np.array([[worth(p >= t, t), worth(p >= 0, t)] for t in thresholds])
    # The mistake: acting on everybody for acting on some, and the other way round.
    close(f"{judged.title}: {name}: net benefit at {len(curve)} thresholds", found, expected, TOLERANCE, expected[:, ::-1])


def workload(judged, name, s):
    rows = judged.reported(name)["workload"]
    at = {level: np.average(s.level == place, weights=judged.w) for place, level in enumerate(s.levels)}
    found, expected, wrong = [], [], []
    for row in rows:
        for key, factor in (("cases", 1000), ("assessments_per_year", 365250 / (row["reassess_days"] or np.nan))):
            if "value" in row[key]:
                found.append(row[key]["value"])
                expected.append(at[row["level"]] * factor)
                wrong.append((1 - at[row["level"]]) * factor)
    close(f"{judged.title}: {name}: workload, {len(found)} numbers", found, expected, 1e-6, wrong)


def rates_by_group(name, group, s, y, w, label):
    """Each rate of the labels that the report shows, and what fairlearn makes of them."""
    spreads = {spread["metric"]: spread for spread in group["max_min_differences"]}
    for id, flagged in s.thresholds():
        labels = {}
        for metric, function in RATES.items():
            key = f"{metric}@{id}"
            # Rows of which nothing was recorded are no label among others; every label that is left out is named.
            known = [row for row in group["rows"] if row["label"] not in group["unknown"]]
            found = shown({row["label"]: row["measures"][key] for row in known})
            named = {one["label"] for one in spreads[key]["left_out"]}
            holds(f"{name}: {key}: labels left out are named", lambda named: named | found.keys() == {row["label"] for row in group["rows"]}
                  and not named & found.keys(), named, named ^ set(list(found)[:1] or ["?"]))
            labels[metric] = list(found)
            if len(found) > 1:
                rate(f"{name}: {key}", found, spreads[key], frame(function, y, flagged, w, label, list(found)))
        odds = spreads[f"equalised_odds@{id}"]
        # fairlearn takes the same labels for both rates.
        if labels["recall"] == labels["false_positive_rate"] and len(labels["recall"]) > 1 and "value" in odds["measure"]:
            of = np.isin(label, labels["recall"])
            rows = {"y_true": y[of], "y_pred": flagged[of], "sensitive_features": label[of], "sample_weight": w[of]}
            # The mistake: the mean of the two rates for the worse of them.
            found, mean = odds["measure"]["value"], fair.equalized_odds_difference(**rows, agg="mean")
            close(f"{name}: equalised odds@{id}: difference", found, fair.equalized_odds_difference(**rows), TOLERANCE, mean)
            ratios = [spreads[f"{metric}@{id}"]["ratio"] for metric in ("recall", "false_positive_rate")]
            if all("value" in ratio for ratio in ratios):
                found, mean = min(ratio["value"] for ratio in ratios), fair.equalized_odds_ratio(**rows, agg="mean")
                close(f"{name}: equalised odds@{id}: ratio", found, fair.equalized_odds_ratio(**rows), TOLERANCE, mean)
            if labels["selection_rate"] == labels["recall"]:
                parity = spreads[f"selection_rate@{id}"]["measure"]["value"]
                expected, ratio = fair.demographic_parity_difference(**rows), fair.demographic_parity_ratio(**rows)
                close(f"{name}: demographic parity@{id}", parity, expected, TOLERANCE, ratio)


def frame(function, y, flagged, w, label, labels):
    """fairlearn's table of one rate among some labels."""
    of = np.isin(label, labels)
    return fair.MetricFrame(metrics=function, y_true=y[of], y_pred=flagged[of], sensitive_features=label[of],
                            sample_params={"sample_weight": w[of]})


def rate(name, found, spread, frame):
    expected = frame.by_group.loc[list(found)].to_numpy(float)
    if np.ptp(expected) < 1e-6:
        return  # all labels alike: no mistake would show
    # The mistakes: one label for another, the ratio for the difference, the difference for the ratio.
    close(f"{name}, {len(found)} labels", list(found.values()), expected, TOLERANCE, np.roll(expected, 1))
    close(f"{name}: difference", spread["measure"]["value"], frame.difference(), TOLERANCE, frame.ratio())
    if "value" in spread["ratio"]:
        close(f"{name}: ratio", spread["ratio"]["value"], frame.ratio(), TOLERANCE, frame.difference())


def agreement(judged, everyone):
    pairs = [pair for pair in judged.report["agreement"] if {pair["name"], pair["against"]} <= everyone.keys()]
    holds(f"{judged.title}: agreement of {len(pairs)} pairs", lambda pairs: len(pairs) > 0, pairs, [])
    keys = ["kappa_linear", "kappa_quadratic", "ranked_probability_score"]
    for pair in pairs:
        a, b = (everyone[pair[side]].level for side in ("name", "against"))
        k = len(everyone[pair["name"]].levels)

        def numbers(a, w):
            kappa = lambda weights: cohen_kappa_score(a, b, labels=range(k), weights=weights, sample_weight=w)
            # Of cumulative distributions: the forecast is certain of its level.
            squares = [np.average(((a <= level) * 1.0 - (b <= level)) ** 2, weights=w) for level in range(k - 1)]
            return [kappa("linear"), kappa("quadratic"), np.mean(squares)]

        # The mistake: the scale upside down on one side.
        title = f"{judged.title}: {pair['name']} and {pair['against']}"
        close(title, [pair[key]["value"] for key in keys], numbers(a, judged.w), TOLERANCE, numbers(k - 1 - a, judged.w))


def moves(judged, moved, everyone):
    new, old, y, w = everyone[moved["name"]], everyone[moved["against"]], judged.y, judged.w
    title, k = f"{judged.title}: from {moved['against']} to {moved['name']}", judged.report["context"]["smallest_cell"]
    counts = pd.crosstab(old.level, new.level).reindex(index=range(len(old.levels)), columns=range(len(old.levels)), fill_value=0)
    cells = [(cell["n"], counts.iloc[old.levels.index(cell["from"]), old.levels.index(cell["to"])]) for cell in moved["cells"]]
    hidden = [expected for found, expected in cells if isinstance(found, dict)]
    holds(f"{title}: {len(hidden)} small cells", lambda hidden: all(0 < n < k for n in hidden), hidden, [k])
    found, expected = zip(*[cell for cell in cells if not isinstance(cell[0], dict)])
    close(f"{title}: {len(found)} pairs of levels", found, expected, 0.5, np.roll(expected, 1))
    at = {"up": new.level > old.level, "down": new.level < old.level}
    here = {("outcome", "event"): y, ("outcome", "no event"): ~y}
    for row in moved["by_group"][2:]:
        here[row["group"], row["label"]] = (judged.cohort.table[f"group.{row['group']}"] == row["label"]).to_numpy()[judged.rows]
    shares = {"all": (moved, np.full(len(y), True))} | {(row["group"], row["label"]): (row, here[row["group"], row["label"]]) for row in moved["by_group"]}
    found, expected, wrong = [], [], []
    for row, of in shares.values():
        for way, value in shown({way: row[way] for way in at}).items():
            found.append(value)
            expected.append(np.average(at[way][of], weights=w[of]))
            wrong.append(1 - expected[-1])
    close(f"{title}: {len(found)} shares", found, expected, TOLERANCE, wrong)


def follow_up(judged):
    """The C-index on all rows, those lost from sight before the horizon included."""
    table, outcome = judged.cohort.table, judged.report["context"]["outcome"]
    days, happened = table[f"outcome.{outcome}.days"].to_numpy(), (table[f"outcome.{outcome}"] == "event").to_numpy()
    of = lambda score, rows: concordance_index(days[rows], -score[rows], happened[rows])
    for name, score in judged.log_odds.items():
        all_rows = of(score, slice(None))
        # The mistake: without the rows lost from sight.
        found = judged.reported(name)["overall"]["c_index"]["value"]
        close(f"{judged.title}: {name}: C-index", found, all_rows, TOLERANCE, of(score, judged.rows))
        for group in judged.reported(name)["groups"]:
            label = table[f"group.{group['group']}"].to_numpy()
            found = shown({row["label"]: row["measures"]["c_index"] for row in group["rows"]})
            expected = [of(score, label == at) for at in found]
            # The mistake: the number of all.
            close(f"{judged.title}: {name}: C-index by {group['group']}", list(found.values()), expected, TOLERANCE, [all_rows] * len(found))


def compas_in_days():
    """COMPAS with what its columns of survival say: many were lost from sight, some after they came in late (`start`, ignored here)."""
    text = (ROOT / "datasets/sources/compas-two-years.toml").read_text()
    start, rest = text[: text.index("[[outcome]]")], text[text.index("[[outcome]]") :]
    outcome = '''[[outcome]]
name = "two_year_recid"
horizon_days = 730
time = { column = "end", unit = "days" }
rules = [
  { when = { event = "1" }, status = "event" },
  { when = { event = "0" }, status = "no_event" },
]

'''
    source, csv, path = WORK / "compas-in-days.toml", WORK / "compas-in-days.csv", WORK / "compas-in-days.parquet"
    source.write_text(start + outcome + rest[rest.index("[[group]]") :])
    table = pd.read_csv(DATA / "compas_two_years_deid.csv", dtype=str, keep_default_na=False).iloc[1::2]
    table.to_csv(csv, index=False)
    amparo("data", "import", "--source", source, "--in", csv, "--out", path)
    return evaluated("compas-in-days", WORK / "registry-halves-compas", "compas", Cohort(path))


if __name__ == "__main__":
    judged = synthetic()
    check(judged)
    follow_up(judged)
    check(compas())
    follow_up(compas_in_days())
    check(halves("catalonia-savry", "catalonia_juvenile_justice_2010.csv", "savry"))

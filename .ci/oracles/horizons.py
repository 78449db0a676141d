"""The event at several horizons, on rows some of which were lost: areas by scikit-survival, observed shares by lifelines."""

import json

import numpy as np
from lifelines import KaplanMeierFitter
from sksurv.metrics import cumulative_dynamic_auc
from sksurv.util import Surv

from common import WORK, amparo, close, holds
from drawn import scored, synthetic, trained

HORIZONS = [60, 150, 240, 320]

[(fit, later)] = synthetic("horizons", 6_000, 31, 32, 1)
published = trained("horizons", "r", fit, "es-2025", "new_assault", ['name = "points", family = "points", unit = 0.05', 'name = "times", family = "cox", l2 = 1.0'])
out = WORK / "horizons-report"
first, second = published
amparo("evaluate", "--registry", first.registry, "--model", second.reference, "--against", first.reference, "--cohort", later.path, "--other-cases",
       "--out", out, "--replicates", 100, "--smallest-cell", 1, "--horizons", ",".join(map(str, HORIZONS)))
report = json.loads((out / "report.json").read_text())
found = report["horizons"]
of = {one["name"].split()[0]: one["at"] for one in found["scored"]}

status, days = later.table["outcome.new_assault"], later.table["outcome.new_assault.days"].to_numpy()
assert not (status == "excluded").any()
event = (status == "event").to_numpy()
# Whoever was followed through a day counts on that day; on the same day an event comes before a loss of sight.
end = days + np.where(event, 0, 1e-6)
scores = dict(zip([v.reference for v in published], scored(published, later)))

for k, horizon in enumerate(HORIZONS):
    rows = found["rows"][k]
    by_then, lost = event & (days <= horizon), ~event & (days < horizon)
    assert rows["days"] == horizon
    expected = [by_then.sum(), lost.sum(), len(days) - by_then.sum() - lost.sum()]
    holds(f"{horizon} days: rows", lambda counts: counts == expected, [rows[name] for name in ("events", "lost", "without")], [0, 0, 0])
    share = 1 - KaplanMeierFitter().fit(end, event).predict(horizon)
    close(f"{horizon} days: share with the event", rows["observed"]["value"], share, 1e-12, by_then.mean())

truth = Surv.from_arrays(event, end)
for reference, score in scores.items():
    areas, _ = cumulative_dynamic_auc(truth, truth, score, [h + 1e-7 for h in HORIZONS])
    ours = np.array([at["auc"]["value"] for at in of[reference]])
    unweighted = [np.nan] * len(HORIZONS)
    for k, horizon in enumerate(HORIZONS):
        a, b = score[event & (days <= horizon)], score[~(event & (days <= horizon))]
        unweighted[k] = np.mean([(x > b).mean() + (x == b).mean() / 2 for x in a])
    close(f"{reference}: areas by scikit-survival", ours, areas, 1e-9, unweighted)
    cuts = np.sort(score)[[j * len(score) // 5 for j in range(1, 5)]]
    fifth = np.searchsorted(cuts, score, side="right")
    for k, horizon in enumerate(HORIZONS):
        shares = [1 - KaplanMeierFitter().fit(end[fifth == f], event[fifth == f]).predict(horizon) for f in range(5)]
        ours = [m["value"] for m in of[reference][k]["by_fifth"]]
        close(f"{reference}, {horizon} days: shares by fifth", ours, shares, 1e-12, np.roll(shares, 1))
    print(f"  {reference}: areas {np.round(areas, 4)}")

# The interval of a paired difference, by resampling cases, with the weights of the losses computed anew each time.
rng, of_case = np.random.default_rng(7), list(later.table.groupby("case").indices.values())
drawn = []
for _ in range(200):
    rows = np.concatenate([of_case[c] for c in rng.integers(0, len(of_case), len(of_case))])
    resampled = Surv.from_arrays(event[rows], end[rows])
    at = [HORIZONS[1] + 1e-7]
    pair = [cumulative_dynamic_auc(resampled, resampled, scores[v.reference][rows], at)[0][0] for v in (second, first)]
    drawn.append([pair[0], pair[0] - pair[1]])
spread = np.std(drawn, axis=0)
width = lambda m: (m["high"] - m["low"]) / 2 / 1.959963984540054
ours = [width(of[second.reference][1][name]) for name in ("auc", "difference")]
holds(f"standard errors {ours} beside those of resamples {spread}", lambda errors: np.all(np.abs(np.log(errors / spread)) <= 0.2), ours, [e * 1.5 for e in ours])

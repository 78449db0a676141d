"""The transition plan of a report is what pandas counts on the predictions of its versions: who moves, protection and overload, recall and its gaps."""

import json

import numpy as np
import pandas as pd

from common import QUICKSTART, WORK, amparo, close, holds

TOLERANCE, MODELS = 1e-9, ["vpr@5", "vpr@1", "vpr@4", "vpr@6", "vpr@3"]

out, path = WORK / "report-transition", WORK / "transition.parquet"
against = [word for model in MODELS[1:] for word in ("--against", model)]
amparo("evaluate", "--registry", QUICKSTART / "registry", "--model", MODELS[0], *against, "--cohort", QUICKSTART / "cohort.parquet",
       "--out", out, "--predictions", path, "--replicates", 100)
report = json.loads((out / "report.json").read_text())
[plan] = report["transitions"]
reference, smallest = report["context"]["reference"], report["context"]["smallest_cell"]
rows, levels = pd.read_parquet(path), [level["level"] for level in report["scored"][0]["levels"]]
rows = rows[rows["scored"].isin([position["name"] for position in plan["positions"]])]
# One line a row of the cohort, in its order for every version; one column a version with the place of its level.
of = {name: one.reset_index(drop=True) for name, one in rows.groupby("scored")}
about, place = of[reference], {level: place for place, level in enumerate(levels)}
assert all((one["case"] == about["case"]).all() and (one["event"] == about["event"]).all() for one in of.values())
places = pd.DataFrame({name: one["level"].map(place) for name, one in of.items()})
y, w = about["event"].to_numpy() == 1, about["weight"].to_numpy()
groups = {column.removeprefix("group."): about[column].to_numpy() for column in about if column.startswith("group.")}

manifests = {name: json.loads((QUICKSTART / "registry/vpr" / name.split()[0].split("@")[1] / "manifest.json").read_text()) for name in places}
dials = sorted((manifest.get("dial", {"points": 0.0, "boosted": 1.0}.get(manifest["training"]["candidate"])), name) for name, manifest in manifests.items())
holds("the positions are all versions, by rising dial", lambda p: [(one["dial"], one["name"]) for one in p] == dials, plan["positions"], plan["positions"][::-1])
holds("against the version in force, which does not move", lambda at: [one["name"] for one in plan["positions"] if one["moves"] is None] == [at], reference, MODELS[0])


def told(name, found, expected, wrong):
    """What the report shows, and why it does not show the rest."""
    shown = [key for key in expected if "value" in found[key]]
    hidden = {found[key]["reason"]["code"] for key in expected if key not in shown}
    assert hidden <= {"suppressed"}, (name, hidden)
    pick = lambda numbers: [numbers[key] for key in shown]
    close(f"{name}, {len(shown)} numbers", [found[key]["value"] for key in shown], pick(expected), TOLERANCE, pick(wrong))


def measures(at, q):
    """Protection, overload, and at each level or above the share of rows with the outcome and of all."""
    numbers = {"protection": np.average(q[at[y]], weights=w[y]), "overload": np.average(q[at[~y]], weights=w[~y])}
    for place, level in list(enumerate(levels))[1:]:
        numbers |= {f"recall@{level}": np.average(at[y] >= place, weights=w[y]), f"selection_rate@{level}": np.average(at >= place, weights=w)}
    return numbers


def gap(at, one):
    place = levels.index(one["metric"].split("@")[1])
    of = {side: y & (groups[one["group"]] == one[side]) for side in ("label", "against")}
    return np.subtract(*(np.average(at[rows] >= place, weights=w[rows]) for rows in of.values()))


even = np.linspace(0, 1, len(levels))
old = places[reference].to_numpy()
for position in plan["positions"]:
    name, new = position["name"], places[position["name"]].to_numpy()
    found, before = measures(new, even), measures(old, even)
    # The mistakes: levels upside down; the other label, or the version in force, less this one.
    told(f"{name}: protection, overload, recall, cases", position["measures"], found, measures(len(levels) - 1 - new, even))
    numbers = {f"{i}": gap(new, one) for i, one in enumerate(position["gaps"])}
    told(f"{name}: gaps in recall", {f"{i}": one["measure"] for i, one in enumerate(position["gaps"])}, numbers,
         {key: -number for key, number in numbers.items()})
    if name == reference:
        continue
    apart = {key: found[key] - before[key] for key in found}
    told(f"{name}: against the version in force", position["differences"], apart, {key: -number for key, number in apart.items()})
    change = {f"{i}": gap(new, one) - gap(old, one) for i, one in enumerate(position["gaps"])}
    told(f"{name}: change of the gaps", {f"{i}": one["change"] for i, one in enumerate(position["gaps"])}, change,
         {key: -number for key, number in change.items()})
    for who, of in (("all", np.full(len(y), True)), ("events", y), ("others", ~y)):
        moved = position["moves"][who]
        ways = {"up": new > old, "down": new < old}
        told(f"{name}: shares that move, {who}", moved, {way: np.average(is_so[of], weights=w[of]) for way, is_so in ways.items()},
             {way: np.average(is_so[of], weights=w[of]) for way, is_so in zip(("down", "up"), ways.values())})
        counts = {f"n_{way}": int((is_so & of).sum()) for way, is_so in ways.items()}
        agree = lambda counts: all(0 < n < smallest if isinstance(moved[key], dict) else moved[key] == n for key, n in counts.items())
        holds(f"{name}: rows that move, {who}: {counts}", agree, counts, {key: n + smallest for key, n in counts.items()})

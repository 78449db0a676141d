"""Every exported version, run by ONNX Runtime on 10,000 random forms, is what `amparo score` says, and its levels are those of the protocol.

Versions of the quickstart, the same forest and points under each calibrator, pairs under the clause on the baseline, and a form with an
indicator of many answers under a protocol with a floor that refuses answers which were not learned. Trees as a model of XGBoost, too.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import xgboost

from boosters import booster, numbers
from common import QUICKSTART, WORK, Cohort, Version, amparo, close, holds, log_odds, versions
from drawn import trained

ROWS, EXPLAINED = 10_000, 12
# Doubles throughout, in our order: only `exp` and `log` may round another way.
LOG_ODDS, PROBABILITY = 1e-13, 1e-13


def forms(version, seed=1):
    """Codes of random forms, each answer as likely as any other, `unknown` among them; and their table."""
    codes = np.column_stack([np.random.default_rng([seed, j]).integers(0, unknown + 1, ROWS) for j, unknown in enumerate(version.unknown)])
    holds(f"{version.reference}: every answer is in every column", lambda codes: all(len(set(codes[:, j])) == n + 1 for j, n in enumerate(version.unknown)),
          codes, np.zeros_like(codes))
    return codes


def table(version, codes):
    ids = [[answer["id"] for answer in i["answers"]] for i in version.instrument["indicators"]]
    columns = {i["id"]: np.array(ids[j], dtype=object)[codes[:, j]] for j, i in enumerate(version.instrument["indicators"])}
    pd.DataFrame(columns).to_parquet(WORK / "forms.parquet")
    return WORK / "forms.parquet"


class Graph:
    """An exported version, checked by onnx and loaded by ONNX Runtime."""

    def __init__(self, version):
        self.path = WORK / "version.onnx"
        told = json.loads(amparo("export", "--registry", version.registry, "--model", version.reference, "--format", "onnx", "--out", self.path, "--json"))
        model = onnx.load(self.path)
        onnx.checker.check_model(model, full_check=True)
        self.facts = {fact.key: fact.value for fact in model.metadata_props}
        assert told["version_digest"] == self.facts["amparo.digest"] and told["is_whole"], told
        asked = [(i["id"], [a["id"] for a in i["answers"]]) for i in version.instrument["indicators"]]
        said = [(i["id"], i["answers"]) for i in json.loads(self.facts["amparo.instrument"])["indicators"]]
        holds(f"{version.reference}: the file names indicators and answers in order", lambda form: form == said, asked, asked[::-1])
        self.levels = [level["id"] for level in json.loads(self.facts["amparo.protocol"])["levels"]]

    def run(self, codes, threads=0):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(self.path, options, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(None, {"answers": codes.astype(np.int64)})))


def relative(name, found, expected, tolerance, wrong):
    ratio = lambda numbers: np.asarray(numbers, float) / np.asarray(expected, float)
    close(name, ratio(found), np.ones(len(found)), tolerance, ratio(wrong))


def probability(calibrator, score):
    """By the formula of each calibrator, plainly."""
    ((method, of),) = calibrator.items()
    sigmoid = lambda x: 1 / (1 + np.exp(-x))
    if method == "platt":
        return sigmoid(of["intercept"] + of["slope"] * score)
    if method == "beta":
        return sigmoid(of["c"] - of["a"] * np.logaddexp(0, -score) + of["b"] * np.logaddexp(0, score))
    if method == "isotonic":
        return np.interp(score, of["scores"], of["probabilities"])
    low = np.concatenate([[0.0], of["low"]])[np.searchsorted(of["low_from"], score, side="right")]
    high = np.concatenate([of["high"], [1.0]])[np.searchsorted(of["high_to"], score, side="left")]
    return high / (1 - low + high)


def proposed(version, codes, computed):
    """Levels after all that can raise them, from the version's files alone: clause on the baseline, lethality rules, floors."""
    folder = Path(version.registry) / version.reference.replace("@", "/")
    protocol = tomllib.loads((folder / "protocol.toml").read_text())
    ids = [level["id"] for level in protocol["level"]]
    by_cuts = lambda p: np.searchsorted([level["from_probability"] for level in protocol["level"]], p, side="right") - 1
    level = computed.copy()
    if (folder / "clauses.json").exists():
        clause = json.loads((folder / "clauses.json").read_text())["never_below_baseline"]
        level = np.maximum(level, by_cuts(probability(clause["calibrator"], log_odds("points", version.model["baseline"], codes))))
    ((family, model),) = (json.loads((folder / "model.json").read_text())["lethality"] or {"none": None}).items()
    if model and "lethality" in protocol:
        p = probability(json.loads((folder / "calibrator.json").read_text())["lethality"], log_odds(family, model, codes))
        for rule in protocol["lethality"]["rule"]:
            level = np.where(p >= rule["from_probability"], np.maximum(level, ids.index(rule["at_least"])), level)
    for floor in protocol.get("floor", []):
        for condition in floor["any"]:
            j = next(j for j, i in enumerate(version.instrument["indicators"]) if i["id"] == condition["indicator"])
            answers = [a["id"] for a in version.instrument["indicators"][j]["answers"]]
            met = np.isin(codes[:, j], [answers.index(a) for a in condition["answers"]])
            level = np.where(met, np.maximum(level, ids.index(floor["at_least"])), level)
    return level


def explained(version, codes):
    """The level that `amparo explain` proposes, form by form."""
    levels = []
    for row in codes:
        answers = {i["id"]: i["answers"][code]["id"] for i, code in zip(version.instrument["indicators"], row)}
        (WORK / "case.json").write_text(json.dumps({"answers": answers}))
        said = amparo("explain", "--registry", version.registry, "--model", version.reference, "--in", WORK / "case.json", "--json")
        levels.append(json.loads(said)["level"])
    return levels


def check(version, title, scored=None):
    """`scored`: which forms are scored at all, where a protocol refuses some."""
    title = f"{title}, {version.reference} {version.candidate}"
    codes, graph = forms(version), Graph(version)
    found = graph.run(codes)
    if scored is not None:
        kept = scored(codes)
        holds(f"{title}: what is refused has no number", lambda rows: np.isnan(found["log_odds"][rows]).all() and (found["level"][rows] == -1).all(), ~kept, kept)
        codes, found = codes[kept], {name: values[kept] for name, values in found.items()}
    ours = version.scored(table(version, codes), WORK / "scores.parquet", explain=False)
    naive = graph.run(np.where(codes == version.unknown, 0, codes))
    relative(f"{title}: log-odds", found["log_odds"], ours["log_odds"], LOG_ODDS, naive["log_odds"])
    relative(f"{title}: probability", found["probability"], ours["probability"], PROBABILITY, naive["probability"])
    same = np.mean(found["log_odds"] == ours["log_odds"]), np.mean(found["probability"] == ours["probability"])
    print(f"  {title}: {len(codes)} forms, to the last bit {same[0]:.1%} of log-odds and {same[1]:.1%} of probabilities")
    computed = pd.Categorical(ours["computed_level"], graph.levels).codes
    holds(f"{title}: levels of the probability", lambda level: np.array_equal(level, computed), found["computed_level"], naive["computed_level"])
    expected = proposed(version, codes, computed.astype(int))
    raised = int((expected > computed).sum())
    # The mistake: to leave out what raises a level; where nothing does, another level.
    holds(f"{title}: proposed levels, {raised} of them raised", lambda level: np.array_equal(level, expected), found["level"],
          found["computed_level"] if raised else found["level"] + 1)
    # Some of each kind, as far as there are some: raised, not raised.
    some = [*np.flatnonzero(expected > computed)[: EXPLAINED // 2], *np.flatnonzero(expected == computed)[: EXPLAINED // 2]]
    names = lambda level: [graph.levels[place] for place in level[some]]
    holds(f"{title}: {len(some)} of them as `amparo explain` proposes", lambda level: names(level) == explained(version, codes[some]), found["level"],
          (found["level"] + 1) % len(graph.levels))
    # ONNX Runtime's `exp` takes several rows at once and rounds the last ones another way, so that is not asked of probabilities.
    alone = [graph.run(codes[row : row + 1], threads=1) for row in range(5)]
    exact = ("log_odds", "computed_level", "level")
    of_rows = {name: np.concatenate([one[name] for one in alone]) for name in exact}
    all_same = lambda other: all(np.array_equal(found[name][:5], other[name]) for name in exact)
    holds(f"{title}: a form alone, on one thread, has the same log-odds to the last bit, and levels", all_same, of_rows, {name: found[name][5:10] for name in exact})
    wrong = codes[:2].copy()
    wrong[0, 0], wrong[1, -1] = -1, version.unknown[-1] + 1
    strange = graph.run(np.concatenate([wrong, codes[:1]]))
    holds(f"{title}: codes that the form does not have give no level and no number", lambda rows: (strange["level"][rows] == -1).all() and np.isnan(strange["probability"][rows]).all(),
          slice(0, 2), slice(0, 3))
    return version.family


def trees(version):
    """XGBoost adds up 32-bit floats. The mistake: a base that is left out."""
    codes = forms(version, seed=2)
    ours = version.scored(table(version, codes), WORK / "scores.parquet", explain=False)["log_odds"]
    margin = lambda model: model.predict(xgboost.DMatrix(numbers(codes, version.unknown)), output_margin=True)
    close(f"{version.reference}: margins of XGBoost", margin(booster(version)), ours, 1e-5, margin(booster(version, base=0.0)))


def refused():
    """A format that cannot hold a version says so, and writes nothing."""
    out = WORK / "refused.json"
    said = lambda model: amparo("export", "--registry", QUICKSTART / "registry", "--model", model, "--format", "xgboost-json", "--out", out, code=2)
    holds("points are no trees", lambda text: "holds no trees" in text and not out.exists(), said("vpr@1"), "")


def recalibrated():
    """The points, whose scores meet steps and knots exactly, and the forest, under each calibrator."""
    registry, cohort = WORK / "registry-export", WORK / "export.parquet"
    shutil.copytree(QUICKSTART / "registry", registry)
    amparo("data", "generate", "--rows", 6_000, "--seed", 77, "--out", cohort)
    for model in ("vpr@1", "vpr@3"):
        for method in ("beta", "isotonic", "venn_abers"):
            said = amparo("recalibrate", "--registry", registry, "--model", model, "--cohort", cohort, "--calibration", method, "--other-cases", "--json")
            version = Version(registry, "vpr", json.loads(said)["version"])
            assert method in version.calibrator, version.calibrator.keys()
            check(version, method)


def pairs():
    """Tables with pairs, blended with the points under the clause that the level is never below theirs."""
    cohort = WORK / "export-pairs.parquet"
    amparo("data", "generate", "--rows", 6_000, "--seed", 78, "--out", cohort)
    candidates = ['name = "points", family = "points", unit = 0.1',
                  'name = "pairs", family = "additive", rounds = 60, learning_rate = 0.05, l2 = 5.0, min_weight = 3.0, algorithm = "fast", pairs = 5']
    clause = 'never_below_baseline = { es = "así se acordó", en = "so it was agreed" }'
    more = f'[[hybrid]]\nbaseline = "points"\ncandidate = "pairs"\ndials = [0.7]\n{clause}\n'
    for version in trained("export-pairs", "clause", Cohort(cohort), "es-2025", "new_assault", candidates, more=more):
        check(version, "pairs")


TOWNS = 40
FORM = """
id = "towns"
title = { es = "pueblos", en = "towns" }
source = "made up for a check"

[[factor]]
id = "all"
label = { es = "todo", en = "all" }

[answers]
binary = [{ id = "absent", es = "no", en = "no" }, { id = "present", es = "sí", en = "yes" }]
town = [TOWN_ANSWERS]
"""
PROTOCOL = """
id = "towns-1"
title = { es = "t", en = "t" }
cut_points = { es = "c", en = "c" }
outcome = "again"
cumulative_measures = true
unlearned_answers = "refuse"
level = [
  { id = "low", label = { es = "bajo", en = "low" }, from_probability = 0.0, measures = [] },
  { id = "medium", label = { es = "medio", en = "medium" }, from_probability = 0.2, measures = [] },
  { id = "high", label = { es = "alto", en = "high" }, from_probability = 0.4, measures = [] },
]
[[floor]]
id = "three"
at_least = "medium"
any = [{ indicator = "town", answers = ["t3", "t5", "unknown"] }, { indicator = "B", answers = ["present"] }]
reason = { es = "f", en = "f" }
"""
SOURCE = """
id = "towns-table"
title = "A table made up for a check"
origin = "nobody"
instrument = "FOLDER/towns.toml"
never_answers = []

[case]
column = "id"
unique = true

[values.binary]
no = "absent"
yes = "present"
"" = "unknown"

[values.town]
"" = "unknown"
TOWN_VALUES

INDICATORS

[[outcome]]
name = "again"
rules = [
  { when = { event = "0" }, status = "no_event" },
  { when = { event = "1" }, status = "event" },
]
"""


def wide():
    """A form with an indicator of many answers, of which the model sees pools and the last one was never learned."""
    rng, folder = np.random.default_rng(4), WORK / "towns"
    folder.mkdir()
    towns = [f"t{town}" for town in range(TOWNS)]
    answers = ", ".join(f'{{ id = "{town}", es = "{town}", en = "{town}" }}' for town in towns)
    asked = "".join(f'\n[[indicator]]\nid = "{name}"\nfactor = "all"\npolarity = "{polarity}"\ncorrectable = false\nanswers = "{scale}"\nlabel = {{ es = "{name}", en = "{name}" }}\n'
                    for name, polarity, scale in (("A", "risk", "binary"), ("town", "neutral", "town"), ("B", "risk", "binary")))
    (folder / "towns.toml").write_text(FORM.replace("TOWN_ANSWERS", answers) + asked)
    (folder / "towns-1.toml").write_text(PROTOCOL)
    indicators = "\n".join(f'[[indicator]]\nid = "{name}"\ncolumn = "{name}"\nvalues = "{scale}"\n' for name, scale in (("A", "binary"), ("town", "town"), ("B", "binary")))
    values = "\n".join(f'{town} = "{town}"' for town in towns)
    (folder / "source.toml").write_text(SOURCE.replace("FOLDER", str(folder)).replace("TOWN_VALUES", values).replace("INDICATORS", indicators))
    n = 6_000
    binary = lambda: rng.choice(["no", "yes", ""], n, p=[0.6, 0.3, 0.1])
    town = rng.integers(0, TOWNS - 1, n)
    rows = pd.DataFrame({"id": [f"c{row}" for row in range(n)], "A": binary(), "town": np.where(rng.random(n) < 0.05, "", np.array(towns)[town]), "B": binary()})
    odds = -2 + 1.2 * (rows["A"] == "yes") + 0.6 * (rows["B"] == "yes") + 0.1 * (town % 15)
    rows["event"] = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    rows.to_csv(folder / "table.csv", index=False)
    amparo("data", "import", "--source", folder / "source.toml", "--in", folder / "table.csv", "--out", folder / "cohort.parquet")
    candidates = ['name = "points", family = "points", unit = 0.1', 'name = "logistic", family = "logistic", l2 = 1.0',
                  'name = "boosted", family = "boosted", trees = 30, depth = 3, learning_rate = 0.1, l2 = 1.0, min_child_weight = 5.0, rows = 1.0, indicators = 1.0']
    more = '[[hybrid]]\nbaseline = "points"\ncandidate = "boosted"\ndials = [0.5]\n'
    cohort = Cohort(folder / "cohort.parquet")
    published = trained("towns", "wide", cohort, folder / "towns-1.toml", "again", candidates, more=more, form=folder / "towns.toml")
    for version in published:
        check(version, "many answers", scored=lambda codes: codes[:, 1] != TOWNS - 1)
    boosted = next(version for version in published if version.candidate == "boosted")
    codes = forms(boosted)
    codes = codes[codes[:, 1] != TOWNS - 1]
    ours = boosted.scored(table(boosted, codes), WORK / "scores.parquet", explain=False)["log_odds"]
    margin = lambda model: model.predict(xgboost.DMatrix(numbers(codes, boosted.unknown)), output_margin=True)
    close("many answers: margins of XGBoost", margin(booster(boosted)), ours, 1e-5, margin(booster(boosted, base=0.0)))


def documented():
    """The example of `docs/exchange.md` runs, and prints the level that `amparo explain` proposes."""
    page = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text()
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]
    version = next(version for version in versions(QUICKSTART / "registry", "vpr") if version.reference == "vpr@4")
    amparo("export", "--registry", version.registry, "--model", "vpr@4", "--format", "onnx", "--out", WORK / "vpr-4.onnx")
    done = subprocess.run([sys.executable, "-c", code], cwd=WORK, capture_output=True, text=True, check=True)
    codes = np.array([version.unknown])
    codes[0, [i["id"] for i in version.instrument["indicators"]].index("I04")] = 1
    (level,) = explained(version, codes)
    holds(f"the example of the documentation prints {done.stdout.strip()}", lambda text: text.split()[-1] == level, done.stdout, "nothing")


if __name__ == "__main__":
    documented()
    families = [check(version, "quickstart") for version in versions(QUICKSTART / "registry", "vpr")]
    holds("all families are here", lambda f: set(f) == {"points", "logistic", "forest", "hybrid"}, families, families[:1])
    trees(next(version for version in versions(QUICKSTART / "registry", "vpr") if version.family == "forest"))
    refused()
    recalibrated()
    pairs()
    wide()

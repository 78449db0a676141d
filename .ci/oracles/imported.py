"""Models that XGBoost, LightGBM, interpret and scikit-learn fit here, imported, published, and compared with the programs on rows that neither has seen.

Each model goes the way of a user: a draft of the mapping, rows for the program to score, the comparison, an experiment that takes it as a candidate. Then
10,000 random forms, with unknown answers in every question, have to get the program's own log-odds. What is wrong on purpose has to be refused.
LightGBM's own settings give paths that are too long for tables; what each indicator adds there is compared with shap's reading of LightGBM's file.
Graphs of ONNX are compared by ONNX Runtime at the import, and afterwards with the program that fitted the model.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import shap
import xgboost as xgb
from interpret.glassbox import ExplainableBoostingClassifier
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from common import WORK, Cohort, Version, amparo, close, holds

FOLDER = Path(tempfile.mkdtemp(prefix="imported-", dir=WORK))
FORM = "vpr5.0-h"
INTERPRET = version("interpret-core")
LATER = "3.4.1"


def generated(name, rows, seed):
    path = FOLDER / f"{name}.parquet"
    amparo("data", "generate", "--instrument", FORM, "--rows", rows, "--seed", seed, "--out", path)
    return Cohort(path)


def coded(codes, cohort):
    """Answer codes as a data scientist would hand them over: ordinal, `unknown` as NaN."""
    unknown = np.array([len(i["answers"]) - 1 for i in cohort.indicators])
    return np.where(codes == unknown, np.nan, codes.astype(float))


def frame(values):
    return pd.DataFrame(values, columns=IDS)


THEIRS, OURS = generated("theirs", 6000, 11), generated("ours", 6000, 12)
IDS = [indicator["id"] for indicator in THEIRS.indicators]
ROWS, EVENTS, _ = THEIRS.labelled("new_assault")
X, Y = frame(coded(THEIRS.codes[ROWS], THEIRS)), EVENTS.astype(int)
RANDOM = np.column_stack([
    np.random.default_rng(7).integers(0, len(i["answers"]), 10_000) for i in THEIRS.indicators
])


def logit(p):
    return np.log(p) - np.log1p(-p)


def boosted(file, **params):
    matrix = xgb.DMatrix(X, Y)
    params = {"objective": "binary:logistic", "max_depth": 4, "eta": 0.1, "nthread": 2, "verbosity": 0} | params
    model = xgb.train(params, matrix, 100)
    model.save_model(FOLDER / file)
    return lambda rows: model.predict(xgb.DMatrix(rows), output_margin=True)


def later(file, **params):
    """Fitted and scored by a later XGBoost, which reads the file that it has written."""
    params = {"objective": "binary:logistic", "max_depth": 4, "eta": 0.1, "nthread": 2, "verbosity": 0} | params
    rows_of_fit = X.assign(outcome=Y)
    assert said_by_later("fit", file, rows_of_fit, json.dumps(params), 100).strip() == LATER

    def margin(rows):
        out = FOLDER / f"{file}.sums.npy"
        said_by_later("sums", file, rows, out)
        return np.load(out)

    return margin


def said_by_later(verb, file, rows, *more):
    table = FOLDER / f"{file}.{verb}.npz"
    np.savez(table, values=rows.to_numpy(float), names=np.array(list(rows.columns), dtype=str))
    command = [sys.executable, "-W", "ignore", Path(__file__).with_name("xgboost_later.py"), verb, FOLDER / file, table, *more]
    done = subprocess.run(list(map(str, command)), env=os.environ | {"PYTHONPATH": os.environ["AMPARO_XGBOOST_LATER"]}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def light(file, **params):
    params = {"objective": "binary", "num_leaves": 15, "learning_rate": 0.1, "verbose": -1, "num_threads": 2} | params
    model = lgb.train(params, lgb.Dataset(X, Y), 100)
    model.save_model(FOLDER / file)
    # LightGBM's probability is the sigmoid of so many times its raw score.
    slope = params.get("sigmoid", 1.0)
    return lambda rows: slope * model.predict(rows, raw_score=True)


def light_forest(file):
    """A random forest, whose raw score is a sum of trees where its probability is of their mean."""
    params = {"boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1, "feature_fraction": 0.5}
    light(file, **params)
    model = lgb.Booster(model_file=FOLDER / file)
    return lambda rows: logit(model.predict(rows))


def explainable(file):
    model = ExplainableBoostingClassifier(
        interactions=10, max_rounds=300, outer_bags=2, n_jobs=1, random_state=1, feature_types=["continuous"] * len(IDS)
    ).fit(X, Y)
    model.to_json(str(FOLDER / file))
    return lambda rows: model.decision_function(rows)


MODELS = [
    ("XGBoost, trees, JSON", "gbtree.json", boosted),
    ("XGBoost, trees, UBJSON", "gbtree.ubj", boosted),
    ("XGBoost, DART", "dart.json", lambda file: boosted(file, booster="dart", rate_drop=0.1, one_drop=1)),
    ("XGBoost, monotone", "monotone.json", lambda file: boosted(file, monotone_constraints=DIRECTIONS)),
    ("XGBoost, linear", "linear.json", lambda file: boosted(file, booster="gblinear")),
    ("later XGBoost, trees, UBJSON", "later.ubj", later),
    ("later XGBoost, DART", "later-dart.json", lambda file: later(file, booster="dart", rate_drop=0.1, one_drop=1)),
    ("later XGBoost, linear", "later-linear.json", lambda file: later(file, booster="gblinear")),
    ("LightGBM, trees", "light.txt", light),
    ("LightGBM, its own settings", "own.txt", lambda file: light(file, num_leaves=31)),
    ("LightGBM, slope of the sigmoid", "slope.txt", lambda file: light(file, sigmoid=2.0)),
    ("LightGBM, extra trees with bagging", "extra.txt", lambda file: light(file, extra_trees=True, bagging_fraction=0.7, bagging_freq=1)),
    ("LightGBM, random forest", "forest.txt", light_forest),
    ("interpret, EBM with 10 pairs", "ebm.json", explainable),
]
SIGN = {"risk": 1, "protective": -1, "neutral": 0}
DIRECTIONS = tuple(SIGN[indicator["polarity"]] for indicator in THEIRS.indicators)


REFUSED = [
    ("XGBoost, counts", "poisson.json", lambda file: boosted(file, objective="count:poisson")),
    ("XGBoost, three classes", "softprob.json", lambda file: boosted(file, objective="multi:softprob", num_class=3)),
    ("XGBoost, stopped early, without `--trees`", "stopped.json", lambda file: stopped(file)),
    ("LightGBM, linear trees", "linear.txt", lambda file: light(file, linear_tree=True)),
    ("LightGBM, counts", "poisson.txt", lambda file: light(file, objective="poisson")),
    ("LightGBM, one model a class", "ova.txt", lambda file: light(file, objective="multiclassova", num_class=3)),
]


def stopped(file):
    """Stopped early by rows that the model has not seen: the file keeps the trees after the best round too."""
    model = xgb.train(
        {"objective": "binary:logistic", "max_depth": 6, "eta": 0.5, "nthread": 2}, xgb.DMatrix(X[:3000], Y[:3000]), 60,
        evals=[(xgb.DMatrix(X[3000:], Y[3000:]), "rest")], early_stopping_rounds=5, verbose_eval=False,
    )
    model.save_model(FOLDER / file)


def refusal(file):
    """What the reader says, without the numbers of this very model."""
    said = amparo("import", FOLDER / file, "--instrument", FORM, "--suggest-mapping", FOLDER / f"{file}.toml", code=2)
    return re.sub(r"a model of \d+ rounds whose best is the one with number \d+", "a model whose best round is not its last", said.removeprefix("error: ").strip())


def below(difference):
    """Whether 64-bit or 32-bit rounding explains a difference."""
    return next(f"below {bound:.0e}".replace("e-0", "e-") for bound in (1e-12, 1e-5) if difference < bound)


def matrix(rows):
    """The table of the documentation; it has to stand there as it is made here."""
    program = {"XGBoost": f"xgboost {xgb.__version__}", "later XGBoost": f"xgboost {LATER}", "LightGBM": f"lightgbm {lgb.__version__}", "interpret": f"interpret {INTERPRET}"}
    program |= {name: f"{name} {version(name)}" for name in ("skl2onnx", "onnxmltools")}
    lines = ["| program | model | what happens | largest difference of log-odds |", "|---|---|---|---|"]
    for kind, happens, difference in rows:
        name, model = kind.split(", ", 1)
        lines.append(f"| {program[name]} | {model} | {happens} | {difference} |")
    made = "\n".join(lines)
    page = (Path(__file__).parents[2] / "docs/exchange.md").read_text()
    found = page.split("<!-- matrix -->\n", 1)[1].split("\n<!-- end of matrix -->", 1)[0]
    assert found == made, f"docs/exchange.md does not have this table:\n{made}"
    print("  the table of docs/exchange.md")


def graph(file, model, convert=None, values=None):
    """Fits a model and writes it as a graph with one input of all columns."""
    values = (X if values is None else values).to_numpy(np.float32)
    model.fit(values, Y)
    if convert:
        content = convert(model, initial_types=[("X", FloatTensorType([None, len(IDS)]))], target_opset=15)
    else:
        content = to_onnx(model, values[:1], target_opset={"": 18, "ai.onnx.ml": 3})
    (FOLDER / file).write_bytes(content.SerializeToString())
    return model


def sums(model):
    """The log-odds of a model, in its own arithmetic."""
    if isinstance(model, xgb.XGBClassifier):
        return lambda rows: model.predict(rows.to_numpy(np.float32), output_margin=True).astype(float)
    if isinstance(model, lgb.LGBMClassifier):
        return lambda rows: model.predict(rows.to_numpy(np.float32), raw_score=True)
    if hasattr(model, "decision_function"):
        return lambda rows: model.decision_function(rows.to_numpy(np.float32))
    return lambda rows: logit(model.predict_proba(rows.to_numpy(np.float32))[:, 1])


def codes(cohort_codes):
    """Answer codes in which `unknown` is a number like others."""
    return frame(cohort_codes.astype(float))


CODES = codes(THEIRS.codes[ROWS])

GRAPHS = [
    ("onnxmltools, XGBoost", "xgboost.onnx", lambda file: graph(file, xgb.XGBClassifier(n_estimators=60, max_depth=4), convert_xgboost), True),
    ("onnxmltools, LightGBM", "lightgbm.onnx", lambda file: graph(file, lgb.LGBMClassifier(n_estimators=60, verbose=-1), convert_lightgbm), True),
    ("skl2onnx, histogram boosting", "histogram.onnx", lambda file: graph(file, HistGradientBoostingClassifier(max_iter=60)), True),
    ("skl2onnx, logistic regression on filled-in and scaled columns", "scaled.onnx",
     lambda file: graph(file, make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())), True),
    ("skl2onnx, logistic regression on one-hot columns", "one-hot.onnx",
     lambda file: graph(file, make_pipeline(OneHotEncoder(handle_unknown="ignore", sparse_output=False), LogisticRegression()), values=CODES), False),
    ("skl2onnx, gradient boosting", "boosting.onnx", lambda file: graph(file, GradientBoostingClassifier(n_estimators=60), values=CODES), False),
    ("skl2onnx, calibrated logistic regression", "calibrated.onnx",
     lambda file: graph(file, CalibratedClassifierCV(LogisticRegression(max_iter=2000), method="sigmoid", ensemble=False), values=CODES), False),
]


def mapping(file, with_missing):
    """A mapping of the places of the graph's input to the indicators in their order."""
    text = f'instrument = "{FORM}"\n'
    for place, indicator in enumerate(THEIRS.indicators):
        answers = [answer["id"] for answer in indicator["answers"]]
        known = answers[:-1] if with_missing else answers
        numbers = ", ".join(f"{answer} = {code}" for code, answer in enumerate(known))
        text += f'[[column]]\nname = "X[{place}]"\nindicator = "{indicator["id"]}"\nnumbers = {{ {numbers} }}\n'
        text += f'missing = ["{answers[-1]}"]\n' if with_missing else ""
    path = FOLDER / f"{file}.toml"
    path.write_text(text)
    return path


def graphs():
    """Graphs of ONNX, which are scored by ONNX Runtime inside the import; the rows of the table."""
    rows = []
    for kind, file, fit, with_missing in GRAPHS:
        margin = sums(fit(file))
        out = FOLDER / f"{file}.imported.json"
        command = ("import", FOLDER / file, "--instrument", FORM, "--mapping", mapping(file, with_missing))
        said = amparo(*command, "--check-by-onnxruntime", "--out", out)
        assert "were scored by ONNX Runtime" in said
        _, alone, _ = published(file, out)
        values = frame(coded(RANDOM, THEIRS)) if with_missing else codes(RANDOM)
        elsewhere = frame(np.nan_to_num(coded(RANDOM, THEIRS), nan=0.0))
        found = scored(alone, file)
        print(f"{kind}, as a graph")
        rows.append((kind, "exact", below(np.abs(found["log_odds"] - margin(values)).max())))
        close("log-odds of 10,000 forms", found["log_odds"], margin(values), 2e-5, wrong=margin(elsewhere))
        base, parts = found["base"], found[[f"value.{i}" for i in IDS]]
        close("explanation adds up", base + parts.sum(axis=1), found["log_odds"], 1e-9, wrong=base)

    # skl2onnx loses where a forest sends missing values: the graph is read as it is, and is not scikit-learn's model.
    forest = graph("forest.onnx", RandomForestClassifier(20, max_depth=6, random_state=1))
    command = ("import", FOLDER / "forest.onnx", "--instrument", FORM, "--mapping", mapping("forest.onnx", True))
    probes, checked, out = FOLDER / "forest.csv", FOLDER / "forest-checked.csv", FOLDER / "forest.json"
    amparo(*command, "--probes", probes)
    table = pd.read_csv(probes)
    table["said"] = forest.predict_proba(table.to_numpy(np.float32))[:, 1]
    table.to_csv(checked, index=False)
    said = amparo(*command, "--check", checked, "--prediction", "said", "--out", out, code=2)
    holds("a forest whose directions were lost is not scikit-learn's", lambda text: text in said and not out.exists(), "nothing was imported", wrong="no such text")
    rows.append(("skl2onnx, random forest fitted with missing values", "refused beside what scikit-learn predicts: the graph has lost where missing values go", ""))
    said = amparo(*command, "--check-by-onnxruntime", "--out", out)
    holds("it is the graph's, and that is said", lambda text: text in said.replace("\n", " ") and out.exists(), "skl2onnx writes so of every tree", wrong="no such text")

    graph("network.onnx", MLPClassifier((8,), max_iter=20, random_state=1), values=CODES)
    said = amparo("import", FOLDER / "network.onnx", "--instrument", FORM, "--suggest-mapping", FOLDER / "network.toml", code=2)
    rows.append(("skl2onnx, neural network", f"refused: {said.removeprefix('error: ').strip()}", ""))
    holds("a neural network is refused with its node", lambda text: text in said, "operator Relu", wrong="operator Tanh")
    library, os.environ["AMPARO_ONNXRUNTIME"] = os.environ["AMPARO_ONNXRUNTIME"], str(FOLDER)
    said = amparo(*command, "--check-by-onnxruntime", "--out", FOLDER / "none.json", code=2)
    os.environ["AMPARO_ONNXRUNTIME"] = library
    holds("without the library it is said what to install", lambda text: text in said, "pip install onnxruntime", wrong="no such text")
    return rows


def steps(file, margin, code=0, change=lambda table: table, mapping_change=lambda text: text):
    """Draft, probes, comparison; what the last step said."""
    path, stem = FOLDER / file, f"{file}-{len(list(FOLDER.iterdir()))}"
    mapping, probes, checked, out = (FOLDER / f"{stem}.{end}" for end in ("toml", "probes.csv", "checked.csv", "imported.json"))
    amparo("import", path, "--instrument", FORM, "--suggest-mapping", mapping)
    mapping.write_text(mapping_change(mapping.read_text()))
    amparo("import", path, "--instrument", FORM, "--mapping", mapping, "--probes", probes)
    table = pd.read_csv(probes)
    table["said"] = margin(table[IDS]).astype(float)
    change(table).to_csv(checked, index=False)
    said = amparo(
        "import", path, "--instrument", FORM, "--mapping", mapping, "--check", checked, "--prediction", "said",
        "--predicts", "log-odds", "--out", out, code=code,
    )
    return out, said, len(table)


def published(file, imported):
    """The version of an experiment with this model as it is."""
    against = json.loads(imported.read_text())["record"]["against_direction"]
    config = FOLDER / f"{imported.stem}-experiment.toml"
    config.write_text(f"""
name = "theirs"
instrument = "{FORM}"
protocol = "es-2025"
outcome = "new_assault"
seed = 1
least_rows = 1
inner_folds = 2
calibration = "platt"
[holdout]
kind = "split"
method = "stratified"
fit = 0.6
calibrate = 0.2
[[candidate]]
name = "points"
family = "points"
unit = 0.1
[[candidate]]
name = "imported"
family = "imported"
file = "{imported.name}"
other_cases = true
not_monotone = {json.dumps(against)}
[[hybrid]]
baseline = "points"
candidate = "imported"
dials = [0.5]
""")
    registry = FOLDER / f"registry-{file}"
    amparo("train", "--config", config, "--cohort", OURS.path, "--registry", registry)
    return [Version(registry, "theirs", number) for number in (1, 2, 3)]


def longest_path(tree):
    """The most different columns that a path of LightGBM's tree asks."""
    def walk(node, asked):
        if "leaf_index" in node or "split_feature" not in node:
            return len(asked)
        asked = asked | {node["split_feature"]}
        return max(walk(node["left_child"], asked), walk(node["right_child"], asked))

    return walk(tree["tree_structure"], frozenset())


def beside_shap(file, imported):
    """What each indicator adds beside shap, which reads LightGBM's own file, against all rows of a small cohort with their weights."""
    model = lgb.Booster(model_file=FOLDER / file)
    longest = [longest_path(tree) for tree in model.dump_model()["tree_info"]]
    holds(f"paths ask up to {max(longest)} indicators, above 12 in {sum(n > 12 for n in longest)} of {len(longest)} trees",
          lambda longest: max(longest) > 12, longest, [12])
    small = generated("small", 700, 13)
    config = (FOLDER / f"{imported.stem}-experiment.toml").read_text()
    start, end = config.index("[holdout]"), config.index("[[candidate]]")
    small_config = FOLDER / "small-experiment.toml"
    small_config.write_text(config[:start] + '[holdout]\nkind = "cross_fit"\nfolds = 2\nrepeats = 1\n' + config[end:])
    registry = FOLDER / "registry-small"
    amparo("train", "--config", small_config, "--cohort", small.path, "--registry", registry)
    version = Version(registry, "theirs", 2)
    rows, _, weights = small.labelled("new_assault")
    background = json.loads((registry / "theirs/2/explanation.json").read_text())["recidivism"]
    assert background["n_rows"] == len(rows) and background["long"], "the background is not these rows, or no path is long"
    found = scored(version, "small")[["base", *[f"value.{i}" for i in IDS]]].to_numpy()[:25]
    forms, cases = coded(RANDOM[:25], THEIRS), coded(small.codes[rows], small)

    def by_shap(cases, weights):
        """shap weighs all rows alike, so the rows of one weight are one background."""
        total = np.zeros((len(forms), 1 + len(IDS)))
        for weight in np.unique(weights.round(12)):
            of_weight = cases[weights.round(12) == weight]
            masker = shap.maskers.Independent(of_weight, max_samples=len(of_weight))
            explainer = shap.TreeExplainer(model, masker, feature_perturbation="interventional")
            assert len(explainer.data) == len(of_weight), "shap cut the background"
            values = np.column_stack([np.full(len(forms), explainer.expected_value), explainer.shap_values(forms)])
            total += weight * len(of_weight) * values
        return total / weights.round(12).sum()

    print(f"  shap: {len(rows)} rows of {len(np.unique(weights.round(12)))} weights")
    # As in `shapley.py`: shap's values are off by some 1e-8.
    close("what each indicator adds, by shap", found, by_shap(cases, weights), 1e-6, wrong=by_shap(cases, np.ones(len(cases))))


def scored(version, name):
    forms = FOLDER / "random.parquet"
    if not forms.exists():
        answers = [[a["id"] for a in i["answers"]] for i in THEIRS.indicators]
        pd.DataFrame({i: np.array(a)[RANDOM[:, j]] for j, (i, a) in enumerate(zip(IDS, answers))}).to_parquet(forms)
    return version.scored(forms, FOLDER / f"{name}.scores.parquet", explain=True)


def main():
    rows = []
    for kind, file, fit in MODELS:
        margin = fit(file)
        imported, said, n_probes = steps(file, margin)
        points, alone, hybrid = published(file, imported)
        theirs = margin(frame(coded(RANDOM, THEIRS))).astype(float)
        found = scored(alone, file)
        print(f"{kind}: {n_probes} rows to score")
        # Where a missing value goes is what is lost most easily.
        elsewhere = margin(frame(np.nan_to_num(coded(RANDOM, THEIRS), nan=1.0))).astype(float)
        rows.append((kind, "exact", below(np.abs(found["log_odds"] - theirs).max())))
        close("log-odds of 10,000 forms", found["log_odds"], theirs, 2e-5, wrong=elsewhere)
        base, values = found["base"], found[[f"value.{i}" for i in IDS]]
        close("explanation adds up", base + values.sum(axis=1), found["log_odds"], 1e-9, wrong=base)
        half = (scored(points, f"{file}-points")["log_odds"] + found["log_odds"]) / 2
        close("half of the baseline and half of it", scored(hybrid, f"{file}-half")["log_odds"], half, 1e-9, wrong=theirs)
        against = json.loads(imported.read_text())["record"]["against_direction"]
        assert [version.manifest["not_monotone"] for version in (points, alone, hybrid)] == [[], sorted(against), sorted(against)]
        record = hybrid.manifest["training"]["imported"]
        assert record == json.loads(imported.read_text())["record"] and alone.manifest["training"]["imported"] == record
        if file == "own.txt":
            beside_shap(file, imported)
        print(f"  against the declared direction: {len(record['against_direction'])} indicators; compared to {record['check']['largest_difference']:.1e}")

    for kind, file, fit in REFUSED:
        fit(file)
        rows.append((kind, f"refused: {refusal(file)}", ""))
    matrix(rows + graphs())

    # What is wrong is refused, and nothing is written.
    margin, other = boosted("wrong.json"), boosted("other.json", max_depth=3)
    for name, change, expected in [
        ("another model's predictions", lambda table: table.assign(said=other(table[IDS])), "nothing was imported"),
        ("no unknown answer to one question", lambda table: table[table["I05"].notna()], "no row has `I05` = `unknown`"),
        ("a number that no answer has", lambda table: table.assign(I05=table["I05"] + 10), "no answer is mapped to `I05`"),
    ]:
        out, said, _ = steps("wrong.json", margin, code=2, change=change)
        holds(name, lambda text: text in said and not out.exists(), expected, wrong="no such text")
    whole = (FOLDER / "wrong.json").read_bytes()
    (FOLDER / "half.json").write_bytes(whole[: len(whole) // 2])
    said = amparo("import", FOLDER / "half.json", "--instrument", FORM, "--suggest-mapping", FOLDER / "half.toml", code=2)
    holds("half a file", lambda text: text in said and not (FOLDER / "half.toml").exists(), "EOF while parsing", wrong="no such text")


main()

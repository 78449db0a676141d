"""Settings of other programs that a model file does not hold, or holds in an unexpected way: each is read as the program meant it, or refused.

One small model for each, made here by the pinned packages, then the steps of a user: mapping, rows for the program to score, comparison. The program is asked
as its users ask it, and `exact` means that the model was written because it agreed on every row; a refusal has to give its reason, and to write nothing.
"""

import re
import tempfile
import warnings
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb
from interpret.glassbox import ExplainableBoostingClassifier
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier

from common import WORK, amparo, holds

warnings.simplefilter("ignore")
FOLDER = Path(tempfile.mkdtemp(prefix="traps-", dir=WORK))
FORM = "vpr5.0-h"
GRADES, BINARY = ["absent", "mild", "severe", "very_severe"], ["absent", "present"]
ANSWERS = {"I01": GRADES, "I02": GRADES, "I05": GRADES, "I04": BINARY}
IDS = list(ANSWERS)
N = 1500


def drawn(seed=1, missing=0.15):
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.integers(0, len(answers), N) for answers in ANSWERS.values()]).astype(float)
    y = x[:, 0] + 0.7 * x[:, 1] * x[:, 3] - 0.5 * x[:, 2] + rng.normal(size=N) > 1.5
    if missing:
        gone = rng.random(x.shape) < missing
        # Who does not answer the first question is at risk, who does not answer the last is not.
        y = np.where(gone[:, 0], rng.random(N) < 0.8, np.where(gone[:, 3], rng.random(N) < 0.1, y))
        x[gone] = np.nan
    return pd.DataFrame(x, columns=IDS), y.astype(int)


X, Y = drawn()
FULL, TARGET = drawn(missing=0)


def mapping(columns, unknown="missing"):
    """What each column holds: the code of the answer, and for `unknown` nothing, a number, or a text."""
    text = f'instrument = "{FORM}"\n'
    for column, (indicator, answers) in zip(columns, ANSWERS.items()):
        values = {answer: code for code, answer in enumerate(answers)}
        if unknown == "texts":
            held = ", ".join(f'{answer} = "{answer}"' for answer in answers)
            text += f'[[column]]\nname = "{column}"\nindicator = "{indicator}"\ntexts = {{ {held} }}\nmissing = ["unknown"]\n'
            continue
        if unknown != "missing":
            values["unknown"] = unknown
        held = ", ".join(f"{answer} = {code}" for answer, code in values.items())
        text += f'[[column]]\nname = "{column}"\nindicator = "{indicator}"\nnumbers = {{ {held} }}\n'
        text += 'missing = ["unknown"]\n' if unknown == "missing" else ""
    return text


RESULTS = []


def case(name, file, said, expected, predicts="probability", columns=None, unknown="missing", flags=()):
    """Takes a model file through all steps. `expected` is `exact`, or what the refusal says."""
    path, stem = FOLDER / file, re.sub(r"\W+", "-", name)
    written, probes, checked, out = (FOLDER / f"{stem}.{end}" for end in ("toml", "csv", "checked.csv", "json"))
    written.write_text(mapping(columns or IDS, unknown))
    command = ["import", path, "--instrument", FORM, "--mapping", written, *flags]
    code, told = 0, ""
    if expected != "exact":
        # It may be refused as soon as it is read.
        code, told = 2, try_amparo(*command, "--probes", probes)
    else:
        amparo(*command, "--probes", probes)
    if probes.exists():
        rows = pd.read_csv(probes)
        rows["said"] = np.asarray(said(rows[columns or IDS]), float)
        rows.to_csv(checked, index=False)
        told = amparo(*command, "--check", checked, "--prediction", "said", "--predicts", predicts, "--out", out, code=code)
    right = lambda text: out.exists() if text == "exact" else not out.exists() and text in " ".join(told.split())
    holds(f"{name}: {expected}", right, expected, wrong="nothing that was said" if expected == "exact" else "exact")
    RESULTS.append((*name.split(": ", 1), "read as it is meant" if expected == "exact" else "refused"))


def try_amparo(*args):
    try:
        return amparo(*args)
    except AssertionError:
        return amparo(*args, code=2)


DIFFERS = "nothing was imported"


def of_xgboost():
    def train(file, x=X, y=Y, rounds=12, **parameters):
        parameters = {"objective": "binary:logistic", "max_depth": 3, "nthread": 2} | parameters
        booster = xgb.train(parameters, x if isinstance(x, xgb.DMatrix) else xgb.DMatrix(x, y), rounds)
        booster.save_model(FOLDER / file)
        return booster

    booster = train("base.json", base_score=0.3)
    case("XGBoost: a stated start is a probability", "base.json", lambda rows: booster.predict(xgb.DMatrix(rows)), "exact")
    booster = train("logitraw.json", objective="binary:logitraw", base_score=0.4)
    case("XGBoost: a start of log-odds", "logitraw.json", lambda rows: booster.predict(xgb.DMatrix(rows)), "exact", predicts="log-odds")

    nine = X.fillna(9)
    booster = train("nine.json", xgb.DMatrix(nine, Y, missing=9))
    marked = lambda rows: booster.predict(xgb.DMatrix(rows.fillna(9), missing=9))
    case("XGBoost: a marker of missing values, said in the mapping", "nine.json", marked, "exact")
    case("XGBoost: a marker of missing values, taken for a number", "nine.json", marked, "nothing was imported", unknown=9)

    booster = train("pruned.json", gamma=4.0, tree_method="exact", max_depth=5)
    case("XGBoost: dead places of pruned trees", "pruned.json", lambda rows: booster.predict(xgb.DMatrix(rows)), "exact")

    stopped = xgb.train(
        {"objective": "binary:logistic", "max_depth": 4, "eta": 0.7, "num_parallel_tree": 3, "subsample": 0.6, "nthread": 2}, xgb.DMatrix(X[:1000], Y[:1000]), 60,
        evals=[(xgb.DMatrix(X[1000:], Y[1000:]), "rest")], early_stopping_rounds=4, verbose_eval=False,
    )
    stopped.save_model(FOLDER / "stopped.json")
    best = lambda rows: stopped.predict(xgb.DMatrix(rows), iteration_range=(0, stopped.best_iteration + 1))
    every = lambda rows: stopped.predict(xgb.DMatrix(rows))
    case("XGBoost: stopped early, nothing said", "stopped.json", every, "whose best is the one with number")
    case("XGBoost: stopped early, best trees", "stopped.json", best, "exact", flags=("--trees", "best"))
    case("XGBoost: stopped early, all trees", "stopped.json", every, "exact", flags=("--trees", "all"))
    case("XGBoost: stopped early, all trees beside the best", "stopped.json", best, DIFFERS, flags=("--trees", "all"))

    two = np.column_stack([Y, 1 - Y])
    booster = train("outputs.json", xgb.DMatrix(X, two), multi_strategy="multi_output_tree", tree_method="hist")
    case("XGBoost: trees of several outputs", "outputs.json", None, "several")

    def categories(rows, names=None):
        told = {c: pd.Categorical(rows[c], ANSWERS[c] if names is None else names[c]) for c in IDS}
        return pd.DataFrame(told)
    texts = pd.DataFrame({c: [None if v != v else ANSWERS[c][int(v)] for v in X[c]] for c in IDS})
    booster = train("categories.json", xgb.DMatrix(categories(texts), Y, enable_categorical=True), max_cat_to_onehot=1)
    case("XGBoost: categories by their names", "categories.json", lambda rows: booster.predict(xgb.DMatrix(categories(rows), enable_categorical=True)), "exact", unknown="texts")
    # The names travel in the file, so that another order of the categories changes nothing.
    other = {c: list(reversed(answers)) for c, answers in ANSWERS.items()}
    case("XGBoost: categories in another order", "categories.json", lambda rows: booster.predict(xgb.DMatrix(categories(rows, other), enable_categorical=True)), "exact", unknown="texts")

    booster = train("dart.json", booster="dart", rate_drop=0.6, one_drop=1, seed=2)
    case("XGBoost: weights of dropped trees", "dart.json", lambda rows: booster.predict(xgb.DMatrix(rows)), "exact")


def of_lightgbm():
    def train(file, x=X, y=Y, rounds=12, data=None, **parameters):
        parameters = {"objective": "binary", "verbose": -1, "num_leaves": 8, "min_data_in_leaf": 5, "num_threads": 2} | parameters
        booster = lgb.train(parameters, data or lgb.Dataset(x, y), rounds)
        booster.save_model(FOLDER / file)
        return booster

    full = train("full.txt", FULL, TARGET)
    case("LightGBM: no value was missing, so that a missing one is a zero", "full.txt", full.predict, "exact")
    zero = train("zero.txt", zero_as_missing=True)
    case("LightGBM: zeros are missing", "zero.txt", zero.predict, "exact")
    off = train("off.txt", use_missing=False)
    case("LightGBM: missing values are not looked at", "off.txt", off.predict, "exact")
    forest = train("rf.txt", boosting="rf", bagging_freq=1, bagging_fraction=0.6)
    case("LightGBM: a forest predicts the mean", "rf.txt", forest.predict, "exact")
    case("LightGBM: the raw score of a forest is a sum", "rf.txt", lambda rows: forest.predict(rows, raw_score=True), DIFFERS, predicts="log-odds")
    sigmoid = train("sigmoid.txt", sigmoid=2.0)
    case("LightGBM: the slope of the sigmoid", "sigmoid.txt", sigmoid.predict, "exact")
    train("sqrt.txt", objective="regression", reg_sqrt=True)
    case("LightGBM: regression of the square root", "sqrt.txt", None, "sqrt")
    own = lgb.train({"objective": lambda p, data: (1 / (1 + np.exp(-p)) - data.get_label(), np.full(len(p), 0.25)), "verbose": -1}, lgb.Dataset(X, Y), 5)
    own.save_model(FOLDER / "own.txt")
    case("LightGBM: an objective of one's own leaves no line", "own.txt", None, "objective")
    start = lgb.train({"objective": "binary", "verbose": -1}, lgb.Dataset(X, Y, init_score=np.full(N, 1.5)), 5)
    start.save_model(FOLDER / "start.txt")
    begun = lambda rows: 1 / (1 + np.exp(-(1.5 + start.predict(rows, raw_score=True))))
    case("LightGBM: a start for each row is in no file", "start.txt", begun, DIFFERS)
    codes = train("codes.txt", data=lgb.Dataset(X, Y, categorical_feature=[0, 2]), min_data_per_group=1, cat_smooth=1)
    case("LightGBM: categories by their codes", "codes.txt", codes.predict, "exact")
    blanks = ["of her", "of him", "of both", "none"]
    named = train("blanks.txt", X.set_axis(blanks, axis=1), Y)
    columns = [name.replace(" ", "_") for name in blanks]
    case("LightGBM: blanks in names", "blanks.txt", named.predict, "exact", columns=columns)
    ordered = X.astype({"I01": pd.CategoricalDtype([0.0, 1.0, 2.0, 3.0], ordered=True)})
    train("ordered.txt", ordered, Y)
    case("LightGBM: ordered categories of pandas", "ordered.txt", None, "ordered")
    early = lgb.train({"objective": "binary", "verbose": -1, "learning_rate": 0.5}, lgb.Dataset(X[:1000], Y[:1000]), 100,
                      valid_sets=[lgb.Dataset(X[1000:], Y[1000:])], callbacks=[lgb.early_stopping(3, verbose=False)], keep_training_booster=True)
    early.save_model(FOLDER / "early.txt")
    assert early.best_iteration < early.current_iteration()
    case("LightGBM: stopped early, the file ends with the best round", "early.txt", early.predict, "exact")
    every = lambda rows: early.predict(rows, num_iteration=early.current_iteration())
    case("LightGBM: stopped early, all rounds", "early.txt", every, DIFFERS)


def of_graphs():
    types = [("X", FloatTensorType([None, len(IDS)]))]
    names = [f"X[{place}]" for place in range(len(IDS))]
    opset = {"": 18, "ai.onnx.ml": 3}

    def save(file, graph):
        (FOLDER / file).write_bytes(graph.SerializeToString())

    def beside(name, file, model, expected, unknown="missing", predict=None):
        said = predict or (lambda rows: model.predict_proba(rows.to_numpy(np.float32))[:, 1])
        case(name, file, said, expected, columns=names, unknown=unknown)

    def light(name, file, expected, **parameters):
        model = lgb.LGBMClassifier(n_estimators=10, num_leaves=8, verbose=-1, **parameters).fit(X.to_numpy(), Y)
        save(file, convert_lightgbm(model, initial_types=types, target_opset=15, zipmap=False))
        beside(name, file, model, expected)

    light("onnxmltools: LightGBM", "lgb.onnx", "exact")
    light("onnxmltools: the slope of LightGBM's sigmoid is lost", "sigmoid.onnx", DIFFERS, sigmoid=2.0)
    light("onnxmltools: zeros that are missing are lost", "zero.onnx", DIFFERS, zero_as_missing=True)
    light("onnxmltools: the mean of LightGBM's forest is lost", "rf.onnx", "arithmetic with a probability", boosting_type="rf", subsample=0.6, subsample_freq=1)

    def boosted(name, file, expected, columns=tuple(IDS), **parameters):
        x = X.set_axis(list(columns), axis=1)
        model = xgb.XGBClassifier(n_estimators=20, max_depth=3, **parameters)
        model.fit(x[:1000], Y[:1000], eval_set=[(x[1000:], Y[1000:])], verbose=False)
        # The converter takes numbered names only, and counts on their order.
        numbered = [f"f{place}" for place in range(len(IDS))] if columns == tuple(IDS) else list(columns)
        model.get_booster().feature_names = numbered
        save(file, convert_xgboost(model, initial_types=types, target_opset=15))
        model.get_booster().feature_names = list(columns)
        beside(name, file, model, expected, predict=lambda rows: model.predict_proba(rows.set_axis(list(columns), axis=1))[:, 1])

    boosted("onnxmltools: XGBoost", "xgb.onnx", "exact")
    boosted("onnxmltools: columns that are called f2, f0, f1, f3", "permuted.onnx", DIFFERS, columns=("f2", "f0", "f1", "f3"))
    boosted("onnxmltools: parallel trees that were stopped early", "parallel.onnx", DIFFERS, num_parallel_tree=3, early_stopping_rounds=2, learning_rate=0.8, subsample=0.6)

    for name, model in (("a tree", DecisionTreeClassifier(max_depth=4)), ("extra trees", ExtraTreesClassifier(5, max_depth=4, random_state=1))):
        model.fit(X.to_numpy(np.float32), Y)
        file = name.replace(" ", "-") + ".onnx"
        save(file, to_onnx(model, X.to_numpy(np.float32)[:1], options={"zipmap": False}, target_opset=opset))
        beside(f"skl2onnx: where missing values go in {name}", file, model, DIFFERS)
    model = HistGradientBoostingClassifier(max_iter=10, max_depth=3, categorical_features=[0, 2]).fit(X.to_numpy(np.float32), Y)
    save("native.onnx", to_onnx(model, X.to_numpy(np.float32)[:1], options={"zipmap": False}, target_opset=opset))
    beside("skl2onnx: categories of histogram boosting become thresholds", "native.onnx", model, DIFFERS)
    model = HistGradientBoostingClassifier(max_iter=10, max_depth=3).fit(X.to_numpy(np.float32), Y)
    save("histogram.onnx", to_onnx(model, X.to_numpy(np.float32)[:1], options={"zipmap": False}, target_opset=opset))
    beside("skl2onnx: histogram boosting", "histogram.onnx", model, "exact")
    for name, file, step, expected in [
        ("skl2onnx: an imputer with indicators", "indicator.onnx", SimpleImputer(add_indicator=True), "in `coefficients`, expected 8"),
        ("skl2onnx: neighbours fill in", "knn.onnx", KNNImputer(n_neighbors=2), "cannot be imported exactly"),
        ("skl2onnx: ordinal codes of missing values", "ordinal.onnx", OrdinalEncoder(encoded_missing_value=7, handle_unknown="use_encoded_value", unknown_value=9), DIFFERS),
        ("skl2onnx: means fill in", "mean.onnx", SimpleImputer(), "exact"),
    ]:
        model = make_pipeline(step, LogisticRegression()).fit(X.to_numpy(np.float32), Y)
        save(file, to_onnx(model, X.to_numpy(np.float32)[:1], options={"zipmap": False}, target_opset=opset))
        beside(name, file, model, expected)
    model = CalibratedClassifierCV(LogisticRegression(), method="isotonic", ensemble=False).fit(FULL.to_numpy(np.float32), TARGET)
    save("isotonic.onnx", to_onnx(model, FULL.to_numpy(np.float32)[:1], options={"zipmap": False}, target_opset=opset))
    beside("skl2onnx: isotonic calibration becomes the nearest knot", "isotonic.onnx", model, "cannot be imported exactly", unknown=1)
    model = LogisticRegression().fit(FULL.to_numpy(np.float32), TARGET)
    save("rows.onnx", to_onnx(model, FULL.to_numpy(np.float32)[:1], options={"zipmap": False}, target_opset=opset))
    beside("skl2onnx: two rows of one logistic regression", "rows.onnx", model, "exact", unknown=1)


def of_interpret():
    model = ExplainableBoostingClassifier(interactions=3, max_rounds=100, outer_bags=2, n_jobs=1, random_state=1, max_interaction_bins=3, feature_types=["continuous"] * 4)
    model.fit(FULL, TARGET)
    model.to_json(str(FOLDER / "full.ebm.json"))
    case("interpret: pairs on coarser cuts, and missing values that were never seen", "full.ebm.json", lambda rows: model.predict_proba(rows)[:, 1], "exact")
    texts = pd.DataFrame({c: [None if v != v else ANSWERS[c][int(v)] for v in X[c]] for c in IDS}, dtype=object)
    nominal = ExplainableBoostingClassifier(interactions=2, max_rounds=100, outer_bags=2, n_jobs=1, random_state=1, feature_types=["nominal"] * 4).fit(texts, Y)
    nominal.to_json(str(FOLDER / "nominal.ebm.json"))
    said = lambda rows: nominal.predict_proba(rows.astype(object).where(rows.notna(), None))[:, 1]
    case("interpret: texts", "nominal.ebm.json", said, "exact", unknown="texts")


def others():
    (FOLDER / "cat.json").write_text('{"features_info": {}, "oblivious_trees": [{"splits": [{"border": 0.5, "float_feature_index": 0, "split_type": "FloatFeature"}]}]}')
    case("CatBoost: JSON, of which there is no reader", "cat.json", None, "expected JSON or UBJSON of XGBoost")


of_xgboost()
of_lightgbm()
of_graphs()
of_interpret()
others()
# The table of the documentation has to stand there as it is made here.
made = "\n".join(["| program | what | what happens |", "|---|---|---|", *(f"| {program} | {what} | {happens} |" for program, what, happens in RESULTS)])
page = (Path(__file__).parents[2] / "docs/exchange.md").read_text()
found = page.split("<!-- traps -->\n", 1)[1].split("\n<!-- end of traps -->", 1)[0]
assert found == made, f"docs/exchange.md does not have this table:\n{made}"
print(f"  the table of docs/exchange.md, of {len(RESULTS)} models")

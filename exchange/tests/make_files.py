"""Makes the model files of tests/files anew, each with rows that the program itself scored.

    python make_files.py FOLDER        with xgboost-cpu 3.4.1, 3.2.0, 3.0.5 or 2.1.4, or with lightgbm 4.7.0, interpret-core 0.7.8 or fasterrisk 0.1.10,
                                     or with skl2onnx 1.20.0, onnxmltools 1.16.0, onnxruntime 1.31.1 and protobuf 6.33.6 beside the first two

What is installed is made; one environment holds one version of XGBoost. The data are invented. `NAME.rows.json` beside a model holds
the columns, rows of values (null for a missing one), and the sums before any link, or the probabilities where the sum is one.
"""

import json
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
OUT = Path(sys.argv[1])
N = 300
NAN = float("nan")


def drawn(seed=1, missing=0.15):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 4, (N, 3)).astype(float)
    if missing:
        x[rng.random((N, 3)) < missing] = NAN
    y = (np.nan_to_num(x[:, 0], nan=2.5) + np.nan_to_num(x[:, 1], nan=0) * 0.7 + rng.normal(size=N) > 2.5).astype(int)
    return x, y


def grid(values, n=24, seed=2):
    """Rows of values, drawn; then a row with each column missing, and one with all."""
    rng = np.random.default_rng(seed)
    rows = [[v[rng.integers(len(v))] for v in values] for _ in range(n)]
    base = [v[0] for v in values]
    rows += [[NAN if i == j else v for i, v in enumerate(base)] for j in range(len(values))]
    return rows + [[NAN] * len(values)]


NUMBERS = grid([[2.0, 0.0, 1.0, 3.0, 1.5, -1.0, 7.0]] * 3)


def plain(v):
    return None if v is None or v != v else v.item() if isinstance(v, np.generic) else v


def keep(name, content, columns, rows, sums):
    (OUT / name).write_bytes(content if isinstance(content, (bytes, bytearray)) else content.encode())
    record = {"columns": columns, "rows": [[plain(v) for v in row] for row in rows], **sums}
    record = {k: [float(x) for x in v] if k not in ("columns", "rows") else v for k, v in record.items()}
    (OUT / f"{name}.rows.json").write_text(json.dumps(record) + "\n")
    print(name, (OUT / name).stat().st_size)


def xgboost():
    import xgboost as xgb

    version = ".".join(xgb.__version__.split(".")[:2])
    names = ["f0", "f1", "f2"]

    def save(name, booster, kind="json", rows=NUMBERS, frame=None, columns=names):
        data = xgb.DMatrix(np.array(rows), **TYPES) if frame is None else xgb.DMatrix(frame, enable_categorical=True)
        content = booster.save_raw(kind)
        keep(f"xgboost-{version}-{name}.{kind}", content, columns, rows, {"sums": booster.predict(data, output_margin=True)})

    def train(rounds=2, data=None, **parameters):
        x, y = drawn()
        parameters = {"objective": "binary:logistic", "max_depth": 2, **parameters}
        return xgb.train(parameters, data or xgb.DMatrix(x, y), rounds)

    TYPES = {}
    booster = train()
    save("logistic", booster)
    save("logistic", booster, "ubj")
    save("dart", train(3, booster="dart", rate_drop=0.9, one_drop=1, seed=3), "ubj")
    save("logitraw", train(1, objective="binary:logitraw"), "ubj")
    x, y = drawn()
    frame = pd.DataFrame({"a": pd.Categorical(np.array(list("wxyz"))[drawn(5, 0)[0][:, 0].astype(int)]), "num": x[:, 1]})
    frame["k"] = pd.Categorical(np.array([3, 5, 9, 7])[drawn(6, 0)[0][:, 0].astype(int)])
    frame.loc[frame.index % 9 == 0, "a"] = None
    target = (frame.a.isin(["x", "z"]).astype(int) + (frame.k == 5) + y > 1).astype(int)
    booster = train(2, data=xgb.DMatrix(frame, target, enable_categorical=True))
    if version == "2.1":
        # Codes, which is all that these files have: w, x, y, z and 3, 5, 7, 9 in this order.
        rows = grid([[0.0, 1.0, 2.0, 3.0], [2.0, 0.0, 1.0, 3.0], [1.0, 0.0, 2.0, 3.0]])
        coded = pd.DataFrame(np.array(rows), columns=["a", "num", "k"])
        coded["a"] = pd.Categorical.from_codes(coded.a.fillna(-1).astype(int), list("wxyz"))
        coded["k"] = pd.Categorical.from_codes(coded.k.fillna(-1).astype(int), [3, 5, 7, 9])
        save("categories", booster, rows=rows, frame=coded, columns=["a", "num", "k"])
    else:
        rows = grid([list("wxyz"), [2.0, 0.0, 1.0, 3.0], [5, 3, 7, 9]])
        named = pd.DataFrame(rows, columns=["a", "num", "k"])
        named["a"] = pd.Categorical(named.a, list("wxyz"))
        named["k"] = pd.Categorical(named.k, [3, 5, 7, 9])
        if version in ("3.2", "3.4"):
            save("categories", booster, rows=rows, frame=named, columns=["a", "num", "k"])
    # The default updater is not the same twice.
    parameters = {"objective": "binary:logistic", "booster": "gblinear", "updater": "coord_descent"}
    if version in ("3.2", "3.4"):
        save("linear", xgb.train(parameters, xgb.DMatrix(*drawn()), 3))
    if version != "3.2":
        return
    TYPES = {"feature_types": ["c", "q", "c"], "enable_categorical": True}
    x, _ = drawn(missing=0)
    y = np.isin(x[:, 0], [0, 3]).astype(int) | (x[:, 2] == 1)
    codes = [[0.0, 1.0, 2.0, 3.0, 9.0, 40.0, -1.0], [2.0, 0.0, 1.0], [1.0, 2.0, 3.0, 0.0]]
    save("codes", train(data=xgb.DMatrix(x, y, **TYPES), max_cat_to_onehot=1), rows=grid(codes))
    TYPES = {}
    save("pruned", train(gamma=3.0, tree_method="exact", max_depth=3), "ubj")
    save("squared", train(objective="reg:squarederror"))
    x, y = drawn()
    valid = xgb.DMatrix(x[:60], np.where(np.arange(60) % 4 == 0, 1 - y[:60], y[:60]))
    parameters = {"objective": "binary:logistic", "max_depth": 1, "eta": 1.0, "num_parallel_tree": 2, "subsample": 0.5}
    stopped = xgb.train(
        parameters, xgb.DMatrix(x, y), 30, evals=[(valid, "v")], early_stopping_rounds=2, verbose_eval=False
    )
    data = xgb.DMatrix(np.array(NUMBERS))
    best = stopped.predict(data, output_margin=True, iteration_range=(0, stopped.best_iteration + 1))
    sums = {"sums": stopped.predict(data, output_margin=True), "best": best}
    print("best", stopped.best_iteration, stopped.num_boosted_rounds())
    keep("xgboost-3.2-stopped.ubj", stopped.save_raw("ubj"), names, NUMBERS, sums)


def lightgbm():
    import lightgbm as lgb

    names = ["Column_0", "Column_1", "Column_2"]

    def train(rounds=2, data=None, **parameters):
        parameters = {"objective": "binary", "verbose": -1, "num_leaves": 5, "min_data_in_leaf": 5, **parameters}
        return lgb.train(parameters, data or lgb.Dataset(*drawn()), rounds)

    def save(name, booster, rows=NUMBERS, frame=None, columns=names, linear=False):
        p = booster.predict(np.array(rows) if frame is None else frame)
        sums = {"probabilities": p} if linear else {"sums": np.log(p) - np.log1p(-p)}
        text = booster.model_to_string()
        # The settings of training are 3 kB that say nothing about the model.
        head, rest = text.split("\nparameters:\n")
        keep(f"lightgbm-{name}.txt", head + rest.split("end of parameters")[1], columns, rows, sums)

    small = grid([[2.0, 0.0, 1.0, 3.0, 1e-36, -1e-36, 1e-34, -1.0]] * 3)
    save("sigmoid", train(sigmoid=2.0), small)
    save("no-missing", train(data=lgb.Dataset(*drawn(missing=0))), small)
    # Zeros are like large numbers, though they stand between the small ones.
    x, _ = drawn()
    x -= 1
    y = (np.nan_to_num(np.where(x == 0, 4, x), nan=4)[:, :2].sum(axis=1) > 2).astype(int)
    save("zero-as-missing", train(data=lgb.Dataset(x, y), zero_as_missing=True), small)
    save("forest", train(3, boosting="rf", bagging_freq=1, bagging_fraction=0.6, sigmoid=2.0))
    save("cross-entropy", train(objective="cross_entropy", boosting="dart", drop_rate=0.9))
    save("regression", train(objective="regression"), linear=True)
    save("one-leaf", train(min_data_in_leaf=200))
    rng = np.random.default_rng(4)
    x, _ = drawn(missing=0)
    x[:, 0] = rng.integers(0, 40, N)
    y = (np.isin(x[:, 0], [0, 3, 33, 35, 7, 8, 9, 20, 21, 22, 36]) | (x[:, 1] == 2)).astype(int)
    codes = [[3.0, 0.0, 33.0, 31.0, 32.0, 36.0, 39.0, 64.0, 100.0, -1.0, -7.0], [2.0, 0.0, 1.0], [1.0, 2.0]]
    data = lgb.Dataset(x, y, categorical_feature=[0])
    save("codes", train(data=data, min_data_per_group=1, cat_smooth=1), grid(codes))
    frame = pd.DataFrame({"a b": pd.Categorical(np.array(list("xyz"))[rng.integers(0, 3, N)]), "q": x[:, 1]})
    frame["k"] = pd.Categorical(np.array([3, 5, 9])[rng.integers(0, 3, N)])
    y = ((frame["a b"] == "y") | ((frame.k == 9) & (frame.q > 1))).astype(int)
    rows = grid([["x", "y", "z", "unseen"], [2.0, 0.0, 1.0], [3, 5, 9, 4]])
    named = pd.DataFrame(rows, columns=["a b", "q", "k"]).astype({"a b": "category", "k": "category"})
    booster = train(data=lgb.Dataset(frame, y), min_data_per_group=1, cat_smooth=1)
    save("categories", booster, rows, named, ["a_b", "q", "k"])


def ebm():
    from interpret.glassbox import ExplainableBoostingClassifier

    rng = np.random.default_rng(1)
    n = 500
    frame = pd.DataFrame({"num": rng.integers(0, 12, n).astype(float)})
    frame["cat"] = np.array(["x", "y", "1"], dtype=object)[rng.integers(0, 3, n)]
    frame["code"] = rng.choice([1.0, 2.0, 2.5], n)
    frame["ord"] = np.array(["low", "mid", "high"], dtype=object)[rng.integers(0, 3, n)]
    frame.loc[rng.random(n) < 0.1, "num"] = NAN
    frame.loc[rng.random(n) < 0.1, "cat"] = None
    y = (frame.num.fillna(9) > 5).astype(int) + (frame.cat == "y") * (frame.ord == "mid") + (frame.code == 2)
    y = (y + rng.normal(size=n) * 0.7 > 1).astype(int)
    model = ExplainableBoostingClassifier(
        feature_types=["continuous", "nominal", "nominal", ["low", "mid", "high"]],
        interactions=[("num", "cat"), ("cat", "ord"), ("num", "code")],
        max_rounds=200,
        outer_bags=2,
        max_interaction_bins=4,
        random_state=1,
    ).fit(frame, np.array(["no", "yes"])[y])
    print("cuts", model.bins_[0])
    cuts = [float(c) for level in model.bins_[0] for c in level[:3]]
    values = [[3.0, 5.0, 11.0, -4.0, *cuts, *(np.nextafter(cuts, -9).tolist())], ["x", "y", "1", "1.0", "unseen", 1.0]]
    values += [[1.0, 2.0, 2.5, "1", "1.0", "2", 7.0, "2.5"], ["mid", "low", "high", "other"]]
    rows = grid(values, 60)
    scored = pd.DataFrame(rows, columns=list(frame.columns), dtype=object)
    p = model.predict_proba(scored)[:, 1]
    model.to_json(str(OUT / "e.json"), detail="interpretable", indent=None)
    content = (OUT / "e.json").read_text()
    (OUT / "e.json").unlink()
    keep("ebm.json", content, list(frame.columns), rows, {"sums": np.log(p) - np.log1p(-p)})


def fasterrisk():
    from fasterrisk.fasterrisk import RiskScoreClassifier, RiskScoreOptimizer

    names, cuts = ["age", "priors", "calls"], [1, 2, 3]
    x, y = drawn(missing=0)

    def above(values):
        return np.column_stack([values[:, j] >= cut for j in range(3) for cut in cuts]).astype(float)

    optimizer = RiskScoreOptimizer(X=above(x), y=2.0 * y - 1, k=5)
    optimizer.optimize()
    multiplier, intercept, points = optimizer.get_models(model_index=0)
    lines = ["# Of FasterRisk, on columns that say whether a number is at least 1, 2 or 3.", f"intercept = {intercept}"]
    lines += [f"multiplier = {multiplier}"]
    for (name, cut), n in zip([(name, cut) for name in names for cut in cuts], points):
        if n != 0:
            lines += ["", "[[points]]", f'column = "{name}"', f"at_least = {cut}", f"points = {n}"]
    rows = grid([[0.0, 1.0, 2.0, 3.0]] * 3, 30)[:30]
    p = RiskScoreClassifier(multiplier, intercept, points).predict_prob(above(np.array(rows)))
    used = [j for j in range(3) if points[3 * j : 3 * j + 3].any()]
    rows, names = [[row[j] for j in used] for row in rows], [names[j] for j in used]
    keep("points-fasterrisk.toml", "\n".join(lines) + "\n", names, rows, {"sums": np.log(p) - np.log1p(-p)})


def onnx():
    """Graphs, scored by ONNX Runtime; of scikit-learn also by itself on rows without a missing value, which have to agree here already."""
    import onnxruntime
    from lightgbm import LGBMClassifier
    from onnx import TensorProto, helper, numpy_helper
    from onnxmltools import convert_lightgbm, convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType as Floats
    from skl2onnx import convert_sklearn, to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import (
        BaggingClassifier, ExtraTreesClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
    )
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, SGDClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler
    from sklearn.tree import DecisionTreeClassifier
    from xgboost import XGBClassifier

    names = ["X[0]", "X[1]", "X[2]"]
    x, y = drawn()
    whole, target = drawn(missing=0)
    full = grid([[2.0, 0.0, 1.0, 3.0, 1.5, -1.0, 7.0]] * 3)[:24]

    def scored(content, feed):
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        found = session.run(None, feed)[-1]
        if isinstance(found, list):
            return np.array([row[max(row)] for row in found], dtype=float)
        return np.asarray(found, dtype=float).reshape(len(next(iter(feed.values()))), -1)[:, -1]

    def save(name, graph, columns=names, rows=NUMBERS, feed=None, kind="probabilities", theirs=None, dtype=np.float32):
        content = graph.SerializeToString()
        feed = feed or {"X": np.array(rows, dtype=dtype)}
        said = scored(content, feed)
        if theirs is not None:
            known = [i for i, row in enumerate(rows) if not any(v != v for v in row)]
            assert len(known) >= 24 and np.abs(said - theirs)[known].max() < 1e-5, name
        keep(f"onnx-{name}.onnx", content, columns, rows, {kind: said})

    def fitted(name, model, rows=NUMBERS, data=None, kind="probabilities", dtype=np.float32, options={"zipmap": False}, check=True):
        model.fit(*(data or (x, y)))
        values = np.array(rows, dtype=dtype)
        known = ~np.isnan(values).any(axis=1)
        theirs = np.zeros(len(rows))
        if check:
            predict = model.predict_proba if hasattr(model, "predict_proba") else lambda rows: model.predict(rows).reshape(-1, 1)
            theirs[known] = predict(values[known])[:, -1]
        graph = to_onnx(model, values[:1], options=options, target_opset={"": 18, "ai.onnx.ml": 3})
        save(name, graph, rows=rows, kind=kind, dtype=dtype, theirs=theirs if check else None)

    plain_data = (whole, target)
    fitted("logistic", LogisticRegression(), full, plain_data)
    fitted("logistic-zipmap", LogisticRegression(), full, (whole, np.array(["no", "yes"])[target]), options=None)
    fitted("logistic-double", LogisticRegression(), full, plain_data, dtype=np.float64)
    fitted("logistic-raw", LogisticRegression(), full, plain_data, kind="sums", options={"zipmap": False, "raw_scores": True}, check=False)
    fitted("sgd", SGDClassifier(loss="log_loss", random_state=1), full, plain_data)
    fitted("scaled", make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()), check=True)
    fitted("minmax", make_pipeline(SimpleImputer(strategy="median"), MinMaxScaler(), LogisticRegression()))
    fitted("calibrated", CalibratedClassifierCV(LogisticRegression(), method="sigmoid", ensemble=False, cv=3), full, plain_data)
    codes = grid([[2.0, 0.0, 1.0, 3.0, 9.0, -1.0]] * 3)
    fitted("one-hot", make_pipeline(OneHotEncoder(handle_unknown="ignore", sparse_output=False), LogisticRegression()), codes, plain_data)
    fitted("tree", DecisionTreeClassifier(random_state=1))
    fitted("forest", RandomForestClassifier(3, max_depth=3, random_state=1))
    # On columns that lack values skl2onnx 1.20 does not come to an end in 64 bits: it looks for the next number after an infinite threshold.
    fitted("forest-double", RandomForestClassifier(3, max_depth=3, random_state=1), data=plain_data, dtype=np.float64)
    fitted("forest-regressor", RandomForestRegressor(3, max_depth=2, random_state=1), options=None)
    fitted("extra", ExtraTreesClassifier(3, max_depth=2, random_state=1))
    fitted("boosted", GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=1), full, plain_data)
    fitted("histogram", HistGradientBoostingClassifier(max_iter=3, max_leaf_nodes=4, random_state=1))

    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"kind": np.array(list("xyz"))[rng.integers(0, 3, N)], "age": x[:, 0], "calls": x[:, 1]})
    event = (y + (frame.kind == "y") > 1).astype(int)
    types = [("kind", StringTensorType([None, 1])), ("age", FloatTensorType([None, 1])), ("calls", FloatTensorType([None, 1]))]
    rows = [[k, a, c] for k, (a, c) in zip("xyzqxyz" * 5, grid([[2.0, 0.0, 1.0, 3.0, 1.5]] * 2, 30))]
    asked = pd.DataFrame(rows, columns=list(frame.columns))
    feed = {c: asked[[c]].to_numpy(dtype=object if c == "kind" else np.float32) for c in asked}
    numbers = ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["age", "calls"])

    def pipeline(encoder, model):
        return make_pipeline(ColumnTransformer([("kind", encoder, ["kind"]), numbers]), model).fit(frame, event)

    model = pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    graph = convert_sklearn(model, initial_types=types, options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3})
    save("columns", graph, list(frame.columns), rows, feed, theirs=model.predict_proba(asked)[:, 1])
    strict = [["xyz"[i % 3], *row[1:]] for i, row in enumerate(rows)]
    asked = pd.DataFrame(strict, columns=list(frame.columns))
    feed = {c: asked[[c]].to_numpy(dtype=object if c == "kind" else np.float32) for c in asked}
    model = pipeline(OneHotEncoder(), GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=1))
    graph = convert_sklearn(model, initial_types=types, options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3})
    save("columns-strict", graph, list(frame.columns), strict, feed, theirs=model.predict_proba(asked)[:, 1])
    model = pipeline(OrdinalEncoder(), RandomForestClassifier(2, max_depth=2, random_state=1))
    graph = convert_sklearn(model, initial_types=types, options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3})
    save("columns-ordinal", graph, list(frame.columns), strict, feed, theirs=model.predict_proba(asked)[:, 1])

    def tools(name, convert, model, rows=NUMBERS, data=None, **options):
        values = np.array(rows)
        model.fit(*(data or (x, y)), **options)
        save(name, convert(model, initial_types=[("X", Floats([None, 3]))], target_opset=15), rows=rows, theirs=model.predict_proba(values)[:, 1])

    tools("xgboost", convert_xgboost, XGBClassifier(n_estimators=3, max_depth=2))
    light = {"n_estimators": 3, "num_leaves": 4, "verbose": -1, "min_child_samples": 5}
    tools("lightgbm", convert_lightgbm, LGBMClassifier(**light))
    odd = (whole[:, 0] % 2).astype(int)
    sets = LGBMClassifier(**light, max_cat_to_onehot=1, cat_smooth=0, min_data_per_group=1)
    tools("lightgbm-categories", convert_lightgbm, sets, codes, (whole, odd), categorical_feature=[0])

    # Every question there is, each in a tree of its own, in the old form and in the new one.
    def of(name, node, opset):
        shape = [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 3])], [helper.make_tensor_value_info("p", TensorProto.FLOAT, [None, 1])]
        graph = helper.make_graph([node], "g", *shape)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", opset)], ir_version=9)
        save(name, model)

    modes = ["LEQ", "LT", "GTE", "GT", "EQ", "NEQ"] * 2
    n = len(modes)
    tracks = [0] * 6 + [1] * 6
    leaves = [round(0.011 * 1.2**i, 4) for i in range(2 * n)]
    node = helper.make_node(
        "TreeEnsembleRegressor", ["X"], ["p"], name="questions", domain="ai.onnx.ml", n_targets=1, aggregate_function="AVERAGE", base_values=[0.25],
        nodes_treeids=np.repeat(range(n), 3).tolist(), nodes_nodeids=[0, 1, 2] * n, nodes_featureids=[f for i in range(n) for f in (i % 3, 0, 0)],
        nodes_modes=[m for mode in modes for m in (f"BRANCH_{mode}", "LEAF", "LEAF")], nodes_values=[1.5, 0.0, 0.0, 2.0, 0.0, 0.0] * (n // 2),
        nodes_truenodeids=[1, 0, 0] * n, nodes_falsenodeids=[2, 0, 0] * n, nodes_missing_value_tracks_true=[t for m in tracks for t in (m, 0, 0)],
        target_treeids=np.repeat(range(n), 2).tolist(), target_nodeids=[1, 2] * n, target_ids=[0] * (2 * n), target_weights=leaves,
    )
    of("questions", node, 3)
    n += 2
    tensor = lambda name, values, dtype: numpy_helper.from_array(np.array(values, dtype=dtype), name)
    leaves += [0.5, 0.25, 0.125, 0.0625]
    node = helper.make_node(
        "TreeEnsemble", ["X"], ["p"], name="questions", domain="ai.onnx.ml", n_targets=1, aggregate_function=0, post_transform=0,
        tree_roots=list(range(n)), nodes_featureids=[i % 3 for i in range(n)], nodes_splits=tensor("splits", [1.5, 2.0] * (n // 2), np.float32),
        nodes_modes=tensor("modes", [0, 1, 2, 3, 4, 5] * 2 + [6, 6], np.uint8), nodes_truenodeids=[2 * i for i in range(n)],
        nodes_falsenodeids=[2 * i + 1 for i in range(n)], nodes_trueleafs=[1] * n, nodes_falseleafs=[1] * n,
        nodes_missing_value_tracks_true=[*tracks, 0, 1], leaf_targetids=[0] * (2 * n), leaf_weights=tensor("weights", leaves, np.float32),
        membership_values=tensor("sets", [0, 2, NAN, 1.5, NAN], np.float32),
    )
    of("questions-5", node, 5)

    # What does not reduce.
    for name, model in {
        "bagging": BaggingClassifier(DecisionTreeClassifier(max_depth=1), 2, random_state=1),
        "calibrated-mean": CalibratedClassifierCV(LogisticRegression(), method="sigmoid", cv=2),
        "calibrated-isotonic": CalibratedClassifierCV(LogisticRegression(), method="isotonic", ensemble=False, cv=2),
        "network": MLPClassifier((2,), max_iter=20, random_state=1),
        "indicator": make_pipeline(SimpleImputer(add_indicator=True), LogisticRegression()),
    }.items():
        model.fit(*((x, y) if name == "indicator" else plain_data))
        content = to_onnx(model, np.array(full[:1], dtype=np.float32), options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3}).SerializeToString()
        (OUT / f"onnx-{name}.onnx").write_bytes(content)


if find_spec("skl2onnx"):
    onnx()
    sys.exit()
for package, make in {"xgboost": xgboost, "lightgbm": lightgbm, "interpret": ebm, "fasterrisk": fasterrisk}.items():
    if find_spec(package):
        make()

"""Makes the model files of tests/files anew, each with rows that the program itself scored.

    python make_files.py FOLDER        with xgboost-cpu 3.2.0, 3.0.5 or 2.1.4, or with lightgbm 4.7.0, interpret-core 0.7.8 or fasterrisk 0.1.10

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
        if version == "3.2":
            save("categories", booster, rows=rows, frame=named, columns=["a", "num", "k"])
    if version != "3.2":
        return
    TYPES = {"feature_types": ["c", "q", "c"], "enable_categorical": True}
    x, _ = drawn(missing=0)
    y = np.isin(x[:, 0], [0, 3]).astype(int) | (x[:, 2] == 1)
    codes = [[0.0, 1.0, 2.0, 3.0, 9.0, 40.0, -1.0], [2.0, 0.0, 1.0], [1.0, 2.0, 3.0, 0.0]]
    save("codes", train(data=xgb.DMatrix(x, y, **TYPES), max_cat_to_onehot=1), rows=grid(codes))
    TYPES = {}
    save("pruned", train(gamma=3.0, tree_method="exact", max_depth=3), "ubj")
    # The default updater is not the same twice.
    parameters = {"objective": "binary:logistic", "booster": "gblinear", "updater": "coord_descent"}
    save("linear", xgb.train(parameters, xgb.DMatrix(*drawn()), 3))
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


for package, make in {"xgboost": xgboost, "lightgbm": lightgbm, "interpret": ebm, "fasterrisk": fasterrisk}.items():
    if find_spec(package):
        make()

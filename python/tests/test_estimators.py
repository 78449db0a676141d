"""Estimators of scikit-learn: fits, predictions, explanations, searches and publishing."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import amparo
from conftest import QUICKSTART

FORM = amparo.Instrument("vpr5.0-h")
FAMILIES = {
    "points": amparo.PointsClassifier(instrument=FORM),
    "logistic": amparo.LogisticClassifier(instrument="vpr5.0-h"),
    "elastic_net": amparo.ElasticNetClassifier(instrument=FORM, lambda_=0.003),
    "tree": amparo.TreeClassifier(instrument=FORM),
    "random_forest": amparo.RandomForestClassifier(instrument=FORM, trees=10, depth=4),
    "boosted": amparo.BoostedClassifier(instrument=FORM, trees=30, depth=3),
    "additive": amparo.AdditiveClassifier(instrument=FORM, rounds=100, pairs=2),
    "hybrid": amparo.HybridClassifier(instrument=FORM, candidate=amparo.BoostedClassifier(trees=30, depth=3)),
}


@pytest.fixture(scope="module")
def rows():
    cohort = pd.read_parquet(QUICKSTART / "cohort.parquet")
    cohort = cohort[cohort["outcome.new_assault"].isin(["event", "no_event"])].iloc[:4000]
    y = (cohort["outcome.new_assault"] == "event").to_numpy()
    return cohort[FORM.indicators].astype(str), y, cohort["case"].to_numpy()


@pytest.fixture(params=FAMILIES)
def estimator(request):
    return clone(FAMILIES[request.param])


def test_probabilities_rank_rows_and_keep_the_share_of_events(estimator, rows):
    X, y, cases = rows
    estimator.fit(X, y, cases=cases)
    p = estimator.predict_proba(X)
    assert p.shape == (len(y), 2) and np.abs(p.sum(axis=1) - 1).max() <= 1e-15
    # Rows of the fit: half of what a coin would be off by.
    assert roc_auc_score(y, p[:, 1]) > 0.65
    assert abs(p[:, 1].mean() - y.mean()) <= 0.01
    assert abs((p[:, 1] * 1.2).mean() - y.mean()) > 0.01, "a wrong answer fails"
    logit = np.log(p[:, 1] / p[:, 0])
    assert np.abs(estimator.decision_function(X) - logit).max() <= 1e-12
    assert (estimator.predict(X) == (p[:, 1] > 0.5)).all()


def test_values_and_base_add_up_to_the_score(estimator, rows):
    X, y, _ = rows
    estimator.fit(X, y)
    explained = estimator.explain(X.iloc[:200])
    assert np.abs(explained.values.sum(axis=1) + explained.base_values - estimator.log_odds(X.iloc[:200])).max() <= 1e-9
    assert explained.feature_names == FORM.indicators


def test_a_pickle_predicts_the_same_and_holds_no_rows(estimator, rows):
    X, y, _ = rows
    estimator.fit(X, y)
    again = pickle.loads(pickle.dumps(estimator))
    assert (again.predict_proba(X) == estimator.predict_proba(X)).all()
    assert again.instrument_ == FORM
    with pytest.raises(amparo.AmparoError, match="does not hold the rows of its fit"):
        again.publish(None, "vpr", protocol="es-2025", title="none")


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(rows):
    X, y, _ = rows
    boosted = clone(FAMILIES["boosted"])
    p = boosted.fit(X, y).predict_proba(X)
    assert (clone(boosted).fit(X, y).predict_proba(X) == p).all()
    assert (clone(boosted).set_params(random_state=2).fit(X, y).predict_proba(X) != p).any()


def test_a_published_fit_is_the_version_that_scores_the_same(rows, tmp_path):
    X, y, cases = rows
    hybrid = clone(FAMILIES["hybrid"]).set_params(dial=0.25).fit(X, y, cases=cases)
    registry = amparo.Registry.create(tmp_path / "registry")
    invented = {"generator": "amparo synthetic", "seed": 1, "statement": "These cases are invented."}
    protocol = registry_protocol()
    version = hybrid.publish(registry, "vpr", protocol=protocol, title="4,000 rows", synthetic=invented, folds=2)
    assert list(registry) == ["vpr@1", "vpr@2", "vpr@3"]
    assert version.name == "vpr@3 hybrid-boosted-0.25" and version.digest == registry["vpr@3"].digest
    scored = registry["vpr@3"].score(X)
    assert (scored["probability"].to_numpy() == hybrid.predict_proba(X)[:, 1]).all()
    assert (registry["vpr@1"].score(X)["probability"].to_numpy() != hybrid.predict_proba(X)[:, 1]).any()
    training = version.manifest["training"]
    assert training["cohort_title"] == "4,000 rows" and training["synthetic"] == "These cases are invented."
    assert 0.5 < training["metrics"]["cross-fitted"]["auc"] < 0.9


def registry_protocol():
    """The built-in protocol of the quickstart."""
    import tomllib

    config = amparo.Registry(QUICKSTART / "registry")["vpr@1"].config()
    return tomllib.loads(config)["protocol"]


def test_a_stacked_dial_has_the_least_loss_of_all_that_were_compared(rows):
    X, y, _ = rows
    hybrid = clone(FAMILIES["hybrid"]).set_params(dial="stacked").fit(X, y)
    stacking = hybrid._version.manifest["training"]["stacking"]
    losses = {one["dial"]: one["log_loss"] for one in stacking["compared"]}
    assert stacking["log_loss"] <= min(losses.values()) and len(losses) >= 10 and 0 < hybrid.dial_ < 1
    assert [one["dial"] for one in hybrid.losses_][:2] == [0.0, 0.1]
    ends = clone(hybrid).set_params(dial=0).fit(X, y), clone(hybrid).set_params(dial=1.0).fit(X, y)
    assert [one.dial_ for one in ends] == [0.0, 1.0]
    points = clone(FAMILIES["points"]).fit(X, y)
    assert (ends[0].predict_proba(X) == points.predict_proba(X)).all()


def test_searches_pipelines_and_processes_work(rows):
    X, y, _ = rows
    hybrid = clone(FAMILIES["hybrid"])
    grid = {"hybridclassifier__dial": [0.25, 0.75], "hybridclassifier__candidate__depth": np.array([2, 3])}
    piped = make_pipeline(FunctionTransformer(lambda frame: frame[FORM.indicators]), hybrid)
    search = GridSearchCV(piped, grid, cv=2, scoring="neg_log_loss").fit(X.iloc[:1500], y[:1500])
    assert len(search.cv_results_["params"]) == 4 and len(set(search.cv_results_["mean_test_score"])) == 4
    one, two = (cross_val_score(FAMILIES["points"], X, y, cv=3, scoring="roc_auc", n_jobs=n) for n in (1, 2))
    assert np.abs(one - two).max() <= 0


def test_weights_are_weights(rows):
    X, y, _ = rows
    weights = np.where(np.arange(len(y)) < 1000, 0.0, 1.0)
    zero = clone(FAMILIES["logistic"]).fit(X, y, sample_weight=weights).predict_proba(X)
    left_out = clone(FAMILIES["logistic"]).fit(X.iloc[1000:], y[1000:]).predict_proba(X)
    assert (zero == left_out).all()
    assert (clone(FAMILIES["logistic"]).fit(X, y).predict_proba(X) != zero).any()
    with pytest.raises(amparo.InputError, match="row 3, column `sample_weight`: found -1.0, expected 0 or more"):
        clone(FAMILIES["points"]).fit(X, y, sample_weight=np.where(np.arange(len(y)) == 3, -1.0, 1.0))


def test_every_kind_of_table_gives_the_same_fit(rows):
    X, y, cases = rows
    p = clone(FAMILIES["points"]).fit(X, y).predict_proba(X)
    arrow = pa.Table.from_pandas(X, preserve_index=False)
    for table in (pl.from_arrow(arrow), arrow, X.astype("category"), X.set_axis(np.zeros(len(X), dtype=int))):
        fitted = clone(FAMILIES["points"]).fit(table, y)
        assert (fitted.predict_proba(table) == p).all() and list(fitted.feature_names_in_) == FORM.indicators
        assert (fitted.predict_proba(X.iloc[:50]) == p[:50]).all()
    weights = np.where(np.arange(len(y)) < 1000, 0.0, 1.0)
    zero = [clone(FAMILIES["points"]).fit(table, y, sample_weight=weights).predict_proba(X) for table in (X, pl.from_arrow(arrow), arrow)]
    assert (zero[0] == zero[1]).all() and (zero[0] == zero[2]).all() and (zero[0] != p).any()
    search = GridSearchCV(FAMILIES["points"], {"unit": [0.1, 0.5]}, cv=GroupKFold(3)).fit(X, y, groups=cases, cases=cases)
    assert search.best_params_["unit"] in (0.1, 0.5)


def test_a_missing_case_is_no_case(rows):
    X, y, cases = rows
    gone = np.where(np.arange(len(y)) % 1000 == 7, None, cases)
    weights = np.where(np.arange(len(y)) == 3, -1.0, 1.0)
    with pytest.raises(amparo.InputError) as error:
        clone(FAMILIES["points"]).fit(X, y, sample_weight=weights, cases=gone)
    told = [(one.row, one.column) for one in error.value.problems]
    assert sorted(told) == [(3, "sample_weight"), *((row, "cases") for row in (7, 1007, 2007, 3007))]


def test_labels_may_be_any_two(rows):
    X, y, _ = rows
    labels = np.where(y, "yes", "no")
    points = clone(FAMILIES["points"]).fit(X, labels)
    assert list(points.classes_) == ["no", "yes"] and set(points.predict(X)) <= {"no", "yes"}
    assert (points.predict_proba(X) == clone(FAMILIES["points"]).fit(X, y).predict_proba(X)).all()
    for wrong, said in [(np.where(np.arange(len(y)) < 9, "maybe", labels), "3 classes"), (np.zeros(len(y)), "one class")]:
        with pytest.raises(ValueError, match=said):
            clone(FAMILIES["points"]).fit(X, wrong)


def test_codes_in_an_array_are_the_same_answers(rows):
    X, y, _ = rows
    codes = np.column_stack([[FORM.answers(name).index(answer) for answer in X[name]] for name in X.columns])
    points = clone(FAMILIES["points"]).fit(codes, y)
    assert (points.predict_proba(codes) == clone(FAMILIES["points"]).fit(X, y).predict_proba(X)).all()
    with pytest.raises(amparo.InputError, match="an array with 36 columns, expected 37"):
        clone(FAMILIES["points"]).fit(codes[:, 1:], y)
    codes[5, 2] = 99
    with pytest.raises(amparo.InputError, match="row 5, column `I03`: found 99"):
        points.predict_proba(codes)


def test_a_column_that_tells_the_outcome_is_warned_of_and_not_published(rows, tmp_path):
    X, y, _ = rows
    leaky = X.copy()
    present = FORM.answers("I02")
    leaky["I02"] = np.where(y, present[1], present[0])
    leaky.loc[leaky.index[::17], "I02"] = present[0]
    with pytest.warns(amparo.LeakWarning, match="`I02` seems to tell the outcome"):
        fitted = clone(FAMILIES["logistic"]).fit(leaky, y)
    registry = amparo.Registry.create(tmp_path / "registry")
    with pytest.raises(amparo.AmparoError, match="I02"):
        fitted.publish(registry, "vpr", protocol=registry_protocol(), title="leaky", folds=2)
    assert list(registry) == []


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"dial": 1.5}, "dial is 1.5, expected a number from 0 to 1"),
        ({"candidate": amparo.PointsClassifier()}, "candidate is a PointsClassifier"),
        ({"candidate": amparo.BoostedClassifier(calibration="beta")}, "candidate states calibration"),
        ({"missing": "nothing"}, "missing is 'nothing'"),
        ({"random_state": None}, "random_state is None"),
        ({"dial": 0, "never_below_baseline": {"es": "no", "en": "no"}}, "never_below_baseline is stated at dial 0"),
    ],
)
def test_parameters_that_are_none_are_refused(rows, params, said):
    X, y, _ = rows
    with pytest.raises(ValueError, match=said):
        clone(FAMILIES["hybrid"]).set_params(**params).fit(X, y)


def test_a_family_names_all_that_is_out_of_range(rows):
    X, y, _ = rows
    with pytest.raises(amparo.AmparoError) as error:
        amparo.BoostedClassifier(instrument=FORM, trees=0, depth=99).fit(X, y)
    assert "`trees` is 0" in str(error.value) and "`depth` is 99" in str(error.value)


def test_a_calibrated_classifier_is_that_of_scikit_learn(rows):
    X, y, _ = rows
    dummies = pd.get_dummies(X).to_numpy(dtype=float)
    base = LogisticRegression(C=0.1, max_iter=500)
    theirs = CalibratedClassifierCV(base, method="sigmoid", cv=5, ensemble=False).fit(dummies, y).predict_proba(dummies)
    ours = amparo.CalibratedClassifier(base, method="platt_smoothed", cv=5).fit(dummies, y)
    assert np.abs(ours.predict_proba(dummies) - theirs).max() <= 1e-4
    plain = base.fit(dummies, y).predict_proba(dummies)
    assert np.abs(plain - theirs).max() > 1e-3, "a wrong answer fails"
    low, high = ours.interval(dummies)
    p = ours.predict_proba(dummies)[:, 1]
    assert (low <= p).all() and (p <= high).all() and (low < high).any()
    assert (pickle.loads(pickle.dumps(ours)).predict_proba(dummies)[:, 1] == p).all()


@pytest.mark.parametrize("method", ["platt", "platt_smoothed", "beta", "isotonic", "venn_abers"])
def test_calibrators_lower_the_loss_of_scores_that_are_too_sure(rows, method):
    X, y, _ = rows
    scores = cross_val_predict(FAMILIES["logistic"], X, y, cv=3, method="decision_function") * 3
    half = len(y) // 2
    curve = amparo.Calibrator(method).fit(scores[:half], y[:half])
    p = np.clip(curve.predict(scores[half:]), 1e-6, 1 - 1e-6)
    raw = 1 / (1 + np.exp(-scores[half:]))
    assert log_loss(y[half:], p) < log_loss(y[half:], raw) - 0.01
    with pytest.raises(amparo.AmparoError, match="`method` is `plat`"):
        amparo.Calibrator("plat").fit(scores, y)


def test_a_form_is_drafted_from_the_columns_if_none_is_stated():
    rng = np.random.default_rng(3)
    n = 800
    table = pd.DataFrame({
        "harm": rng.choice(["none", "minor", "severe"], n, p=[0.6, 0.3, 0.1]),
        "weapon": rng.random(n) < 0.2,
        "priors": rng.poisson(2, n),
        "district": pd.Categorical(rng.choice(["north", "south"], n)),
    })
    risk = (table["harm"] == "severe") * 1.5 + table["weapon"] * 1.0 + table["priors"] * 0.3 - 2.0
    y = rng.random(n) < 1 / (1 + np.exp(-risk))
    model = amparo.LogisticClassifier().fit(table, y)
    p = model.predict_proba(table)[:, 1]
    assert roc_auc_score(y, p) > 0.65
    assert model.instrument_.answers("harm")[-1] == "unknown" and set(model.instrument_.indicators) == set(table.columns)
    assert (pickle.loads(pickle.dumps(model)).predict_proba(table)[:, 1] == p).all()
    # The same form, stated: the draft of the whole table reads the raw columns, and others may stand beside them.
    whole = table.assign(event=np.where(y, "yes", "no"))
    draft = amparo.Instrument.from_frame(whole, outcome="event", ordered={"harm": ["none", "minor", "severe"], "priors": "rising"})
    stated = clone(amparo.LogisticClassifier(instrument=draft)).fit(whole, draft.events(whole))
    explained = stated.explain(whole.iloc[:5])
    assert stated.instrument_ == draft and explained.feature_names == draft.indicators
    severe, none = (stated.log_odds(whole.iloc[:1].assign(harm=harm))[0] for harm in ("severe", "none"))
    assert severe > none, "the stated direction is kept"
    unseen = table.iloc[:4].assign(harm=["none", "minor", "grave", "severe"])
    with pytest.raises(amparo.InputError, match="row 2, column `harm`: found `grave`"):
        model.predict_proba(unseen)
    missing = table.iloc[:4].assign(harm=["none", None, "minor", "severe"])
    with pytest.raises(amparo.InputError, match="row 1, column `harm`: found a missing value"):
        model.predict_proba(missing)
    known = clone(model).set_params(missing="unknown").fit(table, y)
    assert np.isfinite(known.predict_proba(missing)).all()

"""What scikit-learn itself checks of estimators.

Its checks fit 10 to 300 rows of noise or of clouds that a line separates. So everything that Amparo does for rare answers and for probabilities is turned off
here (`least_rows=1`, `calibration=None`): an answer of fewer than 10 rows counts as the average of the others, and a calibrator refuses scores that do not rise with
the outcome on rows that they were not fitted on, both of which the checks would call a fault. What is left is checked as it is.
"""

import warnings

import pytest
from sklearn.utils.estimator_checks import check_estimator

import amparo

BARE = {"least_rows": 1, "calibration": None}
POINTS = amparo.PointsClassifier(smoothed=True)
ESTIMATORS = {
    "points": amparo.PointsClassifier(smoothed=True, **BARE),
    "logistic": amparo.LogisticClassifier(**BARE),
    "elastic_net": amparo.ElasticNetClassifier(lambda_=0.003, **BARE),
    "tree": amparo.TreeClassifier(**BARE),
    "random_forest": amparo.RandomForestClassifier(trees=10, **BARE),
    "boosted": amparo.BoostedClassifier(trees=20, **BARE),
    "additive": amparo.AdditiveClassifier(rounds=100, **BARE),
    "hybrid": amparo.HybridClassifier(baseline=POINTS, candidate=amparo.LogisticClassifier(), **BARE),
}

WEIGHTS = {
    "check_sample_weight_equivalence_on_dense_data": "weights are those of a sample and are brought to mean 1: a row of weight 2 is not two rows. "
    "Half a case of smoothing, a penalty and a fold then weigh otherwise, and the bins of a drafted form are quantiles of rows."
}
# A tree and an additive model come out the same with this seed and these parameters.
EXPECTED = {name: {} if name in ("tree", "additive") else WEIGHTS for name in ESTIMATORS}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_scikit_learn_finds_nothing(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", amparo.LeakWarning)
        found = check_estimator(ESTIMATORS[name], expected_failed_checks=EXPECTED[name], on_fail=None, on_skip=None)
    failed = [(one["check_name"], str(one["exception"])[:300]) for one in found if one["status"] == "failed"]
    assert failed == [] and len(found) > 55
    # The array API needs another library of arrays.
    assert [one["check_name"] for one in found if one["status"] == "skipped"] == ["check_array_api_input"]
    assert {one["check_name"] for one in found if one["status"] == "xfail"} == set(EXPECTED[name])

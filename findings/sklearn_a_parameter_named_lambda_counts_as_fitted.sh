#!/usr/bin/env bash
# scikit-learn 1.9.1. Whether an estimator is fitted is told by the names of its attributes: any that ends with an underscore counts, and a parameter of
# the constructor is such an attribute too. An estimator that calls its penalty `lambda_`, as `lambda` is a word of Python and the penalty of an elastic net
# is called so everywhere, therefore passes check_is_fitted before any fit. FrozenEstimator, which refuses an estimator that is not fitted, takes it and
# says that it is fitted; the error comes later, from inside `predict`. The same estimator with a parameter `penalty` is refused at once. An estimator has to
# define __sklearn_is_fitted__ itself.
# It matters to whoever wraps a model that was fitted elsewhere, freezes it and calibrates it: the guard against an empty model is off.
#
# Output seen:
#   scikit-learn 1.9.1
#   penalty: check_is_fitted refuses it, FrozenEstimator.fit refuses it
#   lambda_: check_is_fitted passes, FrozenEstimator.fit passes
#   lambda_ with __sklearn_is_fitted__: check_is_fitted refuses it, FrozenEstimator.fit refuses it
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check scikit-learn==1.9.1
"$folder/python/bin/python" - <<'PYTHON'
import sys

import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted


class Penalty(ClassifierMixin, BaseEstimator):
    def __init__(self, penalty=1.0):
        self.penalty = penalty

    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        return self


class Lambda(ClassifierMixin, BaseEstimator):
    def __init__(self, lambda_=1.0):
        self.lambda_ = lambda_

    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        return self


class Stated(Lambda):
    def __sklearn_is_fitted__(self):
        return hasattr(self, "classes_")


def passes(call):
    try:
        call()
    except NotFittedError:
        return False
    return True


print(f"scikit-learn {sklearn.__version__}")
found = {}
for name, estimator in {"penalty": Penalty(), "lambda_": Lambda(), "lambda_ with __sklearn_is_fitted__": Stated()}.items():
    found[name] = [passes(lambda: check_is_fitted(estimator)), passes(lambda: FrozenEstimator(estimator).fit([[0]], [0]))]
    words = ["passes" if one else "refuses it" for one in found[name]]
    print(f"{name}: check_is_fitted {words[0]}, FrozenEstimator.fit {words[1]}")
if list(found.values()) != [[False, False], [True, True], [False, False]]:
    sys.exit("what counts as fitted has changed")
PYTHON

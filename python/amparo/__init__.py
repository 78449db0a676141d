"""Hybrid risk assessment for protection decisions, from Python.

>>> import amparo
>>> registry = amparo.Registry("amparo-quickstart/registry")
>>> version = registry["vpr@champion"]
>>> version.score(frame)          # one row a form: log-odds, probability and its interval, level
>>> version.explain(frame)        # exact Shapley values as a shap.Explanation
"""

from typing import TYPE_CHECKING, Any

from amparo import distributed
from amparo._draft import Draft
from amparo._evaluate import evaluate
from amparo._explained import Explained
from amparo._gate import Verdict, gate
from amparo._instrument import Instrument
from amparo._partial import Partial, evaluate_partials, merge
from amparo._registry import Registry
from amparo._report import Report
from amparo._version import Version
from amparo.errors import AmparoError, InputError, Problem

if TYPE_CHECKING:
    from amparo.estimators import (
        AdditiveClassifier,
        BoostedClassifier,
        CalibratedClassifier,
        Calibrator,
        ElasticNetClassifier,
        HybridClassifier,
        LeakWarning,
        LogisticClassifier,
        PointsClassifier,
        RandomForestClassifier,
        TreeClassifier,
    )

_ESTIMATORS = (
    "AdditiveClassifier",
    "BoostedClassifier",
    "CalibratedClassifier",
    "Calibrator",
    "ElasticNetClassifier",
    "HybridClassifier",
    "LeakWarning",
    "LogisticClassifier",
    "PointsClassifier",
    "RandomForestClassifier",
    "TreeClassifier",
)

__all__ = [
    "AmparoError",
    "Draft",
    "Explained",
    "InputError",
    "Instrument",
    "Partial",
    "Problem",
    "Registry",
    "Report",
    "Verdict",
    "Version",
    "distributed",
    "evaluate",
    "evaluate_partials",
    "gate",
    "merge",
    *_ESTIMATORS,
]


def __getattr__(name: str) -> Any:
    """The estimators, which need scikit-learn: whoever uses none of them need not have it."""
    if name not in _ESTIMATORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from amparo import estimators

    return getattr(estimators, name)

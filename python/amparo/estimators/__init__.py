"""Estimators of scikit-learn: the families of Amparo, their blends and its calibrators, on tables of answers.

They fit with the same code as `amparo train`, and `publish` puts a fit into a registry as a version.
"""

from amparo.estimators._base import LeakWarning
from amparo.estimators._calibrated import CalibratedClassifier, Calibrator
from amparo.estimators._families import (
    AdditiveClassifier,
    BoostedClassifier,
    ElasticNetClassifier,
    LogisticClassifier,
    PointsClassifier,
    RandomForestClassifier,
    TreeClassifier,
)
from amparo.estimators._hybrid import HybridClassifier

__all__ = [
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
]

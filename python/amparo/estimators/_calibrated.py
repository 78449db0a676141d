"""Calibrators, for scores of any model."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.model_selection import check_cv, cross_val_predict
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d

from amparo import _amparo


class Calibrator(BaseEstimator):  # type: ignore[misc]
    """A rising curve from scores to probabilities.

    Parameters
    ----------
    method : str, default "platt"
        `platt`, `platt_smoothed`, `beta`, `isotonic` or `venn_abers`.

    Examples
    --------
    >>> curve = Calibrator("beta").fit(scores_of_rows_that_the_model_did_not_see, y)
    >>> curve.predict(scores)
    """

    def __init__(self, method: str = "platt") -> None:
        self.method = method

    def fit(self, scores: Any, y: Any, sample_weight: Any = None) -> Calibrator:
        """Fits the curve.

        Parameters
        ----------
        scores : array of float, shape (n,)
            Larger for more risk, best in log-odds: `platt` is a line in them. They must come from models that did not see the rows.
        y : array of bool or of 0 and 1, shape (n,)
            Whether the event happened.
        sample_weight : array of float, shape (n,), optional
            Weight of each row, above 0.

        Raises
        ------
        AmparoError
            If events fall as the scores rise, or the method cannot be fitted to these scores.
        """
        found = np.ascontiguousarray(column_or_1d(scores, warn=True), dtype=np.float64)
        events = column_or_1d(y, warn=True)
        if not np.isin(events, [0, 1]).all():
            raise ValueError(f"y holds {sorted(set(events.tolist()))[:5]}, expected 0 and 1, or False and True")
        weights = _check_sample_weight(sample_weight, found.reshape(-1, 1), dtype=np.float64)
        self._curve = _amparo.Calibrator.fit(self.method, found, events.astype(bool), weights)
        self.n_rows_ = len(found)
        return self

    def _calibrated(self, scores: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        check_is_fitted(self, "n_rows_")
        return self._curve.calibrate(np.ascontiguousarray(column_or_1d(scores, warn=True), dtype=np.float64))

    def predict(self, scores: Any) -> np.ndarray:
        """Probabilities of scores, of shape (n,)."""
        return self._calibrated(scores)[0]

    def interval(self, scores: Any) -> tuple[np.ndarray, np.ndarray]:
        """Both ends of the 95 % interval of the curve at each score; of `venn_abers`, both probabilities of each score."""
        _, low, high = self._calibrated(scores)
        return low, high

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        if "_curve" in state:
            state["_curve"] = state["_curve"].json()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "_curve" in state:
            state = {**state, "_curve": _amparo.Calibrator.of_json(state["_curve"])}
        super().__setstate__(state)


class CalibratedClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Any classifier of scikit-learn, calibrated by a `Calibrator` on scores of rows that it did not see.

    What scikit-learn's `CalibratedClassifierCV(ensemble=False)` does, with the calibrators of Amparo and their intervals.

    Parameters
    ----------
    estimator : classifier of two classes
        Its `decision_function`, or else the log-odds of its `predict_proba`, are the scores.
    method : str, default "platt"
        See `Calibrator`.
    cv : int, splitter or iterable, default 5
        How rows are held back from the fits that score them. With several rows a case, take a `GroupKFold` and give `groups` to `fit`.

    Attributes
    ----------
    classes_ : array, shape (2,)
        The classes; the second one is the event.
    estimator_ : classifier
        Fitted to all rows.
    calibrator_ : Calibrator
        Fitted to the cross-fitted scores.
    """

    def __init__(self, estimator: Any, method: str = "platt", cv: Any = 5) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> CalibratedClassifier:
        """Fits the estimator in every fold and on all rows, and the calibrator on the scores of the folds.

        Raises
        ------
        ValueError
            If there are not two classes.
        AmparoError
            If a score is infinite, as the log-odds of a probability of 0 or 1 are, or the calibrator cannot be fitted.
        """
        check_classification_targets(y)
        self.classes_, event = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        if len(self.classes_) != 2:
            raise ValueError(f"Only binary classification is supported. y holds {len(self.classes_)} classes, expected two.")
        method = "decision_function" if hasattr(self.estimator, "decision_function") else "predict_proba"
        params = {} if sample_weight is None else {"sample_weight": sample_weight}
        out = cross_val_predict(
            self.estimator, X, y, groups=groups, cv=check_cv(self.cv, y, classifier=True), method=method, params=params
        )
        self.estimator_ = clone(self.estimator).fit(X, y, **params)
        self.calibrator_ = Calibrator(self.method).fit(_log_odds(out), event, sample_weight)
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimator_, name):
                setattr(self, name, getattr(self.estimator_, name))
        return self

    def _scores(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "calibrator_")
        of = self.estimator_
        return _log_odds(of.decision_function(X) if hasattr(of, "decision_function") else of.predict_proba(X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Calibrated probabilities of both classes, of shape (n, 2)."""
        p = self.calibrator_.predict(self._scores(X))
        return np.column_stack([1.0 - p, p])

    def interval(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Both ends of the interval of each row's probability; see `Calibrator.interval`."""
        return self.calibrator_.interval(self._scores(X))

    def predict(self, X: Any) -> np.ndarray:
        """The likelier class of each row."""
        labels: np.ndarray = self.classes_[(self.calibrator_.predict(self._scores(X)) > 0.5).astype(int)]
        return labels

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def _log_odds(out: np.ndarray) -> np.ndarray:
    """Scores as they are, or the log-odds of the second class."""
    if out.ndim == 1:
        return out
    with np.errstate(divide="ignore"):
        odds: np.ndarray = np.log(out[:, 1]) - np.log1p(-out[:, 1])
    return odds

"""What every estimator shares: how it reads rows, fits, predicts, explains and publishes."""

from __future__ import annotations

import datetime
import json
import numbers
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, assert_all_finite, check_is_fitted, column_or_1d

from amparo import _amparo
from amparo._columns import Columns
from amparo._explained import Explained, explained
from amparo._instrument import Instrument, Lang, means_unknown
from amparo._progress import bar
from amparo._registry import Registry
from amparo._version import Version
from amparo.errors import AmparoError
from amparo.estimators._columns import Reader, as_table, checked, chosen, default_names


class LeakWarning(UserWarning):
    """A column seems to tell the outcome rather than foretell it. A fit with such a column is published only if the reason why it may is stated."""


class Classifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier on tables of answers."""

    _family: ClassVar[str]
    """Name of the family in a config."""
    _parameters: ClassVar[tuple[str, ...]]
    """Names of the constructor's parameters that are those of the family."""

    # What subclasses set in their constructors.
    instrument: Instrument | str | None
    missing: Any
    calibration: Any
    inner_folds: int
    least_rows: int
    not_monotone: Any
    random_state: int

    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, *, cases: Any = None, progress: bool = False
    ) -> Classifier:
        """Fits the model to rows, and its calibrator to scores of rows that their models did not see.

        Parameters
        ----------
        X : table or array, shape (n, k)
            Answers, one row a form. A table of pandas, polars or pyarrow is read by the names of its columns, an array by their places. With
            `instrument`, a column holds answers or their codes, as for `Version.score`; without it, a form is drafted from the columns:
            texts, categories and two-valued numbers are answers, numbers with more values get bins of about as many rows each.
        y : array, shape (n,)
            Two classes. The second one in sorted order is the event.
        sample_weight : array of float, shape (n,), optional
            Weight of each row, 0 or more. A row of weight 0 is left out.
        cases : array, shape (n,), optional
            Case of each row. All rows of a case are on one side of every fold. By default every row is a case of its own.
        progress : bool
            Whether a bar of tqdm is shown.

        Raises
        ------
        InputError
            With everything in the table that is no answer of the form.
        ValueError
            If there are not two classes, or a parameter is no parameter.
        AmparoError
            If the family refuses its parameters, or cannot be fitted to these rows.

        Warns
        -----
        LeakWarning
            For columns that seem to tell the outcome.
        """
        missing_is_unknown = means_unknown(self.missing)
        X, n = checked(self, X, missing_is_unknown, reset=True)
        y = column_or_1d(y, warn=True)
        if len(y) != n:
            raise ValueError(f"Found input variables with inconsistent numbers of samples: [{n}, {len(y)}]")
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        classes, event = np.unique(y, return_inverse=True)
        if len(classes) > 2:
            raise ValueError(
                f"Only binary classification is supported. The type of the target is {type_of_target(y)}: "
                f"y holds {len(classes)} classes, expected two."
            )
        if len(classes) < 2:
            raise ValueError(f"Classifier can't train when only one class is present: y holds {classes[0]!r} only, expected two classes")
        weights = _check_sample_weight(sample_weight, np.empty((n, 1)), dtype=np.float64)
        columns = Columns(n)
        columns.note_rows("sample_weight", np.flatnonzero(weights < 0), lambda row: f"{weights[row]}", "0 or more")
        cases = None if cases is None else [str(case) for case in columns.cases(cases)]
        columns.check()
        kept = np.flatnonzero(weights > 0)
        if len(np.unique(event[kept])) < 2:
            raise ValueError("the rows of a weight above 0 are of one class only, expected two")

        if len(kept) < n:
            # Before anything is drafted: a row of weight 0 is as if it were not there.
            X = X[kept] if isinstance(X, np.ndarray) else chosen(X, kept)
            event, weights = event[kept], weights[kept]
            cases = None if cases is None else [cases[row] for row in kept]
        if self.instrument is None:
            table = as_table(X, default_names(self.n_features_in_))
            reader = Reader.of(None, table)
        else:
            reader = Reader.of(self.instrument, None)
            table = as_table(X, reader.names(self.n_features_in_))
        codes = reader.codes(table, missing_is_unknown)
        config, wanted = self._config()
        with bar(progress, "fitting") as told:
            fitted = _amparo.Fitted.fit(
                json.dumps(config), wanted, reader.form, codes, event.astype(bool), weights, cases, _now(), told
            )
        self.classes_ = classes
        self._reader = reader
        self._fitted = fitted
        self._version = Version(fitted.version)
        self._finish(fitted)
        for column, found in fitted.leaks:
            warnings.warn(f"column `{column}` seems to tell the outcome: {found}", LeakWarning, stacklevel=2)
        return self

    def _finish(self, fitted: _amparo.Fitted) -> None:
        """Sets what a subclass tells of its fit."""

    def _candidate(self, name: str) -> dict[str, Any]:
        """The block of a config."""
        given = {key.rstrip("_"): _plain(getattr(self, key)) for key in self._parameters}
        return {"name": name, "family": self._family, **{key: value for key, value in given.items() if value is not None}}

    def _config(self) -> tuple[dict[str, Any], str]:
        """What is fitted, as the keys of a config, and the name of the candidate that is wanted."""
        return {"candidate": [self._candidate(self._family)], **self._settings()}, self._family

    def _settings(self) -> dict[str, Any]:
        if not isinstance(self.random_state, numbers.Integral) or self.random_state < 0:
            raise ValueError(f"random_state is {self.random_state!r}, expected an integer of 0 or more: the same seed gives the same model")
        settings = {
            "seed": int(self.random_state),
            "inner_folds": _plain(self.inner_folds),
            "least_rows": _plain(self.least_rows),
            "not_monotone": list(self.not_monotone),
        }
        return settings if self.calibration is None else {**settings, "calibration": _plain(self.calibration)}

    def _codes(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        missing_is_unknown = means_unknown(self.missing)
        X, _ = checked(self, X, missing_is_unknown, reset=False)
        return self._reader.codes(as_table(X, self._reader.names(self.n_features_in_)), missing_is_unknown)

    def _probabilities(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        codes = self._codes(X)
        scored = self._version._native.score(codes)
        return scored[0], scored[1]

    def log_odds(self, X: Any) -> np.ndarray:
        """Scores before calibration, of shape (n,)."""
        return self._probabilities(X)[0]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Calibrated probabilities of both classes, of shape (n, 2)."""
        p = self._probabilities(X)[1]
        return np.column_stack([1.0 - p, p])

    def decision_function(self, X: Any) -> np.ndarray:
        """Log-odds of the calibrated probabilities, of shape (n,): above 0 where the event is likelier than not, and infinite where a calibrator gives 0 or 1."""
        p = self._probabilities(X)[1]
        with np.errstate(divide="ignore"):
            logit: np.ndarray = np.log(p) - np.log1p(-p)
        return logit

    def predict(self, X: Any) -> np.ndarray:
        """The likelier class of each row, of shape (n,). It is what scikit-learn expects, and no threshold for protection: levels come from a protocol."""
        p = self._probabilities(X)[1]
        labels: np.ndarray = self.classes_[(p > 0.5).astype(int)]
        return labels

    def explain(self, X: Any, *, margins: bool = False, lang: Lang | None = None, codes: bool = False) -> Any:
        """Exact explanations of the scores before calibration as a `shap.Explanation`, against all rows of the fit; see `Version.explain`."""
        return self.explain_arrays(X, margins=margins).shap(lang=lang, codes=codes)

    def explain_arrays(self, X: Any, *, margins: bool = False) -> Explained:
        """The same as arrays, without shap."""
        codes = self._codes(X)
        return explained(self._version._native, codes, margins)

    @property
    def instrument_(self) -> Instrument:
        """The form that the model reads."""
        check_is_fitted(self)
        return Instrument._of(self._reader.form)

    def publish(
        self,
        registry: Registry,
        name: str,
        *,
        protocol: str | Path,
        title: str,
        accept_leak: Mapping[str, str] | None = None,
        synthetic: Mapping[str, Any] | None = None,
        folds: int = 10,
        repeats: int = 1,
        progress: bool = False,
    ) -> Version:
        """Publishes the fit as a version, with the candidates that it is made of, as `amparo train` does.

        All rows are scored out of fold first, so that the version states how it does on rows that it did not see.

        Parameters
        ----------
        registry : Registry
            Where to; `Registry.create(folder)` makes one.
        name : str
            Name of the model.
        protocol : str or path
            What the probabilities mean: the id of a built-in protocol or the path of its file. Its outcome is what the event of the fit is.
        title : str
            What the rows are called in every result.
        accept_leak : mapping of str to str, optional
            Indicators that seem to tell the outcome and may be asked all the same, each with the reason.
        synthetic : mapping, optional
            If the rows are invented: `generator`, `seed` and the `statement` that stands wherever their results appear.
        folds, repeats : int
            Of the cross-fitting by which the version is judged.
        progress : bool
            Whether a bar of tqdm is shown.

        Raises
        ------
        AmparoError
            If a column seems to tell the outcome and was not accepted, the protocol and the form do not go together, or the estimator came out of a
            pickle, which does not hold the rows of the fit.
        """
        check_is_fitted(self)
        if self._fitted is None:
            raise AmparoError("the estimator came out of a pickle, which does not hold the rows of its fit: fit it again to publish it")
        invented = None if synthetic is None else (str(synthetic["generator"]), int(synthetic["seed"]), str(synthetic["statement"]))
        with bar(progress, "publishing") as told:
            version = self._fitted.publish(
                registry._native, name, str(protocol), title, invented, dict(accept_leak or {}), folds, repeats, _now(), told
            )
        return Version(version)

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        # Rows of people do not travel in a pickle.
        if "_fitted" in state:
            state["_fitted"] = None
        return state

    def __sklearn_is_fitted__(self) -> bool:
        # Not by the names of its attributes: the parameter `lambda_` ends as fitted ones do.
        return hasattr(self, "classes_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = self.missing == "unknown"
        return tags


def _plain(value: Any) -> Any:
    """A parameter as JSON has it: grids of numpy give numbers of numpy."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(one) for one in value]
    return value


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

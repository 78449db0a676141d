"""The families, each as an estimator. `docs/families.md` tells what each of them is, with formulas and references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from amparo._instrument import Instrument
from amparo.estimators._base import Classifier


class PointsClassifier(Classifier):
    """Whole points an answer, from shrunken odds ratios: a sum that an officer can check by hand.

    Parameters
    ----------
    unit : float, default 0.1
        Log-odds ratio that is worth one point.
    smoothed : bool, default False
        Whether offset and scale are fitted to Platt's smoothed targets, which give a scale also where the sum separates few events from the rest.
    instrument, missing, calibration, inner_folds, least_rows, not_monotone, random_state
        See `HybridClassifier`, whose parameters of these names are the same.
    """

    _family = "points"
    _parameters = ("unit", "smoothed",)

    def __init__(
        self,
        *,
        unit: float = 0.1,
        smoothed: bool = False,
        instrument: Instrument | str | None = None,
        missing: str = "error",
        calibration: str | list[str] | None = "platt",
        inner_folds: int = 5,
        least_rows: int = 10,
        not_monotone: Sequence[str] = (),
        random_state: int = 1,
    ) -> None:
        self.unit = unit
        self.smoothed = smoothed
        self.instrument = instrument
        self.missing = missing
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.least_rows = least_rows
        self.not_monotone = not_monotone
        self.random_state = random_state


class LogisticClassifier(Classifier):
    """One number an answer, of least loss with a ridge penalty, in the declared directions.

    Parameters
    ----------
    l2 : float, default 1.0
        Ridge penalty, against a total weight of one per row.
    instrument, missing, calibration, inner_folds, least_rows, not_monotone, random_state
        See `HybridClassifier`, whose parameters of these names are the same.
    """

    _family = "logistic"
    _parameters = ("l2",)

    def __init__(
        self,
        *,
        l2: float = 1.0,
        instrument: Instrument | str | None = None,
        missing: str = "error",
        calibration: str | list[str] | None = "platt",
        inner_folds: int = 5,
        least_rows: int = 10,
        not_monotone: Sequence[str] = (),
        random_state: int = 1,
    ) -> None:
        self.l2 = l2
        self.instrument = instrument
        self.missing = missing
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.least_rows = least_rows
        self.not_monotone = not_monotone
        self.random_state = random_state


class ElasticNetClassifier(Classifier):
    """One number an answer, of least loss with a penalty that makes many of them 0.

    Parameters
    ----------
    l1_ratio : float, default 0.5
        Share of the penalty that is on absolute weights.
    lambda_ : float | Mapping[str, Any] | None, default None
        The penalty, against a mean loss a row, or how it is chosen: `folds`, `n_lambdas`, `min_ratio` and `rule`, which is `one_standard_error` or `least_loss`. By default
        10 folds, 100 penalties down to 1e-4 of the largest, and one standard error.
    instrument, missing, calibration, inner_folds, least_rows, not_monotone, random_state
        See `HybridClassifier`, whose parameters of these names are the same.
    """

    _family = "elastic_net"
    _parameters = ("l1_ratio", "lambda_",)

    def __init__(
        self,
        *,
        l1_ratio: float = 0.5,
        lambda_: float | Mapping[str, Any] | None = None,
        instrument: Instrument | str | None = None,
        missing: str = "error",
        calibration: str | list[str] | None = "platt",
        inner_folds: int = 5,
        least_rows: int = 10,
        not_monotone: Sequence[str] = (),
        random_state: int = 1,
    ) -> None:
        self.l1_ratio = l1_ratio
        self.lambda_ = lambda_
        self.instrument = instrument
        self.missing = missing
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.least_rows = least_rows
        self.not_monotone = not_monotone
        self.random_state = random_state

    def _candidate(self, name: str) -> dict[str, Any]:
        block = super()._candidate(name)
        block.setdefault("lambda", {"folds": 10, "n_lambdas": 100, "min_ratio": 0.0001, "rule": "one_standard_error"})
        return block


class TreeClassifier(Classifier):
    """One tree of questions.

    Parameters
    ----------
    depth : int, default 4
        Most questions on a path.
    min_rows : float, default 50.0
        Least weight of the rows in a leaf.
    smoothing : float, default 10.0
        Rows of the average share that each leaf is mixed with.
    interactions : Sequence[Sequence[str]] | None, default None
        Sets of indicators that may be asked on one path.
    instrument, missing, calibration, inner_folds, least_rows, not_monotone, random_state
        See `HybridClassifier`, whose parameters of these names are the same.
    """

    _family = "tree"
    _parameters = ("depth", "min_rows", "smoothing", "interactions",)

    def __init__(
        self,
        *,
        depth: int = 4,
        min_rows: float = 50.0,
        smoothing: float = 10.0,
        interactions: Sequence[Sequence[str]] | None = None,
        instrument: Instrument | str | None = None,
        missing: str = "error",
        calibration: str | list[str] | None = "platt",
        inner_folds: int = 5,
        least_rows: int = 10,
        not_monotone: Sequence[str] = (),
        random_state: int = 1,
    ) -> None:
        self.depth = depth
        self.min_rows = min_rows
        self.smoothing = smoothing
        self.interactions = interactions
        self.instrument = instrument
        self.missing = missing
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.least_rows = least_rows
        self.not_monotone = not_monotone
        self.random_state = random_state


class RandomForestClassifier(Classifier):
    """Trees of questions, each grown from other cases, whose mean counts.

    Parameters
    ----------
    trees : int, default 200
        Number of trees.
    depth : int, default 6
        Most questions on a path.
    min_rows : float, default 20.0
        Least weight of the rows in a leaf.
    rows : float, default 1.0
        Times that each case is drawn for a tree, on average, above 0 and at most 1.
    indicators : float, default 0.3
        Share of the indicators that is drawn for each question.
    interactions : Sequence[Sequence[str]] | None, default None
        Sets of indicators that may be asked on one path.
    instrument, missing, calibration, inner_folds, least_rows, not_monotone, random_state
        See `HybridClassifier`, whose parameters of these names are the same.
    """

    _family = "random_forest"
    _parameters = ("trees", "depth", "min_rows", "rows", "indicators", "interactions",)

    def __init__(
        self,
        *,
        trees: int = 200,
        depth: int = 6,
        min_rows: float = 20.0,
        rows: float = 1.0,
        indicators: float = 0.3,
        interactions: Sequence[Sequence[str]] | None = None,
        instrument: Instrument | str | None = None,
        missing: str = "error",
        calibration: str | list[str] | None = "platt",
        inner_folds: int = 5,
        least_rows: int = 10,
        not_monotone: Sequence[str] = (),
        random_state: int = 1,
    ) -> None:
        self.trees = trees
        self.depth = depth
        self.min_rows = min_rows
        self.rows = rows
        self.indicators = indicators
        self.interactions = interactions
        self.instrument = instrument
        self.missing = missing
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.least_rows = least_rows
        self.not_monotone = not_monotone
        self.random_state = random_state


class BoostedClassifier(Classifier):
    """Boosted trees of questions.

    Parameters
    ----------
    trees : int, default 300
        Number of trees; with early stopping, at most.
    depth : int, default 4
        Most questions on a path.
    learning_rate : float, default 0.05
        Share of each tree that is kept.
    l2 : float, default 5.0
        Ridge penalty on leaves.
    min_child_weight : float, default 3.0
        Least sum of p (1 - p) in a leaf, for weights of mean 1.
    rows : float, default 0.8
        Probability with which each row is drawn for a tree.
    indicators : float, default 0.8
        Share of indicators that is drawn for each tree.
    interactions : Sequence[Sequence[str]] | None, default None
        Sets of indicators that may be asked on one path.
    early_stopping : Mapping[str, Any] | None, default None
        How the number of trees is chosen: `held_out`, the share of cases that is set aside, and `patience`, the rounds without a lower loss after which it ends.
    instrument, missing, calibration, inner_folds, least_rows, not_monotone, random_state
        See `HybridClassifier`, whose parameters of these names are the same.
    """

    _family = "boosted"
    _parameters = ("trees", "depth", "learning_rate", "l2", "min_child_weight", "rows", "indicators", "interactions", "early_stopping",)

    def __init__(
        self,
        *,
        trees: int = 300,
        depth: int = 4,
        learning_rate: float = 0.05,
        l2: float = 5.0,
        min_child_weight: float = 3.0,
        rows: float = 0.8,
        indicators: float = 0.8,
        interactions: Sequence[Sequence[str]] | None = None,
        early_stopping: Mapping[str, Any] | None = None,
        instrument: Instrument | str | None = None,
        missing: str = "error",
        calibration: str | list[str] | None = "platt",
        inner_folds: int = 5,
        least_rows: int = 10,
        not_monotone: Sequence[str] = (),
        random_state: int = 1,
    ) -> None:
        self.trees = trees
        self.depth = depth
        self.learning_rate = learning_rate
        self.l2 = l2
        self.min_child_weight = min_child_weight
        self.rows = rows
        self.indicators = indicators
        self.interactions = interactions
        self.early_stopping = early_stopping
        self.instrument = instrument
        self.missing = missing
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.least_rows = least_rows
        self.not_monotone = not_monotone
        self.random_state = random_state


class AdditiveClassifier(Classifier):
    """One number an answer, and for chosen pairs one for each two answers, boosted in small steps.

    Parameters
    ----------
    rounds : int, default 2000
        Times that every table takes a step; with early stopping, at most.
    learning_rate : float, default 0.02
        Share of each Newton step that is taken.
    l2 : float, default 5.0
        Ridge penalty on the numbers in tables.
    min_weight : float, default 3.0
        Least sum of p (1 - p) over the rows with an answer for it to take a step.
    pairs : int, default 10
        Pairs of indicators that get a table, 0 to 100.
    algorithm : str, default "fast"
        `fast`, or `exact`, which goes through all rows for each step.
    interactions : Sequence[Sequence[str]] | None, default None
        Sets of indicators that may be a pair.
    early_stopping : Mapping[str, Any] | None, default None
        How the number of rounds is chosen: `held_out` and `patience`, as for `BoostedClassifier`. By default all rounds are made.
    instrument, missing, calibration, inner_folds, least_rows, not_monotone, random_state
        See `HybridClassifier`, whose parameters of these names are the same.
    """

    _family = "additive"
    _parameters = ("rounds", "learning_rate", "l2", "min_weight", "pairs", "algorithm", "interactions", "early_stopping",)

    def __init__(
        self,
        *,
        rounds: int = 2000,
        learning_rate: float = 0.02,
        l2: float = 5.0,
        min_weight: float = 3.0,
        pairs: int = 10,
        algorithm: str = "fast",
        interactions: Sequence[Sequence[str]] | None = None,
        early_stopping: Mapping[str, Any] | None = None,
        instrument: Instrument | str | None = None,
        missing: str = "error",
        calibration: str | list[str] | None = "platt",
        inner_folds: int = 5,
        least_rows: int = 10,
        not_monotone: Sequence[str] = (),
        random_state: int = 1,
    ) -> None:
        self.rounds = rounds
        self.learning_rate = learning_rate
        self.l2 = l2
        self.min_weight = min_weight
        self.pairs = pairs
        self.algorithm = algorithm
        self.interactions = interactions
        self.early_stopping = early_stopping
        self.instrument = instrument
        self.missing = missing
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.least_rows = least_rows
        self.not_monotone = not_monotone
        self.random_state = random_state

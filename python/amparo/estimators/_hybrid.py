"""Blends of a baseline and a candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from amparo import _amparo
from amparo._instrument import Instrument
from amparo.estimators._base import Classifier, _plain
from amparo.estimators._families import BoostedClassifier, PointsClassifier

_STACKED = "stacked"
# What is set on the hybrid, for all that it blends.
_OF_HYBRID = ("instrument", "missing", "calibration", "inner_folds", "least_rows", "random_state")


class HybridClassifier(Classifier):
    """A blend of a statistical baseline and another candidate, in log-odds: `(1 - dial) x baseline + dial x candidate`, calibrated as a whole.

    Parameters
    ----------
    dial : float or "stacked", default 0.5
        0 is the baseline, 1 the candidate. With `stacked` the dial of the least log loss on cross-fitted scores is taken.
    baseline : PointsClassifier, optional
        The baseline, by default `PointsClassifier()`. A version keeps it as points, so it can be of no other family.
    candidate : estimator, optional
        The candidate, of any other family; by default `BoostedClassifier()`.
    never_below_baseline : mapping of str to str, optional
        If the level of a published version may not be below that of the baseline alone: the reason, as `es` and `en`.
    instrument : amparo.Instrument, str or None
        The form that the columns answer, or its name; a draft reads the table that it was drafted from. Without it a form is drafted from
        the columns at each fit, in which every column is a question and no direction is declared.
    missing : {"error", "unknown"}
        What a missing value means. By default it is an error.
    calibration : str, list of str or None, default "platt"
        Method of calibration (`platt`, `platt_smoothed`, `beta`, `isotonic`, `venn_abers`), `best`, or a list from which the one of least cross-fitted log loss is
        taken. With None nothing is cross-fitted, which is `inner_folds` times as fast: probabilities are the logistic function of the score, and the fit cannot be
        published.
    inner_folds : int
        Folds of the cross-fitting that gives the calibrator, and the dial, scores of rows that their models did not see.
    least_rows : int
        Rows that must have an answer for it to count as learned; with fewer it gets the average effect of the learned answers to the same question.
    not_monotone : sequence of str
        Indicators whose declared direction need not be kept.
    random_state : int
        Seed of every random choice. The same seed gives the same model, to the last bit.

    Attributes
    ----------
    dial_ : float
        The dial that was taken.
    losses_ : list of dict
        `dial`, `log_loss` and `brier` over dials from 0 to 1, of cross-fitted scores before calibration; none at dial 0 or 1.
    """

    _family = "hybrid"
    _parameters = ()

    def __init__(
        self,
        *,
        dial: float | str = 0.5,
        baseline: PointsClassifier | None = None,
        candidate: Classifier | None = None,
        never_below_baseline: Mapping[str, str] | None = None,
        instrument: Instrument | str | None = None,
        missing: str = "error",
        calibration: str | list[str] | None = "platt",
        inner_folds: int = 5,
        least_rows: int = 10,
        not_monotone: Sequence[str] = (),
        random_state: int = 1,
    ) -> None:
        self.dial = dial
        self.baseline = baseline
        self.candidate = candidate
        self.never_below_baseline = never_below_baseline
        self.instrument = instrument
        self.missing = missing
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.least_rows = least_rows
        self.not_monotone = not_monotone
        self.random_state = random_state

    def _config(self) -> tuple[dict[str, Any], str]:
        baseline = PointsClassifier() if self.baseline is None else self.baseline
        candidate = BoostedClassifier() if self.candidate is None else self.candidate
        if not isinstance(baseline, PointsClassifier):
            raise ValueError(f"baseline is a {type(baseline).__name__}, expected a PointsClassifier: a version keeps a baseline as points")
        if not isinstance(candidate, Classifier) or isinstance(candidate, (PointsClassifier, HybridClassifier)):
            raise ValueError(f"candidate is a {type(candidate).__name__}, expected an estimator of Amparo that is neither points nor a hybrid")
        blocks = []
        for role, part in (("baseline", baseline), ("candidate", candidate)):
            default = type(part)()
            stated = [name for name in _OF_HYBRID if getattr(part, name) != getattr(default, name)]
            if stated:
                raise ValueError(f"{role} states {', '.join(stated)}, expected them on the hybrid: they hold for all that it blends")
            block = part._candidate(part._family)
            if part.not_monotone:
                block["not_monotone"] = list(part.not_monotone)
            blocks.append(block)
        config = {"candidate": blocks, **self._settings()}
        dial = _plain(self.dial)
        if dial != _STACKED and not (isinstance(dial, (int, float)) and not isinstance(dial, bool) and 0 <= dial <= 1):
            raise ValueError(f"dial is {self.dial!r}, expected a number from 0 to 1, or {_STACKED!r}")
        if dial in (0, 1):
            if self.never_below_baseline is not None:
                raise ValueError(f"never_below_baseline is stated at dial {dial}, expected a blend, whose dial is between 0 and 1")
            return config, blocks[int(dial)]["name"]
        blend: dict[str, Any] = {"baseline": baseline._family, "candidate": candidate._family}
        blend.update({"stacked": True} if dial == _STACKED else {"dials": [float(dial)]})
        if self.never_below_baseline is not None:
            blend["never_below_baseline"] = dict(self.never_below_baseline)
        return {**config, "hybrid": [blend]}, f"hybrid-{candidate._family}-{dial if dial == _STACKED else _number(float(dial))}"

    def _finish(self, fitted: _amparo.Fitted) -> None:
        self.dial_ = fitted.dial
        self.losses_ = [{"dial": dial, "log_loss": log_loss, "brier": brier} for dial, log_loss, brier in fitted.dials]


def _number(value: float) -> str:
    """A number as names of versions have it: without an exponent."""
    import numpy as np

    return np.format_float_positional(value, trim="-")

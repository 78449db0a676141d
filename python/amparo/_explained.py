"""Exact explanations of forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from amparo import _amparo
from amparo._instrument import Instrument, Lang


class Explained(NamedTuple):
    """Exact explanations of some forms."""

    values: np.ndarray
    """What each answer adds in log-odds, of shape (forms, indicators)."""
    base: np.ndarray
    """Mean log-odds of the population, of shape (forms,)."""
    data: np.ndarray
    """Ids of the answers, of shape (forms, indicators)."""
    indicators: list[str]
    """Ids of the indicators."""
    log_odds: np.ndarray
    """Scores before calibration, of shape (forms,)."""
    margins: np.ndarray | None
    """Standard deviation of each value with another population, of shape (forms, indicators), if it was asked for."""
    codes: np.ndarray
    """The answers as codes, of shape (forms, indicators)."""
    instrument: Instrument
    """The form."""

    def shap(self, *, lang: Lang | None = None, codes: bool = False) -> Any:
        """The same as a `shap.Explanation`; see `Version.explain`."""
        import shap

        names, texts = self.indicators, self.data
        if lang is not None:
            names = [self.instrument.label(name, lang=lang) for name in self.indicators]
            texts = self.instrument._told(self.codes, lambda name, answer: self.instrument.label(name, answer, lang=lang))
        data, shown = texts, None
        if codes:
            unknown = [len(self.instrument.answers(name)) - 1 for name in self.indicators]
            data, shown = np.where(self.codes == np.array(unknown), np.nan, self.codes.astype(float)), texts
        return shap.Explanation(
            values=self.values, base_values=self.base, data=data, display_data=shown, feature_names=names, error_std=self.margins
        )


def explained(
    version: _amparo.Version, codes: np.ndarray, margins: bool = False, told: Callable[..., None] | None = None
) -> Explained:
    """Explanations of forms by their codes, with the ids of the answers."""
    log_odds, base, values, deviations = version.explain(codes, margins, told)
    form = Instrument._of(version.instrument)
    data = form._told(codes, lambda _, answer: answer)
    return Explained(values, base, data, form.indicators, log_odds, deviations, codes, form)

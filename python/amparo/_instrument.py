"""Forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from amparo import _amparo

if TYPE_CHECKING:
    from amparo._draft import Draft

Missing = Literal["error", "unknown"]
Lang = Literal["en", "es"]


def means_unknown(missing: Missing) -> bool:
    if missing not in ("error", "unknown"):
        raise ValueError(f"missing is {missing!r}, expected 'error' or 'unknown'")
    return missing == "unknown"


class Instrument:
    """A form: its indicators and their answers.

    Parameters
    ----------
    name : str
        Id of a built-in form, such as `vpr5.0-h`, or the path of a form in TOML.
    """

    def __init__(self, name: str) -> None:
        self._native = _amparo.Instrument.named(name)

    @classmethod
    def _of(cls, native: _amparo.Instrument) -> Instrument:
        made = cls.__new__(cls)
        made._native = native
        return made

    @staticmethod
    def from_frame(
        frame: Any,
        *,
        outcome: str | None = None,
        event: Any = None,
        name: str = "table",
        ordered: Mapping[str, str | Sequence[Any]] | None = None,
        unknown: Sequence[Any] = (),
    ) -> Draft:
        """Drafts a form for a table that nobody has described, with the files that take the table to versions.

        It proposes which column is the outcome, which ones are questions, which one is the case and by which groups results are compared, and says what it
        left out and why. Nothing of it is decided: see `Draft.decide`.

        Parameters
        ----------
        frame : data frame of pandas or polars, pyarrow table, DuckDB relation, or dict of columns
            Numbers become answers by quantile bins, except where there are two; texts, categories and booleans are answers themselves.
        outcome : str, optional
            The column that says what became of each row; the likeliest one by default.
        event : optional
            The value of it that says that it happened, where it does not say yes or no.
        name : str
            Name of the form, the source and the model.
        ordered : mapping of str to list or to "rising" or "falling", optional
            By column, what the order of its answers means: all of its values from least to most risk; or "rising" (more means more risk) or "falling" for
            numbers, for no and yes, and for categories that have an order. Other columns are drafted without a direction.
        unknown : list
            Values that say, in any column, that nobody knows. Missing values, "unknown", "no consta" and the like are known to.

        Raises
        ------
        InputError
            If no column can be told to be an outcome; with everything that is stated and does not fit the table.
        """
        from amparo._draft import of_frame

        return of_frame(frame, outcome, event, name, ordered, unknown)

    @property
    def id(self) -> str:
        """Id of the form."""
        return self._native.id

    @property
    def digest(self) -> str:
        """SHA-256 of the form, in hexadecimal."""
        return self._native.digest

    @property
    def indicators(self) -> list[str]:
        """Ids of the indicators, in the order of the form."""
        return self._native.indicators

    def answers(self, indicator: str) -> list[str]:
        """Ids of the answers to an indicator. The place of an answer is its code; `unknown` is the last one."""
        return self._native.answers(indicator)

    def label(self, indicator: str, answer: str | None = None, *, lang: Lang = "en") -> str:
        """What an indicator, or an answer to it, is called in English (`en`) or Spanish (`es`).

        Raises
        ------
        KeyError
            If the form has no such indicator, or the indicator no such answer.
        """
        of_form = {one["id"]: one for one in self.to_dict()["indicators"]}
        if indicator not in of_form:
            raise KeyError(f"no indicator `{indicator}`, expected one of {', '.join(of_form)}")
        if answer is None:
            return str(of_form[indicator]["label"][lang])
        answers = {one["id"]: one for one in of_form[indicator]["answers"]}
        if answer not in answers:
            raise KeyError(f"indicator `{indicator}` has no answer `{answer}`, expected one of {', '.join(answers)}")
        return str(answers[answer][lang])

    def to_dict(self) -> dict[str, Any]:
        """The form with labels, factors and polarities."""
        return dict(json.loads(self._native.json()))

    def _told(self, codes: np.ndarray, word: Callable[[str, str], str]) -> np.ndarray:
        """Answers by their codes as texts."""
        told = np.empty(codes.shape, dtype=object)
        for place, name in enumerate(self.indicators):
            told[:, place] = np.array([word(name, answer) for answer in self.answers(name)], dtype=object)[codes[:, place]]
        return told

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instrument) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return _instrument_of_json, (self._native.json(),)

    def __repr__(self) -> str:
        return f"<amparo.Instrument {self.id}: {len(self.indicators)} indicators>"


def _instrument_of_json(text: str) -> Instrument:
    return Instrument._of(_amparo.Instrument.of_json(text))

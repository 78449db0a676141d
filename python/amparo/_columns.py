"""Columns of rows that are judged, as the native half reads them; everything that is wrong with them is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from amparo._frames import taken
from amparo.errors import InputError, Problem

_UNKNOWN = "unknown"
_LISTED = 1000
_MOST_LABELS = 1 << 16


class Columns:
    """Columns of `n` rows, and what is wrong with them.

    Parameters
    ----------
    n : int
        Rows that each column has to have.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self._wrong: list[Problem] = []
        self._n_wrong = 0

    def note(self, column: str, found: str, expected: str) -> None:
        """Notes what is wrong with a column as a whole."""
        self._wrong.append(Problem(None, column, found, expected))
        self._n_wrong += 1

    def note_rows(self, column: str, rows: np.ndarray, found: Callable[[int], str], expected: str) -> None:
        """Notes what is wrong in some rows, of which the first are listed and all are counted."""
        self._wrong.extend(Problem(int(row), column, found(int(row)), expected) for row in rows[:_LISTED])
        self._n_wrong += len(rows)

    def check(self) -> None:
        """Raises `InputError` if anything was noted."""
        if self._wrong:
            self._wrong.sort(key=lambda one: one.row is not None)
            raise InputError(self._wrong[:_LISTED], self._n_wrong)

    def names(self, argument: str, what: str, given: Iterable[str], known: Iterable[str]) -> None:
        """Notes names that are none of those that are known."""
        known = list(known)
        for name in given:
            if name not in known:
                self.note(argument, f"a {what} `{name}`", f"one of {', '.join(known)}" if known else f"no name, for there is no {what}")

    def events(self, y: np.ndarray) -> np.ndarray:
        """Outcomes as truth values."""
        if y.dtype != bool:
            self.note_rows("events", np.flatnonzero(~np.isin(y, [0, 1])), lambda row: f"{y[row]}", "0 or 1, False or True")
        return np.ascontiguousarray(y == 1)

    def floats(self, name: str, values: Any, expected: str, holds: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Numbers for which `holds`."""
        found = np.asarray(values)
        if found.ndim != 1 or len(found) != self.n:
            self.note(name, f"shape {found.shape}", f"({self.n},), as the events have it")
            return np.zeros(self.n)
        try:
            found = np.ascontiguousarray(found, dtype=np.float64)
        except (TypeError, ValueError):
            self.note(name, f"values of type {found.dtype}", expected)
            return np.zeros(self.n)
        self.note_rows(name, np.flatnonzero(~holds(found)), lambda row: f"{found[row]}", expected)
        return found

    def cases(self, values: Any) -> np.ndarray | list[str]:
        """Ids of cases: an array of int64, or a list of texts."""
        found = np.asarray(values)
        if found.ndim != 1 or len(found) != self.n:
            self.note("cases", f"{len(found) if found.ndim else 1} values", f"{self.n}, as many as events")
            return []
        expected = "the id of a case: a whole number from -2^63 to 2^63 - 1, or a text"
        if found.dtype.kind == "O":
            of_rows: list[Any] = found.tolist()
            kinds = set(map(type, of_rows))
            if kinds == {str}:
                return of_rows
            missing = [row for row, one in enumerate(of_rows) if _is_missing(one)]
            if missing:
                self.note_rows("cases", np.array(missing), lambda row: "a missing value", expected)
                return []
            if not all(issubclass(kind, (int, np.integer)) for kind in kinds):
                return list(map(str, of_rows))
            try:
                return np.array(of_rows, dtype=np.int64)
            except OverflowError:
                self.note("cases", "whole numbers that are too large", expected)
                return []
        if found.dtype.kind == "u":
            self.note_rows("cases", np.flatnonzero(found > np.uint64(2**63 - 1)), lambda row: f"{found[row]}", expected)
        if found.dtype.kind == "f":
            is_whole = np.isfinite(found) & (np.abs(found) <= 2.0**53) & (np.floor(found) == found)
            self.note_rows("cases", np.flatnonzero(~is_whole), lambda row: "a missing value" if np.isnan(found[row]) else f"{found[row]}", expected)
            found = np.where(is_whole, found, 0)
        if found.dtype.kind in "iuf":
            return np.ascontiguousarray(found, dtype=np.int64)
        return list(map(str, found.tolist()))

    def groups(self, groups: Any) -> list[tuple[str, list[str], np.ndarray]]:
        """Group columns, each with its labels and the code of each row."""
        columns = []
        for name, values in _named(groups):
            if len(values) != self.n:
                self.note(name, f"{len(values)} values", f"{self.n}, as many as events")
                continue
            labels, codes = _coded(values)
            if len(labels) > _MOST_LABELS:
                self.note(name, f"{len(labels)} labels", f"at most {_MOST_LABELS}")
                continue
            columns.append((name, labels, codes.astype(np.uint16)))
        return columns


Read = tuple[
    list[tuple[str, np.ndarray, bool]], np.ndarray, "np.ndarray | None", "np.ndarray | list[str] | None", list[tuple[str, list[str], np.ndarray]]
]
"""Scores, outcomes, weights, cases and groups, as the native half reads them."""


def read(scores: Mapping[str, Any], events: Any, groups: Any, weights: Any, cases: Any, probabilities: bool | Mapping[str, bool]) -> tuple[Columns, Read]:
    """Columns of rows, with what is wrong with them; see `amparo.evaluate`."""
    if not scores:
        raise InputError([Problem(None, "scores", "no score", "one or more")])
    y = np.asarray(events)
    if y.ndim != 1:
        raise InputError([Problem(None, "events", f"shape {y.shape}", "(n,)")])
    columns = Columns(len(y))
    happened = columns.events(y)
    of_scores = []
    for name, values in scores.items():
        is_probability = probabilities if isinstance(probabilities, bool) else probabilities.get(name, True)
        if is_probability:
            found = columns.floats(name, values, "a probability from 0 to 1", lambda p: (p >= 0) & (p <= 1))
        else:
            found = columns.floats(name, values, "a finite number", np.isfinite)
        of_scores.append((str(name), found, is_probability))
    w = None if weights is None else columns.floats("weights", weights, "a finite number above 0", lambda w: np.isfinite(w) & (w > 0))
    of_cases = None if cases is None else columns.cases(cases)
    return columns, (of_scores, happened, w, of_cases, columns.groups(groups))


def names_of(groups: Any) -> list[str]:
    """Names of group columns."""
    return [name for name, _ in _named(groups)]


def _named(groups: Any) -> list[tuple[str, Any]]:
    """Group columns of a data frame or a mapping."""
    if groups is None:
        return []
    if isinstance(groups, Mapping):
        return [(str(name), labels) for name, labels in groups.items()]
    if type(groups).__module__.split(".")[0] == "pandas" and hasattr(groups, "columns"):
        return [(str(name), groups.iloc[:, at]) for at, name in enumerate(groups.columns)]
    of = taken(groups)
    if of.kind == "polars":
        return [(name, of.table[name]) for name in of.table.columns]
    import pyarrow

    table = pyarrow.table(of.table)
    return [(name, table[name]) for name in table.column_names]


def _coded(values: Any) -> tuple[list[str], np.ndarray]:
    """Labels, and the place of each row's among them. Two labels may be the same text."""
    dtype = getattr(values, "dtype", None)
    if type(values).__module__.split(".")[0] == "pandas" and getattr(dtype, "kind", "O") != "O" or _is_text_of_pandas(values):
        import pandas

        codes, found = pandas.factorize(values)
        # What is missing has the code -1.
        return [*map(_label, found), _UNKNOWN], np.where(codes < 0, len(found), codes)
    if isinstance(values, np.ndarray) and dtype is not None and dtype.kind in "iufb":
        found, codes = np.unique(values, return_inverse=True)
        return list(map(_label, found.tolist())), codes
    of_rows: Iterable[Any] = _plain(values)
    # 1, 1.0 and True are equal to Python.
    known: dict[tuple[type, Any], int] = {}
    codes = np.fromiter((known.setdefault((type(one), one), len(known)) for one in of_rows), dtype=np.int64, count=len(values))
    return [_label(one) for _, one in known], codes


def _is_text_of_pandas(values: Any) -> bool:
    """Whether a column of pandas holds categories or texts, and not any objects."""
    is_pandas = type(values).__module__.split(".")[0] == "pandas"
    return is_pandas and str(getattr(values, "dtype", "object")) in ("category", "str", "string")


def _plain(values: Any) -> Iterable[Any]:
    for to_list in ("to_pylist", "to_list", "tolist"):
        if hasattr(values, to_list):
            return list(getattr(values, to_list)())
    return list(values)


def _is_missing(value: Any) -> bool:
    # pandas' NA is equal to nothing, and neither true nor false.
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def _label(value: Any) -> str:
    """A label as text: whole numbers alike, whether their column holds integers or, for a value that is missing, floats."""
    if _is_missing(value):
        return _UNKNOWN
    is_float = isinstance(value, (float, np.floating))
    return str(int(value)) if is_float and float(value).is_integer() else str(value)

"""How the rows of an estimator become answers to a form."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from amparo import _amparo
from amparo._frames import taken
from amparo._instrument import Instrument
from amparo.errors import InputError, Problem

_DRAFTED = "drafted"


class Reader:
    """Reads tables as answers to a form: to one that was stated, or to one that is drafted from the rows of the fit."""

    def __init__(self, native: Any, drafted: bool) -> None:
        self._native = native
        self._drafted = drafted

    @classmethod
    def of(cls, stated: Instrument | str | None, table: Any) -> Reader:
        """A reader for a stated form, a drafted one, or, if there is none, one whose every column is a question."""
        if stated is None:
            return cls(_amparo.Draft.of_table(table, _DRAFTED, True, [], []), True)
        form = Instrument(stated) if isinstance(stated, str) else stated
        if not isinstance(form, Instrument):
            raise TypeError(f"instrument is a `{type(form).__qualname__}`, expected an amparo.Instrument, its name, or None")
        draft = getattr(form, "_draft", None)
        return cls(form._native, False) if draft is None else cls(draft, True)

    @property
    def form(self) -> _amparo.Instrument:
        """The form."""
        native: _amparo.Instrument = self._native.instrument if self._drafted else self._native
        return native

    def names(self, n_columns: int) -> list[str]:
        """Names of the columns of an array without names: those of the form, in its order, if it has as many."""
        if not self._drafted:
            return list(self.form.indicators)
        return default_names(n_columns)

    def codes(self, table: Any, missing_is_unknown: bool) -> np.ndarray:
        """Codes of the answers. A drafted form reads the columns that it was drafted from, and others may stand beside them."""
        codes: np.ndarray = self._native.read(table, missing_is_unknown, self._drafted)
        return codes

    def __getstate__(self) -> dict[str, Any]:
        if self._drafted:
            return {"draft": (self._native.files, self._native.decide)}
        return {"form": self._native.json()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._drafted = "draft" in state
        if self._drafted:
            self._native = _amparo.Draft(*state["draft"])
        else:
            self._native = _amparo.Instrument.of_json(state["form"])


def default_names(n_columns: int) -> list[str]:
    """Names of the columns of an array, as scikit-learn has them."""
    return [f"x{place}" for place in range(n_columns)]


def has_columns(table: Any) -> bool:
    """Whether a table names its columns."""
    return not isinstance(table, np.ndarray) and any(
        hasattr(table, name) for name in ("columns", "column_names", "__arrow_c_stream__", "to_arrow_table")
    )


def checked(estimator: Any, table: Any, missing_is_unknown: bool, reset: bool) -> tuple[Any, int]:
    """A table whose columns scikit-learn has counted and compared with those of the fit; and its number of rows."""
    if has_columns(table):
        # Columns of a pandas data frame may be of any type: whether they are answers is found out by whoever reads them.
        validate_data(estimator, X=table, skip_check_array=True, reset=reset)
        return table, int(table.shape[0]) if hasattr(table, "shape") else len(table)
    finite: Any = "allow-nan" if missing_is_unknown else True
    array = validate_data(estimator, X=table, dtype=None, ensure_all_finite=finite, reset=reset)
    if np.iscomplexobj(array):
        raise ValueError("Complex data not supported")
    return array, int(array.shape[0])


def chosen(table: Any, rows: np.ndarray) -> Any:
    """Some rows of a table that names its columns."""
    if hasattr(table, "iloc"):
        return table.iloc[rows]
    if hasattr(table, "take"):
        return table.take(rows)
    return table[rows]


def as_table(table: Any, names: list[str]) -> Any:
    """A checked table for the native half."""
    if not isinstance(table, np.ndarray):
        # Results are arrays in the order of the rows: an index of pandas may hold a label twice, as after resampling.
        return taken(table.reset_index(drop=True) if hasattr(table, "reset_index") else table).table
    if len(names) != table.shape[1]:
        expected = f"{len(names)}, one for each indicator of the form, or a table that names its columns"
        raise InputError([Problem(None, "", f"an array with {table.shape[1]} columns", expected)])
    import pyarrow

    columns, wrong = {}, []
    for place, name in enumerate(names):
        values = table[:, place]
        try:
            columns[name] = pyarrow.array(values.tolist() if values.dtype == object else np.ascontiguousarray(values))
        except (pyarrow.ArrowException, TypeError) as error:
            wrong.append(Problem(None, name, f"values that are no column ({error})", "texts or numbers, each column of one kind"))
    if wrong:
        raise InputError(wrong)
    return pyarrow.table(columns)

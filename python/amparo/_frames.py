"""Tables of pandas, polars, pyarrow and DuckDB: in by the Arrow PyCapsule interface, out as what came in."""

from __future__ import annotations

from typing import Any, NamedTuple

from amparo.errors import InputError, Problem


class Taken(NamedTuple):
    """A table as the native half reads it."""

    table: Any
    """Something with `__arrow_c_stream__`."""
    kind: str
    """`pandas`, `polars` or `arrow`: what results are handed back as."""
    index: Any
    """Index of a pandas data frame."""


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError("tables that are neither of pandas nor of polars need pyarrow: `pip install pyarrow`") from error
    return pyarrow


def taken(table: Any) -> Taken:
    """A table of any of these libraries, or a dict of columns.

    Raises
    ------
    InputError
        For a pandas index that holds a label twice: results could not be told apart by it.
    TypeError
        For anything else.
    ImportError
        Without pyarrow, for a dict.
    """
    module = type(table).__module__.split(".")[0]
    if module == "pandas" and hasattr(table, "columns"):
        if not table.index.is_unique:
            twice = table.index[table.index.duplicated()].unique()
            found = ", ".join(f"`{label}`" for label in list(twice)[:5])
            expected = "each label once, or `reset_index(drop=True)`"
            raise InputError([Problem(None, "", f"{len(twice)} labels of the index more than once ({found})", expected)])
        if not table.columns.is_unique:
            twice = table.columns[table.columns.duplicated()].unique()
            raise InputError([Problem(None, str(name), "a column of this name before", "each column once") for name in twice])
        # The index is no column of the form.
        plain = table.reset_index(drop=True)
        plain.columns = [str(name) for name in plain.columns]
        return Taken(plain, "pandas", table.index)
    if module == "polars" and hasattr(table, "collect") and not hasattr(table, "__arrow_c_stream__"):
        return Taken(table.collect(), "polars", None)
    if module == "polars" and hasattr(table, "columns"):
        return Taken(table, "polars", None)
    if hasattr(table, "__arrow_c_stream__"):
        return Taken(table, "arrow", None)
    if isinstance(table, dict):
        return Taken(_pyarrow().table(table), "arrow", None)
    # DuckDB relations of older versions have no stream of their own.
    if hasattr(table, "to_arrow_table"):
        return Taken(table.to_arrow_table(), "arrow", None)
    if hasattr(table, "arrow"):
        return Taken(table.arrow(), "arrow", None)
    raise TypeError(
        f"a table is a `{type(table).__module__}.{type(table).__qualname__}`, expected a data frame of pandas or polars, "
        "a pyarrow table, a DuckDB relation, another object with `__arrow_c_stream__`, or a dict of columns"
    )


def given_back(columns: dict[str, Any], like: Taken) -> Any:
    """Columns (arrays, or lists of texts) as a table of the library that the forms came from; types do not depend on whether there are rows."""
    texts = {name: values for name, values in columns.items() if isinstance(values, list)}
    if like.kind == "pandas":
        import pandas

        made = {name: pandas.Series(values, index=like.index, dtype=str) for name, values in texts.items()}
        return pandas.DataFrame(columns | made, index=like.index)
    if like.kind == "polars":
        import polars

        return polars.DataFrame(columns, schema_overrides=dict.fromkeys(texts, polars.String))
    pyarrow = _pyarrow()
    return pyarrow.table(columns | {name: pyarrow.array(values, pyarrow.string()) for name, values in texts.items()})

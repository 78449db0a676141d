"""Scores and explanations of tables that lie in parts on many machines: Spark, Dask, Ray.

Scoring and explaining are row by row, so each worker does it for its own parts. What is here is what a worker needs beside a version: it is loaded once a
process, a part without rows gives a table without rows, and columns such as ids stay beside the scores.

>>> scorer = amparo.distributed.Scorer(registry["vpr@champion"], keep=["case"])
>>> frame.mapInArrow(scorer.batches, scorer.spark_schema(frame.schema))              # Spark
>>> frame.map_partitions(scorer, meta=scorer(frame._meta))                           # Dask
>>> dataset.map_batches(scorer, batch_format="pyarrow")                              # Ray
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from amparo._frames import Taken, taken
from amparo._held import held
from amparo._instrument import Missing
from amparo._version import Version
from amparo.errors import InputError, Problem

_NUMBERS = ("log_odds", "probability", "probability_low", "probability_high")
_TEXTS = ("computed_level", "unlearned_answers")


class Scorer:
    """A version that scores parts of a table, and explains them if that is asked for.

    It goes to workers by pickle, with the version as its files or as the path of its folder; each process loads a version once, however many parts it
    is given.

    Parameters
    ----------
    version : Version, str or path
        The version, or its folder where all workers can read it. A version is sent along with every task that names the scorer, so of many small tasks
        the folder is the better choice, or a broadcast.
    keep : sequence of str
        Columns of the parts that stay beside the scores: ids of cases, what happened, groups.
    explain : bool
        Whether what each answer adds is worked out, too: the column `base`, and a column such as `value_I01` for each indicator. (Spark takes the dot of
        `value.I01`, as `amparo score --explain` calls it, for a field of a structure.)
    missing : {"error", "unknown"}
        As for `Version.score`.
    ignore_extra : bool
        Whether columns are passed over that are neither indicators nor kept; otherwise they are refused.
    """

    def __init__(
        self,
        version: Version | str | Path,
        *,
        keep: Sequence[str] = (),
        explain: bool = False,
        missing: Missing = "error",
        ignore_extra: bool = False,
    ) -> None:
        made = [name for name in keep if name in (*_NUMBERS, *_TEXTS, "base") or name.startswith("value_")]
        if made:
            raise ValueError(f"keep names {', '.join(f'`{name}`' for name in made)}, expected columns that are not made here")
        self._version: Version | str = version if isinstance(version, Version) else str(version)
        self._keep = list(keep)
        self._explain = explain
        self._missing: Missing = missing
        self._ignore_extra = ignore_extra

    @property
    def version(self) -> Version:
        """The version, which a process loads once."""
        if isinstance(self._version, Version):
            return self._version
        folder = Path(self._version)
        return held((folder / "manifest.json").read_bytes(), lambda: Version.load(str(folder)))

    def __call__(self, part: Any) -> Any:
        """The columns that are kept, and the scores, of a part, as a table of the same library.

        Parameters
        ----------
        part : data frame of pandas or polars, pyarrow table or record batch
            It may be without rows, but never without the columns. An index of pandas may hold a label twice: rows keep their places.

        Raises
        ------
        InputError, AmparoError
            As `Version.score`.
        """
        version, index = self.version, None
        if type(part).__module__.split(".")[0] == "pandas":
            index, part = part.index, part.reset_index(drop=True)
        of = taken(part)
        kept, forms = self._parted(of, version)
        how: dict[str, Any] = {"missing": self._missing, "ignore_extra": self._ignore_extra, "allow_empty": True}
        columns = _columns(version.score(forms, **how))
        if self._explain:
            explained = version.explain_arrays(forms, **how)
            columns["base"] = explained.base
            columns |= {f"value_{name}": explained.values[:, at] for at, name in enumerate(explained.indicators)}
        return _beside(kept, columns, of.kind, index)

    def batches(self, parts: Iterable[Any]) -> Iterator[Any]:
        """The same for one part after the other: what `mapInArrow` and `mapInPandas` of Spark call. Record batches become record batches."""
        for part in parts:
            found = self(part)
            if type(found).__module__.split(".")[0] == "pyarrow":
                yield from found.combine_chunks().to_batches()
            else:
                yield found

    def spark_schema(self, schema: Any) -> Any:
        """The schema of what comes out, given that of a Spark data frame that holds the columns that are kept."""
        from pyspark.sql.types import DoubleType, StringType, StructField, StructType

        explained = ["base", *(f"value_{name}" for name in self.version.instrument.indicators)] if self._explain else []
        fields = [schema[name] for name in self._keep]
        fields += [StructField(name, DoubleType()) for name in _NUMBERS]
        fields += [StructField(name, StringType()) for name in _TEXTS]
        return StructType(fields + [StructField(name, DoubleType()) for name in explained])

    def _parted(self, of: Taken, version: Version) -> tuple[Any, Any]:
        """The columns of a table that are kept, and those that are read as forms: an indicator that is kept is both."""
        table = of.table
        if of.kind == "arrow":
            import pyarrow

            table = pyarrow.table(table)
        names = list(table.column_names if of.kind == "arrow" else table.columns)
        gone = [name for name in self._keep if name not in names]
        if gone:
            raise InputError([Problem(None, name, "no such column", "a column to be kept") for name in gone])
        indicators = set(version.instrument.indicators)
        read = [name for name in names if name in indicators or name not in self._keep]

        def of_names(names: list[str]) -> Any:
            return table[names] if of.kind == "pandas" else table.select(names)

        return of_names(self._keep), of_names(read)


def _columns(scores: Any) -> dict[str, Any]:
    """Columns of scores, with types that do not depend on whether there are rows."""
    return {name: scores[name] for name in (*_NUMBERS, *_TEXTS)}


def _beside(kept: Any, columns: dict[str, Any], kind: str, index: Any) -> Any:
    """Columns beside those that are kept."""
    if kind == "pandas":
        import pandas

        # All at once: a frame that grows column by column is one of many pieces.
        added = pandas.DataFrame(columns, index=kept.index)
        return pandas.concat([kept, added], axis=1).set_axis(index)
    if kind == "polars":
        return kept.with_columns(**columns)
    import pyarrow

    arrays = [one if isinstance(one, pyarrow.ChunkedArray) else pyarrow.array(one) for one in columns.values()]
    return pyarrow.table([*kept.columns, *arrays], names=[*kept.column_names, *columns])

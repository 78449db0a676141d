"""Parts of the rows, judged together: what each worker hands back, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from amparo import _amparo
from amparo._columns import Columns, read
from amparo._progress import bar
from amparo._report import Report


class Partial:
    """The rows of a part, in few bytes, to be merged with those of other parts and judged with them.

    Partials come from `evaluate_partials`. Merging puts rows together: a case that has rows in several parts is one case, and a part that is merged twice
    counts twice. Any order of parts and any tree of merges gives the same partial, to the last byte, and so the same report.

    A partial holds what it was given, ids of cases among it: keep it as you keep the rows.

    Attributes
    ----------
    outcome : str
        Name of the outcome.
    """

    def __init__(self, native: _amparo.Partial) -> None:
        self._native = native

    @classmethod
    def from_bytes(cls, content: bytes) -> Partial:
        """Reads what `to_bytes` wrote.

        Raises
        ------
        AmparoError
            If the bytes are no partial, are damaged or cut off, or were written by a newer edition.
        """
        return cls(_amparo.Partial.from_bytes(content))

    def to_bytes(self) -> bytes:
        """The partial as bytes: the same for the same rows, however they were parted and merged."""
        return self._native.to_bytes()

    @property
    def n_rows(self) -> int:
        """Rows."""
        return self._native.n_rows

    @property
    def n_events(self) -> int:
        """Rows with the event."""
        return self._native.n_events

    @property
    def n_cases(self) -> int:
        """Distinct cases; the rows, where no cases were given."""
        return self._native.n_cases

    @property
    def outcome(self) -> str:
        """Name of the outcome."""
        return self._native.outcome

    @property
    def scores(self) -> dict[str, bool]:
        """Names of the scores, each with whether it is a probability."""
        return dict(self._native.scores)

    @property
    def groups(self) -> list[str]:
        """Names of the group columns."""
        return self._native.groups

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the rows and of what their columns are; the report states it as its fingerprint."""
        return self._native.digest

    def merge(self, *others: Partial) -> Partial:
        """All rows of this partial and of others: see `merge`."""
        return merge([self, *others])

    def report(
        self,
        *,
        held_out: str,
        levels: Mapping[str, Mapping[str, float]] | None = None,
        references: Mapping[str, str] | None = None,
        reference: str | None = None,
        title: str = "rows",
        synthetic: str | None = None,
        replicates: int = 1000,
        seed: int = 1,
        smallest_cell: int = 10,
        margin: float = 0.05,
        pairwise: bool = False,
        progress: bool = False,
    ) -> Report:
        """Judges the rows: the same report, bit for bit, as `amparo.evaluate` gives on all of them at once.

        Parameters
        ----------
        held_out, levels, references, reference, title, synthetic, replicates, seed, smallest_cell, margin, pairwise, progress
            As for `amparo.evaluate`. What the columns are (their names, the outcome, its horizon, which scores are probabilities) was said when the
            partials were made.

        Raises
        ------
        InputError
            If levels or references name what is not there.
        AmparoError
            If one outcome alone occurs, or a number of the settings is out of range.
        """
        columns = Columns(self.n_rows)
        columns.names("levels", "score", levels or {}, self.scores)
        columns.names("references", "group", references or {}, self.groups)
        columns.check()
        of_scores = [(str(name), list(of.items())) for name, of in (levels or {}).items()]
        with bar(progress, "resampling cases") as told:
            files = self._native.report(
                (title, held_out, synthetic), of_scores, list((references or {}).items()), reference, (replicates, seed, smallest_cell, margin, pairwise), told
            )
        return Report(files)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Partial) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<amparo.Partial of {self.n_rows:,} rows, {self.n_cases:,} cases, {self.n_events:,} events: {', '.join(self.scores)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Partial.from_bytes, (self.to_bytes(),)


def merge(partials: Iterable[Partial | bytes]) -> Partial:
    """All rows of some partials.

    Parameters
    ----------
    partials : iterable of Partial or bytes
        One or more, in any order; bytes are those of `Partial.to_bytes`. At most 4,294,967,295 rows together.

    Raises
    ------
    AmparoError
        If there is none, if they differ in scores, groups, outcome, or in whether weights and cases are given (everything in which they do is
        told), or if bytes are no partial.
    """
    natives = [(Partial.from_bytes(bytes(one)) if isinstance(one, (bytes, bytearray, memoryview)) else one)._native for one in partials]
    return Partial(_amparo.Partial.merged(natives))


def evaluate_partials(
    scores: Mapping[str, Any],
    events: Any,
    *,
    groups: Any = None,
    weights: Any = None,
    cases: Any = None,
    probabilities: bool | Mapping[str, bool] = True,
    outcome: str = "event",
    horizon_days: int | None = None,
) -> Partial:
    """What a part of the rows gives to an evaluation of all of them.

    Called where the rows are, once for each part; `amparo.merge` puts what comes back together, and `Partial.report` judges it. A part may have no row, or
    one outcome only.

    Parameters
    ----------
    scores : mapping of str to array of float, shape (n,)
        By name, in the order of the report; the first is what it is about. Larger is riskier.
    events, groups, weights, probabilities, outcome, horizon_days
        As for `amparo.evaluate`. A whole number is the same label whether its column holds integers or floats.
    cases : array of int or str, shape (n,), optional
        Case of each row, by an id that means the same case in every part. Without it, every row is a case of its own.

    Raises
    ------
    InputError
        With everything that is wrong with the columns.
    """
    columns, made = read(scores, events, groups, weights, cases, probabilities)
    columns.check()
    return Partial(_amparo.Partial.of_columns(outcome, horizon_days, *made))

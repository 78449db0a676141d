"""What can go wrong."""

from __future__ import annotations

from typing import Any, NamedTuple


class AmparoError(Exception):
    """A registry, a version or a form cannot be used as asked; the message says why."""


class Problem(NamedTuple):
    """One thing that is wrong with a table."""

    row: int | None
    """Row from 0, in the order of the table; None if it is about a column or the whole table."""
    column: str
    """The column; empty if it is about the whole table."""
    found: str
    """What was found."""
    expected: str
    """What was expected."""


_SHOWN = 10


class InputError(AmparoError, ValueError):
    """A table is not as the form needs it. All problems are found before it is raised.

    Attributes
    ----------
    problems : list of Problem
        The problems: those of whole columns, then those of rows, of which at most 1,000 are listed.
    n_problems : int
        How many there are in all.
    """

    def __init__(self, problems: list[Problem], n_problems: int | None = None) -> None:
        # What is wrong with whole columns goes before what is wrong in rows.
        self.problems = problems = sorted(problems, key=lambda one: one.row is not None)
        self.n_problems = len(problems) if n_problems is None else n_problems
        lines = [f"{self.n_problems} problem{'s' if self.n_problems != 1 else ''} in the table:"]
        for one in problems[:_SHOWN]:
            row = "" if one.row is None else f"row {one.row}, "
            column = f"column `{one.column}`: " if one.column else ""
            lines.append(f"  {row}{column}found {one.found}, expected {one.expected}")
        if self.n_problems > _SHOWN:
            lines.append(f"  and {self.n_problems - _SHOWN} more; `.problems` and `.frame()` list them")
        super().__init__("\n".join(lines))

    @classmethod
    def of(cls, problems: list[tuple[int | None, str, str, str]], n_problems: int) -> InputError:
        """From what the native half found."""
        return cls([Problem(*one) for one in problems], n_problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return InputError, (self.problems, self.n_problems)

    def frame(self) -> Any:
        """The problems as a pandas data frame, one row each."""
        import pandas

        return pandas.DataFrame(self.problems, columns=list(Problem._fields))

"""Drafts of a form and all that goes with it, from a table that nobody has described."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from amparo import _amparo
from amparo._frames import given_back, taken
from amparo._instrument import Instrument, Missing, means_unknown
from amparo.errors import InputError, Problem

Order = str | Sequence[Any]


class Draft(Instrument):
    """A drafted form, how a table is read as its answers, and the files that take the table to versions: to be edited by a person.

    Drafts come from `Instrument.from_frame`. What nobody has decided yet stands in `decide`, and in the files below lines that say TO DECIDE.

    Attributes
    ----------
    files : dict of str
        Text of `instrument.toml`, `source.toml`, `protocol.toml` and `config.toml`.
    decide : list of str
        What a person has to decide before anything rests on the draft.
    columns : dict of str
        Indicator to the column of the table that answers it, in the order of the form.
    outcome : str
        The column that is proposed as the outcome.
    """

    def __init__(self, native: _amparo.Draft) -> None:
        self._draft = native
        self._native = native.instrument

    @property
    def files(self) -> dict[str, str]:
        return self._draft.files

    @property
    def decide(self) -> list[str]:
        return self._draft.decide

    @property
    def columns(self) -> dict[str, str]:
        return dict(zip(self.indicators, self._draft.columns, strict=True))

    @property
    def outcome(self) -> str:
        found = self._draft.outcome
        assert found is not None, "a draft of all files has an outcome"
        return found[1]

    def codes(self, frame: Any, *, missing: Missing = "error") -> np.ndarray:
        """The answers of a table as codes.

        Parameters
        ----------
        frame : table
            As for `forms`.
        missing : {"error", "unknown"}
            As for `forms`.

        Returns
        -------
        array of uint8, shape (rows, indicators)
            The place of each answer in `answers(indicator)`, of which `unknown` is the last.
        """
        return self._draft.read(taken(frame).table, means_unknown(missing), True)

    def forms(self, frame: Any, *, missing: Missing = "error") -> Any:
        """The answers of a table.

        Parameters
        ----------
        frame : table
            With the columns of the one that was drafted for; others are passed over.
        missing : {"error", "unknown"}
            What a missing value means in a column that had none in the draft. Where it had some, they are read as `unknown`.

        Returns
        -------
        table of the library that came in
            One column for each indicator, with the ids of the answers, as `Version.score` takes it.

        Raises
        ------
        InputError
            With everything that the draft does not know: columns that are not there, texts that it does not list, missing values.
        """
        of = taken(frame)
        codes = self._draft.read(of.table, means_unknown(missing), True)
        ids = [np.array(self.answers(indicator), dtype=object) for indicator in self.indicators]
        return given_back({name: ids[at][codes[:, at]] for at, name in enumerate(self.indicators)}, of)

    def known(self, frame: Any) -> np.ndarray:
        """Whether the table says what became of each row: array of bool, shape (rows,)."""
        return self._draft.events(taken(frame).table)[1]

    def events(self, frame: Any) -> np.ndarray:
        """Whether the proposed outcome happened.

        Returns
        -------
        array of bool, shape (rows,)

        Raises
        ------
        InputError
            With every row of which the table does not say it. Leave them out before: `frame[draft.known(frame)]`.
        """
        happened, known = self._draft.events(taken(frame).table)
        if not known.all():
            expected = "whether it happened, or the row left out: frame[draft.known(frame)]"
            rows = np.flatnonzero(~known)
            problems = [Problem(int(row), self.outcome, "no known outcome", expected) for row in rows[:1000]]
            raise InputError(problems, len(rows))
        return happened

    def cases(self, frame: Any) -> np.ndarray | None:
        """The id of the case of each row, as an array of str, shape (rows,); None where no column of cases was found, so that each row is a case
        of its own."""
        if self._draft.case_column is None:
            return None
        return np.array(self._draft.cases(taken(frame).table), dtype=object)

    def groups(self, frame: Any) -> dict[str, list[str]]:
        """The groups by which results are proposed to be compared: the label of each row by the name of the group, `unknown` where nothing was
        recorded. `amparo.evaluate` takes it as it is."""
        return dict(self._draft.groups(taken(frame).table))

    def save(self, folder: str | Path) -> None:
        """Writes the files into a folder, which is made if it is not there: all of them or none.

        Raises
        ------
        FileExistsError
            If one of them is there already: a file that somebody may have edited is never overwritten.
        """
        folder = Path(folder)
        there = [str(folder / name) for name in self.files if (folder / name).exists() or (folder / name).is_symlink()]
        if there:
            raise FileExistsError(f"{', '.join(there)} would be overwritten, expected another folder or none of these files")
        folder.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        try:
            for name, text in self.files.items():
                with open(folder / name, "x", encoding="utf-8", newline="") as file:
                    written.append(folder / name)
                    file.write(text)
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise

    def __repr__(self) -> str:
        return f"<amparo.Draft {self.id}: {len(self.indicators)} indicators, outcome {self.outcome}, {len(self.decide)} points to decide>"

    def _repr_html_(self) -> str:
        directions = {"risk": "a later answer means more risk", "protective": "a later answer means less risk", "neutral": "none"}
        rows = []
        for indicator, column in zip(self.to_dict()["indicators"], self.columns.values(), strict=True):
            answers = ", ".join(answer["en"] for answer in indicator["answers"])
            cells = (indicator["id"], column, answers, directions[indicator["polarity"]])
            rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
        head = "".join(f"<th>{name}</th>" for name in ("indicator", "column", "answers", "direction"))
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        decide = "".join(f"<li>{html.escape(one)}</li>" for one in self.decide)
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"<p>What a person has to decide before anything rests on it:</p><ul>{decide}</ul>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Draft, (self._draft,)


def of_frame(
    frame: Any,
    outcome: str | None,
    event: Any,
    name: str,
    ordered: Mapping[str, Order] | None,
    unknown: Sequence[Any],
) -> Draft:
    """What `Instrument.from_frame` does."""
    if event is not None and outcome is None:
        raise ValueError("event is stated without an outcome, expected the column that holds it")
    if isinstance(unknown, str):
        raise TypeError(f"unknown is the text {unknown!r}, expected a list of texts")
    stated = [
        (str(column), order if isinstance(order, str) else [str(text) for text in order])
        for column, order in (ordered or {}).items()
    ]
    native = _amparo.Draft.of_table(
        taken(frame).table, name, False, stated, [str(text) for text in unknown], outcome, None if event is None else str(event)
    )
    return Draft(native)
